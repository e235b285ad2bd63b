//! A program that does not compile: the compiler's first error as it prints it, and a sentence below.

use super::page::{Page, Paragraph, Tone};
use super::{findings, rustc_lines};
use crate::Language;
use crate::report::{DiagnosticReport, ExerciseReport, Status};
use crate::text::{clean, compiler, screen};

/// Most lines of an error that are shown.
const RENDERED_LINES: usize = 40;

/// Writes why a program does not compile.
pub(super) fn write(page: &mut Page, diagnostics: &[DiagnosticReport], language: Language) {
    let Some(first) = diagnostics.first() else { return };
    page.blank();
    if first.driver || first.rendered.trim().is_empty() {
        let place = if first.driver { String::new() } else { format!("(:{}) ", first.line) };
        let text = format!("{place}{}", clean::line(&first.message, 400));
        with_step(page, Paragraph::marked("✘", Tone::Bad, &text), language);
        page.blank();
    }
    rendered(page, first);
    let plain = format!("{}\n{}", first.message, clean::block(&first.rendered));
    let note = first
        .code
        .as_deref()
        .and_then(|code| Some((code, compiler::compiler_note_on(code, &plain, language)?)));
    if let Some((code, note)) = note.filter(|_| !first.driver) {
        page.blank();
        let word = format!("{code}:");
        with_step(page, Paragraph { before: 2, indent: 4, ..Paragraph::labelled(&word, note) }, language);
    }
    if let Some(more) = screen::more_errors(language, diagnostics.len() - 1) {
        page.blank();
        page.paragraph(Paragraph::aside(2, &more));
    }
}

/// Most kinds of warnings that are shown.
const WARNINGS: usize = 2;
/// The lint that is told even of a solved exercise: what it warns of goes wrong on another day.
const ALWAYS_TOLD: &str = "unused_must_use";

/// Writes what the compiler warns of, in short: below what is wrong, it may be the reason. Of lines that are shown above
/// the reason is told there.
pub(super) fn warnings(page: &mut Page, exercise: &ExerciseReport, language: Language) {
    let solved = exercise.status == Status::Passed;
    let groups = findings::of(exercise);
    let shown: Vec<u32> =
        groups.iter().take(1).flat_map(|group| &group.claim.excerpt).map(|quoted| quoted.line).collect();
    let told = exercise.warnings.iter().filter(|one| !solved || one.code.as_deref() == Some(ALWAYS_TOLD));
    let told = told.filter(|one| !shown.contains(&one.line));
    let mut kinds: Vec<(String, Vec<u32>)> = Vec::new();
    for DiagnosticReport { code, message, rendered, line, .. } in told {
        let (code, plain) = (code.as_deref().unwrap_or_default(), clean::block(rendered));
        let text = compiler::warning(code, &clean::line(message, 200), &plain, language);
        match kinds.iter_mut().find(|(known, _)| *known == text) {
            Some((_, lines)) => lines.push(*line),
            None => kinds.push((text, vec![*line])),
        }
    }
    if !kinds.is_empty() {
        page.blank();
    }
    for (text, lines) in kinds.iter().take(WARNINGS) {
        let places: Vec<String> = lines.iter().map(|line| format!(":{line}")).collect();
        let word = screen::warning(language, &places);
        page.paragraph(Paragraph {
            before: 2,
            indent: 4,
            word_tone: Tone::Partial,
            ..Paragraph::labelled(&word, text)
        });
    }
}

/// A text, and the next step that it ends in on a line of its own.
fn with_step(page: &mut Page, paragraph: Paragraph<'_>, language: Language) {
    let word = screen::try_word(language);
    let (text, step) = paragraph.text.split_once(word).unwrap_or((paragraph.text, ""));
    page.paragraph(Paragraph { text: text.trim_end(), ..paragraph });
    if !step.is_empty() {
        page.paragraph(Paragraph::labelled(word, step.trim_start()));
    }
}

/// The compiler's own words, folded to the page.
fn rendered(page: &mut Page, diagnostic: &DiagnosticReport) {
    let text =
        if page.color() { clean::coloured(&diagnostic.rendered) } else { clean::block(&diagnostic.rendered) };
    let lines: Vec<String> =
        text.trim_matches('\n').lines().flat_map(|line| rustc_lines::fold(line, page.width())).collect();
    for line in lines.iter().take(RENDERED_LINES) {
        page.line(line);
    }
    if lines.len() > RENDERED_LINES {
        page.line("…");
    }
}
