//! Managers under control: a call is one step of its client, and the server takes no turns.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use procesos_schedule::{Kind, Stop};
use procesos_trace::layout::process::{ROLE_OWN, ROLE_SERVER};
use procesos_trace::{ObjectKind, Op};

use crate::controller::{Controller, order};
use crate::faults::kill_everywhere;
use crate::repeat::{can_be_repeated, finish_in_every_order};
use crate::test;

const MANY_SEEDS: u64 = 60;
const KINDS: [Kind; 4] = [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw];
const RIGHT: [&str; 5] =
    ["manager_list", "manager_polled", "manager_in_child", "manager_forgotten", "manager_killed"];

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test!(programs_with_managers_finish_in_every_order),
        test!(orders_with_managers_can_be_repeated),
        test!(an_update_in_two_calls_is_lost_in_some_orders),
        test!(a_server_is_no_process_of_the_program_and_makes_no_steps),
        test!(nobody_waits_for_a_server),
        test!(a_client_that_dies_anywhere_costs_nobody_else_anything),
    ]
}

fn programs_with_managers_finish_in_every_order() {
    finish_in_every_order(&RIGHT, |_| false);
}

fn orders_with_managers_can_be_repeated() {
    can_be_repeated(&RIGHT);
}

fn codes(program: &str) -> BTreeSet<Option<i32>> {
    let mut controller = Controller::start(program);
    let executions = (0..MANY_SEEDS).map(|seed| controller.execute(&order(Kind::Random, seed)));
    executions
        .inspect(|execution| assert_eq!(execution.report.stop, Stop::Finished))
        .map(|e| e.report.code)
        .collect()
}

fn an_update_in_two_calls_is_lost_in_some_orders() {
    assert_eq!(codes("manager_counts"), BTreeSet::from([Some(1), Some(2)]));
    assert_eq!(codes("manager_counts_with_lock"), BTreeSet::from([Some(2)]));
}

fn a_server_is_no_process_of_the_program_and_makes_no_steps() {
    let execution = Controller::start("manager_list").execute(&order(Kind::Calm, 0));
    let roles: Vec<u32> = execution.trace.processes.iter().map(|process| process.role).collect();
    assert_eq!(roles, [ROLE_OWN, ROLE_SERVER, ROLE_OWN, ROLE_OWN]);
    assert!(execution.events(1).is_empty());
    let changes: Vec<u64> =
        (2..4).flat_map(|slot| execution.of(slot, Op::ManagerSet)).map(|e| e.version).collect();
    assert_eq!(BTreeSet::from_iter(changes), BTreeSet::from([1, 2, 3, 4]), "each change has its number");
    let read = execution.of(0, Op::ManagerGet);
    assert_eq!((read[0].version, read[0].kind), (4, ObjectKind::List as u8));
    assert_eq!((execution.of(0, Op::ManagerStop).len(), execution.of(0, Op::Unjoined).len()), (1, 0));
}

fn nobody_waits_for_a_server() {
    for (program, stop) in [("manager_and_deadlock", Stop::Deadlock), ("manager_never_set", Stop::Livelock)] {
        let mut controller = Controller::start(program);
        for kind in KINDS {
            assert_eq!(controller.execute(&order(kind, 1)).report.stop, stop, "{program}");
        }
    }
}

fn a_client_that_dies_anywhere_costs_nobody_else_anything() {
    kill_everywhere("manager_survives", |execution, slot| {
        assert_eq!((execution.report.stop, execution.report.code), (Stop::Finished, Some(0)));
        let killed = execution.joined().into_iter().filter(|(_, code)| *code == -9);
        assert!(killed.eq([(slot as u64, -9)]), "{:?}", execution.joined());
    });
}
