//! Real programs, judged for races: each edge of happens-before has one that is safe by it and one that lacks it.
//!
//! A program that is safe is never accused and always right, in whatever order it runs; one that is not is accused in every order, also
//! where all went well. The grader starts itself again as a supervisor, so this is a program of its own and not a harness of the
//! compiler's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../proof/subject.rs"]
mod subject;

use std::process::ExitCode;
use std::sync::Arc;

use grader::cli::stand_in;
use grader::course::{Claim, Races, Scenario, ScenarioClaim};
use grader::judge::{Finding, LostCause, Verdict, judge};
use grader::run::Run;
use libtest_mimic::{Arguments, Trial};
use procesos_schedule::{Kind, Order, Stop};
use subject::Subject;

/// The programs are what a student hands in: findings name their lines and variables.
const DRIVER: &str = "fn main() -> std::process::ExitCode {\n    procesos::program(subject::perform)\n}\n";
/// Orders of each program, drawn in each of three ways.
const SEEDS: u64 = 12;

const SAFE: [&str; 21] = [
    "event_wait",
    "event_is_set",
    "semaphore_signal",
    "semaphore_of_one",
    "barrier",
    "condition",
    "tasks_joined",
    "array_with_lock",
    "array_of_their_own",
    "element_with_lock",
    "element_of_their_own",
    "key_with_lock",
    "key_of_their_own",
    "kept_with_lock",
    "absent_key_with_lock",
    "default_with_lock",
    "whole_with_lock",
    "updated_with_lock",
    "appended",
    "filled_once",
    "taken_out",
];
/// Safe since a process waits for what another one says by a manager.
const SAFE_BY_TURNS: [&str; 4] = ["flag_of_a_manager", "copy_written_back", "mailbox", "conversation"];

/// Programs that can lose an update, with the value that is told.
const UNSAFE: [(&str, &str); 15] = [
    ("event_not_waited", "total"),
    ("semaphore_signal_too_early", "total"),
    ("semaphore_of_two", "total"),
    ("barrier_for_nothing", "total"),
    ("condition_not_awaited", "total"),
    ("tasks_not_joined", "total"),
    ("array_without_lock", "array[0]"),
    ("element_without_lock", "list[1]"),
    ("key_without_lock", "dict[\"Ada\"]"),
    ("kept_without_lock", "kept"),
    ("absent_key_without_lock", "dict[\"votos\"]"),
    ("default_without_lock", "dict[1]"),
    ("whole_without_lock", "list[0]"),
    ("updated_without_lock", "dict[1]"),
    ("manager_orders_nothing", "total"),
];

/// Accused or not as the run shows: whether it was asked before or after is luck, and what it is about.
const BY_LUCK: [&str; 1] = ["event_asked_once"];

fn main() -> ExitCode {
    if let Some(status) = stand_in(&std::env::args_os().collect::<Vec<_>>()) {
        return status;
    }
    let arguments = Arguments::from_args();
    let subject = Arc::new(Subject::build(DRIVER, include_str!("programs.rs")));
    let trial = |name: String, program: &'static str, test: fn(&Subject, &str)| {
        let subject = Arc::clone(&subject);
        Trial::test(name, move || {
            test(&subject, program);
            Ok(())
        })
    };
    let mut trials = Vec::new();
    for program in SAFE.into_iter().chain(SAFE_BY_TURNS) {
        trials.push(trial(format!("{program}_is_never_accused"), program, is_safe));
    }
    for (program, _) in UNSAFE {
        trials.push(trial(format!("{program}_is_accused_in_every_order"), program, is_unsafe));
    }
    for program in BY_LUCK {
        trials.push(trial(
            format!("{program}_is_accused_where_it_came_too_early"),
            program,
            is_unsafe_by_luck,
        ));
    }
    let copied = "copy_not_written";
    trials.push(trial(format!("{copied}_is_told_with_who_got_the_copy"), copied, is_lost_without_a_race));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn scenario() -> Scenario {
    let result = Claim::Result { name: "total".into(), expected: "esperado".into(), races: Races::Forbidden };
    Scenario {
        id: "races".into(),
        args: Vec::new(),
        draw: Default::default(),
        explore: true,
        early_timers: false,
        killed: None,
        claims: [result, Claim::Ends].map(|claim| ScenarioClaim { goal: "total".into(), claim }).into(),
    }
}

/// What came of a program in many orders, with the verdict of its result.
fn verdicts(subject: &Subject, program: &str) -> Vec<(Run, Verdict)> {
    let mut controlled = subject.control(program);
    let drawn = [Kind::Random, Kind::Pos, Kind::Surw];
    let orders = drawn.into_iter().flat_map(|kind| (0..SEEDS).map(move |seed| Order::new(kind, seed)));
    [Order::new(Kind::Calm, 0)]
        .into_iter()
        .chain(orders)
        .map(|order| {
            let execution = controlled.execute(&order).unwrap();
            let stop = execution.report.as_ref().map(|report| report.stop);
            assert_eq!(stop, Some(Stop::Finished), "{program}");
            let verdicts = judge(&scenario(), &execution.run);
            assert_eq!(verdicts[1], Verdict::Kept, "{program}");
            (execution.run, verdicts[0].clone())
        })
        .collect()
}

fn came_out_right(run: &Run) -> bool {
    run.results["total"] == run.results["esperado"]
}

fn is_safe(subject: &Subject, program: &str) {
    for (run, verdict) in verdicts(subject, program) {
        assert_eq!(verdict, Verdict::Kept, "{program}");
        assert!(came_out_right(&run));
    }
}

#[track_caller]
fn assert_lost(program: &str, verdict: &Verdict, name: &str) {
    let Verdict::Broken(Finding::LostUpdate { value, cause, steps, .. }) = verdict else {
        panic!("{program}: {verdict:#?}")
    };
    assert_eq!(value.name.as_deref(), Some(name), "{program}");
    let many = matches!(cause, LostCause::ManyPermits { .. });
    assert!(many == (program == "semaphore_of_two") && (many || *cause == LostCause::NoLock), "{cause:?}");
    assert!(
        steps.len() >= 3
            && steps.iter().all(|step| step.place.as_ref().is_some_and(|place| place.of_student)),
        "{program}: {steps:#?}"
    );
}

fn is_unsafe(subject: &Subject, program: &str) {
    let (_, name) = UNSAFE.into_iter().find(|(other, _)| *other == program).unwrap();
    let found = verdicts(subject, program);
    found.iter().for_each(|(_, verdict)| assert_lost(program, verdict, name));
    // It is seen where nothing was lost, and something is lost in some order.
    assert!(found.iter().any(|(run, _)| came_out_right(run)), "{program} never comes out right");
    assert!(found.iter().any(|(run, _)| !came_out_right(run)), "{program} always comes out right");
}

fn is_unsafe_by_luck(subject: &Subject, program: &str) {
    let found = verdicts(subject, program);
    let (kept, accused): (Vec<_>, Vec<_>) = found.iter().partition(|(_, verdict)| *verdict == Verdict::Kept);
    assert!(!kept.is_empty() && !accused.is_empty(), "{program}");
    accused.iter().for_each(|(_, verdict)| assert_lost(program, verdict, "total"));
    assert!(kept.iter().all(|(run, _)| came_out_right(run)));
}

fn is_lost_without_a_race(subject: &Subject, program: &str) {
    for (_, verdict) in verdicts(subject, program) {
        let Verdict::Broken(Finding::CopyNotWritten { value, who, kept, place, .. }) = verdict else {
            panic!("{verdict:#?}")
        };
        assert_eq!((value.name.as_deref(), who.first), (Some("grades[\"Ada\"]"), false));
        assert!(kept == "[10]" && place.as_ref().is_some_and(|place| place.of_student));
    }
}
