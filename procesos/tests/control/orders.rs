//! The same order is the same execution; what was picked can be picked again.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use procesos_schedule::{Fault, Kind, ROOT, path_of};
use procesos_trace::Op;

use crate::controller::{Controller, Execution, order, plan};
use crate::repeat;
use crate::test;

const SEEDS: u64 = 15;
const SIGKILL: i64 = 9;

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test!(the_same_order_twice_is_the_same_execution),
        test!(the_same_order_in_a_fresh_program_is_the_same_execution),
        test!(different_seeds_are_different_orders),
        test!(a_plan_is_followed_to_the_letter),
        test!(processes_are_named_by_their_paths),
        test!(a_fault_kills_that_process_at_that_step),
        test!(a_terminated_child_ends_within_the_step),
    ]
}

/// Both finish, in the same way.
fn agree(one: &Execution, other: &Execution) {
    repeat::finishes(one, 0);
    repeat::agree(one, other);
}

fn the_same_order_twice_is_the_same_execution() {
    for program in ["race", "messages", "three_levels"] {
        let mut controller = Controller::start(program);
        for kind in [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw] {
            for seed in 0..SEEDS {
                let mut order = order(kind, seed);
                order.early_timers = seed % 2 == 1;
                agree(&controller.execute(&order), &controller.execute(&order));
            }
        }
    }
}

fn the_same_order_in_a_fresh_program_is_the_same_execution() {
    for seed in 0..SEEDS {
        let order = order(Kind::Random, seed);
        let [one, other] = [(); 2].map(|()| Controller::start("messages").execute(&order));
        agree(&one, &other);
    }
}

fn different_seeds_are_different_orders() {
    let mut controller = Controller::start("race");
    let picks = |seed| controller.execute(&order(Kind::Random, seed)).report.picks;
    let different: BTreeSet<_> = (0..SEEDS).map(picks).map(|picks| format!("{picks:?}")).collect();
    assert_eq!(different.len() as u64, SEEDS);
}

fn a_plan_is_followed_to_the_letter() {
    for program in ["race", "messages", "three_levels"] {
        let (mut controller, mut fresh) = (Controller::start(program), Controller::start(program));
        for seed in 0..SEEDS {
            let drawn = controller.execute(&order(Kind::Random, seed));
            for controller in [&mut controller, &mut fresh] {
                let again = controller.execute(&plan(&drawn.report.picks));
                assert!(!again.report.deviated);
                assert_eq!(again.report.picks, drawn.report.picks);
                assert_eq!(again.story(), drawn.story());
            }
        }
    }
}

fn processes_are_named_by_their_paths() {
    let execution = Controller::start("three_levels").execute(&order(Kind::Random, 1));
    repeat::finishes(&execution, 0);
    let picked: BTreeSet<u64> = execution.report.picks.iter().map(|segment| segment.process).collect();
    let mut expected = BTreeSet::from([ROOT]);
    for one in 1..=2 {
        expected.insert(path_of(&[one]));
        for two in 1..=2 {
            expected.insert(path_of(&[one, two]));
            expected.extend((1..=2).map(|three| path_of(&[one, two, three])));
        }
    }
    assert_eq!(picked, expected);
}

fn a_fault_kills_that_process_at_that_step() {
    let mut controller = Controller::start("race");
    let calm = controller.execute(&order(Kind::Calm, 0));
    for child in 1..=3 {
        let steps = calm.events(child).iter().filter(|e| Op::from_number(e.op).is_some_and(Op::is_scheduled));
        for step in 0..steps.count() as u64 {
            let mut order = order(Kind::Random, step);
            order.fault = Some(Fault { process: path_of(&[u32::try_from(child).unwrap_or(0)]), step });
            let execution = controller.execute(&order);
            repeat::finishes(&execution, 0);
            for (slot, code) in execution.joined() {
                assert_eq!(code, if slot == child as u64 { -SIGKILL } else { 0 });
            }
            let made = execution
                .events(child)
                .iter()
                .filter(|e| Op::from_number(e.op).is_some_and(Op::is_scheduled));
            assert_eq!(made.count() as u64, step);
        }
    }
}

fn a_terminated_child_ends_within_the_step() {
    const SIGTERM: i64 = 15;
    let mut controller = Controller::start("terminated");
    for seed in 0..SEEDS {
        let execution = controller.execute(&order(Kind::Random, seed));
        repeat::finishes(&execution, 0);
        assert_eq!(execution.joined(), [(1, -SIGTERM)]);
        agree(&execution, &controller.execute(&order(Kind::Random, seed)));
    }
}
