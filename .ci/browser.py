"""Looks at the pages of `grader trace` in Chromium: says what is wrong with them, and ends with 1 when something is.

It speaks the browser's own protocol over two pipes and needs Python and Chromium, nothing else.
"""

import base64
import json
import os
import select
import struct
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

    def __init__(self):
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
            ["chromium", *options], preexec_fn=hand_over, close_fds=False,
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
        self.width = width
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
            raise SystemExit(f"browser: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def picture(self):
        # A quarter of the size says as much, and takes a sixteenth of the time to read.
        clip = {"x": 0, "y": 0, "width": self.width, "height": 800, "scale": 0.25}
        shot = self.call("Page.captureScreenshot", format="png", clip=clip)
        return base64.b64decode(shot["data"])


def pixels(png):
    """The rows of a picture, each as bytes."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
    width, height, depth, colours = struct.unpack(">IIBB", png[16:26])
    assert depth == 8 and colours in (2, 6), "another PNG than Chromium makes"
    size, at, packed = {2: 3, 6: 4}[colours], 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    raw, line, rows, above = zlib.decompress(packed), width * size, [], bytes(width * size)
    for start in range(0, height * (line + 1), line + 1):
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + line])
        for i in range(line) if kind else ():
            left = row[i - size] if i >= size else 0
            corner = above[i - size] if i >= size else 0
            row[i] = (row[i] + predicted(kind, left, above[i], corner)) & 255
        above = bytes(row)
        rows.append(above)
    return size, rows


def predicted(kind, left, up, corner):
    """What a PNG's filter adds to a byte."""
    if kind == 4:
        guess = left + up - corner
        return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
    return [0, left, up, (left + up) // 2][kind]


def look_of(png):
    """How bright the first pixel of a picture is, and how many others differ from it."""
    size, rows = pixels(png)
    first = rows[0][:3]
    others = sum(row[i : i + 3] != first for row in rows for i in range(0, len(row), size))
    return sum(first) / 3, others


def complaints(browser):
    """What the browser itself says is wrong: errors, violations of the policy, requests."""
    for event in browser.events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            yield parameters["entry"]["text"]
        if method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            yield json.dumps(parameters)
        if method == "Network.requestWillBeSent" and not parameters["request"]["url"].startswith("file:"):
            yield "asks for " + parameters["request"]["url"]


def wrong_with(browser, path, width, scheme, words):
    """What is wrong with a file on such a screen."""
    browser.open(path, width, scheme)
    yield from browser.ask(LOOK)
    shown = browser.ask("document.documentElement.textContent")
    yield from (f"does not say: {word}" for word in words if word not in shown)
    if path.suffix == ".html":
        rows = browser.ask("document.querySelectorAll('tbody tr').length")
        drawn = browser.ask("document.querySelectorAll('svg text').length")
        if rows < 4 or drawn < rows:
            yield f"{rows} rows and {drawn} texts"
    bright, others = look_of(browser.picture())
    if (bright > 127) != (scheme == "light"):
        yield f"the background is {bright:.0f} of 255 bright"
    if others < 500:
        yield f"only {others} pixels are not background"
    yield from complaints(browser)


# Ways to spoil a page, each of which has to be found: what is to be replaced, and by what.
SPOILT = {
    "a script": ("</main>", "<script>document.title = 'x'</script></main>"),
    "an image from elsewhere": ("</main>", "<img alt='' src='http://127.0.0.1:9/x.png'></main>"),
    "a style of its own": ("<h1>", "<h1 style='color: red'>"),
    "another style than the policy allows": ("style-src 'sha256-", "style-src 'sha256-AAAA"),
    "something too wide": ("</main>", "<img alt='' width='900' height='4'></main>"),
    "a text over another": ("</svg>", "<text x='60' y='22' class='head'>encima</text></svg>"),
    "a text beyond the sheet": ("</svg>", "<text x='9000' y='9' class='head'>fuera</text></svg>"),
    "a word that is not there": ("overwrites step 4", ""),
}

# What each diagram has to say.
WORDS = {
    "race": ["the parent", "P1", "incrementar-2", "get → 0", "overwrites step 4", "interrupted"],
    "deadlock": ["Interbloqueo", "acquire «dos»", "espera a P1", "espera a P2"],
    "sentinel": ["Interbloqueo", "put Fin", "get → Fin", "vacía", "espera a P4"],
    "passing": ["In this order it comes out right.", "message", "join"],
    "killed": ["El evaluador mató a P1", "BrokenPipe", "hijo-de-guion"],
}
LOOK = (Path(__file__).parent / "page.js").read_text(encoding="utf-8")


def overlooked(browser, folder):
    """The ways to spoil a page that are not found."""
    page = (folder / "race.html").read_text(encoding="utf-8")
    for what, (place, instead) in SPOILT.items():
        spoilt = folder / "spoilt.html"
        spoilt.write_text(page.replace(place, instead), encoding="utf-8")
        if page.count(place) == 0 or not any(wrong_with(browser, spoilt, 800, "light", WORDS["race"])):
            yield what


def looks(browser, folder):
    """What is wrong, and with what, for every look at every file; none where nothing is."""
    yield from (f"{what} is not found" for what in overlooked(browser, folder))
    for name, words in WORDS.items():
        for path in [folder / f"{name}.svg", folder / f"{name}.html"]:
            # A diagram alone keeps its size: whoever shows it makes it fit.
            for width in [800, 400] if path.suffix == ".html" else [1000]:
                for scheme in ["light", "dark"]:
                    wrong = list(wrong_with(browser, path, width, scheme, words))
                    yield "\n".join(f"{path.name}, {scheme}, {width} wide: {what}" for what in wrong)


def main(folder):
    browser = Browser()
    try:
        seen = list(looks(browser, folder))
    finally:
        browser.close()
    wrong = [what for what in seen if what]
    print("\n".join([*wrong, f"browser: {len(seen)} looks at diagrams and pages, {len(wrong)} of them wrong"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
