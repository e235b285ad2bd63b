//! Events, semaphores, conditions, barriers and tasks under control: what is right finishes in every order, what is wrong is
//! found, and an order can be repeated.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use procesos_schedule::{Fault, Kind, Stop, path_of};
use procesos_trace::{Op, Outcome};

use crate::controller::{Controller, Execution, order};
use crate::faults::{is_over, kill_everywhere, seen_at_the_end};
use crate::repeat::{can_be_repeated, finish_in_every_order, finishes};
use crate::test;

const SEEDS: u64 = 12;
const MANY_SEEDS: u64 = 60;
const SIGKILL: i64 = 9;
const KINDS: [Kind; 4] = [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw];

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test!(right_programs_finish_in_every_order),
        test!(orders_of_them_can_be_repeated),
        test!(mistakes_that_need_an_order_are_found),
        test!(mistakes_that_need_none_are_found_in_all),
        test!(who_has_not_seen_an_event_set_before_it_is_cleared_waits_on),
        test!(the_permit_of_the_dead_is_told_to_one),
        test!(one_that_is_killed_while_it_waits_breaks_the_barrier),
        test!(an_update_of_an_element_is_lost_in_some_orders),
        test!(whoever_wants_the_permit_of_a_killed_process_gets_it),
        test!(whoever_wants_the_rlock_of_a_killed_process_gets_it),
        test!(whoever_waits_with_a_killed_process_goes_on_or_is_told),
    ]
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
    finish_in_every_order(&RIGHT, |program| program != "barrier_gives_up");
}

fn orders_of_them_can_be_repeated() {
    can_be_repeated(&RIGHT);
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

fn who_has_not_seen_an_event_set_before_it_is_cleared_waits_on() {
    let mut controller = Controller::start("pulse");
    for seed in 0..MANY_SEEDS {
        let execution = controller.execute(&order(Kind::Random, seed));
        let (set, clear) = (execution.of(0, Op::EventSet)[0], execution.of(0, Op::EventClear)[0]);
        let waits = execution.of(1, Op::EventWait);
        assert_eq!(execution.report.stop == Stop::Finished, !waits.is_empty());
        assert!(waits.iter().all(|wait| wait.version == set.version && wait.end < clear.end));
    }
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

fn whoever_wants_the_permit_of_a_killed_process_gets_it() {
    kill_everywhere("sum_with_permits", |execution, slot| {
        is_over(execution, slot);
        assert!((4..=6).contains(&seen_at_the_end(execution)), "nobody else loses an addition");
    });
}

fn whoever_wants_the_rlock_of_a_killed_process_gets_it() {
    kill_everywhere("sum_with_rlock", |execution, slot| {
        is_over(execution, slot);
        assert!((4..=6).contains(&seen_at_the_end(execution)), "nobody else loses an addition");
    });
}

/// Killed at a turn that the others wait for, nobody brings it about: that is told. Whatever else it held is free. In some
/// orders a process has made all its steps before it would be killed.
fn whoever_waits_with_a_killed_process_goes_on_or_is_told() {
    let all_went_on = |execution: &Execution| {
        assert_eq!((execution.report.stop, execution.report.code), (Stop::Finished, Some(0)));
        assert!(execution.joined().iter().all(|(_, code)| [0, -SIGKILL].contains(code)));
    };
    kill_everywhere("turns", |execution, slot| {
        let own = execution.of(slot, Op::ValueSet).len();
        match execution.report.stop {
            Stop::Deadlock => assert!(own < 2, "it had taken all its turns"),
            _ => all_went_on(execution),
        }
    });
    kill_everywhere("rendezvous", |execution, slot| {
        let told = |outcome: Outcome| {
            let all = (0..execution.trace.events.len()).flat_map(|slot| execution.of(slot, Op::BarrierWait));
            all.filter(|event| event.outcome == outcome as u8).count()
        };
        match execution.report.stop {
            Stop::Deadlock => assert_eq!(told(Outcome::Broken), 0, "who was told goes on"),
            _ => all_went_on(execution),
        }
        // Who had arrived a first time let the others pass once, or broke it.
        let arrived = !execution.of(slot, Op::BarrierArrive).is_empty();
        assert!(!arrived || told(Outcome::Done) > 0 || told(Outcome::Broken) > 0);
    });
}
