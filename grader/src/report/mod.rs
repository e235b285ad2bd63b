//! What a grading came to: statuses, points, and what people are told. Pure: it reads no file, no clock, no environment.
//!
//! [`Report`] is the stable interface: its JSON is what other programs read, [`render`] is what people read, and every
//! other format is made from it.

mod claim;
mod exercise;
mod github;
mod junit;
mod model;
pub mod text;

pub(crate) use claim::whom_it_killed;
pub use github::{annotated, summary};
pub use junit::junit;
pub use model::{
    ClaimReport, DiagnosticReport, ExerciseReport, FlipReport, GoalReport, GoalStatus, LocationReport, Mode,
    PendingFunction, Reason, Report, Schedules, SourceLine, Status, StepReport, VerdictReport,
};
pub(crate) use text::first_with_order;
pub use text::{
    Came, Replayed, TextSettings, Traced, Which, messages, render, render_diagnostics, replayed, traced,
};

use std::collections::BTreeMap;

use crate::build::Diagnostic;
use crate::course::{Exercise, ScenarioClaim};
use crate::explore::Explored;
use crate::judge::Verdict;
use crate::seed::Seed;
use crate::{ExitStatus, Language};

/// One graded exercise: what a report is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded<'a> {
    /// The exercise.
    pub exercise: &'a Exercise,
    /// The seed that its numbers were drawn from.
    pub seed: Seed,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of grading one exercise.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Nothing was submitted.
    Missing,
    /// It does not compile; at least one.
    DoesNotCompile(Vec<Diagnostic>),
    /// It was run and judged.
    Judged {
        /// The student's text.
        source: String,
        /// The path of the student's file, for people.
        shown_path: String,
        /// What the compiler warns of and often is a mistake, the most telling first.
        warnings: Vec<Diagnostic>,
        /// What was seen in each scenario.
        scenarios: Vec<JudgedScenario>,
    },
    /// The grader, the course or the machine failed: says nothing about the submission.
    Fault(String),
}

/// The verdicts of one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedScenario {
    /// The scenario's id.
    pub id: String,
    /// The arguments it was run with, drawn numbers filled in.
    pub args: Vec<String>,
    /// How it was run.
    pub mode: Mode,
    /// Each claim and its verdict.
    pub claims: Vec<(ScenarioClaim, Verdict)>,
    /// The orders that were tried, when they were; with a tally for each claim.
    pub explored: Option<Explored>,
}

impl Report {
    /// The version of the JSON form.
    pub const VERSION: u32 = 1;

    /// The report on some graded exercises. `ignored` is how many files of the submission were not looked at.
    #[must_use]
    pub fn new(graded: &[Graded<'_>], language: Language, ignored: usize) -> Self {
        let exercises: Vec<ExerciseReport> =
            graded.iter().map(|one| exercise::report(one, language)).collect();
        let first_seed = exercises.first().map(|exercise| exercise.seed.clone());
        let seed = first_seed.filter(|seed| exercises.iter().all(|exercise| exercise.seed == *seed));
        Self {
            version: Self::VERSION,
            seed,
            language,
            status: status(&exercises),
            points: exercises.iter().map(|exercise| exercise.points).sum(),
            max_points: exercises.iter().map(|exercise| exercise.max_points).sum(),
            ignored,
            exercises,
        }
    }

    /// The report with the names of the students' files, also of those that were not there, by exercise.
    #[must_use]
    pub fn with_files(mut self, files: &BTreeMap<String, String>) -> Self {
        for exercise in &mut self.exercises {
            if let Some(file) = files.get(&exercise.id) {
                exercise.file.clone_from(file);
            }
        }
        self
    }

    /// How the grader ends because of it.
    #[must_use]
    pub fn exit_status(&self) -> ExitStatus {
        match self.status {
            Status::Passed => ExitStatus::AllPoints,
            Status::GraderFault => ExitStatus::GraderFault,
            Status::Failed | Status::Pending | Status::Missing | Status::DoesNotCompile => {
                ExitStatus::NotAllPoints
            }
        }
    }
}

/// The status of the whole: the first of this list that some exercise has. Passed only when every exercise is.
fn status(exercises: &[ExerciseReport]) -> Status {
    let worst =
        [Status::GraderFault, Status::DoesNotCompile, Status::Failed, Status::Pending, Status::Missing];
    let some = |status: &Status| exercises.iter().any(|exercise| exercise.status == *status);
    let nothing = if exercises.is_empty() { Status::Missing } else { Status::Passed };
    worst.into_iter().find(some).unwrap_or(nothing)
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
