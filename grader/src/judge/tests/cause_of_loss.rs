//! Why an update can be lost: each wrong way of locking gets its own cause, on its own line.

use procesos_trace::{ObjectId, Op, Outcome};

use super::story::{P0, Story, at};
use super::{broken, no_race};
use crate::judge::finding::{Finding, LostCause};

fn cause(mut story: Story) -> LostCause {
    story.result_is_last_write();
    match broken(&no_race(), &story.run()) {
        Finding::LostUpdate { cause, .. } => cause,
        other => panic!("{other:?}"),
    }
}

/// Two children that do the same with a value and a lock.
fn both(what: impl Fn(&mut Story, usize, ObjectId, ObjectId)) -> Story {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    what(&mut story, one, value, lock);
    what(&mut story, other, value, lock);
    story.finish_all(&[one, other]);
    story
}

#[test]
fn nobody_took_a_lock() {
    let story = both(|story, p, value, _| {
        story.add(p, value, 1);
    });
    assert_eq!(cause(story), LostCause::NoLock);
}

#[test]
fn only_the_parent_took_the_lock() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    story.acquire(P0, lock);
    let [one, other] = story.start_some();
    story.release(P0, lock).add(one, value, 1).add(other, value, 1).finish_all(&[one, other]);
    assert_eq!(cause(story), LostCause::NoLock);
}

#[test]
fn the_lock_was_let_go_at_once() {
    let story = both(|story, p, value, lock| {
        story.acquire(p, lock).line(13).release(p, lock).line(13).add(p, value, 1);
    });
    assert_eq!(cause(story), LostCause::ReleasedAtOnce { place: Some(at(13)) });
}

#[test]
fn the_lock_was_let_go_at_once_and_the_value_looked_at_first() {
    let story = both(|story, p, value, lock| {
        story.acquire(p, lock).line(13).release(p, lock).get(p, value).add(p, value, 1);
    });
    assert_eq!(cause(story), LostCause::ReleasedAtOnce { place: Some(at(13)) });
}

#[test]
fn a_lock_long_before_the_update_is_not_the_one() {
    let story = both(|story, p, value, lock| {
        let queue = story.queue("cola", 9);
        story.acquire(p, lock).release(p, lock).put(p, queue, "").add(p, value, 1);
    });
    assert_eq!(cause(story), LostCause::NoLock);
}

#[test]
fn a_lock_that_guarded_something_else_is_not_the_one() {
    let story = both(|story, p, value, lock| {
        let other = story.value("otro", 0);
        story.acquire(p, lock).get(p, other).release(p, lock).add(p, value, 1);
    });
    assert_eq!(cause(story), LostCause::NoLock);
}

#[test]
fn a_lock_of_another_function_is_not_the_one() {
    let story = both(|story, p, value, lock| {
        story.acquire(p, lock);
        story.event().place.as_mut().expect("a place").function = Some("anunciar".into());
        story.release(p, lock).add(p, value, 1);
    });
    assert_eq!(cause(story), LostCause::NoLock);
}

#[test]
fn a_lock_that_was_busy_and_ignored_is_no_lock() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    story.acquire(one, lock).fail(other, Op::LockAcquire, lock, Outcome::WouldBlock);
    story.add(other, value, 1).add(one, value, 1).release(one, lock).finish_all(&[one, other]);
    let found = cause(story);
    assert!(matches!(found, LostCause::OtherWithoutLock { .. }), "{found:?}");
}

#[test]
fn the_lock_is_taken_after_the_update() {
    let story = both(|story, p, value, lock| {
        story.add(p, value, 1).acquire(p, lock).release(p, lock);
    });
    assert_eq!(cause(story), LostCause::NoLock);
}

#[test]
fn each_process_took_a_lock_of_its_own() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let locks = [story.lock("lock"), story.lock("lock"), story.lock("lock")];
    let screen = story.lock("pantalla");
    let made_at = story.known(locks[0]).made_at.clone();
    let children: [usize; 3] = story.start_some();
    for (p, lock) in children.into_iter().zip(locks) {
        story.acquire(p, screen).release(p, screen).add_locked(p, value, lock, 1);
    }
    story.finish_all(&children);
    // The lock around the messages is none of the three.
    assert_eq!(cause(story), LostCause::DifferentLocks { count: 3, made_at });
}

#[test]
fn the_read_is_outside() {
    let story = both(|story, p, value, lock| {
        story.get(p, value).acquire(p, lock).set(p, value, 1).release(p, lock);
    });
    assert_eq!(cause(story), LostCause::ReadOutside);
}

#[test]
fn the_write_is_outside() {
    let story = both(|story, p, value, lock| {
        story.acquire(p, lock).get(p, value).release(p, lock).set(p, value, 1);
    });
    assert_eq!(cause(story), LostCause::WriteOutside);
}

#[test]
fn the_lock_was_let_go_in_between() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    story.acquire(one, lock).get(one, value).release(one, lock).line(14);
    story.add_locked(other, value, lock, 1);
    story.acquire(one, lock).set(one, value, 1).release(one, lock);
    story.finish_all(&[one, other]);
    assert_eq!(cause(story), LostCause::ReleasedBetween { place: Some(at(14)) });
}

#[test]
fn the_other_one_takes_no_lock() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    story.add_locked(one, value, lock, 1).get(other, value).set(other, value, 2).line(21);
    story.finish_all(&[one, other]);
    assert_eq!(cause(story), LostCause::OtherWithoutLock { place: Some(at(21)) });
}
