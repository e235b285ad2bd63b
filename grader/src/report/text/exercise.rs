//! One exercise: its goals, what is wrong, what to do, and last its name and result.

use unicode_width::UnicodeWidthStr;

use super::page::{Page, Paragraph, Tone, wrap};
use super::{RIGHT_EDGE, diagnostics, findings, steps};
use crate::report::{ExerciseReport, GoalReport, GoalStatus, Report, Status};
use crate::text::{clean, diagram, screen};
use crate::{Calls, Language};

/// Most lines of a fault that are shown.
const FAULT_LINES: usize = 20;

/// The mark of an exercise and how it looks.
pub(super) fn mark(exercise: &ExerciseReport) -> (&'static str, Tone) {
    match exercise.status {
        Status::Passed => ("●", Tone::Good),
        Status::Pending | Status::Failed if exercise.points > 0 => ("◐", Tone::Partial),
        Status::Failed | Status::DoesNotCompile => ("✘", Tone::Bad),
        Status::Pending | Status::Missing => ("○", Tone::Dim),
        Status::GraderFault => ("!", Tone::Bad),
    }
}

/// Orders that were tried of some exercises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Orders {
    tried: u64,
    cases: u64,
    /// Cases of which all were tried, and the most of one of them.
    complete: u64,
    most: u64,
}

impl Orders {
    /// `None` when no case was tried in more than one.
    pub(super) fn of<'a>(exercises: impl IntoIterator<Item = &'a ExerciseReport>) -> Option<Self> {
        let mut orders = Self::default();
        for exercise in exercises {
            let mut last = None;
            // The claims of a scenario stand together, and each tells the same.
            for claim in &exercise.claims {
                let Some(schedules) = &claim.schedules else { continue };
                if last.replace(&claim.scenario) == Some(&claim.scenario) {
                    continue;
                }
                orders.tried += schedules.tried;
                orders.cases += 1;
                if schedules.exhaustive {
                    orders.complete += 1;
                    orders.most = orders.most.max(schedules.tried);
                }
            }
        }
        (orders.tried > 1).then_some(orders)
    }

    /// How many were tried.
    pub(super) fn tried(self, language: Language) -> String {
        screen::orders(language, self.tried)
    }

    /// Of which cases these were all, if of any.
    pub(super) fn complete(self, language: Language) -> Option<String> {
        let Self { cases, complete, most, .. } = self;
        (complete > 0).then(|| screen::all_orders(language, screen::Complete { complete, cases, most }))
    }
}

/// Writes the screen of the one exercise that was asked for.
pub(super) fn single(page: &mut Page, exercise: &ExerciseReport, report: &Report, calls: &Calls) {
    let language = report.language;
    body(page, exercise, language, calls);
    match exercise.status {
        Status::Passed | Status::DoesNotCompile | Status::GraderFault => {}
        Status::Failed => {
            // With one thing to try, the hints belong to it.
            if findings::of(exercise).len() > 1 || waits(exercise) || !exercise.warnings.is_empty() {
                page.blank();
            }
            page.command(screen::more_word(language), &calls.hint(&exercise.id));
            if exercise.claims.iter().any(|claim| !claim.steps.is_empty()) {
                page.command(screen::trace_word(language), &calls.trace(&exercise.id));
                let file = diagram::page_file(language);
                page.command(diagram::page_word(language), &calls.page(&exercise.id, &[], file));
            }
        }
        Status::Pending | Status::Missing => {
            page.blank();
            steps::write(page, &steps::of(exercise, language, calls));
        }
    }
    if let Some(told) = screen::ignored(language, report.ignored) {
        page.blank();
        page.paragraph(Paragraph::aside(0, &told));
    }
    page.blank();
    if let Some(told) = Orders::of([exercise]).filter(|_| exercise.status == Status::Passed) {
        let sentences: Vec<String> =
            [Some(told.tried(language)), told.complete(language)].into_iter().flatten().collect();
        page.paragraph(Paragraph::aside(2, &sentences.join(" ")));
        page.blank();
    }
    let (_, tone) = mark(exercise);
    let result =
        screen::result(language, exercise.status, exercise.points, exercise.max_points, &exercise.seed);
    page.line(&format!(
        "{} {}",
        page.paint(Tone::Strong, &format!("{}:", exercise.id)),
        page.paint(tone, &result)
    ));
}

/// Writes an exercise from its name to what is wrong with it.
pub(super) fn body(page: &mut Page, exercise: &ExerciseReport, language: Language, calls: &Calls) {
    header(page, exercise, language);
    match exercise.status {
        Status::Missing => {
            page.blank();
            page.paragraph(Paragraph::marked("○", Tone::Partial, &screen::missing(language, &exercise.file)));
        }
        Status::DoesNotCompile => diagnostics::write(page, &exercise.diagnostics, language),
        Status::GraderFault => fault(page, exercise, language),
        Status::Passed | Status::Failed | Status::Pending => {
            page.blank();
            for one in &exercise.goals {
                goal(page, one, language);
            }
            findings::write(page, exercise, language, calls);
            diagnostics::warnings(page, exercise, language);
            pending(page, exercise, language);
        }
    }
}

/// Whether a goal waits for a function to be written.
fn waits(exercise: &ExerciseReport) -> bool {
    exercise.goals.iter().any(|goal| goal.status == GoalStatus::Pending)
}

/// Name and points, and below it the file, with the line to look at first.
fn header(page: &mut Page, exercise: &ExerciseReport, language: Language) {
    let points = screen::points(language, exercise.points, exercise.max_points);
    let width = page.width().min(RIGHT_EDGE);
    let blanks = width.saturating_sub(exercise.id.width() + points.width()).max(2);
    let (id, points) = (page.paint(Tone::Strong, &exercise.id), page.paint(Tone::Dim, &points));
    page.line(&format!("{id}{}{points}", " ".repeat(blanks)));
    page.line(&page.paint(Tone::Dim, &clean::line(&steps::place(exercise), usize::MAX)));
}

/// Mark, title and points of a goal.
fn goal(page: &mut Page, goal: &GoalReport, language: Language) {
    let (mark, tone) = match goal.status {
        GoalStatus::Kept => ("✔", Tone::Good),
        GoalStatus::Broken => ("✘", Tone::Bad),
        GoalStatus::Pending => ("○", Tone::Dim),
        GoalStatus::Unseen => ("?", Tone::Partial),
    };
    let points = format!("{}/{}", goal.points, goal.max_points);
    let width = page.width().min(RIGHT_EDGE);
    let title = match goal.status {
        GoalStatus::Unseen => format!("{} ({})", goal.title, screen::unseen_goal(language)),
        GoalStatus::Kept | GoalStatus::Broken | GoalStatus::Pending => goal.title.clone(),
    };
    let lines = wrap(&title, "", 0, width.saturating_sub(4 + 1 + points.width()));
    for (index, title) in lines.iter().enumerate() {
        if index > 0 {
            page.line(&format!("    {title}"));
            continue;
        }
        let blanks = " ".repeat(width.saturating_sub(4 + title.width() + points.width()).max(1));
        let (mark, points) = (page.paint(tone, mark), page.paint(tone, &points));
        page.line(&format!("  {mark} {title}{blanks}{points}"));
    }
}

/// Functions that are still to be written.
fn pending(page: &mut Page, exercise: &ExerciseReport, language: Language) {
    if !waits(exercise) {
        return;
    }
    page.blank();
    let mut text = screen::pending(language, &exercise.pending);
    if exercise.status == Status::Pending {
        text = format!("{text} {}", screen::so_far(language, exercise.points, exercise.max_points));
    }
    page.paragraph(Paragraph::marked("○", Tone::Partial, &text));
}

fn fault(page: &mut Page, exercise: &ExerciseReport, language: Language) {
    let (heading, step) = screen::fault(language);
    page.blank();
    page.paragraph(Paragraph::marked("!", Tone::Bad, heading));
    page.blank();
    for line in clean::block(exercise.fault.as_deref().unwrap_or_default()).lines().take(FAULT_LINES) {
        page.line(&format!("    {line}"));
    }
    page.blank();
    page.paragraph(Paragraph::labelled(screen::try_word(language), step));
}
