//! The sentences in English, of the same shape as the Spanish ones.

mod deadlock;
mod ending;
mod items;
mod lost_update;
mod processes;
mod standing;
mod words;

use super::Sentence;
use crate::judge::{Finding, Unseen};
use crate::run::Place;
use crate::text::phrase::{name, paren};

/// The sentence of a finding.
pub(super) fn finding(finding: &Finding) -> Sentence {
    match finding {
        Finding::Deadlock { waiting, cause } => deadlock::sentence(waiting, cause),
        Finding::Livelock { asking } => deadlock::livelock(asking),
        Finding::Panicked { who, place, message } => ending::panicked(who, place.as_ref(), message),
        Finding::EndedInError { who, code, message, operation, taken_at } => {
            ending::in_error(who, *code, message, operation.as_ref(), taken_at.as_ref())
        }
        Finding::EndedBySignal { who, signal } => ending::by_signal(who, *signal),
        Finding::EndedEarly { code } => ending::early(*code),
        Finding::CpuLimit { milliseconds, who, polled, place } => {
            ending::cpu_limit(*milliseconds, who.as_ref(), polled.as_ref(), place.as_ref())
        }
        Finding::OutputLimit => ending::output_limit(),
        Finding::TooManyProcesses => ending::too_many_processes(),
        Finding::MemoryLimit { megabytes } => ending::memory_limit(*megabytes),
        Finding::LostUpdate { value, cause, steps, left } => {
            lost_update::sentence(value, cause, steps, left.as_ref())
        }
        Finding::ReadTooEarly { place, running, read, last, expected } => {
            items::read_too_early(place.as_ref(), *running, read, last, expected)
        }
        Finding::CopyNotWritten { value, who, place, kept, name, expected } => {
            items::copy_not_written(value, who, place.as_ref(), [kept, name, expected])
        }
        Finding::WrongResult { function, arguments, name, expected, seen } => {
            items::wrong_result(function.as_deref(), arguments, name, expected, seen)
        }
        Finding::ItemsMissing { expected, missing, examples, cause } => {
            items::missing(*expected, *missing, examples, cause)
        }
        Finding::ItemsExtra { expected, seen, examples } => items::extra(*expected, *seen, examples),
        Finding::NotIncreasing { before, after } => items::not_increasing(before, after),
        Finding::TooFewProcesses { wanted, started } => processes::too_few(*wanted, *started),
        Finding::DoneByFirst { queue, count, place } => {
            processes::done_by_first(queue, *count, place.as_ref())
        }
        Finding::NothingPut { queue } => items::nothing_put(queue),
        Finding::SameProcess { who, count, place } => processes::same(who, *count, place.as_ref()),
        Finding::MessageCount { queue, expected, seen } => items::message_count(queue, *expected, *seen),
        Finding::OtherCapacity { wanted, made } => items::other_capacity(*wanted, made.as_ref()),
        Finding::ChildrenDidNotAdd { wanted, right, each, other, first_wrote } => {
            processes::did_not_add(*wanted, *right, *each, other.as_ref(), first_wrote.as_ref())
        }
        Finding::FirstWrote { place } => processes::first_wrote(place.as_ref()),
        Finding::OneAfterAnother { wanted, together, join } => {
            processes::one_after_another(*wanted, *together, join.as_ref())
        }
        Finding::LockKept { who, place } => processes::lock_kept(who, place.as_ref()),
        Finding::NotJoined { function, children, left, started_at } => {
            processes::not_joined(function.as_deref(), *children, left, started_at)
        }
        Finding::LeftBehind { running, ended } => processes::left_behind(*running, ended),
        Finding::Silent { who } => processes::silent(who),
        Finding::NoConversation { wanted, seen } => processes::no_conversation(*wanted, *seen),
    }
}

/// The sentence of what could not be seen.
pub(super) fn unseen(unseen: &Unseen) -> Sentence {
    match unseen {
        Unseen::DidNotEnd(why) => {
            let Sentence { message, hint } = finding(why);
            Sentence {
                message: format!("Not seen, because the program did not get to its end. {message}"),
                hint,
            }
        }
        Unseen::WallLimit { seconds, outside } => ending::wall_limit(*seconds, outside.as_deref()),
        Unseen::Still { outside } => ending::still(outside.as_deref()),
        Unseen::TooLong => Sentence::new(
            "Not seen: in this order the program went on far longer than without interruptions.",
            "wait (join, get, recv) instead of asking in a loop.",
        ),
        Unseen::Threads => Sentence::new(
            "Not seen: a second thread used the library, and the order of threads cannot be controlled.",
            "use processes (Process::new) instead of threads.",
        ),
        Unseen::Truncated => Sentence::new(
            "Not seen: the program did more operations than can be recorded.",
            "wait (join, get, recv) instead of asking in a loop.",
        ),
        Unseen::NoResult { name: result } => Sentence::new(
            format!("Not seen: main.rs did not get to show “{}”.", name(result)),
            "check that the function returns, without std::process::exit.",
        ),
    }
}

/// The sentence of a claim that waits for a function to be written.
pub(super) fn pending(function: Option<&str>, place: Option<&Place>) -> Sentence {
    let what =
        function.map_or_else(|| "what says `todo!()`".to_owned(), |function| format!("`{}`", name(function)));
    Sentence::only(format!("Pending: {what} is still to be written{}.", paren(place)))
}

/// The sentence of a claim that nothing could break.
pub(super) fn vacuous() -> Sentence {
    Sentence::only("Nothing could have broken it in this case: it does not count.")
}
