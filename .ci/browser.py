"""Looks at the pages of `grader trace` in Chromium: says what is wrong with them, and ends with 1 when something is.

It speaks the browser's own protocol over two pipes and needs Python and Chromium, nothing else.
"""

import base64
import json
import os
import select
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

# A browser that does not answer for so many seconds is broken.
PATIENCE = 60


class Browser:
    """A headless Chromium with a profile of its own."""

    def __init__(self, chromium):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        reads, self.commands = os.pipe()
        self.answers, writes = os.pipe()
        options = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
            f"--user-data-dir={self.profile.name}", "about:blank",
        ]

        def hand_over():
            # The browser reads commands from 3 and answers to 4.
            high = [os.dup2(reads, 100), os.dup2(writes, 101)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [chromium, *options], preexec_fn=hand_over, close_fds=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(reads)
        os.close(writes)
        self.rest = b""
        self.number = 0
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")

    def close(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.profile.cleanup()

    def receive(self):
        until = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.answers], [], [], until - time.monotonic())
            piece = os.read(self.answers, 1 << 20) if ready else b""
            if not piece:
                raise SystemExit("browser: Chromium does not answer")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self.receive()
            if message.get("id") != self.number:
                self.events.append(message)
            elif "error" in message:
                raise SystemExit(f"browser: {method}: {message['error']}")
            else:
                return message["result"]

    def open(self, path, width, scheme):
        self.events.clear()
        metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.call("Page.navigate", url=Path(path).resolve().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def ask(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"browser: {expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def picture(self):
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


if __name__ == "__main__":
    browser = Browser("chromium")
    for path in sys.argv[1:]:
        for scheme in ["light", "dark"]:
            for width in [800, 400] if path.endswith("html") else [800]:
                browser.open(path, width, scheme)
                out = f"{path.rsplit('.',1)[0]}-{path.rsplit('.',1)[1]}-{scheme}-{width}.png"
                h = browser.ask("document.documentElement.scrollHeight")
                browser.call("Emulation.setDeviceMetricsOverride", width=width, height=min(int(h) if h else 800, 4000), deviceScaleFactor=1, mobile=False)
                Path(out).write_bytes(browser.picture())
                print(out, [e["params"] for e in browser.events if e.get("method") in ("Log.entryAdded","Runtime.exceptionThrown")])
    browser.close()
