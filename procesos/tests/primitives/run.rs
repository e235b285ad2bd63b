//! Runs the process of a case and observes it from outside; it never judges.

use std::fmt;
use std::fs::File;
use std::io::{self, PipeReader};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::FileExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};

use libtest_mimic::Failed;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use procesos_trace::{Event, LANGUAGE_VARIABLE, Op, RawTrace, TRACE_VARIABLE, TextEntry};

use crate::case::{self, Case, Ending};
use crate::region::Region;

/// No case takes a tenth of this on a busy machine; one that does hangs, and is killed with its children.
const DEADLINE_MILLISECONDS: u16 = 60_000;

/// What a case left behind.
pub(crate) struct Observed {
    pub(crate) ending: Ending,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Empty without a trace.
    pub(crate) trace: RawTrace,
    texts: Vec<Option<TextEntry>>,
}

impl Observed {
    /// The events of one operation in the process of `slot`, in the order of the program.
    pub(crate) fn events(&self, slot: usize, op: Op) -> Vec<Event> {
        let of_process = self.trace.events.get(slot).into_iter().flatten();
        of_process.filter(|event| event.op == op as u8).copied().collect()
    }

    /// The events of one operation in all processes, by slot.
    pub(crate) fn all_events(&self, op: Op) -> Vec<Event> {
        (0..self.trace.processes.len()).flat_map(|slot| self.events(slot, op)).collect()
    }

    /// What an event's `place` or `label` stands for.
    pub(crate) fn text(&self, entry: u32) -> Option<&TextEntry> {
        let index = usize::try_from(entry).ok()?.checked_sub(1)?;
        self.texts.get(index)?.as_ref()
    }

    /// The label of an event.
    pub(crate) fn label(&self, event: &Event) -> Option<&str> {
        match self.text(event.label)? {
            TextEntry::Label(label) => Some(label),
            _ => None,
        }
    }
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--- standard output:\n{}\n--- standard error:\n{}", self.stdout, self.stderr)
    }
}

/// Starts the process of a case, waits until it and all that it started have ended, and tells what is left.
pub(crate) fn observe(case: &Case) -> Result<Observed, Failed> {
    let stdout = file_in_memory()?;
    let stderr = file_in_memory()?;
    let region = case.tracing.map(|_| Region::new()).transpose()?;
    let mut running = Running::start(case, &stdout, &stderr, region.as_ref())?;
    if let (Some(region), Some(tracing)) = (&region, case.tracing) {
        (tracing.watch)(region);
        if tracing.kill {
            running.kill();
        }
    }
    let ended = running.wait(DEADLINE_MILLISECONDS)?;
    let (trace, texts) = region.map(Region::read).transpose()?.unwrap_or_default();
    let observed = Observed {
        ending: ending_of(ended.unwrap_or_default()),
        stdout: text_of(&stdout)?,
        stderr: text_of(&stderr)?,
        trace,
        texts,
    };
    match ended {
        Some(_) => Ok(observed),
        None => Err(format!("it, or a process that it started, had not ended in time\n{observed}").into()),
    }
}

fn ending_of(status: ExitStatus) -> Ending {
    let signal = status.signal().and_then(|number| Signal::try_from(number).ok());
    signal.map_or(Ending::Code(status.code().unwrap_or(-1)), Ending::Signal)
}

/// A file for the output of several processes: each write goes to its end, and no reader has to keep up.
fn file_in_memory() -> io::Result<File> {
    let descriptor = memfd_create(c"output", MFdFlags::MFD_CLOEXEC)?;
    fcntl(&descriptor, FcntlArg::F_SETFL(OFlag::O_APPEND))?;
    Ok(descriptor.into())
}

fn text_of(file: &File) -> io::Result<String> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The process of a case with everything that it started: one process group. Dropping it kills the group.
struct Running {
    child: Child,
    group: Pid,
    /// Its other end is the standard input of them all, so its end is that of the last of them.
    life: PipeReader,
    reaped: bool,
}

impl Running {
    fn start(case: &Case, stdout: &File, stderr: &File, region: Option<&Region>) -> io::Result<Self> {
        let (life, held) = io::pipe()?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .env(case::VARIABLE, case.name())
            .env(LANGUAGE_VARIABLE, case.language)
            .env_remove(TRACE_VARIABLE)
            .env_remove("RUST_BACKTRACE")
            .stdin(held)
            .stdout(stdout.try_clone()?)
            .stderr(stderr.try_clone()?)
            .process_group(0);
        if let Some(region) = region {
            command.env(TRACE_VARIABLE, region.inherited().as_raw_fd().to_string());
        }
        let child = command.spawn()?;
        let group = Pid::from_raw(child.id().cast_signed());
        Ok(Self { child, group, life, reaped: false })
    }

    fn kill(&self) {
        // Nobody left to kill is what is wanted.
        let _ = killpg(self.group, Signal::SIGKILL);
    }

    /// Waits until all have ended; `None` when they have not in time, and then kills them.
    fn wait(&mut self, milliseconds: u16) -> io::Result<Option<ExitStatus>> {
        let mut polled = [PollFd::new(self.life.as_fd(), PollFlags::POLLIN)];
        let ended = loop {
            match poll(&mut polled, PollTimeout::from(milliseconds)) {
                Err(Errno::EINTR) => {}
                other => break other? > 0,
            }
        };
        if !ended {
            self.kill();
        }
        let status = self.child.wait()?;
        self.reaped = true;
        Ok(ended.then_some(status))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // While the first process is not reaped, its id is that of nobody else's group.
        if !self.reaped {
            self.kill();
            let _ = self.child.wait();
        }
    }
}
