//! The course: which exercises there are and what each expects. Found by walking; no list is kept anywhere.

mod claim;
mod claim_table;
mod exercise;
pub mod functions;
mod manifest;
mod nearest;
mod problem;
mod scenario;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub use claim::{Claim, Races};
pub use exercise::{Bilingual, Exercise, Goal};
pub use nearest::nearest;
pub(crate) use problem::{Cause, Problem, Thing};
pub use scenario::{Scenario, ScenarioClaim};

use crate::error::{Doing, Error, Result};
use problem::Document;

/// A course workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The folder that holds `exercises/` and `procesos/`.
    pub root: PathBuf,
    /// Its exercises, in the order of the course.
    pub exercises: Vec<Exercise>,
}

impl Course {
    /// Finds the course that holds a folder and reads its exercises.
    ///
    /// # Errors
    /// Wrong usage when neither the folder nor one above it is a course; a fault when an exercise's files are wrong,
    /// with file, line and mend.
    pub fn find(from: &Path) -> Result<Self> {
        let from = fs::canonicalize(from).map_err(|source| match source.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Error::no_course(from),
            _ => Error::io(Doing::Read, from, source),
        })?;
        let is_course =
            |folder: &&Path| folder.join("exercises").is_dir() && folder.join("procesos").is_dir();
        let root = from.ancestors().find(is_course).ok_or_else(|| Error::no_course(&from))?;
        Self::read(root)
    }

    /// Reads the exercises of the course in a folder.
    ///
    /// A folder under `exercises/` without `exercise.toml` is not an exercise.
    ///
    /// # Errors
    /// As [`Course::find`].
    pub fn read(root: &Path) -> Result<Self> {
        let folder = root.join("exercises");
        let listing = fs::read_dir(&folder).map_err(|source| Error::io(Doing::Read, &folder, source))?;
        let mut exercises = Vec::new();
        for entry in listing {
            let entry = entry.map_err(|source| Error::io(Doing::Read, &folder, source))?;
            if entry.path().join("exercise.toml").is_file() {
                exercises.push(read_exercise(root, &entry.path())?);
            }
        }
        exercises.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
        Ok(Self { root: root.to_owned(), exercises })
    }

    /// The exercise of an id.
    ///
    /// # Errors
    /// Wrong usage when there is none, with the nearest id.
    pub fn exercise(&self, id: &str) -> Result<&Exercise> {
        self.exercises.iter().find(|exercise| exercise.id == id).ok_or_else(|| self.unknown(id))
    }

    /// The exercises of some ids, in the order of the course; all of them when no id is given.
    ///
    /// # Errors
    /// Wrong usage when an id does not exist, with the nearest one.
    pub fn select(&self, ids: &[String]) -> Result<Vec<&Exercise>> {
        for id in ids {
            self.exercise(id)?;
        }
        Ok(self.exercises.iter().filter(|exercise| ids.is_empty() || ids.contains(&exercise.id)).collect())
    }

    /// The folder for everything that the grader builds and remembers.
    #[must_use]
    pub fn grader_folder(&self) -> PathBuf {
        self.root.join("target").join("grader")
    }

    fn unknown(&self, id: &str) -> Error {
        let ids: Vec<&str> = self.exercises.iter().map(|exercise| exercise.id.as_str()).collect();
        Error::unknown_exercise(id, nearest(id, ids.iter().copied()), &ids)
    }
}

fn read_exercise(root: &Path, folder: &Path) -> Result<Exercise> {
    let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let manifest = folder.join("exercise.toml");
    let shown = Exercise::shown(&manifest, root);
    if !manifest::is_id(&id, '_') {
        let cause = Cause::BadId { what: Thing::Exercise, name: id };
        return Err(Error::course(Box::new(Problem { file: shown, place: None, cause })));
    }
    let text = read_text(&manifest)?;
    let exercise = manifest::read_exercise(&Document { file: &shown, text: &text }).map_err(Error::course)?;
    let cargo = folder.join("Cargo.toml");
    let text = read_text(&cargo)?;
    let document = Document { file: &Exercise::shown(&cargo, root), text: &text };
    let dependencies = manifest::read_dependencies(&document, &id).map_err(Error::course)?;
    Ok(Exercise { id, folder: folder.to_owned(), dependencies, ..exercise })
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| Error::io(Doing::Read, path, source))
}

#[cfg(test)]
pub(crate) mod tests;
