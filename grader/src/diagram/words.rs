//! The texts of a diagram and of the table beside it: those of every row and of every lane.

use std::collections::BTreeSet;

use procesos_trace::Op;

use super::scene::{Aside, Scene};
use crate::Language;
use crate::story::{Note, Row, State, Story, Told};
use crate::text::diagram as text;
use crate::text::finding::story_table as table;
use crate::text::{clean, phrase};

/// Widest name of a process.
const NAME_COLUMNS: usize = 18;
/// Widest operation.
const OPERATION_COLUMNS: usize = 34;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) heads: Vec<Head>,
    pub(super) lines: Vec<Line>,
    /// The name of the object that is looked at after every step.
    pub(super) watched: Option<String>,
}

/// The head of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// `P1`, or who it is.
    pub(super) id: String,
    /// Its name, if it has one.
    pub(super) name: String,
    /// The words in rows of others.
    pub(super) asides: Vec<(usize, &'static str)>,
}

impl Head {
    /// Both in one.
    pub(super) fn whole(&self) -> String {
        format!("{} {}", self.id, self.name).trim_end().to_owned()
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    Step(Box<Step>),
    /// Steps that are left out.
    More(String),
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) number: String,
    pub(super) lane: usize,
    pub(super) operation: String,
    pub(super) place: String,
    /// The line in the student's file.
    pub(super) line: Option<u32>,
    /// What is in the watched object, and whether that is another than before.
    pub(super) after: String,
    pub(super) is_new: bool,
    pub(super) note: String,
    pub(super) mark: Mark,
    /// Whether it is one of the steps that decide.
    pub(super) critical: bool,
}

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// One that was done.
    Done,
    /// One that never ends.
    Stuck,
    /// The last one of a process.
    Last,
    /// The last one of a process that fails.
    Failed,
}

impl Words {
    /// The words of a story; `flip` are the numbers of two steps that decide.
    pub(super) fn of(story: &Story, scene: &Scene, flip: Option<(usize, usize)>, language: Language) -> Self {
        let quoted = |text: String| phrase::with_quotation_marks(&text, language);
        let critical = critical(story, flip);
        let mut before: Option<&State> = None;
        let mut lines = Vec::new();
        for (index, row) in story.rows.iter().enumerate() {
            let told = match row {
                Row::Told(told) => told,
                Row::More(steps) => {
                    lines.push(Line::More(table::more(*steps, language)));
                    continue;
                }
            };
            let is_new = told.after.as_ref() != before;
            before = told.after.as_ref();
            let place = told.doing.first().and_then(|doing| doing.place.as_ref());
            lines.push(Line::Step(Box::new(Step {
                number: told.number.to_string(),
                lane: scene.lanes.iter().position(|lane| lane.who == told.who).unwrap_or(0),
                operation: quoted(clean::cut(&table::operation(told, language), OPERATION_COLUMNS)),
                place: table::place(told),
                line: place.filter(|place| place.of_student).map(|place| place.line),
                after: quoted(table::state(told.after.as_ref(), language)),
                is_new,
                note: note(told, index, scene, language),
                mark: mark(told),
                critical: critical.contains(&told.number),
            })));
        }
        let [.., content] = table::words(language);
        Self {
            heads: heads(scene, language),
            lines,
            watched: story.watched.as_ref().map(|thing| table::named(thing, content)),
        }
    }

    /// The rows with a step, with their number among all rows.
    pub(super) fn steps(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.lines.iter().enumerate().filter_map(|(row, line)| match line {
            Line::Step(step) => Some((row, &**step)),
            Line::More(_) => None,
        })
    }
}

/// The numbers of the steps that decide: those of which the exchange was tried, else those that a note is about.
fn critical(story: &Story, flip: Option<(usize, usize)>) -> BTreeSet<usize> {
    if let Some((first, second)) = flip {
        return [first, second].into();
    }
    let noted = story.told().filter_map(|told| match told.note? {
        Note::Overwrites(other) | Note::TooEarly(other) => Some([told.number, other]),
        Note::NotReceived | Note::Waits | Note::Ends => None,
    });
    noted.flatten().collect()
}

fn heads(scene: &Scene, language: Language) -> Vec<Head> {
    let word = |aside: &Aside| match aside {
        Aside::Interrupted => text::interrupted(language),
        Aside::Waits => text::waits(language),
        Aside::Killed => text::killed(language),
        Aside::Terminated => text::terminated(language),
        Aside::Died => text::died(language),
    };
    let head = |lane: &super::scene::Lane| Head {
        id: table::heading(&lane.who, 0, language),
        name: if lane.who.first { String::new() } else { phrase::name_within(&lane.who.name, NAME_COLUMNS) },
        asides: lane.asides.iter().map(|(row, aside)| (*row, word(aside))).collect(),
    };
    scene.lanes.iter().map(head).collect()
}

/// What is remarkable about a step; for one that never ends, for whom it waits.
fn note(told: &Told, row: usize, scene: &Scene, language: Language) -> String {
    let awaited =
        scene.awaited.iter().find(|(waiting, _)| *waiting == row).map(|(_, lane)| &scene.lanes[*lane].who);
    match (told.note, awaited) {
        (Some(Note::Waits), Some(who)) => text::waits_for(language, &table::heading(who, 0, language)),
        (Some(note), _) => table::noted(note, language),
        (None, _) => String::new(),
    }
}

fn mark(told: &Told) -> Mark {
    match told.doing.last() {
        Some(doing) if doing.outcome.is_none() => Mark::Stuck,
        _ if told.note == Some(Note::Ends) => Mark::Failed,
        Some(doing) if doing.op == Op::Panic => Mark::Failed,
        Some(doing) if doing.op == Op::Exit => Mark::Last,
        Some(_) | None => Mark::Done,
    }
}
