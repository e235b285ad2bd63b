//! Whether the orders that are tried are all there are, and whether grader and oracle agree about a few mutants.
//!
//! It has its own `main`, since a program that runs others with the grader is started again as their supervisor.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../src/history.rs"]
mod history;
#[path = "../src/orders.rs"]
mod orders;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, ExitCode};

use grader::Language;
use grader::build::{Build, BuildSettings, Builder};
use grader::course::Course;
use grader::intake::Source;
use grader::run::{Controlled, Settings, Symbols};
use libtest_mimic::{Arguments, Failed, Trial};
use orders::{Search, every_order};

/// Mutants of all exercises: enough to notice that something has come apart; `cargo run -p mutants` tries all.
const A_FEW: &str = "12";
/// More executions than the orders of any program here.
const MOST: usize = 4_000;

const WITHOUT_LOCK: &str = "
use procesos::{Lock, Result, Value};

pub fn incrementar(contador: Value<i64>, _lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        contador.set(contador.get() + 1);
    }
    Ok(())
}

pub fn contar(_procesos: u32, _veces: u32) -> Result<i64> {
    Ok(0)
}
";

const TRIES_ONCE: &str = "
use procesos::{Lock, Result, Value};

pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        if let Some(_guardia) = lock.try_acquire()? {
            contador.set(contador.get() + 1);
        }
    }
    Ok(())
}

pub fn contar(_procesos: u32, _veces: u32) -> Result<i64> {
    Ok(0)
}
";

fn main() -> ExitCode {
    if let Some(status) = grader::cli::stand_in(&std::env::args_os().collect::<Vec<_>>()) {
        return status;
    }
    let tests = vec![
        Trial::test("every_total_that_can_come_of_unlocked_additions_is_seen", || {
            same(&totals(WITHOUT_LOCK, &["incrementar", "2", "1"]), &[1, 2])?;
            same(&totals(WITHOUT_LOCK, &["incrementar", "2", "2"]), &[2, 3, 4])
        }),
        Trial::test("a_lock_that_is_only_tried_is_seen_busy_and_free", || {
            same(&totals(TRIES_ONCE, &["incrementar", "2", "1"]), &[1, 2])
        }),
        Trial::test("the_grader_and_the_oracle_agree_about_a_few_mutants", agree_about_a_few),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// Totals of all orders, each of which was tried.
fn totals(text: &str, args: &[&str]) -> BTreeSet<i64> {
    let course = Course::find(root()).unwrap();
    let exercise = course.exercise("contador_con_lock").unwrap();
    let builder = Builder::new(&course, &[exercise], BuildSettings::default()).unwrap();
    let source = Source::new(&exercise.id, text.to_owned(), "src/lib.rs".to_owned());
    let Build::Ready(program) = builder.build(exercise, &source).unwrap() else { panic!("it compiles") };
    let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
    let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
    let settings = Settings::new(Language::English);
    let mut controlled = Controlled::start(&program, &symbols, &args, &settings).unwrap();
    let mut totals = BTreeSet::new();
    let search = Search { fault: None, sleeps: false, most: MOST };
    let searched = every_order(&mut controlled, search, |execution| {
        totals.extend(execution.run.results["total"].as_i64());
        ControlFlow::Continue(())
    });
    let searched = searched.unwrap();
    assert!(searched.all, "{searched:?}");
    totals
}

fn same(seen: &BTreeSet<i64>, expected: &[i64]) -> Result<(), Failed> {
    let seen: Vec<i64> = seen.iter().copied().collect();
    if seen == expected { Ok(()) } else { Err(format!("{seen:?} instead of {expected:?}").into()) }
}

fn agree_about_a_few() -> Result<(), Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mutants"));
    let output = command.args(["--most", A_FEW, "--lang", "en"]).current_dir(root()).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() && said.contains("survivors") { Ok(()) } else { Err(said.into()) }
}
