//! `ends`: of several processes that failed, the one whose failure came first, and why it failed.

use procesos_trace::{Op, Outcome};

use super::story::{P0, Story, at};
use super::{assert_kept, broken};
use crate::course::Claim;
use crate::judge::finding::Finding;
use crate::run::{Ending, Place, Run};

/// The failed operation of a finding.
type Failed = Option<(Op, Outcome, Option<Place>)>;

#[track_caller]
fn in_error(run: &Run) -> (String, i32, String, Failed) {
    match broken(&Claim::Ends, run) {
        Finding::EndedInError { who, code, message, operation, .. } => (who.id, code, message, operation),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_childs_error_is_told_in_its_own_words() {
    let mut story = Story::new();
    let child = story.start(P0, "productor-1");
    story.complain(child, "depuración: empiezo\n").complain(P0, "otra cosa\n");
    story.complain(child, "productor-1: no hay más papel\ncon detalles\n").exit(child, 1).join(P0, child);
    let (who, code, message, operation) = in_error(&story.run());
    assert_eq!((who.as_str(), code, message.as_str()), ("P1", 1, "productor-1: no hay más papel"));
    assert_eq!(operation, None);
}

#[test]
fn without_its_name_the_last_line_tells() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.complain(child, "uno\ndos\n\n").join_with(P0, child, 7);
    assert_eq!(in_error(&story.run()), ("P1".into(), 7, "dos".into(), None));
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.join_with(P0, child, 7);
    assert_eq!(in_error(&story.run()).2, "");
}

#[test]
fn the_operation_by_which_it_ended_is_told() {
    let mut story = Story::new();
    let (_, there) = story.pipe();
    let child = story.start(P0, "hijo");
    story
        .fail(child, Op::Recv, there, Outcome::Eof)
        .line(11)
        .close(child, there)
        .exit(child, 1)
        .join(P0, child);
    assert_eq!(in_error(&story.run()).3, Some((Op::Recv, Outcome::Eof, Some(at(11)))));
}

#[test]
fn an_operation_after_which_it_went_on_is_not_why_it_ended() {
    let mut story = Story::new();
    let ((_, there), queue) = (story.pipe(), story.queue("cola", 1));
    let child = story.start(P0, "hijo");
    story.fail(child, Op::Recv, there, Outcome::Eof).put(child, queue, "").exit(child, 1).join(P0, child);
    assert_eq!(in_error(&story.run()).3, None);
}

#[test]
fn a_limit_that_passed_is_no_failed_operation() {
    let mut story = Story::new();
    let queue = story.queue("cola", 1);
    let child = story.start(P0, "hijo");
    story.fail(child, Op::QueueGet, queue, Outcome::TimedOut).exit(child, 1).join(P0, child);
    assert_eq!(in_error(&story.run()).3, None);
}

#[test]
fn a_lock_that_it_already_held_is_told_with_where_it_was_taken() {
    let mut story = Story::new();
    let (lock, other) = (story.lock("lock"), story.lock("otro"));
    let child = story.start(P0, "tarea");
    story.acquire(child, other).line(12).acquire(child, lock).line(13);
    story.fail(child, Op::LockAcquire, lock, Outcome::AlreadyHeld).line(15);
    story.release(child, lock).release(child, other).exit(child, 1).join(P0, child);
    match broken(&Claim::Ends, &story.run()) {
        Finding::EndedInError { operation, taken_at, .. } => {
            assert_eq!(operation, Some((Op::LockAcquire, Outcome::AlreadyHeld, Some(at(15)))));
            assert_eq!(taken_at, Some(at(13)));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_drivers_own_error_is_the_first_processes() {
    let mut story = Story::new();
    story.run.ending = Ending::Exited(1);
    story.complain(P0, "hace falta n >= 1\n");
    assert_eq!(in_error(&story.run()), ("P0".into(), 1, "hace falta n >= 1".into(), None));
}

#[test]
fn a_panic_is_told_with_its_place_and_message() {
    for p in [0, 1] {
        let mut story = Story::new();
        let child = story.start(P0, "tarea");
        story.panic(p, "índice 4").line(20);
        if p == P0 {
            story.done(child);
            story.run.ending = Ending::Exited(101);
        } else {
            story.exit(child, 101);
        }
        match broken(&Claim::Ends, &story.run()) {
            Finding::Panicked { who, place, message } => {
                assert_eq!(who.id, format!("P{p}"));
                assert_eq!((place, message.as_str()), (Some(at(20)), "índice 4"));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_signal_is_told_by_its_number() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.join_with(P0, child, -11);
    assert!(matches!(broken(&Claim::Ends, &story.run()), Finding::EndedBySignal { signal: 11, .. }));
    let run = Story::new().cut(Ending::Signalled(6));
    let Finding::EndedBySignal { who, signal: 6 } = broken(&Claim::Ends, &run) else { panic!("a signal") };
    assert!(who.first);
}

#[test]
fn the_child_that_failed_comes_before_the_parent_that_says_so() {
    let mut story = Story::new();
    let [one, other] = story.start_some();
    story.done(one).panic(other, "¡ay!").exit(other, 101).join(P0, one).join(P0, other);
    story.run.ending = Ending::Exited(1);
    let Finding::Panicked { who, .. } = broken(&Claim::Ends, &story.run()) else { panic!("a panic") };
    assert_eq!(who.id, "P2");
}

#[test]
fn the_owner_that_died_comes_before_those_that_found_its_lock() {
    let mut story = Story::new();
    let lock = story.lock("lock");
    let [victim, culprit] = story.start_some();
    story.acquire(culprit, lock).panic(culprit, "¡ay!").exit(culprit, 101);
    story.acquire(victim, lock).event().outcome = Outcome::OwnerDied;
    story.release(victim, lock).exit(victim, 1).join(P0, victim).join(P0, culprit);
    let Finding::Panicked { who, .. } = broken(&Claim::Ends, &story.run()) else { panic!("a panic") };
    assert_eq!(who.id, "P2");
}

#[test]
fn the_one_that_hung_up_comes_before_the_one_that_could_not_send() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let [sender, other] = story.start_some();
    story.panic(other, "¡ay!").close(other, there).exit(other, 101);
    story.fail(sender, Op::Send, here, Outcome::BrokenPipe).exit(sender, 1).join(P0, sender).join(P0, other);
    assert!(matches!(broken(&Claim::Ends, &story.run()), Finding::Panicked { .. }));
}

#[test]
fn the_parent_that_failed_comes_before_the_children_that_it_left_alone() {
    let mut story = Story::new();
    let ((here, there), lock) = (story.pipe(), story.lock("lock"));
    let child = story.start(P0, "hijo");
    story.acquire(P0, lock).fail(P0, Op::LockAcquire, lock, Outcome::AlreadyHeld).line(9);
    story.release(P0, lock).close(P0, here);
    story.fail(child, Op::Recv, there, Outcome::Eof).exit(child, 1).join_by_library(P0, child);
    story.run.ending = Ending::Exited(1);
    let (who, _, _, operation) = in_error(&story.run());
    assert_eq!((who.as_str(), operation), ("P0", Some((Op::LockAcquire, Outcome::AlreadyHeld, Some(at(9))))));
}

/// Whoever happened to be faster: the finding is the same.
#[test]
fn of_two_that_have_nothing_to_do_with_each_other_the_first_one_started_is_told() {
    for order in [[1, 2], [2, 1]] {
        let mut story = Story::new();
        let _: [usize; 2] = story.start_some();
        for p in order {
            story.exit(p, 1);
        }
        story.join(P0, order[0]).join(P0, order[1]);
        assert_eq!(in_error(&story.run()).0, "P1");
    }
}

#[test]
fn who_had_the_lock_first_did_not_cause_the_failure_of_the_next_one() {
    let mut story = Story::new();
    let lock = story.lock("lock");
    let [one, other] = story.start_some();
    for p in [other, one] {
        story.acquire(p, lock).fail(p, Op::LockAcquire, lock, Outcome::AlreadyHeld).release(p, lock);
        story.exit(p, 1);
    }
    story.join(P0, one).join(P0, other);
    assert_eq!(in_error(&story.run()).0, "P1");
}

#[test]
fn a_panic_that_tells_of_a_closed_end_is_felt_too() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let [listener, speaker] = story.start_some();
    story.panic(speaker, "¡ay!").close(speaker, there).exit(speaker, 101);
    story.fail(listener, Op::Recv, here, Outcome::Eof).panic(listener, "unwrap").exit(listener, 101);
    story.join(P0, listener).join(P0, speaker);
    let Finding::Panicked { who, .. } = broken(&Claim::Ends, &story.run()) else { panic!("a panic") };
    assert_eq!(who.id, "P2");
}

#[test]
fn an_end_that_somebody_else_closed_is_not_felt() {
    let mut story = Story::new();
    let (here, there) = story.pipe();
    let [listener, other] = story.start_some();
    story.close(P0, there).fail(listener, Op::Recv, here, Outcome::Eof).exit(listener, 1).exit(other, 1);
    story.join(P0, listener).join(P0, other);
    assert_eq!(in_error(&story.run()).0, "P1");
}

#[test]
fn a_child_goes_before_the_parent_that_has_nothing_to_do_with_it() {
    let mut story = Story::new();
    let (here, _) = story.pipe();
    let child = story.start(P0, "tarea");
    story.fail(P0, Op::Recv, here, Outcome::Failed).exit(child, 1).join_by_library(P0, child);
    story.run.ending = Ending::Exited(1);
    assert_eq!(in_error(&story.run()).0, "P1");
}

#[test]
fn slots_do_not_decide_but_paths() {
    let mut story = Story::new();
    let [first, second] = story.start_some();
    // The second one's child was entered in the table before the first one's.
    let nephews = [story.start(second, "sobrina"), story.start(first, "sobrino")];
    for p in nephews {
        story.exit(p, 1);
    }
    story.done(first).done(second);
    assert_eq!(in_error(&story.run()).0, "P1.1");
}

#[test]
fn a_failure_comes_before_the_standstill_that_it_left_behind() {
    let mut story = Story::new();
    let queue = story.queue("cola", 1);
    let [producer, consumer] = story.start_some();
    story.panic(producer, "¡ay!").exit(producer, 101).stuck(consumer, Op::QueueGet, Some(queue), 27);
    story.stuck_in_join(P0, consumer, 40);
    let found = broken(&Claim::Ends, &story.cut(Ending::NoProgress));
    assert!(matches!(found, Finding::Panicked { .. }), "{found:?}");
}

#[test]
fn those_that_the_grader_ended_did_not_fail() {
    let mut story = Story::new();
    let queue = story.queue("cola", 1);
    let child = story.start(P0, "tarea");
    story.stuck(child, Op::QueueGet, Some(queue), 27).stuck_in_join(P0, child, 40);
    let found = broken(&Claim::Ends, &story.cut(Ending::NoProgress));
    assert!(matches!(found, Finding::Deadlock { .. }), "{found:?}");
}

#[test]
fn a_process_that_never_was_did_not_fail() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.run.trace.processes[child].exists = false;
    assert_kept(&Claim::Ends, &story.run());
}

#[test]
fn whom_the_grader_killed_did_not_fail_nor_whoever_returned_an_error_for_it() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.join_with(P0, child, -9);
    story.run.killed = Some(child);
    assert_kept(&Claim::Ends, &story.run());
}

#[test]
fn a_panic_is_no_way_to_cope_with_a_killed_one() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.join_with(P0, child, -9).panic(P0, "¡ay!");
    story.run.killed = Some(child);
    story.run.ending = Ending::Exited(101);
    let found = broken(&Claim::Ends, &story.run());
    assert!(matches!(found, Finding::Panicked { .. }), "{found:?}");
}

#[test]
fn others_may_fail_for_their_own_reasons_beside_a_killed_one() {
    let mut story = Story::new();
    let [killed, other] = story.start_some();
    story.join_with(P0, killed, -9).exit(other, 3).join_with(P0, other, 3);
    story.run.killed = Some(killed);
    assert_eq!(in_error(&story.run()).0, "P2");
}
