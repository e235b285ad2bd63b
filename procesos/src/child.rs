//! `Child`: a process that was started; waiting for it, asking for it, ending it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;
use procesos_trace::Op;

use crate::control;
use crate::error::{Error, Result};
use crate::identity;
use crate::operate::{Effect, Point, Wait, note, operate};
use crate::queue::in_time;
use crate::recorder::At;
use crate::sys;

/// A child that this process started and has not reaped.
#[derive(Debug, Clone, Copy)]
struct Unreaped {
    serial: u64,
    pid: u32,
    slot: usize,
    reported: bool,
    /// Whether it is the library's own: nobody has to join it, and it ends with the program.
    of_library: bool,
}

/// Milliseconds that a server may take to end when it was asked to.
const FINISHES_WITHIN: u16 = 1_000;

static CHILDREN: Mutex<Vec<Unreaped>> = Mutex::new(Vec::new());
static SERIALS: AtomicU64 = AtomicU64::new(0);

/// After a fork, in the child: the children of its parent are not its own.
pub(crate) fn forget_all() {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// Records the children that nobody has joined so far, each once.
pub(crate) fn note_unjoined() {
    let pending: Vec<Unreaped> = {
        let mut children = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = children.iter().filter(|child| !child.reported && !child.of_library).copied().collect();
        children.iter_mut().for_each(|child| child.reported = true);
        fresh
    };
    for child in pending {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        let running = matches!(waitid(Id::Pid(pid_of(child.pid)), flags), Ok(WaitStatus::StillAlive));
        let effect = Effect::of(()).recorded(child.slot as u64).extra(u64::from(running));
        note(Point::new(Op::Unjoined, At::Library), effect);
    }
}

/// At the end of a process's own work: records the children that nobody joined, then joins them, as Python does. What is the
/// library's own is ended.
pub(crate) fn end_of_work() {
    note_unjoined();
    loop {
        let Some(child) = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner).pop() else { return };
        if child.of_library {
            // It may have ended.
            let _ = kill(pid_of(child.pid), Signal::SIGTERM);
            control::child_was_ended(child.slot, child.pid);
        }
        // A child that cannot be waited for has been reaped by the program's own means: nothing is left to do.
        let _ = reap(child.pid, child.slot, At::Library, Wait::Forever);
    }
}

fn pid_of(pid: u32) -> Pid {
    Pid::from_raw(pid.cast_signed())
}

/// Waits for a child and reaps it.
fn reap(pid: u32, slot: usize, at: At, wait: Wait) -> Result<ExitStatus> {
    let attempt = || {
        let status = loop {
            match waitpid(pid_of(pid), Some(WaitPidFlag::WNOHANG)) {
                Err(Errno::EINTR) => {}
                Err(error) => return Err(Error::system("Child::join", error)),
                Ok(status) => break status,
            }
        };
        Ok(match ExitStatus::of(status) {
            None => Poll::Pending,
            Some(status) => {
                let code = i64::from(status.signed()).cast_unsigned();
                Poll::Ready(Effect::of(status).recorded(slot as u64).extra(code))
            }
        })
    };
    let point = Point::new(Op::Join, at).waiting(wait).detailed(slot as u64);
    operate(point, attempt, |limit| match sys::wait_for_exit(pid_of(pid), limit) {
        Err(error) if error.kind() != std::io::ErrorKind::Interrupted => {
            Err(Error::system("Child::join", error))
        }
        _ => Ok(()),
    })
}

/// How a process ended. As `exitcode` in Python, where `-15` is what [`signal`](Self::signal) 15 is here.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let mut child = procesos::Process::new(|| procesos::sleep(std::time::Duration::from_secs(60)), ()).start()?;
/// child.terminate()?;
/// let status: procesos::ExitStatus = child.join()?;
/// assert_eq!((status.success(), status.code(), status.signal()), (false, None, Some(15)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitStatus(Ended);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Code(i32),
    Signal(i32),
}

impl ExitStatus {
    fn of(status: WaitStatus) -> Option<Self> {
        match status {
            WaitStatus::Exited(_, code) => Some(Self(Ended::Code(code))),
            WaitStatus::Signaled(_, signal, _) => Some(Self(Ended::Signal(signal as i32))),
            _ => None,
        }
    }

    /// Whether it ended by itself with exit code 0. As `p.exitcode == 0` in Python.
    #[must_use]
    pub fn success(self) -> bool {
        self.0 == Ended::Code(0)
    }

    /// Its exit code: 0, 1 for an error result, 101 for a panic; `None` when a signal ended it. As `p.exitcode` in Python where
    /// that is not negative.
    #[must_use]
    pub fn code(self) -> Option<i32> {
        match self.0 {
            Ended::Code(code) => Some(code),
            Ended::Signal(_) => None,
        }
    }

    /// The signal that ended it, if one did. As `-p.exitcode` in Python where that is positive.
    #[must_use]
    pub fn signal(self) -> Option<i32> {
        match self.0 {
            Ended::Code(_) => None,
            Ended::Signal(signal) => Some(signal),
        }
    }

    /// As Python's `exitcode`: the code, or minus the signal.
    fn signed(self) -> i32 {
        match self.0 {
            Ended::Code(code) => code,
            Ended::Signal(signal) => -signal,
        }
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ended::Code(code) => write!(f, "exit code {code}"),
            Ended::Signal(signal) => match Signal::try_from(signal) {
                Ok(known) => write!(f, "{known}"),
                Err(_) => write!(f, "signal {signal}"),
            },
        }
    }
}

/// A process that was started. As a started `Process` in Python.
///
/// Dropping it does not end or wait for the process. What nobody joined is joined at the end of the program, as Python does.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let mut child: procesos::Child = procesos::Process::new(|| (), ()).name("uno").start()?;
/// assert_eq!(child.name(), "uno");
/// while child.is_alive()? {
///     procesos::sleep(std::time::Duration::from_millis(1));
/// }
/// assert!(child.join()?.success());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Child {
    serial: u64,
    pid: u32,
    slot: usize,
    name: String,
    home: identity::Home,
    status: Option<ExitStatus>,
}

const WHAT: &str = "Child";

impl Child {
    pub(crate) fn begin(pid: u32, slot: usize, name: String, of_library: bool) -> Self {
        let serial = SERIALS.fetch_add(1, Ordering::Relaxed);
        let entry = Unreaped { serial, pid, slot, reported: false, of_library };
        CHILDREN.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
        Self { serial, pid, slot, name, home: identity::Home::here(), status: None }
    }

    /// The system's id of the process. As `p.pid` in Python.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let child = procesos::Process::new(|| (), ()).start()?;
    /// assert_ne!(child.pid(), procesos::pid());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Its name. As `p.name` in Python.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the process has not ended yet. As `p.is_alive()` in Python.
    ///
    /// # Errors
    /// In a process that did not start it.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let never = procesos::Event::new()?;
    /// let wait = |event: procesos::Event| event.wait();
    /// let mut child = procesos::Process::new(wait, (never.clone(),)).start()?;
    /// assert!(child.is_alive()?);
    /// never.set();
    /// child.join()?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn is_alive(&mut self) -> Result<bool> {
        let at = At::caller();
        self.home.check(WHAT)?;
        if self.status.is_some() {
            return Ok(false);
        }
        let (pid, slot) = (self.pid, self.slot);
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        let attempt = || {
            let status =
                waitid(Id::Pid(pid_of(pid)), flags).map_err(|e| Error::system("Child::is_alive", e))?;
            let alive = matches!(status, WaitStatus::StillAlive);
            Ok(Poll::Ready(Effect::of(alive).recorded(slot as u64).extra(u64::from(alive))))
        };
        operate(Point::new(Op::IsAlive, at).detailed(slot as u64), attempt, |_| Ok(()))
    }

    /// Waits until the process has ended, and tells how. Takes the child: it is joined once. As `p.join()` in Python.
    ///
    /// # Errors
    /// In a process that did not start it, or when somebody else reaped it.
    ///
    /// ```compile_fail,E0382
    /// # fn main() -> procesos::Result<()> {
    /// let child = procesos::Process::new(|| (), ()).start()?;
    /// child.join()?;
    /// child.join()?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn join(mut self) -> Result<ExitStatus> {
        self.wait(Wait::Forever, At::caller())
    }

    /// Waits at most `limit` until the process has ended; `None` when it goes on. As `p.join(2)` in Python, after which one
    /// asks `is_alive()`.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// use std::time::Duration;
    ///
    /// let never = procesos::Event::new()?;
    /// let wait = |event: procesos::Event| event.wait();
    /// let mut child = procesos::Process::new(wait, (never.clone(),)).start()?;
    /// assert_eq!(child.join_timeout(Duration::from_millis(5))?, None);
    /// never.set();
    /// assert!(child.join_timeout(Duration::from_secs(60))?.is_some_and(|status| status.success()));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn join_timeout(&mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        let at = At::caller();
        in_time(self.wait(Wait::AtMost(limit), at))
    }

    /// Waits until it has ended; `at` tells who wants to know.
    pub(crate) fn wait(&mut self, wait: Wait, at: At) -> Result<ExitStatus> {
        self.home.check(WHAT)?;
        if let Some(status) = self.status {
            return Ok(status);
        }
        let status = reap(self.pid, self.slot, at, wait)?;
        self.status = Some(status);
        let serial = self.serial;
        CHILDREN.lock().unwrap_or_else(PoisonError::into_inner).retain(|child| child.serial != serial);
        Ok(status)
    }

    /// How it ended, if it has; it stays to be joined. No operation of its own.
    pub(crate) fn has_ended(&self) -> Option<ExitStatus> {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        self.status.or_else(|| ExitStatus::of(waitid(Id::Pid(pid_of(self.pid)), flags).ok()?))
    }

    /// Whether it has been joined.
    pub(crate) fn is_joined(&self) -> bool {
        self.status.is_some()
    }

    /// Ends it with the signal to terminate, as a part of another operation.
    pub(crate) fn end(&self) {
        if self.status.is_none() {
            // It may have ended.
            let _ = kill(pid_of(self.pid), Signal::SIGTERM);
            control::child_was_ended(self.slot, self.pid);
        }
    }

    /// Waits for the end of a server that was asked to end, kills it if it does not, and reaps it, as a part of another operation.
    pub(crate) fn finish(&mut self) {
        if !sys::wait_for_death(self.pid, FINISHES_WITHIN) {
            let _ = kill(pid_of(self.pid), Signal::SIGKILL);
        }
        // Nobody else reaps it but the program's own means: then nothing is left to do.
        self.status = waitpid(pid_of(self.pid), None).ok().and_then(ExitStatus::of);
        let serial = self.serial;
        CHILDREN.lock().unwrap_or_else(PoisonError::into_inner).retain(|child| child.serial != serial);
        control::server_ended(self.slot);
    }

    /// Asks the process to end (SIGTERM). It still has to be joined. As `p.terminate()` in Python.
    ///
    /// # Errors
    /// In a process that did not start it.
    #[track_caller]
    pub fn terminate(&mut self) -> Result<()> {
        let at = At::caller();
        self.home.check(WHAT)?;
        if self.status.is_some() {
            return Ok(());
        }
        let (pid, slot) = (self.pid, self.slot);
        let attempt = || match kill(pid_of(pid), Signal::SIGTERM) {
            Ok(()) | Err(Errno::ESRCH) => {
                control::child_was_ended(slot, pid);
                Ok(Poll::Ready(Effect::of(()).recorded(slot as u64)))
            }
            Err(error) => Err(Error::system("Child::terminate", error)),
        };
        operate(Point::new(Op::Terminate, at).detailed(slot as u64), attempt, |_| Ok(()))
    }
}
