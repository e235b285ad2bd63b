//! Builds a program from a submitted file and a pristine exercise. It decides what "does not compile" means.
//!
//! Cargo builds the library once; each program is two calls of rustc in the grader's own target folder, with the
//! grader's own flags. A compiler that crashes or runs into a limit is the submission's doing, unless the
//! exercise's stub fares no better: then it is a fault.

mod cache;
mod compile;
mod diagnostics;
mod explain;
mod forbidden;
mod library;
pub mod limits;
mod rustc;
mod staging;
mod toolchain;
mod waiting;
mod warnings;
mod workspace;

use std::fs;
use std::path::PathBuf;

use cache::{Cache, InUse};
use compile::{Compilation, Compiled, Part};
pub use diagnostics::Diagnostic;
use explain::{Blame, Failure, Foreign, explain, explain_driver};
use library::Library;
pub(crate) use library::Step;
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
#[derive(Debug, Clone)]
pub enum Build {
    /// It can be run.
    Ready(Program),
    /// It does not compile; at least one.
    Diagnostics(Vec<Diagnostic>),
}

/// A built program. Its file is not removed before this is dropped.
#[derive(Debug, Clone)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// [`Source::shown_path`]: the file that `Location::file()` tells of the student's code. Debug information says the
    /// same, with `./` before it where it is relative.
    pub shown_path: String,
    /// The student's text.
    pub source: String,
    /// What the compiler warns of and often is a mistake, the most telling first.
    pub warnings: Vec<Diagnostic>,
    _in_use: InUse,
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
    foreign: Foreign,
    settings: BuildSettings,
}

impl Builder {
    /// Builds what the given exercises depend on. Only these can be built later.
    ///
    /// # Errors
    /// A fault when there are no tools, or cargo fails.
    pub fn new(course: &Course, exercises: &[&Exercise], settings: BuildSettings) -> Result<Self> {
        let toolchain = Toolchain::find(&course.root)?;
        let library = Library::build(course, &toolchain, exercises, settings.language)?;
        let cache = Cache::open(&course.grader_folder())?;
        let foreign = Foreign::new(&toolchain.sysroot);
        Ok(Self { root: course.root.clone(), toolchain, library, cache, foreign, settings })
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
        let ready = |(in_use, warnings)| {
            let (shown_path, source) = (source.shown_path.clone(), source.text.clone());
            Build::Ready(Program { path: place.clone(), shown_path, source, warnings, _in_use: in_use })
        };
        if let Some(found) = forbidden::find(&source.text) {
            let message = text::interface::forbidden(self.settings.language, &found.name);
            return Ok(Build::Diagnostics(vec![Diagnostic::own(&source.shown_path, found.line, message)]));
        }
        if let Some(in_use) = self.cache.find(&place) {
            return Ok(ready((in_use, self.cache.warnings(&place))));
        }
        let (compiled, _staging) = self.compile(&compilation, source)?;
        match compiled {
            Compiled::Program { path, said } => {
                let warnings = warnings::worth_telling(&said, &source.shown_path, &source.text);
                let in_use = self.cache.take_in(&path, &place, &warnings)?;
                Ok(ready((in_use, warnings)))
            }
            Compiled::OtherFile { path } => {
                let message = text::interface::other_file(self.settings.language, &path);
                Ok(Build::Diagnostics(vec![Diagnostic::own(&source.shown_path, 1, message)]))
            }
            Compiled::Failed { part, outcome } => {
                self.explain(source, &compilation, part, &outcome).map(Build::Diagnostics)
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
                matches!(&compiled, Compiled::Failed { outcome, .. } if outcome.ended == Ended::Crashed);
            if !broke {
                return Ok((compiled, staging));
            }
            // Should it stay, it costs time at the next edit and nothing else.
            let _ = staging.forget();
        }
        let staging = Staging::new_in(self.cache.staging(), exercise)?;
        Ok((compilation.compile(&staging)?, staging))
    }

    /// Turns a failed compilation into diagnostics: at least one.
    fn explain(
        &self,
        source: &Source,
        compilation: &Compilation<'_>,
        part: Part,
        outcome: &Outcome,
    ) -> Result<Vec<Diagnostic>> {
        let language = self.settings.language;
        let failure =
            Failure { part, outcome, shown_path: &source.shown_path, shown_driver: compilation.shown_driver };
        let (diagnostics, blame) = explain(&failure, &self.foreign, language);
        if blame == Blame::OwnLines {
            return Ok(diagnostics);
        }
        // Not an error on the student's own lines: the exercise or the machine may be at fault.
        let stub = read(compilation.exercise.template())?;
        self.hold_against_stub(compilation.exercise, &Compilation { source: &stub, ..*compilation })?;
        Ok(if blame == Blame::Driver { explain_driver(&failure, &stub, language) } else { diagnostics })
    }

    /// Fails when the exercise's stub does not compile either.
    fn hold_against_stub(&self, exercise: &Exercise, stub: &Compilation<'_>) -> Result<()> {
        let staging = Staging::new_in(self.cache.staging(), exercise)?;
        let Compiled::Failed { outcome, .. } = stub.compile(&staging)? else { return Ok(()) };
        let errors = diagnostics::errors(&outcome.said, &[]);
        let said: Vec<String> = errors.into_iter().map(|error| error.rendered).collect();
        let outcome = if said.is_empty() { outcome.said } else { said.join("\n") };
        Err(Error::of(Kind::Stub { exercise: exercise.id.clone(), outcome }))
    }
}

fn read(path: PathBuf) -> Result<String> {
    fs::read_to_string(&path).map_err(|source| Error::io(Doing::Read, path, source))
}
