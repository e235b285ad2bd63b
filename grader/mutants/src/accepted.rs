//! Disagreements that are accepted, each with a reason: `solutions/<id>/mutants.toml`.

use std::fs;
use std::io::ErrorKind;

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
    match fs::read_to_string(&path) {
        Ok(text) => entries(&text, &Exercise::shown(&path, &course.root)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(wrong(&Exercise::shown(&path, &course.root), &error.to_string())),
    }
}

/// The entries of a file with this text.
fn entries(text: &str, path: &str) -> Result<Vec<Accepted>> {
    let file: File = toml::from_str(text).map_err(|error| wrong(path, &error.to_string()))?;
    let mut entries = file.accepted.iter();
    match entries.find(|entry| entry.reason.es.trim().is_empty() || entry.reason.en.trim().is_empty()) {
        Some(entry) => Err(wrong(path, &format!("{} {}: reason", entry.program, entry.mark))),
        None => Ok(file.accepted),
    }
}

fn wrong(path: &str, why: &str) -> Error {
    Error::usage(Bilingual { es: format!("{path}: {why}"), en: format!("{path}: {why}") })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::programs::{candidates, originals};

    const MARKED: &str = "[[accepted]]\nprogram = 'right/a'\nfunction = 'contar'\nmark = '4d01f2a0'\n";

    fn refused(text: &str) -> String {
        entries(text, "mutants.toml").unwrap_err().message(grader::Language::English)
    }

    #[test]
    fn an_entry_needs_a_reason_in_both_languages() {
        let reason = "reason = { es = 'no se nota', en = 'nobody notices' }";
        assert_eq!(entries(&format!("{MARKED}{reason}"), "").unwrap().len(), 1);
        let blank = refused(&format!("{MARKED}reason = {{ es = 'no se nota', en = ' ' }}"));
        assert!(blank.contains("right/a 4d01f2a0"), "{blank}");
        assert!(refused(MARKED).contains("reason"));
        assert!(refused("[[acepted]]").contains("acepted"));
        assert_eq!(entries("", "").unwrap().len(), 0);
    }

    #[test]
    fn an_entry_is_about_one_change_of_one_function_of_one_program() {
        let course = Course::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let exercise = &course.exercises[0];
        let originals = originals(&course, exercise, &["src"]).unwrap();
        let all = candidates(&originals, 1).unwrap();
        let meant = &all[3];
        let reason = Bilingual { es: String::new(), en: String::new() };
        let entry = Accepted {
            program: meant.program.clone(),
            function: meant.mutant.function.clone(),
            mark: meant.mutant.mark(),
            reason,
        };
        assert_eq!(all.iter().filter(|one| entry.is(one)).count(), 1);
        assert!(entry.is(meant));
        assert!(!Accepted { program: "right/other".into(), ..entry }.is(meant));
    }
}
