//! The command `trace`: shows, step by step, what the processes of a scenario do in one order: as a table, or drawn.

use std::fs;
use std::path::{Path, PathBuf};

use super::OneFile;
use super::grade::{cannot_write, has_place};
use super::one::{Building, prepare, refused, scenario, screen};
use super::order::{Orders, Shown};
use crate::course::Course;
use crate::diagram::{self, MOST_LANES, Picture};
use crate::error::Result;
use crate::report::{Traced, traced};
use crate::seed::Seed;
use crate::story::{self, Story, Whole};
use crate::{ExitStatus, text};

/// Most rows of a table or a diagram, unless all are asked for.
const MOST_ROWS: usize = 40;

/// Columns of the lines of a command in a page: of the first, and of the others, which stand two further in.
const COMMAND_COLUMNS: (usize, usize) = (76, 74);

/// Which order of which scenario to show, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TraceOptions {
    /// The scenario; one that fails when there is none, else the first one.
    pub scenario: Option<String>,
    /// The number of the order among those that grading tries, 0 for the one without interruptions; one that fails when there
    /// is none, else that without interruptions.
    pub schedule: Option<u64>,
    /// Whether to show every step; a diagram has at most [`diagram::MOST_ROWS`].
    pub all: bool,
    /// In which form; what the name of the file says when there is none, else a table.
    pub format: Option<TraceFormat>,
    /// Where it is written; stdout when there is none.
    pub output: Option<PathBuf>,
}

/// A form in which an order is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TraceFormat {
    /// A table, for a terminal.
    Text,
    /// A diagram.
    Svg,
    /// A page with the diagram, the table, the student's lines and the explanation.
    Html,
}

impl TraceOptions {
    /// What was typed to choose the order and its steps.
    fn typed(&self) -> Vec<String> {
        let schedule = self.schedule.map(|number| format!("--schedule {number}"));
        let all = self.all.then(|| "--all".to_owned());
        self.scenario.iter().cloned().chain(schedule).chain(all).collect()
    }

    fn format(&self) -> TraceFormat {
        let by_name = || match self.output.as_deref().and_then(Path::extension)?.to_str()? {
            "svg" => Some(TraceFormat::Svg),
            "html" | "htm" => Some(TraceFormat::Html),
            _ => None,
        };
        self.format.or_else(by_name).unwrap_or(TraceFormat::Text)
    }
}

/// What is to be written to stdout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// For people, and how to end.
    Screen(String, ExitStatus),
    /// A document, as it is.
    Document(String),
}

/// The steps of one order.
///
/// # Errors
/// Wrong usage (an unknown id, a file that cannot be written), or a fault of the grader; never what a student did.
pub fn trace(course: &Course, file: &OneFile, options: &TraceOptions) -> Result<Told> {
    let exercise = course.exercise(&file.id)?;
    let only = options.scenario.as_deref().map(|id| scenario(exercise, id)).transpose()?;
    options.output.as_deref().map_or(Ok(()), has_place)?;
    let ready = match prepare(course, file)? {
        Building::Ready(ready) => ready,
        Building::Refused(diagnostics) => {
            let (screen, status) = refused(exercise, diagnostics, file);
            return Ok(Told::Screen(screen, status));
        }
    };
    let seed = Seed::of_submission(&exercise.id, &ready.source.hash);
    let orders = Orders { exercise, file, ready: &ready, seed };
    let shown = match options.schedule {
        Some(number) => orders.numbered(only, Some(number))?,
        None => orders.failing(only)?.map_or_else(|| orders.numbered(only, None), Ok)?,
    };
    let format = options.format();
    let answer = match format {
        TraceFormat::Text => table(&orders, &shown, options),
        TraceFormat::Svg | TraceFormat::Html => drawn(&orders, &shown, options.all, format),
    };
    let Some(path) = &options.output else {
        return Ok(match format {
            TraceFormat::Text => Told::Screen(answer, ExitStatus::AllPoints),
            TraceFormat::Svg | TraceFormat::Html => Told::Document(answer),
        });
    };
    fs::write(path, answer).map_err(|source| cannot_write(path, source))?;
    let told = text::diagram::written(file.language, format, &path.display().to_string());
    Ok(Told::Screen(told, ExitStatus::AllPoints))
}

/// The story of an order, in so many rows and processes at most.
fn told(shown: &Shown, rows: Option<usize>, processes: Option<usize>) -> Story {
    let also: Vec<_> = shown.flip.into_iter().flatten().collect();
    Story::of_whole(&shown.run, &Whole { finding: shown.finding.as_ref(), also: &also, rows, processes })
}

fn table(orders: &Orders<'_>, shown: &Shown, options: &TraceOptions) -> String {
    let seen = Traced {
        exercise: &orders.exercise.id,
        file: &orders.ready.program.shown_path,
        scenario: (&shown.scenario.0, &shown.scenario.1),
        which: shown.which,
        typed: &options.typed(),
        killed: shown.killed.as_deref(),
        story: &told(shown, Some(MOST_ROWS).filter(|_| !options.all), None),
        came: shown.came(),
        token: shown.claim.as_ref().and_then(|claim| claim.replay.as_deref()),
    };
    traced(&seen, orders.file.language, &screen(&orders.file.calls))
}

fn drawn(orders: &Orders<'_>, shown: &Shown, all: bool, format: TraceFormat) -> String {
    let mut rows = if all { diagram::MOST_ROWS } else { MOST_ROWS };
    loop {
        let story = told(shown, Some(rows), Some(MOST_LANES));
        let drawn = drawing(orders, shown, &story, format);
        // Words that take far more bytes than columns are nothing that anybody writes; the diagram stays small all the same.
        if drawn.len() < diagram::MOST_BYTES || rows <= story::FAILURE_ROWS {
            return drawn;
        }
        rows /= 2;
    }
}

/// What is drawn of a story.
fn drawing(orders: &Orders<'_>, shown: &Shown, story: &Story, format: TraceFormat) -> String {
    let (claim, exercise) = (shown.claim.as_ref(), &orders.exercise.id);
    let flip =
        shown.flip.and_then(|[first, second]| Some((story.number_of(first)?, story.number_of(second)?)));
    let token = claim.and_then(|claim| claim.replay.as_deref());
    let (first, others) = COMMAND_COLUMNS;
    let lines = |token| orders.file.calls.replay(exercise, token).lines(first, others);
    let replay = token.map(|token| lines(token).join("\n  "));
    let picture = Picture {
        exercise,
        file: &orders.ready.program.shown_path,
        scenario: (&shown.scenario.0, &shown.scenario.1),
        which: shown.which,
        run: &shown.run,
        story,
        flip,
        came: shown.came(),
        hint: claim.and_then(|claim| claim.hint.as_deref()),
        killed: shown.killed.as_deref(),
        source: &orders.ready.program.source,
        replay: replay.as_deref(),
    };
    match format {
        TraceFormat::Html => diagram::page(&picture, orders.file.language),
        TraceFormat::Svg | TraceFormat::Text => diagram::svg(&picture, orders.file.language),
    }
}
