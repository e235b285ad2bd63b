//! The command line: what can be asked, and how the answer becomes text on a stream and an exit status.

mod called;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind as ClapError};
use clap::{Args, Parser, Subcommand};

use crate::build::limits;
use crate::commands::{self, Format, GradeOptions, VerifyOptions};
use crate::course::Course;
use crate::error::{Doing, Error, Kind, Result, WrongUse};
use crate::run::supervisor;
use crate::seed::Seed;
use crate::{Calls, ExitStatus, Language, interrupt, text};

/// Grades exercises about processes: builds what you wrote, runs it as real processes, and says what it did.
///
/// Without a command it grades: `cargo run -p grader` everything, `cargo run -p grader -- mp_worker` one exercise.
#[derive(Parser)]
#[command(name = "grader", version, disable_help_subcommand = true)]
#[command(
    after_help = "Exit status: 0 all points, 1 some claim broken or pending, 2 wrong usage, 3 the grader's own fault."
)]
struct CommandLine {
    #[command(flatten)]
    grade: GradeArguments,
    #[command(subcommand)]
    command: Option<Request>,
    /// Language of the answer; otherwise that of the locale, otherwise Spanish.
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    lang: Option<Language>,
    /// Folder of the course (exercises, drivers, library); otherwise the one that holds the current folder.
    #[arg(long, global = true, value_name = "DIR")]
    course: Option<PathBuf>,
}

impl CommandLine {
    /// The arguments of a grading, if it asks for one.
    fn graded(&self) -> Option<&GradeArguments> {
        match &self.command {
            None => Some(&self.grade),
            Some(Request::Grade(arguments)) => Some(arguments),
            Some(_) => None,
        }
    }
}

#[derive(Subcommand)]
enum Request {
    /// Grade exercises (the default).
    Grade(GradeArguments),
    /// List the exercises, their points and what is still to be written.
    List,
    /// Show a hint; one more each time.
    Hint {
        /// The exercise.
        id: String,
        /// Show all hints at once.
        #[arg(long)]
        all: bool,
    },
    /// Build an exercise's program and run it here, without judging it.
    Run {
        /// The exercise.
        id: String,
        /// Arguments of the program, after `--`.
        #[arg(last = true, value_name = "ARGS")]
        arguments: Vec<OsString>,
    },
    /// Put the stub back in an exercise's src/lib.rs; what was there is kept beside it.
    Reset {
        /// The exercise.
        id: String,
    },
    /// Check the course itself: stubs are pending, solutions get all points, wrong programs break what they name.
    Verify {
        /// Exercises; all of them when there is none.
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// Grade every program that often; all verdicts have to be right.
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        times: u32,
        /// Draw the scenarios' numbers from this seed (hexadecimal, as reports show it).
        #[arg(long, value_name = "SEED")]
        seed: Option<Seed>,
    },
}

#[derive(Args)]
struct GradeArguments {
    /// Exercises; all of them when there is none.
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Grade the files of a folder of `<id>/src/lib.rs` or `exercises/<id>/src/lib.rs` instead of this workspace's.
    #[arg(long, value_name = "DIR")]
    submission: Option<PathBuf>,
    /// Form of the report; text when it is not given.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write the report to a file instead of stdout.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Draw the scenarios' numbers from this seed (hexadecimal, as reports show it).
    #[arg(long, value_name = "SEED")]
    seed: Option<Seed>,
}

impl GradeArguments {
    fn options(self, language: Language, calls: Calls) -> GradeOptions {
        let Self { ids, submission, format, output, seed } = self;
        GradeOptions { ids, submission, format: format.unwrap_or_default(), output, seed, language, calls }
    }

    /// The first of them that was given.
    fn given(&self) -> Option<&str> {
        let options = [
            (self.submission.is_some(), "--submission"),
            (self.format.is_some(), "--format"),
            (self.output.is_some(), "--output"),
            (self.seed.is_some(), "--seed"),
        ];
        let option = options.into_iter().find(|(given, _)| *given).map(|(_, name)| name);
        self.ids.first().map(String::as_str).or(option)
    }
}

/// Does what the arguments (the program's name first) ask, tells it, and says how to end.
#[must_use]
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    if let Some(status) = stand_in(&arguments) {
        return status;
    }
    interrupt::follow();
    let language = language_of(&arguments);
    let status = match CommandLine::try_parse_from(arguments) {
        Ok(line) => {
            let language = line.lang.unwrap_or_else(Language::from_environment);
            answer(line, language).unwrap_or_else(|error| tell(&error, language))
        }
        Err(error) if !error.use_stderr() => {
            // The help that was asked for.
            let _ = error.print();
            ExitStatus::AllPoints
        }
        Err(error) => tell(&Error::of(Kind::WrongUse(wrong_use(&error))), language),
    };
    status.into()
}

/// Runs as one of the processes that the grader starts of itself, between it and what nobody trusts, when the arguments
/// say so. `None` otherwise: then this process may start such processes.
///
/// Every program that builds or runs with this library calls it first of all: it will be started again.
#[must_use]
pub fn stand_in(arguments: &[OsString]) -> Option<ExitCode> {
    limits::stands_in();
    let [_, first, rest @ ..] = arguments else { return None };
    match first.to_str()? {
        limits::ARGUMENT => Some(limits::become_limited(rest).into()),
        supervisor::ARGUMENT => Some(supervisor::supervise(rest.first()?.to_str()?)),
        _ => None,
    }
}

fn answer(line: CommandLine, language: Language) -> Result<ExitStatus> {
    if let (Some(_), Some(option)) = (&line.command, line.grade.given()) {
        // Before a command they would be those of another grading.
        return Err(Error::of(Kind::WrongUse(WrongUse::Conflict { option: option.to_owned() })));
    }
    let current = std::env::current_dir().map_err(|source| Error::io(Doing::Read, ".", source))?;
    let course = line.course.as_ref().map_or_else(|| current.clone(), |folder| current.join(folder));
    let course = Course::find(&course)?;
    let calls = called::calls(&line, &course, &current);
    match line.command.unwrap_or(Request::Grade(line.grade)) {
        Request::Grade(arguments) => commands::grade::grade(&course, &arguments.options(language, calls)),
        Request::Verify { ids, times, seed } => {
            commands::verify::verify(&course, &VerifyOptions { ids, times, seed, language })
        }
        Request::List => say(&commands::list::list(&course, language, &calls)),
        Request::Hint { id, all } => say(&commands::hint::hint(&course, &id, all, language, &calls)?),
        Request::Reset { id } => say(&commands::reset::reset(&course, &id, language)?),
        Request::Run { id, arguments } => commands::run::run(&course, &id, &arguments, language, &calls),
    }
}

/// Writes an answer to stdout. A reader that went away has read enough.
fn say(answer: &str) -> Result<ExitStatus> {
    match anstream::stdout().write_all(answer.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::io(Doing::Write, "stdout", error)),
        _ => Ok(ExitStatus::AllPoints),
    }
}

fn tell(error: &Error, language: Language) -> ExitStatus {
    let status = error.exit_status();
    let word = text::interface::error_word(language, status == ExitStatus::GraderFault);
    // With nobody to read it there is nothing else to do about it.
    let _ = writeln!(anstream::stderr(), "{word}: {}", error.message(language));
    status
}

/// The language in which to say that the command line is wrong: it could not be read, but `--lang` may be there.
fn language_of(arguments: &[OsString]) -> Language {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let apart = words.windows(2).find(|pair| pair[0] == "--lang").map(|pair| pair[1]);
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    match apart.or(joined) {
        Some("en") => Language::English,
        Some("es") => Language::Spanish,
        _ => Language::from_environment(),
    }
}

/// What clap found wrong, in terms that exist in both languages.
fn wrong_use(error: &clap::Error) -> WrongUse {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let list = |kind| match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let option = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue).filter(|value| !value.is_empty());
    match (error.kind(), option, value) {
        (ClapError::UnknownArgument, Some(option), _) => {
            WrongUse::UnknownOption { option, nearest: context(ContextKind::SuggestedArg) }
        }
        (ClapError::InvalidValue | ClapError::ValueValidation, Some(option), Some(value)) => {
            WrongUse::BadValue { option, value, allowed: list(ContextKind::ValidValue) }
        }
        (ClapError::InvalidValue, Some(what), None) | (ClapError::MissingRequiredArgument, Some(what), _) => {
            WrongUse::Missing { what }
        }
        (ClapError::ArgumentConflict, Some(option), _) => WrongUse::Conflict { option },
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            WrongUse::Other { message: first.strip_prefix("error: ").unwrap_or(first).to_owned() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> std::result::Result<CommandLine, WrongUse> {
        let arguments = std::iter::once("grader").chain(line.split_whitespace());
        CommandLine::try_parse_from(arguments).map_err(|error| wrong_use(&error))
    }

    #[test]
    fn the_definitions_hold_together() {
        <CommandLine as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn ids_without_a_command_are_graded() {
        let line = parse("mp_worker --lang en --format json --seed 5c1e").expect("understood");
        assert!(line.command.is_none());
        assert_eq!(line.lang, Some(Language::English));
        let options = line.grade.options(Language::English, Calls::default());
        assert_eq!(options.ids, ["mp_worker"]);
        assert_eq!(options.format, Format::Json);
        assert_eq!(options.seed, "5c1e".parse().ok());
    }

    #[test]
    fn the_arguments_of_a_program_stand_after_two_dashes() {
        let line = parse("run mp_worker --lang es -- --lang 3").expect("understood");
        let Some(Request::Run { id, arguments, .. }) = line.command else { panic!("not run") };
        assert_eq!(id, "mp_worker");
        assert_eq!(arguments, ["--lang", "3"]);
    }

    #[test]
    fn the_language_may_stand_anywhere_and_grading_options_only_after_their_command() {
        for line in ["--lang en list", "list --lang en"] {
            let line = parse(line).expect("understood");
            assert!(matches!(line.command, Some(Request::List)) && line.grade.given().is_none());
        }
        for line in ["--seed 1 grade", "--output x list"] {
            let error = answer(parse(line).expect("understood"), Language::English).expect_err("wrong");
            assert_eq!(error.exit_status(), ExitStatus::WrongUsage);
        }
    }

    #[test]
    fn wrong_use_is_told_apart() {
        let wrong = |line| parse(line).err().expect("wrong");
        let nearest = Some("--submission".to_owned());
        assert_eq!(
            wrong("grade --submision x"),
            WrongUse::UnknownOption { option: "--submision".into(), nearest }
        );
        assert_eq!(wrong("hint"), WrongUse::Missing { what: "<ID>".into() });
        assert!(
            matches!(wrong("list --lang fr"), WrongUse::BadValue { allowed, .. } if allowed == ["es", "en"])
        );
        assert!(matches!(wrong("grade --seed zz"), WrongUse::BadValue { value, .. } if value == "zz"));
        assert!(matches!(wrong("grade --seed"), WrongUse::Missing { .. }));
        assert!(matches!(wrong("grade --seed 1 --seed 2"), WrongUse::Conflict { .. }));
    }

    #[test]
    fn the_language_is_known_even_of_a_line_that_is_wrong() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(language_of(&words("grader --what --lang en")), Language::English);
        assert_eq!(language_of(&words("grader --lang=es --what")), Language::Spanish);
    }
}
