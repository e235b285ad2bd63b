//! `Process`: a function to be run by a process of its own, and the whole life of that process.

use std::collections::BTreeMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use procesos_trace::Op;
use procesos_trace::layout::process as layout;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::child::{self, Child};
use crate::error::{Error, Kind, Result};
use crate::operate::{Effect, Point, note, operate};
use crate::recorder::{self, At};
use crate::sys::{self, Forked};
use crate::target::{EXIT_ERROR, Outcome, Target};
use crate::{codec, control, handover, identity};

/// Exit code of a process that panicked, as everywhere in Rust.
const EXIT_PANIC: i32 = 101;
/// A thread that was joined is counted until the system has taken it away: a start waits so long before it refuses.
const THREAD_ENDS_WITHIN: Duration = Duration::from_millis(100);
/// How often it looks in that time.
const LOOK_EVERY: Duration = Duration::from_micros(100);

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
    /// Whose it is, as the trace tells it: the program's, or the library's.
    role: u32,
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
        Self { function, args, name: None, role: layout::ROLE_OWN }
    }

    /// Gives it a name for messages; otherwise it is the function's name and its number among the processes of that function
    /// that this one started. As `name=` in Python.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The same as a process of the library's own: no child of the program's, and ended with it.
    pub(crate) fn of_library(self, role: u32) -> Self {
        Self { role, ..self }
    }

    /// Starts the process. As `p.start()` in Python.
    ///
    /// What is not among the arguments is not in it: pipe ends that were not handed over are closed there.
    ///
    /// # Errors
    /// When this process has more than one thread, the target captures variables, an argument cannot be serialised,
    /// or the system (or a grader) allows no further process ([`Error::is_exhausted`]).
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
        let name = self.name.clone().unwrap_or_else(|| default_name(function));
        let slot = claim(ordinal, &name, function, self.role)?;
        let target = self.function;
        let mut body = Some((bytes, listed));
        let point = Point::new(Op::Start, at).detailed(slot as u64);
        let pid = operate(
            point,
            || {
                flush();
                match sys::fork().map_err(|e| Error::system("Process::start", e))? {
                    Forked::Parent(pid) => {
                        if self.role == layout::ROLE_SERVER {
                            control::server_started(slot, pid);
                        } else {
                            control::child_started(slot, pid, ordinal);
                        }
                        Ok(Poll::Ready(Effect::of(pid).recorded(slot as u64)))
                    }
                    Forked::Child => {
                        let (bytes, listed) = body.take().unwrap_or_default();
                        run_child(slot, &name, self.role, &listed, || {
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
        Ok(Child::begin(pid, slot, name, self.role != layout::ROLE_OWN))
    }
}

/// Refuses to go on with a second thread, which would not be in the child while what it holds would.
fn refuse_threads() -> Result<()> {
    let mut begun = None;
    while let Some(threads) = sys::thread_count().filter(|threads| *threads > 1) {
        // Real time, also under control.
        let now = sys::monotonic_nanos();
        if Duration::from_nanos(now - *begun.get_or_insert(now)) > THREAD_ENDS_WITHIN {
            return Err(Kind::ManyThreads(threads).into());
        }
        sys::nap(LOOK_EVERY);
    }
    Ok(())
}

/// A slot for the new process; a full table refuses it, without a trace there are none.
fn claim(ordinal: u32, name: &str, function: &str, role: u32) -> Result<usize> {
    if !recorder::is_active() {
        return Ok(0);
    }
    recorder::claim_process(identity::slot(), ordinal, name, function, role)
        .ok_or_else(|| Kind::TooManyProcesses.into())
}

pub(crate) fn is_function_pointer(path: &str) -> bool {
    ["fn(", "for<", "unsafe fn(", "extern "].iter().any(|start| path.starts_with(start))
}

/// How many processes this one has started of each function.
static STARTED: Mutex<BTreeMap<&'static str, u32>> = Mutex::new(BTreeMap::new());

/// The function's name and a number: that of the start among those of the same function, from 1.
fn default_name(function: &'static str) -> String {
    let last = function.rsplit("::").find(|part| !part.starts_with('{')).unwrap_or("");
    let word = if last.is_empty() { "proceso" } else { last };
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    let number = started.entry(function).or_default();
    *number += 1;
    format!("{word}-{number}")
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
    role: u32,
    listed: &[std::sync::Arc<dyn handover::Shareable>],
    body: impl FnOnce() -> Result<i32>,
) -> ! {
    let _last = LastFrame;
    let bottom = 0_u64;
    if recorder::is_active() {
        // Asking the system for the stack takes as long as half a fork.
        sys::end_stack_at(&bottom);
    }
    identity::become_child(slot);
    recorder::become_child();
    recorder::confirm_process(slot, identity::home());
    child::forget_all();
    STARTED.lock().unwrap_or_else(PoisonError::into_inner).clear();
    handover::close_all_but(listed);
    // What a server does is a part of the steps of those who ask it: it takes no turns and makes no steps of its own.
    let serves = role == layout::ROLE_SERVER;
    if serves {
        control::stand_aside();
    } else {
        control::first_turn();
        note(Point::new(Op::Begin, At::Library), Effect::of(()));
    }
    let code = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            eprintln!("{name}: {error}");
            EXIT_ERROR
        }
        Err(_) => EXIT_PANIC,
    };
    child::end_of_work();
    flush();
    if serves {
        recorder::record_exit(code);
    } else {
        note_exit(code);
    }
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
    control::last_turn();
}
