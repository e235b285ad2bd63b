//! Nothing of a run is left, whatever happens: to the program, or to the grader.

use std::fs::{self, File};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::pty::openpty;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::submission::{Submission, root};

const COUNTER: &str = "contador_con_lock";

/// A program whose processes, three generations of them, sleep outside the library.
const SLEEPER: &str = r#"
use procesos::{Lock, Process, Result, Value};
fn duerme(hijos: u32) -> Result<()> {
    if hijos > 0 {
        Process::new(duerme, (hijos - 1,)).start()?;
    }
    loop { std::thread::park(); }
}
pub fn incrementar(_c: Value<i64>, _l: Lock, _v: u32) -> Result<()> {
    duerme(2)
}
pub fn contar(_procesos: u32, _veces: u32) -> Result<i64> {
    duerme(2)?;
    Ok(0)
}
"#;

/// Looks until `met` holds; fails after a minute.
fn eventually(what: &str, mut met: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !met() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::yield_now();
    }
}

/// Grades the sleeper on a terminal, sends the grader a signal once its processes run, and checks that nothing is left:
/// no process, no work folder, and, unless it could do nothing any more, no staging folder and no line of progress.
fn interrupted_by(signal: Signal) {
    // A text of its own makes a program of its own, which can be told from those of other tests.
    let text = format!("{SLEEPER}\n// {signal} {}\n", std::process::id());
    let submission = Submission::new().with(COUNTER, &text);
    let terminal = openpty(None, None).unwrap();
    let mut grader = Command::new(assert_cmd::cargo::cargo_bin!("grader"))
        .args([COUNTER, "--submission"])
        .arg(submission.path())
        .current_dir(root())
        .env("TMPDIR", submission.path())
        .env("TERM", "xterm")
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::from(terminal.slave))
        .spawn()
        .unwrap();
    let folder = submission.path().display().to_string();
    let programs = || programs_below(grader.id());
    let mut seen = Vec::new();
    eventually("the program runs", || {
        seen = programs();
        seen.len() >= 3
    });
    let staging = staging_of(grader.id());
    assert!(staging.is_dir());
    kill(Pid::from_raw(grader.id().cast_signed()), signal).unwrap();
    assert_eq!(grader.wait().unwrap().signal(), Some(signal as i32));
    eventually("every process of the run has ended", || seen.iter().all(|pid| !is_alive(*pid)));
    eventually("the work folder is gone", || {
        !fs::read_dir(&folder)
            .unwrap()
            .any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with("taller-"))
    });
    if signal == Signal::SIGKILL {
        Submission::new().with_stub(COUNTER).grade(&[COUNTER]).code(1);
    } else {
        let shown = said_on(terminal.master);
        assert!(shown.contains(": caso ") && shown.ends_with("\r\u{1b}[K"), "{shown:?}");
    }
    assert!(!staging.exists());
}

/// The folder in which a grader compiles, by the lock that it holds on it.
fn staging_of(grader: u32) -> PathBuf {
    let opened = fs::read_dir(format!("/proc/{grader}/fd")).unwrap();
    let mut paths = opened.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    paths.find(|path| path.parent().is_some_and(|above| above.ends_with("target/grader/staging"))).unwrap()
}

/// Everything that was written to a terminal whose other side is closed.
fn said_on(master: OwnedFd) -> String {
    let mut bytes = Vec::new();
    // The end of a terminal is an error (EIO), with everything before it read.
    let _ = File::from(master).read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

/// Processes below a process, as the kernel tells.
fn programs_below(ancestor: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let parent = stat[stat.rfind(')')? + 1..].split_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect();
    let mut below = vec![ancestor];
    let mut found = Vec::new();
    while let Some(parent) = below.pop() {
        for (pid, _) in parents.iter().filter(|(_, p)| *p == parent) {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            if String::from_utf8_lossy(&line).contains("target/grader/programs") {
                found.push(*pid);
            }
            below.push(*pid);
        }
    }
    found
}

fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

#[test]
fn a_killed_grader_leaves_nothing() {
    interrupted_by(Signal::SIGKILL);
}

#[test]
fn an_interrupted_grader_leaves_nothing() {
    interrupted_by(Signal::SIGINT);
    interrupted_by(Signal::SIGTERM);
}

#[test]
fn a_flood_of_output_is_cut_and_told() {
    let text = r#"
use procesos::{Lock, Result, Value};
pub fn incrementar(_c: Value<i64>, _l: Lock, _v: u32) -> Result<()> {
    let line = "x".repeat(1 << 16);
    loop { println!("{line}"); }
}
pub fn contar(_p: u32, _v: u32) -> Result<i64> { Ok(0) }
"#;
    let report = Submission::new().with(COUNTER, text).report(&[COUNTER]);
    assert_eq!(report["exercises"][0]["status"], "failed");
}

/// Whether a process with this text in its command line lives.
fn somebody_runs(text: &str) -> bool {
    let entries = fs::read_dir("/proc").unwrap();
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| *pid != std::process::id()).any(|pid| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(text)
    })
}

/// A right counter that first does something else.
fn counter_that(does: &str) -> String {
    let solution = fs::read_to_string(root().join("solutions/contador_con_lock/src/lib.rs")).unwrap();
    solution.replacen(
        "let contador = Value::new(0)?;",
        &format!("{does}\n    let contador = Value::new(0)?;"),
        1,
    )
}

#[test]
fn a_daemon_of_its_own_session_is_ended_and_told() {
    let mark = format!("9{:07}", std::process::id());
    let daemon = format!(
        "let _ = std::process::Command::new(\"setsid\").args([\"sh\", \"-c\", \"trap '' TERM HUP; sleep {mark} & sleep {mark}\"]).spawn();"
    );
    let submission = Submission::new().with(COUNTER, &counter_that(&daemon));
    let report = submission.report(&[COUNTER]);
    assert!(!somebody_runs(&format!("sleep\0{mark}")));
    let claims = report["exercises"][0]["claims"].as_array().unwrap().clone();
    let told = claims.iter().find(|claim| claim["finding"] == "left_behind").unwrap();
    assert_eq!((&told["claim"], &told["verdict"]), (&"joined".into(), &"broken".into()));
}

#[test]
fn too_much_memory_is_ended_and_told() {
    let hog = "let memoria = vec![1u8; 1200 << 20];\n    std::hint::black_box(&memoria);\n    loop { std::thread::park(); }";
    let text = counter_that(hog).replace("pub fn contar", "#[allow(unreachable_code)]\npub fn contar");
    let report = Submission::new().with(COUNTER, &text).report(&[COUNTER]);
    let claims = report["exercises"][0]["claims"].as_array().unwrap().clone();
    assert!(claims.iter().any(|claim| claim["finding"] == "memory_limit"), "{claims:#?}");
}

/// The broken claim `joined` of a counter that first does something else, with `also` beside it.
fn not_joined(does: &str, also: &str) -> serde_json::Value {
    let text = format!("{}\n{also}", counter_that(does));
    let report = Submission::new().with(COUNTER, &text).report(&[COUNTER]);
    let claims = report["exercises"][0]["claims"].as_array().unwrap().clone();
    let told = claims.iter().find(|claim| claim["claim"] == "joined" && claim["verdict"] == "broken");
    told.unwrap_or_else(|| panic!("{claims:#?}")).clone()
}

/// Waits, without reaping it, until the process whose pid is in `pid` has ended.
const HAS_ENDED: &str = r#"
fn ha_terminado(pid: u32) {
    let estado = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    while !estado().contains(") Z ") {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}
"#;

#[test]
fn how_a_child_ended_that_nobody_joined_is_told() {
    let also = format!("{HAS_ENDED}\nfn nada() {{}}");
    let told = not_joined("let h = Process::new(nada, ()).start()?;\n    ha_terminado(h.pid());", &also);
    assert_eq!(told["finding"], "not_joined");
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("ya había terminado (código 0)"), "{message}");
}

#[test]
fn the_signal_that_ended_an_orphan_is_told() {
    let also = format!(
        "{HAS_ENDED}
fn muere() {{
    let _ = std::process::Command::new(\"sh\").args([\"-c\", \"kill -KILL $PPID\"]).status();
}}
fn abandona() -> Result<()> {{
    let h = Process::new(muere, ()).start()?;
    ha_terminado(h.pid());
    std::process::exit(0)
}}"
    );
    let told = not_joined("Process::new(abandona, ()).start()?.join()?;", &also);
    assert_eq!(told["finding"], "not_joined");
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("ya había terminado (SIGKILL)"), "{message}");
}

#[test]
fn the_signal_that_ended_a_process_of_other_means_is_told() {
    let start = "std::process::Command::new(\"sh\").args([\"-c\", \"kill -SEGV $$\"]).spawn().unwrap()";
    let told = not_joined(&format!("let h = {start};\n    ha_terminado(h.id());"), HAS_ENDED);
    assert_eq!(told["finding"], "left_behind");
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("ya había terminado (SIGSEGV)"), "{message}");
}
