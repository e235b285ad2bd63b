//! `locks_released`: whoever took a lock freed it before ending.

use procesos_trace::{Op, Outcome};

use super::story::{P0, Story, at};
use super::{assert_kept, assert_vacuous, broken};
use crate::course::Claim;
use crate::judge::finding::Finding;
use crate::judge::locks::{Hold, Holds};

#[test]
fn taken_and_freed_is_right() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    story.add_locked(one, value, lock, 1).add_locked(other, value, lock, 1).add_locked(one, value, lock, 1);
    assert_kept(&Claim::LocksReleased, &story.run());
}

#[test]
fn a_lock_kept_to_the_end_is_told_with_the_line_that_took_it() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let [one, other] = story.start_some();
    story.add_locked(one, value, lock, 1).acquire(other, lock).line(15).add(other, value, 1).done(other);
    match broken(&Claim::LocksReleased, &story.run()) {
        Finding::LockKept { who, place } => assert_eq!((who.id.as_str(), place), ("P2", Some(at(15)))),
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_several_the_first_one_started_is_named() {
    let mut story = Story::new();
    let (one_lock, other_lock) = (story.lock("uno"), story.lock("otro"));
    let [one, other] = story.start_some();
    story.acquire(other, other_lock).acquire(one, one_lock);
    let Finding::LockKept { who, .. } = broken(&Claim::LocksReleased, &story.run()) else { panic!("kept") };
    assert_eq!(who.id, "P1");
}

#[test]
fn freeing_another_lock_does_not_free_this_one() {
    let mut story = Story::new();
    let (lock, other) = (story.lock("lock"), story.lock("otro"));
    story.acquire(P0, lock).acquire(P0, other).release(P0, other);
    assert!(matches!(broken(&Claim::LocksReleased, &story.run()), Finding::LockKept { .. }));
}

#[test]
fn a_lock_taken_over_from_a_dead_owner_has_to_be_freed_too() {
    let mut story = Story::new();
    let lock = story.lock("lock");
    story.acquire(P0, lock).event().outcome = Outcome::OwnerDied;
    assert!(matches!(broken(&Claim::LocksReleased, &story.run()), Finding::LockKept { .. }));
}

#[test]
fn without_any_lock_there_is_nothing_to_free() {
    assert_vacuous(&Claim::LocksReleased, &Story::new().run());
    let mut story = Story::new();
    let lock = story.lock("lock");
    story.fail(P0, Op::LockAcquire, lock, Outcome::WouldBlock);
    assert_vacuous(&Claim::LocksReleased, &story.run());
}

#[test]
fn what_is_held_at_a_moment_is_what_was_taken_before_and_is_freed_later() {
    let mut story = Story::new();
    let (outer, inner) = (story.lock("fuera"), story.lock("dentro"));
    let before = story.sleep(P0).last().1;
    let from = story.acquire(P0, outer).last().1;
    story.acquire(P0, inner).release(P0, inner);
    let in_between = story.sleep(P0).last().1;
    let inside = [story.acquire(P0, inner).last().1, story.sleep(P0).last().1];
    let inner_until = story.release(P0, inner).last().1;
    let until = story.release(P0, outer).last().1;
    let after = story.sleep(P0).last().1;
    let holds = Holds::of(&story.run.trace.processes[P0]);
    let at = |index| holds.at(index).collect::<Vec<_>>();
    let outer = Hold { lock: outer, from, until };
    let inner = Hold { lock: inner, from: inside[0], until: inner_until };
    assert_eq!([at(before), at(after)], [Vec::new(), Vec::new()]);
    assert_eq!(at(in_between), [outer]);
    assert_eq!(at(inside[1]), [inner, outer]);
    assert_eq!(holds.last_before(after), Some(inner));
    assert_eq!(holds.kept(), []);
}
