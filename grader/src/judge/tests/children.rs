//! `processes` and `prints`: how many children there are, and whether each was heard.

use super::story::{P0, Story};
use super::{assert_kept, assert_no_result, assert_vacuous, broken};
use crate::course::Claim;
use crate::judge::finding::Finding;

fn processes() -> Claim {
    Claim::Processes { at_least: "n".into() }
}

#[track_caller]
fn assert_too_few(mut story: Story, wanted: u64, started: usize) {
    story.result("n", wanted);
    assert_eq!(broken(&processes(), &story.run()), Finding::TooFewProcesses { wanted, started });
}

#[test]
fn as_many_as_asked_or_more_are_enough() {
    for wanted in [2, 3] {
        let mut story = Story::new();
        let _: [usize; 3] = story.start_some();
        story.result("n", wanted);
        assert_kept(&processes(), &story.run());
    }
}

#[test]
fn children_of_children_count() {
    let mut story = Story::new();
    let child = story.start(P0, "coordinador");
    story.start(child, "tarea");
    story.result("n", 2);
    assert_kept(&processes(), &story.run());
}

#[test]
fn fewer_than_asked_are_told() {
    let mut story = Story::new();
    story.start(P0, "tarea");
    assert_too_few(story, 2, 1);
    assert_too_few(Story::new(), 1, 0);
}

#[test]
fn processes_that_main_started_do_not_count() {
    let mut story = Story::new();
    let [scripted, _] = story.start_some();
    story.by_driver(scripted);
    assert_too_few(story, 2, 1);
}

#[test]
fn a_start_that_failed_made_no_process() {
    let mut story = Story::new();
    let [failed, _] = story.start_some();
    story.run.trace.processes[failed].exists = false;
    assert_too_few(story, 2, 1);
}

#[test]
fn a_process_whose_place_of_start_could_not_be_told_is_the_students() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.run.trace.processes[child].started_at = None;
    story.result("n", 1);
    assert_kept(&processes(), &story.run());
}

#[test]
fn a_slot_that_nobody_started_nor_lived_in_is_no_process() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.run.trace.processes[child].started_at = None;
    story.run.trace.processes[child].events.clear();
    story.run.trace.processes[P0].events.retain(|event| event.op != procesos_trace::Op::Start);
    assert_too_few(story, 1, 0);
}

#[test]
fn none_asked_for_proves_nothing() {
    let mut story = Story::new();
    story.start(P0, "tarea");
    story.result("n", 0);
    assert_vacuous(&processes(), &story.run());
}

#[test]
fn a_count_that_is_no_count_is_not_seen() {
    for result in [serde_json::json!("dos"), serde_json::json!(-1), serde_json::json!(1.5)] {
        let mut story = Story::new();
        story.result("n", result);
        assert_no_result(&processes(), &story.run(), "n");
    }
    assert_no_result(&processes(), &Story::new().run(), "n");
}

#[test]
fn a_line_on_either_stream_is_enough() {
    let mut story = Story::new();
    let [one, other] = story.start_some();
    story.print(one, "hola\n").complain(other, "empiezo\n").print(one, "chau\n");
    assert_kept(&Claim::Prints, &story.run());
}

#[test]
fn the_silent_ones_are_named_in_the_order_of_their_starts() {
    let mut story = Story::new();
    let [first, heard, last] = story.start_some();
    story.print(heard, "hola\n").print(last, " \n\n").print(P0, "yo hablo\n");
    let Finding::Silent { who } = broken(&Claim::Prints, &story.run()) else { panic!("silent") };
    let who: Vec<String> = who.into_iter().map(|who| who.id).collect();
    assert_eq!(who, [format!("P{first}"), format!("P{last}")]);
}

#[test]
fn output_of_unknown_writers_is_nobodys() {
    let mut story = Story::new();
    story.start(P0, "tarea");
    story.run.output.push(crate::run::OutputChunk { process: None, text: "hola\n".into() });
    assert!(matches!(broken(&Claim::Prints, &story.run()), Finding::Silent { .. }));
}

#[test]
fn without_children_nobody_has_to_print() {
    assert_vacuous(&Claim::Prints, &Story::new().run());
    let mut story = Story::new();
    let scripted = story.start(P0, "guion");
    story.by_driver(scripted);
    assert_vacuous(&Claim::Prints, &story.run());
}
