//! Events, semaphores, conditions, barriers and tasks under control: what is right finishes in every order, what is wrong is
//! found, and an order can be repeated.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use procesos_schedule::{Fault, Kind, Report, Stop, path_of};
use procesos_trace::{Op, Outcome};

use crate::controller::{Controller, Execution, order, plan};
use crate::test;

const SEEDS: u64 = 12;
const MANY_SEEDS: u64 = 60;
const KINDS: [Kind; 4] = [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw];

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test!(right_programs_finish_in_every_order),
        test!(orders_of_them_can_be_repeated),
        test!(mistakes_that_need_an_order_are_found),
        test!(mistakes_that_need_none_are_found_in_all),
        test!(who_waits_when_an_event_is_set_goes_on_although_it_is_cleared),
        test!(the_permit_of_the_dead_is_told_to_one),
        test!(one_that_is_killed_while_it_waits_breaks_the_barrier),
        test!(an_update_of_an_element_is_lost_in_some_orders),
    ]
}

fn finishes(execution: &Execution, code: i32) {
    let report = &execution.report;
    assert_eq!(
        (report.stop, report.code, report.external),
        (Stop::Finished, Some(code), false),
        "{report:?}"
    );
    assert!(!execution.trace.truncated);
}

const RIGHT: [&str; 10] = [
    "start_signal",
    "stop_signal",
    "two_at_once",
    "counted_signals",
    "lock_again",
    "buffer",
    "lockstep",
    "barrier_gives_up",
    "tasks",
    "limits",
];

fn right_programs_finish_in_every_order() {
    for program in RIGHT {
        let mut controller = Controller::start(program);
        for kind in KINDS {
            for seed in 0..SEEDS {
                let mut order = order(kind, seed);
                order.early_timers = seed % 3 == 2 && program != "barrier_gives_up";
                finishes(&controller.execute(&order), 0);
            }
        }
    }
}

fn orders_of_them_can_be_repeated() {
    for program in RIGHT {
        let (mut controller, mut fresh) = (Controller::start(program), Controller::start(program));
        for seed in 0..3 {
            let drawn = controller.execute(&order(Kind::Random, seed));
            let same = controller.execute(&order(Kind::Random, seed));
            // How much CPU time it took is the machine's own.
            let report = Report { cpu_milliseconds: drawn.report.cpu_milliseconds, ..same.report.clone() };
            assert_eq!((&report, same.story()), (&drawn.report, drawn.story()));
            let again = fresh.execute(&plan(&drawn.report.picks));
            assert!(!again.report.deviated);
            assert_eq!((&again.report.picks, again.story()), (&drawn.report.picks, drawn.story()));
        }
    }
}

/// How the executions of a program stop, over many orders.
fn stops(program: &str) -> BTreeSet<u32> {
    let mut controller = Controller::start(program);
    (0..MANY_SEEDS).map(|seed| controller.execute(&order(Kind::Random, seed)).report.stop as u32).collect()
}

fn mistakes_that_need_an_order_are_found() {
    for program in ["pulse", "permits_crossed", "notified_too_early"] {
        let both = BTreeSet::from([Stop::Finished as u32, Stop::Deadlock as u32]);
        assert_eq!(stops(program), both, "{program}");
    }
}

fn mistakes_that_need_none_are_found_in_all() {
    for program in ["nobody_sets", "tasks_forgotten"] {
        assert_eq!(stops(program), BTreeSet::from([Stop::Deadlock as u32]), "{program}");
    }
    assert_eq!(stops("nobody_sets_and_all_ask"), BTreeSet::from([Stop::Livelock as u32]));
}

fn who_waits_when_an_event_is_set_goes_on_although_it_is_cleared() {
    let mut controller = Controller::start("pulse");
    let mut waited = 0;
    for seed in 0..MANY_SEEDS {
        let execution = controller.execute(&order(Kind::Random, seed));
        let wait = execution.of(1, Op::EventWait);
        let clear = execution.of(0, Op::EventClear);
        // It begins to wait where its trace says, whether it comes to an end or not.
        let record = &execution.trace.processes[1].pending;
        let begun = wait.first().map_or(record.since, |event| event.begin);
        let set = execution.of(0, Op::EventSet)[0];
        if begun < set.begin {
            waited += 1;
            assert_eq!(execution.report.stop, Stop::Finished, "seed {seed}");
            assert_eq!(wait[0].version, set.version);
        }
        assert!(clear.first().is_none_or(|clear| clear.version == set.version + 1));
    }
    assert!(waited > 0);
}

fn the_permit_of_the_dead_is_told_to_one() {
    let mut controller = Controller::start("permit_dies");
    for kind in KINDS {
        for seed in 0..SEEDS {
            let execution = controller.execute(&order(kind, seed));
            finishes(&execution, 0);
            let mut codes: Vec<i64> = execution.joined().into_iter().map(|(_, code)| code).collect();
            codes.sort_unstable();
            assert_eq!(codes, [-9, 0, 7]);
        }
    }
}

fn one_that_is_killed_while_it_waits_breaks_the_barrier() {
    let mut controller = Controller::start("waiter_dies");
    let mut told = 0;
    for seed in 0..MANY_SEEDS {
        let mut order = order(Kind::Random, seed);
        order.fault = Some(Fault { process: path_of(&[1]), step: seed % 3 });
        let execution = controller.execute(&order);
        let arrived = !execution.of(1, Op::BarrierArrive).is_empty();
        let passed =
            execution.of(0, Op::BarrierWait).iter().any(|event| event.outcome == Outcome::Done as u8);
        match execution.report.stop {
            // All had come, or those who wait for the dead were told.
            Stop::Finished => {
                assert!(arrived);
                told += u32::from(!passed);
            }
            Stop::Deadlock => assert!(!arrived, "seed {seed}: {:?}", execution.report),
            other => panic!("{other:?}"),
        }
    }
    assert!(told > 0);
}

fn an_update_of_an_element_is_lost_in_some_orders() {
    let mut controller = Controller::start("elements");
    let codes: BTreeSet<_> =
        (0..MANY_SEEDS).map(|seed| controller.execute(&order(Kind::Random, seed)).report.code).collect();
    assert_eq!(codes, BTreeSet::from([Some(0), Some(1)]));
}
