//! The possible order of steps that a lost update is shown with.

use procesos_trace::{Op, flags};

use super::story::{P0, Story};
use super::{broken, no_race};
use crate::judge::finding::{Finding, Step};

fn steps(mut story: Story) -> Vec<Step> {
    story.result_is_last_write();
    match broken(&no_race(), &story.run()) {
        Finding::LostUpdate { steps, .. } => steps,
        other => panic!("{other:?}"),
    }
}

fn told(steps: &[Step]) -> Vec<String> {
    let word = |op| if op == Op::ValueGet { "reads" } else { "writes" };
    let line = |step: &Step| step.place.as_ref().map_or(0, |place| place.line);
    steps
        .iter()
        .map(|step| {
            assert_eq!(step.value, step.after);
            format!("{} {} {} :{}", step.who.id, word(step.op), step.value, line(step))
        })
        .collect()
}

#[test]
fn both_read_the_same_and_both_write() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.get(one, value).line(13).set(one, value, 1).line(14);
    story.get(other, value).line(13).set(other, value, 2).line(14);
    story.finish_all(&[one, other]);
    assert_eq!(
        told(&steps(story)),
        ["P1 reads 0 :13", "P2 reads 0 :13", "P2 writes 1 :14", "P1 writes 1 :14"]
    );
}

/// Whatever was seen in this run: the numbers are those of the order that is shown.
#[test]
fn the_numbers_do_not_depend_on_who_happened_to_be_first() {
    let told_when = |first_is_one: bool| {
        let mut story = Story::new();
        let value = story.value("contador", 7);
        let [one, other] = story.start_some();
        let order = if first_is_one { [one, other] } else { [other, one] };
        for _ in 0..3 {
            for p in order {
                story.get(p, value).line(13);
                let sum = story.event().value.cast_signed() + 1;
                story.set(p, value, sum).line(14);
            }
        }
        story.finish_all(&[one, other]);
        told(&steps(story))
    };
    assert_eq!(told_when(true), told_when(false));
    assert_eq!(told_when(true)[0], "P1 reads 7 :13");
}

/// A lock that guards nothing orders its owners all the same: the order shown is one in which both come first.
#[test]
fn the_numbers_do_not_depend_on_who_happened_to_get_a_lock() {
    let told_when = |first_is_one: bool| {
        let mut story = Story::new();
        let (value, lock) = (story.value("contador", 7), story.lock("lock"));
        let [one, other] = story.start_some();
        let order = if first_is_one { [one, other] } else { [other, one] };
        for p in order {
            for _ in 0..3 {
                story.acquire(p, lock).line(12).release(p, lock).get(p, value).line(13);
                let sum = story.event().value.cast_signed() + 1;
                story.set(p, value, sum).line(14);
            }
        }
        story.finish_all(&[one, other]);
        told(&steps(story))
    };
    let told = told_when(true);
    assert_eq!(told, ["P1 reads 7 :13", "P2 reads 7 :13", "P2 writes 8 :14", "P1 writes 8 :14"]);
    assert_eq!(told, told_when(false));
}

/// Where the same lines cannot come first (the parent had written in between), what was seen is shown.
#[test]
fn an_order_that_cannot_be_is_not_shown() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let one = story.start(P0, "tarea");
    story.get(one, value).line(13).set(one, value, 1).line(14).done(one).join(P0, one);
    let [two, three] = story.start_some();
    for p in [two, three] {
        story.get(p, value).line(13);
        let sum = story.event().value.cast_signed() + 1;
        story.set(p, value, sum).line(14);
    }
    story.finish_all(&[two, three]);
    let told = told(&steps(story));
    assert_eq!(told, ["P2 reads 1 :13", "P3 reads 1 :13", "P3 writes 2 :14", "P2 writes 2 :14"]);
}

#[test]
fn what_is_ordered_before_the_read_is_in_the_number() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    story.set(P0, value, 40);
    let [one, other] = story.start_some();
    story.add(one, value, 1).add(other, value, 1).finish_all(&[one, other]);
    assert_eq!(steps(story)[0].value, "40");
}

#[test]
fn a_write_that_goes_back_to_no_read_is_shown_as_it_is() {
    let mut story = Story::new();
    let value = story.value("contador", 5);
    let child = story.start(P0, "tarea");
    story.get(child, value).line(3).set(child, value, 6).line(4).set(P0, value, 0).line(9);
    story.finish_all(&[child]);
    assert_eq!(told(&steps(story)), ["P1 reads 5 :3", "P0 writes 0 :9", "P1 writes 6 :4"]);
}

#[test]
fn what_happens_between_its_steps_does_not_hide_the_read() {
    let mut story = Story::new();
    let (value, other_value) = (story.value("contador", 0), story.value("otro", 0));
    let [one, other] = story.start_some();
    story.add(one, value, 1).get(other, value).line(3).set(other, other_value, 9);
    story.fail(other, Op::ValueSet, value, procesos_trace::Outcome::NotHanded).set(other, value, 2);
    story.finish_all(&[one, other]);
    let steps = steps(story);
    let reads: Vec<&str> =
        steps.iter().filter(|step| step.op == Op::ValueGet).map(|step| step.who.id.as_str()).collect();
    assert_eq!(reads, ["P1", "P2"]);
}

#[test]
fn each_one_adds_its_own_amount() {
    let mut story = Story::new();
    let value = story.value("contador", 100);
    let [one, other] = story.start_some();
    story.add(one, value, -30).add(other, value, 8).finish_all(&[one, other]);
    let values: Vec<String> = steps(story).into_iter().map(|step| step.value).collect();
    assert_eq!(values, ["100", "100", "108", "70"]);
}

#[test]
fn numbers_look_like_those_of_their_type() {
    let shown = |bits: [u64; 2], flags| {
        let mut story = Story::new();
        let value = story.value_of("valor", bits[0], flags);
        let [one, other] = story.start_some();
        story.get(one, value).get(other, value);
        story.set_bits(one, value, bits[1]).set_bits(other, value, bits[1]);
        story.set_bits(one, value, bits[0]).finish_all(&[one, other]);
        let steps = steps(story);
        [steps[0].value.clone(), steps[2].value.clone()]
    };
    assert_eq!(shown([(-1i64).cast_unsigned(), 0], 0), ["-1", "0"]);
    assert_eq!(
        shown([u64::MAX - 1, u64::MAX], flags::UNSIGNED),
        ["18446744073709551614", "18446744073709551615"]
    );
    assert_eq!(shown([0.5f64.to_bits(), 2.0f64.to_bits()], flags::FLOAT), ["0.5", "2"]);
    assert_eq!(shown([0, 1], flags::BOOLEAN), ["false", "true"]);
}

#[test]
fn a_change_that_an_unsigned_number_cannot_take_is_shown_as_it_was_written() {
    let mut story = Story::new();
    let value = story.value_of("turno", 0, flags::UNSIGNED);
    let [one, other] = story.start_some();
    story.get(one, value).set(one, value, 5).get(other, value).set(other, value, 0).add(one, value, 1);
    story.set(other, value, 1).finish_all(&[one, other]);
    story.result("total", 1).result("esperado", 1);
    let values: Vec<String> = steps(story).into_iter().map(|step| step.value).collect();
    assert_eq!(values, ["0", "0", "0", "5"]);
}
