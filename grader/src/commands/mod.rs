//! What the grader can be asked to do, one file a command. Options arrive checked; ids may still not exist.

mod catalog;
pub mod grade;
pub mod hint;
pub mod list;
mod one;
mod order;
pub mod replay;
pub mod reset;
pub mod run;
pub mod trace;
pub mod verify;

use std::path::PathBuf;

use crate::seed::Seed;
use crate::{Calls, Language};

/// What to grade, and how to tell the result.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GradeOptions {
    /// Exercises; all of them when there is none.
    pub ids: Vec<String>,
    /// The folder of what was submitted; the course's own workspace when there is none.
    pub submission: Option<PathBuf>,
    /// In which form the report is written.
    pub format: Format,
    /// Where the report is written; stdout when there is none.
    pub output: Option<PathBuf>,
    /// The seed; that of exercise and submission when there is none.
    pub seed: Option<Seed>,
    /// Orders that each exercise is tried in; the usual number when there is none.
    pub schedules: Option<u64>,
    /// In which language.
    pub language: Language,
    /// The commands that the report names.
    pub calls: Calls,
}

/// One exercise's file, for the commands that look at one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneFile {
    /// The exercise.
    pub id: String,
    /// The folder of what was submitted; the course's own workspace when there is none.
    pub submission: Option<PathBuf>,
    /// In which language.
    pub language: Language,
    /// The commands that the answer names.
    pub calls: Calls,
}

/// What the course's own check looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Exercises; all of them when there is none.
    pub ids: Vec<String>,
    /// How often every program is graded.
    pub times: u32,
    /// The seed; that of exercise and program when there is none.
    pub seed: Option<Seed>,
    /// Whether to write what every wrong program is told, instead of checking it.
    pub catalog: bool,
    /// In which language.
    pub language: Language,
}

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// JUnit XML, which most CI systems show.
    Junit,
    /// For GitHub Actions: the text, annotations on the student's lines, and the step's summary.
    Github,
}
