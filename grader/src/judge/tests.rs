//! The judge, tested from data: every run here is written down as a [`story`], none is started.

mod adding;
mod big;
mod cause_of_loss;
mod children;
mod damaged;
mod deadlock;
mod deadlock_locks;
mod deadlock_pipes;
mod deadlock_standing;
mod dice;
mod dismissed;
mod ending;
mod enumerated;
mod failures;
mod items;
mod joined;
mod kept;
mod limits;
mod locks;
mod messages;
mod order;
mod order_missing;
mod order_signals;
mod pool;
mod results;
mod signalled;
mod steps;
mod story;
mod together;
mod truncated;
mod turns;
mod updates;

use story::Story;

use super::finding::{Finding, Unseen, Verdict};
use super::judge;
use crate::course::{Claim, Races, Scenario, ScenarioClaim};
use crate::run::Run;

/// The verdicts of claims about a run.
fn verdicts(claims: &[Claim], run: &Run) -> Vec<Verdict> {
    let claims = claims.iter().map(|claim| ScenarioClaim { goal: "meta".to_owned(), claim: claim.clone() });
    let scenario = Scenario {
        id: "caso".to_owned(),
        args: Vec::new(),
        draw: std::collections::BTreeMap::default(),
        explore: false,
        early_timers: false,
        killed: None,
        claims: claims.collect(),
    };
    judge(&scenario, run)
}

/// The verdict of one claim about a run.
fn verdict(claim: &Claim, run: &Run) -> Verdict {
    verdicts(std::slice::from_ref(claim), run).remove(0)
}

/// What breaks a claim.
#[track_caller]
fn broken(claim: &Claim, run: &Run) -> Finding {
    match verdict(claim, run) {
        Verdict::Broken(finding) => finding,
        other => panic!("{} should be broken and is {other:?}", claim.name()),
    }
}

#[track_caller]
fn assert_kept(claim: &Claim, run: &Run) {
    assert_eq!(verdict(claim, run), Verdict::Kept, "{}", claim.name());
}

#[track_caller]
fn assert_vacuous(claim: &Claim, run: &Run) {
    assert_eq!(verdict(claim, run), Verdict::Vacuous, "{}", claim.name());
}

#[track_caller]
fn assert_no_result(claim: &Claim, run: &Run, name: &str) {
    let unseen = Verdict::Unseen(Unseen::NoResult { name: name.to_owned() });
    assert_eq!(verdict(claim, run), unseen, "{}", claim.name());
}

/// The claim that a result is as expected, and that no update could be lost.
fn no_race() -> Claim {
    Claim::Result { name: "total".into(), expected: "esperado".into(), races: Races::Forbidden }
}

/// The claim that a result is as expected.
fn right_result() -> Claim {
    Claim::Result { name: "total".into(), expected: "esperado".into(), races: Races::Allowed }
}

/// Every claim there is, about the names that stories use.
fn every_claim() -> Vec<Claim> {
    let text = str::to_owned;
    vec![
        Claim::Ends,
        right_result(),
        no_race(),
        Claim::SameItems { name: text("lista"), expected: text("esperada") },
        Claim::Increasing { name: text("listas") },
        Claim::Processes { at_least: text("n") },
        Claim::ByChildren { queue: text("salida") },
        Claim::OwnProcess { queue: text("salida"), count: text("n") },
        Claim::ChildrenAdd { each: text("veces"), processes: text("n") },
        Claim::StartedBeforeJoin { at_least: text("n") },
        Claim::LocksReleased,
        Claim::Joined,
        Claim::Prints,
        Claim::Converses { messages: text("n") },
        Claim::Capacity { capacity: text("n") },
    ]
}

#[test]
fn a_program_that_does_nothing_ends() {
    let run = Story::new().run();
    assert_kept(&Claim::Ends, &run);
}

#[test]
fn verdicts_come_in_the_order_of_the_claims() {
    let mut story = Story::new();
    story.result("total", 1).result("esperado", 1);
    let found = verdicts(&[Claim::LocksReleased, right_result(), Claim::Ends], &story.run());
    assert_eq!(found, [Verdict::Vacuous, Verdict::Kept, Verdict::Kept]);
}

#[test]
fn an_empty_trace_is_judged_like_any_other() {
    let mut run = Story::new().run();
    run.trace = crate::run::Trace::default();
    assert_eq!(verdicts(&every_claim(), &run).len(), every_claim().len());
    assert_eq!(broken(&Claim::Ends, &run), Finding::EndedEarly { code: 0 });
}
