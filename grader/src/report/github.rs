//! The report for GitHub Actions: annotations on the student's lines, and a summary of the step in Markdown.
//!
//! Nothing that a program of a student chose can speak workflow commands: the report for people is written between
//! `stop-commands` and its token, and everything in an annotation is escaped.

use std::fmt::Write;

use super::{ClaimReport, ExerciseReport, GoalStatus, Report, VerdictReport};
use crate::Language;
use crate::text::{clean, screen};

/// Annotations that GitHub shows of one step.
const MOST_ANNOTATIONS: usize = 10;

/// What to print: the report for people, which cannot command, then annotations. `token` has to be unpredictable.
#[must_use]
pub fn annotated(report: &Report, text: &str, token: &str) -> String {
    let mut out = format!("::stop-commands::{token}\n{text}\n::{token}::\n");
    for annotation in annotations(report).take(MOST_ANNOTATIONS) {
        out += &annotation;
        out.push('\n');
    }
    out
}

fn annotations(report: &Report) -> impl Iterator<Item = String> {
    report.exercises.iter().flat_map(|exercise| {
        let errors =
            exercise.diagnostics.iter().map(|d| annotation(&exercise.id, &d.file, d.line, &d.message));
        let broken = exercise.claims.iter().filter(|claim| is_telling(claim)).filter_map(|claim| {
            let place = claim.locations.first()?;
            let step = claim.hint.as_ref().map(|hint| next_step(report.language, hint));
            let text: Vec<String> = std::iter::once(claim.message.clone()).chain(step).collect();
            Some(annotation(&exercise.id, &place.file, place.line, &text.join("\n")))
        });
        errors.chain(broken).collect::<Vec<_>>()
    })
}

/// The next step with the word before it.
pub(super) fn next_step(language: Language, hint: &str) -> String {
    format!("{} {hint}", screen::try_word(language))
}

fn is_telling(claim: &ClaimReport) -> bool {
    claim.verdict == VerdictReport::Broken && claim.same_as.is_none()
}

fn annotation(title: &str, file: &str, line: u32, message: &str) -> String {
    format!("::error file={},line={line},title={}::{}", property(file), property(title), data(message))
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    clean::block(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The summary of the step, in Markdown.
#[must_use]
pub fn summary(report: &Report) -> String {
    let title = match report.language {
        Language::Spanish => "Taller de procesos",
        Language::English => "Process workshop",
    };
    let mut out = format!("## {title}: {} / {}\n\n", report.points, report.max_points);
    for exercise in &report.exercises {
        summary_of(exercise, report.language, &mut out);
    }
    out
}

fn summary_of(exercise: &ExerciseReport, language: Language, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "### `{}` {} / {}\n", exercise.id, exercise.points, exercise.max_points);
    for goal in &exercise.goals {
        let mark = match goal.status {
            GoalStatus::Kept => "✔",
            GoalStatus::Broken => "✘",
            GoalStatus::Pending | GoalStatus::Unseen => "○",
        };
        let _ = writeln!(out, "- {mark} {} ({}/{})", markdown(&goal.title), goal.points, goal.max_points);
    }
    out.push('\n');
    for diagnostic in exercise.diagnostics.iter().take(1) {
        fenced(&format!("{}:{}: {}", diagnostic.file, diagnostic.line, diagnostic.message), out);
    }
    for claim in exercise.claims.iter().filter(|claim| is_telling(claim)) {
        fenced(&super::junit::claim_text(claim, language), out);
    }
}

/// Text as a block of code: an indented block cannot be closed by what it holds.
fn fenced(text: &str, out: &mut String) {
    for line in clean::block(text).lines() {
        let _ = writeln!(out, "    {line}");
    }
    out.push('\n');
}

/// Text without meaning in Markdown.
fn markdown(text: &str) -> String {
    let means = |c| "\\`*_{}[]<>()#+-!|~&".contains(c);
    let escape = |c: char| if means(c) { format!("\\{c}") } else { c.to_string() };
    clean::line(text, 200).chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_end_its_command_or_begin_another() {
        let line = annotation("a,b", "src/lib.rs", 7, "uno 100%\n::error::dos\r\u{1b}[31m");
        assert_eq!(line, "::error file=src/lib.rs,line=7,title=a%2Cb::uno 100%25%0A::error::dos");
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn markdown_of_a_title_is_only_text() {
        assert_eq!(markdown("<b>*x*</b>, y"), r"\<b\>\*x\*\</b\>, y");
    }
}
