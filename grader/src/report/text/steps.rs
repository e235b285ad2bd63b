//! What to do next with an exercise: which file, which command.

use unicode_width::UnicodeWidthStr;

use super::page::{CONTINUED, Page, Paragraph, Tone};
use crate::calls::Call;
use crate::report::{ExerciseReport, Status};
use crate::text::screen::{self, Doing};
use crate::{Calls, Language};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    verb: &'static str,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// A file, and a note beside it, or below where there is no room.
    File(String, String),
    Call(Call),
}

/// What to do with an exercise that is not solved.
pub(super) fn of(exercise: &ExerciseReport, language: Language, calls: &Calls) -> Vec<Step> {
    let step = |doing, what| Step { verb: screen::doing(language, doing), what };
    let file = |doing, path: String| step(doing, What::File(path, String::new()));
    let grade = || step(Doing::Grade, What::Call(calls.grade(&exercise.id)));
    let hints = || step(Doing::Hints, What::Call(calls.hint(&exercise.id)));
    let read = || file(Doing::Read, assignment(exercise, language, calls));
    let write = |note| step(Doing::Write, What::File(exercise.file.clone(), note));
    match exercise.status {
        Status::Passed | Status::GraderFault => vec![grade()],
        Status::Pending => vec![read(), write(screen::to_write(language, &exercise.pending)), grade()],
        Status::Failed => vec![file(Doing::Mend, place(exercise)), grade(), hints()],
        Status::DoesNotCompile => vec![file(Doing::Mend, place(exercise)), grade()],
        Status::Missing if calls.own_workspace => {
            vec![step(Doing::Restore, What::Call(calls.reset(&exercise.id))), grade()]
        }
        Status::Missing => {
            let stub = format!("{}/{}/plantilla.rs", calls.exercises, exercise.id);
            vec![read(), write(screen::from_stub(language, &stub)), grade()]
        }
    }
}

/// The student's file, with the line to look at first where there is one: a terminal that knows paths can open it there.
pub(super) fn place(exercise: &ExerciseReport) -> String {
    let own = |file: &str| file == exercise.file;
    let diagnostic = exercise.diagnostics.iter().filter(|one| own(&one.file)).map(|one| one.line);
    let found = super::findings::of(exercise).into_iter().flat_map(|group| &group.claim.locations);
    let found = found.filter(|one| own(&one.file)).map(|one| one.line);
    let line = diagnostic.chain(found).chain(exercise.pending.iter().map(|one| one.line)).next();
    line.map_or_else(|| exercise.file.clone(), |line| format!("{}:{line}", exercise.file))
}

/// The assignment: beside the student's file in the workspace, else where the course has it.
fn assignment(exercise: &ExerciseReport, language: Language, calls: &Calls) -> String {
    let readme = screen::readme(language);
    match exercise.file.strip_suffix("src/lib.rs").filter(|_| calls.own_workspace) {
        Some(folder) => format!("{folder}{readme}"),
        None => format!("{}/{}/{readme}", calls.exercises, exercise.id),
    }
}

/// Writes what to do, the verbs below one another.
pub(super) fn write(page: &mut Page, steps: &[Step]) {
    let width = steps.iter().map(|step| step.verb.width()).max().unwrap_or(0);
    let indent = 2 + width + 1;
    for Step { verb, what } in steps {
        let word = format!("  {}{} ", page.paint(Tone::Dim, verb), " ".repeat(width - verb.width()));
        let room = page.width().saturating_sub(indent);
        match what {
            What::File(path, note) => {
                let beside = format!("{path}   {note}");
                let fits = beside.width() <= room;
                page.line(&format!("{word}{}", if fits { &beside } else { path }));
                if !fits {
                    page.paragraph(Paragraph::plain(indent, note));
                }
            }
            What::Call(call) => {
                let lines = call.lines(room, room.saturating_sub(CONTINUED));
                page.line(&format!("{word}{}", lines[0]));
                for line in &lines[1..] {
                    page.line(&format!("{}{line}", " ".repeat(indent + CONTINUED)));
                }
            }
        }
    }
}
