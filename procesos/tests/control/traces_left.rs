//! Nothing is left of an execution: no process, no file, no descriptor, no memory.

use std::fs;

use libtest_mimic::Trial;
use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use procesos_schedule::{Kind, Stop};

use crate::controller::{Controller, order, soon};
use crate::test;

/// Kilobytes that the server may have grown by, a page here and there.
const MOST_GROWTH: u64 = 256;

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test!(what_a_program_leaves_is_told_and_ended),
        test!(what_a_program_writes_is_removed),
        test!(descriptors_do_not_pile_up),
        test!(memory_does_not_grow),
        test!(messages_that_always_differ_do_not_fill_the_trace),
    ]
}

fn exists(pid: u32) -> bool {
    kill(Pid::from_raw(pid.cast_signed()), None) != Err(Errno::ESRCH)
}

fn what_a_program_leaves_is_told_and_ended() {
    let mut controller = Controller::start("leaves_daemon");
    for seed in 0..3 {
        let report = controller.execute(&order(Kind::Random, seed)).report;
        assert_eq!(report.stop, Stop::Finished);
        assert_eq!(report.leftovers.len(), 2, "a daemon and an orphan: {report:?}");
        for procesos_schedule::Leftover { pid, running: ran, .. } in report.leftovers {
            assert!(ran);
            assert!(soon(|| !exists(pid)), "{pid} is still there");
        }
    }
    let clean = Controller::start("race").execute(&order(Kind::Calm, 0)).report;
    assert_eq!(clean.leftovers, []);
}

fn what_a_program_writes_is_removed() {
    let mut controller = Controller::start("leaves_files");
    for seed in 0..5 {
        let report = controller.execute(&order(Kind::Random, seed)).report;
        assert_eq!((report.stop, report.code), (Stop::Finished, Some(0)));
        assert_eq!(controller.files(), [""; 0]);
    }
}

fn descriptors_of(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).expect("the server lives").count()
}

fn descriptors_do_not_pile_up() {
    for program in ["messages", "killed", "crossed"] {
        let mut controller = Controller::start(program);
        controller.execute(&order(Kind::Random, 0));
        let before = descriptors_of(controller.server_pid());
        for seed in 1..=170 {
            controller.execute(&order(Kind::Random, seed));
        }
        assert_eq!(descriptors_of(controller.server_pid()), before);
    }
}

/// Memory of its own that a process has, in kilobytes.
fn memory_of(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the server lives");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("the kernel tells it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn memory_does_not_grow() {
    let mut controller = Controller::start("race");
    for seed in 0..200 {
        controller.execute(&order(Kind::Random, seed));
    }
    let before = memory_of(controller.server_pid());
    for seed in 200..2_000 {
        controller.execute(&order(Kind::Random, seed));
    }
    let after = memory_of(controller.server_pid());
    println!("memory of the server after 200 and 2,000 executions: {before} and {after} kB");
    assert!(after <= before + MOST_GROWTH, "{before} kB became {after} kB");
}

fn messages_that_always_differ_do_not_fill_the_trace() {
    let mut controller = Controller::start("many_messages");
    for seed in 0..40 {
        let execution = controller.execute(&order(Kind::Random, seed));
        assert_eq!((execution.report.stop, execution.report.code), (Stop::Finished, Some(0)));
        assert!(!execution.trace.truncated, "after {seed} executions");
    }
}
