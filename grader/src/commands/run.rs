//! The command `run`: builds an exercise's program and becomes it, so that terminal, signals and exit status are its own.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::build::{Build, BuildSettings, Builder, Diagnostic};
use crate::course::{Bilingual, Course, functions};
use crate::error::{Doing, Error, Kind, Result};
use crate::intake::Submission;
use crate::report::{DiagnosticReport, render_diagnostics};
use crate::text::interface::commands as text;
use crate::{Calls, ExitStatus, Language, terminal};

/// Builds the student's program and runs it in this process's place: it returns only when there is nothing to run.
///
/// # Errors
/// Wrong usage when the exercise or its file does not exist; a fault when it cannot be built or started.
pub fn run(
    course: &Course,
    id: &str,
    arguments: &[OsString],
    language: Language,
    calls: &Calls,
) -> Result<ExitStatus> {
    let exercise = course.exercise(id)?;
    // Another exercise's file is no concern of this one.
    let only = Course { root: course.root.clone(), exercises: vec![exercise.clone()] };
    let submission = Submission::of_workspace(&only)?;
    if let Some(refusal) = submission.refused.get(id) {
        return Err(Error::of(Kind::Refused(refusal.clone())));
    }
    let source = submission.sources.get(id).ok_or_else(|| {
        let told = |language| text::nothing_to_run(language, id, &calls.reset(id));
        Error::usage(Bilingual { es: told(Language::Spanish), en: told(Language::English) })
    })?;
    let stub = fs::read_to_string(exercise.template()).unwrap_or_default();
    let pending = functions::pending_functions(&source.text);
    if !pending.is_empty() {
        tell_pending(&pending, &source.shown_path, language);
        if functions::pending_functions(&stub).iter().all(|(name, _)| pending.iter().any(|(p, _)| p == name))
        {
            // Nothing of it is written: there is nothing to try.
            return Ok(ExitStatus::NotAllPoints);
        }
    }
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let settings = BuildSettings { language, colour, ..BuildSettings::default() };
    match Builder::new(course, &[exercise], settings)?.build(exercise, source)? {
        Build::Diagnostics(diagnostics) => {
            let last = text::does_not_compile(language, &source.shown_path);
            tell(&diagnostics, &last, language, colour);
            Ok(ExitStatus::NotAllPoints)
        }
        Build::Ready(program) => {
            let error = Command::new(&program.path)
                .args(arguments)
                .env(procesos_trace::LANGUAGE_VARIABLE, language.code())
                .exec();
            Err(Error::io(Doing::Start, program.path, error))
        }
    }
}

/// Says which functions are still to be written; the program may come to one of them or not.
fn tell_pending(pending: &[(String, u32)], file: &str, language: Language) {
    let told = text::pending_in_file(language, pending, file);
    // With nobody to read it there is nothing else to do about it.
    let _ = writeln!(anstream::stderr(), "{told}");
}

fn tell(diagnostics: &[Diagnostic], last: &str, language: Language, colour: bool) {
    let reports: Vec<DiagnosticReport> = diagnostics.iter().map(DiagnosticReport::from).collect();
    let width = terminal::columns().unwrap_or(terminal::USUAL_COLUMNS);
    let told = render_diagnostics(&reports, language, colour, width);
    // Nobody listens any more: there is nobody to tell that either.
    let _ = writeln!(anstream::stderr(), "{told}\n{last}");
}
