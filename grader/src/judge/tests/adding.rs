//! `children_add`: whether children did the adding, each its part, and the first process nothing.

use procesos_trace::flags;

use super::story::{P0, Story, at};
use super::{assert_kept, assert_no_result, assert_vacuous, broken};
use crate::course::Claim;
use crate::judge::finding::{Finding, Who};
use crate::run::Run;

fn claim() -> Claim {
    Claim::ChildrenAdd { each: "veces".into(), processes: "n".into() }
}

fn told(mut story: Story, each: i64, wanted: u64) -> Run {
    story.result("veces", each).result("n", wanted);
    story.run()
}

#[track_caller]
fn did_not_add(run: &Run) -> (usize, Option<(Who, i64)>, Option<u32>) {
    match broken(&claim(), run) {
        Finding::ChildrenDidNotAdd { right, other, first_wrote, .. } => {
            (right, other, first_wrote.map(|place| place.line))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_child_added_its_part() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    for p in [one, other, one, other] {
        story.add(p, value, 1);
    }
    story.finish_all(&[one, other]);
    assert_kept(&claim(), &told(story, 2, 2));
}

#[test]
fn what_was_lost_in_a_race_was_added_all_the_same() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.get(one, value).get(other, value).set(one, value, 1).set(other, value, 1);
    assert_kept(&claim(), &told(story, 1, 2));
}

#[test]
fn one_read_and_many_writes_are_one_sum() {
    let mut story = Story::new();
    let value = story.value("contador", 300);
    let child = story.start(P0, "tarea");
    story.get(child, value).set(child, value, 301).set(child, value, 302).set(child, value, 303);
    assert_kept(&claim(), &told(story, 3, 1));
}

#[test]
fn a_write_without_a_read_counts_from_what_the_value_was_made_with() {
    let mut story = Story::new();
    let value = story.value("contador", 300);
    let child = story.start(P0, "tarea");
    story.set(child, value, 304);
    assert_kept(&claim(), &told(story, 4, 1));
}

#[test]
fn grandchildren_count_and_those_that_add_nothing_do_not_harm() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "coordinador");
    let [one, other] = [story.start(child, "tarea-1"), story.start(child, "tarea-2")];
    story.add(one, value, 5).add(other, value, 5);
    assert_kept(&claim(), &told(story, 5, 2));
}

#[test]
fn another_value_beside_the_counter_does_not_harm() {
    let mut story = Story::new();
    let (value, done) = (story.value("contador", 0), story.value("terminados", 0));
    let [one, other] = story.start_some();
    for p in [one, other] {
        story.add(p, value, 5).add(p, done, 1);
    }
    story.add(P0, done, 1);
    assert_kept(&claim(), &told(story, 5, 2));
}

#[test]
fn a_floating_point_counter_is_a_counter() {
    let mut story = Story::new();
    let value = story.value_of("contador", 0.0f64.to_bits(), flags::FLOAT);
    let child = story.start(P0, "tarea");
    for number in [1.0f64, 2.0] {
        story.get(child, value).set_bits(child, value, number.to_bits());
    }
    assert_kept(&claim(), &told(story, 2, 1));
}

#[test]
fn an_unsigned_counter_may_count_down() {
    let mut story = Story::new();
    let value = story.value_of("faltan", 2, flags::UNSIGNED);
    let [one, other] = story.start_some();
    story.add(one, value, -1).add(other, value, -1);
    assert_kept(&claim(), &told(story, -1, 2));
}

#[test]
fn raising_a_flag_adds_nothing() {
    let mut story = Story::new();
    let flag = story.value_of("listo", 0, flags::BOOLEAN);
    let child = story.start(P0, "tarea");
    story.set(child, flag, 1);
    assert_eq!(did_not_add(&told(story, 1, 1)).0, 0);
}

#[test]
fn the_parent_may_write_before_the_first_start() {
    let mut story = Story::new();
    let value = story.value("contador", -1);
    story.set(P0, value, 0);
    let child = story.start(P0, "tarea");
    story.add(child, value, 4);
    assert_kept(&claim(), &told(story, 4, 1));
}

#[test]
fn a_child_that_added_too_little_is_named() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.add(one, value, 3).add(other, value, 2);
    let (right, other, first_wrote) = did_not_add(&told(story, 3, 2));
    let (who, sum) = other.expect("one of them");
    assert_eq!((right, who.id.as_str(), sum, first_wrote), (1, "P2", 2, None));
}

#[test]
fn the_parent_that_added_by_itself_is_told_with_its_line() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.add(one, value, 3).get(P0, value).set(P0, value, 6).line(33);
    let (right, other_child, first_wrote) = did_not_add(&told(story, 3, 2));
    assert_eq!((right, first_wrote), (1, Some(33)));
    assert_eq!(other_child.map(|(who, sum)| (who.id, sum)), Some((format!("P{other}"), 0)));
}

#[test]
fn a_parent_that_helps_breaks_it_where_the_children_did_all() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.add(one, value, 3).add(other, value, 3).get(P0, value).set(P0, value, 9).line(33);
    assert_eq!(broken(&claim(), &told(story, 3, 2)), Finding::FirstWrote { place: Some(at(33)) });
}

#[test]
fn a_value_for_each_is_not_one_value() {
    let mut story = Story::new();
    let (first, second) = (story.value("contador", 0), story.value("contador", 0));
    let [one, other] = story.start_some();
    story.add(one, first, 3).add(other, second, 3);
    let (right, other, _) = did_not_add(&told(story, 3, 2));
    assert_eq!((right, other.map(|(who, sum)| (who.id, sum))), (1, Some(("P2".to_owned(), 0))));
}

#[test]
fn without_any_value_nobody_added() {
    let mut story = Story::new();
    story.start(P0, "tarea");
    assert_eq!(did_not_add(&told(story, 3, 1)), (0, None, None));
}

#[test]
fn processes_that_main_started_are_not_the_students() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "tarea");
    story.by_driver(child).add(child, value, 3);
    assert_eq!(did_not_add(&told(story, 3, 1)).0, 0);
}

#[test]
fn nothing_to_add_and_nobody_to_add_it_prove_nothing() {
    assert_vacuous(&claim(), &told(Story::new(), 0, 2));
    assert_vacuous(&claim(), &told(Story::new(), 3, 0));
}

#[test]
fn counts_that_were_not_reported_are_not_seen() {
    let mut story = Story::new();
    story.result("n", 2);
    assert_no_result(&claim(), &story.run(), "veces");
    let mut story = Story::new();
    story.result("veces", 2);
    assert_no_result(&claim(), &story.run(), "n");
}
