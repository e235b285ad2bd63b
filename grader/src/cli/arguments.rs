//! What can be asked: commands and their arguments. The sentences of its help are in `text`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::trace::TraceFormat;
use crate::commands::{Format, GradeOptions};
use crate::seed::Seed;
use crate::text::help;
use crate::{Calls, Language};

/// Grades exercises about processes: builds what you wrote, runs it as real processes, and says what it did.
///
/// Without a command it grades: `cargo run -p grader` everything, `cargo run -p grader -- mp_worker` one exercise.
#[derive(Parser)]
#[command(name = "grader", version, disable_help_subcommand = true)]
pub(super) struct CommandLine {
    #[command(flatten)]
    pub(super) grade: GradeArguments,
    #[command(subcommand)]
    pub(super) command: Option<Request>,
    /// Language of the answer; otherwise that of the locale, otherwise Spanish.
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    pub(super) lang: Option<Language>,
    /// Folder of the course (exercises, drivers, library); otherwise the one that holds the current folder.
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) course: Option<PathBuf>,
}

impl CommandLine {
    /// Reads a command line; help is in the language of who asked for it.
    pub(super) fn read(arguments: &[OsString], language: Language) -> Result<Self, clap::Error> {
        let matches = definition(language).try_get_matches_from(arguments)?;
        Self::from_arg_matches(&matches)
    }

    /// The folder of a submission, if one is named.
    pub(super) fn submission(&self) -> &Option<PathBuf> {
        match &self.command {
            None => &self.grade.submission,
            Some(Request::Grade(arguments)) => &arguments.submission,
            Some(Request::Trace { submission, .. } | Request::Replay { submission, .. }) => submission,
            Some(
                Request::List
                | Request::Hint { .. }
                | Request::Run { .. }
                | Request::Reset { .. }
                | Request::Verify { .. },
            ) => &None,
        }
    }

    /// The arguments of a grading, if it asks for one.
    pub(super) fn graded(&self) -> Option<&GradeArguments> {
        match &self.command {
            None => Some(&self.grade),
            Some(Request::Grade(arguments)) => Some(arguments),
            Some(_) => None,
        }
    }
}

#[derive(Subcommand)]
pub(super) enum Request {
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
    /// Show, step by step, what an exercise's processes do: in an order that fails when there is one.
    Trace {
        /// The exercise.
        id: String,
        /// The case; one that fails when it is not given.
        scenario: Option<String>,
        /// Show the order of this number among those that grading tries; 0 is the one without interruptions.
        #[arg(long, value_name = "N")]
        schedule: Option<u64>,
        /// Show every step.
        #[arg(long)]
        all: bool,
        /// Form: a table, a diagram, or a page with both; otherwise what the name of the output says, else a table.
        #[arg(long, value_enum)]
        format: Option<TraceFormat>,
        /// Write it to a file instead of stdout.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Run the file of this folder of `<id>/src/lib.rs` instead of this workspace's.
        #[arg(long, value_name = "DIR")]
        submission: Option<PathBuf>,
    },
    /// Repeat one order of an exercise's processes, by the token that a report shows, and say what comes out now.
    Replay {
        /// The exercise.
        id: String,
        /// The token: `v1.dos-por-uno.7f3a.0:3,1:1.9c41e0`.
        token: String,
        /// Run the file of this folder of `<id>/src/lib.rs` instead of this workspace's.
        #[arg(long, value_name = "DIR")]
        submission: Option<PathBuf>,
        /// Repeat it that often, each time in a fresh program, and count the repetitions that took the same steps.
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        times: u32,
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
        /// Write what every wrong program is told, in both languages, to be proofread.
        #[arg(long, conflicts_with = "times")]
        catalog: bool,
    },
}

#[derive(Args)]
pub(super) struct GradeArguments {
    /// Exercises; all of them when there is none.
    #[arg(value_name = "ID")]
    pub(super) ids: Vec<String>,
    /// Grade the files of a folder of `<id>/src/lib.rs` or `exercises/<id>/src/lib.rs` instead of this workspace's.
    #[arg(long, value_name = "DIR")]
    pub(super) submission: Option<PathBuf>,
    /// Form of the report; text when it is not given.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write the report to a file instead of stdout.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Draw the scenarios' numbers from this seed (hexadecimal, as reports show it).
    #[arg(long, value_name = "SEED")]
    pub(super) seed: Option<Seed>,
    /// Try so many orders of each exercise's processes (400 when it is not given).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    schedules: Option<u64>,
}

impl GradeArguments {
    pub(super) fn options(self, language: Language, calls: Calls) -> GradeOptions {
        let Self { ids, submission, format, output, seed, schedules } = self;
        let format = format.unwrap_or_default();
        GradeOptions { ids, submission, format, output, seed, schedules, language, calls }
    }

    /// The first of them that was given.
    pub(super) fn given(&self) -> Option<&str> {
        let options = [
            (self.submission.is_some(), "--submission"),
            (self.format.is_some(), "--format"),
            (self.output.is_some(), "--output"),
            (self.seed.is_some(), "--seed"),
            (self.schedules.is_some(), "--schedules"),
        ];
        let option = options.into_iter().find(|(given, _)| *given).map(|(_, name)| name);
        self.ids.first().map(String::as_str).or(option)
    }
}

/// The definition, with its help in a language.
pub(super) fn definition(language: Language) -> clap::Command {
    let command = CommandLine::command().override_help(help::of(language, None));
    command.mut_subcommands(|sub| {
        let help = help::of(language, Some(sub.get_name()));
        sub.override_help(help)
    })
}

/// The language in which to say that the command line is wrong: it could not be read, but `--lang` may be there.
pub(super) fn language_of(arguments: &[OsString]) -> Language {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let apart = words.windows(2).find(|pair| pair[0] == "--lang").map(|pair| pair[1]);
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    match apart.or(joined) {
        Some("en") => Language::English,
        Some("es") => Language::Spanish,
        _ => Language::from_environment(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_hold_together() {
        definition(Language::Spanish).debug_assert();
    }

    #[test]
    fn the_help_tells_every_command_and_every_option_in_both_languages() {
        for language in [Language::Spanish, Language::English] {
            let definition = definition(language);
            let commands = std::iter::once(&definition).chain(definition.get_subcommands());
            for command in commands {
                let name = (command.get_name() != "grader").then(|| command.get_name());
                let help = help::of(language, name);
                let options = command.get_arguments().filter_map(clap::Arg::get_long);
                for option in options.filter(|option| *option != "version") {
                    assert!(help.contains(&format!("--{option}")), "{name:?} {option}: {help}");
                }
                for line in help.lines() {
                    assert!(line.chars().count() <= 80, "{line}");
                }
            }
            for sub in definition.get_subcommands() {
                assert!(help::of(language, None).contains(&format!("  {} ", sub.get_name())));
            }
        }
    }

    #[test]
    fn the_language_is_known_even_of_a_line_that_is_wrong() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(language_of(&words("grader --what --lang en")), Language::English);
        assert_eq!(language_of(&words("grader --lang=es --what")), Language::Spanish);
    }
}
