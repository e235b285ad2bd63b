//! Why an update can be lost: what is wrong with the lock around it.

use std::collections::BTreeSet;

use procesos_trace::{ObjectId, Op};

use super::facts::Facts;
use super::finding::LostCause;
use super::happens_before::At;
use super::locks::Hold;
use super::permits;
use super::updates::{Clash, Update, held_through};

/// Why nothing keeps the other write out.
pub(super) fn cause(facts: &Facts<'_>, Clash { update, other }: Clash) -> LostCause {
    let process = update.read.0;
    let at_read = facts.holds(process).at(update.read.1).next();
    let at_write = facts.holds(process).at(update.write.1).next();
    let (at_read, _) = match (at_read, at_write) {
        (None, None) => {
            return many_permits(facts, update, other).unwrap_or_else(|| unguarded(facts, update));
        }
        (None, Some(_)) => return LostCause::ReadOutside,
        (Some(_), None) => return LostCause::WriteOutside,
        (Some(read), Some(write)) => (read, write),
    };
    let Some(through) = held_through(facts, update).next() else {
        return LostCause::ReleasedBetween { place: facts.place((process, at_read.until)) };
    };
    if facts.holds(other.0).at(other.1).next().is_none() {
        return LostCause::OtherWithoutLock { place: facts.place(other) };
    }
    let made_at = facts.thing(through.lock).and_then(|thing| thing.made_at);
    LostCause::DifferentLocks { count: locks_around_writes(facts, update), made_at }
}

/// Both hold permits of the same semaphore, which lets more than one in at once.
fn many_permits(facts: &Facts<'_>, update: Update, other: At) -> Option<LostCause> {
    let own = permits::held(facts, update.read.0, update.read.1);
    let theirs = permits::held(facts, other.0, other.1);
    let both = own.iter().find(|(semaphore, _)| theirs.iter().any(|(other, _)| other == semaphore));
    let (semaphore, _) = *both?;
    let permits = facts.object(semaphore)?.detail;
    (permits > 1).then_some(LostCause::ManyPermits { semaphore: facts.thing(semaphore)?, permits })
}

/// Nothing is held: was a lock freed right before the read?
fn unguarded(facts: &Facts<'_>, update: Update) -> LostCause {
    match facts
        .holds(update.read.0)
        .last_before(update.read.1)
        .filter(|hold| guards_nothing(facts, update, *hold))
    {
        Some(hold) => LostCause::ReleasedAtOnce { place: facts.place((update.read.0, hold.from)) },
        None => LostCause::NoLock,
    }
}

/// Whether a holding was meant for the update that follows it: nothing was done under it, nothing but looking at values
/// since, and it was taken in the same function.
fn guards_nothing(facts: &Facts<'_>, update: Update, hold: Hold) -> bool {
    let (process, read) = update.read;
    let idle = |op| matches!(op, Op::LockAcquire | Op::LockRelease | Op::Sleep);
    let events = &facts.processes()[process].events;
    let function = |index: usize| events[index].place.as_ref().map(|place| &place.function);
    events[hold.from..hold.until].iter().all(|event| idle(event.op))
        && events[hold.until..read].iter().all(|event| idle(event.op) || (event.reads() && !event.writes()))
        && function(hold.from) == function(read)
}

/// How many different locks are held around writes of the value.
fn locks_around_writes(facts: &Facts<'_>, update: Update) -> usize {
    let Some(value) = facts.event(update.write).cell() else { return 0 };
    let writes = facts.writes_of(value);
    let locks: BTreeSet<ObjectId> =
        writes.flat_map(|((p, i), _)| facts.holds(p).at(i).map(|hold| hold.lock)).collect();
    locks.len()
}
