//! Two lists of items that should be the same, and why some are missing.

use std::collections::BTreeMap;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};
use serde_json::Value as Json;

use super::facts::Facts;
use super::finding::{Fate, Finding, MissingCause, Verdict};
use super::{children, no_result, unless};
use crate::run::Event;

/// Items that a message names at most.
const EXAMPLES: usize = 4;

/// Two lists hold the same items, each the same number of times.
pub(super) fn same(facts: &Facts<'_>, name: &str, expected: &str) -> Verdict {
    let list = |name: &str| facts.result(name).and_then(Json::as_array);
    let (Some(seen), Some(wanted)) = (list(name), list(expected)) else {
        return no_result(if list(name).is_none() { name } else { expected });
    };
    let mut balance: BTreeMap<String, (&Json, i64)> = BTreeMap::new();
    for (items, change) in [(wanted, -1), (seen, 1)] {
        for item in items {
            balance.entry(item.to_string()).or_insert((item, 0)).1 += change;
        }
    }
    let missing: u64 =
        balance.values().filter(|(_, count)| *count < 0).map(|(_, count)| count.unsigned_abs()).sum();
    let examples = |sign: i64| {
        let fitting = balance.values().filter(|(_, count)| count * sign > 0);
        fitting.map(|(item, _)| shown(item)).take(EXAMPLES).collect::<Vec<_>>()
    };
    // What children that nobody waited for had still to do is missing because of that.
    if missing > 0
        && let Verdict::Broken(Finding::NotJoined { function, children, left, started_at }) =
            children::joined(facts)
        && left.iter().any(|(_, fate)| *fate == Fate::Running)
    {
        return Verdict::Broken(Finding::NotJoined { function, children, left, started_at });
    }
    if missing > 0 {
        return Verdict::Broken(Finding::ItemsMissing {
            expected: wanted.len(),
            missing: usize::try_from(missing).unwrap_or(usize::MAX),
            examples: examples(-1),
            cause: missing_cause(facts, wanted.len()),
        });
    }
    let extra = balance.values().any(|(_, count)| *count > 0);
    unless(extra.then(|| Finding::ItemsExtra {
        expected: wanted.len(),
        seen: seen.len(),
        examples: examples(1),
    }))
}

/// An item as a person writes it: a text without its quotes.
fn shown(item: &Json) -> String {
    item.as_str().map_or_else(|| item.to_string(), str::to_owned)
}

/// Why items did not arrive, as far as the trace tells.
fn missing_cause(facts: &Facts<'_>, wanted: usize) -> MissingCause {
    let queues: Vec<Traffic<'_>> = facts
        .objects(ObjectKind::Queue)
        .filter(|(_, object)| object.driver_name.is_none())
        .map(|(id, _)| Traffic::of(facts, id))
        .collect();
    queues
        .iter()
        .find_map(|queue| queue.pause_taken_for_end(facts))
        .or_else(|| queues.iter().find_map(Traffic::put_after_end))
        .or_else(|| never_noted(facts, &queues, wanted))
        .unwrap_or(MissingCause::Unknown)
}

/// What went through a queue that is the student's own.
struct Traffic<'a> {
    id: ObjectId,
    /// Puts, in the order of the queue.
    puts: Vec<&'a Event>,
    got: usize,
    /// Index of the last message that each process got, in the order of the processes.
    last_got: BTreeMap<usize, u64>,
}

impl<'a> Traffic<'a> {
    fn of(facts: &Facts<'a>, id: ObjectId) -> Self {
        let mut puts: Vec<&Event> = facts.done_on(Op::QueuePut, id).map(|(_, event)| event).collect();
        puts.sort_by_key(|event| event.version);
        let gets: Vec<(usize, u64)> =
            facts.done_on(Op::QueueGet, id).map(|((p, _), event)| (p, event.version)).collect();
        Self { id, puts, got: gets.len(), last_got: gets.into_iter().collect() }
    }

    /// The variant of the message by which everybody ended who got something, if it was the same for all and may be an
    /// end mark: nothing of another variant carries less.
    fn mark(&self) -> Option<&'a Option<String>> {
        let last = |version: &u64| self.puts.iter().copied().find(|put| put.version == *version);
        let last: Option<Vec<&Event>> = self.last_got.values().map(last).collect();
        let last = last?;
        let first = last.first()?;
        let alike = last.iter().all(|put| put.label == first.label);
        let smallest = self.puts.iter().all(|put| put.label == first.label || put.value >= first.value);
        (alike && smallest).then_some(&first.label)
    }

    /// Messages that nobody got.
    fn left(&self) -> &[&'a Event] {
        &self.puts[self.got.min(self.puts.len())..]
    }

    /// Messages that are no end mark, as far as their variants tell.
    fn data(&self, put: &Event) -> bool {
        let several = self.puts.iter().any(|other| other.label != self.puts[0].label);
        !several || self.mark() != Some(&put.label)
    }

    /// A child whose last look at the queue found nothing, after which it ended although more came.
    fn pause_taken_for_end(&self, facts: &Facts<'_>) -> Option<MissingCause> {
        if !self.left().iter().any(|put| self.data(put)) {
            return None;
        }
        let looks = |event: &&Event| matches!(event.op, Op::QueueGet | Op::QueueIsEmpty);
        facts.children().find_map(|p| {
            let own = facts.events_on(self.id).filter(|((q, _), _)| *q == p).map(|(_, event)| event);
            let last = own.filter(looks).last()?;
            let found_empty = last.op == Op::QueueIsEmpty && last.extra == 1;
            let (who, place) = (facts.who(p), last.place.clone());
            match last.outcome {
                Outcome::TimedOut => Some(MissingCause::TimeoutTakenForEnd { who, place }),
                Outcome::WouldBlock => Some(MissingCause::EmptyTakenForEnd { who, place }),
                _ if found_empty => Some(MissingCause::EmptyTakenForEnd { who, place }),
                _ => None,
            }
        })
    }

    /// Messages behind the end mark, when everybody ended at one.
    fn put_after_end(&self) -> Option<MissingCause> {
        let mark = self.mark()?;
        let left = self.left().iter().filter(|put| self.data(put) && (mark.is_none() || put.label != *mark));
        let left = left.count() as u64;
        let first = self.last_got.values().min()?;
        let mark_at = self.puts.iter().find(|put| put.version == *first).and_then(|put| put.place.clone());
        (left > 0).then(|| MissingCause::PutAfterEnd { mark: mark.clone(), mark_at, left })
    }
}

/// Nothing is left in any queue: were there fewer messages than items, or fewer notes than messages?
fn never_noted(facts: &Facts<'_>, queues: &[Traffic<'_>], wanted: usize) -> Option<MissingCause> {
    let mut used = queues.iter().filter(|queue| !queue.puts.is_empty());
    // With several queues in a row an item is put more than once.
    let (Some(queue), None) = (used.next(), used.next()) else { return None };
    if !queue.left().is_empty() {
        return None;
    }
    let data = queue.puts.iter().filter(|put| queue.data(put)).count();
    let outputs = facts.objects(ObjectKind::Queue).filter(|(_, object)| object.driver_name.is_some());
    let noted: usize = outputs.map(|(id, _)| facts.done_on(Op::QueuePut, id).count()).sum();
    if data < wanted {
        Some(MissingCause::NeverPut)
    } else {
        (noted < data).then_some(MissingCause::GotNotNoted)
    }
}
