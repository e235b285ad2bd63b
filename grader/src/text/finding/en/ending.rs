//! How a process or the program ended before it was done.

use procesos_trace::{Op, Outcome};

use super::words::{count, subject, who};
use crate::judge::{Outside, Who};
use crate::run::Place;
use crate::text::clean;
use crate::text::finding::Sentence;
use crate::text::finding::panic_kind::PanicKind;
use crate::text::phrase::{self, after, paren};

/// Widest message of a program within a sentence.
const MESSAGE_COLUMNS: usize = 110;
/// The signal that `terminate` sends.
const SIGTERM: i32 = 15;

pub(super) fn panicked(who: &Who, place: Option<&Place>, message: &str) -> Sentence {
    let said = clean::line(message, MESSAGE_COLUMNS);
    let hint = match PanicKind::of(message) {
        PanicKind::Overflow => "check that sum: the result does not fit its type (a subtraction below 0?).",
        PanicKind::Index => "check those bounds: indices go from 0 to len() - 1.",
        PanicKind::DivisionByZero => "handle a division by 0 apart.",
        PanicKind::UnwrapNone => "handle None, with match or if let, instead of unwrap.",
        PanicKind::UnwrapError => "return the error with ? instead of unwrap.",
        PanicKind::Assertion => "check why what that line asserts does not hold.",
        PanicKind::Eof => {
            "leave the loop when recv gives an error with is_eof(): the other one closing is a normal end."
        }
        PanicKind::Other => "check which values get to that line.",
    };
    Sentence::new(format!("{} panicked{}: “{said}”.", subject(who), paren(place)), hint)
}

pub(super) fn in_error(
    process: &Who,
    code: i32,
    message: &str,
    operation: Option<&(Op, Outcome, Option<Place>)>,
    taken_at: Option<&Place>,
) -> Sentence {
    let who = subject(process);
    let message = phrase::without_name(message, process);
    let Some((op, outcome, place)) = operation else { return with_code(&who, code, message) };
    let at = after("at", place.as_ref());
    match outcome {
        Outcome::Eof => Sentence::new(
            format!(
                "The other end was closed and {} ended in error{at}. If nothing was missing, that is a normal end.",
                self::who(process)
            ),
            "leave the loop when recv gives an error with is_eof(), or see why the other one ended before.",
        ),
        Outcome::BrokenPipe => Sentence::new(
            format!(
                "{who} sent{at} when the other end was already closed: nobody will receive that message."
            ),
            "stop sending when the other one ends, or have the other one receive to the end.",
        ),
        Outcome::OwnerDied if *op == Op::SemaphoreAcquire => Sentence::new(
            format!("{who} asked{at} for a permit whose owner ended without releasing it."),
            "release the permit on every path, also when something fails.",
        ),
        Outcome::Broken => Sentence::new(
            format!("{who} waited{at} at a broken barrier: one of the processes will not arrive."),
            "have all of them arrive, or handle that error (is_broken_barrier()).",
        ),
        Outcome::TooMany if *op == Op::TaskDone => Sentence::new(
            format!("{who} called task_done{at} more often than items were put into the queue."),
            "call task_done() once for each get.",
        ),
        Outcome::TooMany => Sentence::new(
            format!("{who} gave{at} one permit too many: the semaphore had all of them."),
            "call release() once for each acquire.",
        ),
        Outcome::OwnerDied => Sentence::new(
            format!("{who} asked{at} for a lock whose owner ended without releasing it."),
            "release the lock on every path, also when something fails.",
        ),
        Outcome::WorkerDied | Outcome::TaskFailed => not_done(&who, message, *op, *outcome, &at),
        Outcome::AlreadyHeld => {
            let same = place.is_some() && place.as_ref() == taken_at;
            let again = if same { " again" } else { "" };
            let since = after("since", taken_at.filter(|_| !same));
            Sentence::new(
                format!("{who} asks{again}{at} for a lock that it holds{since}; a Lock is not taken twice."),
                "release it before (guardia.release()).",
            )
        }
        Outcome::NotHanded => Sentence::new(
            format!("{who} used{at} an object that was not handed to it ({}).", phrase::method(*op)),
            "pass it as an argument of Process::new.",
        ),
        Outcome::Done | Outcome::WouldBlock | Outcome::TimedOut | Outcome::Failed => {
            let said = clean::line(message, MESSAGE_COLUMNS);
            let why = if said.is_empty() {
                format!("{} failed", phrase::method(*op))
            } else {
                format!("“{said}”")
            };
            Sentence::new(
                format!("{who} ended in error{at}: {why}."),
                "do what that message says, or handle the error.",
            )
        }
    }
}

/// What another process was to do and did not.
fn not_done(who: &str, message: &str, op: Op, outcome: Outcome, at: &str) -> Sentence {
    if outcome == Outcome::TaskFailed {
        let said = clean::line(message, MESSAGE_COLUMNS);
        let why =
            if said.is_empty() { "a task of the Pool failed".to_owned() } else { format!("\"{said}\"") };
        return Sentence::new(
            format!("{who} ended with the error of a task{at}: {why}."),
            "mend the task, or deal with its error where its result is asked for.",
        );
    }
    if matches!(op, Op::ManagerGet | Op::ManagerSet) {
        return Sentence::new(
            format!("{who} called{at} an object of a Manager whose process had ended."),
            "keep the Manager as long as somebody uses its objects.",
        );
    }
    Sentence::new(
        format!("{who} asked{at} for the result of a task whose process ended without having done it."),
        "do not leave the process in a task (exit, abort): return a value or an error.",
    )
}

fn with_code(who: &str, code: i32, message: &str) -> Sentence {
    let said = clean::line(message, MESSAGE_COLUMNS);
    if said.is_empty() {
        return Sentence::new(
            format!("{who} ended with code {code}; 0 was expected."),
            "return Ok(()) at the end, without std::process::exit.",
        );
    }
    Sentence::new(
        format!("{who} ended in error (code {code}): “{said}”."),
        "do what that message says, or handle the error.",
    )
}

pub(super) fn by_signal(who: &Who, signal: i32) -> Sentence {
    if signal == SIGTERM {
        return Sentence::new(
            format!(
                "{} did not get to its end: signal {SIGTERM} (SIGTERM), that of terminate(), cut it short.",
                subject(who)
            ),
            "join, which waits for the child to end; terminate() cuts it short.",
        );
    }
    let name =
        nix::sys::signal::Signal::try_from(signal).map(|known| format!(" ({known})")).unwrap_or_default();
    let hint = match signal {
        6 | 11 => "look for a function that calls itself without end, or abort().",
        _ => "look for who sends it; to end a child there is terminate().",
    };
    Sentence::new(
        format!("Signal {signal}{name} ended {}; the grader did not send it.", self::who(who)),
        hint,
    )
}

pub(super) fn early(code: i32) -> Sentence {
    Sentence::new(
        format!("The program ended with code {code} before main.rs was done."),
        "return from the function with Ok or with the error, without std::process::exit.",
    )
}

pub(super) fn cpu_limit(
    milliseconds: u64,
    who: Option<&Who>,
    polled: Option<&(Op, u64, Option<Place>)>,
    place: Option<&Place>,
) -> Sentence {
    let seconds = phrase::seconds(milliseconds, '.');
    let who = who.map_or_else(|| "A process that Process::new had not started".to_owned(), subject);
    let Some((op, times, place)) = polled else {
        let (still, hint) = match place {
            None => ("some loop never does".to_owned(), "check when each loop ends."),
            Some(_) => (format!("it is still{}", phrase::within("in", place)), "check when that loop ends."),
        };
        return Sentence::new(format!("{who} used {seconds} s of CPU and did not end: {still}."), hint);
    };
    let hint = match phrase::waiting_method(*op) {
        Some(method) => format!("{method}, which waits without using the CPU."),
        None => "check when that loop ends.".to_owned(),
    };
    Sentence::new(
        format!(
            "{who} called {} {}{} and used {seconds} s of CPU without ending.",
            phrase::asking_method(*op),
            count(*times, "time", "times"),
            paren(place.as_ref())
        ),
        hint,
    )
}

pub(super) fn wall_limit(seconds: u64, outside: Option<&Outside>) -> Sentence {
    let waits = match outside {
        None => String::new(),
        Some(Outside { who, place, .. }) => {
            format!("; {} waits{} outside the library", self::who(who), phrase::within("in", place.as_ref()))
        }
    };
    Sentence::new(
        format!("Not seen: in {seconds} s the program neither ended nor used the CPU{waits}."),
        "remove waits such as thread::sleep or reading the keyboard.",
    )
}

pub(super) fn still(outside: Option<&Outside>) -> Sentence {
    let (waits, more) = match outside {
        None => ("the program waits".to_owned(), 0),
        Some(Outside { who, place, others }) => {
            (format!("{} waits{}", self::who(who), phrase::within("in", place.as_ref())), *others)
        }
    };
    let more = match more {
        0 => String::new(),
        1 => "; 1 process more does the same".to_owned(),
        _ => format!("; {more} processes more do the same"),
    };
    Sentence::new(
        format!("Not seen: {waits} outside the library, and nobody will wake it{more}."),
        "wait with the library (join, get, recv, acquire), not with park, a channel or a Mutex of std.",
    )
}

pub(super) fn output_limit() -> Sentence {
    Sentence::new(
        "The program wrote more than is allowed: it looks like a println! in a loop that never ends.",
        "check when that loop ends.",
    )
}

pub(super) fn too_many_processes() -> Sentence {
    Sentence::new(
        "The program started processes without end: it looks as if children start children too.",
        "have only the parent start processes, one per task.",
    )
}

pub(super) fn memory_limit(megabytes: u64) -> Sentence {
    Sentence::new(
        format!("The program went beyond {megabytes} MiB of memory, all its processes together."),
        "look for what grows without end: a Vec or a String in a loop that never ends.",
    )
}
