//! `ends`: whether the run came to a proper end, and what the other claims become when it did not.

use procesos_trace::layout::MAX_PROCESSES;

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
