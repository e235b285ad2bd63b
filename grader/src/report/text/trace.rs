//! The screen of one order of a scenario: what every process did, step by step.

use unicode_width::UnicodeWidthStr;

use super::page::{Page, Paragraph, Tone, wrap_row};
use super::{RIGHT_EDGE, TextSettings, WIDTHS};
use crate::Language;
use crate::story::Story;
use crate::text::finding::story_table;
use crate::text::{clean, diagram, screen};

/// Which order is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// That in which nobody is interrupted.
    Calm,
    /// That of this number among those that grading tries.
    Numbered(u64),
    /// One that fails.
    Failing,
}

/// What came out of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came<'a> {
    /// What is wrong with it.
    Wrong(&'a str),
    /// Nothing is wrong with it.
    Right,
    /// Not all of it could be seen.
    Unseen,
}

/// One order of a scenario.
#[derive(Debug, Clone)]
pub struct Traced<'a> {
    /// The exercise.
    pub exercise: &'a str,
    /// The student's file, for people.
    pub file: &'a str,
    /// The scenario and its arguments.
    pub scenario: (&'a str, &'a [String]),
    /// Which order it is.
    pub which: Which,
    /// What was typed to see it: the scenario and options, if some were.
    pub typed: &'a [String],
    /// Whom the grader killed in it, if it did.
    pub killed: Option<&'a str>,
    /// Its steps.
    pub story: &'a Story,
    /// What came out.
    pub came: Came<'a>,
    /// What repeats it, when it fails.
    pub token: Option<&'a str>,
}

/// The screen.
#[must_use]
pub fn traced(traced: &Traced<'_>, language: Language, settings: &TextSettings) -> String {
    let mut page = Page::new(settings.color, settings.width.clamp(WIDTHS.0, WIDTHS.1));
    let (scenario, args) = traced.scenario;
    let scenario = clean::line(&format!("{scenario} ({})", args.join(" ")), RIGHT_EDGE / 2);
    let blanks =
        page.width().min(RIGHT_EDGE).saturating_sub(traced.exercise.width() + scenario.width()).max(2);
    let id = page.paint(Tone::Strong, traced.exercise);
    let scenario = page.paint(Tone::Dim, &scenario);
    page.line(&format!("{id}{}{scenario}", " ".repeat(blanks)));
    page.line(&page.paint(Tone::Dim, &clean::line(traced.file, usize::MAX)));
    page.blank();
    if let Came::Wrong(message) = traced.came {
        page.paragraph(Paragraph::marked("✘", Tone::Bad, message));
        page.blank();
    }
    if let Some(killed) = traced.killed {
        page.paragraph(Paragraph::plain(2, killed));
        page.blank();
    }
    page.paragraph(Paragraph::plain(2, &screen::which_order(language, traced.which)));
    page.blank();
    for line in story_table::lines(traced.story, language) {
        for line in wrap_row(&line, 2, page.width()) {
            page.line(&line);
        }
    }
    page.blank();
    match traced.came {
        Came::Wrong(_) => {}
        Came::Right => {
            page.paragraph(Paragraph::marked("✔", Tone::Good, screen::order_is_right(language)));
        }
        Came::Unseen => {
            page.paragraph(Paragraph::marked("?", Tone::Partial, screen::order_is_unseen(language)));
        }
    }
    if let Some(token) = traced.token {
        page.command(screen::replay_word(language), &settings.calls.replay(traced.exercise, token));
    }
    page.command(
        diagram::page_word(language),
        &settings.calls.page(traced.exercise, traced.typed, diagram::page_file(language)),
    );
    page.finish()
}
