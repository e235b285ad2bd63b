//! Ends of processes and of executions: noticed at once, and told for what they are.

use libtest_mimic::Trial;
use procesos_schedule::{Kind, Stop};
use procesos_trace::Op;

use crate::controller::{Controller, order};
use crate::test;

const SEEDS: u64 = 20;

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test!(a_child_that_crashes_is_noticed_and_the_others_go_on),
        test!(a_lock_without_its_owner_is_told_to_one),
        test!(a_deadlock_is_told_where_it_happens),
        test!(a_livelock_is_told),
        test!(a_second_thread_that_operates_ends_the_execution),
        test!(more_processes_than_can_be_controlled_end_the_execution),
        test!(the_server_ends_when_nobody_listens),
    ]
}

fn a_child_that_crashes_is_noticed_and_the_others_go_on() {
    for (program, code) in [("aborts", -6), ("killed", -9), ("exits", 3), ("panics", 101)] {
        let mut controller = Controller::start(program);
        let mut fastest = None;
        for seed in 0..SEEDS {
            let execution = controller.execute(&order(Kind::Random, seed));
            assert_eq!(execution.report.stop, Stop::Finished);
            assert!(!execution.report.external);
            assert_eq!(execution.joined(), [(1, 0), (2, code), (3, 0)]);
            assert_eq!([1, 2, 3].map(|slot| execution.of(slot, Op::ValueSet).len()), [4, 2, 4]);
            fastest =
                Some(fastest.map_or(execution.took, |known: std::time::Duration| known.min(execution.took)));
        }
        println!("an execution in which a child {program}: {fastest:?}");
    }
}

fn a_lock_without_its_owner_is_told_to_one() {
    let mut controller = Controller::start("owner_dies");
    for kind in [Kind::Calm, Kind::Random, Kind::Pos] {
        for seed in 0..SEEDS {
            let execution = controller.execute(&order(kind, seed));
            assert_eq!(execution.report.stop, Stop::Finished);
            let mut codes: Vec<i64> = execution.joined().into_iter().map(|(_, code)| code).collect();
            codes.sort_unstable();
            // The one that was told leaves by exit with the lock: the other one is told as well.
            assert_eq!(codes, [-9, 7, 7]);
        }
    }
}

fn a_deadlock_is_told_where_it_happens() {
    let mut controller = Controller::start("nothing_comes");
    let took = (0..SEEDS).map(|seed| {
        let execution = controller.execute(&order(Kind::Random, seed));
        assert_eq!((execution.report.stop, execution.report.code), (Stop::Deadlock, None));
        execution.took
    });
    println!("an execution with a deadlock: {:?}", took.min());
    let mut controller = Controller::start("crossed");
    let stops: Vec<Stop> =
        (0..60).map(|seed| controller.execute(&order(Kind::Random, seed)).report.stop).collect();
    assert!(stops.iter().all(|stop| matches!(stop, Stop::Deadlock | Stop::Finished)));
    assert!(stops.contains(&Stop::Deadlock) && stops.contains(&Stop::Finished));
}

fn a_livelock_is_told() {
    let mut controller = Controller::start("after_you");
    let took = (0..SEEDS).map(|seed| {
        let execution = controller.execute(&order(Kind::Random, seed));
        assert_eq!(execution.report.stop, Stop::Livelock);
        execution.took
    });
    println!("an execution with a livelock: {:?}", took.min());
}

fn a_second_thread_that_operates_ends_the_execution() {
    let mut controller = Controller::start("second_thread");
    for seed in 0..SEEDS {
        assert_eq!(controller.execute(&order(Kind::Random, seed)).report.stop, Stop::Threads);
    }
}

fn more_processes_than_can_be_controlled_end_the_execution() {
    let mut controller = Controller::start("crowd");
    for seed in 0..3 {
        assert_eq!(controller.execute(&order(Kind::Random, seed)).report.stop, Stop::TooManyProcesses);
    }
}

fn the_server_ends_when_nobody_listens() {
    let mut controller = Controller::start("race");
    controller.execute(&order(Kind::Calm, 0));
    assert!(controller.hang_up().success());
}
