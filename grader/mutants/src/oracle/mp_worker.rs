//! mp_worker: the ranges are whole and in order, each is counted by a child of its own, all at once, and each child says so.

use std::collections::BTreeSet;

use grader::run::Run;
use procesos_trace::ObjectId;

use super::seen::{differ, most_at_once, named, putters, silent};
use super::{Assignment, Case, Way, Wrong};

pub(super) const ASSIGNMENT: Assignment = Assignment { cases, always, together };

/// Numbers for each range from which on every one has work, however the rest is shared out.
const PLENTY: usize = 10;

fn cases() -> Vec<Case> {
    let shares = ["100 3", "5 8", "2 3", "3 1", "2 1", "137 6", "180 8", "91 7", "12 4", "99 2", "3 2"];
    let shares = shares.map(|share| Case::every_order(&format!("repartir {share}")));
    let runs = [
        Case::every_order("ejecutar 30 1"),
        Case::every_order("ejecutar 2 1"),
        Case::every_order("ejecutar 20 2"),
        Case::every_order("ejecutar 2 2"),
        Case::new("ejecutar 4 3", Way::EveryOrder(150)),
        Case::new("ejecutar 90 3", Way::EveryOrder(150)),
        Case::new("ejecutar 2000 5", Way::Free(2)),
    ];
    shares.into_iter().chain(runs).collect()
}

fn always(case: &Case, run: &Run) -> Option<Wrong> {
    let (limit, n) = (case.number(1), case.number(2));
    if case.mode() == "repartir" {
        let all_work = limit.saturating_sub(2) >= PLENTY * n;
        return differ(run, "cantidad", "n")
            .or_else(|| differ(run, "numeros", "numeros_esperados"))
            .or_else(|| if all_work { differ(run, "con_trabajo", "n") } else { None });
    }
    differ(run, "primos", "primos_esperados")
        .or_else(|| differ(run, "contados", "contados_esperados"))
        .or_else(|| differ(run, "conteos_correctos", "n"))
        .or_else(|| differ(run, "pids_de_hijos", "n"))
        .or_else(|| differ(run, "con_ppid_de_otro", "n"))
        .or_else(|| counted_elsewhere(run, n))
        .or_else(|| silent(run))
}

fn queue(run: &Run) -> Option<ObjectId> {
    named(run, "cola")
}

/// Counts that do not come from as many children.
fn counted_elsewhere(run: &Run, wanted: usize) -> Option<Wrong> {
    let putters = putters(run, queue(run)?);
    if putters.contains(&0) {
        return Some(Wrong::DoneByFirst);
    }
    let seen = putters.iter().collect::<BTreeSet<_>>().len();
    (seen < wanted || putters.len() != wanted).then_some(Wrong::NotTheirPart { wanted, seen })
}

fn together(case: &Case, run: &Run) -> Option<(usize, usize)> {
    let n = case.number(2);
    let small = matches!(case.way, Way::EveryOrder(_));
    (case.mode() == "ejecutar" && n > 1 && small)
        .then(|| (n, queue(run).map_or(0, |queue| most_at_once(run, &putters(run, queue)))))
}
