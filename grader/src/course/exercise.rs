//! One exercise, as its folder describes it. Everything here was validated when it was read.

use std::path::{Path, PathBuf};

use super::Scenario;
use crate::Language;

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// In Spanish.
    pub es: String,
    /// In English.
    pub en: String,
}

impl Bilingual {
    /// The sentence in a language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Spanish => &self.es,
            Language::English => &self.en,
        }
    }
}

/// What points are given for; it bundles claims of scenarios and counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// Id, in snake_case, unique in its exercise.
    pub id: String,
    /// Points for keeping all of its claims; at least 1.
    pub points: u32,
    /// What it asks, at most [`Goal::TITLE_COLUMNS`] columns wide.
    pub title: Bilingual,
}

impl Goal {
    /// Widest title that fits beside the points on an 80-column screen.
    pub const TITLE_COLUMNS: usize = 60;
}

/// One exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exercise {
    /// Id: the name of its folder and of its crate.
    pub id: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Place in the course.
    pub order: u32,
    /// Title.
    pub title: Bilingual,
    /// What it is about, at most [`Exercise::SUMMARY_COLUMNS`] columns wide.
    pub summary: Bilingual,
    /// Concepts that it practises.
    pub concepts: Vec<String>,
    /// Hints, from a nudge to nearly the code.
    pub hints: Vec<Bilingual>,
    /// What points are given for.
    pub goals: Vec<Goal>,
    /// How it is run.
    pub scenarios: Vec<Scenario>,
    /// Packages that it depends on, as its Cargo.toml names them.
    pub dependencies: Vec<String>,
}

impl Exercise {
    /// Widest summary that fits in a list on an 80-column screen.
    pub const SUMMARY_COLUMNS: usize = 40;

    /// All points that can be earned.
    #[must_use]
    pub fn points(&self) -> u32 {
        self.goals.iter().map(|goal| goal.points).fold(0, u32::saturating_add)
    }

    /// The pristine stub.
    #[must_use]
    pub fn template(&self) -> PathBuf {
        self.folder.join("plantilla.rs")
    }

    /// The file that the student writes, in this workspace.
    #[must_use]
    pub fn student_file(&self) -> PathBuf {
        self.folder.join("src").join("lib.rs")
    }

    /// The driver, which nobody edits.
    #[must_use]
    pub fn driver(&self) -> PathBuf {
        self.folder.join("src").join("main.rs")
    }

    /// The assignment in a language; the Spanish one where there is no other.
    #[must_use]
    pub fn assignment(&self, language: Language) -> PathBuf {
        let spanish = self.folder.join("README.md");
        match language {
            Language::Spanish => spanish,
            Language::English => {
                Some(self.folder.join("README.en.md")).filter(|p| p.is_file()).unwrap_or(spanish)
            }
        }
    }

    /// The path of a file of the exercise as people see it: relative to `base` where it is below it.
    #[must_use]
    pub fn shown(path: &Path, base: &Path) -> String {
        path.strip_prefix(base).unwrap_or(path).display().to_string()
    }
}
