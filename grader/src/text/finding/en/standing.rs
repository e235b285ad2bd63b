//! Why nobody can go on where somebody waits for what another one says.

use procesos_trace::Op;

use super::deadlock::they_wait;
use super::words::{thing, who};
use crate::judge::{Thing, Waiting, Who};
use crate::run::Place;
use crate::text::finding::Sentence;
use crate::text::phrase::{after, paren};

/// Who waits for this very object.
fn wait_for(waiting: &[Waiting], op: Op, of: &Thing) -> String {
    let those: Vec<Waiting> = waiting.iter().filter(|one| one.thing.as_ref() == Some(of)).cloned().collect();
    they_wait(&those, op)
}

pub(super) fn nobody_sets(waiting: &[Waiting], event: &Thing, cleared_at: Option<&Place>) -> Sentence {
    let wait = wait_for(waiting, Op::EventWait, event);
    match cleared_at {
        Some(_) => Sentence::new(
            format!(
                "Deadlock: {wait} for {}, which nobody can set any more: clear{} undid it.",
                thing(event),
                paren(cleared_at)
            ),
            "do not call clear() before everybody who waits has gone on.",
        ),
        None => Sentence::new(
            format!("Deadlock: {wait} for {}, which nobody can set any more.", thing(event)),
            "call set() before waiting for anything else.",
        ),
    }
}

pub(super) fn nobody_releases(
    waiting: &[Waiting],
    semaphore: &Thing,
    holder: Option<&Who>,
    taken_at: Option<&Place>,
) -> Sentence {
    let wait = wait_for(waiting, Op::SemaphoreAcquire, semaphore);
    match holder {
        Some(holder) => Sentence::new(
            format!(
                "Deadlock: {wait} for a permit of {}; {} has held one{} and waits too.",
                thing(semaphore),
                who(holder),
                after("since", taken_at)
            ),
            "release the permit (permiso.release()) before waiting for anything else.",
        ),
        None => Sentence::new(
            format!(
                "Deadlock: {wait} for a permit of {} and nobody can give one any more.",
                thing(semaphore)
            ),
            "give as many signals (release) as there are acquires.",
        ),
    }
}

pub(super) fn nobody_notifies(waiting: &[Waiting], condition: &Thing, unheard: Option<&Place>) -> Sentence {
    let wait = wait_for(waiting, Op::ConditionWait, condition);
    let message = match unheard {
        Some(_) => format!(
            "Deadlock: {wait} to be notified by {}; the last notify{} came when nobody waited, and was lost.",
            thing(condition),
            paren(unheard)
        ),
        None => {
            format!("Deadlock: {wait} to be notified by {} and nobody can any more.", thing(condition))
        }
    };
    Sentence::new(message, "before waiting, ask with the lock held whether it is needed: wait_for does.")
}

pub(super) fn too_few_arrive(waiting: &[Waiting], barrier: &Thing, parties: u64, arrived: u64) -> Sentence {
    Sentence::new(
        format!(
            "Deadlock: {} and nobody else can arrive at {}: {arrived} of {parties} came.",
            wait_for(waiting, Op::BarrierWait, barrier),
            thing(barrier)
        ),
        "make the barrier for as many as call wait(), and have all of them arrive.",
    )
}

pub(super) fn tasks_not_done(waiting: &[Waiting], queue: &Thing, put: u64, done: u64) -> Sentence {
    Sentence::new(
        format!(
            "Deadlock: {} for the tasks of {} to be done: {put} were put and task_done was called {done} times.",
            wait_for(waiting, Op::QueueJoin, queue),
            thing(queue)
        ),
        "call task_done() once for each get, also for the last one.",
    )
}
