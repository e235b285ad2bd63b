//! The report for people, on a terminal or in a file: the name and the result of an exercise last, one cause first,
//! one next step. Pure: it looks at nothing but the report.

mod diagnostics;
mod exercise;
mod findings;
mod overview;
mod page;
mod replay;
mod rustc_lines;
mod steps;
mod trace;

use super::{DiagnosticReport, Report};
use crate::{Calls, Language};
pub(crate) use findings::first_with_order;
use page::Page;
pub use replay::{Replayed, replayed};
pub use trace::{Came, Traced, Which, traced};

/// Narrowest and widest page; an 80-column terminal is what the screens are made for.
const WIDTHS: (usize, usize) = (40, 100);
/// Where what stands at the right ends, on a page that has room for more.
const RIGHT_EDGE: usize = 80;

/// How a report is written for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextSettings {
    /// Whether there may be codes for colour.
    pub color: bool,
    /// Columns of the page.
    pub width: usize,
    /// Whether one exercise was asked for: then it is shown whole, without the list.
    pub single: bool,
    /// The commands that it names.
    pub calls: Calls,
}

/// The report as text.
#[must_use]
pub fn render(report: &Report, settings: &TextSettings) -> String {
    let width = settings.width.clamp(WIDTHS.0, WIDTHS.1);
    let mut page = Page::new(settings.color, width);
    match report.exercises.as_slice() {
        [only] if settings.single => exercise::single(&mut page, only, report, &settings.calls),
        _ => overview::write(&mut page, report, &settings.calls),
    }
    page.finish()
}

/// What is said of the mistakes of the exercises, and what to try: the messages alone, as wide as on a terminal.
#[must_use]
pub fn messages(report: &Report) -> String {
    let mut page = Page::new(false, RIGHT_EDGE);
    for exercise in &report.exercises {
        findings::messages(&mut page, exercise, report.language);
    }
    page.finish()
}

/// Why a program does not compile, as text.
#[must_use]
pub fn render_diagnostics(
    diagnostics: &[DiagnosticReport],
    language: Language,
    color: bool,
    width: usize,
) -> String {
    let mut page = Page::new(color, width.clamp(WIDTHS.0, WIDTHS.1));
    diagnostics::write(&mut page, diagnostics, language);
    page.finish()
}

#[cfg(test)]
mod tests;
