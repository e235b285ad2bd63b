//! `result` and `increasing`: what the driver reported.

use procesos_trace::flags;
use serde_json::json;

use super::story::{P0, Story, at};
use super::{assert_kept, assert_no_result, assert_vacuous, broken, right_result};
use crate::course::Claim;
use crate::judge::finding::Finding;

fn increasing() -> Claim {
    Claim::Increasing { name: "listas".into() }
}

#[test]
fn equal_results_are_right_whatever_they_are() {
    for result in [json!(7), json!("hola"), json!([1, [2.5, null]]), json!({"a": [], "b": true})] {
        let mut story = Story::new();
        story.result("total", result.clone()).result("esperado", result);
        assert_kept(&right_result(), &story.run());
    }
}

#[test]
fn a_wrong_result_is_told_with_the_function_that_gave_it() {
    let mut story = Story::new();
    story.result("total", 3).result("esperado", json!([3]));
    let expected = Finding::WrongResult {
        function: Some("ejecutar".into()),
        arguments: String::new(),
        name: "total".into(),
        expected: "[3]".into(),
        seen: "3".into(),
    };
    assert_eq!(broken(&right_result(), &story.run()), expected);
}

#[test]
fn of_several_calls_the_last_one_is_named() {
    let mut story = Story::new();
    story.call("padre");
    story.result("total", 3).result("esperado", 4);
    let Finding::WrongResult { function, .. } = broken(&right_result(), &story.run()) else {
        panic!("wrong")
    };
    assert_eq!(function.as_deref(), Some("padre"));
}

#[test]
fn a_text_is_no_number_and_order_counts() {
    for (seen, wanted) in [(json!("3"), json!(3)), (json!([1, 2]), json!([2, 1])), (json!(null), json!(0))] {
        let mut story = Story::new();
        story.result("total", seen).result("esperado", wanted);
        assert!(matches!(broken(&right_result(), &story.run()), Finding::WrongResult { .. }));
    }
}

#[test]
fn results_that_were_not_reported_are_not_seen() {
    let mut story = Story::new();
    assert_no_result(&right_result(), &Story::new().run(), "total");
    story.result("total", 1);
    assert_no_result(&right_result(), &story.run(), "esperado");
}

#[test]
fn a_value_read_while_children_write_is_read_too_early() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    story.add(one, value, 1).get(P0, value).line(30).add(other, value, 1).add(one, value, 1);
    story.finish_all(&[one, other]).result("total", 1).result("esperado", 3);
    let expected = Finding::ReadTooEarly {
        place: Some(at(30)),
        running: 2,
        read: "1".into(),
        last: "3".into(),
        expected: "3".into(),
    };
    assert_eq!(broken(&right_result(), &story.run()), expected);
}

#[test]
fn a_value_read_before_the_start_is_read_too_early() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    story.get(P0, value);
    let child = story.start(P0, "tarea");
    story.add(child, value, 4).finish_all(&[child]).result("total", 0).result("esperado", 4);
    assert!(matches!(broken(&right_result(), &story.run()), Finding::ReadTooEarly { running: 1, .. }));
}

#[test]
fn a_value_that_nobody_wrote_after_the_read_was_not_read_too_early() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "tarea");
    // The parent looked until the number came, and the child added too little.
    story.add(child, value, 3).get(P0, value).finish_all(&[child]).result("total", 3).result("esperado", 4);
    assert!(matches!(broken(&right_result(), &story.run()), Finding::WrongResult { .. }));
}

#[test]
fn the_result_of_something_else_is_just_wrong() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "tarea");
    story.get(P0, value).add(child, value, 4).finish_all(&[child]).result("total", 9).result("esperado", 4);
    assert!(matches!(broken(&right_result(), &story.run()), Finding::WrongResult { .. }));
}

#[test]
fn of_two_values_the_one_that_came_out_as_expected_is_meant() {
    let mut story = Story::new();
    let (done, value) = (story.value_of("terminados", 0, flags::UNSIGNED), story.value("contador", 0));
    let child = story.start(P0, "tarea");
    story.get(P0, done).line(8).get(P0, value).line(9).add(child, value, 4).add(child, done, 1);
    story.finish_all(&[child]).result("total", 0).result("esperado", 4);
    match broken(&right_result(), &story.run()) {
        Finding::ReadTooEarly { place, last, .. } => assert_eq!((place, last.as_str()), (Some(at(9)), "4")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_that_grow_are_right() {
    let mut story = Story::new();
    story.result("listas", json!([[0, 1, 5], [], [3], [-2, 0.5]]));
    assert_kept(&increasing(), &story.run());
}

#[test]
fn a_list_that_does_not_grow_is_told_with_its_pair() {
    for (list, before, after) in [(json!([1, 3, 2]), "3", "2"), (json!([4, 4]), "4", "4")] {
        let mut story = Story::new();
        story.result("listas", json!([[1, 2], list]));
        let expected = Finding::NotIncreasing { before: before.into(), after: after.into() };
        assert_eq!(broken(&increasing(), &story.run()), expected);
    }
}

#[test]
fn lists_of_one_or_none_cannot_be_out_of_order() {
    for lists in [json!([]), json!([[], [1]])] {
        let mut story = Story::new();
        story.result("listas", lists);
        assert_vacuous(&increasing(), &story.run());
    }
}

#[test]
fn what_is_no_list_is_not_seen() {
    assert_no_result(&increasing(), &Story::new().run(), "listas");
    let mut story = Story::new();
    story.result("listas", 3);
    assert_no_result(&increasing(), &story.run(), "listas");
}
