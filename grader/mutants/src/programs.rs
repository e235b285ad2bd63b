//! The right programs of the course, and every mutant of them that differs from the others.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use grader::course::{Bilingual, Course, Exercise};
use grader::intake::Source;
use grader::{Error, Result};
use sha2::{Digest, Sha256};

use crate::mutate::{Mutant, mutants};

/// A program of the course.
#[derive(Debug)]
pub(crate) struct Original<'a> {
    /// Its exercise.
    pub(crate) exercise: &'a Exercise,
    /// `solution`, `right/let_else`.
    pub(crate) name: String,
    /// Its file.
    pub(crate) source: Source,
}

/// A mutant of one.
#[derive(Debug)]
pub(crate) struct Candidate<'a> {
    /// Its exercise.
    pub(crate) exercise: &'a Exercise,
    /// The program that was changed.
    pub(crate) program: String,
    /// The text before the change.
    pub(crate) before: String,
    /// The file that was changed, as people see it.
    pub(crate) file: String,
    /// The change.
    pub(crate) mutant: Mutant,
}

impl Candidate<'_> {
    /// As a submission: under the name of the file that was changed.
    #[must_use]
    pub(crate) fn source(&self) -> Source {
        Source::new(&self.exercise.id, self.mutant.text.clone(), self.file.clone())
    }
}

/// The solution and the right programs of an exercise; the wrong ones, where they are asked for.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn originals<'a>(
    course: &Course,
    exercise: &'a Exercise,
    kinds: &[&str],
) -> Result<Vec<Original<'a>>> {
    let folder = course.root.join("solutions").join(&exercise.id);
    let mut files = Vec::new();
    for kind in kinds {
        let inside = folder.join(kind);
        let mut paths: Vec<_> = fs::read_dir(&inside)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .collect();
        paths.sort();
        for path in paths {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let name = if *kind == "src" { "solution".to_owned() } else { format!("{kind}/{stem}") };
            files.push((path, name));
        }
    }
    let read = |(path, name): (std::path::PathBuf, String)| {
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error.to_string()))?;
        let shown = Exercise::shown(&path, &course.root);
        Ok(Original { exercise, name, source: Source::new(&exercise.id, text, shown) })
    };
    files.into_iter().map(read).collect()
}

fn unreadable(path: &Path, why: &str) -> Error {
    let path = path.display();
    Error::usage(Bilingual {
        es: format!("no se pudo leer {path}: {why}"),
        en: format!("cannot read {path}: {why}"),
    })
}

/// Every mutant of these programs, each change to a function once, in an order that depends on `seed` alone.
///
/// # Errors
/// When a program is not Rust.
pub(crate) fn candidates<'a>(originals: &[Original<'a>], seed: u64) -> Result<Vec<Candidate<'a>>> {
    let mut known = BTreeSet::new();
    let mut candidates = Vec::new();
    for original in originals {
        let path = Path::new(&original.source.shown_path);
        let found = mutants(&original.source.text).map_err(|error| unreadable(path, &error.to_string()))?;
        for mutant in found {
            if known.insert((original.exercise.id.clone(), mutant.function.clone(), mutant.tokens.clone())) {
                let (before, file) = (original.source.text.clone(), original.source.shown_path.clone());
                let program = original.name.clone();
                candidates.push(Candidate { exercise: original.exercise, program, before, file, mutant });
            }
        }
    }
    let rank = |candidate: &Candidate<'_>| {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        for part in [&candidate.exercise.id, &candidate.program, &candidate.mutant.function] {
            hash.update(part.as_bytes());
        }
        hash.update(candidate.mutant.tokens.as_bytes());
        hash.finalize().to_vec()
    };
    candidates.sort_by_cached_key(rank);
    Ok(candidates)
}
