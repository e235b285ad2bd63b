//! Runs the compiler once and says how it ended. A compiler that crashes or runs into a limit is an outcome, not an error.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, bounded};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::limits::NOT_STARTED;
use crate::error::{Doing, Error, Result};
use crate::interrupt;

/// Most that a compiler may say. The longest sensible list of errors has some 100 KiB.
const MAX_OUTPUT_BYTES: u64 = 4 << 20;
/// How long the words of a compiler that was ended are waited for; without them the outcome is the same.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How a call of the compiler ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// How it ended.
    pub(super) ended: Ended,
    /// What it wrote to stderr: a JSON object a line, and other text when it crashed.
    pub(super) said: String,
}

/// How the compiler's process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It compiled.
    Well,
    /// It refused the program.
    Refused,
    /// It broke down: a signal or its exit code for a bug.
    Crashed,
    /// It wanted more memory than it may have.
    MemoryLimit,
    /// It used its CPU time, or waited for too long.
    TimeLimit,
    /// It said more than it may.
    OutputLimit,
}

/// Runs a command that [`super::Limits::command`] made, in a process group of its own.
///
/// # Errors
/// A fault when the compiler could not be started.
pub(super) fn run(mut command: Command, wall: Duration) -> Result<Outcome> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let program = command.get_program().to_owned();
    let failed = |source| Error::io(Doing::Start, &program, source);
    let (mut child, undone) = interrupt::spawn(&mut command).map_err(failed)?;
    let Some(stderr) = child.stderr.take() else {
        return Err(failed(std::io::Error::from(std::io::ErrorKind::BrokenPipe)));
    };
    let (sender, receiver) = bounded(1);
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could not be read is as if it had not been said.
        let _ = stderr.take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    let received = receiver.recv_timeout(wall);
    let timed_out = received == Err(RecvTimeoutError::Timeout);
    let too_much = received.as_ref().is_ok_and(|bytes| bytes.len() as u64 == MAX_OUTPUT_BYTES);
    if timed_out || too_much {
        end_group(&child);
    }
    let bytes = received.or_else(|_| receiver.recv_timeout(LAST_WORDS)).unwrap_or_default();
    // Before its number can be another's.
    drop(undone);
    let status = child.wait().map_err(failed)?;
    let said = String::from_utf8_lossy(&bytes).into_owned();
    if status.code() == Some(NOT_STARTED) {
        return Err(Error::command("rustc", said));
    }
    Ok(Outcome { ended: classify(status, timed_out, too_much, &said), said })
}

/// Ends the compiler and the linker that it may have started.
fn end_group(child: &Child) {
    if let Ok(pid) = i32::try_from(child.id()) {
        // It may have ended by itself by now; it is not reaped yet, so the number is still its own.
        let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
    }
}

fn classify(status: ExitStatus, timed_out: bool, too_much: bool, said: &str) -> Ended {
    // Beyond the soft limit of CPU time the kernel sends SIGXCPU; soft and hard limit being equal, SIGKILL.
    let cpu_signals = [Signal::SIGXCPU as i32, Signal::SIGKILL as i32];
    match (status.code(), status.signal()) {
        (Some(0), _) => Ended::Well,
        _ if timed_out => Ended::TimeLimit,
        _ if too_much => Ended::OutputLimit,
        _ if ran_out_of_memory(said) => Ended::MemoryLimit,
        (Some(1), _) => Ended::Refused,
        (_, Some(signal)) if cpu_signals.contains(&signal) => Ended::TimeLimit,
        _ => Ended::Crashed,
    }
}

/// The sentences with which rustc's allocator, its mapped files and LLVM say that there is no memory left.
fn ran_out_of_memory(said: &str) -> bool {
    ["memory allocation of ", "Cannot allocate memory", "LLVM ERROR: out of memory"]
        .iter()
        .any(|sign| said.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(raw: i32, said: &str) -> Ended {
        classify(ExitStatus::from_raw(raw), false, false, said)
    }

    #[test]
    fn every_way_to_end_is_told_from_the_others() {
        assert_eq!(ended(0, ""), Ended::Well);
        assert_eq!(ended(1 << 8, "{}"), Ended::Refused);
        assert_eq!(ended(101 << 8, "internal compiler error"), Ended::Crashed);
        assert_eq!(ended(Signal::SIGSEGV as i32, ""), Ended::Crashed);
        assert_eq!(ended(Signal::SIGKILL as i32, ""), Ended::TimeLimit);
        assert_eq!(ended(Signal::SIGABRT as i32, "memory allocation of 5 bytes failed"), Ended::MemoryLimit);
        assert_eq!(classify(ExitStatus::from_raw(9), true, false, ""), Ended::TimeLimit);
        assert_eq!(classify(ExitStatus::from_raw(9), false, true, ""), Ended::OutputLimit);
    }

    #[test]
    fn what_a_command_says_is_kept_and_a_flood_is_ended() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo uno >&2; exit 1"]);
        let outcome = run(command, Duration::from_secs(60)).expect("started");
        assert_eq!(outcome, Outcome { ended: Ended::Refused, said: "uno\n".into() });
        let mut command = Command::new("sh");
        command.args(["-c", "yes >&2"]);
        assert_eq!(run(command, Duration::from_secs(60)).expect("started").ended, Ended::OutputLimit);
    }

    #[test]
    fn a_compiler_that_waits_is_ended() {
        let mut command = Command::new("sleep");
        command.arg("600");
        assert_eq!(run(command, Duration::from_millis(20)).expect("started").ended, Ended::TimeLimit);
    }
}
