//! Several exercises: what is wrong with the one to do next, the list of all, what to do.

use unicode_width::UnicodeWidthStr;

use super::RIGHT_EDGE;
use super::page::{Page, Paragraph, Tone};
use super::{exercise, steps};
use crate::report::{ExerciseReport, GoalStatus, Report, Status};
use crate::text::{clean, screen};
use crate::{Calls, Language};

/// Least columns in which the last column of the list is worth showing.
const LAST_COLUMN: usize = 16;

/// Writes the list, with the exercise to do next before it (what is wrong) and after it (what to do).
pub(super) fn write(page: &mut Page, report: &Report, calls: &Calls) {
    let language = report.language;
    let next = next(report);
    if let Some(broken) = next.filter(|next| is_broken(next.status)) {
        exercise::body(page, broken, language, calls);
        page.blank();
    }
    let title = screen::title(language, report.exercises.len(), report.points, report.max_points);
    page.line(&page.paint(Tone::Strong, &title));
    page.blank();
    let columns = Columns::of(report);
    for exercise in &report.exercises {
        row(page, exercise, report, &columns);
    }
    page.blank();
    if let Some(told) = screen::ignored(language, report.ignored) {
        page.paragraph(Paragraph::aside(0, &told));
        page.blank();
    }
    match next {
        Some(next) => {
            let (word, id) =
                (page.paint(Tone::Label, screen::next_word(language)), page.paint(Tone::Strong, &next.id));
            page.line(&format!("{word} {id}"));
            steps::write(page, &steps::of(next, language, calls));
        }
        None => {
            let solved = page.paint(Tone::Good, &screen::all_solved(language, report.seed.as_deref()));
            let orders = exercise::Orders::of(&report.exercises);
            let tried = orders.map(|orders| format!(" {}", orders.tried(language)));
            page.line(&format!("{solved}{}", page.paint(Tone::Dim, &tried.unwrap_or_default())));
            if let Some(complete) = orders.and_then(|orders| orders.complete(language)) {
                page.paragraph(Paragraph::aside(0, &complete));
            }
        }
    }
}

fn is_broken(status: Status) -> bool {
    match status {
        Status::Failed | Status::DoesNotCompile | Status::GraderFault => true,
        Status::Passed | Status::Pending | Status::Missing => false,
    }
}

/// The exercise to do next: one that was begun and is wrong, then one that was begun, then the first that is left.
fn next(report: &Report) -> Option<&ExerciseReport> {
    let first =
        |fits: &dyn Fn(&ExerciseReport) -> bool| report.exercises.iter().find(|exercise| fits(exercise));
    first(&|one| matches!(one.status, Status::Failed | Status::DoesNotCompile))
        .or_else(|| first(&|one| one.status == Status::Pending && one.points > 0))
        .or_else(|| first(&|one| one.status == Status::Pending))
        .or_else(|| first(&|one| one.status != Status::Passed))
}

/// Widths of the list's columns.
struct Columns {
    order: usize,
    id: usize,
    status: usize,
    points: usize,
}

impl Columns {
    fn of(report: &Report) -> Self {
        let widest =
            |cell: &dyn Fn(&ExerciseReport) -> usize| report.exercises.iter().map(cell).max().unwrap_or(0);
        Self {
            order: widest(&|one| one.order.to_string().width()),
            id: widest(&|one| one.id.width()),
            status: widest(&|one| screen::status(report.language, one.status, one.points).width()),
            points: widest(&|one| format!("{}/{}", one.points, one.max_points).width()),
        }
    }
}

fn row(page: &mut Page, exercise: &ExerciseReport, report: &Report, columns: &Columns) {
    let language = report.language;
    let (mark, tone) = exercise::mark(exercise);
    let word = screen::status(language, exercise.status, exercise.points);
    let points = format!("{}/{}", exercise.points, exercise.max_points);
    let order = format!("{:>width$}", exercise.order, width = columns.order);
    let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(text.width()));
    let before = 2 + 1 + 2 + columns.order + 1 + columns.id + 3 + columns.status + 3 + columns.points + 3;
    let room = page.width().min(RIGHT_EDGE).saturating_sub(before);
    let last =
        if room < LAST_COLUMN { String::new() } else { clean::cut(&last_column(exercise, report), room) };
    let line = format!(
        "  {}  {order} {}{}   {}{}   {}{points}   {}",
        page.paint(tone, mark),
        exercise.id,
        pad(&exercise.id, columns.id),
        page.paint(tone, word),
        pad(word, columns.status),
        pad(&points, columns.points),
        page.paint(Tone::Dim, &last),
    );
    page.line(&line);
}

/// What there is to say of an exercise in a few words.
fn last_column(exercise: &ExerciseReport, report: &Report) -> String {
    let language: Language = report.language;
    match exercise.status {
        Status::Passed if report.seed.is_none() => screen::seed(language, &exercise.seed),
        Status::Passed | Status::GraderFault => String::new(),
        Status::Pending if exercise.points > 0 => screen::to_write(language, &exercise.pending),
        Status::Pending | Status::Missing => exercise.summary.clone(),
        Status::DoesNotCompile => exercise.diagnostics.first().map_or_else(String::new, |first| {
            let code =
                first.code.as_deref().map(|code| format!("{} ", clean::line(code, 12))).unwrap_or_default();
            format!("✘ {code}:{}", first.line)
        }),
        Status::Failed => {
            let lacking = exercise.goals.iter().find(|goal| goal.status == GoalStatus::Broken);
            let lacking =
                lacking.or_else(|| exercise.goals.iter().find(|goal| goal.status != GoalStatus::Kept));
            lacking.map_or_else(String::new, |goal| format!("✘ {}", goal.title))
        }
    }
}
