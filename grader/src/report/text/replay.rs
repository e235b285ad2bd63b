//! The screen of a repeated order: what came out now, and whether it is what the token was made of.

use super::page::{Page, Paragraph, Tone};
use super::{RIGHT_EDGE, TextSettings, WIDTHS, findings, steps};
use crate::ExitStatus;
use crate::report::{Reason, Report, VerdictReport};
use crate::text::{clean, screen};
use unicode_width::UnicodeWidthStr;

/// What was repeated, and how it went beside its verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The token.
    pub token: String,
    /// Whether the steps are no longer those that the token was made of.
    pub changed: bool,
    /// Whether a process waited outside the library, so that the order is not wholly the token's.
    pub external: bool,
    /// How often it was repeated.
    pub times: u32,
    /// Repetitions that took the same steps as the first one.
    pub alike: u32,
}

/// The screen, and how the grader ends because of it. `report` is on the one scenario that was repeated.
#[must_use]
pub fn replayed(report: &Report, seen: &Replayed, settings: &TextSettings) -> (String, ExitStatus) {
    let mut page = Page::new(settings.color, settings.width.clamp(WIDTHS.0, WIDTHS.1));
    let language = report.language;
    let Some(exercise) = report.exercises.first() else { return (String::new(), ExitStatus::GraderFault) };
    let first = exercise.claims.first();
    let scenario = first.map(|claim| format!("{} ({})", claim.scenario, claim.args.join(" ")));
    let scenario = clean::line(&scenario.unwrap_or_default(), RIGHT_EDGE / 2);
    let blanks = page.width().min(RIGHT_EDGE).saturating_sub(exercise.id.width() + scenario.width()).max(2);
    let id = page.paint(Tone::Strong, &exercise.id);
    let scenario = page.paint(Tone::Dim, &scenario);
    page.line(&format!("{id}{}{scenario}", " ".repeat(blanks)));
    page.line(&page.paint(Tone::Dim, &clean::line(&steps::place(exercise), usize::MAX)));
    findings::write(&mut page, exercise, language, &settings.calls);
    page.blank();
    let counts = |claim: &&crate::report::ClaimReport| claim.reason != Some(Reason::Vacuous);
    let kept = exercise.claims.iter().filter(counts).all(|claim| claim.verdict == VerdictReport::Kept);
    let broken = exercise.claims.iter().any(|claim| claim.verdict == VerdictReport::Broken);
    if seen.changed {
        page.paragraph(Paragraph::aside(2, screen::changed(language)));
    }
    if seen.external {
        page.paragraph(Paragraph::aside(2, screen::external(language)));
    }
    if seen.times > 1 {
        page.paragraph(Paragraph::aside(2, &screen::alike(language, seen.alike, seen.times)));
    }
    let (word, tone) = match (kept, broken) {
        (true, _) => ("✔", Tone::Good),
        (false, true) => ("✘", Tone::Bad),
        (false, false) => ("?", Tone::Partial),
    };
    page.paragraph(Paragraph::marked(word, tone, screen::repeated(language, kept, broken, seen.changed)));
    let every = seen.alike == seen.times;
    (page.finish(), if kept && every { ExitStatus::AllPoints } else { ExitStatus::NotAllPoints })
}
