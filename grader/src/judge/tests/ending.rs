//! `ends`: whether the run came to a proper end, and what the other claims become when it did not.

use std::time::Duration;

use procesos_trace::layout::MAX_PROCESSES;
use procesos_trace::{Op, Outcome};

use super::story::{P0, Story, at};
use super::{assert_kept, broken, every_claim, verdict, verdicts};
use crate::course::Claim;
use crate::judge::finding::{Finding, Unseen, Verdict};
use crate::run::{Ending, Process, Run};

#[test]
fn children_that_end_in_order_are_no_problem() {
    let mut story = Story::new();
    let children: [usize; 3] = story.start_some();
    story.finish_all(&children);
    assert_kept(&Claim::Ends, &story.run());
}

#[test]
fn an_exit_by_the_childs_own_hand_with_code_0_is_an_end_in_order() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.join_with(P0, child, 0);
    assert_kept(&Claim::Ends, &story.run());
}

#[test]
fn leaving_before_the_driver_is_done_is_ending_early() {
    let run = Story::new().cut(Ending::Exited(0));
    assert_eq!(broken(&Claim::Ends, &run), Finding::EndedEarly { code: 0 });
    let run = Story::new().cut(Ending::Exited(3));
    assert_eq!(broken(&Claim::Ends, &run), Finding::EndedEarly { code: 3 });
}

#[test]
fn the_drivers_last_word_is_enough() {
    let mut story = Story::new();
    story.finish();
    story.run.trace.processes[P0].exit_code = None;
    assert_kept(&Claim::Ends, &story.cut(Ending::Exited(0)));
}

#[test]
fn limits_of_the_grader_are_told_as_such() {
    let found = |ending| broken(&Claim::Ends, &Story::new().cut(ending));
    assert_eq!(found(Ending::OutputLimit), Finding::OutputLimit);
    assert_eq!(found(Ending::ProcessLimit), Finding::TooManyProcesses);
    assert_eq!(found(Ending::MemoryLimit), Finding::MemoryLimit { megabytes: 512 });
}

#[test]
fn a_full_table_of_processes_is_a_fork_bomb_whatever_failed_besides() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.exit(child, 1).join(P0, child);
    let mut run = story.run();
    run.trace.processes.resize(MAX_PROCESSES, Process::default());
    assert_eq!(broken(&Claim::Ends, &run), Finding::TooManyProcesses);
}

#[test]
fn a_wall_limit_makes_every_claim_unseen() {
    let run = Story::new().cut(Ending::WallLimit);
    for found in verdicts(&every_claim(), &run) {
        assert_eq!(found, Verdict::Unseen(Unseen::WallLimit { seconds: 60 }));
    }
}

#[test]
fn a_process_that_failed_is_told_though_the_wall_limit_came() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.panic(child, "¡ay!").line(5).exit(child, 101);
    let expected = Finding::Panicked {
        who: crate::judge::Who { id: "P1".into(), name: "tarea".into(), first: false },
        place: Some(at(5)),
        message: "¡ay!".into(),
    };
    assert_eq!(broken(&Claim::Ends, &story.cut(Ending::WallLimit)), expected);
}

#[test]
fn what_a_bad_end_hides_is_unseen_for_that_reason() {
    let run = Story::new().cut(Ending::Exited(0));
    for (claim, found) in every_claim().iter().zip(verdicts(&every_claim(), &run)).skip(1) {
        let reason = Box::new(Finding::EndedEarly { code: 0 });
        assert_eq!(found, Verdict::Unseen(Unseen::DidNotEnd(reason)), "{}", claim.name());
    }
}

/// A child reaches a `todo!()`.
fn pending(message: &str) -> Run {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.panic(child, message).line(31);
    story.event().place.as_mut().expect("a place").function = Some("incrementar".into());
    story.exit(child, 101).join(P0, child);
    story.run()
}

#[test]
fn a_todo_makes_every_claim_pending_and_names_the_function() {
    for message in ["not yet implemented", "not yet implemented: sumar"] {
        for found in verdicts(&every_claim(), &pending(message)) {
            let Verdict::Pending { function, place } = found else { panic!("{found:?}") };
            assert_eq!(function.as_deref(), Some("incrementar"));
            assert_eq!(place.map(|place| place.line), Some(31));
        }
    }
}

#[test]
fn another_panic_is_no_todo() {
    let found = verdict(&Claim::Ends, &pending("not implemented: sumar"));
    assert!(matches!(found, Verdict::Broken(Finding::Panicked { .. })), "{found:?}");
}

#[test]
fn of_several_todos_the_one_of_the_first_process_is_named() {
    let mut story = Story::new();
    let children: [usize; 2] = story.start_some();
    story.panic(children[1], "not yet implemented").line(8);
    story.panic(children[0], "not yet implemented").line(9);
    let Verdict::Pending { place, .. } = verdict(&Claim::Ends, &story.run()) else { panic!("pending") };
    assert_eq!(place, Some(at(9)));
}

#[test]
fn too_much_cpu_time_names_what_was_asked_in_vain() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    for _ in 0..1500 {
        story.is_alive(P0, child, true).line(29);
    }
    let run = story.cut(Ending::Signalled(24));
    match broken(&Claim::Ends, &run) {
        Finding::CpuLimit { seconds: 3, polled: Some((op, count, who, place)) } => {
            assert_eq!((op, count, who.first, place), (Op::IsAlive, 1500, true, Some(at(29))));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn too_much_cpu_time_is_told_of_the_process_that_used_it() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    for _ in 0..1500 {
        story.is_alive(P0, child, true);
    }
    story.join_with(P0, child, -24);
    // The parent asked often, but it was the child that ran out of time, without asking for anything.
    assert_eq!(broken(&Claim::Ends, &story.run()), Finding::CpuLimit { seconds: 3, polled: None });
}

#[test]
fn adding_without_end_is_not_asking() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    for _ in 0..1500 {
        story.add(P0, value, 1);
    }
    let run = story.cut(Ending::Signalled(24));
    assert_eq!(broken(&Claim::Ends, &run), Finding::CpuLimit { seconds: 3, polled: None });
}

#[test]
fn reading_again_and_again_without_writing_is_asking() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    for _ in 0..1500 {
        story.get(P0, value).line(7);
    }
    story.add(P0, value, 1);
    match broken(&Claim::Ends, &story.cut(Ending::Signalled(24))) {
        Finding::CpuLimit { polled: Some((op, count, ..)), .. } => {
            assert_eq!((op, count), (Op::ValueGet, 1500));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn looking_into_an_empty_queue_again_and_again_is_asking() {
    let mut story = Story::new();
    let queue = story.queue("cola", 9);
    for _ in 0..1500 {
        story.is_empty(P0, queue, true);
    }
    let found = broken(&Claim::Ends, &story.cut(Ending::Signalled(24)));
    let Finding::CpuLimit { polled: Some((op, 1500, ..)), .. } = found else { panic!("{found:?}") };
    assert_eq!(op, Op::QueueIsEmpty);
}

#[test]
fn what_worked_was_not_asked_in_vain() {
    let mut story = Story::new();
    let (lock, queue) = (story.lock("lock"), story.queue("cola", 9));
    for _ in 0..1500 {
        story.acquire(P0, lock).release(P0, lock).put(P0, queue, "").take(P0, queue);
    }
    let run = story.cut(Ending::Signalled(24));
    assert_eq!(broken(&Claim::Ends, &run), Finding::CpuLimit { seconds: 3, polled: None });
}

#[test]
fn trying_a_busy_lock_or_an_empty_queue_again_and_again_is_asking() {
    for op in [Op::LockAcquire, Op::QueueGet, Op::QueuePut] {
        let mut story = Story::new();
        let object = story.lock("objeto");
        for _ in 0..1500 {
            story.fail(P0, op, object, Outcome::WouldBlock);
        }
        match broken(&Claim::Ends, &story.cut(Ending::Signalled(24))) {
            Finding::CpuLimit { polled: Some((found, 1500, ..)), .. } => assert_eq!(found, op),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_signal_after_too_much_cpu_time_is_known_by_the_time_used() {
    let run = |cpu_time| {
        let mut run = Story::new().cut(Ending::Signalled(9));
        run.cpu_time = Duration::from_millis(cpu_time);
        broken(&Claim::Ends, &run)
    };
    assert_eq!(run(4000), Finding::CpuLimit { seconds: 3, polled: None });
    assert!(matches!(run(2000), Finding::EndedBySignal { signal: 9, .. }));
}

#[test]
fn who_waits_for_one_that_ran_out_of_cpu_time_is_not_to_blame() {
    let stuck = |cpu_time| {
        let mut story = Story::new();
        let queue = story.queue("cola", 1);
        story.start(P0, "tarea");
        story.stuck(P0, Op::QueueGet, Some(queue), 12);
        let mut run = story.cut(Ending::NoProgress);
        run.cpu_time = Duration::from_millis(cpu_time);
        broken(&Claim::Ends, &run)
    };
    assert!(matches!(stuck(2990), Finding::CpuLimit { .. }));
    assert!(matches!(stuck(20), Finding::Deadlock { .. }));
}
