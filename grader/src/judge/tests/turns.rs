//! Programs that take turns by values instead of locks: right ones are never accused, home-made locks are.

use procesos_trace::flags;

use super::story::{P0, Story};
use super::{assert_kept, broken, no_race};
use crate::judge::finding::Finding;

#[track_caller]
fn assert_safe(mut story: Story) {
    story.result("total", 2).result("esperado", 2);
    assert_kept(&no_race(), &story.run());
}

#[track_caller]
fn assert_lost(mut story: Story, name: &str) {
    story.result("total", 2).result("esperado", 2);
    match broken(&no_race(), &story.run()) {
        Finding::LostUpdate { value, .. } => assert_eq!(value.name.as_deref(), Some(name)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_flag_of_one_writer_hands_on_the_right_to_write() {
    let mut story = Story::new();
    let (value, done) = (story.value("contador", 0), story.value_of("listo", 0, flags::BOOLEAN));
    let [one, other] = story.start_some();
    story.get(other, done).add(one, value, 1).set(one, done, 1);
    story.get(other, done).add(other, value, 1);
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn a_flag_that_was_read_too_soon_hands_on_nothing() {
    let mut story = Story::new();
    let (value, done) = (story.value("contador", 0), story.value_of("listo", 0, flags::BOOLEAN));
    let [one, other] = story.start_some();
    story.get(other, done).add(other, value, 1).add(one, value, 1).set(one, done, 1);
    story.finish_all(&[one, other]);
    assert_lost(story, "contador");
}

/// Each waits for its own number and then hands on to the other one.
#[test]
fn strict_turns_by_a_number_lose_nothing() {
    let mut story = Story::new();
    let (value, turn) = (story.value("contador", 0), story.value("turno", 0));
    let [one, other] = story.start_some();
    for _ in 0..3 {
        story.get(other, turn).line(10);
        story.get(one, turn).line(10).add(one, value, 1).set(one, turn, 1).get(one, turn).line(10);
        story.get(other, turn).line(10).add(other, value, 1).set(other, turn, 0);
    }
    story.finish_all(&[one, other]);
    assert_safe(story);
}

/// With one turn each nobody happened to wait: the numbers at which they went on tell that they take turns.
#[test]
fn a_single_turn_of_each_loses_nothing() {
    let mut story = Story::new();
    let (value, turn) = (story.value("contador", 0), story.value_of("turno", 0, flags::UNSIGNED));
    let [one, other] = story.start_some();
    story.get(one, turn).line(10).add(one, value, 1).set(one, turn, 1);
    story.get(other, turn).line(10).add(other, value, 1).set(other, turn, 0);
    story.finish_all(&[one, other]);
    assert_safe(story);
}

/// All but the last one hand on to the next number.
#[test]
fn a_single_turn_of_each_of_three_loses_nothing() {
    let mut story = Story::new();
    let (value, turn) = (story.value("contador", 0), story.value_of("turno", 0, flags::UNSIGNED));
    let children: [usize; 3] = story.start_some();
    for (child, next) in children.into_iter().zip([1, 2, 0]) {
        story.get(child, turn).line(10).add(child, value, 1).set(child, turn, next);
    }
    story.finish_all(&children);
    assert_safe(story);
}

/// A second counter, of those that are done: adding to it is a race like any other.
#[test]
fn a_counter_of_something_else_is_no_turn() {
    let mut story = Story::new();
    let (value, done, lock) = (story.value("contador", 0), story.value("terminados", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    for p in [one, other] {
        story.add_locked(p, value, lock, 1).add(p, done, 1);
    }
    story.finish_all(&[one, other]).add(P0, value, 0);
    story.set(P0, done, 9);
    assert_lost(story, "terminados");
}

/// The same numbers in the value that the result comes from are those of a counter without a lock.
#[test]
fn a_counter_is_no_turn() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.get(one, value).line(10).set(one, value, 1);
    story.get(other, value).line(10).set(other, value, 2);
    story.finish_all(&[one, other]);
    assert_lost(story, "contador");
}

/// The same when each adds an amount of its own.
#[test]
fn a_sum_is_no_turn() {
    let mut story = Story::new();
    let value = story.value("suma", 0);
    let [one, other] = story.start_some();
    story.get(one, value).line(10).set(one, value, 5).get(other, value).line(10).set(other, value, 2);
    story.finish_all(&[one, other]);
    assert_lost(story, "suma");
}

/// The second one begins when the counter shows that the first one is done.
#[test]
fn turns_by_the_counter_itself_lose_nothing() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.get(other, value).line(10).get(one, value).line(10);
    story.add(one, value, 1).add(one, value, 1);
    story.get(other, value).line(10).add(other, value, 1).add(other, value, 1);
    story.finish_all(&[one, other]);
    assert_safe(story);
}

/// Parent and child answer each other by one number.
#[test]
fn a_conversation_by_one_value_loses_nothing() {
    let mut story = Story::new();
    let state = story.value("estado", 0);
    let child = story.start(P0, "tarea");
    story.get(child, state).line(20).get(child, state).line(20).set(P0, state, 1);
    story.get(P0, state).line(30).get(P0, state).line(30);
    story.get(child, state).line(20).set(child, state, 2);
    story.get(P0, state).line(30).set(P0, state, 3);
    story.finish_all(&[child]);
    assert_safe(story);
}

/// Both go on when the flag is down: between looking and raising it the other one may look too.
#[test]
fn a_home_made_lock_is_accused_even_when_it_went_well() {
    let mut story = Story::new();
    let (value, busy) = (story.value("contador", 0), story.value_of("ocupado", 0, flags::BOOLEAN));
    let [one, other] = story.start_some();
    for p in [one, other] {
        story.get(one, busy).line(10).get(one, busy).line(10).get(other, busy).line(10);
        story.get(p, busy).line(10).set(p, busy, 1).add(p, value, 1).set(p, busy, 0);
    }
    story.finish_all(&[one, other]);
    assert_lost(story, "ocupado");
}

/// What it should guard may have suffered or not: the flag is to blame.
#[test]
fn a_home_made_lock_that_went_wrong_is_what_is_told() {
    let mut story = Story::new();
    let (value, busy) = (story.value("contador", 0), story.value_of("ocupado", 0, flags::BOOLEAN));
    let [one, other] = story.start_some();
    story.get(one, busy).get(other, busy).set(one, busy, 1).set(other, busy, 1);
    story.get(one, value).get(other, value).set(one, value, 1).set(other, value, 1);
    story.set(one, busy, 0).set(other, busy, 0).finish_all(&[one, other]);
    assert_lost(story, "ocupado");
}

/// Without anybody who waited there is no place that waits.
#[test]
fn adding_in_a_loop_is_no_waiting() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    for p in [one, one, one, other, other, other] {
        story.get(p, value).line(10).set(p, value, 5).line(11);
    }
    story.finish_all(&[one, other]);
    assert_lost(story, "contador");
}

/// The first turn was waited for, but what follows it is not one at a time.
#[test]
fn waiting_only_for_the_beginning_does_not_save_the_rest() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.get(other, value).line(10).get(other, value).line(10).add(one, value, 1);
    story.get(other, value).line(10).add(other, value, 1).add(one, value, 1).add(other, value, 1);
    story.finish_all(&[one, other]);
    assert_lost(story, "contador");
}

#[test]
fn what_is_told_is_lost_in_spite_of_the_turns() {
    let mut story = Story::new();
    let (value, done) = (story.value("contador", 0), story.value_of("listo", 0, flags::BOOLEAN));
    let [one, other, third] = story.start_some();
    story.add(one, value, 1).line(41).set(one, done, 1);
    story.get(other, done).add(other, value, 1).line(42).add(third, value, 1).line(43);
    story.finish_all(&[one, other, third]);
    story.result("total", 3).result("esperado", 3);
    let Finding::LostUpdate { steps, .. } = broken(&no_race(), &story.run()) else { panic!("a lost update") };
    let who: Vec<&str> = steps.iter().map(|step| step.who.id.as_str()).collect();
    assert_eq!(who, ["P1", "P3", "P3", "P1"], "P1 and P2 take turns");
}
