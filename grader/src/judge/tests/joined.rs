//! `joined`: every child was awaited by its parent, and nothing was left behind.

use super::story::{P0, Story, at};
use super::{assert_kept, assert_vacuous, broken};
use crate::course::Claim;
use crate::judge::finding::{Fate, Finding};
use crate::run::Run;

#[track_caller]
fn left(run: &Run) -> Vec<(String, Fate)> {
    match broken(&Claim::Joined, run) {
        Finding::NotJoined { left, function, children, .. } => {
            assert_eq!(function.as_deref(), Some("ejecutar"));
            assert_eq!(children, run.trace.processes.len() - 1);
            left.into_iter().map(|(who, fate)| (who.id, fate)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_joined_in_any_order_is_right() {
    let mut story = Story::new();
    let [one, two, three] = story.start_some();
    story.done(one).done(two).done(three).join(P0, three).join(P0, one).join(P0, two);
    assert_kept(&Claim::Joined, &story.run());
}

#[test]
fn a_child_that_failed_and_was_joined_was_joined() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.join_with(P0, child, 0);
    assert_kept(&Claim::Joined, &story.run());
}

#[test]
fn a_child_joined_by_the_library_at_the_end_was_not_joined() {
    let mut story = Story::new();
    let [one, other] = story.start_some();
    story.done(one).done(other).join(P0, one).join_by_library(P0, other);
    assert_eq!(left(&story.run()), [("P2".to_owned(), Fate::Exited(0))]);
}

#[test]
fn those_that_still_ran_are_told_and_where_they_were_started() {
    let mut story = Story::new();
    let [one, other] = story.start_some();
    story.unjoined(P0, one, true).unjoined(P0, other, false);
    for child in [one, other] {
        story.run.trace.processes[child].started_at = Some(at(24));
    }
    let run = story.run();
    assert_eq!(left(&run), [("P1".to_owned(), Fate::Running), ("P2".to_owned(), Fate::Ended)]);
    let Finding::NotJoined { started_at, .. } = broken(&Claim::Joined, &run) else { panic!("not joined") };
    assert_eq!(started_at, [at(24)]);
}

#[test]
fn asking_is_alive_is_not_joining() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.done(child).is_alive(P0, child, false).join_by_library(P0, child);
    assert_eq!(left(&story.run()).len(), 1);
}

#[test]
fn a_grandchild_whose_parent_left_without_a_word_was_not_joined() {
    let mut story = Story::new();
    let child = story.start(P0, "coordinador");
    let grandchild = story.start(child, "tarea");
    story.join_with(P0, child, 0).leave(Some(grandchild), true);
    assert_eq!(left(&story.run()), [("P1.1".to_owned(), Fate::Running)]);
}

#[test]
fn how_a_child_ended_that_nobody_joined_is_told_by_whoever_reaped_it() {
    let mut story = Story::new();
    let child = story.start(P0, "coordinador");
    let grandchildren = [story.start(child, "tarea"), story.start(child, "tarea")];
    story.join_with(P0, child, 0);
    story.leave_ended(Some(grandchildren[0]), -9).leave_ended(Some(grandchildren[1]), 3);
    let expected = [("P1.1".to_owned(), Fate::Signalled(9)), ("P1.2".to_owned(), Fate::Exited(3))];
    assert_eq!(left(&story.run()), expected);
}

#[test]
fn a_grandchild_joined_by_its_parent_was_joined() {
    let mut story = Story::new();
    let child = story.start(P0, "coordinador");
    let grandchild = story.start(child, "tarea");
    story.done(grandchild).join(child, grandchild).done(child).join(P0, child);
    assert_kept(&Claim::Joined, &story.run());
}

#[test]
fn processes_that_main_started_need_not_be_joined() {
    let mut story = Story::new();
    let [scripted, child] = story.start_some();
    story.by_driver(scripted).join_by_library(P0, scripted).join(P0, child);
    assert_kept(&Claim::Joined, &story.run());
}

#[test]
fn what_was_started_by_other_means_must_not_stay_behind() {
    for with_child in [false, true] {
        let mut story = Story::new();
        if with_child {
            let child = story.start(P0, "tarea");
            story.join(P0, child);
        }
        story.leave(None, true).leave(None, false).leave_ended(None, -11).leave(None, true);
        let ended = vec![Fate::Ended, Fate::Signalled(11)];
        assert_eq!(broken(&Claim::Joined, &story.run()), Finding::LeftBehind { running: 2, ended });
    }
}

#[test]
fn children_come_before_what_was_started_by_other_means() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.unjoined(P0, child, true).leave(None, true);
    assert_eq!(left(&story.run()).len(), 1);
}

#[test]
fn without_children_there_is_nobody_to_join() {
    assert_vacuous(&Claim::Joined, &Story::new().run());
}
