//! Processes that wait where the library does not see it: the others go on, and they come back.

use libtest_mimic::Trial;
use procesos_schedule::{Kind, Stop};
use procesos_trace::Op;

use crate::controller::{Controller, order};
use crate::test;

const SEEDS: u64 = 12;

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test!(a_process_that_waits_outside_lets_the_others_go_on_and_comes_back),
        test!(a_process_that_ends_outside_is_noticed),
        test!(a_process_that_leaves_after_it_was_outside_is_noticed),
        test!(a_thread_that_computes_is_no_wait),
        test!(waits_that_end_while_the_server_looks_do_no_harm),
    ]
}

fn a_process_that_waits_outside_lets_the_others_go_on_and_comes_back() {
    let mut controller = Controller::start("outside");
    let mut external = 0;
    for seed in 0..SEEDS {
        let execution = controller.execute(&order(Kind::Random, seed));
        assert_eq!((execution.report.stop, execution.report.code), (Stop::Finished, Some(0)));
        assert_eq!([1, 2].map(|slot| execution.of(slot, Op::ValueSet).len()), [2, 6]);
        external += u32::from(execution.report.external);
    }
    assert!(external > 0, "in some order the reader comes first");
}

fn a_process_that_ends_outside_is_noticed() {
    let mut controller = Controller::start("ends_outside");
    let mut external = 0;
    for seed in 0..SEEDS {
        let execution = controller.execute(&order(Kind::Random, seed));
        assert_eq!((execution.report.stop, execution.report.code), (Stop::Finished, Some(0)));
        assert_eq!(execution.joined(), [(1, -9), (2, 0)]);
        external += u32::from(execution.report.external);
    }
    assert!(external > 0, "in some order the one that sleeps comes first");
}

fn a_process_that_leaves_after_it_was_outside_is_noticed() {
    let mut controller = Controller::start("exits_after_outside");
    for seed in 0..SEEDS {
        let execution = controller.execute(&order(Kind::Random, seed));
        assert_eq!((execution.report.stop, execution.report.code), (Stop::Finished, Some(0)));
        assert!(execution.joined().contains(&(2, 5)) || execution.joined().contains(&(1, 5)));
    }
}

fn a_thread_that_computes_is_no_wait() {
    let mut controller = Controller::start("computing_thread");
    for seed in 0..SEEDS {
        let execution = controller.execute(&order(Kind::Random, seed));
        assert_eq!((execution.report.stop, execution.report.external), (Stop::Finished, false));
    }
}

fn waits_that_end_while_the_server_looks_do_no_harm() {
    let mut controller = Controller::start("naps");
    for seed in 0..60 {
        let execution = controller.execute(&order(Kind::Random, seed));
        assert_eq!((execution.report.stop, execution.report.code), (Stop::Finished, Some(0)));
        assert_eq!([1, 2, 3].map(|slot| execution.of(slot, Op::ValueSet).len()), [4; 3]);
    }
}
