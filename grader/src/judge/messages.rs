//! Claims about who put or sent what.

use std::collections::BTreeMap;

use procesos_trace::{ObjectKind, Op};

use super::facts::Facts;
use super::finding::{Finding, Verdict};
use super::{no_result, unless};

/// Everything in a queue was put by somebody else than the first process, and something was.
pub(super) fn by_children(facts: &Facts<'_>, queue: &str) -> Verdict {
    let Some(id) = facts.named(queue) else { return no_result(queue) };
    let by_first: Vec<_> = facts.done_on(Op::QueuePut, id).filter(|((p, _), _)| *p == 0).collect();
    if let Some((at, _)) = by_first.first() {
        let (queue, count, place) = (queue.to_owned(), by_first.len(), facts.place(*at));
        return Verdict::Broken(Finding::DoneByFirst { queue, count, place });
    }
    let nothing = facts.done_on(Op::QueuePut, id).next().is_none();
    unless(nothing.then(|| Finding::NothingPut { queue: queue.to_owned() }))
}

/// A queue got so many messages, each from a process of its own.
pub(super) fn own_process(facts: &Facts<'_>, queue: &str, wanted: u64) -> Verdict {
    let Some(id) = facts.named(queue) else { return no_result(queue) };
    if wanted == 0 {
        return Verdict::Vacuous;
    }
    let verdict = by_children(facts, queue);
    if matches!(verdict, Verdict::Broken(_)) {
        return verdict;
    }
    let mut by_process: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for (at, _) in facts.done_on(Op::QueuePut, id) {
        by_process.entry(at.0).or_default().push(at);
    }
    if let Some((p, puts)) = by_process.iter().find(|(_, puts)| puts.len() > 1) {
        let (who, count, place) = (facts.who(*p), puts.len(), facts.place(puts[1]));
        return Verdict::Broken(Finding::SameProcess { who, count, place });
    }
    let seen = by_process.len() as u64;
    unless((seen != wanted).then(|| Finding::MessageCount {
        queue: queue.to_owned(),
        expected: wanted,
        seen,
    }))
}

/// The first process and a child exchanged so many messages each way over a pipe.
pub(super) fn converses(facts: &Facts<'_>, wanted: u64) -> Verdict {
    if wanted == 0 {
        return Verdict::Vacuous;
    }
    let pipes = facts.run.trace.objects.iter().filter(|(_, object)| object.kind == ObjectKind::Connection);
    let mut best = (0, 0);
    for (id, object) in pipes {
        let Some(peer) = object.peer else { continue };
        let first_received = facts.done_on(Op::Recv, *id).filter(|((p, _), _)| *p == 0).count() as u64;
        for child in facts.children() {
            let received = facts.done_on(Op::Recv, peer).filter(|((p, _), _)| *p == child).count() as u64;
            if received.min(first_received) >= best.0.min(best.1) {
                best = (received, first_received);
            }
        }
    }
    let enough = best.0 >= wanted && best.1 >= wanted;
    unless((!enough).then_some(Finding::NoConversation { wanted, seen: best }))
}
