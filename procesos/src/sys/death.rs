//! The end of another process: waiting for it, and asking whether it has come.
//!
//! The kernel tells it by a descriptor. A process that has used up its descriptors raises its own limit for a moment; where it
//! may not, it asks again and again instead: what it cannot open is no proof of a death.

use std::io::{self, IoSliceMut};
use std::os::fd::{AsFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;

use super::process::{monotonic_nanos, nap};

/// How often it is asked where there is no descriptor to wait for.
const ASK_EVERY: Duration = Duration::from_millis(1);

/// Sleeps until the child `pid` has ended (it stays to be reaped) or `limit` has passed. May return early.
pub(crate) fn wait_for_exit(pid: Pid, limit: Option<Duration>) -> io::Result<()> {
    let Some(limit) = limit else {
        waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT)?;
        return Ok(());
    };
    match open_process(pid.as_raw().cast_unsigned()) {
        Ok(process) => {
            let milliseconds = u16::try_from(limit.as_millis().max(1)).unwrap_or(u16::MAX);
            ends_within(&process, milliseconds);
        }
        Err(Errno::ESRCH) => {}
        Err(_) => nap(ASK_EVERY.min(limit)),
    }
    Ok(())
}

/// Whether the process `pid` has ended, waiting for it at most so many milliseconds. Works for any process, reaped or not.
pub(crate) fn wait_for_death(pid: u32, milliseconds: u16) -> bool {
    match open_process(pid) {
        Ok(process) => ends_within(&process, milliseconds),
        Err(error) if tells_the_end(error) => true,
        Err(_) => is_seen_to_end(pid, Duration::from_millis(milliseconds.into())),
    }
}

/// Whether the process `pid` has ended, reaped or not. Where the system refuses to tell, it lives.
pub(crate) fn has_ended(pid: u32) -> bool {
    wait_for_death(pid, 0)
}

/// A descriptor that can be read when the process has ended.
fn open_process(pid: u32) -> Result<OwnedFd, Errno> {
    let refused = match open_within_limit(pid) {
        Err(Errno::EMFILE) => Errno::EMFILE,
        other => return other,
    };
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft >= hard {
        return Err(refused);
    }
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    let opened = open_within_limit(pid);
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard)?;
    opened
}

fn open_within_limit(pid: u32) -> Result<OwnedFd, Errno> {
    // SAFETY: takes no pointers.
    let number = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    let number = RawFd::try_from(Errno::result(number)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: a new descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Whether a refusal says that there is no such process: it was reaped, and its number may be that of a thread by now.
fn tells_the_end(refusal: Errno) -> bool {
    matches!(refusal, Errno::ESRCH | Errno::EINVAL | Errno::ENOENT)
}

fn ends_within(process: &OwnedFd, milliseconds: u16) -> bool {
    let mut polled = [PollFd::new(process.as_fd(), PollFlags::POLLIN)];
    matches!(poll(&mut polled, PollTimeout::from(milliseconds)), Ok(ready) if ready > 0)
}

/// The same without a descriptor.
fn is_seen_to_end(pid: u32, limit: Duration) -> bool {
    // Real time, also under control.
    let begun = monotonic_nanos();
    loop {
        if has_no_memory(pid) {
            return true;
        }
        if Duration::from_nanos(monotonic_nanos() - begun) >= limit {
            return false;
        }
        nap(ASK_EVERY);
    }
}

/// Whether a process has ended, told by what needs no descriptor: a child of this one can be waited for, and any other has memory
/// for as long as it lives, though it may not be read. That is the first thing that goes: the kernel may still be about to close
/// what the process had open.
fn has_no_memory(pid: u32) -> bool {
    let pid = Pid::from_raw(pid.cast_signed());
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    match waitid(Id::Pid(pid), flags) {
        Ok(WaitStatus::StillAlive) => false,
        Ok(_) => true,
        Err(_) => {
            let mut byte = [0];
            // Nothing is ever mapped there: a living process answers that, and nothing is read.
            let nowhere = [RemoteIoVec { base: 0, len: 1 }];
            process_vm_readv(pid, &mut [IoSliceMut::new(&mut byte)], &nowhere) == Err(Errno::ESRCH)
        }
    }
}
