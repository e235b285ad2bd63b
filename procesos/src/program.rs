//! `program` and `Driver`: the frame of every exercise's main.

use std::fs::File;
use std::io::Write;
use std::os::fd::RawFd;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use procesos_trace::{Op, RESULTS_VARIABLE};
use serde::Serialize;

use crate::control::{Role, Server};
use crate::error::{Error, Kind, Result, unwritten};
use crate::handover::Registered;
use crate::language::Language;
use crate::object::Object;
use crate::operate::{Effect, Point, note};
use crate::recorder::{self, At};
use crate::sys;
use crate::{child, control, process};

/// How `todo!()` begins its panic message.
const TODO: &str = "not yet implemented";

/// What an exercise's main reports with: its arguments, calls of the student's functions, results. In Python there is none: a
/// script says what it wants.
///
/// There is one a program, given to the closure of [`program`]; it is neither cloned nor sent, so the code of an exercise cannot
/// claim results:
/// ```compile_fail,E0277
/// fn tarea(driver: &procesos::Driver) {}
/// procesos::program(|driver| {
///     procesos::Process::new(tarea, (&*driver,)).start()?;
///     Ok(())
/// });
/// ```
///
/// ```
/// fn report(driver: &mut procesos::Driver) -> procesos::Result<()> {
///     let times: u32 = driver.number(0, 3)?;
///     driver.result("doble", times * 2);
///     Ok(())
/// }
///
/// fn main() -> std::process::ExitCode {
///     procesos::program(report)
/// }
/// ```
#[derive(Debug)]
pub struct Driver {
    args: Vec<String>,
    results: Option<Registered>,
}

/// Runs a program: `body` with its [`Driver`], then joins the children that nobody joined, as Python does.
///
/// The exit code is 0, 1 when `body` returned an error (told on standard error), 101 when it panicked.
///
/// ```
/// fn main() -> std::process::ExitCode {
///     procesos::program(|driver| {
///         let times: u32 = driver.number(0, 3)?;
///         driver.result("doble", times * 2);
///         Ok(())
///     })
/// }
/// ```
pub fn program(body: impl FnOnce(&mut Driver) -> Result<()>) -> ExitCode {
    static CALLED: AtomicBool = AtomicBool::new(false);
    if CALLED.swap(true, Ordering::Relaxed) {
        eprintln!("{}", Error::from(Kind::ProgramTwice));
        return ExitCode::FAILURE;
    }
    let mut driver = Driver { args: std::env::args().skip(1).collect(), results: adopt_results() };
    recorder::adopt_region();
    match Server::adopt().map(Server::serve) {
        None | Some(Ok(Role::Execution)) => {}
        Some(Ok(Role::Done)) => return ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    watch_panics();
    note(Point::new(Op::Begin, At::Library), Effect::of(()));
    let result = catch_unwind(AssertUnwindSafe(|| body(&mut driver)));
    let (code, failed) = match &result {
        Ok(Ok(())) => (0, false),
        Ok(Err(error)) => {
            eprintln!("{error}");
            (1, true)
        }
        Err(_) => (101, true),
    };
    note(Point::new(Op::Finished, At::Library), Effect::of(()).extra(u64::from(failed)));
    child::end_of_work();
    process::flush();
    process::note_exit(code);
    if control::is_on() {
        // As its children end: what the C library and `std` do at an exit would take as long as a process.
        sys::exit_now(code);
    }
    match result {
        Ok(_) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(panic) => resume_unwind(panic),
    }
}

/// Takes over the file for results that a grader handed to this program, if one did.
fn adopt_results() -> Option<Registered> {
    let number = std::env::var(RESULTS_VARIABLE).ok()?.parse::<RawFd>().ok()?;
    sys::remove_variable(RESULTS_VARIABLE);
    Some(Registered::new(sys::adopt_descriptor(number)?.into()))
}

/// Under a grader, lets every panic leave its message and place in the trace, before the usual message on standard error.
/// Without one, a `todo!()` is told in words of the course.
fn watch_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload_as_str().unwrap_or("");
        if recorder::is_active() {
            let label = recorder::label_entry(message);
            note(Point { label, ..Point::new(Op::Panic, At::Unwound) }, Effect::of(()));
        } else if let (Some(what), Some(place)) = (message.strip_prefix(TODO), panic.location()) {
            let what = what.trim_start_matches(": ");
            return eprintln!("{}", unwritten(&format!("{}:{}", place.file(), place.line()), what));
        }
        usual(panic);
    }));
}

impl Driver {
    /// The argument at `index` of the command line, from 0. As `sys.argv[1 + index]` in Python.
    ///
    /// ```
    /// procesos::program(|driver| {
    ///     let modo = driver.arg(0).unwrap_or("contar").to_owned();
    ///     println!("{modo}");
    ///     Ok(())
    /// });
    /// ```
    #[must_use]
    pub fn arg(&self, index: usize) -> Option<&str> {
        self.args.get(index).map(String::as_str)
    }

    /// The argument at `index` as a number, or `default` when it is not given. As `int(sys.argv[1 + index])` in Python.
    ///
    /// # Errors
    /// When it is given and is not a number of this type.
    pub fn number<T: FromStr>(&self, index: usize, default: T) -> Result<T> {
        let Some(text) = self.arg(index) else { return Ok(default) };
        text.parse().map_err(|_| {
            let place = index + 1;
            Error::usage(match Language::current() {
                Language::Spanish => format!("el argumento {place} («{text}») no es un número válido aquí"),
                Language::English => format!("argument {place} (\"{text}\") is not a valid number here"),
            })
        })
    }

    /// Calls a function of the exercise, so that a grader knows where it begins and ends. Python has nothing like it.
    ///
    /// Children that it started and nobody has joined when it returns are recorded.
    ///
    /// ```
    /// fn contar(veces: u32) -> procesos::Result<i64> {
    ///     Ok(veces.into())
    /// }
    /// procesos::program(|driver| {
    ///     let total = driver.call("contar", || contar(3))?;
    ///     driver.result("total", total);
    ///     Ok(())
    /// });
    /// ```
    pub fn call<T>(&mut self, name: &str, function: impl FnOnce() -> T) -> T {
        let label = recorder::label_entry(name);
        note(Point { label, ..Point::new(Op::Call, At::Library) }, Effect::of(()));
        let returned = function();
        child::note_unjoined();
        note(Point { label, ..Point::new(Op::Returned, At::Library) }, Effect::of(()));
        returned
    }

    /// Reports a result: to the grader, or on standard output when there is none. As `print` in Python.
    ///
    /// # Panics
    /// When `value` cannot be written as JSON, or the grader's file cannot be written: an error of the driver.
    pub fn result(&mut self, name: &str, value: impl Serialize) {
        let written = match self.results.as_ref().and_then(Registered::get) {
            None => serde_json::to_string(&value).map_err(|e| Error::json(&e)).and_then(|text| {
                writeln!(std::io::stdout(), "{name}: {text}").map_err(|e| Error::system("Driver::result", e))
            }),
            Some(descriptor) => {
                descriptor.try_clone().map_err(|e| Error::system("Driver::result", e)).and_then(|d| {
                    let mut line = serde_json::to_vec(&(name, &value)).map_err(|e| Error::json(&e))?;
                    line.push(b'\n');
                    File::from(d).write_all(&line).map_err(|e| Error::system("Driver::result", e))
                })
            }
        };
        if let Err(error) = written {
            panic!("{error}");
        }
    }

    /// Names an object that the driver made, for claims and messages about it. Python has nothing like it.
    pub fn name(&mut self, name: &str, object: &impl Object) {
        let (id, kind) = object.identity();
        let label = recorder::label_entry(name);
        note(Point { label, ..Point::new(Op::Name, At::Library).on(id, kind) }, Effect::of(()));
    }
}
