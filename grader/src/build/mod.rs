//! Builds a program from a submitted file and a pristine exercise. It decides what "does not compile" means.
//!
//! Cargo builds the library once; each program is two calls of rustc in the grader's own target folder, with the
//! grader's own flags. A compiler that crashes or runs into a limit is the submission's doing, unless the
//! exercise's stub fares no better: then it is a fault.

mod cache;
mod compile;
mod diagnostics;
mod forbidden;
mod library;
pub mod limits;
mod rustc;
mod staging;
mod toolchain;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use cache::Cache;
use compile::{Compilation, Compiled, Part};
use diagnostics::CompilerError;
pub use diagnostics::Diagnostic;
use library::Library;
pub use limits::Limits;
pub(crate) use rustc::Ended;
use rustc::Outcome;
use staging::Staging;
use toolchain::Toolchain;

use crate::course::{Course, Exercise};
use crate::error::{Doing, Error, Kind, Result};
use crate::intake::Source;
use crate::{Language, text};

/// A program, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Build {
    /// It can be run.
    Ready(Program),
    /// It does not compile; at least one.
    Diagnostics(Vec<Diagnostic>),
}

/// A built program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The executable. It is not removed while this process lives.
    pub path: PathBuf,
    /// [`Source::shown_path`]: the file that `Location::file()` tells of the student's code. Debug information says the
    /// same, with `./` before it where it is relative.
    pub shown_path: String,
    /// The student's text.
    pub source: String,
}

/// How to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BuildSettings {
    /// The language of what the grader says about the build; the compiler speaks English.
    pub language: Language,
    /// Whether [`Diagnostic::rendered`] has colour codes.
    pub colour: bool,
    /// What one call of the compiler may use.
    pub limits: Limits,
}

/// Builds programs; usable from several threads.
pub struct Builder {
    root: PathBuf,
    toolchain: Toolchain,
    library: Library,
    cache: Cache,
    settings: BuildSettings,
}

impl Builder {
    /// Builds the library and what the given exercises need besides.
    ///
    /// # Errors
    /// A fault when there are no tools, or cargo fails.
    pub fn new(course: &Course, exercises: &[&Exercise], settings: BuildSettings) -> Result<Self> {
        let toolchain = Toolchain::find(&course.root)?;
        let needed = exercises.iter().flat_map(|exercise| &exercise.dependencies).map(String::as_str);
        let packages: BTreeSet<&str> = needed.chain(["procesos"]).collect();
        let library = Library::build(course, &toolchain, &packages, settings.language)?;
        let cache = Cache::open(&course.grader_folder())?;
        Ok(Self { root: course.root.clone(), toolchain, library, cache, settings })
    }

    /// Builds the program of a submitted file, or finds it built.
    ///
    /// # Errors
    /// A fault when the exercise is incomplete, its stub does not compile, or the compiler cannot be started.
    pub fn build(&self, exercise: &Exercise, source: &Source) -> Result<Build> {
        let driver = read(exercise.driver())?;
        let shown_driver = Exercise::shown(&exercise.driver(), &self.root);
        let compilation =
            self.compilation(exercise, &source.text, &source.shown_path, &driver, &shown_driver);
        let recipe = compilation.recipe();
        let place = self.cache.place(&exercise.id, &[&source.text, &source.shown_path, &driver, &recipe]);
        let program = || {
            let (shown_path, source) = (source.shown_path.clone(), source.text.clone());
            Build::Ready(Program { path: place.clone(), shown_path, source })
        };
        if let Some(found) = forbidden::find(&source.text) {
            let message = text::interface::forbidden(self.settings.language, &found.name);
            return Ok(Build::Diagnostics(vec![own(source, found.line, message)]));
        }
        if self.cache.holds(&place) {
            return Ok(program());
        }
        let (compiled, _staging) = self.compile(&compilation, source)?;
        match compiled {
            Compiled::Program(built) => {
                self.cache.take_in(&built, &place)?;
                Ok(program())
            }
            Compiled::OtherFile { path } => {
                let message = text::interface::other_file(self.settings.language, &path);
                Ok(Build::Diagnostics(vec![own(source, 1, message)]))
            }
            Compiled::Failed { part, outcome } => {
                self.explain(exercise, source, &compilation, part, &outcome)
            }
        }
    }

    fn compilation<'a>(
        &'a self,
        exercise: &'a Exercise,
        source: &'a str,
        shown_path: &'a str,
        driver: &'a str,
        shown_driver: &'a str,
    ) -> Compilation<'a> {
        let BuildSettings { colour, limits, .. } = self.settings;
        let (library, toolchain) = (&self.library, &self.toolchain);
        Compilation { exercise, source, shown_path, driver, shown_driver, library, toolchain, limits, colour }
    }

    /// Compiles in the exercise's own folder when it is this workspace's file, and it is free; otherwise in a new one.
    ///
    /// The staging holds the program, so it is kept for as long as that is needed.
    fn compile(&self, compilation: &Compilation<'_>, source: &Source) -> Result<(Compiled, Staging)> {
        let exercise = compilation.exercise;
        let own = std::env::current_dir()
            .is_ok_and(|current| current.join(&source.shown_path) == exercise.student_file());
        if own && let Some(staging) = Staging::kept_in(self.cache.kept(), exercise)? {
            let compiled = compilation.compile(&staging)?;
            // What the compiler remembers may be damaged; that must cost nobody anything.
            let broke =
                matches!(&compiled, Compiled::Failed { outcome, .. } if outcome.ended != Ended::Refused);
            if !broke {
                return Ok((compiled, staging));
            }
            // Should it stay, it costs time at the next edit and nothing else.
            let _ = staging.forget();
        }
        let staging = Staging::new_in(self.cache.staging(), exercise)?;
        Ok((compilation.compile(&staging)?, staging))
    }

    /// Turns a failed compilation into diagnostics. At least one; errors without a place say line 1.
    fn explain(
        &self,
        exercise: &Exercise,
        source: &Source,
        compilation: &Compilation<'_>,
        part: Part,
        outcome: &Outcome,
    ) -> Result<Build> {
        let errors = diagnostics::errors(&outcome.said, compilation.shown_path);
        let refused = outcome.ended == Ended::Refused;
        let on_own_lines =
            |error: &CompilerError| error.place.as_ref().is_some_and(|(file, _)| *file == source.shown_path);
        if refused && errors.iter().any(on_own_lines) {
            let told = errors.into_iter().map(|error| {
                let (file, line) = error.place.unwrap_or_else(|| (source.shown_path.clone(), 1));
                Diagnostic {
                    file,
                    line,
                    message: error.message,
                    code: error.code,
                    rendered: error.rendered,
                    driver: false,
                }
            });
            return Ok(Build::Diagnostics(told.collect()));
        }
        // Not an error on the student's own lines: the exercise or the machine may be at fault.
        let stub = read(exercise.template())?;
        self.hold_against_stub(exercise, &Compilation { source: &stub, ..*compilation })?;
        if part == Part::Driver && refused && !errors.is_empty() {
            return Ok(Build::Diagnostics(self.explain_driver(compilation.shown_driver, &stub, errors)));
        }
        let first = errors.into_iter().next();
        let said = first.as_ref().map(|error| error.message.as_str());
        let message = text::interface::compiler_ended(self.settings.language, outcome.ended, said);
        let rendered = first.map(|error| error.rendered).unwrap_or_default();
        Ok(Build::Diagnostics(vec![Diagnostic { rendered, ..own(source, 1, message) }]))
    }

    /// Errors of the driver, one for each item of the student's file that it misses.
    fn explain_driver(&self, shown_driver: &str, stub: &str, errors: Vec<CompilerError>) -> Vec<Diagnostic> {
        let items = diagnostics::item_names(stub);
        let mut told = BTreeSet::new();
        let mut diagnostics = Vec::new();
        for error in errors {
            let subject = error.subject(&items);
            if told.insert(subject.clone()) {
                let message = text::interface::driver_broken(self.settings.language, subject.as_deref());
                let (file, line) = error.place.unwrap_or_else(|| (shown_driver.to_owned(), 1));
                let (code, rendered) = (error.code, error.rendered);
                diagnostics.push(Diagnostic { file, line, message, code, rendered, driver: true });
            }
        }
        diagnostics
    }

    /// Fails when the exercise's stub does not compile either.
    fn hold_against_stub(&self, exercise: &Exercise, stub: &Compilation<'_>) -> Result<()> {
        let staging = Staging::new_in(self.cache.staging(), exercise)?;
        let Compiled::Failed { outcome, .. } = stub.compile(&staging)? else { return Ok(()) };
        let said: Vec<String> = diagnostics::errors(&outcome.said, stub.shown_path)
            .into_iter()
            .map(|error| error.rendered)
            .collect();
        let outcome = if said.is_empty() { outcome.said } else { said.join("\n") };
        Err(Error::of(Kind::Stub { exercise: exercise.id.clone(), outcome }))
    }
}

/// A diagnostic of the grader's own.
fn own(source: &Source, line: u32, message: String) -> Diagnostic {
    let file = source.shown_path.clone();
    Diagnostic { file, line, message, code: None, rendered: String::new(), driver: false }
}

fn read(path: PathBuf) -> Result<String> {
    fs::read_to_string(&path).map_err(|source| Error::io(Doing::Read, path, source))
}
