//! The command `grade`: takes what was submitted, grades it, and writes the report.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io::{IsTerminal, Write};
use std::path::Path;

use super::list::PROGRESS;
use super::{Format, GradeOptions};
use crate::build::{BuildSettings, Builder, Limits};
use crate::course::{Course, Exercise};
use crate::error::{Doing, Error, Kind, Result};
use crate::grading::{SCHEDULES, Task, grade_all};
use crate::intake::Submission;
use crate::memory::Memory;
use crate::report::{Report, TextSettings, annotated, junit, render, summary};
use crate::{ExitStatus, terminal, text};

/// Width of a report that does not go to a terminal.
pub(super) const PLAIN_WIDTH: usize = 80;
/// A wider terminal is not filled: long lines are hard to read.
const WIDEST: usize = 100;

/// Grades and reports.
///
/// # Errors
/// Wrong usage (an unknown id, an unreadable submission), or a fault of the grader; never what a student did.
pub fn grade(course: &Course, options: &GradeOptions) -> Result<ExitStatus> {
    let current = std::env::current_dir().map_err(|e| Error::io(Doing::Read, ".", e))?;
    let exercises = course.select(&options.ids)?;
    let folder = options.submission.as_deref().unwrap_or(&course.root);
    let submission = Submission::read(course, folder, &current)?;
    options.output.as_deref().map_or(Ok(()), has_place)?;
    let to_terminal = options.output.is_none() && std::io::stdout().is_terminal();
    let colour = to_terminal && colour_wanted();
    let report =
        report_on(course, &exercises, &submission, options, colour && options.format == Format::Text)?;
    if options.submission.is_none() {
        let progress = Memory::of(course, PROGRESS);
        report
            .exercises
            .iter()
            .for_each(|exercise| progress.remember(&exercise.id, exercise.points as usize));
    }
    let width = if to_terminal { terminal_width() } else { PLAIN_WIDTH };
    let screen =
        TextSettings { color: colour, width, single: exercises.len() == 1, calls: options.calls.clone() };
    let text = match options.format {
        Format::Json => serde_json::to_string_pretty(&report).map(|json| json + "\n").map_err(Error::json)?,
        Format::Junit => junit(&report),
        Format::Text => render(&report, &screen),
        Format::Github => {
            add_to_step_summary(&report)?;
            annotated(&report, &render(&report, &TextSettings { color: false, ..screen }), &token())
        }
    };
    write_report(&text, options.output.as_deref())?;
    Ok(report.exit_status())
}

fn report_on(
    course: &Course,
    exercises: &[&Exercise],
    submission: &Submission,
    options: &GradeOptions,
    colour: bool,
) -> Result<Report> {
    let language = options.language;
    let settings = BuildSettings { language, colour, limits: Limits::default() };
    let builder = Builder::new(course, exercises, settings)?;
    let tasks: Vec<Task<'_>> = exercises
        .iter()
        .map(|exercise| Task {
            exercise,
            source: submission.sources.get(&exercise.id),
            refused: submission.refused.get(&exercise.id),
            seed: options.seed,
            schedules: options.schedules.unwrap_or(SCHEDULES),
            proof: None,
            told: true,
            enough: None,
        })
        .collect();
    let graded = grade_all(&builder, &tasks, language, |step| {
        terminal::show(&text::interface::progress(language, &step));
    });
    terminal::clear();
    Ok(Report::new(&graded, language, submission.ignored).with_files(&submission.files))
}

/// Adds to the summary of the step where GitHub Actions asks for one.
fn add_to_step_summary(report: &Report) -> Result<()> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let file = fs::OpenOptions::new().append(true).create(true).open(&path);
    let written = file.and_then(|mut file| file.write_all(summary(report).as_bytes()));
    written.map_err(|e| Error::io(Doing::Write, Path::new(&path), e))
}

/// A word that nobody can guess: the hasher's keys come from the system's randomness.
fn token() -> String {
    let word = || RandomState::new().build_hasher().finish();
    format!("taller-{:016x}{:016x}", word(), word())
}

/// Whether the environment allows colour (the convention of no-color.org).
pub(super) fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Columns of the terminal.
pub(super) fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(PLAIN_WIDTH, |(width, _)| usize::from(width.0)).clamp(40, WIDEST)
}

/// Fails when there is no folder for the report: better now than after the grading.
pub(super) fn has_place(output: &Path) -> Result<()> {
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::read_dir(folder).map(drop).map_err(|source| cannot_write(output, source))
}

/// A report could not be written.
pub(super) fn cannot_write(output: &Path, source: std::io::Error) -> Error {
    Error::of(Kind::Output { path: output.to_owned(), source })
}

fn write_report(text: &str, output: Option<&Path>) -> Result<()> {
    match output {
        Some(path) => fs::write(path, text).map_err(|e| cannot_write(path, e)),
        None => {
            let mut out = std::io::stdout().lock();
            // A reader that stopped reading (a pager) is no fault.
            match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                    Err(Error::io(Doing::Write, "stdout", error))
                }
                _ => Ok(()),
            }
        }
    }
}
