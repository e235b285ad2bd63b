//! Figures of exploring, each with what is to be reached: what a schedule costs, how soon a standstill is told, how many
//! schedules it takes to find what is wrong, how short the orders are made that are told.
//!
//! `cargo bench -p grader --bench schedules` prints them all; `-- cost standstill failures shortening` only those named, and
//! `--seeds 100` looks longer for failures, and `--only pipe` takes only the wrong programs with that in their titles. `--profile dev` before the `--` measures the grader as students run it. Read the
//! ratios: the compared take turns in rounds, and a schedule's figure is what one of ten costs at most, so that other work on the
//! machine matters little.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run says so by panicking")]

mod corpus;
mod cost;
mod failures;
mod shortening;
mod standstill;
mod subject;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use corpus::Corpus;
use grader::Language;
use grader::build::{Build, BuildSettings, Builder, Limits, Program};
use grader::cli::stand_in;
use grader::course::Exercise;
use grader::intake::Source;
use grader::run::Settings;
use procesos_schedule::{Kind, Order};
use subject::Subject;

/// Seeds of the search for failures, unless `--seeds` says otherwise.
const SEEDS: u32 = 3;

fn main() -> ExitCode {
    // The grader starts itself again, as a supervisor and to limit compilers.
    if let Some(status) = stand_in(&std::env::args_os().collect::<Vec<_>>()) {
        return status;
    }
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    let seeds = option("--seeds").map_or(SEEDS, |number| number.parse().unwrap());
    let parts = ["cost", "standstill", "failures", "shortening"];
    let all = !arguments.iter().any(|argument| parts.contains(&argument.as_str()));
    let wanted = |part: &str| all || arguments.iter().any(|argument| argument == part);
    if wanted("cost") || wanted("standstill") {
        let subject = Subject::build();
        if wanted("cost") {
            cost::tell(&subject);
        }
        if wanted("standstill") {
            standstill::tell(&subject);
        }
    }
    if wanted("failures") || wanted("shortening") {
        let corpus = Corpus::read(option("--only").map(String::as_str));
        if wanted("failures") {
            failures::tell(&corpus, seeds);
        }
        if wanted("shortening") {
            shortening::tell(&corpus);
        }
    }
    ExitCode::SUCCESS
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn settings() -> Settings {
    Settings::new(Language::English)
}

fn build_settings() -> BuildSettings {
    BuildSettings { language: Language::English, colour: false, limits: Limits::default() }
}

fn built(builder: &Builder, exercise: &Exercise, source: &Source) -> Program {
    match builder.build(exercise, source).unwrap() {
        Build::Ready(program) => program,
        Build::Diagnostics(diagnostics) => panic!("{}: {diagnostics:#?}", source.shown_path),
    }
}

fn random_order(index: u64) -> Order {
    let kind = if index.is_multiple_of(2) { Kind::Pos } else { Kind::Random };
    Order::new(kind, index)
}

/// A figure, and what it is to be.
fn row(what: &str, figure: &str, goal: &str) {
    println!("{what:<58}{figure:>12}  {goal}");
}

fn median(figures: Vec<f64>) -> f64 {
    quantile(figures, 50)
}

/// What one of ten is at most: what something costs when nobody else wants the processor meanwhile.
fn low(figures: Vec<f64>) -> f64 {
    quantile(figures, 10)
}

/// What so many of a hundred figures are at most.
fn quantile(mut figures: Vec<f64>, percent: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    let index = figures.len() * percent / 100;
    figures.get(index.min(figures.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
