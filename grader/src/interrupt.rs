//! What the grader still does when somebody interrupts it: it ends compilers, removes its folders, takes its line off the
//! terminal, and then ends by that very signal, so that a shell sees it (130, 143) and its loops end too.
//!
//! Programs of students need nothing from here: their supervisor ends them as soon as the grader is gone.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::terminal;

/// The signals with which people and systems ask a program to end.
const SIGNALS: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];
/// How often a folder is removed anew because somebody who is being ended still wrote into it.
const REMOVALS: u32 = 10;

static UNDOINGS: Mutex<Vec<Undoing>> = Mutex::new(Vec::new());

#[derive(Debug, Clone, PartialEq, Eq)]
enum Undoing {
    EndGroup(Pid),
    Remove(PathBuf),
}

/// Something that is undone when the grader is interrupted while this lives.
#[derive(Debug)]
pub(crate) struct Undone(Undoing);

impl Drop for Undone {
    fn drop(&mut self) {
        undoings().retain(|undoing| *undoing != self.0);
    }
}

/// Starts a command in a process group of its own, which is ended when the grader is interrupted.
pub(crate) fn spawn(command: &mut Command) -> io::Result<(Child, Undone)> {
    // Nobody can be interrupted between the start and the note of it.
    let mut undoings = undoings();
    let child = command.process_group(0).spawn()?;
    let undoing = Undoing::EndGroup(Pid::from_raw(child.id().cast_signed()));
    undoings.push(undoing.clone());
    Ok((child, Undone(undoing)))
}

/// Has a folder removed when the grader is interrupted.
pub(crate) fn removes(folder: PathBuf) -> Undone {
    let undoing = Undoing::Remove(folder);
    undoings().push(undoing.clone());
    Undone(undoing)
}

/// Follows the signals from now on, but for those that whoever started the grader had it ignore (`nohup`, `&`).
///
/// Where they cannot be followed, the grader ends at once, as programs do.
pub(crate) fn follow() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let followed =
        SIGNALS.map(|signal| signal as i32).into_iter().filter(|signal| !ignores(&status, *signal));
    if let Ok(mut signals) = Signals::new(followed) {
        thread::spawn(move || signals.forever().next().map(end_by));
    }
}

/// Whether a process ignores a signal, by what the kernel says of its status.
fn ignores(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

fn end_by(signal: i32) {
    // Kept to the end: nothing more is begun.
    let undoings = undoings();
    terminal::close();
    for undoing in undoings.iter() {
        if let Undoing::EndGroup(group) = undoing {
            // It may have ended by itself.
            let _ = killpg(*group, Signal::SIGKILL);
        }
    }
    for undoing in undoings.iter() {
        if let Undoing::Remove(folder) = undoing {
            // What stays is removed by the next grader.
            let _ = (0..REMOVALS).find(|_| fs::remove_dir_all(folder).is_ok() || !folder.exists());
        }
    }
    let _ = emulate_default_handler(signal);
    // The first process of a container does not die of signals.
    std::process::exit(128 + signal);
}

fn undoings() -> MutexGuard<'static, Vec<Undoing>> {
    UNDOINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_not_undone() {
        let folder = PathBuf::from("una carpeta de esta prueba");
        let noted = || undoings().contains(&Undoing::Remove(folder.clone()));
        let undone = removes(folder.clone());
        assert!(noted());
        drop(undone);
        assert!(!noted());
    }

    #[test]
    fn the_kernel_says_which_signals_are_ignored() {
        let status = "Name:\tgrader\nSigIgn:\t0000000000001002\nSigCgt:\t0000000000000000\n";
        assert!(ignores(status, Signal::SIGINT as i32) && ignores(status, Signal::SIGPIPE as i32));
        assert!(!ignores(status, Signal::SIGTERM as i32) && !ignores("", Signal::SIGHUP as i32));
    }

    #[test]
    fn a_command_has_a_group_of_its_own() {
        let mut command = Command::new("sh");
        command.args(["-c", "read _"]).stdin(std::process::Stdio::piped());
        let (mut child, undone) = spawn(&mut command).expect("started");
        assert!(matches!(&undone.0, Undoing::EndGroup(group) if group.as_raw() == child.id().cast_signed()));
        child.stdin.take();
        child.wait().expect("ended");
    }
}
