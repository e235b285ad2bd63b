//! contador_con_lock: the total is right in every order, the children add, at once, and the lock is free afterwards.

use grader::run::Run;

use super::seen::{added, children, differ, most_at_once, numbers, too_few};
use super::{Assignment, Case, Way, Wrong};

pub(super) const ASSIGNMENT: Assignment = Assignment { cases, always, together };

fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::every_order("solo 1 7"),
        Case::every_order("solo 3 300"),
        Case::every_order("contar 0 3"),
        Case::every_order("contar 1 2"),
        Case::every_order("contar 2 0"),
        Case::every_order("incrementar 2 1"),
        Case::every_order("contar 2 1"),
        Case::new("contar 2 2", Way::EveryOrder(200)),
        Case::new("contar 3 1", Way::EveryOrder(200)),
    ];
    cases.push(Case::new("contar 4 300", Way::Free(2)));
    cases.push(Case::new("incrementar 3 200", Way::Free(1)));
    cases
}

fn always(case: &Case, run: &Run) -> Option<Wrong> {
    differ(run, "total", "esperado").or_else(|| {
        let (processes, times) = (case.number(1), case.number(2));
        if case.mode() != "contar" {
            return None;
        }
        too_few(run, processes).or_else(|| {
            let seen = workers(run, times).len();
            let fewer = times > 0 && seen < processes;
            fewer.then_some(Wrong::NotTheirPart { wanted: processes, seen })
        })
    })
}

/// Children that each added so much to the same number.
fn workers(run: &Run, times: usize) -> Vec<usize> {
    let of_value = |value| {
        let sums = added(run, value);
        let is_worker = |slot: &usize| sums.get(slot).is_some_and(|sum| usize::try_from(*sum) == Ok(times));
        children(run).map(|(slot, _)| slot).filter(is_worker).collect::<Vec<_>>()
    };
    numbers(run).into_iter().map(of_value).max_by_key(Vec::len).unwrap_or_default()
}

fn together(case: &Case, run: &Run) -> Option<(usize, usize)> {
    let (processes, times) = (case.number(1), case.number(2));
    let small = matches!(case.way, Way::EveryOrder(_));
    (case.mode() == "contar" && processes > 1 && times > 0 && small)
        .then(|| (processes, most_at_once(run, &workers(run, times))))
}
