//! Disagreements that are accepted, each with a reason: `solutions/<id>/mutants.toml`.

use std::fs;

use grader::course::{Bilingual, Course, Exercise};
use grader::{Error, Result};
use serde::Deserialize;

use crate::programs::Candidate;

/// The file beside a solution.
const FILE: &str = "mutants.toml";

/// A mutant on which the grader need not agree with the oracle.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accepted {
    /// The program that is changed: `solution`, `right/let_else`.
    pub(crate) program: String,
    /// The function in which it is.
    pub(crate) function: String,
    /// The mark of the change.
    pub(crate) mark: String,
    /// Why nobody mends it.
    pub(crate) reason: Bilingual,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    accepted: Vec<Accepted>,
}

impl Accepted {
    /// Whether this is the mutant.
    #[must_use]
    pub(crate) fn is(&self, candidate: &Candidate<'_>) -> bool {
        self.program == candidate.program
            && self.function == candidate.mutant.function
            && self.mark == candidate.mutant.mark()
    }
}

/// What is accepted of an exercise; nothing where there is no file.
///
/// # Errors
/// When the file cannot be understood, or an entry has no reason.
pub(crate) fn accepted(course: &Course, exercise: &Exercise) -> Result<Vec<Accepted>> {
    let path = course.root.join("solutions").join(&exercise.id).join(FILE);
    let Ok(text) = fs::read_to_string(&path) else { return Ok(Vec::new()) };
    let wrong = |why: String| {
        let path = path.display();
        Error::usage(Bilingual { es: format!("{path}: {why}"), en: format!("{path}: {why}") })
    };
    let file: File = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if let Some(entry) = file
        .accepted
        .iter()
        .find(|entry| entry.reason.es.trim().is_empty() || entry.reason.en.trim().is_empty())
    {
        return Err(wrong(format!("{} {}: reason", entry.program, entry.mark)));
    }
    Ok(file.accepted)
}
