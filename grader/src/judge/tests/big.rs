//! Long runs: the work of the judge grows with what happened, not with its square.
//!
//! The limits are far above what it takes, and far below what a square of so many events would. They are of CPU time, to
//! which a busy machine adds little.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

use super::story::{P0, Story};
use super::{every_claim, verdict, verdicts};
use crate::course::Claim;
use crate::judge::finding::{Finding, Verdict};
use crate::run::Ending;

const ENOUGH: Duration = Duration::from_secs(10);

/// CPU time of this thread so far.
fn cpu_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("every thread has one").into()
}

/// Every claim about a story, in the time that is given.
#[track_caller]
fn judged(mut story: Story) -> Vec<Verdict> {
    story.result("n", 2).result("veces", 1).result("total", 1).result("esperado", 1);
    let run = story.run();
    let before = cpu_time();
    let found = verdicts(&every_claim(), &run);
    let taken = cpu_time() - before;
    assert!(taken < ENOUGH, "{taken:?}");
    found
}

#[test]
fn twenty_thousand_events_under_one_lock() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let children: [usize; 5] = story.start_some();
    for round in 0..5_000 {
        story.add_locked(children[round % 5], value, lock, 1);
    }
    story.finish_all(&children);
    assert_eq!(judged(story)[2], Verdict::Kept, "no race");
}

#[test]
fn a_hundred_thousand_looks_at_one_value() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let [one, other] = story.start_some();
    for _ in 0..50_000 {
        story.get(P0, value).line(10).get(one, value).line(10);
    }
    story.add(one, value, 1).add(other, value, 1).finish_all(&[one, other]);
    assert!(matches!(judged(story)[2], Verdict::Broken(Finding::LostUpdate { .. })));
}

#[test]
fn a_hundred_thousand_messages_through_a_small_queue() {
    let mut story = Story::new();
    let (queue, output) = (story.queue("cola", 4), story.output("salida", 9));
    let [producer, consumer] = story.start_some();
    for _ in 0..50_000 {
        story.put(producer, queue, "Dato").take(consumer, queue);
    }
    story.put(consumer, output, "").finish_all(&[producer, consumer]);
    assert_eq!(judged(story)[6], Verdict::Kept, "by children");
}

#[test]
fn four_hundred_processes_that_share_a_lock() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let children: Vec<usize> = (0..400).map(|_| story.start(P0, "tarea")).collect();
    for _ in 0..10 {
        for child in children.iter().rev() {
            story.add_locked(*child, value, lock, 1);
        }
    }
    story.finish_all(&children);
    assert_eq!(judged(story)[2], Verdict::Kept, "no race");
}

#[test]
fn three_hundred_processes_one_after_another() {
    let mut story = Story::new();
    for _ in 0..300 {
        let child = story.start(P0, "tarea");
        story.done(child).join(P0, child);
    }
    assert!(matches!(judged(story)[9], Verdict::Broken(Finding::OneAfterAnother { together: 1, .. })));
}

#[test]
fn thousands_of_values_and_locks() {
    let mut story = Story::new();
    let children: [usize; 2] = story.start_some();
    for _ in 0..3_000 {
        let (value, lock) = (story.value("v", 0), story.lock("l"));
        story.add_locked(children[0], value, lock, 1).add_locked(children[1], value, lock, 1);
    }
    story.finish_all(&children);
    assert_eq!(judged(story)[2], Verdict::Kept, "no race");
}

#[test]
fn two_hundred_processes_that_wait_for_one_lock() {
    let mut story = Story::new();
    let (value, lock) = (story.value("contador", 0), story.lock("lock"));
    let children: Vec<usize> = (0..200).map(|_| story.start(P0, "tarea")).collect();
    for child in &children {
        for _ in 0..50 {
            story.add_locked(*child, value, lock, 1);
        }
    }
    story.acquire(P0, lock);
    for child in &children {
        story.stuck(*child, procesos_trace::Op::LockAcquire, Some(lock), 15);
    }
    story.stuck_in_join(P0, children[0], 30);
    let run = story.cut(Ending::NoProgress);
    let before = cpu_time();
    assert!(matches!(verdict(&Claim::Ends, &run), Verdict::Broken(Finding::Deadlock { .. })));
    assert!(cpu_time() - before < ENOUGH);
}
