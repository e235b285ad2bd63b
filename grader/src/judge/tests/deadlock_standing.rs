//! `ends` when nobody can go on: somebody waits for what another one would have to say.

use procesos_trace::{ObjectId, Op};

use super::broken;
use super::story::{P0, Story, at};
use crate::course::Claim;
use crate::judge::finding::{Cause, Finding};
use crate::run::Ending;

#[track_caller]
fn cause(story: Story) -> Cause {
    match broken(&Claim::Ends, &story.cut(Ending::NoProgress)) {
        Finding::Deadlock { cause, .. } => cause,
        other => panic!("{other:?}"),
    }
}

/// A story in which one child waits and the first process joins it.
fn stuck(mut story: Story, child: usize, op: Op, object: ObjectId) -> Story {
    story.stuck(child, op, Some(object), 12);
    story.stuck_in_join(P0, child, 34);
    story
}

#[test]
fn an_event_that_nobody_sets() {
    let mut story = Story::new();
    let event = story.event_object("salida");
    let child = story.start(P0, "corredor");
    match cause(stuck(story, child, Op::EventWait, event)) {
        Cause::NobodySets { event, cleared_at } => {
            assert_eq!((event.name.as_deref(), cleared_at), (Some("salida"), None));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_event_that_was_cleared_before_somebody_came() {
    let mut story = Story::new();
    let event = story.event_object("salida");
    let child = story.start(P0, "corredor");
    story.set_event(P0, event).clear_event(P0, event).line(20);
    // This one changed nothing.
    story.clear_event(P0, event).line(21);
    match cause(stuck(story, child, Op::EventWait, event)) {
        Cause::NobodySets { cleared_at, .. } => assert_eq!(cleared_at, Some(at(20))),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_permit_that_its_holder_keeps_while_it_waits() {
    let mut story = Story::new();
    let semaphore = story.semaphore("sitios", 1);
    let [one, other] = story.start_some();
    story.take_permit(one, semaphore).give_back(one, semaphore);
    story.take_permit(one, semaphore).line(9);
    let queue = story.queue("cola", 1);
    story.stuck(one, Op::QueueGet, Some(queue), 10);
    match cause(stuck(story, other, Op::SemaphoreAcquire, semaphore)) {
        Cause::NobodyReleases { holder: Some(who), taken_at, .. } => {
            assert_eq!((who.id.as_str(), taken_at), ("P1", Some(at(9))));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn permits_of_two_semaphores_in_two_orders() {
    let mut story = Story::new();
    let (left, right) = (story.semaphore("a", 1), story.semaphore("b", 1));
    let [one, other] = story.start_some();
    story.take_permit(one, left).take_permit(other, right);
    story.stuck(one, Op::SemaphoreAcquire, Some(right), 12);
    assert_eq!(cause(stuck(story, other, Op::SemaphoreAcquire, left)), Cause::PermitOrder);
}

/// One alone takes a second permit of the same semaphore: that is no round.
#[test]
fn a_permit_that_is_taken_twice() {
    let mut story = Story::new();
    let semaphore = story.semaphore("sitios", 1);
    let child = story.start(P0, "receptor");
    story.take_permit(child, semaphore).line(9);
    match cause(stuck(story, child, Op::SemaphoreAcquire, semaphore)) {
        Cause::NobodyReleases { holder: Some(who), taken_at, .. } => {
            assert_eq!((who.id.as_str(), taken_at), ("P1", Some(at(9))));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_signal_that_nobody_gives() {
    let mut story = Story::new();
    let semaphore = story.semaphore("avisos", 0);
    let child = story.start(P0, "receptor");
    story.give(P0, semaphore).take_permit(child, semaphore).consume(child, semaphore);
    let found = cause(stuck(story, child, Op::SemaphoreAcquire, semaphore));
    assert!(matches!(found, Cause::NobodyReleases { holder: None, taken_at: None, .. }), "{found:?}");
}

#[test]
fn a_notification_that_came_too_early() {
    let mut story = Story::new();
    let (condition, lock) = (story.condition("cambio"), story.lock("lock"));
    let child = story.start(P0, "receptor");
    story.acquire(P0, lock).notify(P0, condition, 0).line(20).release(P0, lock);
    story.acquire(child, lock).release(child, lock);
    match cause(stuck(story, child, Op::ConditionWait, condition)) {
        Cause::NobodyNotifies { unheard, .. } => assert_eq!(unheard, Some(at(20))),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_notification_that_was_heard_is_not_to_blame() {
    let mut story = Story::new();
    let condition = story.condition("cambio");
    let child = story.start(P0, "receptor");
    story.notify(P0, condition, 1).notified(child, condition);
    let found = cause(stuck(story, child, Op::ConditionWait, condition));
    assert!(matches!(found, Cause::NobodyNotifies { unheard: None, .. }), "{found:?}");
}

#[test]
fn a_barrier_for_more_than_come() {
    let mut story = Story::new();
    let barrier = story.barrier("todos", 3);
    let [one, other] = story.start_some();
    story.arrive(one, barrier).arrive(other, barrier).stuck(one, Op::BarrierWait, Some(barrier), 12);
    let found = cause(stuck(story, other, Op::BarrierWait, barrier));
    assert!(matches!(found, Cause::TooFewArrive { parties: 3, arrived: 2, .. }), "{found:?}");
}

/// The workers wait for more, which would come after the join.
#[test]
fn a_task_of_which_nobody_says_that_it_is_done() {
    let mut story = Story::new();
    let queue = story.queue("tareas", 4);
    let child = story.start(P0, "trabajador");
    story.put(P0, queue, "Dato").put(P0, queue, "Dato").take(child, queue).take(child, queue);
    story.task_done(child, queue);
    story.stuck(child, Op::QueueGet, Some(queue), 12).stuck(P0, Op::QueueJoin, Some(queue), 34);
    let found = cause(story);
    assert!(matches!(found, Cause::TasksNotDone { put: 2, done: 1, .. }), "{found:?}");
}

#[test]
fn a_lock_that_is_held_while_waiting_for_an_event() {
    let mut story = Story::new();
    let (event, lock) = (story.event_object("salida"), story.lock("lock"));
    let [one, other] = story.start_some();
    story.run.trace.processes[other].function = "avisar".into();
    story.acquire(one, lock).line(9).stuck(one, Op::EventWait, Some(event), 12);
    // The other one would set it, with the lock.
    let found = cause(stuck(story, other, Op::LockAcquire, lock));
    assert!(matches!(found, Cause::LockNeverReleased { taken_at: Some(_), .. }), "{found:?}");
}

#[test]
fn a_lock_that_all_need_who_wait_for_the_event_is_not_to_blame() {
    let mut story = Story::new();
    let (event, lock) = (story.event_object("salida"), story.lock("lock"));
    let [one, other] = story.start_some();
    story.acquire(one, lock).stuck(one, Op::EventWait, Some(event), 12);
    let found = cause(stuck(story, other, Op::LockAcquire, lock));
    assert!(matches!(found, Cause::NobodySets { .. }), "{found:?}");
}
