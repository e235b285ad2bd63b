//! Which permits of semaphores a process holds, and when.

use procesos_trace::{ObjectId, Op, Outcome};

use super::facts::Facts;
use super::happens_before::At;

/// The permits that a process holds when its first `count` events are done, in the order in which it took them: of which semaphore, and
/// where it was taken. One that was consumed is held no more.
pub(super) fn held(facts: &Facts<'_>, p: usize, count: usize) -> Vec<(ObjectId, At)> {
    let mut held: Vec<(ObjectId, At)> = Vec::new();
    for (index, event) in facts.processes()[p].events.iter().enumerate().take(count) {
        let Some(semaphore) = event.object else { continue };
        match (event.op, event.outcome) {
            (Op::SemaphoreAcquire, Outcome::Done | Outcome::OwnerDied) => held.push((semaphore, (p, index))),
            (Op::SemaphoreRelease, Outcome::Done) if event.extra == 1 => give_up(&mut held, semaphore),
            (Op::SemaphoreConsume, Outcome::Done) => give_up(&mut held, semaphore),
            _ => {}
        }
    }
    held
}

/// Takes the last permit of a semaphore from those held.
fn give_up(held: &mut Vec<(ObjectId, At)>, semaphore: ObjectId) {
    if let Some(last) = held.iter().rposition(|(other, _)| *other == semaphore) {
        held.remove(last);
    }
}

/// Where a process took a permit of a semaphore that it holds in the end.
pub(super) fn kept(facts: &Facts<'_>, p: usize, semaphore: ObjectId) -> Option<At> {
    let held = held(facts, p, usize::MAX);
    held.into_iter().find(|(other, _)| *other == semaphore).map(|(_, at)| at)
}
