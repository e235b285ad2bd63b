//! `ends`: a process that the program itself ended was ended in its work, unless it only looked.

use procesos_trace::Op;

use super::story::{P0, Story};
use super::{assert_kept, broken, right_result, verdicts};
use crate::course::Claim;
use crate::judge::finding::{Finding, Verdict};
use crate::run::Run;

/// A child that does something until it is ended.
fn ended(what: impl FnOnce(&mut Story, usize)) -> Run {
    let mut story = Story::new();
    let child = story.start(P0, "vigilante");
    what(&mut story, child);
    story.terminate(P0, child).join_with(P0, child, -15);
    story.run()
}

#[track_caller]
fn assert_ended_in_its_work(run: &Run) {
    let found = broken(&Claim::Ends, run);
    assert!(matches!(found, Finding::EndedBySignal { signal: 15, .. }), "{found:?}");
}

#[test]
fn one_that_shows_progress_may_be_dismissed() {
    let run = ended(|story, child| {
        let value = story.value("contador", 0);
        story.get(child, value).sleep(child).get(child, value).sleep(child);
    });
    assert_kept(&Claim::Ends, &run);
}

#[test]
fn one_that_looks_under_a_lock_may_be_dismissed_when_it_does_not_hold_it() {
    let looks = |p: usize, story: &mut Story, frees: bool| {
        let (value, lock) = (story.value("contador", 0), story.lock("lock"));
        story.acquire(p, lock).get(p, value);
        if frees {
            story.release(p, lock);
        }
    };
    assert_kept(&Claim::Ends, &ended(|story, child| looks(child, story, true)));
    assert_ended_in_its_work(&ended(|story, child| looks(child, story, false)));
}

#[test]
fn one_that_waits_for_a_lock_was_at_work() {
    let run = ended(|story, child| {
        let (value, lock) = (story.value("contador", 0), story.lock("lock"));
        story.get(child, value).stuck(child, Op::LockAcquire, Some(lock), 9);
    });
    assert_ended_in_its_work(&run);
}

#[test]
fn one_that_was_asleep_may_be_dismissed() {
    let run = ended(|story, child| {
        let queue = story.queue("cola", 1);
        story.is_empty(child, queue, true).stuck(child, Op::Sleep, None, 9);
    });
    assert_kept(&Claim::Ends, &run);
}

#[test]
fn one_that_asks_whether_something_came_may_be_dismissed() {
    let run = ended(|story, child| {
        let (_, there) = story.pipe();
        story.fail(child, Op::Poll, there, procesos_trace::Outcome::WouldBlock);
        story.result("total", 3).result("esperado", 4);
    });
    assert_eq!(verdicts(&[right_result(), Claim::Ends], &run).remove(1), Verdict::Kept);
}

#[test]
fn one_that_changed_something_was_at_work() {
    let run = ended(|story, child| {
        let value = story.value("contador", 0);
        story.add(child, value, 1);
    });
    assert_ended_in_its_work(&run);
}

#[test]
fn one_that_got_messages_was_at_work() {
    let run = ended(|story, child| {
        let queue = story.queue("cola", 1);
        story.put(P0, queue, "").take(child, queue);
    });
    assert_ended_in_its_work(&run);
}

#[test]
fn one_that_waits_for_a_message_was_at_work() {
    let run = ended(|story, child| {
        let queue = story.queue("cola", 1);
        story.is_empty(child, queue, true).stuck(child, Op::QueueGet, Some(queue), 9);
    });
    assert_ended_in_its_work(&run);
}

#[test]
fn one_that_had_done_nothing_yet_may_be_dismissed_when_nothing_is_missing() {
    let found = |total: u64, begun: bool| {
        let run = ended(|story, child| {
            story.result("total", total).result("esperado", 4);
            if !begun {
                story.run.trace.processes[child].events.clear();
            }
        });
        verdicts(&[right_result(), Claim::Ends], &run).remove(1)
    };
    for begun in [true, false] {
        assert_eq!(found(4, begun), Verdict::Kept);
        assert!(matches!(found(3, begun), Verdict::Broken(Finding::EndedBySignal { .. })));
    }
}

#[test]
fn one_that_showed_progress_may_be_dismissed_whatever_came_out() {
    let run = ended(|story, child| {
        let value = story.value("contador", 0);
        story.get(child, value).result("total", 3).result("esperado", 4);
    });
    assert_eq!(verdicts(&[right_result(), Claim::Ends], &run).remove(1), Verdict::Kept);
}

#[test]
fn one_that_only_looked_and_was_ended_by_somebody_else_failed() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "vigilante");
    story.get(child, value).join_with(P0, child, -15);
    assert_ended_in_its_work(&story.run());
}

#[test]
fn one_that_was_told_to_end_and_ended_by_another_signal_failed() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let child = story.start(P0, "vigilante");
    story.get(child, value).terminate(P0, child).join_with(P0, child, -11);
    assert!(matches!(broken(&Claim::Ends, &story.run()), Finding::EndedBySignal { signal: 11, .. }));
}
