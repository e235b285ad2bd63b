//! The places that a finding tells of, the most telling one first.

use super::Seen;
use super::supply::{Supply, is_mark, past_the_end};
use crate::judge::{Cause, Finding, LostCause, MissingCause, Waiting, Who};
use crate::run::Place;

type Location = (Place, Option<Who>);

/// Every place of a finding once, with the process that was there where that is known; then those of the steps on whose
/// order it depends.
pub(super) fn of(finding: &Finding, seen: Option<Seen<'_>>) -> Vec<Location> {
    let found: Vec<Option<Location>> = match finding {
        Finding::Deadlock { waiting, cause } => deadlock(waiting, cause),
        Finding::Livelock { asking } => {
            asking.iter().map(|one| of_process(one.place.as_ref(), &one.who)).collect()
        }
        Finding::Panicked { who, place, .. }
        | Finding::SameProcess { who, place, .. }
        | Finding::CopyNotWritten { who, place, .. }
        | Finding::LockKept { who, place } => vec![of_process(place.as_ref(), who)],
        Finding::EndedInError { who, operation, taken_at, .. } => {
            let failed = operation.as_ref().and_then(|(.., place)| place.as_ref());
            vec![of_process(failed, who), of_process(taken_at.as_ref(), who)]
        }
        Finding::CpuLimit { who, polled, place, .. } => {
            let asked = polled.as_ref().and_then(|(.., asked)| asked.as_ref());
            who.iter().map(|who| of_process(asked.or(place.as_ref()), who)).collect()
        }
        Finding::LostUpdate { cause, steps, .. } => {
            let read_and_written = steps.iter().map(|step| of_process(step.place.as_ref(), &step.who));
            read_and_written.chain([alone(lost(cause))]).collect()
        }
        Finding::ItemsMissing { cause, .. } => vec![missing(cause)],
        Finding::ReadTooEarly { place, .. }
        | Finding::DoneByFirst { place, .. }
        | Finding::ChildrenDidNotAdd { first_wrote: place, .. }
        | Finding::FirstWrote { place }
        | Finding::OneAfterAnother { join: place, .. } => vec![alone(place.as_ref())],
        Finding::OtherCapacity { made, .. } => {
            made.iter().map(|(queue, _)| alone(queue.made_at.as_ref())).collect()
        }
        Finding::NotJoined { started_at, .. } => started_at.iter().map(|place| alone(Some(place))).collect(),
        Finding::EndedBySignal { .. }
        | Finding::EndedEarly { .. }
        | Finding::OutputLimit
        | Finding::TooManyProcesses
        | Finding::MemoryLimit { .. }
        | Finding::WrongResult { .. }
        | Finding::ItemsExtra { .. }
        | Finding::NotIncreasing { .. }
        | Finding::TooFewProcesses { .. }
        | Finding::NothingPut { .. }
        | Finding::MessageCount { .. }
        | Finding::LeftBehind { .. }
        | Finding::Silent { .. }
        | Finding::NoConversation { .. } => Vec::new(),
    };
    once_each(found.into_iter().chain(seen.into_iter().flat_map(exchanged)).flatten())
}

/// Where the two steps were that, exchanged, let it come out right.
fn exchanged(seen: Seen<'_>) -> impl Iterator<Item = Option<Location>> {
    let pair = seen.flip.map(|(first, second)| [first, second]).into_iter().flatten();
    pair.filter_map(move |number| seen.story.told().find(|told| told.number == number))
        .map(|told| of_process(told.doing.first()?.place.as_ref(), &told.who))
}

fn deadlock(waiting: &[Waiting], cause: &Cause) -> Vec<Option<Location>> {
    let why = match cause {
        Cause::NobodyPuts { put, consumers, last_put, .. } => match Supply::of(put, *consumers) {
            Supply::FewMarks { last: true, .. } | Supply::EnoughMarks { last: true, .. } => last_put.as_ref(),
            Supply::FewMarks { .. }
            | Supply::EnoughMarks { .. }
            | Supply::NoMark { .. }
            | Supply::Nothing => None,
        },
        Cause::NobodyGets { join, .. } | Cause::JoinBeforeTalking { join, .. } => join.as_ref(),
        Cause::LockNeverReleased { taken_at, .. } | Cause::NobodyReleases { taken_at, .. } => {
            taken_at.as_ref()
        }
        Cause::BothReceive { heard } => past_the_end(heard).map(|heard| &heard.place),
        Cause::PutElsewhere { other, .. } => other.as_ref(),
        Cause::NobodySets { cleared_at, .. } => cleared_at.as_ref(),
        Cause::NobodyNotifies { unheard, .. } => unheard.as_ref(),
        Cause::TooFewArrive { .. }
        | Cause::TasksNotDone { .. }
        | Cause::NobodySends
        | Cause::NobodyReceives { .. }
        | Cause::LockOrder
        | Cause::PermitOrder
        | Cause::Other => None,
    };
    let waits = waiting.iter().map(|one| of_process(one.place.as_ref(), &one.who));
    // The join of a process that waits is among those that wait, with its name: the cause comes after them.
    waits.chain([alone(why)]).collect()
}

fn lost(cause: &LostCause) -> Option<&Place> {
    match cause {
        LostCause::ReleasedAtOnce { place }
        | LostCause::DifferentLocks { made_at: place, .. }
        | LostCause::ReleasedBetween { place }
        | LostCause::OtherWithoutLock { place } => place.as_ref(),
        LostCause::ManyPermits { semaphore, .. } => semaphore.made_at.as_ref(),
        LostCause::NoLock | LostCause::ReadOutside | LostCause::WriteOutside => None,
    }
}

fn missing(cause: &MissingCause) -> Option<Location> {
    match cause {
        MissingCause::EmptyTakenForEnd { who, place } | MissingCause::TimeoutTakenForEnd { who, place } => {
            of_process(place.as_ref(), who)
        }
        MissingCause::PutAfterEnd { mark, mark_at, .. } => {
            let is_mark = mark.as_deref().is_some_and(is_mark);
            alone(mark_at.as_ref().filter(|_| is_mark))
        }
        MissingCause::NeverPut | MissingCause::GotNotNoted | MissingCause::Unknown => None,
    }
}

fn of_process(place: Option<&Place>, who: &Who) -> Option<Location> {
    place.map(|place| (place.clone(), Some(who.clone())))
}

fn alone(place: Option<&Place>) -> Option<Location> {
    place.map(|place| (place.clone(), None))
}

fn once_each(locations: impl Iterator<Item = Location>) -> Vec<Location> {
    let mut kept: Vec<Location> = Vec::new();
    for location in locations {
        if !kept.iter().any(|(place, _)| place.file == location.0.file && place.line == location.0.line) {
            kept.push(location);
        }
    }
    kept
}
