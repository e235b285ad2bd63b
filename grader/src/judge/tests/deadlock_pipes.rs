//! `ends` when nobody can go on: causes about pipes.

use procesos_trace::Op;

use super::broken;
use super::story::{P0, Story, at};
use crate::course::Claim;
use crate::judge::finding::{Cause, Finding};
use crate::run::Ending;

#[track_caller]
fn cause(story: Story) -> Cause {
    match broken(&Claim::Ends, &story.cut(Ending::NoProgress)) {
        Finding::Deadlock { cause, .. } => cause,
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_wait_to_receive() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let child = story.start(P0, "hijo");
    story.stuck(P0, Op::Recv, Some(here), 22).stuck(child, Op::Recv, Some(there), 11);
    assert_eq!(cause(story), Cause::BothReceive { heard: Vec::new() });
}

#[test]
fn both_wait_to_receive_on_the_second_of_two_pipes() {
    let mut story = Story::new();
    let ((_, far), (here, there)) = (story.pipe(), story.pipe());
    let [other, child] = story.start_some();
    story.stuck(other, Op::Recv, Some(far), 11);
    story.stuck(P0, Op::Recv, Some(here), 22).stuck(child, Op::Recv, Some(there), 11);
    assert_eq!(cause(story), Cause::BothReceive { heard: Vec::new() });
}

#[test]
fn what_the_student_received_last_is_told_and_not_what_a_script_did() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let child = story.start(P0, "hijo");
    story.send(P0, here).recv(child, there).line(11).send(P0, here);
    story.event().label = Some("Fin".into());
    story.recv(child, there).line(11).send(child, there);
    story.event().label = Some("Fin".into());
    story.recv(P0, here).line(40);
    story.event().place.as_mut().expect("it has a line").of_student = false;
    story.stuck(P0, Op::Recv, Some(here), 22).stuck(child, Op::Recv, Some(there), 11);
    let Cause::BothReceive { heard } = cause(story) else { panic!() };
    let told: Vec<_> =
        heard.iter().map(|one| (one.who.name.as_str(), one.label.as_str(), &one.place)).collect();
    assert_eq!(told, [("hijo", "Fin", &at(11))]);
}

#[test]
fn the_parent_joins_before_it_talks() {
    let mut story = Story::new();
    let (_, there) = story.pipe();
    let child = story.start(P0, "hijo");
    story.stuck_in_join(P0, child, 34).stuck(child, Op::Recv, Some(there), 11);
    assert_eq!(cause(story), Cause::JoinBeforeTalking { join: Some(at(34)), receive: Some(at(11)) });
}

#[test]
fn the_parent_joins_the_child_whose_child_waits_for_it() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let child = story.start(P0, "intermediario");
    let grandchild = story.start(child, "hijo");
    story.send(P0, here).recv(grandchild, there).stuck(grandchild, Op::Recv, Some(there), 11);
    story.stuck_in_join(child, grandchild, 20).stuck_in_join(P0, child, 34);
    assert_eq!(cause(story), Cause::JoinBeforeTalking { join: Some(at(34)), receive: Some(at(11)) });
}

#[test]
fn a_join_by_one_who_has_not_the_other_end_is_not_the_cause() {
    let mut story = Story::new();
    let (one_end, other_end) = story.pipe();
    let [asker, answerer] = story.start_some();
    let queue = story.queue("cola", 1);
    story.send(asker, one_end).recv(answerer, other_end).stuck(answerer, Op::Recv, Some(other_end), 11);
    story.stuck(asker, Op::QueueGet, Some(queue), 12).stuck_in_join(P0, answerer, 34);
    assert_eq!(cause(story), Cause::NobodySends);
}

#[test]
fn the_one_with_the_other_end_waits_for_something_else() {
    let mut story = Story::new();
    let ((_, there), queue) = (story.pipe(), story.queue("cola", 1));
    let child = story.start(P0, "hijo");
    story.stuck(P0, Op::QueueGet, Some(queue), 34).stuck(child, Op::Recv, Some(there), 11);
    assert_eq!(cause(story), Cause::NobodySends);
}

#[test]
fn a_sender_without_credit_waits_for_one_that_does_not_receive() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let child = story.start(P0, "hijo");
    for _ in 0..65 {
        story.send(P0, here);
    }
    story.recv(child, there).stuck(P0, Op::Send, Some(here), 19).stuck(child, Op::Send, Some(there), 13);
    assert_eq!(cause(story), Cause::NobodyReceives { on_their_way: 0 }, "the child waits first");
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let child = story.start(P0, "hijo");
    for _ in 0..65 {
        story.send(P0, here);
    }
    story.recv(child, there).stuck(P0, Op::Send, Some(here), 19);
    assert_eq!(cause(story), Cause::NobodyReceives { on_their_way: 64 });
}

#[test]
fn a_pipe_without_a_known_other_end_has_a_cause_all_the_same() {
    let mut story = Story::new();
    let (here, _) = story.pipe();
    story.known(here).peer = None;
    story.stuck(P0, Op::Recv, Some(here), 22);
    assert_eq!(cause(story), Cause::NobodySends);
}
