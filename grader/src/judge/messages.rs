//! Claims about who put or sent what, and how much a queue holds.

use std::collections::HashMap;

use procesos_trace::{ObjectId, ObjectKind, Op};

use super::facts::Facts;
use super::finding::{Finding, Verdict};
use super::happens_before::At;
use super::{no_result, unless};
use crate::run::Object;

/// Everything in a queue was put by somebody else than the first process, and something was.
pub(super) fn by_children(facts: &Facts<'_>, queue: &str) -> Verdict {
    facts.named(queue).map_or_else(|| no_result(queue), |id| unless(not_by_children(facts, queue, id)))
}

fn not_by_children(facts: &Facts<'_>, queue: &str, id: ObjectId) -> Option<Finding> {
    let queue = queue.to_owned();
    let puts: Vec<At> = facts.done_on(Op::QueuePut, id).map(|(at, _)| at).collect();
    let by_first = || puts.iter().filter(|(p, _)| *p == 0);
    match by_first().next() {
        Some(at) => Some(Finding::DoneByFirst { queue, count: by_first().count(), place: facts.place(*at) }),
        None => puts.is_empty().then_some(Finding::NothingPut { queue }),
    }
}

/// A queue got so many messages, each from a process of its own, none from the first.
pub(super) fn own_process(facts: &Facts<'_>, queue: &str, wanted: u64) -> Verdict {
    let Some(id) = facts.named(queue) else { return no_result(queue) };
    if wanted == 0 {
        return Verdict::Vacuous;
    }
    if let Some(finding) = not_by_children(facts, queue, id) {
        return Verdict::Broken(finding);
    }
    // Those of one process follow each other.
    let puts: Vec<At> = facts.done_on(Op::QueuePut, id).map(|(at, _)| at).collect();
    if let Some(pair) = puts.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let p = pair[0].0;
        let count = puts.iter().filter(|(q, _)| *q == p).count();
        return Verdict::Broken(Finding::SameProcess {
            who: facts.who(p),
            count,
            place: facts.place(pair[1]),
        });
    }
    let seen = puts.len() as u64;
    unless((seen != wanted).then(|| Finding::MessageCount {
        queue: queue.to_owned(),
        expected: wanted,
        seen,
    }))
}

/// A queue of the student's was made with this capacity. Others may hold what they like: a solution may use several.
pub(super) fn capacity(facts: &Facts<'_>, wanted: u64) -> Verdict {
    // A place that could not be told is no driver's: those are told by the compiler.
    let own = |object: &Object| {
        object.driver_name.is_none() && object.made_at.as_ref().is_none_or(|place| place.of_student)
    };
    let queues = || facts.objects(ObjectKind::Queue).filter(|(_, object)| own(object));
    if queues().any(|(_, queue)| queue.detail == wanted) {
        return Verdict::Kept;
    }
    // The first one of those with the most messages.
    let puts = |id| facts.done_on(Op::QueuePut, id).count();
    let busiest = queues().rev().max_by_key(|(id, _)| puts(*id));
    let made = busiest.and_then(|(id, queue)| Some((facts.thing(id)?, queue.detail)));
    Verdict::Broken(Finding::OtherCapacity { wanted, made })
}

/// The first process and a child exchanged so many messages each way over a pipe.
pub(super) fn converses(facts: &Facts<'_>, wanted: u64) -> Verdict {
    if wanted == 0 {
        return Verdict::Vacuous;
    }
    // Received by the child, and by the first process.
    let mut best = (0, 0);
    for (end, object) in facts.objects(ObjectKind::Connection) {
        let Some(peer) = object.peer else { continue };
        let by_first = facts.done_on(Op::Recv, end).filter(|((p, _), _)| *p == 0).count() as u64;
        let mut by_child: HashMap<usize, u64> = HashMap::new();
        for ((p, _), _) in facts.done_on(Op::Recv, peer).filter(|((p, _), _)| facts.is_child(*p)) {
            *by_child.entry(p).or_default() += 1;
        }
        let most = by_child.into_values().max().unwrap_or(0);
        let rank = |(child, first): (u64, u64)| (child.min(first), child.max(first));
        if rank((most, by_first)) > rank(best) {
            best = (most, by_first);
        }
    }
    let enough = best.0 >= wanted && best.1 >= wanted;
    unless((!enough).then_some(Finding::NoConversation { wanted, seen: best }))
}
