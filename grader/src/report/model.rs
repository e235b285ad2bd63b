//! The shape of a report, which is also its JSON. Fields are only ever added.

use serde::{Deserialize, Serialize};

use crate::Language;
use crate::explore::proof::Withheld;

/// A report on one submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`Report::VERSION`] of the grader that wrote it.
    pub version: u32,
    /// The seed, where all exercises have the same one.
    pub seed: Option<String>,
    /// The language of its sentences.
    pub language: Language,
    /// Passed only when every exercise is.
    pub status: Status,
    /// Points of all exercises.
    pub points: u32,
    /// Points that can be earned.
    pub max_points: u32,
    /// Files of the submission that were not looked at.
    pub ignored: usize,
    /// The exercises, in the order of the course.
    pub exercises: Vec<ExerciseReport>,
}

/// What came of an exercise, or of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// All points.
    Passed,
    /// Something is broken, or could not be seen.
    Failed,
    /// Nothing is broken, and a `todo!()` was reached.
    Pending,
    /// Nothing was submitted.
    Missing,
    /// It does not compile.
    DoesNotCompile,
    /// The grader failed; the submission is not to blame.
    GraderFault,
}

/// One exercise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExerciseReport {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its place in the course.
    pub order: u32,
    /// What it is about.
    pub summary: String,
    /// What came of it.
    pub status: Status,
    /// Points earned.
    pub points: u32,
    /// Points that can be earned.
    pub max_points: u32,
    /// The seed that its numbers were drawn from.
    pub seed: String,
    /// The student's file, for people.
    pub file: String,
    /// Functions that are still to be written.
    pub pending: Vec<PendingFunction>,
    /// Why it does not compile.
    pub diagnostics: Vec<DiagnosticReport>,
    /// What the compiler warns of and often is a mistake, the most telling first.
    #[serde(default)]
    pub warnings: Vec<DiagnosticReport>,
    /// Why the grader failed.
    pub fault: Option<String>,
    /// What points are given for.
    pub goals: Vec<GoalReport>,
    /// Every claim of every scenario.
    pub claims: Vec<ClaimReport>,
}

/// A function whose body is still `todo!()`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingFunction {
    /// Its name.
    pub function: String,
    /// Its line in the student's file.
    pub line: u32,
}

/// An error or a warning of the compiler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosticReport {
    /// The file, for people.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// The compiler's code (`E0382`) or its lint (`unused_must_use`), where it has one.
    pub code: Option<String>,
    /// As the compiler prints it; may hold colour codes.
    pub rendered: String,
    /// The error is in `main.rs`, which nobody edits.
    pub driver: bool,
}

/// What came of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalStatus {
    /// All its claims are.
    Kept,
    /// One of its claims is.
    Broken,
    /// Nothing is broken, and a `todo!()` was reached.
    Pending,
    /// Nothing is broken or pending, and something could not be seen.
    Unseen,
}

/// One goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalReport {
    /// Its id.
    pub id: String,
    /// What it asks.
    pub title: String,
    /// What came of it.
    pub status: GoalStatus,
    /// Points earned: all or none.
    pub points: u32,
    /// Points that can be earned.
    pub max_points: u32,
}

/// How a scenario was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// As a student would, in real parallel.
    Free,
    /// In many orders, one operation at a time.
    Explored,
    /// In one order, that of a token.
    Replayed,
}

/// What came of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictReport {
    /// It holds.
    Kept,
    /// It does not.
    Broken,
    /// It could not be seen.
    Unseen,
}

/// Why a claim could not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A `todo!()` was reached before.
    Pending,
    /// Nothing could have broken it: it does not count.
    Vacuous,
    /// The run did not show it.
    NotSeen,
}

/// One claim in one scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimReport {
    /// Its name, as exercise.toml writes it.
    pub claim: String,
    /// The goal it belongs to.
    pub goal: String,
    /// The scenario's id.
    pub scenario: String,
    /// The arguments that the scenario was run with.
    pub args: Vec<String>,
    /// How the scenario was run.
    pub mode: Mode,
    /// What came of it.
    pub verdict: VerdictReport,
    /// Why it could not be seen, when it could not.
    pub reason: Option<Reason>,
    /// The kind of what was found (`lost_update`).
    pub finding: Option<String>,
    /// The index of the claim that tells of this same mistake, when another one does.
    pub same_as: Option<usize>,
    /// What was expected, what was seen, where; empty when it holds.
    pub message: String,
    /// The next step.
    pub hint: Option<String>,
    /// Lines of a table below the message.
    pub details: Vec<String>,
    /// Places of which the message tells, the most telling one first.
    pub locations: Vec<LocationReport>,
    /// Those of them that are in the student's file, as they stand there.
    pub excerpt: Vec<SourceLine>,
    /// How many orders were tried, when they were.
    pub schedules: Option<Schedules>,
    /// What repeats the order that failed.
    pub replay: Option<String>,
    /// The steps of that order that explain it.
    #[serde(default)]
    pub steps: Vec<StepReport>,
    /// Two of them that, exchanged, let it come out right.
    #[serde(default)]
    pub flip: Option<FlipReport>,
}

/// A step of an order; in a loop that is folded, one of those of its last round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// Its number, from 1; those of a folded loop share one.
    pub step: usize,
    /// Id of the process.
    pub process: String,
    /// The method that was called.
    pub op: String,
    /// How many times in a row.
    pub times: usize,
    /// The object's name.
    pub object: Option<String>,
    /// What was read, written, put, got or answered.
    pub value: Option<String>,
    /// Whether it never ended.
    pub waits: bool,
    /// What is in the object that the story is about afterwards.
    pub content: Option<String>,
    /// The line in the student's file.
    pub line: Option<u32>,
}

/// Two steps of an order. With the second one before the first it comes out right, which was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlipReport {
    /// The number of the earlier one.
    pub first: usize,
    /// The number of the later one.
    pub second: usize,
}

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationReport {
    /// The file, for people.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// Id of the process that was there.
    pub process: Option<String>,
}

/// A line of the student's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// The line, from 1.
    pub line: u32,
    /// What stands there.
    pub text: String,
}

/// Orders that were tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedules {
    /// How many.
    pub tried: u64,
    /// In how many the claim does not hold.
    pub failed: u64,
    /// In how many of those it was seen, and not only that another order could show it.
    #[serde(default)]
    pub seen: u64,
    /// Whether there are no others: then each was a distinct one.
    pub exhaustive: bool,
    /// Why it is not known that there are no others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
}
