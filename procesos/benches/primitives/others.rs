//! Rounds of Python's `multiprocessing` and of other crates: programs of their own, so that nothing of theirs is in this one.

use std::env;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::rows::Rival;

const PYTHON: &str = include_str!("python.py");
const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/Cargo.toml");
/// A round that takes so long has hung: some of them do.
const LONGEST_ROUND_MILLISECONDS: u16 = 30_000;

/// See the module.
pub(super) struct Others {
    /// The program that speaks for the other crates, where it could be built.
    peers: Option<PathBuf>,
}

impl Others {
    /// Builds the other crates, which nothing else in the workspace does.
    pub(super) fn build() -> Self {
        Self { peers: build_peers() }
    }

    pub(super) fn has_peers(&self) -> bool {
        self.peers.is_some()
    }

    /// A round of Python's; `None` where there is no Python.
    pub(super) fn python(&self, figure: &str) -> Option<f64> {
        round(Command::new("python3").args(["-c", PYTHON, figure]))
    }

    /// A round of another crate's.
    pub(super) fn peer(&self, rival: Rival, figure: &str) -> Option<f64> {
        round(Command::new(self.peers.as_ref()?).args([rival.name(), figure]))
    }
}

fn build_peers() -> Option<PathBuf> {
    // This program is target/release/deps/primitives-*.
    let target = env::current_exe().ok()?.ancestors().nth(3)?.join("peers");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--locked", "--manifest-path", PEERS, "--target-dir"]).arg(&target);
    let built = build.status().is_ok_and(|status| status.success());
    built.then(|| target.join("release/peers"))
}

/// What a program prints: microseconds an operation.
pub(super) fn round(command: &mut Command) -> Option<f64> {
    let mut child = command.stdout(Stdio::piped()).spawn().ok()?;
    let printed = child.stdout.as_ref().is_some_and(|output| {
        let mut polled = [PollFd::new(output.as_fd(), PollFlags::POLLIN)];
        matches!(poll(&mut polled, PollTimeout::from(LONGEST_ROUND_MILLISECONDS)), Ok(ready) if ready > 0)
    });
    if !printed {
        // It may have ended.
        let _ = child.kill();
    }
    let output = child.wait_with_output().ok()?;
    if printed { String::from_utf8(output.stdout).ok()?.trim().parse().ok() } else { None }
}
