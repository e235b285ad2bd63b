//! `Process` and `Child`: a function run by a process of its own.

use std::fmt;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;
use procesos_trace::Op;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Kind, Result};
use crate::hold;
use crate::operate::{Effect, Point, Wait, note, operate};
use crate::queue::in_time;
use crate::recorder::{self, At};
use crate::sys::{self, Forked};
use crate::{codec, handover, identity};

/// Exit code of a process whose target returned an error.
const EXIT_ERROR: i32 = 1;
/// Exit code of a process that panicked, as everywhere in Rust.
const EXIT_PANIC: i32 = 101;
/// A thread that was joined is counted until the system has taken it away: a start waits so long before it refuses.
const THREAD_ENDS_WITHIN: Duration = Duration::from_millis(100);
/// How often it looks in that time.
const LOOK_EVERY: Duration = Duration::from_micros(100);

/// What a target may return: `()`, or a `Result` whose error is told on standard error and makes exit code 1.
pub trait Outcome {
    /// The exit code, after telling an error.
    #[doc(hidden)]
    fn exit_code(self, name: &str) -> i32;
}

impl Outcome for () {
    fn exit_code(self, _name: &str) -> i32 {
        0
    }
}

impl<E: fmt::Display> Outcome for std::result::Result<(), E> {
    fn exit_code(self, name: &str) -> i32 {
        match self {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("{name}: {error}");
                EXIT_ERROR
            }
        }
    }
}

/// A function that a process can run, with the tuple of its arguments.
///
/// Implemented for functions, function pointers and closures that capture nothing, of up to eight parameters.
pub trait Target<Args>: Copy + 'static {
    #[doc(hidden)]
    type Returned: Outcome;
    #[doc(hidden)]
    fn run(self, args: Args) -> Self::Returned;
}

macro_rules! target {
    ($($letter:ident $name:ident),*) => {
        impl<Function, Returned, $($letter),*> Target<($($letter,)*)> for Function
        where
            Function: Fn($($letter),*) -> Returned + Copy + 'static,
            Returned: Outcome,
        {
            type Returned = Returned;
            fn run(self, ($($name,)*): ($($letter,)*)) -> Returned {
                self($($name),*)
            }
        }
    };
}

target!();
target!(A a);
target!(A a, B b);
target!(A a, B b, C c);
target!(A a, B b, C c, D d);
target!(A a, B b, C c, D d, E e);
target!(A a, B b, C c, D d, E e, F f);
target!(A a, B b, C c, D d, E e, F f, G g);
target!(A a, B b, C c, D d, E e, F f, G g, H h);

/// A process that is ready to start, as `multiprocessing.Process(target=..., args=...)`.
///
/// ```
/// fn saluda(nombre: String) {
///     println!("hola, {nombre}");
/// }
/// # fn main() -> procesos::Result<()> {
/// let child = procesos::Process::new(saluda, ("Ada".to_owned(),)).name("saluda-1").start()?;
/// assert!(child.join()?.success());
/// # Ok(())
/// # }
/// ```
///
/// Starting takes it, so it is not started twice:
/// ```compile_fail,E0382
/// # fn main() -> procesos::Result<()> {
/// let process = procesos::Process::new(|| (), ());
/// process.start()?;
/// process.start()?;
/// # Ok(())
/// # }
/// ```
///
/// The function captures nothing; what it needs it gets as arguments:
/// ```compile_fail,E0277
/// let nombre = String::from("Ada");
/// let process = procesos::Process::new(move || println!("hola, {nombre}"), ());
/// ```
///
/// Arguments have to travel:
/// ```compile_fail,E0277
/// fn escucha(socket: std::net::TcpListener) {}
/// let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
/// let process = procesos::Process::new(escucha, (socket,));
/// ```
#[derive(Debug)]
#[must_use = "a process does nothing until `start()`"]
pub struct Process<Function, Args> {
    function: Function,
    args: Args,
    name: Option<String>,
}

impl<Function, Args> Process<Function, Args>
where
    Function: Target<Args>,
    Args: Serialize + DeserializeOwned,
{
    /// Prepares a process that will call `function` with `args` (a tuple, as in Python).
    pub fn new(function: Function, args: Args) -> Self {
        const {
            // A function or a closure without captures has no size, a function pointer that of a pointer.
            assert!(
                size_of::<Function>() == 0 || size_of::<Function>() == size_of::<fn()>(),
                "the target of a process captures no variables: pass them as arguments"
            );
        }
        Self { function, args, name: None }
    }

    /// Gives it a name for messages; otherwise it is the function's name and a number.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Starts the process.
    ///
    /// What is not among the arguments is not in it: pipe ends that were not handed over are closed there.
    ///
    /// # Errors
    /// When this process has more than one thread, the target captures variables, an argument cannot be serialised,
    /// or the system (or a grader) allows no further process.
    #[track_caller]
    pub fn start(self) -> Result<Child> {
        let at = At::caller();
        let path = std::any::type_name::<Function>();
        if size_of::<Function>() != 0 && !is_function_pointer(path) {
            return Err(Kind::TargetCaptures(path).into());
        }
        refuse_threads()?;
        let (bytes, listed) = handover::offering(|| codec::encode(&self.args));
        let bytes = bytes?;
        let ordinal = identity::next_start();
        let function = if is_function_pointer(path) { "" } else { path };
        let name = self.name.clone().unwrap_or_else(|| default_name(function, ordinal));
        let slot = claim(ordinal, &name, function)?;
        let target = self.function;
        let mut body = Some((bytes, listed));
        let point = Point::new(Op::Start, at).detailed(slot as u64);
        let pid = operate(
            point,
            || {
                flush();
                match sys::fork().map_err(|e| Error::system("Process::start", e))? {
                    Forked::Parent(pid) => Ok(Poll::Ready(Effect::of(pid).recorded(slot as u64))),
                    Forked::Child => {
                        let (bytes, listed) = body.take().unwrap_or_default();
                        run_child(slot, &name, &listed, || {
                            let args = handover::receiving(listed.clone(), || codec::decode::<Args>(&bytes))?;
                            Ok(target.run(args).exit_code(&name))
                        })
                    }
                }
            },
            |_| Ok(()),
        )
        .inspect_err(|_| recorder::withdraw_process(slot))?;
        recorder::confirm_process(slot, pid);
        let (_, listed) = body.take().unwrap_or_default();
        listed.iter().for_each(|shared| shared.let_go());
        Ok(Child::begin(pid, slot, name))
    }
}

/// Refuses to go on with a second thread, which would not be in the child while what it holds would.
fn refuse_threads() -> Result<()> {
    let begun = Instant::now();
    while let Some(threads) = sys::thread_count().filter(|threads| *threads > 1) {
        if begun.elapsed() > THREAD_ENDS_WITHIN {
            return Err(Kind::ManyThreads(threads).into());
        }
        sys::nap(LOOK_EVERY);
    }
    Ok(())
}

/// A slot for the new process; a full table refuses it, without a trace there are none.
fn claim(ordinal: u32, name: &str, function: &str) -> Result<usize> {
    if !recorder::is_active() {
        return Ok(0);
    }
    recorder::claim_process(identity::slot(), ordinal, name, function)
        .ok_or_else(|| Kind::TooManyProcesses.into())
}

fn is_function_pointer(path: &str) -> bool {
    ["fn(", "for<", "unsafe fn(", "extern "].iter().any(|start| path.starts_with(start))
}

/// The function's name and the ordinal of the start.
fn default_name(function: &str, ordinal: u32) -> String {
    let last = function.rsplit("::").find(|part| !part.starts_with('{')).unwrap_or("");
    let word = if last.is_empty() { "proceso" } else { last };
    format!("{word}-{ordinal}")
}

/// Writes out what is buffered, so that a fork does not duplicate it and an exit does not lose it.
pub(crate) fn flush() {
    // A standard stream that cannot be written to is no reason to fail a start or an exit.
    let _ = std::io::stdout().flush();
    let _ = std::io::stderr().flush();
}

/// The whole life of a child, from the fork to its exit. Never returns into the parent's code.
fn run_child(
    slot: usize,
    name: &str,
    listed: &[std::sync::Arc<dyn handover::Shareable>],
    body: impl FnOnce() -> Result<i32>,
) -> ! {
    let _last = LastFrame;
    identity::become_child(slot);
    recorder::become_child();
    recorder::confirm_process(slot, identity::home());
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner).clear();
    handover::close_all_but(listed);
    hold::until_released();
    note(Point::new(Op::Begin, At::Library), Effect::of(()));
    let code = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            eprintln!("{name}: {error}");
            EXIT_ERROR
        }
        Err(_) => EXIT_PANIC,
    };
    end_of_work();
    flush();
    note_exit(code);
    sys::exit_now(code)
}

/// The outermost frame of a child: a panic that gets here (an error that cannot be told, a payload that panics when
/// it is dropped) ends the process, since what is beyond is a copy of the parent's code.
struct LastFrame;

impl Drop for LastFrame {
    fn drop(&mut self) {
        flush();
        sys::exit_now(EXIT_PANIC);
    }
}

/// Records the exit of this process.
pub(crate) fn note_exit(code: i32) {
    let bits = u64::from(code.cast_unsigned());
    note(Point::new(Op::Exit, At::Library), Effect::of(()).recorded(bits));
    recorder::record_exit(code);
}

/// A child that this process started and has not reaped.
#[derive(Debug, Clone, Copy)]
struct Unreaped {
    serial: u64,
    pid: u32,
    slot: usize,
    reported: bool,
}

static CHILDREN: Mutex<Vec<Unreaped>> = Mutex::new(Vec::new());
static SERIALS: AtomicU64 = AtomicU64::new(0);

/// Records the children that nobody has joined so far, each once.
pub(crate) fn note_unjoined() {
    let pending: Vec<Unreaped> = {
        let mut children = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = children.iter().filter(|child| !child.reported).copied().collect();
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

/// At the end of a process's own work: records the children that nobody joined, then joins them, as Python does.
pub(crate) fn end_of_work() {
    note_unjoined();
    loop {
        let Some(child) = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner).pop() else { return };
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

/// How a process ended.
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

    /// Whether it ended by itself with exit code 0.
    #[must_use]
    pub fn success(self) -> bool {
        self.0 == Ended::Code(0)
    }

    /// Its exit code: 0, 1 for an error result, 101 for a panic; `None` when a signal ended it.
    #[must_use]
    pub fn code(self) -> Option<i32> {
        match self.0 {
            Ended::Code(code) => Some(code),
            Ended::Signal(_) => None,
        }
    }

    /// The signal that ended it, if one did.
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

/// A process that was started.
///
/// Dropping it does not end or wait for the process. What nobody joined is joined at the end of the program, as Python does.
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
    fn begin(pid: u32, slot: usize, name: String) -> Self {
        let serial = SERIALS.fetch_add(1, Ordering::Relaxed);
        let entry = Unreaped { serial, pid, slot, reported: false };
        CHILDREN.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
        Self { serial, pid, slot, name, home: identity::Home::here(), status: None }
    }

    /// The system's id of the process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the process has not ended yet.
    ///
    /// # Errors
    /// In a process that did not start it.
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

    /// Waits until the process has ended, and tells how. Takes the child: it is joined once.
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

    /// Waits at most `limit` until the process has ended; `None` when it goes on.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    #[track_caller]
    pub fn join_timeout(&mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        let at = At::caller();
        in_time(self.wait(Wait::at_most(limit), at))
    }

    fn wait(&mut self, wait: Wait, at: At) -> Result<ExitStatus> {
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

    /// Asks the process to end (SIGTERM). It still has to be joined.
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
            Ok(()) | Err(Errno::ESRCH) => Ok(Poll::Ready(Effect::of(()).recorded(slot as u64))),
            Err(error) => Err(Error::system("Child::terminate", error)),
        };
        operate(Point::new(Op::Terminate, at).detailed(slot as u64), attempt, |_| Ok(()))
    }
}

/// The system's id of this process.
#[must_use]
pub fn pid() -> u32 {
    std::process::id()
}

/// The system's id of the process that started this one.
#[must_use]
pub fn ppid() -> u32 {
    std::os::unix::process::parent_id()
}

/// Sleeps for `time`.
#[track_caller]
pub fn sleep(time: Duration) {
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let point = Point::new(Op::Sleep, At::caller()).waiting(Wait::at_most(time)).detailed(nanoseconds);
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
