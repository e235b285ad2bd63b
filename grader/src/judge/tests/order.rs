//! Happens-before, edge by edge: what orders the events of two processes, and what does not.

use procesos_trace::{Op, Outcome};

use super::story::{P0, Story, assert_before, assert_unordered};
use crate::judge::happens_before::{HappensBefore, Rules, Turns};

#[test]
fn a_process_does_things_in_the_order_of_its_program() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let first = story.get(P0, value).last();
    let second = story.set(P0, value, 1).last();
    assert_before(&story, first, second);
}

#[test]
fn what_comes_before_a_start_is_before_the_child() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let before = story.set(P0, value, 1).last();
    let child = story.start(P0, "tarea");
    let after = story.set(P0, value, 2).last();
    let own = story.get(child, value).last();
    assert_before(&story, before, own);
    assert_unordered(&story, after, own);
}

#[test]
fn all_that_a_child_did_is_before_its_join() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    let ones = story.set(one, value, 1).last();
    let others = story.set(other, value, 2).last();
    story.done(one).done(other);
    let joined = story.join(P0, one).last();
    assert_before(&story, ones, joined);
    assert_unordered(&story, others, joined);
}

#[test]
fn a_join_that_runs_out_of_time_orders_nothing() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "tarea");
    let own = story.set(child, value, 1).last();
    let asked = story.join(P0, child).last();
    story.event().outcome = Outcome::TimedOut;
    assert_unordered(&story, own, asked);
}

#[test]
fn a_grandchild_is_before_the_join_of_its_parent_when_that_one_joined_it() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "coordinador");
    let grandchild = story.start(child, "tarea");
    let own = story.set(grandchild, value, 1).last();
    story.done(grandchild).join(child, grandchild).done(child);
    let joined = story.join(P0, child).last();
    assert_before(&story, own, joined);
}

#[test]
fn a_child_that_is_not_alive_any_more_is_before_that_answer() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "tarea");
    let own = story.set(child, value, 1).last();
    let alive = story.is_alive(P0, child, true).last();
    story.done(child);
    let ended = story.is_alive(P0, child, false).last();
    assert_unordered(&story, own, alive);
    assert_before(&story, own, ended);
}

#[test]
fn what_one_did_with_a_lock_is_before_what_the_next_does_with_it() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    let first = story.acquire(one, lock).set(one, value, 1).last();
    story.release(one, lock);
    let after = story.set(one, value, 2).last();
    let second = story.acquire(other, lock).set(other, value, 3).last();
    assert_before(&story, first, second);
    assert_unordered(&story, after, second);
}

#[test]
fn owners_of_a_lock_are_not_ordered_when_they_could_have_come_the_other_way_round() {
    let mut story = Story::new();
    let lock = story.lock("lock");
    let [one, other] = story.start_some();
    let first = story.acquire(one, lock).last();
    story.release(one, lock);
    let second = story.acquire(other, lock).last();
    let rules = Rules { locks: false, turns: None };
    assert!(!HappensBefore::of(&story.run.trace, &rules).ordered(first, second));
}

#[test]
fn different_locks_order_nothing() {
    let mut story = Story::new();
    let (value, lock, pantalla) = (story.value("contador", 0), story.lock("lock"), story.lock("pantalla"));
    let [one, other] = story.start_some();
    let first = story.acquire(one, lock).set(one, value, 1).last();
    story.release(one, lock);
    let second = story.acquire(other, pantalla).set(other, value, 3).last();
    assert_unordered(&story, first, second);
}

#[test]
fn a_lock_that_was_busy_orders_nothing() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    let first = story.acquire(one, lock).set(one, value, 1).last();
    story.fail(other, Op::LockAcquire, lock, Outcome::WouldBlock);
    let second = story.set(other, value, 2).last();
    assert_unordered(&story, first, second);
}

#[test]
fn a_put_is_before_the_get_of_that_message_only() {
    let mut story = Story::new();
    let queue = story.queue("cola", 8);
    let [producer, consumer] = story.start_some();
    let first = story.put(producer, queue, "Dato").last();
    let second = story.put(producer, queue, "Dato").last();
    let got = story.take(consumer, queue).last();
    assert_before(&story, first, got);
    assert_unordered(&story, second, got);
}

#[test]
fn a_get_that_finds_nothing_orders_nothing() {
    let mut story = Story::new();
    let queue = story.queue("cola", 8);
    let [producer, consumer] = story.start_some();
    let put = story.put(producer, queue, "Dato").last();
    let looked = story.fail(consumer, Op::QueueGet, queue, Outcome::WouldBlock).last();
    let empty = story.is_empty(consumer, queue, false).last();
    assert_unordered(&story, put, looked);
    assert_unordered(&story, put, empty);
}

#[test]
fn the_get_that_made_room_is_before_the_put_that_used_it() {
    let mut story = Story::new();
    let queue = story.queue("cola", 2);
    let [producer, consumer] = story.start_some();
    story.put(producer, queue, "Dato").put(producer, queue, "Dato");
    let full = story.last();
    let made_room = story.take(consumer, queue).last();
    let used_it = story.put(producer, queue, "Dato").last();
    assert_before(&story, made_room, used_it);
    assert_unordered(&story, full, made_room);
}

#[test]
fn a_queue_of_unknown_capacity_orders_puts_by_no_get() {
    let mut story = Story::new();
    let queue = story.queue("cola", 0);
    let [producer, consumer] = story.start_some();
    story.put(producer, queue, "Dato");
    let got = story.take(consumer, queue).last();
    let put = story.put(producer, queue, "Dato").last();
    assert_unordered(&story, got, put);
}

#[test]
fn a_send_is_before_its_recv_and_each_direction_counts_for_itself() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let child = story.start(P0, "tarea");
    let sent = story.send(P0, here).last();
    let own = story.send(child, there).last();
    let received = story.recv(child, there).last();
    assert_before(&story, sent, received);
    assert_unordered(&story, own, sent);
    let answer = story.recv(P0, here).last();
    assert_before(&story, own, answer);
}

#[test]
fn the_end_of_a_conversation_comes_after_the_close() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let child = story.start(P0, "tarea");
    let closed = story.close(child, there).last();
    let after = story.sleep(child).last();
    let end = story.fail(P0, Op::Recv, here, Outcome::Eof).last();
    assert_before(&story, closed, end);
    assert_unordered(&story, after, end);
    let broken = story.fail(P0, Op::Send, here, Outcome::BrokenPipe).last();
    assert_before(&story, closed, broken);
}

#[test]
fn the_recv_that_gave_credit_is_before_the_send_that_used_it() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let child = story.start(P0, "tarea");
    for _ in 0..64 {
        story.send(P0, here);
    }
    let all_used = story.last();
    let received = story.recv(child, there).last();
    let again = story.send(P0, here).last();
    assert_before(&story, received, again);
    assert_unordered(&story, all_used, received);
}

#[test]
fn reading_a_value_orders_nothing_unless_it_is_asked_for() {
    let mut story = Story::new();
    let (value, flag) = (story.value("contador", 0), story.value("listo", 0));
    let [one, other] = story.start_some();
    let set = story.set(one, flag, 1).last();
    let got = story.get(other, flag).last();
    assert_unordered(&story, set, got);
    let reads = |except| {
        let turns = Turns { except, waits: std::iter::empty().collect() };
        let rules = Rules { locks: true, turns: Some(turns) };
        HappensBefore::of(&story.run.trace, &rules).ordered(set, got)
    };
    assert!(reads(value), "another value is judged");
    assert!(!reads(flag), "this very value is judged");
}

#[test]
fn order_goes_on_through_others() {
    let mut story = Story::new();
    let (queue, lock) = (story.queue("cola", 4), story.lock("lock"));
    let [one, two, three] = story.start_some();
    let first = story.acquire(one, lock).last();
    story.release(one, lock);
    story.acquire(two, lock).put(two, queue, "Dato");
    let last = story.take(three, queue).last();
    assert_before(&story, first, last);
}

#[test]
fn siblings_that_share_nothing_are_not_ordered() {
    let mut story = Story::new();
    let [one, other] = story.start_some();
    let ones = story.sleep(one).last();
    let others = story.sleep(other).last();
    assert_unordered(&story, ones, others);
}
