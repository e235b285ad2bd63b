//! What a process knows of itself, and its own sleep.

use std::task::Poll;
use std::time::Duration;

use procesos_trace::Op;

use crate::error::Result;
use crate::operate::{Point, Wait, operate};
use crate::recorder::At;
use crate::sys;

/// The system's id of this process. As `os.getpid()` in Python.
///
/// ```
/// assert_eq!(procesos::pid(), std::process::id());
/// ```
#[must_use]
pub fn pid() -> u32 {
    std::process::id()
}

/// The system's id of the process that started this one. As `os.getppid()` in Python.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let is_child_of = |pid: u32| assert_eq!(procesos::ppid(), pid);
/// assert!(procesos::Process::new(is_child_of, (procesos::pid(),)).start()?.join()?.success());
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn ppid() -> u32 {
    std::os::unix::process::parent_id()
}

/// Sleeps for `time`. As `time.sleep(seconds)` in Python.
#[track_caller]
pub fn sleep(time: Duration) {
    sleep_at(time, At::caller());
}

/// Sleeps for `time`; `at` tells who wants to.
pub(crate) fn sleep_at(time: Duration, at: At) {
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let point = Point::new(Op::Sleep, at).waiting(Wait::AtMost(time)).detailed(nanoseconds);
    let result: Result<()> = operate(
        point,
        || Ok(Poll::Pending),
        |left| {
            sys::nap(left.unwrap_or(time));
            Ok(())
        },
    );
    // It always ends by its time limit.
    let _ = result;
}
