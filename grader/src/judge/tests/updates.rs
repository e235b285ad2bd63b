//! `result` with races forbidden: which updates of a shared value can be lost.

use procesos_trace::flags;

use super::story::{P0, Story};
use super::{assert_kept, broken, no_race, right_result, verdict};
use crate::judge::Unseen;
use crate::judge::finding::{Finding, Verdict};

/// A story that reports what was expected.
fn as_expected(mut story: Story) -> crate::run::Run {
    story.result("total", 2).result("esperado", 2);
    story.run()
}

#[track_caller]
fn assert_lost(story: Story, name: &str) {
    match broken(&no_race(), &as_expected(story)) {
        Finding::LostUpdate { value, .. } => assert_eq!(value.name.as_deref(), Some(name)),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn assert_safe(story: Story) {
    assert_kept(&no_race(), &as_expected(story));
}

#[test]
fn two_that_add_without_a_lock_can_lose_though_nothing_was_lost() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.add(one, value, 1).add(other, value, 1).finish_all(&[one, other]);
    assert_lost(story, "contador");
}

#[test]
fn a_race_that_is_not_forbidden_is_none_of_the_results_business() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.add(one, value, 1).add(other, value, 1).finish_all(&[one, other]);
    assert_kept(&right_result(), &as_expected(story));
}

#[test]
fn what_the_order_leaves_is_the_same_whether_it_went_wrong_or_not() {
    for torn in [true, false] {
        let mut story = Story::new();
        let value = story.value("contador", 0);
        let [one, other] = story.start_some();
        if torn {
            story.get(one, value).get(other, value).set(one, value, 1).set(other, value, 1);
        } else {
            story.add(one, value, 1).add(other, value, 1);
        }
        story.finish_all(&[one, other]);
        story.result("total", if torn { 1 } else { 2 }).result("esperado", 2);
        match broken(&no_race(), &story.run()) {
            Finding::LostUpdate { left, .. } => assert_eq!(left, Some(("2".to_owned(), "1".to_owned()))),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn one_lock_around_both_steps_loses_nothing() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    for _ in 0..3 {
        story.add_locked(one, value, lock, 1).add_locked(other, value, lock, 1);
    }
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn one_lock_around_all_the_updates_of_a_process_loses_nothing() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    for p in [one, other] {
        story.acquire(p, lock).add(p, value, 1).add(p, value, 1).set(p, value, 9).release(p, lock);
    }
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn one_after_another_loses_nothing() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let one = story.start(P0, "tarea");
    story.add(one, value, 1).done(one).join(P0, one);
    let other = story.start(P0, "tarea");
    story.add(other, value, 1).done(other).join(P0, other).add(P0, value, 1);
    assert_safe(story);
}

#[test]
fn a_message_that_hands_on_the_right_to_write_loses_nothing() {
    let mut story = Story::new();
    let (value, turn) = (story.value("contador", 0), story.queue("turno", 1));
    let [one, other] = story.start_some();
    story.add(one, value, 1).put(one, turn, "");
    story.take(other, turn).add(other, value, 1);
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn a_queue_with_room_for_one_as_a_lock_loses_nothing() {
    let mut story = Story::new();
    let (value, door) = (story.value("contador", 0), story.queue("puerta", 1));
    let [one, other] = story.start_some();
    for p in [one, other, one, other] {
        story.put(p, door, "").add(p, value, 1).take(p, door);
    }
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn the_end_of_a_conversation_hands_on_the_right_to_write() {
    let mut story = Story::new();
    let (value, (here, there)) = (story.value("contador", 0), story.pipe());
    let child = story.start(P0, "tarea");
    story.add(child, value, 1).close(child, there);
    story.fail(P0, procesos_trace::Op::Recv, here, procesos_trace::Outcome::Eof).add(P0, value, 1);
    story.finish_all(&[child]);
    assert_safe(story);
}

#[test]
fn a_look_before_the_lock_is_no_update() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    for p in [one, other] {
        story.get(p, value).add_locked(p, value, lock, 1).get(p, value);
    }
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn somebody_who_only_reads_disturbs_nobody() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other, watcher] = story.start_some();
    story.get(P0, value).add_locked(one, value, lock, 1).get(watcher, value);
    story.add_locked(other, value, lock, 1).get(P0, value);
    story.finish_all(&[one, other, watcher]);
    assert_safe(story);
}

#[test]
fn a_single_writer_needs_no_lock() {
    let mut story = Story::new();
    let value = story.value("avance", 0);
    let [one, other] = story.start_some();
    story.add(one, value, 1).get(other, value).add(one, value, 1);
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn writes_that_go_back_to_no_read_lose_nothing() {
    let mut story = Story::new();
    let value = story.value("ultimo", 0);
    let [one, other] = story.start_some();
    story.set(one, value, 1).set(other, value, 2).set(one, value, 1);
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn a_write_without_a_read_destroys_an_update_of_another_one() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "tarea");
    story.add(child, value, 1).set(P0, value, 0).finish_all(&[child]);
    assert_lost(story, "contador");
}

#[test]
fn a_flag_that_everybody_only_raises_loses_nothing() {
    let mut story = Story::new();
    let flag = story.value_of("alguien", 0, flags::BOOLEAN);
    let [one, other] = story.start_some();
    story.get(one, flag).get(other, flag).set(one, flag, 1).set(other, flag, 1);
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn the_first_value_that_can_lose_is_named() {
    let mut story = Story::new();
    let (safe, lost, too) = (story.value("seguro", 0), story.value("contador", 0), story.value("tambien", 0));
    let lock = story.lock("lock");
    let [one, other] = story.start_some();
    for p in [one, other] {
        story.add_locked(p, safe, lock, 1).add(p, too, 1).add(p, lost, 1);
    }
    story.finish_all(&[one, other]);
    assert_lost(story, "contador");
}

#[test]
fn grandchildren_race_like_everybody_else() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "coordinador");
    let [one, other] = [story.start(child, "tarea-1"), story.start(child, "tarea-2")];
    story.add(one, value, 1).add(other, value, 1).done(one).done(other);
    story.join(child, one).join(child, other).done(child).join(P0, child);
    assert_lost(story, "contador");
}

#[test]
fn processes_that_main_started_race_like_everybody_else() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.by_driver(one).by_driver(other);
    story.add(one, value, 1).add(other, value, 1).finish_all(&[one, other]);
    assert_lost(story, "contador");
}

/// The lock is taken for each step apart, and by chance one process came after the other.
#[test]
fn a_lock_taken_twice_can_lose_though_it_went_well() {
    for children in [[1, 2], [2, 1]] {
        let mut story = Story::new();
        let (value, lock) = (story.value("contador", 0), story.lock("lock"));
        let [_, _] = story.start_some();
        for p in children {
            story.acquire(p, lock).line(10).get(p, value).line(11).release(p, lock).line(12);
            let sum = story.run.trace.processes[p].events[2].value.cast_signed() + 1;
            story.acquire(p, lock).line(13).set(p, value, sum).line(14).release(p, lock).line(15);
        }
        story.finish_all(&children);
        assert_lost(story, "contador");
    }
}

/// The child cannot get the gate before the parent has written.
#[test]
fn a_lock_held_since_before_the_start_is_a_gate() {
    let mut story = Story::new();
    let (value, gate) = (story.value("contador", 0), story.lock("puerta"));
    story.acquire(P0, gate);
    let child = story.start(P0, "tarea");
    story.add(P0, value, 1).release(P0, gate);
    story.acquire(child, gate).release(child, gate).add(child, value, 1).finish_all(&[child]);
    assert_safe(story);
}

#[test]
fn an_owner_that_died_still_excluded_the_next_one() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [dead, other] = story.start_some();
    story.acquire(dead, lock).add(dead, value, 1);
    story.acquire(other, lock).event().outcome = procesos_trace::Outcome::OwnerDied;
    story.add(other, value, 1).release(other, lock).done(other);
    story.join(P0, dead).join(P0, other);
    assert_safe(story);
}

#[test]
fn a_common_lock_excludes_even_where_a_release_was_not_recorded() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    story.acquire(one, lock).add(one, value, 1).release(one, lock).unrecorded();
    story.add_locked(other, value, lock, 1).sleep(one);
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn nobody_and_one_alone_cannot_lose() {
    let nobody = Story::new();
    assert_safe(nobody);
    let mut alone = Story::new();
    let value = alone.value("contador", 0);
    alone.add(P0, value, 1).add(P0, value, 1);
    assert_safe(alone);
}

#[test]
fn results_that_were_not_reported_are_not_seen_whatever_raced() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.add(one, value, 1).add(other, value, 1).finish_all(&[one, other]);
    story.result("total", 2);
    let unseen = Unseen::NoResult { name: "esperado".to_owned() };
    assert_eq!(verdict(&no_race(), &story.run()), Verdict::Unseen(unseen));
}
