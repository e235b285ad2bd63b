//! The report as JUnit XML, which most CI systems show: one suite an exercise, one case a goal.

use std::collections::BTreeSet;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::github::next_step;
use super::{ClaimReport, ExerciseReport, GoalReport, GoalStatus, Report, Status, VerdictReport};
use crate::Language;
use crate::text::{clean, screen};

/// The report as an XML document.
#[must_use]
pub fn junit(report: &Report) -> String {
    let mut document = quick_junit::Report::new("taller-de-procesos");
    document.add_test_suites(report.exercises.iter().map(|exercise| suite(exercise, report.language)));
    // Writing to a String cannot fail; an empty document would be seen at once.
    document.to_string().unwrap_or_default()
}

fn suite(exercise: &ExerciseReport, language: Language) -> TestSuite {
    let mut suite = TestSuite::new(exercise.id.clone());
    suite.add_property(("points", exercise.points.to_string().as_str()));
    suite.add_property(("max_points", exercise.max_points.to_string().as_str()));
    suite.add_property(("seed", exercise.seed.as_str()));
    suite.add_test_cases(exercise.goals.iter().map(|goal| case(exercise, goal, language)));
    suite
}

fn case(exercise: &ExerciseReport, goal: &GoalReport, language: Language) -> TestCase {
    let mut status = match (exercise.status, goal.status) {
        (Status::DoesNotCompile, _) => {
            problem(NonSuccessKind::Error, "does_not_compile", &diagnostics(exercise))
        }
        (Status::GraderFault, _) => {
            problem(NonSuccessKind::Error, "grader_fault", exercise.fault.as_deref().unwrap_or(""))
        }
        (_, GoalStatus::Kept) => TestCaseStatus::success(),
        (_, GoalStatus::Broken) => {
            problem(NonSuccessKind::Failure, "broken", &told(exercise, goal, language))
        }
        (_, GoalStatus::Pending | GoalStatus::Unseen) => TestCaseStatus::skipped(),
    };
    if matches!(status, TestCaseStatus::Skipped { .. }) {
        status.set_message(clean::line(&skipped(exercise, goal, language), 400));
    }
    let mut case = TestCase::new(goal.title.clone(), status);
    case.set_classname(exercise.id.clone());
    case
}

fn problem(kind: NonSuccessKind, name: &str, text: &str) -> TestCaseStatus {
    let text = clean::block(text);
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(name).set_message(text.lines().next().unwrap_or("").to_owned()).set_description(text);
    status
}

fn diagnostics(exercise: &ExerciseReport) -> String {
    exercise.diagnostics.iter().map(|d| format!("{}:{}: {}\n", d.file, d.line, d.message)).collect()
}

/// What is told of a goal's claims that do not hold, each mistake once, also where another goal's claim tells of it.
fn told(exercise: &ExerciseReport, goal: &GoalReport, language: Language) -> String {
    let own = exercise.claims.iter().enumerate().filter(|(_, claim)| claim.goal == goal.id);
    let lacking = own.filter(|(_, claim)| claim.verdict != VerdictReport::Kept);
    let telling: BTreeSet<usize> = lacking.map(|(index, claim)| claim.same_as.unwrap_or(index)).collect();
    telling
        .into_iter()
        .filter_map(|index| exercise.claims.get(index))
        .map(|claim| claim_text(claim, language))
        .filter(|text| !text.trim().is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Why a goal was not judged; never empty.
fn skipped(exercise: &ExerciseReport, goal: &GoalReport, language: Language) -> String {
    if exercise.status == Status::Missing {
        return screen::missing(language, &exercise.file);
    }
    let told = told(exercise, goal, language);
    told.lines().next().unwrap_or_else(|| screen::unseen_goal(language)).to_owned()
}

/// A claim's message, table and next step.
pub(super) fn claim_text(claim: &ClaimReport, language: Language) -> String {
    let mut lines = vec![claim.message.clone()];
    lines.extend(claim.details.iter().cloned());
    lines.extend(claim.hint.as_ref().map(|hint| next_step(language, hint)));
    lines.join("\n") + "\n"
}
