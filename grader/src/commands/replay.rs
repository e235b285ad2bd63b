//! The command `replay`: repeats one order of an exercise's processes in a fresh program, and says what comes out now.

use super::OneFile;
use super::one::{Answer, Building, graded_once, prepare, refused, scenario, screen};
use crate::Language;
use crate::build::Program;
use crate::course::{Bilingual, Course, Scenario};
use crate::error::{Error, Result};
use crate::explore::steps::Fingerprint;
use crate::explore::token::Token;
use crate::explore::{Explored, Explorer};
use crate::report::{Replayed, Report, replayed};
use crate::run::{Execution, Settings, Symbols};
use crate::text::interface::commands as text;

/// Repeats the order of a token `times` times; the screen of the last repetition, and how to end.
///
/// # Errors
/// Wrong usage (an unknown id, a token that is none), or a fault of the grader; never what a student did.
pub fn replay(course: &Course, file: &OneFile, token: &str, times: u32) -> Result<Answer> {
    let exercise = course.exercise(&file.id)?;
    let token: Token = token.parse().map_err(|malformed| {
        let told = |language| text::malformed_token(language, &malformed);
        Error::usage(Bilingual { es: told(Language::Spanish), en: told(Language::English) })
    })?;
    let scenario = scenario(exercise, &token.scenario)?;
    let ready = match prepare(course, file)? {
        Building::Ready(ready) => ready,
        Building::Refused(diagnostics) => return Ok(refused(exercise, diagnostics, file)),
    };
    let program = &ready.program;
    let args = scenario.arguments(token.seed);
    let repetition = Repetition { program, scenario, args: &args, token: &token, language: file.language };
    let mut execution = repetition.run()?;
    let print = Fingerprint::of(&execution.run.trace);
    let mut alike = 1;
    for _ in 1..times {
        execution = repetition.run()?;
        alike += u32::from(Fingerprint::of(&execution.run.trace) == print);
    }
    let seen = Replayed {
        token: token.to_string(),
        changed: print != token.fingerprint,
        external: execution.report.as_ref().is_none_or(|report| report.external),
        times,
        alike,
    };
    let explored = Explored::of_one(scenario, &execution);
    let graded = graded_once(exercise, program, scenario, &args, token.seed, explored);
    let mut report = Report::new(&[graded], file.language, 0);
    // Whoever reads it has just repeated it.
    for claim in report.exercises.iter_mut().flat_map(|exercise| &mut exercise.claims) {
        claim.replay = None;
    }
    Ok(replayed(&report, &seen, &screen(&file.calls)))
}

/// One order of one program.
struct Repetition<'a> {
    program: &'a Program,
    scenario: &'a Scenario,
    args: &'a [String],
    token: &'a Token,
    language: Language,
}

impl Repetition<'_> {
    /// Runs it in a fresh program.
    fn run(&self) -> Result<Execution> {
        let Self { program, scenario, args, token, language } = self;
        let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
        let settings = Settings::new(*language);
        Explorer::start(program, &symbols, scenario, args, &settings)?.run(&token.order())
    }
}
