//! The programs, built as a submission is.

use std::fs;
use std::path::{Path, PathBuf};

use grader::Language;
use grader::build::{Build, BuildSettings, Builder, Limits, Program};
use grader::course::{Course, Exercise};
use grader::intake::Source;
use grader::run::{Controlled, Settings, Symbols};
use tempfile::TempDir;

/// The name of the exercise: its driver uses it as a crate.
const ID: &str = "subject";

/// A driver with all the programs.
pub(crate) struct Subject {
    program: Program,
    symbols: Symbols,
    _folder: TempDir,
}

impl Subject {
    /// Builds a driver and the submission that it uses, given their sources.
    pub(crate) fn build(driver: &str, submission: &str) -> Self {
        let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
        let folder = TempDir::new().unwrap();
        let manifest = format!(
            "[package]\nname = \"{ID}\"\nversion.workspace = true\nedition.workspace = true\n\n\
             [dependencies]\nprocesos.workspace = true\nserde.workspace = true\n"
        );
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        fs::write(folder.path().join("src/main.rs"), driver).unwrap();
        fs::write(folder.path().join("plantilla.rs"), submission).unwrap();
        let exercise = Exercise {
            id: ID.to_owned(),
            folder: folder.path().to_owned(),
            order: 1,
            title: Default::default(),
            summary: Default::default(),
            concepts: Vec::new(),
            hints: Vec::new(),
            goals: Vec::new(),
            scenarios: Vec::new(),
            dependencies: vec!["procesos".to_owned(), "serde".to_owned()],
        };
        let course = Course { root, exercises: vec![exercise] };
        let exercise = &course.exercises[0];
        let settings =
            BuildSettings { language: Language::English, colour: false, limits: Limits::default() };
        let builder = Builder::new(&course, &[exercise], settings).unwrap();
        let source = Source::new(ID, submission.to_owned(), "subject/src/lib.rs".to_owned());
        let program = match builder.build(exercise, &source).unwrap() {
            Build::Ready(program) => program,
            Build::Diagnostics(diagnostics) => panic!("{diagnostics:#?}"),
        };
        let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
        Self { program, symbols, _folder: folder }
    }

    /// One of the programs, under control.
    pub(crate) fn control(&self, program: &str) -> Controlled<'_> {
        let settings = Settings::new(Language::English);
        Controlled::start(&self.program, &self.symbols, &[program.to_owned()], &settings).unwrap()
    }
}
