//! How often a failing order comes out the same when it is repeated, each time in a fresh program.
//!
//! `cargo bench -p grader --bench replay [-- REPETITIONS]` takes the order that grading finds in the counter without a lock, and repeats
//! it 1,000 times. It fails when one repetition takes other steps, or comes to another verdict.

#![expect(clippy::unwrap_used, reason = "an evidence run fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use grader::Language;
use grader::build::{Build, BuildSettings, Builder};
use grader::course::Course;
use grader::explore::steps::{Fingerprint, interruptions};
use grader::explore::token::Token;
use grader::explore::{Budget, Explored, Explorer};
use grader::intake::Source;
use grader::run::{Settings, Symbols};
use grader::seed::Seed;

const EXERCISE: &str = "contador_con_lock";
const SCENARIO: &str = "varios";
const REPETITIONS: usize = 1_000;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if let Some(status) = grader::cli::stand_in(&arguments) {
        return status;
    }
    let mut numbers = arguments.iter().filter_map(|argument| argument.to_str()?.parse().ok());
    let repetitions = numbers.next_back().unwrap_or(REPETITIONS);
    let course = Course::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let exercise = course.exercise(EXERCISE).unwrap();
    let path = course.root.join("solutions").join(EXERCISE).join("wrong/no_lock.rs");
    let source = Source::new(EXERCISE, fs::read_to_string(&path).unwrap(), "src/lib.rs".to_owned());
    let builder = Builder::new(&course, &[exercise], BuildSettings::default()).unwrap();
    let Build::Ready(program) = builder.build(exercise, &source).unwrap() else { panic!("it compiles") };
    let scenario = exercise.scenarios.iter().find(|scenario| scenario.id == SCENARIO).unwrap();
    let seed = Seed::of_submission(EXERCISE, &source.hash);
    let args = scenario.arguments(seed);
    let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
    let settings = Settings::new(Language::English);
    let start = || Explorer::start(&program, &symbols, scenario, &args, &settings).unwrap();

    let begun = Instant::now();
    let Explored { tried, claims, .. } = start().explore(Budget::of(100, seed, true), |_| {}).unwrap();
    let (index, witness) =
        claims.iter().enumerate().find_map(|(index, tally)| Some((index, tally.witness.as_ref()?))).unwrap();
    let token = Token::of_witness(&scenario.id, seed, witness).unwrap();
    println!("{token}");
    println!(
        "found and shortened in {:.2} s ({tried} orders): {} stretches, {} interruptions of processes that could go on",
        begun.elapsed().as_secs_f64(),
        token.picks.len(),
        interruptions(&witness.run.trace),
    );
    let begun = Instant::now();
    let alike = (0..repetitions).filter(|_| {
        let execution = start().run(&token.order()).unwrap();
        let verdict = &Explored::of_one(scenario, &execution).claims[index].verdict;
        Fingerprint::of(&execution.run.trace) == token.fingerprint && *verdict == claims[index].verdict
    });
    let alike = alike.count();
    let each = begun.elapsed().as_secs_f64() * 1e3 / f64::from(u32::try_from(repetitions).unwrap());
    println!(
        "{alike} of {repetitions} repetitions took the same steps to the same verdict ({each:.1} ms each)"
    );
    if alike == repetitions { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
