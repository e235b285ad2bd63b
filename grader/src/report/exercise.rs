//! What an exercise came to: its goals, its points, its status.

use super::claim;
use super::model::{
    ClaimReport, DiagnosticReport, ExerciseReport, GoalReport, GoalStatus, PendingFunction, Reason, Status,
    VerdictReport,
};
use super::{Graded, JudgedScenario, Outcome};
use crate::Language;
use crate::build::Diagnostic;
use crate::course::{Exercise, Goal, functions::pending_functions};
use crate::judge::Verdict;

/// The report on one exercise.
pub(super) fn report(graded: &Graded<'_>, language: Language) -> ExerciseReport {
    let Graded { exercise, seed, outcome } = graded;
    let nothing = ExerciseReport {
        id: exercise.id.clone(),
        title: exercise.title.get(language).to_owned(),
        order: exercise.order,
        summary: exercise.summary.get(language).to_owned(),
        status: Status::Missing,
        points: 0,
        max_points: exercise.points(),
        seed: seed.to_string(),
        file: usual_file(exercise),
        pending: Vec::new(),
        diagnostics: Vec::new(),
        warnings: Vec::new(),
        fault: None,
        goals: goals(exercise, &[], language),
        claims: Vec::new(),
    };
    match outcome {
        Outcome::Missing => nothing,
        Outcome::DoesNotCompile(diagnostics) => {
            let own = diagnostics.iter().find(|diagnostic| !diagnostic.driver);
            let file = own.map_or_else(|| nothing.file.clone(), |diagnostic| diagnostic.file.clone());
            let diagnostics = diagnostics.iter().map(DiagnosticReport::from).collect();
            ExerciseReport { status: Status::DoesNotCompile, file, diagnostics, ..nothing }
        }
        Outcome::Fault(why) => {
            ExerciseReport { status: Status::GraderFault, fault: Some(why.clone()), ..nothing }
        }
        Outcome::Judged { source, shown_path, warnings, scenarios } => {
            let claims = claim::reports(scenarios, source, *seed, language);
            let goals = goals(exercise, &claims, language);
            let points = goals.iter().map(|goal| goal.points).sum();
            ExerciseReport {
                status: status(&goals),
                points,
                file: shown_path.clone(),
                pending: pending(source, scenarios),
                warnings: warnings.iter().map(DiagnosticReport::from).collect(),
                goals,
                claims,
                ..nothing
            }
        }
    }
}

/// Where the student's file usually is.
fn usual_file(exercise: &Exercise) -> String {
    format!("exercises/{}/src/lib.rs", exercise.id)
}

impl From<&Diagnostic> for DiagnosticReport {
    fn from(diagnostic: &Diagnostic) -> Self {
        let Diagnostic { file, line, message, code, rendered, driver } = diagnostic.clone();
        Self { file, line, message, code, rendered, driver }
    }
}

fn goals(exercise: &Exercise, claims: &[ClaimReport], language: Language) -> Vec<GoalReport> {
    let goal = |goal: &Goal| {
        let own: Vec<&ClaimReport> = claims.iter().filter(|claim| claim.goal == goal.id).collect();
        let status = goal_status(&own);
        GoalReport {
            id: goal.id.clone(),
            title: goal.title.get(language).to_owned(),
            status,
            points: if status == GoalStatus::Kept { goal.points } else { 0 },
            max_points: goal.points,
        }
    };
    exercise.goals.iter().map(goal).collect()
}

/// A goal is kept when all its claims are; those that nothing could break do not count.
fn goal_status(claims: &[&ClaimReport]) -> GoalStatus {
    let some =
        |verdict, reason| claims.iter().any(|claim| claim.verdict == verdict && claim.reason == reason);
    if some(VerdictReport::Broken, None) {
        GoalStatus::Broken
    } else if some(VerdictReport::Unseen, Some(Reason::Pending)) {
        GoalStatus::Pending
    } else if some(VerdictReport::Unseen, Some(Reason::NotSeen)) || !some(VerdictReport::Kept, None) {
        GoalStatus::Unseen
    } else {
        GoalStatus::Kept
    }
}

fn status(goals: &[GoalReport]) -> Status {
    let some = |status| goals.iter().any(|goal| goal.status == status);
    if !goals.is_empty() && goals.iter().all(|goal| goal.status == GoalStatus::Kept) {
        Status::Passed
    } else if some(GoalStatus::Pending) && !some(GoalStatus::Broken) {
        Status::Pending
    } else {
        Status::Failed
    }
}

/// Functions whose body says `todo!`, then those that reached one in some other way.
fn pending(source: &str, scenarios: &[JudgedScenario]) -> Vec<PendingFunction> {
    let written = pending_functions(source).into_iter();
    let mut all: Vec<PendingFunction> =
        written.map(|(function, line)| PendingFunction { function, line }).collect();
    let verdicts = scenarios.iter().flat_map(|scenario| &scenario.claims).map(|(_, verdict)| verdict);
    for verdict in verdicts {
        let Verdict::Pending { function: Some(function), place: Some(place) } = verdict else { continue };
        if place.of_student && all.iter().all(|known| known.function != *function) {
            all.push(PendingFunction { function: function.clone(), line: place.line });
        }
    }
    all
}
