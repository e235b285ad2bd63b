//! How long a student waits, beside a bare `cargo build` of the same exercise and its runs, in one run.
//!
//! `cargo bench -p grader` prints the table. Figures are medians of rounds in which the two take turns; read the ratios.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run says so by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const ROUNDS: usize = 7;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Runs a command to its end and says how long it took.
fn timed(command: &mut Command) -> f64 {
    let begun = Instant::now();
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    seconds(begun.elapsed())
}

fn grader(arguments: &[&str], submission: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
    command.current_dir(root()).args(arguments).arg("--submission").arg(submission);
    command
}

/// A workspace with the library and one exercise, to build with plain cargo.
fn bare_workspace(id: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let members = format!("members = [\"procesos\", \"procesos/trace\", \"{id}\"]");
    let lines =
        manifest.lines().map(|line| if line.starts_with("members") { members.as_str() } else { line });
    fs::write(folder.path().join("Cargo.toml"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    std::os::unix::fs::symlink(root().join("procesos"), folder.path().join("procesos")).unwrap();
    let exercise = folder.path().join(id);
    fs::create_dir_all(exercise.join("src")).unwrap();
    let source = root().join("exercises").join(id);
    fs::copy(source.join("Cargo.toml"), exercise.join("Cargo.toml")).unwrap();
    fs::copy(source.join("src/main.rs"), exercise.join("src/main.rs")).unwrap();
    folder
}

/// The arguments of every case, as a report tells them.
fn cases(id: &str, submission: &Path) -> Vec<Vec<String>> {
    let output = grader(&[id, "--format", "json"], submission).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let claims = report["exercises"][0]["claims"].as_array().unwrap().clone();
    let cases: BTreeMap<String, Vec<String>> = claims
        .into_iter()
        .map(|c| (c["scenario"].to_string(), serde_json::from_value(c["args"].clone()).unwrap()))
        .collect();
    cases.into_values().collect()
}

/// Edit to verdict of one exercise: ours, and plain cargo with the same runs.
fn edit_to_verdict(id: &str) -> (f64, f64) {
    let solution = fs::read_to_string(root().join("solutions").join(id).join("src/lib.rs")).unwrap();
    let submission = TempDir::new().unwrap();
    let ours = submission.path().join(id).join("src/lib.rs");
    fs::create_dir_all(ours.parent().unwrap()).unwrap();
    let bare = bare_workspace(id);
    let theirs = bare.path().join(id).join("src/lib.rs");
    // One changed line: a constant that is used.
    let edited = |round: usize| format!("{solution}\npub const VUELTA: usize = {round};\n");
    fs::write(&ours, edited(0)).unwrap();
    fs::write(&theirs, edited(0)).unwrap();
    let cases = cases(id, submission.path());
    let build = || {
        let mut command = Command::new("cargo");
        command
            .current_dir(bare.path())
            .args(["build", "--offline", "-p", id])
            .env_remove("CARGO_TARGET_DIR");
        command
    };
    timed(&mut build());
    let (mut grading, mut plain) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        fs::write(&ours, edited(round)).unwrap();
        grading.push(timed(&mut grader(&[id], submission.path())));
        fs::write(&theirs, edited(round)).unwrap();
        let runs =
            |case: &Vec<String>| timed(Command::new(bare.path().join("target/debug").join(id)).args(case));
        plain.push(timed(&mut build()) + cases.iter().map(runs).sum::<f64>());
    }
    (median(grading), median(plain))
}

fn main() {
    println!(
        "seconds, median of {ROUNDS} rounds in turn; bare = cargo build of the same edit and the same runs"
    );
    println!(
        "{:<42}{:>8}{:>8}{:>8}  to reach",
        "edit -> verdict, warm, one changed line", "grader", "bare", "ratio"
    );
    let mut ids: Vec<String> = fs::read_dir(root().join("exercises"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    ids.sort();
    for id in &ids {
        let (ours, bare) = edit_to_verdict(id);
        println!("{id:<42}{ours:>8.3}{bare:>8.3}{:>8.2}  <= 1.2", ours / bare);
    }
    let all: Vec<f64> = (0..ROUNDS).map(|_| timed(&mut grader(&[], &root().join("solutions")))).collect();
    println!("{:<42}{:>8.3}{:>8}{:>8}  < 3 s on 2 cores", "everything solved, warm", median(all), "", "");
    println!("{:<42}{:>8}", "crates of the grader and the library", dependencies());
}

/// Crates that a build of the grader takes, our own ones included.
fn dependencies() -> usize {
    let arguments = [
        "tree",
        "--offline",
        "-p",
        "grader",
        "-p",
        "procesos",
        "-e",
        "normal,build",
        "--prefix",
        "none",
        "--no-dedupe",
    ];
    let output = Command::new("cargo").current_dir(root()).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: std::collections::BTreeSet<&str> =
        text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    names.len()
}
