//! Updates of shared values that events, permits, barriers and tasks keep apart, and those that they do not.

use super::story::{P0, Story};
use super::{assert_kept, broken, no_race};
use crate::judge::finding::{Finding, LostCause};

#[track_caller]
fn keeps_apart(mut story: Story, children: &[usize]) {
    story.finish_all(children).result_is_last_write();
    assert_kept(&no_race(), &story.run());
}

#[track_caller]
fn loses(mut story: Story, children: &[usize]) {
    story.finish_all(children).result_is_last_write();
    assert!(matches!(broken(&no_race(), &story.run()), Finding::LostUpdate { .. }));
}

#[test]
fn one_waits_for_the_event_that_the_other_sets_afterwards() {
    let mut story = Story::new();
    let (value, event) = (story.value("contador", 0), story.event_object("listo"));
    let [one, other] = story.start_some();
    story.add(one, value, 1).set_event(one, event).wait_event(other, event).add(other, value, 1);
    keeps_apart(story, &[one, other]);
}

#[test]
fn the_event_is_set_too_early() {
    let mut story = Story::new();
    let (value, event) = (story.value("contador", 0), story.event_object("listo"));
    let [one, other] = story.start_some();
    story.set_event(one, event).add(one, value, 1).wait_event(other, event).add(other, value, 1);
    loses(story, &[one, other]);
}

#[test]
fn a_semaphore_of_one_permit_is_a_lock() {
    let mut story = Story::new();
    let (value, semaphore) = (story.value("contador", 0), story.semaphore("turno", 1));
    let children: [usize; 3] = story.start_some();
    for child in children {
        story.take_permit(child, semaphore).add(child, value, 1).give_back(child, semaphore);
    }
    keeps_apart(story, &children);
}

#[test]
fn a_semaphore_of_two_permits_is_none() {
    let mut story = Story::new();
    let (value, semaphore) = (story.value("contador", 0), story.semaphore("turno", 2));
    let children: [usize; 2] = story.start_some();
    for child in children {
        story.take_permit(child, semaphore).add(child, value, 1).give_back(child, semaphore);
    }
    story.finish_all(&children).result_is_last_write();
    match broken(&no_race(), &story.run()) {
        Finding::LostUpdate { cause: LostCause::ManyPermits { permits: 2, .. }, .. } => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_adds_before_the_barrier_and_the_other_after_it() {
    let mut story = Story::new();
    let (value, barrier) = (story.value("contador", 0), story.barrier("todos", 2));
    let [one, other] = story.start_some();
    story.add(one, value, 1).arrive(one, barrier).arrive(other, barrier);
    story.pass(other, barrier, 0).add(other, value, 1).pass(one, barrier, 0);
    keeps_apart(story, &[one, other]);
}

#[test]
fn both_add_after_the_barrier() {
    let mut story = Story::new();
    let (value, barrier) = (story.value("contador", 0), story.barrier("todos", 2));
    let [one, other] = story.start_some();
    story.arrive(one, barrier).arrive(other, barrier);
    story.pass(other, barrier, 0).add(other, value, 1).pass(one, barrier, 0).add(one, value, 1);
    loses(story, &[one, other]);
}

#[test]
fn the_parent_adds_after_the_join_of_the_tasks() {
    let mut story = Story::new();
    let (value, queue) = (story.value("contador", 0), story.queue("tareas", 2));
    let child = story.start(P0, "trabajador");
    story.put(P0, queue, "").take(child, queue).add(child, value, 1).task_done(child, queue);
    story.join_queue(P0, queue).add(P0, value, 1);
    keeps_apart(story, &[child]);
}

#[test]
fn the_task_is_done_before_the_child_adds() {
    let mut story = Story::new();
    let (value, queue) = (story.value("contador", 0), story.queue("tareas", 2));
    let child = story.start(P0, "trabajador");
    story.put(P0, queue, "").take(child, queue).task_done(child, queue).add(child, value, 1);
    story.join_queue(P0, queue).add(P0, value, 1);
    loses(story, &[child]);
}
