//! The file of one exercise, built: what the commands that run a single order begin with.

use std::io::IsTerminal;

use super::OneFile;
use super::grade::{colour_wanted, terminal_width};
use crate::build::{Build, BuildSettings, Builder, Diagnostic, Limits, Program};
use crate::course::{Bilingual, Course, Exercise, Scenario, nearest};
use crate::error::{Doing, Error, Kind, Result};
use crate::explore::Explored;
use crate::intake::{Source, Submission};
use crate::report::{Graded, JudgedScenario, Mode, Outcome, Report, TextSettings, render};
use crate::seed::Seed;
use crate::text::interface::commands as text;
use crate::{Calls, ExitStatus, Language};

/// The file of an exercise, what builds it, and what came of that.
pub(super) struct Ready {
    pub(super) source: Source,
    pub(super) builder: Builder,
    pub(super) program: Program,
}

/// What came of building a file.
pub(super) enum Building {
    Ready(Box<Ready>),
    /// It does not compile.
    Refused(Vec<Diagnostic>),
}

/// Takes the file of an exercise and builds it.
///
/// # Errors
/// Wrong usage when the exercise or its file does not exist; a fault when it cannot be built.
pub(super) fn prepare(course: &Course, file: &OneFile) -> Result<Building> {
    let exercise = course.exercise(&file.id)?;
    // Another exercise's file is no concern of this one.
    let only = Course { root: course.root.clone(), exercises: vec![exercise.clone()] };
    let current = std::env::current_dir().map_err(|e| Error::io(Doing::Read, ".", e))?;
    let folder = file.submission.as_deref().unwrap_or(&course.root);
    let mut submission = Submission::read(&only, folder, &current)?;
    if let Some(refusal) = submission.refused.get(&file.id) {
        return Err(Error::of(Kind::Refused(refusal.clone())));
    }
    let source = submission.sources.remove(&file.id).ok_or_else(|| {
        let told = |language| text::nothing_to_run(language, &file.id, &file.calls.reset(&file.id));
        Error::usage(Bilingual { es: told(Language::Spanish), en: told(Language::English) })
    })?;
    let settings = BuildSettings {
        language: file.language,
        colour: screen(&file.calls).color,
        limits: Limits::default(),
    };
    let builder = Builder::new(course, &[exercise], settings)?;
    Ok(match builder.build(exercise, &source)? {
        Build::Ready(program) => Building::Ready(Box::new(Ready { source, builder, program })),
        Build::Diagnostics(diagnostics) => Building::Refused(diagnostics),
    })
}

/// One order of a scenario, as grading would report it had it tried this order only.
pub(super) fn graded_once<'a>(
    exercise: &'a Exercise,
    program: &Program,
    scenario: &Scenario,
    args: &[String],
    seed: Seed,
    explored: Explored,
) -> Graded<'a> {
    let verdicts = explored.claims.iter().map(|tally| tally.verdict.clone());
    let judged = JudgedScenario {
        id: scenario.id.clone(),
        args: args.to_vec(),
        mode: Mode::Replayed,
        claims: scenario.claims.iter().cloned().zip(verdicts).collect(),
        explored: Some(explored),
    };
    let (source, shown_path) = (program.source.clone(), program.shown_path.clone());
    let outcome = Outcome::Judged { source, shown_path, warnings: Vec::new(), scenarios: vec![judged] };
    Graded { exercise, seed, outcome }
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
