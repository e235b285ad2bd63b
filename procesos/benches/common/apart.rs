//! A part of a bench in a process of its own, which is this program again: what it says, how it ended, what it left behind.

use std::fs::File;
use std::io::{self, PipeReader};
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The environment variable that tells a process which part it is.
const VARIABLE: &str = "PROCESOS_BENCH_PART";
/// What a part has started is gone by then, or stays.
const GONE_WITHIN_MILLISECONDS: u16 = 5_000;

/// What is known of a part that has ended.
#[derive(Debug, Default)]
pub(crate) struct Apart {
    /// Its standard output.
    pub(crate) said: String,
    /// How it ended, if not well.
    pub(crate) ended: String,
    /// What it left.
    pub(crate) left: Vec<String>,
}

/// Which part this process is; `None` for the first one, which starts the others.
pub(crate) fn number() -> Option<usize> {
    std::env::var(VARIABLE).ok()?.parse().ok()
}

/// Runs a part with the arguments of this process. It ends by itself: an alarm sees to that.
pub(crate) fn run(part: usize) -> Apart {
    start(part).unwrap_or_else(|error| Apart { ended: error.to_string(), ..Apart::default() })
}

fn start(part: usize) -> io::Result<Apart> {
    let output = File::from(memfd_create(c"output", MFdFlags::MFD_CLOEXEC)?);
    // Everything that it starts has the other end, too: the end of that is the end of all.
    let (life, held) = io::pipe()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(std::env::args_os().skip(1)).env(VARIABLE, part.to_string());
    command.stdin(held).stdout(output.try_clone()?).process_group(0);
    let mut child = command.spawn()?;
    drop(command);
    let group = Pid::from_raw(child.id().cast_signed());
    let (status, left) = watch(&mut child, &life)?;
    if !left.is_empty() {
        // Nobody left to kill is what is wanted.
        let _ = killpg(group, Signal::SIGKILL);
    }
    let mut said = vec![0; usize::try_from(output.metadata()?.len()).unwrap_or(0)];
    output.read_exact_at(&mut said, 0)?;
    Ok(Apart { said: String::from_utf8_lossy(&said).into_owned(), ended: ending(status), left })
}

/// Waits for the part's own end, then for that of all it started.
fn watch(child: &mut Child, life: &PipeReader) -> io::Result<(ExitStatus, Vec<String>)> {
    let status = child.wait()?;
    let mut polled = [PollFd::new(life.as_fd(), PollFlags::POLLIN)];
    let gone = loop {
        match poll(&mut polled, PollTimeout::from(GONE_WITHIN_MILLISECONDS)) {
            Err(Errno::EINTR) => {}
            other => break other? > 0,
        }
    };
    let left = if gone { Vec::new() } else { vec!["processes outlived it".to_owned()] };
    Ok((status, left))
}

fn ending(status: ExitStatus) -> String {
    match status.signal().map(Signal::try_from) {
        Some(Ok(Signal::SIGALRM)) => "it hung".to_owned(),
        _ if status.success() => String::new(),
        _ => status.to_string(),
    }
}
