//! Why the grader could not do what it was asked. A student's fault is never an `Error`: it is data of a report.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::course::{Bilingual, Problem};
use crate::intake::Refusal;
use crate::{ExitStatus, Language, text};

/// A result whose error is the grader's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the grader could not do what it was asked: wrong usage, or a fault of the grader, the course or the machine.
pub struct Error(Box<Kind>);

/// The whole space of errors; its sentences are in `text`.
#[derive(Debug)]
pub(crate) enum Kind {
    /// No folder above this one is a course.
    NoCourse { from: PathBuf },
    /// An exercise's id that does not exist.
    UnknownExercise { id: String, nearest: Option<String>, known: Vec<String> },
    /// A command line that does not make sense.
    WrongUse(WrongUse),
    /// The submission's folder cannot be read.
    Submission { folder: PathBuf, source: io::Error },
    /// The report cannot be written where it was asked for.
    Output { path: PathBuf, source: io::Error },
    /// The folder is no submission, but holds one.
    SeveralSubmissions { folder: PathBuf, inside: PathBuf },
    /// The folder is one exercise, not a folder of exercises.
    OneExercise { folder: PathBuf },
    /// A file of the submission that is not taken, and why.
    Refused(Refusal),
    /// A file of the course is wrong.
    Course(Box<Problem>),
    /// The system refused something.
    Io { doing: Doing, path: PathBuf, source: io::Error },
    /// A command that the grader needs failed.
    Command { command: String, outcome: String },
    /// The stub of an exercise does not compile, so a submission's failure says nothing.
    Stub { exercise: String, outcome: String },
    /// A package that an exercise names was not built.
    NoLibrary { package: String },
    /// Wrong usage, in the words of whoever found it.
    Usage(Bilingual),
    /// A fault, in the words of whoever found it.
    Fault(Bilingual),
}

/// What is wrong with a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WrongUse {
    /// An option that does not exist.
    UnknownOption { option: String, nearest: Option<String> },
    /// A value that an option does not take.
    BadValue { option: String, value: String, allowed: Vec<String> },
    /// An option without its value.
    NoValue { option: String },
    /// A command that needs an exercise, without one.
    NoExercise,
    /// A word that is no exercise, and nearly a command; `mend` is what was probably meant.
    UnknownCommand { word: String, mend: String },
    /// A command after something else; `mend` begins with it.
    LateCommand { command: String, mend: String },
    /// A word too many; `runs_program` where it could be meant for the program.
    Extra { word: String, runs_program: bool },
    /// An option of a grading before another command.
    BeforeCommand { word: String },
    /// An option given twice, or with another that it excludes.
    Conflict { option: String },
    /// Anything else, in the words of the parser.
    Other { message: String },
}

/// What the grader was doing with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Reading it.
    Read,
    /// Writing it.
    Write,
    /// Making the folder.
    MakeFolder,
    /// Starting the program.
    Start,
}

impl Error {
    /// The system refused to do something with a file.
    pub fn io(doing: Doing, path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::of(Kind::Io { doing, path: path.as_ref().to_owned(), source })
    }

    /// A command that the grader needs failed; `outcome` is what it said or how it ended.
    pub fn command(command: impl Into<String>, outcome: impl Into<String>) -> Self {
        Self::of(Kind::Command { command: command.into(), outcome: outcome.into() })
    }

    /// The command line, or what it names, is wrong (exit status 2). The sentence says the mend.
    #[must_use]
    pub fn usage(sentence: Bilingual) -> Self {
        Self::of(Kind::Usage(sentence))
    }

    /// The grader, the course or the machine failed (exit status 3).
    #[must_use]
    pub fn fault(sentence: Bilingual) -> Self {
        Self::of(Kind::Fault(sentence))
    }

    /// A report could not be written as JSON.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "so that it can be given to map_err by its name")]
    pub fn json(source: serde_json::Error) -> Self {
        Self::fault(Bilingual {
            es: format!("el informe no se puede escribir como JSON: {source}"),
            en: format!("the report cannot be written as JSON: {source}"),
        })
    }

    pub(crate) fn of(kind: Kind) -> Self {
        Self(Box::new(kind))
    }

    pub(crate) fn no_course(from: &Path) -> Self {
        Self::of(Kind::NoCourse { from: from.to_owned() })
    }

    pub(crate) fn unknown_exercise(id: &str, nearest: Option<&str>, known: &[&str]) -> Self {
        let known = known.iter().map(|&k| k.to_owned()).collect();
        Self::of(Kind::UnknownExercise { id: id.to_owned(), nearest: nearest.map(str::to_owned), known })
    }

    pub(crate) fn course(problem: Box<Problem>) -> Self {
        Self::of(Kind::Course(problem))
    }

    /// How the grader ends because of it.
    #[must_use]
    pub fn exit_status(&self) -> ExitStatus {
        match &*self.0 {
            Kind::NoCourse { .. }
            | Kind::UnknownExercise { .. }
            | Kind::WrongUse(_)
            | Kind::Submission { .. }
            | Kind::Output { .. }
            | Kind::OneExercise { .. }
            | Kind::SeveralSubmissions { .. }
            | Kind::Refused(_)
            | Kind::Usage(_) => ExitStatus::WrongUsage,
            Kind::Course(_)
            | Kind::Io { .. }
            | Kind::Command { .. }
            | Kind::Stub { .. }
            | Kind::NoLibrary { .. }
            | Kind::Fault(_) => ExitStatus::GraderFault,
        }
    }

    /// What people are told: the cause, what was seen, then the mend.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        text::interface::error(&self.0, language)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Kind::Io { source, .. } | Kind::Submission { source, .. } | Kind::Output { source, .. } => {
                Some(source)
            }
            _ => None,
        }
    }
}
