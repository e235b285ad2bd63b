//! The wrong programs of the course.

use std::fs;

use grader::build::{Build, Builder, Program};
use grader::course::{Course, Exercise, Scenario};
use grader::explore::Explorer;
use grader::intake::Source;
use grader::judge::{Verdict, judge};
use grader::run::{Symbols, run_scenario};
use grader::seed::Seed;

use super::{build_settings, root, settings};

/// Orders that an exercise is tried in, as grading does.
pub(crate) const SCHEDULES: u64 = grader::grading::SCHEDULES;

/// See the module.
pub(crate) struct Corpus {
    course: Course,
    builder: Builder,
    /// Index of the exercise, name and source of each, by exercise and name.
    sources: Vec<(usize, String, Source)>,
}

/// A wrong program that compiles.
pub(crate) struct Wrong<'a> {
    /// `<exercise>/<program>`.
    pub(crate) title: String,
    program: Program,
    symbols: Symbols,
    scenarios: &'a [Scenario],
}

impl Corpus {
    /// All of them, or those whose title has some text in it.
    pub(crate) fn read(only: Option<&str>) -> Self {
        let course = Course::read(&root()).unwrap();
        let exercises: Vec<&Exercise> = course.exercises.iter().collect();
        let builder = Builder::new(&course, &exercises, build_settings()).unwrap();
        let of_exercise = |(index, exercise): (usize, &&Exercise)| {
            let mut named = sources(exercise);
            named.retain(|(name, _)| only.is_none_or(|only| title(exercise, name).contains(only)));
            named.into_iter().map(move |(name, source)| (index, name, source)).collect::<Vec<_>>()
        };
        let sources = exercises.iter().enumerate().flat_map(of_exercise).collect();
        Self { builder, sources, course }
    }

    /// How many programs there are.
    pub(crate) fn count(&self) -> usize {
        self.sources.len()
    }

    /// Builds the program at `index`; `None` when it does not compile.
    pub(crate) fn program(&self, index: usize) -> Option<Wrong<'_>> {
        let (exercise, name, source) = &self.sources[index];
        let exercise = &self.course.exercises[*exercise];
        let Build::Ready(program) = self.builder.build(exercise, source).unwrap() else { return None };
        let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
        Some(Wrong { title: title(exercise, name), program, symbols, scenarios: &exercise.scenarios })
    }
}

fn title(exercise: &Exercise, name: &str) -> String {
    format!("{}/{name}", exercise.id)
}

/// The wrong programs of an exercise, by name.
fn sources(exercise: &Exercise) -> Vec<(String, Source)> {
    let folder = root().join("solutions").join(&exercise.id).join("wrong");
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    paths.sort();
    let named = paths.into_iter().map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let shown = Exercise::shown(&path, &root());
        (name, Source::new(&exercise.id, fs::read_to_string(&path).unwrap(), shown))
    });
    named.collect()
}

impl Wrong<'_> {
    /// The scenarios that are tried in many orders.
    pub(crate) fn explored(&self) -> Vec<&Scenario> {
        self.scenarios.iter().filter(|scenario| scenario.explore).collect()
    }

    /// The program, ready for a scenario.
    pub(crate) fn explorer<'s>(&'s self, scenario: &'s Scenario, seed: Seed) -> Explorer<'s> {
        let args = scenario.arguments(seed);
        Explorer::start(&self.program, &self.symbols, scenario, &args, &settings()).unwrap()
    }

    /// Whether a run without control breaks a claim.
    pub(crate) fn fails_without_control(&self, seed: Seed) -> bool {
        self.scenarios.iter().any(|scenario| {
            let args = scenario.arguments(seed);
            let run = run_scenario(&self.program, &self.symbols, &args, &settings()).unwrap();
            judge(scenario, &run).iter().any(|verdict| matches!(verdict, Verdict::Broken(_)))
        })
    }
}
