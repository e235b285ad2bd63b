//! Pools under control: which worker does which task differs from order to order, what comes of them does not.

use std::cell::RefCell;
use std::collections::BTreeSet;

use libtest_mimic::Trial;
use procesos_schedule::{Kind, Stop};
use procesos_trace::layout::process::{ROLE_OWN, ROLE_WORKER};
use procesos_trace::{Op, Outcome, Tasks};

use crate::controller::{Controller, Execution, order};
use crate::faults::kill_everywhere;
use crate::repeat::{can_be_repeated, finish_in_every_order};
use crate::test;

const MANY_SEEDS: u64 = 60;
const KINDS: [Kind; 4] = [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw];
const RIGHT: [&str; 6] =
    ["pool_maps", "pool_by_and_by", "pool_fails", "pool_in_two", "pool_ends", "pool_asks"];

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test!(right_pools_finish_in_every_order),
        test!(orders_of_pools_can_be_repeated),
        test!(which_worker_does_which_task_is_tried),
        test!(which_task_is_done_first_is_tried),
        test!(the_parts_of_a_task_are_told_apart),
        test!(a_worker_that_dies_anywhere_costs_its_task_alone),
        test!(who_waits_for_a_task_that_waits_for_ever_is_told),
    ]
}

fn right_pools_finish_in_every_order() {
    finish_in_every_order(&RIGHT, |program| program != "pool_asks");
}

fn orders_of_pools_can_be_repeated() {
    can_be_repeated(&RIGHT);
}

/// Which task went to which worker, by slot.
fn takers(execution: &Execution) -> Vec<(u64, usize)> {
    let taken = (1..3).flat_map(|slot| {
        let takes = execution.of(slot, Op::PoolTake).into_iter().filter(|event| event.extra == 0);
        takes.map(move |event| (event.version, slot))
    });
    let mut taken: Vec<_> = taken.collect();
    taken.sort_unstable();
    taken
}

fn which_worker_does_which_task_is_tried() {
    let mut controller = Controller::start("pool_shares");
    let seen: BTreeSet<_> =
        (0..MANY_SEEDS).map(|seed| takers(&controller.execute(&order(Kind::Random, seed)))).collect();
    assert!(seen.iter().all(|taken| taken.iter().map(|(index, _)| *index).eq(0..5)), "{seen:?}");
    assert!(seen.len() >= 10, "{} ways to share five tasks", seen.len());
}

fn which_task_is_done_first_is_tried() {
    let mut controller = Controller::start("pool_first_come");
    let codes: BTreeSet<_> =
        (0..MANY_SEEDS).map(|seed| controller.execute(&order(Kind::Random, seed)).report.code).collect();
    assert_eq!(codes, BTreeSet::from([Some(1), Some(2)]));
}

fn the_parts_of_a_task_are_told_apart() {
    let execution = Controller::start("pool_maps").execute(&order(Kind::Calm, 0));
    let roles: Vec<u32> = execution.trace.processes.iter().map(|process| process.role).collect();
    assert_eq!(roles, [ROLE_OWN, ROLE_WORKER, ROLE_WORKER]);
    let names: Vec<&str> = execution.trace.processes.iter().map(|process| process.name.as_str()).collect();
    assert_eq!(names, ["", "pool-1", "pool-2"]);
    let given: Vec<(u64, u64)> =
        execution.of(0, Op::PoolSubmit).iter().map(|event| (event.version, event.value)).collect();
    assert_eq!(given, [(0, 4), (4, 1)]);
    let got: Vec<Tasks> =
        execution.of(0, Op::PoolGet).iter().map(|event| Tasks::unpack(event.value)).collect();
    assert_eq!(got, [Tasks { first: 0, count: 4 }, Tasks { first: 4, count: 1 }]);
    let mut done: Vec<u64> =
        (1..3).flat_map(|slot| execution.of(slot, Op::PoolDone)).map(|e| e.version).collect();
    done.sort_unstable();
    assert_eq!(done, [0, 1, 2, 3, 4]);
    // Nobody has forgotten to join the workers, and what joined them is no child's join.
    assert!(execution.of(0, Op::Unjoined).is_empty());
}

fn a_worker_that_dies_anywhere_costs_its_task_alone() {
    let codes = RefCell::new(BTreeSet::new());
    kill_everywhere("pool_worker_dies", |execution, _| {
        assert_eq!(execution.report.stop, Stop::Finished);
        let told =
            execution.of(0, Op::PoolGet).into_iter().filter(|e| e.outcome == Outcome::WorkerDied as u8);
        let code = execution.report.code.and_then(|code| usize::try_from(code).ok());
        assert_eq!(code, Some(told.count()), "{:?}", execution.report);
        codes.borrow_mut().insert(code);
    });
    assert_eq!(codes.into_inner(), BTreeSet::from([Some(0), Some(1)]));
}

fn who_waits_for_a_task_that_waits_for_ever_is_told() {
    let mut controller = Controller::start("pool_waits_for_ever");
    for kind in KINDS {
        let execution = controller.execute(&order(kind, 1));
        assert_eq!(execution.report.stop, Stop::Deadlock);
        let pending = |slot: usize| execution.trace.processes[slot].pending.op;
        assert_eq!((pending(0), pending(1)), (Op::PoolGet as u32, Op::QueueGet as u32));
    }
}
