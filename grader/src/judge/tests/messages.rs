//! `by_children`, `own_process`, `capacity` and `converses`: who put or sent what, and how much a queue holds.

use super::story::{P0, Story, at};
use super::{assert_kept, assert_no_result, assert_vacuous, broken};
use crate::course::Claim;
use crate::judge::finding::Finding;

fn by_children() -> Claim {
    Claim::ByChildren { queue: "salida".into() }
}

fn own_process() -> Claim {
    Claim::OwnProcess { queue: "salida".into(), count: "n".into() }
}

fn converses() -> Claim {
    Claim::Converses { messages: "n".into() }
}

#[test]
fn what_children_put_was_put_by_children() {
    let mut story = Story::new();
    let (output, own) = (story.output("salida", 8), story.queue("cola", 8));
    let child = story.start(P0, "tarea");
    // What the parent puts into another queue is its own business.
    story.put(child, output, "").put(child, output, "").put(P0, own, "Fin");
    assert_kept(&by_children(), &story.run());
}

#[test]
fn what_the_first_process_put_is_told_with_its_line() {
    let mut story = Story::new();
    let output = story.output("salida", 8);
    let child = story.start(P0, "tarea");
    story.put(child, output, "").put(P0, output, "").line(17).put(P0, output, "").line(18);
    let expected = Finding::DoneByFirst { queue: "salida".into(), count: 2, place: Some(at(17)) };
    assert_eq!(broken(&by_children(), &story.run()), expected);
}

#[test]
fn nothing_put_is_not_put_by_children() {
    let mut story = Story::new();
    story.output("salida", 8);
    let nothing = Finding::NothingPut { queue: "salida".into() };
    story.result("n", 1);
    let run = story.run();
    assert_eq!(broken(&by_children(), &run), nothing);
    assert_eq!(broken(&own_process(), &run), nothing);
}

#[test]
fn a_put_that_failed_is_no_put() {
    let mut story = Story::new();
    let output = story.output("salida", 1);
    let child = story.start(P0, "tarea");
    story.put(child, output, "");
    story.fail(P0, procesos_trace::Op::QueuePut, output, procesos_trace::Outcome::WouldBlock);
    assert_kept(&by_children(), &story.run());
}

#[test]
fn a_queue_that_was_never_named_is_not_seen() {
    let mut story = Story::new();
    story.queue("salida", 8);
    story.result("n", 1);
    let run = story.run();
    assert_no_result(&by_children(), &run, "salida");
    assert_no_result(&own_process(), &run, "salida");
}

#[test]
fn each_message_from_a_process_of_its_own() {
    let mut story = Story::new();
    let output = story.output("salida", 8);
    let children: [usize; 3] = story.start_some();
    for child in children {
        story.put(child, output, "");
    }
    story.result("n", 3);
    assert_kept(&own_process(), &story.run());
}

#[test]
fn two_messages_of_one_process_are_told() {
    let mut story = Story::new();
    let output = story.output("salida", 8);
    let [one, other] = story.start_some();
    story.put(one, output, "").put(other, output, "").put(other, output, "").line(9).put(other, output, "");
    story.result("n", 4);
    match broken(&own_process(), &story.run()) {
        Finding::SameProcess { who, count, place } => {
            assert_eq!((who.id.as_str(), count, place), ("P2", 3, Some(at(9))));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_parent_that_works_itself_is_told_first() {
    let mut story = Story::new();
    let output = story.output("salida", 8);
    let child = story.start(P0, "tarea");
    story.put(child, output, "").put(child, output, "").put(P0, output, "");
    story.result("n", 3);
    assert!(matches!(broken(&own_process(), &story.run()), Finding::DoneByFirst { .. }));
}

#[test]
fn too_few_and_too_many_messages_are_counted() {
    for wanted in [1, 3] {
        let mut story = Story::new();
        let output = story.output("salida", 8);
        let [one, other] = story.start_some();
        story.put(one, output, "").put(other, output, "");
        story.result("n", wanted);
        let expected = Finding::MessageCount { queue: "salida".into(), expected: wanted, seen: 2 };
        assert_eq!(broken(&own_process(), &story.run()), expected);
    }
}

#[test]
fn no_message_asked_for_proves_nothing() {
    let mut story = Story::new();
    story.output("salida", 8);
    story.result("n", 0);
    assert_vacuous(&own_process(), &story.run());
    let mut story = Story::new();
    story.output("salida", 8);
    assert_no_result(&own_process(), &story.run(), "n");
}

/// So many questions and answers of the first process and one child.
fn talk(story: &mut Story, child: usize, times: usize) {
    let (here, there) = story.pipe();
    for _ in 0..times {
        story.send(P0, here).recv(child, there).send(child, there).recv(P0, here);
    }
}

#[test]
fn questions_and_answers_are_a_conversation() {
    let mut story = Story::new();
    let child = story.start(P0, "hijo");
    talk(&mut story, child, 3);
    story.result("n", 3);
    assert_kept(&converses(), &story.run());
}

#[test]
fn a_grandchild_may_answer() {
    let mut story = Story::new();
    let child = story.start(P0, "intermediario");
    let grandchild = story.start(child, "hijo");
    talk(&mut story, grandchild, 2);
    story.result("n", 2);
    assert_kept(&converses(), &story.run());
}

#[test]
fn a_conversation_that_breaks_off_is_too_short() {
    let mut story = Story::new();
    let child = story.start(P0, "hijo");
    talk(&mut story, child, 1);
    story.result("n", 3);
    assert_eq!(broken(&converses(), &story.run()), Finding::NoConversation { wanted: 3, seen: (1, 1) });
}

#[test]
fn a_child_for_each_message_is_no_conversation() {
    let mut story = Story::new();
    for _ in 0..3 {
        let child = story.start(P0, "hijo");
        talk(&mut story, child, 1);
    }
    story.result("n", 3);
    assert_eq!(broken(&converses(), &story.run()), Finding::NoConversation { wanted: 3, seen: (1, 1) });
}

#[test]
fn a_child_that_only_listens_does_not_converse() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let child = story.start(P0, "hijo");
    story.send(P0, here).recv(child, there).send(P0, here).recv(child, there);
    story.result("n", 2);
    assert_eq!(broken(&converses(), &story.run()), Finding::NoConversation { wanted: 2, seen: (2, 0) });
}

#[test]
fn a_process_that_main_started_is_no_partner() {
    let mut story = Story::new();
    let child = story.start(P0, "guion");
    story.by_driver(child);
    talk(&mut story, child, 2);
    story.result("n", 2);
    assert_eq!(broken(&converses(), &story.run()), Finding::NoConversation { wanted: 2, seen: (0, 2) });
}

#[test]
fn nothing_to_say_proves_nothing() {
    let mut story = Story::new();
    story.result("n", 0);
    assert_vacuous(&converses(), &story.run());
    assert_no_result(&converses(), &Story::new().run(), "n");
}

fn capacity() -> Claim {
    Claim::Capacity { capacity: "n".into() }
}

#[test]
fn one_queue_of_the_capacity_that_was_given_is_enough() {
    let mut story = Story::new();
    story.result("n", 4);
    story.queue("avisos", 1);
    story.queue("cola", 4);
    assert_kept(&capacity(), &story.run());
}

#[test]
fn the_queue_of_another_capacity_through_which_most_goes_is_told() {
    let mut story = Story::new();
    story.result("n", 4);
    // That of main.rs is none of the student's, whatever it holds.
    let (output, notices, queue) =
        (story.output("salida", 4), story.queue("avisos", 1), story.queue("cola", 100));
    story.put(P0, notices, "").put(P0, queue, "").put(P0, queue, "");
    story.put(P0, output, "").put(P0, output, "").put(P0, output, "");
    match broken(&capacity(), &story.run()) {
        Finding::OtherCapacity { wanted: 4, made: Some((queue, 100)) } => {
            assert_eq!(queue.name.as_deref(), Some("cola"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_a_queue_there_is_none_of_that_capacity() {
    let mut story = Story::new();
    story.result("n", 4);
    story.output("salida", 4);
    assert_eq!(broken(&capacity(), &story.run()), Finding::OtherCapacity { wanted: 4, made: None });
    assert_no_result(&capacity(), &Story::new().run(), "n");
}
