//! The command line: what can be asked, and how the answer becomes text on a stream and an exit status.

mod arguments;
mod called;
mod wrong_use;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use arguments::{CommandLine, Request, definition, language_of};
use wrong_use::wrong_use;

use crate::build::limits;
use crate::commands::trace::{Told, TraceOptions};
use crate::commands::{self, OneFile, VerifyOptions};
use crate::course::{Course, nearest};
use crate::error::{Doing, Error, Kind, Result, WrongUse};
use crate::run::supervisor;
use crate::{ExitStatus, Language, interrupt, terminal, text};

/// Does what the arguments (the program's name first) ask, tells it, and says how to end.
#[must_use]
pub fn main(arguments: &[OsString]) -> ExitCode {
    if let Some(status) = stand_in(arguments) {
        return status;
    }
    interrupt::follow();
    let language = language_of(arguments);
    let status = match CommandLine::read(arguments, language) {
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
        // There they would be those of another grading.
        return Err(Error::of(Kind::WrongUse(WrongUse::BeforeCommand { word: option.to_owned() })));
    }
    let current = std::env::current_dir().map_err(|source| Error::io(Doing::Read, ".", source))?;
    let course = line.course.as_ref().map_or_else(|| current.clone(), |folder| current.join(folder));
    let course = Course::find(&course)?;
    if line.command.is_none() {
        no_word_is_a_command(&line.grade.ids, &course)?;
    }
    let calls = called::calls(&line, &course, &current);
    match line.command.unwrap_or(Request::Grade(line.grade)) {
        Request::Grade(arguments) => commands::grade::grade(&course, &arguments.options(language, calls)),
        Request::Verify { ids, times, seed, catalog } => {
            commands::verify::verify(&course, &VerifyOptions { ids, times, seed, catalog, language })
        }
        Request::List => say(&commands::list::list(&course, language, &calls)),
        Request::Hint { id, all } => say(&commands::hint::hint(&course, &id, all, language, &calls)?),
        Request::Reset { id } => say(&commands::reset::reset(&course, &id, language)?),
        Request::Run { id, arguments } => commands::run::run(&course, &id, &arguments, language, &calls),
        Request::Trace { id, scenario, schedule, all, format, output, submission } => {
            let file = OneFile { id, submission, language, calls };
            let options = TraceOptions { scenario, schedule, all, format, output };
            match commands::trace::trace(&course, &file, &options)? {
                Told::Screen(answer, status) => say(&answer).map(|_| status),
                Told::Document(text) => written(std::io::stdout().write_all(text.as_bytes())),
            }
        }
        Request::Replay { id, token, submission, times } => {
            let file = OneFile { id, submission, language, calls };
            let (answer, status) = commands::replay::replay(&course, &file, &token, times)?;
            say(&answer).map(|_| status)
        }
    }
}

/// Fails when a word among the exercises is a command, or is no exercise and nearly a command.
fn no_word_is_a_command(words: &[String], course: &Course) -> Result<()> {
    let definition = definition(Language::default());
    let commands: Vec<&str> = definition.get_subcommands().map(clap::Command::get_name).collect();
    let ids: Vec<&str> = course.exercises.iter().map(|exercise| exercise.id.as_str()).collect();
    let known = || ids.iter().chain(&commands).copied();
    for (index, word) in words.iter().enumerate().filter(|(_, word)| !ids.contains(&word.as_str())) {
        let Some(command) = nearest(word, known()).filter(|near| commands.contains(near)) else { continue };
        let others =
            words.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, word)| word.as_str());
        let mend: Vec<&str> = std::iter::once(command).chain(others).collect();
        let (word, command, mend) = (word.clone(), command.to_owned(), mend.join(" "));
        let wrong = if word == command {
            WrongUse::LateCommand { command, mend }
        } else {
            WrongUse::UnknownCommand { word, mend }
        };
        return Err(Error::of(Kind::WrongUse(wrong)));
    }
    Ok(())
}

/// Writes an answer to stdout. A reader that went away has read enough.
fn say(answer: &str) -> Result<ExitStatus> {
    written(writeln!(anstream::stdout(), "{}", terminal::wrapped_for_stdout(answer.trim_end())))
}

fn written(outcome: std::io::Result<()>) -> Result<ExitStatus> {
    match outcome {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::io(Doing::Write, "stdout", error)),
        _ => Ok(ExitStatus::AllPoints),
    }
}

fn tell(error: &Error, language: Language) -> ExitStatus {
    let status = error.exit_status();
    let word = text::interface::error_word(language, status == ExitStatus::GraderFault);
    // With nobody to read it there is nothing else to do about it.
    let _ = writeln!(
        anstream::stderr(),
        "{}",
        terminal::wrapped(&format!("{word}: {}", error.message(language)))
    );
    status
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Calls;
    use crate::commands::Format;

    fn parse(line: &str) -> std::result::Result<CommandLine, WrongUse> {
        let arguments = std::iter::once("grader").chain(line.split_whitespace());
        let arguments: Vec<OsString> = arguments.map(OsString::from).collect();
        CommandLine::read(&arguments, Language::English).map_err(|error| wrong_use(&error))
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
        assert_eq!(wrong("hint"), WrongUse::NoExercise);
        assert_eq!(wrong("list x"), WrongUse::Extra { word: "x".into(), runs_program: false });
        assert_eq!(wrong("run uno 3"), WrongUse::Extra { word: "3".into(), runs_program: true });
        assert!(
            matches!(wrong("list --lang fr"), WrongUse::BadValue { allowed, .. } if allowed == ["es", "en"])
        );
        assert!(matches!(wrong("grade --seed zz"), WrongUse::BadValue { value, .. } if value == "zz"));
        assert_eq!(wrong("grade --seed"), WrongUse::NoValue { option: "--seed".into() });
        assert!(
            matches!(wrong("grade --seed 1 --seed 2"), WrongUse::Conflict { option } if option == "--seed")
        );
    }
}
