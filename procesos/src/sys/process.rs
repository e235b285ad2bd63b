//! Fork, exit, and a few facts about this process.

use std::fs::File;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

use nix::libc;
use nix::unistd::ForkResult;

/// Which side of a fork this is.
pub(crate) enum Forked {
    /// The new process.
    Child,
    /// The old one, with the pid of the new one.
    Parent(u32),
}

/// Forks. The caller has checked that this process has one thread, so the child may do anything.
pub(crate) fn fork() -> io::Result<Forked> {
    // SAFETY: with a single thread no lock of the C library or of std can be held by somebody who is not in the child.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Child => Ok(Forked::Child),
        ForkResult::Parent { child } => Ok(Forked::Parent(child.as_raw().cast_unsigned())),
    }
}

/// Ends this process at once, without running what the parent registered for its own end.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: always sound; nothing runs afterwards.
    unsafe { libc::_exit(code) }
}

/// Has `last` called when this process (or one forked from it) leaves by `exit`, after what was registered later.
pub(crate) fn at_exit(last: extern "C" fn()) {
    // SAFETY: a function that may be called at any time. A refusal leaves the exit as it was.
    unsafe { libc::atexit(last) };
}

/// Threads of this process; `None` when the system does not tell.
pub(crate) fn thread_count() -> Option<u64> {
    // This call has no effect in a process of one thread, and is refused as invalid in any other. It is the quickest way.
    // SAFETY: takes no pointers.
    let code = unsafe { libc::unshare(libc::CLONE_VM | libc::CLONE_SIGHAND | libc::CLONE_THREAD) };
    let several = io::Error::last_os_error().raw_os_error() == Some(libc::EINVAL);
    if code == 0 {
        return Some(1);
    }
    if let Ok(task) = nix::sys::stat::stat("/proc/self/task") {
        // A directory has a link from its parent, one from itself and one from each folder in it.
        return Some(task.st_nlink.saturating_sub(2));
    }
    several.then_some(2)
}

/// Takes over a descriptor that another program handed to this one by number; `None` when it is not open.
pub(crate) fn adopt_descriptor(number: RawFd) -> Option<File> {
    // SAFETY: only asks whether the number is open.
    if number < 3 || unsafe { libc::fcntl(number, libc::F_GETFD) } < 0 {
        return None;
    }
    // SAFETY: open, as just checked, and handed to this program alone: nothing else in it knows the number.
    let descriptor = unsafe { OwnedFd::from_raw_fd(number) };
    // SAFETY: sets a flag on our own descriptor; a failure would only leave it open across exec.
    unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) };
    Some(File::from(descriptor))
}

/// Removes an environment variable; only while this process has one thread.
pub(crate) fn remove_variable(name: &str) {
    if thread_count().is_none_or(|threads| threads == 1) {
        // SAFETY: no other thread can be reading the environment.
        unsafe { std::env::remove_var(name) }
    }
}

/// Nanoseconds of the monotonic clock, which all processes of the machine share.
pub(crate) fn monotonic_nanos() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[cfg(procesos_intercept)]
    super::intercept::real_clock(libc::CLOCK_MONOTONIC, &raw mut now);
    #[cfg(not(procesos_intercept))]
    // SAFETY: writes the structure that it is given.
    unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now)
    };
    now.tv_sec.cast_unsigned() * 1_000_000_000 + now.tv_nsec.cast_unsigned()
}

/// The number of the processor that this process runs on.
pub(crate) fn current_processor() -> Option<usize> {
    // SAFETY: takes no pointers.
    usize::try_from(unsafe { libc::sched_getcpu() }).ok()
}

/// Closes a descriptor of this process by number. The caller is the registry of handles, which owns the number.
pub(crate) fn close_number(number: RawFd) {
    // SAFETY: after a fork the child's copy of a registered descriptor belongs to nobody here: its handle was not handed over.
    unsafe { libc::close(number) };
}

/// Owns a descriptor that the kernel has just made for this process with a received message.
pub(crate) fn own_received(number: RawFd) -> OwnedFd {
    // SAFETY: the control message that carried it is the only place that knows the number, and it is consumed once.
    unsafe { OwnedFd::from_raw_fd(number) }
}

/// Sleeps for `time`, really; a signal may end it early.
pub(crate) fn nap(time: Duration) {
    let time = libc::timespec {
        tv_sec: libc::time_t::try_from(time.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(time.subsec_nanos()),
    };
    // Not by way of `std`: under control its sleeps are virtual.
    // SAFETY: reads the structure that it is given.
    unsafe { libc::syscall(libc::SYS_nanosleep, &raw const time, std::ptr::null_mut::<libc::timespec>()) };
}
