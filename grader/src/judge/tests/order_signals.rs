//! Happens-before by events, permits, notifications, barriers and tasks: what orders, and what does not.

use procesos_trace::{Op, Outcome};

use super::story::{P0, Story, assert_before, assert_unordered, ordered};
use crate::judge::happens_before::{HappensBefore, Rules};

#[test]
fn the_set_that_let_it_go_on_is_before_a_wait() {
    let mut story = Story::without_locks();
    let event = story.event_object("salida");
    let [one, other] = story.start_some();
    let set = story.set_event(one, event).last();
    let after = story.sleep(one).last();
    let waited = story.wait_event(other, event).last();
    assert_before(&story, set, waited);
    assert_unordered(&story, after, waited);
}

#[test]
fn a_set_that_changed_nothing_orders_nothing() {
    let mut story = Story::without_locks();
    let event = story.event_object("salida");
    let [one, two, other] = story.start_some();
    let set = story.set_event(one, event).last();
    let again = story.set_event(two, event).last();
    let waited = story.wait_event(other, event).last();
    assert_before(&story, set, waited);
    assert_unordered(&story, again, waited);
}

#[test]
fn seeing_that_it_is_set_orders_and_seeing_that_it_is_not_does_not() {
    let mut story = Story::without_locks();
    let event = story.event_object("salida");
    let [one, other] = story.start_some();
    let set = story.set_event(one, event).last();
    let seen = story.is_set(other, event).last();
    let clear = story.clear_event(one, event).last();
    let not_seen = story.is_set(other, event).last();
    assert_before(&story, set, seen);
    assert_unordered(&story, clear, not_seen);
}

#[test]
fn each_wait_comes_after_the_set_of_its_time() {
    let mut story = Story::without_locks();
    let event = story.event_object("turno");
    let [one, two, other] = story.start_some();
    story.set_event(one, event).wait_event(other, event);
    story.clear_event(other, event);
    let second = story.set_event(two, event).last();
    let waited = story.wait_event(other, event).last();
    assert_before(&story, second, waited);
}

#[test]
fn a_wait_that_ran_out_of_time_orders_nothing() {
    let mut story = Story::without_locks();
    let event = story.event_object("salida");
    let [one, other] = story.start_some();
    let set = story.set_event(one, event).last();
    let waited = story.fail(other, Op::EventWait, event, Outcome::TimedOut).last();
    assert_unordered(&story, set, waited);
}

#[test]
fn a_release_is_before_the_acquisition_that_needed_it() {
    let mut story = Story::without_locks();
    let semaphore = story.semaphore("sitios", 2);
    let [one, two, three] = story.start_some();
    let first = story.take_permit(one, semaphore).last();
    let second = story.take_permit(two, semaphore).last();
    let given = story.give_back(one, semaphore).last();
    let third = story.take_permit(three, semaphore).last();
    assert_before(&story, given, third);
    assert_before(&story, first, third);
    assert_unordered(&story, second, third);
    assert_unordered(&story, first, second);
}

#[test]
fn a_signal_is_before_who_was_waiting_for_it() {
    let mut story = Story::without_locks();
    let semaphore = story.semaphore("avisos", 0);
    let [one, other] = story.start_some();
    let first = story.give(one, semaphore).last();
    let second = story.give(one, semaphore).last();
    let taken = story.take_permit(other, semaphore).last();
    assert_before(&story, first, taken);
    assert_unordered(&story, second, taken);
}

#[test]
fn all_that_the_dead_did_is_before_who_gets_its_permit() {
    let mut story = Story::without_locks();
    let semaphore = story.semaphore("sitios", 1);
    let [one, other] = story.start_some();
    let held = story.take_permit(one, semaphore).last();
    let taken = story.take_permit(other, semaphore).last();
    story.event().outcome = Outcome::OwnerDied;
    assert_before(&story, held, taken);
}

#[test]
fn a_notification_is_before_those_that_it_lets_go_on() {
    let mut story = Story::without_locks();
    let condition = story.condition("cambio");
    let [one, two, three] = story.start_some();
    let first = story.notify(one, condition, 2).last();
    let second = story.notify(one, condition, 1).last();
    let woken = [two, three, two].map(|p| story.notified(p, condition).last());
    assert_before(&story, first, woken[0]);
    assert_before(&story, first, woken[1]);
    assert_unordered(&story, second, woken[1]);
    assert_before(&story, second, woken[2]);
}

#[test]
fn all_arrivals_are_before_all_departures() {
    let mut story = Story::without_locks();
    let barrier = story.barrier("todos", 3);
    let children: [usize; 3] = story.start_some();
    let arrived = children.map(|child| story.arrive(child, barrier).last());
    let passed = children.map(|child| story.pass(child, barrier, 0).last());
    for arrived in arrived {
        for passed in passed {
            assert!(ordered(&story, arrived, passed));
        }
    }
    assert_unordered(&story, arrived[0], arrived[1]);
    assert_unordered(&story, passed[0], passed[1]);
    let again = story.arrive(children[0], barrier).last();
    assert_before(&story, passed[0], again);
    assert_unordered(&story, again, passed[1]);
}

#[test]
fn who_broke_a_barrier_is_before_who_was_told() {
    let mut story = Story::without_locks();
    let barrier = story.barrier("todos", 3);
    let [one, other] = story.start_some();
    story.arrive(other, barrier);
    let own = story.sleep(one).last();
    story.fail(one, Op::BarrierAbort, barrier, Outcome::Done);
    let told = story.fail(other, Op::BarrierWait, barrier, Outcome::Broken).last();
    assert_before(&story, own, told);
}

#[test]
fn who_died_at_a_barrier_is_before_who_was_told() {
    let mut story = Story::without_locks();
    let barrier = story.barrier("todos", 3);
    let [one, other, alive] = story.start_some();
    let elsewhere = story.sleep(alive).last();
    story.done(alive);
    let own = story.arrive(one, barrier).last();
    let told = story.arrive(other, barrier).fail(other, Op::BarrierWait, barrier, Outcome::Broken).last();
    assert_before(&story, own, told);
    assert_unordered(&story, elsewhere, told);
}

#[test]
fn tasks_are_done_before_the_join_of_their_queue() {
    let mut story = Story::without_locks();
    let queue = story.queue("tareas", 4);
    let [one, two] = story.start_some();
    story.put(P0, queue, "").put(P0, queue, "").take(one, queue).take(two, queue);
    let work = [one, two].map(|p| {
        let work = story.sleep(p).last();
        story.task_done(p, queue);
        work
    });
    let after = story.sleep(two).last();
    let joined = story.join_queue(P0, queue).last();
    assert_before(&story, work[0], joined);
    assert_before(&story, work[1], joined);
    assert_unordered(&story, after, joined);
}

#[test]
fn taking_an_rlock_again_orders_nothing_that_taking_it_did_not() {
    let mut story = Story::without_locks();
    let lock = story.lock("lock");
    let [one, other] = story.start_some();
    let before = story.acquire(one, lock).sleep(one).last();
    // Taken again and given back once: it is still held.
    story.fail(one, Op::LockAcquire, lock, Outcome::Done).event().version = 1;
    story.event().extra = 2;
    story.release(one, lock).event().extra = 2;
    let inside = story.sleep(one).last();
    story.release(one, lock);
    let taken = story.acquire(other, lock).last();
    let order = HappensBefore::of(&story.run.trace, &Rules::default());
    assert!(order.ordered(before, taken) && order.ordered(inside, taken));
}
