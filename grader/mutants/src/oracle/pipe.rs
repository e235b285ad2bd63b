//! pipe_bidireccional: every text is answered in capitals, both sides end well whatever the other does, and a child does it.

use grader::run::Run;
use procesos_trace::Op;

use super::seen::{children, differ, done, silent};
use super::{Assignment, Case, Way, Wrong};

pub(super) const ASSIGNMENT: Assignment = Assignment { cases, always, together };

fn cases() -> Vec<Case> {
    let small = [
        "hijo 0 12 fin 0",
        "hijo 1 12 fin 3",
        "hijo 2 12 fin 1",
        "hijo 0 12 cierre 0",
        "hijo 1 12 cierre 2",
        "hijo 2 12 cierre 4",
        "padre 0 12 0",
        "padre 1 12 5",
        "padre 2 12 3",
        "padre-corte 2 12 1",
        "padre-corte 3 12 0",
        "conversar 0 12 0",
        "conversar 1 12 6",
        "conversar 2 12 2",
    ];
    let mut cases: Vec<Case> = small.map(|args| Case::new(args, Way::EveryOrder(120))).into();
    cases.push(Case::new("padre-muerte 2 12 0", Way::Killing(9)));
    for args in ["padre 200 12 0", "conversar 200 12 1", "conversar 3 1048576 0", "hijo 150 12 fin 0"] {
        cases.push(Case::new(args, Way::Free(1)));
    }
    cases
}

fn always(case: &Case, run: &Run) -> Option<Wrong> {
    match case.mode() {
        "hijo" => differ(run, "respuestas", "esperadas"),
        "padre" => differ(run, "respuestas", "esperadas")
            .or_else(|| differ(run, "enviados", "textos"))
            .or_else(|| differ(run, "final", "final_esperado")),
        "padre-corte" => differ(run, "devuelve_error", "error_esperado"),
        "padre-muerte" => differ(run, "devueltas", "completas"),
        _ => differ(run, "respuestas", "esperadas").or_else(|| no_conversation(run, case.number(1))),
    }
}

/// The first process did not receive so many answers that a child sent, or a child does not show what it does.
fn no_conversation(run: &Run, wanted: usize) -> Option<Wrong> {
    if wanted == 0 {
        return None;
    }
    let received = done(run, Op::Recv).filter(|(slot, _)| *slot == 0).count();
    let sent = |child: usize| done(run, Op::Send).filter(|(slot, _)| *slot == child).count();
    let sent = children(run).map(|(slot, _)| sent(slot)).max().unwrap_or(0);
    let few = received < wanted || sent < wanted;
    few.then_some(Wrong::NoConversation { wanted, sent, received }).or_else(|| silent(run))
}

fn together(_: &Case, _: &Run) -> Option<(usize, usize)> {
    None
}
