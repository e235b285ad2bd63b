//! The file of one exercise, built: what the commands that run a single order begin with.

use std::io::IsTerminal;

use super::OneFile;
use super::grade::{colour_wanted, terminal_width};
use crate::build::{Build, BuildSettings, Builder, Diagnostic, Limits};
use crate::course::{Bilingual, Course, Exercise, Scenario, nearest};
use crate::error::{Doing, Error, Kind, Result};
use crate::intake::Submission;
use crate::report::{Graded, Outcome, Report, TextSettings, render};
use crate::seed::Seed;
use crate::text::interface::commands as text;
use crate::{Calls, ExitStatus, Language};

/// Takes the file of an exercise and builds it.
///
/// # Errors
/// Wrong usage when the exercise or its file does not exist; a fault when it cannot be built.
pub(super) fn build(course: &Course, file: &OneFile) -> Result<Build> {
    let exercise = course.exercise(&file.id)?;
    // Another exercise's file is no concern of this one.
    let only = Course { root: course.root.clone(), exercises: vec![exercise.clone()] };
    let current = std::env::current_dir().map_err(|e| Error::io(Doing::Read, ".", e))?;
    let folder = file.submission.as_deref().unwrap_or(&course.root);
    let submission = Submission::read(&only, folder, &current)?;
    if let Some(refusal) = submission.refused.get(&file.id) {
        return Err(Error::of(Kind::Refused(refusal.clone())));
    }
    let source = submission.sources.get(&file.id).ok_or_else(|| {
        let told = |language| text::nothing_to_run(language, &file.id, &file.calls.reset(&file.id));
        Error::usage(Bilingual { es: told(Language::Spanish), en: told(Language::English) })
    })?;
    let settings = BuildSettings {
        language: file.language,
        colour: screen(&file.calls).color,
        limits: Limits::default(),
    };
    Builder::new(course, &[exercise], settings)?.build(exercise, source)
}

/// The scenario of an id.
///
/// # Errors
/// Wrong usage when there is none, with the nearest id.
pub(super) fn scenario<'a>(exercise: &'a Exercise, id: &str) -> Result<&'a Scenario> {
    exercise.scenarios.iter().find(|scenario| scenario.id == id).ok_or_else(|| {
        let known: Vec<&str> = exercise.scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
        let nearest = nearest(id, known.iter().copied());
        let told = |language| text::unknown_scenario(language, &exercise.id, id, nearest, &known);
        Error::usage(Bilingual { es: told(Language::Spanish), en: told(Language::English) })
    })
}

/// How the screen of a single exercise is written to stdout.
pub(super) fn screen(calls: &Calls) -> TextSettings {
    let terminal = std::io::stdout().is_terminal();
    let width = if terminal { terminal_width() } else { super::grade::PLAIN_WIDTH };
    TextSettings { color: terminal && colour_wanted(), width, single: true, calls: calls.clone() }
}

/// What a command prints, and how it ends.
pub(super) type Answer = (String, ExitStatus);

/// The screen of a file that does not compile, as grading shows it.
pub(super) fn refused(exercise: &Exercise, diagnostics: Vec<Diagnostic>, file: &OneFile) -> Answer {
    let outcome = Outcome::DoesNotCompile(diagnostics);
    let report = Report::new(&[Graded { exercise, seed: Seed::from(0), outcome }], file.language, 0);
    (render(&report, &screen(&file.calls)), report.exit_status())
}
