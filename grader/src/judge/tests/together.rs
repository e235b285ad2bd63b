//! `started_before_join`: how many children could be at work together.

use super::story::{P0, Story, at};
use super::{assert_kept, assert_no_result, assert_vacuous, broken};
use crate::course::Claim;
use crate::judge::finding::Finding;
use crate::run::Place;

fn claim() -> Claim {
    Claim::StartedBeforeJoin { at_least: "n".into() }
}

#[track_caller]
fn assert_together(mut story: Story, wanted: u64) {
    story.result("n", wanted);
    assert_kept(&claim(), &story.run());
}

#[track_caller]
fn one_after_another(mut story: Story, asked: u64) -> (usize, Option<Place>) {
    story.result("n", asked);
    match broken(&claim(), &story.run()) {
        Finding::OneAfterAnother { wanted, together, join } => {
            assert_eq!(wanted, asked);
            (together, join)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_started_before_the_first_join_are_together() {
    let mut story = Story::new();
    let children: [usize; 4] = story.start_some();
    story.finish_all(&children);
    assert_together(story, 4);
}

#[test]
fn joining_in_reverse_or_by_the_library_makes_no_difference() {
    let mut story = Story::new();
    let [one, other] = story.start_some();
    story.join(P0, other).join_by_library(P0, one);
    assert_together(story, 2);
}

#[test]
fn started_and_joined_in_one_loop_are_one_at_a_time() {
    let mut story = Story::new();
    for _ in 0..4 {
        let child = story.start(P0, "tarea");
        story.done(child).join(P0, child).line(28);
    }
    assert_eq!(one_after_another(story, 4), (1, Some(at(28))));
}

#[test]
fn two_at_a_time_are_two() {
    let mut story = Story::new();
    for _ in 0..2 {
        let pair: [usize; 2] = story.start_some();
        story.finish_all(&pair);
    }
    assert_eq!(one_after_another(story, 4).0, 2);
}

#[test]
fn one_joined_too_early_is_one_missing() {
    let mut story = Story::new();
    let [one, two] = story.start_some();
    story.join(P0, one).line(9);
    let [three, four] = story.start_some();
    story.finish_all(&[two, three, four]);
    assert_eq!(one_after_another(story, 4), (3, Some(at(9))));
}

#[test]
fn asking_until_it_has_ended_is_waiting() {
    let mut story = Story::new();
    for _ in 0..2 {
        let child = story.start(P0, "tarea");
        for alive in [true, true, true, false] {
            story.is_alive(P0, child, alive).line(30);
        }
    }
    assert_eq!(one_after_another(story, 2), (1, Some(at(30))));
}

#[test]
fn looking_whether_it_lives_is_not_waiting() {
    let mut story = Story::new();
    let one = story.start(P0, "tarea");
    story.is_alive(P0, one, true).line(30).is_alive(P0, one, false).line(31);
    let other = story.start(P0, "tarea");
    story.is_alive(P0, other, false).line(30);
    assert_together(story, 2);
}

#[test]
fn a_join_that_ran_out_of_time_is_no_join() {
    let mut story = Story::new();
    let one = story.start(P0, "tarea");
    story.join(P0, one).event().outcome = procesos_trace::Outcome::TimedOut;
    story.start(P0, "tarea");
    assert_together(story, 2);
}

#[test]
fn a_chain_of_children_is_together() {
    let mut story = Story::new();
    let one = story.start(P0, "eslabon");
    let two = story.start(one, "eslabon");
    let three = story.start(two, "eslabon");
    story.done(three).join(two, three).done(two).join(one, two).done(one).join(P0, one);
    assert_together(story, 3);
}

#[test]
fn a_warm_up_before_the_work_does_not_harm() {
    let mut story = Story::new();
    let first = story.start(P0, "prueba");
    story.done(first).join(P0, first);
    let children: [usize; 3] = story.start_some();
    story.finish_all(&children);
    assert_together(story, 3);
}

/// Whoever comes after whom is no single row: those of one branch have nothing to do with the other branch.
#[test]
fn branches_that_go_one_after_another_are_together_with_each_other() {
    let mut story = Story::new();
    let branch = story.start(P0, "coordinador");
    let firsts: [usize; 3] = std::array::from_fn(|_| story.start(branch, "tarea"));
    for child in firsts {
        story.done(child);
    }
    for child in firsts {
        story.join(branch, child);
    }
    let last = story.start(branch, "tarea");
    story.done(last).join(branch, last).done(branch);
    let late = story.start(P0, "tarea");
    story.done(late).join(P0, branch).join(P0, late);
    // The coordinator, its first three and the late one.
    assert_together(story, 5);
}

#[test]
fn a_helper_of_each_does_not_make_a_row_wide() {
    let mut story = Story::new();
    for _ in 0..4 {
        let child = story.start(P0, "tarea");
        let helper = story.start(child, "ayudante");
        story.done(helper).join(child, helper).done(child).join(P0, child);
    }
    assert_eq!(one_after_another(story, 4).0, 2);
}

#[test]
fn fewer_than_asked_are_too_few() {
    let mut story = Story::new();
    story.start(P0, "tarea");
    story.result("n", 2);
    assert_eq!(broken(&claim(), &story.run()), Finding::TooFewProcesses { wanted: 2, started: 1 });
}

#[test]
fn processes_that_main_started_are_not_counted() {
    let mut story = Story::new();
    let [scripted, _] = story.start_some();
    story.by_driver(scripted).result("n", 2);
    assert!(matches!(broken(&claim(), &story.run()), Finding::TooFewProcesses { .. }));
}

#[test]
fn one_or_none_cannot_be_started_too_late() {
    for wanted in [0, 1] {
        let mut story = Story::new();
        story.start(P0, "tarea");
        story.result("n", wanted);
        assert_vacuous(&claim(), &story.run());
    }
    assert_no_result(&claim(), &Story::new().run(), "n");
}
