//! What to do next with an exercise: which file, which command.

use unicode_width::UnicodeWidthStr;

use super::page::{Page, Paragraph, Tone};
use crate::Language;
use crate::report::{ExerciseReport, Status};
use crate::text::screen::{self, Doing};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    verb: &'static str,
    what: String,
    /// Beside it, or below where there is no room.
    note: String,
}

/// What to do with an exercise that is not solved.
pub(super) fn of(exercise: &ExerciseReport, language: Language) -> Vec<Step> {
    let step = |doing, what: String| Step { verb: screen::doing(language, doing), what, note: String::new() };
    let grade = || step(Doing::Grade, format!("cargo run -p grader -- {}", exercise.id));
    let hints = || step(Doing::Hints, format!("cargo run -p grader -- hint {}", exercise.id));
    match exercise.status {
        Status::Passed | Status::GraderFault => vec![grade()],
        Status::Pending => {
            let note = screen::to_write(language, &exercise.pending);
            let write = Step { note, ..step(Doing::Write, exercise.file.clone()) };
            vec![step(Doing::Read, assignment(exercise, language)), write, grade()]
        }
        Status::Failed => vec![step(Doing::Mend, place(exercise)), grade(), hints()],
        Status::DoesNotCompile => vec![step(Doing::Mend, place(exercise)), grade()],
        Status::Missing => {
            vec![step(Doing::Restore, format!("cargo run -p grader -- reset {}", exercise.id)), grade()]
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

/// Whether the student's file is the one of this workspace, where commands that name the exercise run it.
pub(super) fn is_in_workspace(exercise: &ExerciseReport) -> bool {
    exercise.file == "src/lib.rs" || exercise.file == format!("exercises/{}/src/lib.rs", exercise.id)
}

/// The folder of the submission, where it is not this workspace and its files are where they usually are.
pub(super) fn folder(exercise: &ExerciseReport) -> Option<&str> {
    if is_in_workspace(exercise) {
        return None;
    }
    let file = exercise.file.as_str();
    let below = |folder: &str| file.strip_suffix(&format!("/{folder}{}/src/lib.rs", exercise.id));
    below("exercises/").or_else(|| below(""))
}

/// The assignment: beside the student's file in this workspace, else where the course has it.
fn assignment(exercise: &ExerciseReport, language: Language) -> String {
    let readme = screen::readme(language);
    match exercise.file.strip_suffix("src/lib.rs").filter(|_| is_in_workspace(exercise)) {
        Some(folder) => format!("{folder}{readme}"),
        None => format!("exercises/{}/{readme}", exercise.id),
    }
}

/// Writes what to do, the verbs below one another.
pub(super) fn write(page: &mut Page, steps: &[Step]) {
    let width = steps.iter().map(|step| step.verb.width()).max().unwrap_or(0);
    for Step { verb, what, note } in steps {
        let blanks = " ".repeat(width - verb.width());
        let word = format!("{verb}{blanks}");
        let indent = 2 + width + 1;
        let beside = format!("{what}   {note}");
        let fits = indent + beside.width() <= page.width();
        let text = if fits { beside.trim_end() } else { what };
        page.paragraph(Paragraph {
            before: 2,
            indent,
            word_tone: Tone::Dim,
            ..Paragraph::labelled(&word, text)
        });
        if !fits {
            page.paragraph(Paragraph::plain(indent, note));
        }
    }
}
