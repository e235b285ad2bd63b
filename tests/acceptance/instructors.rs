//! What instructors use: JSON, output files, seeds, languages.

use std::fs;

use predicates::prelude::*;

use crate::submission::{Submission, grader};

const COUNTER: &str = "contador_con_lock";

#[test]
fn a_report_can_be_written_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let submission = Submission::new().with_solution(COUNTER);
    submission
        .grade(&[COUNTER, "--format", "json", "--output", file.to_str().unwrap()])
        .code(0)
        .stdout(predicate::str::is_empty());
    let report: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["points"], report["max_points"]);
}

#[test]
fn a_report_that_has_no_place_is_refused_before_the_grading() {
    let submission = Submission::new().with_stub(COUNTER);
    let file = submission.path().join("no/such/folder/report.json");
    submission
        .grade(&["--output", file.to_str().unwrap()])
        .code(2)
        .stderr(predicate::str::contains("no/such/folder"));
}

#[test]
fn a_report_has_the_fields_that_other_formats_are_made_from() {
    let report = Submission::new().with_wrong(COUNTER, "no_lock").report(&[COUNTER, "--lang", "en"]);
    assert_eq!(report["language"], "en");
    let exercise = &report["exercises"][0];
    for field in ["id", "title", "status", "points", "max_points", "diagnostics", "goals", "claims"] {
        assert!(!exercise[field].is_null(), "{field}");
    }
    for claim in exercise["claims"].as_array().unwrap() {
        assert!(["kept", "broken", "unseen"].contains(&claim["verdict"].as_str().unwrap()), "{claim}");
        assert_eq!(claim["mode"] == "explored", !claim["schedules"].is_null(), "{claim}");
    }
}

#[test]
fn another_seed_draws_other_numbers_and_the_solution_keeps_its_points() {
    for seed in ["0001", "beef", "7fff"] {
        grader().args(["--submission", "solutions", "--seed", seed, "contador_con_lock"]).assert().code(0);
    }
}

#[test]
fn no_escape_codes_leave_a_pipe() {
    let submission = Submission::new().with_wrong(COUNTER, "no_lock");
    submission.grade(&[COUNTER]).code(1).stdout(predicate::str::contains("\u{1b}").not());
}
