//! More happened than the trace holds: absence proves nothing, but what does not rest on the trace stands.

use procesos_trace::{Op, Outcome};
use serde_json::json;

use super::story::{P0, Story};
use super::{every_claim, no_race, right_result, verdict};
use crate::course::Claim;
use crate::judge::finding::{Finding, Unseen, Verdict};
use crate::run::Run;

const UNSEEN: Verdict = Verdict::Unseen(Unseen::Truncated);

/// A run of two children that would keep every claim, with the trace cut off.
fn full(change: impl FnOnce(&mut Story)) -> Run {
    let mut story = Story::new();
    let children: [usize; 2] = story.start_some();
    story.finish_all(&children).result("n", 2).result("total", 4).result("esperado", 4);
    story.result("lista", json!([1, 2])).result("esperada", json!([2, 1])).result("listas", json!([[1, 2]]));
    story.print(children[0], "hola\n").print(children[1], "hola\n");
    change(&mut story);
    let mut run = story.run();
    run.trace.truncated = true;
    run
}

#[test]
fn what_does_not_rest_on_the_trace_stands() {
    let run = full(|_| ());
    let lists = Claim::SameItems { name: "lista".into(), expected: "esperada".into() };
    let growing = Claim::Increasing { name: "listas".into() };
    for claim in [Claim::Ends, right_result(), lists, growing, Claim::Processes { at_least: "n".into() }] {
        assert_eq!(verdict(&claim, &run), Verdict::Kept, "{}", claim.name());
    }
}

#[test]
fn what_rests_on_it_is_unseen() {
    let run = full(|_| ());
    let stands = ["ends", "result", "same_items", "increasing", "processes"];
    for claim in every_claim().iter().filter(|claim| !stands.contains(&claim.name())) {
        assert_eq!(verdict(claim, &run), UNSEEN, "{}", claim.name());
    }
    assert_eq!(verdict(&no_race(), &run), UNSEEN);
}

#[test]
fn a_wrong_result_is_wrong() {
    let run = full(|story| {
        story.result("total", 3);
    });
    assert!(matches!(verdict(&right_result(), &run), Verdict::Broken(Finding::WrongResult { .. })));
}

#[test]
fn fewer_children_than_asked_may_be_more() {
    let run = full(|story| {
        story.result("n", 3);
    });
    assert_eq!(verdict(&Claim::Processes { at_least: "n".into() }, &run), UNSEEN);
}

#[test]
fn the_end_of_the_driver_is_known_though_its_event_did_not_fit() {
    let mut run = full(|_| ());
    run.trace.processes[P0].events.truncate(4);
    assert_eq!(verdict(&Claim::Ends, &run), Verdict::Kept);
}

#[test]
fn a_failure_that_is_known_is_a_failure() {
    let run = full(|story| {
        let child = story.start(P0, "tarea");
        story.exit(child, 1);
    });
    assert!(matches!(verdict(&Claim::Ends, &run), Verdict::Broken(Finding::EndedInError { .. })));
}

/// An endless loop with a lock: the first victim cannot say why it failed, its last words did not fit.
#[test]
fn who_used_up_its_time_is_surer_than_an_error_without_a_reason() {
    let run = |truncated, told: fn(&mut Story, usize)| {
        let mut story = Story::new();
        let [victim, culprit] = story.start_some();
        told(&mut story, victim);
        story.exit(victim, 1).join(P0, victim).join_with(P0, culprit, -24);
        let mut run = story.run();
        run.trace.truncated = truncated;
        verdict(&Claim::Ends, &run)
    };
    let silent = |_: &mut Story, _| ();
    assert!(matches!(run(true, silent), Verdict::Broken(Finding::CpuLimit { .. })));
    assert!(matches!(run(false, silent), Verdict::Broken(Finding::EndedInError { .. })));
    let told = run(true, |story, victim| {
        let lock = story.lock("lock");
        story.fail(victim, Op::LockAcquire, lock, Outcome::AlreadyHeld);
    });
    assert!(matches!(told, Verdict::Broken(Finding::EndedInError { .. })));
}

#[test]
fn a_panic_is_surer_than_one_that_used_up_its_time() {
    let mut story = Story::new();
    let [spinner, culprit] = story.start_some();
    story.panic(culprit, "¡ay!").exit(culprit, 101).join_with(P0, spinner, -24).join(P0, culprit);
    let mut run = story.run();
    run.trace.truncated = true;
    assert!(matches!(verdict(&Claim::Ends, &run), Verdict::Broken(Finding::Panicked { .. })));
}

#[test]
fn an_end_that_nobody_told_may_be_a_failure() {
    let run = full(|story| {
        story.start(P0, "tarea");
    });
    assert_eq!(verdict(&Claim::Ends, &run), UNSEEN);
}
