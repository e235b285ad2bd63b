//! `same_items`: what is missing or too much, and why.

use procesos_trace::{ObjectId, Op, Outcome};
use serde_json::json;

use super::story::{P0, Story, at};
use super::{assert_kept, assert_no_result, broken};
use crate::course::Claim;
use crate::judge::finding::{Finding, MissingCause};

fn claim() -> Claim {
    Claim::SameItems { name: "lista".into(), expected: "esperada".into() }
}

/// A producer and so many consumers, with a queue between them and one for what they note.
fn factory<const N: usize>() -> (Story, ObjectId, ObjectId, usize, [usize; N]) {
    let mut story = Story::new();
    let (output, queue) = (story.output("salida", 99), story.queue("cola", 99));
    let producer = story.start(P0, "productor");
    let consumers = story.start_some();
    (story, output, queue, producer, consumers)
}

/// Why items are missing, of so many that were asked for.
#[track_caller]
fn cause(mut story: Story, wanted: usize) -> MissingCause {
    let all: Vec<String> = (0..wanted).map(|i| format!("p0:{i}")).collect();
    story.result("lista", json!(all[..wanted - 1])).result("esperada", json!(all));
    match broken(&claim(), &story.run()) {
        Finding::ItemsMissing { expected, missing: 1, examples, cause } => {
            assert_eq!((expected, examples), (wanted, vec![format!("p0:{}", wanted - 1)]));
            cause
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_items_in_any_order_are_right() {
    let mut story = Story::new();
    story.result("lista", json!([3, 1, 2, 1])).result("esperada", json!([1, 1, 2, 3]));
    assert_kept(&claim(), &story.run());
    let mut story = Story::new();
    story.result("lista", json!([])).result("esperada", json!([]));
    assert_kept(&claim(), &story.run());
}

#[test]
fn one_too_many_of_the_same_is_one_too_many() {
    let mut story = Story::new();
    story.result("lista", json!(["a", "b", "b"])).result("esperada", json!(["a", "b"]));
    let expected = Finding::ItemsExtra { expected: 2, seen: 3, examples: vec!["b".into()] };
    assert_eq!(broken(&claim(), &story.run()), expected);
}

#[test]
fn one_instead_of_another_is_missing_first() {
    let mut story = Story::new();
    story.result("lista", json!(["a", "a"])).result("esperada", json!(["a", "b"]));
    let expected = Finding::ItemsMissing {
        expected: 2,
        missing: 1,
        examples: vec!["b".into()],
        cause: MissingCause::Unknown,
    };
    assert_eq!(broken(&claim(), &story.run()), expected);
}

#[test]
fn a_text_is_not_the_number_that_looks_like_it() {
    let mut story = Story::new();
    story.result("lista", json!(["1"])).result("esperada", json!([1]));
    assert!(matches!(broken(&claim(), &story.run()), Finding::ItemsMissing { missing: 1, .. }));
}

#[test]
fn only_some_of_many_are_named() {
    let mut story = Story::new();
    story.result("lista", json!([])).result("esperada", json!([5, 4, 3, 2, 1, 1]));
    match broken(&claim(), &story.run()) {
        Finding::ItemsMissing { missing, examples, .. } => {
            assert_eq!((missing, examples), (6, ["1", "2", "3", "4"].map(str::to_owned).to_vec()));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_that_were_not_reported_are_not_seen() {
    assert_no_result(&claim(), &Story::new().run(), "lista");
    let mut story = Story::new();
    story.result("lista", json!([]));
    assert_no_result(&claim(), &story.run(), "esperada");
    let mut story = Story::new();
    story.result("lista", 4).result("esperada", json!([]));
    assert_no_result(&claim(), &story.run(), "lista");
}

#[test]
fn messages_behind_the_end_mark_came_too_late() {
    let (mut story, output, queue, producer, consumers) = factory::<2>();
    story.put(producer, queue, "Dato").take(consumers[0], queue).put(consumers[0], output, "");
    story.put(P0, queue, "Fin").line(45).put(P0, queue, "Fin").line(45);
    story.put(producer, queue, "Dato").put(producer, queue, "Dato");
    story.take(consumers[0], queue).take(consumers[1], queue);
    let expected = MissingCause::PutAfterEnd { mark: Some("Fin".into()), mark_at: Some(at(45)), left: 2 };
    assert_eq!(cause(story, 3), expected);
}

#[test]
fn an_end_mark_may_be_as_large_as_the_data() {
    let (mut story, output, queue, producer, [consumer]) = factory::<1>();
    story.put(producer, queue, "Dato").put(P0, queue, "Basta").line(45).put(producer, queue, "Dato");
    story.take(consumer, queue).put(consumer, output, "").take(consumer, queue);
    let expected = MissingCause::PutAfterEnd { mark: Some("Basta".into()), mark_at: Some(at(45)), left: 1 };
    assert_eq!(cause(story, 2), expected);
}

#[test]
fn end_marks_that_nobody_needed_are_not_the_cause() {
    let (mut story, output, queue, producer, [consumer]) = factory::<1>();
    story.put(producer, queue, "Dato").take(consumer, queue).put(consumer, output, "");
    story.put(P0, queue, "Fin").put(P0, queue, "Fin").take(consumer, queue);
    assert_eq!(cause(story, 2), MissingCause::Unknown);
}

#[test]
fn a_consumer_that_stops_at_data_met_no_end_mark() {
    let (mut story, output, queue, producer, [consumer]) = factory::<1>();
    story.put(producer, queue, "Dato").put(producer, queue, "Dato").put(P0, queue, "Fin");
    story.take(consumer, queue).put(consumer, output, "");
    assert_eq!(cause(story, 2), MissingCause::Unknown);
}

#[test]
fn messages_without_variants_can_be_left_behind_too() {
    let (mut story, output, queue, producer, [consumer]) = factory::<1>();
    story.put(producer, queue, "").line(7).take(consumer, queue).put(consumer, output, "");
    story.put(producer, queue, "");
    assert_eq!(cause(story, 2), MissingCause::PutAfterEnd { mark: None, mark_at: Some(at(7)), left: 1 });
}

#[test]
fn empty_for_a_moment_was_taken_for_the_end() {
    for by_try_get in [true, false] {
        let (mut story, output, queue, producer, [consumer]) = factory::<1>();
        story.put(producer, queue, "Dato").take(consumer, queue).put(consumer, output, "");
        if by_try_get {
            story.fail(consumer, Op::QueueGet, queue, Outcome::WouldBlock).line(26);
        } else {
            story.is_empty(consumer, queue, true).line(26);
        }
        story.put(producer, queue, "Dato");
        match cause(story, 2) {
            MissingCause::EmptyTakenForEnd { who, place } => {
                assert_eq!((who.name.as_str(), place), ("tarea-1", Some(at(26))));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_time_limit_was_taken_for_the_end() {
    let (mut story, output, queue, producer, [consumer]) = factory::<1>();
    story.put(producer, queue, "Dato").take(consumer, queue).put(consumer, output, "");
    story.fail(consumer, Op::QueueGet, queue, Outcome::TimedOut).line(26).put(producer, queue, "Dato");
    match cause(story, 2) {
        MissingCause::TimeoutTakenForEnd { place, .. } => assert_eq!(place, Some(at(26))),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_pause_after_which_a_consumer_went_on_is_not_the_cause() {
    let (mut story, output, queue, producer, [consumer]) = factory::<1>();
    story.is_empty(consumer, queue, true).put(producer, queue, "Dato").take(consumer, queue);
    story.put(consumer, output, "").put(P0, queue, "Fin").take(consumer, queue).put(producer, queue, "Dato");
    assert!(matches!(cause(story, 2), MissingCause::PutAfterEnd { left: 1, .. }));
}

/// They had still to note them when the driver looked.
#[test]
fn what_children_at_work_had_still_to_do_is_missing_because_nobody_joined_them() {
    let found = |running| {
        let (mut story, output, queue, producer, [consumer]) = factory::<1>();
        story.done(producer).join(P0, producer).unjoined(P0, consumer, running);
        story.put(consumer, queue, "Dato").take(consumer, queue).put(consumer, output, "");
        story.result("lista", json!([])).result("esperada", json!(["p0:0"]));
        broken(&claim(), &story.run())
    };
    assert!(matches!(found(true), Finding::NotJoined { children: 2, .. }));
    assert!(matches!(found(false), Finding::ItemsMissing { .. }));
}

#[test]
fn fewer_were_put_than_asked_for() {
    let (mut story, output, queue, producer, [consumer]) = factory::<1>();
    story.put(producer, queue, "Dato").put(P0, queue, "Fin");
    story.take(consumer, queue).put(consumer, output, "").take(consumer, queue);
    assert_eq!(cause(story, 2), MissingCause::NeverPut);
}

#[test]
fn what_was_got_was_not_noted() {
    let (mut story, output, queue, producer, [consumer]) = factory::<1>();
    story.put(producer, queue, "Dato").put(producer, queue, "Dato").put(P0, queue, "Fin");
    story.take(consumer, queue).take(consumer, queue).put(consumer, output, "").take(consumer, queue);
    assert_eq!(cause(story, 2), MissingCause::GotNotNoted);
}

#[test]
fn all_noted_and_yet_missing_is_not_explained() {
    let (mut story, output, queue, producer, [consumer]) = factory::<1>();
    story.put(producer, queue, "Dato").put(producer, queue, "Dato").put(P0, queue, "Fin");
    for _ in 0..2 {
        story.take(consumer, queue).put(consumer, output, "");
    }
    story.take(consumer, queue);
    assert_eq!(cause(story, 2), MissingCause::Unknown);
}

#[test]
fn what_goes_through_two_queues_is_counted_in_neither() {
    let (mut story, _, queue, producer, [relay]) = factory::<1>();
    let second = story.queue("relevo", 9);
    story.put(producer, queue, "Dato").take(relay, queue).put(relay, second, "Dato").take(P0, second);
    assert_eq!(cause(story, 4), MissingCause::Unknown);
}
