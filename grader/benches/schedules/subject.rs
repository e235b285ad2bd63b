//! The bench's own program, built as a submission is.

use std::fs;
use std::path::Path;
use std::process::Command;

use grader::build::{Builder, Program};
use grader::course::{Claim, Course, Exercise, Races, Scenario, ScenarioClaim};
use grader::intake::Source;
use grader::run::{Controlled, Symbols};
use tempfile::TempDir;

use super::{build_settings, built, root, settings};

/// The name of its exercise: its driver uses it as a crate.
const ID: &str = "subject";

/// The bench's own program, built as a submission is.
pub(crate) struct Subject {
    pub(crate) program: Program,
    pub(crate) symbols: Symbols,
    _folder: TempDir,
}

impl Subject {
    pub(crate) fn build() -> Self {
        let folder = TempDir::new().unwrap();
        let manifest = format!(
            "[package]\nname = \"{ID}\"\nversion.workspace = true\nedition.workspace = true\n\n\
             [dependencies]\nnix.workspace = true\nprocesos.workspace = true\n"
        );
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        fs::write(folder.path().join("src/main.rs"), include_str!("subject/driver.rs")).unwrap();
        fs::write(folder.path().join("plantilla.rs"), include_str!("subject/submission.rs")).unwrap();
        let dependencies = vec!["nix".to_owned(), "procesos".to_owned()];
        let exercise = Exercise { dependencies, ..exercise(folder.path()) };
        let course = Course { root: root(), exercises: vec![exercise] };
        let exercise = &course.exercises[0];
        let builder = Builder::new(&course, &[exercise], build_settings()).unwrap();
        let text = include_str!("subject/submission.rs").to_owned();
        let program = built(&builder, exercise, &Source::new(ID, text, "subject/src/lib.rs".to_owned()));
        let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
        Self { program, symbols, _folder: folder }
    }

    /// The program under control.
    pub(crate) fn control(&self, args: &[String]) -> Controlled<'_> {
        Controlled::start(&self.program, &self.symbols, args, &settings()).unwrap()
    }

    /// The numbers that the program prints, the last of each line.
    pub(crate) fn printed(&self, args: &[String]) -> Vec<f64> {
        let output = Command::new(&self.program.path).args(args).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect()
    }
}

fn exercise(folder: &Path) -> Exercise {
    Exercise {
        id: ID.to_owned(),
        folder: folder.to_owned(),
        order: 1,
        title: Default::default(),
        summary: Default::default(),
        concepts: Vec::new(),
        hints: Vec::new(),
        goals: Vec::new(),
        scenarios: Vec::new(),
        dependencies: Vec::new(),
    }
}

pub(crate) fn arguments<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).into()
}

/// Claims as an exercise has them.
pub(crate) fn scenario(args: Vec<String>) -> Scenario {
    let claims = [
        Claim::Result { name: "total".into(), expected: "expected".into(), races: Races::Forbidden },
        Claim::Ends,
        Claim::LocksReleased,
        Claim::Joined,
    ];
    let claims = claims.map(|claim| ScenarioClaim { goal: "goal".to_owned(), claim });
    Scenario {
        id: "bench".to_owned(),
        args,
        draw: Default::default(),
        explore: true,
        early_timers: false,
        killed: None,
        claims: claims.into(),
    }
}
