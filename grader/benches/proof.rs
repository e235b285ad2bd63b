//! How long it takes to have tried all orders of a scenario, and how many there are, beside orders that are drawn.
//!
//! `cargo bench -p grader --bench proof` prints a row for each explored scenario of each exercise, with the solution;
//! `-- --most N` gives up after so many orders. A drawn order and one of the search are run and judged alike, in the same program.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run says so by panicking")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use grader::Language;
use grader::build::{Build, BuildSettings, Builder, Limits, Program};
use grader::cli::stand_in;
use grader::course::{Course, Exercise, Scenario};
use grader::explore::{Budget, Explored, Explorer};
use grader::intake::Source;
use grader::run::{Settings, Symbols};
use grader::seed::Seed;

/// Orders after which a search is given up, unless `--most` says otherwise: what `verify` may take.
const MOST: u64 = 2_000;
/// Orders that are drawn to compare with.
const DRAWN: u64 = 100;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn main() -> ExitCode {
    // The grader starts itself again, as a supervisor and to limit compilers.
    if let Some(status) = stand_in(&std::env::args_os().collect::<Vec<_>>()) {
        return status;
    }
    let mut arguments = std::env::args().skip_while(|argument| argument != "--most").skip(1);
    let most: u64 = arguments.next().and_then(|number| number.parse().ok()).unwrap_or(MOST);
    let course = Course::read(&root()).unwrap();
    let exercises: Vec<&Exercise> = course.exercises.iter().collect();
    let settings = BuildSettings { language: Language::English, colour: false, limits: Limits::default() };
    let builder = Builder::new(&course, &exercises, settings).unwrap();
    println!(
        "{:<52}{:>10}{:>12}{:>10}{:>12}{:>12}{:>8}",
        "", "orderings", "executions", "ms", "orderings/s", "drawn/s", "ratio"
    );
    for exercise in exercises {
        let file = root().join("solutions").join(&exercise.id).join("src/lib.rs");
        let text = std::fs::read_to_string(&file).unwrap();
        let source = Source::new(&exercise.id, text, Exercise::shown(&file, &root()));
        let Build::Ready(program) = builder.build(exercise, &source).unwrap() else {
            panic!("{}: the solution does not compile", exercise.id)
        };
        for scenario in exercise.scenarios.iter().filter(|scenario| scenario.explore) {
            row(exercise, scenario, &program, most);
        }
    }
    ExitCode::SUCCESS
}

fn row(exercise: &Exercise, scenario: &Scenario, program: &Program, most: u64) {
    let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
    let seed: Seed = "0001".parse().unwrap();
    let args = scenario.arguments(seed);
    let explored = |budget: Budget| -> (Explored, f64) {
        let settings = Settings::new(Language::English);
        let mut explorer = Explorer::start(program, &symbols, scenario, &args, &settings).unwrap();
        // The first execution of a program takes longer.
        explorer.numbered(0, seed).unwrap();
        let begun = Instant::now();
        (explorer.explore(budget, |_| {}).unwrap(), begun.elapsed().as_secs_f64())
    };
    let (all, taken) = explored(Budget { proof: most, ..Budget::of(1, seed, false) });
    let (drawn, of_drawn) = explored(Budget { proof: 0, ..Budget::of(DRAWN, seed, false) });
    let rate = drawn.executions as f64 / of_drawn;
    let found = all.tried as f64 / taken;
    println!(
        "{:<52}{:>10}{:>12}{:>10.1}{:>12.0}{:>12.0}{:>8.2}  {}",
        format!("{}/{} {}", exercise.id, scenario.id, args[1..].join(" ")),
        all.tried,
        all.executions,
        taken * 1e3,
        found,
        rate,
        found / rate,
        all.withheld.map_or_else(|| "all".to_owned(), |withheld| format!("{withheld:?}")),
    );
}
