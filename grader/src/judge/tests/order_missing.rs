//! Happens-before where the other side of an edge was never recorded, because its process was killed or left without a
//! word: what is known of it is used, and nobody waits for what never comes.

use procesos_trace::{Op, Outcome};

use super::story::{P0, Story, ordered};

#[test]
fn a_lock_whose_owner_died_comes_after_all_that_the_owner_did() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [dead, other] = story.start_some();
    let own = story.acquire(dead, lock).set(dead, value, 1).last();
    story.acquire(other, lock).event().outcome = Outcome::OwnerDied;
    let after = story.last();
    assert!(ordered(&story, own, after));
}

#[test]
fn one_owner_after_another_may_die() {
    let mut story = Story::new();
    let lock = story.lock("lock");
    let [first, second, third] = story.start_some();
    let own = story.acquire(first, lock).sleep(first).last();
    story.acquire(second, lock).event().outcome = Outcome::OwnerDied;
    let seconds = story.sleep(second).last();
    story.acquire(third, lock).event().outcome = Outcome::OwnerDied;
    let after = story.last();
    assert!(ordered(&story, own, seconds) && ordered(&story, seconds, after) && ordered(&story, own, after));
}

#[test]
fn a_release_that_was_not_recorded_is_as_good_as_the_end_of_its_process() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [dead, other] = story.start_some();
    let own = story.acquire(dead, lock).set(dead, value, 1).last();
    story.release(dead, lock).unrecorded();
    let after = story.acquire(other, lock).last();
    assert!(ordered(&story, own, after));
}

#[test]
fn a_process_that_went_on_does_not_count_as_ended() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    let own = story.acquire(one, lock).set(one, value, 1).last();
    story.release(one, lock).unrecorded();
    let after = story.acquire(other, lock).last();
    story.sleep(one);
    assert!(!ordered(&story, own, after));
}

#[test]
fn an_end_that_was_closed_without_a_word_was_closed_by_one_that_had_ended() {
    let mut story = Story::new();
    let (here, _there) = story.pipe();
    let [gone, other] = story.start_some();
    let last = story.sleep(gone).last();
    let end = story.fail(P0, Op::Recv, here, Outcome::Eof).last();
    let later = story.sleep(other).last();
    let told_again = story.fail(P0, Op::Send, here, Outcome::BrokenPipe).last();
    assert!(ordered(&story, last, end));
    assert!(!ordered(&story, later, end) && ordered(&story, later, told_again));
}

#[test]
fn a_close_that_was_recorded_is_the_only_one() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let [gone, other] = story.start_some();
    let last = story.sleep(gone).last();
    let closed = story.close(other, there).last();
    let end = story.fail(P0, Op::Recv, here, Outcome::Eof).last();
    assert!(ordered(&story, closed, end) && !ordered(&story, last, end));
}

#[test]
fn a_put_that_was_not_recorded_holds_nobody_up() {
    let mut story = Story::new();
    let queue = story.queue("cola", 1);
    let [dead, consumer] = story.start_some();
    story.put(dead, queue, "Dato").unrecorded();
    story.take(consumer, queue);
    let [before, after] = [story.sleep(consumer).last(), story.done(consumer).last()];
    let joined = story.join(P0, consumer).last();
    assert!(ordered(&story, before, after) && ordered(&story, after, joined));
}

#[test]
fn a_start_that_was_not_recorded_holds_nobody_up() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.run.trace.processes[P0].events.retain(|event| event.op != Op::Start);
    let own = story.done(child).last();
    let joined = story.join(P0, child).last();
    assert!(ordered(&story, own, joined));
}

#[test]
fn a_join_of_a_process_without_events_holds_nobody_up() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.run.trace.processes[child].events.clear();
    let joined = story.join_with(P0, child, -15).last();
    let after = story.sleep(P0).last();
    assert!(ordered(&story, joined, after));
}

#[test]
fn two_that_wait_for_each_other_go_on_at_the_event_that_ended_first() {
    let mut story = Story::new();
    let (one, other) = (story.queue("una", 4), story.queue("otra", 4));
    let [left, right] = story.start_some();
    // Each gets what the other puts afterwards: no run does that.
    story.take(left, one);
    let first_put = story.put(left, other, "Dato").last();
    let second_get = story.take(right, other).last();
    story.put(right, one, "Dato");
    assert!(ordered(&story, first_put, second_get));
    assert!(!ordered(&story, second_get, first_put));
}

#[test]
fn a_process_that_joins_itself_holds_nobody_up() {
    let mut story = Story::new();
    story.join(P0, P0);
    let child = story.start(P0, "tarea");
    let own = story.done(child).last();
    let joined = story.join(P0, child).last();
    assert!(ordered(&story, own, joined));
}
