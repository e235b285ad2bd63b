//! Names of findings for programs, and what two findings of the same mistake have in common.

use crate::judge::{Cause, Finding, LostCause, MissingCause, Step};
use crate::run::Place;
use crate::text::phrase;

/// The kind of a finding: a stable name in snake_case.
pub(super) fn of(finding: &Finding) -> &'static str {
    match finding {
        Finding::Deadlock { .. } => "deadlock",
        Finding::Livelock { .. } => "livelock",
        Finding::Panicked { .. } => "panicked",
        Finding::EndedInError { .. } => "ended_in_error",
        Finding::EndedBySignal { .. } => "ended_by_signal",
        Finding::EndedEarly { .. } => "ended_early",
        Finding::CpuLimit { .. } => "cpu_limit",
        Finding::OutputLimit => "output_limit",
        Finding::TooManyProcesses => "too_many_processes",
        Finding::MemoryLimit { .. } => "memory_limit",
        Finding::LostUpdate { .. } => "lost_update",
        Finding::ReadTooEarly { .. } => "read_too_early",
        Finding::CopyNotWritten { .. } => "copy_not_written",
        Finding::WrongResult { .. } => "wrong_result",
        Finding::ItemsMissing { .. } => "items_missing",
        Finding::ItemsExtra { .. } => "items_extra",
        Finding::NotIncreasing { .. } => "not_increasing",
        Finding::TooFewProcesses { .. } => "too_few_processes",
        Finding::DoneByFirst { .. } => "done_by_first",
        Finding::NothingPut { .. } => "nothing_put",
        Finding::SameProcess { .. } => "same_process",
        Finding::MessageCount { .. } => "message_count",
        Finding::OtherCapacity { .. } => "other_capacity",
        Finding::ChildrenDidNotAdd { .. } => "children_did_not_add",
        Finding::FirstWrote { .. } => "first_wrote",
        Finding::OneAfterAnother { .. } => "one_after_another",
        Finding::LockKept { .. } => "lock_kept",
        Finding::NotJoined { .. } => "not_joined",
        Finding::LeftBehind { .. } => "left_behind",
        Finding::Silent { .. } => "silent",
        Finding::NoConversation { .. } => "no_conversation",
    }
}

/// What is common to all findings of one mistake: its kind and what tells it from others of the kind.
///
/// Numbers and names of processes change from case to case, lines of the source do not.
pub(super) fn cause(finding: &Finding) -> String {
    let detail = match finding {
        Finding::Deadlock { cause, .. } => deadlock(cause).to_owned(),
        Finding::Livelock { asking } => {
            asking.iter().find_map(|one| line(one.place.as_ref())).unwrap_or_default()
        }
        Finding::Panicked { place, message, .. } => line(place.as_ref()).unwrap_or_else(|| message.clone()),
        Finding::EndedInError { operation, message, .. } => {
            let place = operation.as_ref().and_then(|(.., place)| line(place.as_ref()));
            place.unwrap_or_else(|| message.clone())
        }
        Finding::EndedBySignal { signal, .. } => signal.to_string(),
        // A loop is left at whatever line of it: the function says which loop.
        Finding::CpuLimit { polled, place, .. } => match polled {
            Some((.., asked)) => line(asked.as_ref()).unwrap_or_default(),
            None => place.as_ref().and_then(|place| place.function.clone()).unwrap_or_default(),
        },
        Finding::LostUpdate { cause, steps, .. } => {
            let read = steps.first().and_then(|Step { place, .. }| line(place.as_ref()));
            format!("{} {}", lost(cause), read.unwrap_or_default())
        }
        Finding::WrongResult { function, name, .. } => {
            format!("{} {name}", function.as_deref().unwrap_or_default())
        }
        Finding::ItemsMissing { cause, .. } => missing(cause).to_owned(),
        Finding::NothingPut { queue } | Finding::MessageCount { queue, .. } => queue.clone(),
        Finding::ReadTooEarly { place, .. }
        | Finding::CopyNotWritten { place, .. }
        | Finding::DoneByFirst { place, .. }
        | Finding::SameProcess { place, .. }
        | Finding::FirstWrote { place }
        | Finding::OneAfterAnother { join: place, .. }
        | Finding::LockKept { place, .. } => line(place.as_ref()).unwrap_or_default(),
        Finding::OtherCapacity { made, .. } => {
            made.as_ref().and_then(|(queue, _)| line(queue.made_at.as_ref())).unwrap_or_default()
        }
        Finding::NotJoined { function, .. } => function.clone().unwrap_or_default(),
        Finding::EndedEarly { .. }
        | Finding::OutputLimit
        | Finding::TooManyProcesses
        | Finding::MemoryLimit { .. }
        | Finding::ItemsExtra { .. }
        | Finding::NotIncreasing { .. }
        | Finding::TooFewProcesses { .. }
        | Finding::ChildrenDidNotAdd { .. }
        | Finding::LeftBehind { .. }
        | Finding::Silent { .. }
        | Finding::NoConversation { .. } => String::new(),
    };
    format!("{} {detail}", of(finding))
}

fn line(place: Option<&Place>) -> Option<String> {
    place.map(phrase::at)
}

fn deadlock(cause: &Cause) -> &'static str {
    match cause {
        Cause::NobodyPuts { .. } => "nobody_puts",
        Cause::PutElsewhere { .. } => "put_elsewhere",
        Cause::NobodyGets { .. } => "nobody_gets",
        Cause::BothReceive { .. } => "both_receive",
        Cause::JoinBeforeTalking { .. } => "join_before_talking",
        Cause::NobodySends => "nobody_sends",
        Cause::NobodyReceives { .. } => "nobody_receives",
        Cause::LockNeverReleased { .. } => "lock_never_released",
        Cause::LockOrder => "lock_order",
        Cause::NobodySets { .. } => "nobody_sets",
        Cause::NobodyReleases { .. } => "nobody_releases",
        Cause::PermitOrder => "permit_order",
        Cause::NobodyNotifies { .. } => "nobody_notifies",
        Cause::TooFewArrive { .. } => "too_few_arrive",
        Cause::TasksNotDone { .. } => "tasks_not_done",
        Cause::Other => "other",
    }
}

fn lost(cause: &LostCause) -> &'static str {
    match cause {
        LostCause::NoLock => "no_lock",
        LostCause::ManyPermits { .. } => "many_permits",
        LostCause::ReleasedAtOnce { .. } => "released_at_once",
        LostCause::DifferentLocks { .. } => "different_locks",
        LostCause::ReadOutside => "read_outside",
        LostCause::WriteOutside => "write_outside",
        LostCause::ReleasedBetween { .. } => "released_between",
        LostCause::OtherWithoutLock { .. } => "other_without_lock",
    }
}

fn missing(cause: &MissingCause) -> &'static str {
    match cause {
        MissingCause::EmptyTakenForEnd { .. } => "empty_taken_for_end",
        MissingCause::TimeoutTakenForEnd { .. } => "timeout_taken_for_end",
        MissingCause::PutAfterEnd { .. } => "put_after_end",
        MissingCause::NeverPut => "never_put",
        MissingCause::GotNotNoted => "got_not_noted",
        MissingCause::Unknown => "unknown",
    }
}
