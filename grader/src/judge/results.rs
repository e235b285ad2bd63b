//! Results that the driver reported, against what it expected.

use std::collections::BTreeMap;

use procesos_trace::{ObjectId, ObjectKind, Op};
use serde_json::Value as Json;

use super::deadlock::gave_up;
use super::facts::{Facts, shown_bits, shown_value};
use super::finding::{Finding, MissingCause, Verdict};
use super::{no_result, unless, updates};

/// Items that a message names at most.
const EXAMPLES: usize = 4;

/// Two results are equal, and no update can be lost where that is asked for.
pub(super) fn equal(facts: &Facts<'_>, name: &str, expected: &str, races_forbidden: bool) -> Verdict {
    let (Some(seen), Some(wanted)) = (facts.result(name), facts.result(expected)) else {
        return no_result(if facts.result(name).is_none() { name } else { expected });
    };
    if races_forbidden && let Some((_, mut finding)) = updates::lost(facts) {
        if let Finding::LostUpdate { seen: shown, .. } = &mut finding {
            *shown = (seen != wanted).then(|| (wanted.to_string(), seen.to_string()));
        }
        return Verdict::Broken(finding);
    }
    if seen == wanted {
        return Verdict::Kept;
    }
    Verdict::Broken(read_too_early(facts, seen, wanted).unwrap_or_else(|| Finding::WrongResult {
        function: facts.function(),
        arguments: String::new(),
        name: name.to_owned(),
        expected: wanted.to_string(),
        seen: seen.to_string(),
    }))
}

/// Whether the wrong result is a value read while children still wrote to it.
fn read_too_early(facts: &Facts<'_>, seen: &Json, wanted: &Json) -> Option<Finding> {
    let values = facts.run.trace.objects.iter().filter(|(_, object)| object.kind == ObjectKind::Value);
    values.map(|(id, _)| *id).find_map(|id| {
        let (at, read) = facts.done_on(Op::ValueGet, id).filter(|((p, _), _)| *p == 0).last()?;
        let shown = seen.to_string();
        if shown_value(read) != shown {
            return None;
        }
        let running: std::collections::BTreeSet<usize> = facts
            .done_on(Op::ValueSet, id)
            .filter(|(write, _)| write.0 != 0 && !facts.order.ordered(*write, at))
            .map(|((p, _), _)| p)
            .collect();
        if running.is_empty() {
            return None;
        }
        Some(Finding::ReadTooEarly {
            place: read.place.clone(),
            running: running.len(),
            read: shown_value(read),
            last: last_value(facts, id).unwrap_or_default(),
            expected: wanted.to_string(),
        })
    })
}

/// The value after the last write.
fn last_value(facts: &Facts<'_>, value: ObjectId) -> Option<String> {
    let (_, last) = facts.done_on(Op::ValueSet, value).max_by_key(|(_, event)| event.version)?;
    Some(shown_bits(last.value, last.flags))
}

/// Two lists hold the same items, each the same number of times.
pub(super) fn same_items(facts: &Facts<'_>, name: &str, expected: &str) -> Verdict {
    let list = |name: &str| facts.result(name).and_then(Json::as_array);
    let (Some(seen), Some(wanted)) = (list(name), list(expected)) else {
        return no_result(if list(name).is_none() { name } else { expected });
    };
    let mut balance: BTreeMap<String, i64> = BTreeMap::new();
    for item in wanted {
        *balance.entry(shown(item)).or_default() -= 1;
    }
    for item in seen {
        *balance.entry(shown(item)).or_default() += 1;
    }
    let missing: i64 = balance.values().filter(|count| **count < 0).map(|count| -count).sum();
    let examples = |sign: i64| {
        let fitting = balance.iter().filter(|(_, count)| **count * sign > 0);
        fitting.map(|(item, _)| item.clone()).take(EXAMPLES).collect::<Vec<_>>()
    };
    if missing > 0 {
        let missing = usize::try_from(missing).unwrap_or(usize::MAX);
        let cause = missing_cause(facts);
        return Verdict::Broken(Finding::ItemsMissing {
            expected: wanted.len(),
            missing,
            examples: examples(-1),
            cause,
        });
    }
    let extra = balance.values().any(|count| *count > 0);
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
fn missing_cause(facts: &Facts<'_>) -> MissingCause {
    if let Some(cause) = took_pause_for_end(facts) {
        return cause;
    }
    for (id, object) in &facts.run.trace.objects {
        if object.kind != ObjectKind::Queue {
            continue;
        }
        let put = facts.done_on(Op::QueuePut, *id).count() as u64;
        let mut got: Vec<_> = facts.done_on(Op::QueueGet, *id).map(|(_, event)| event.version).collect();
        got.sort_unstable();
        let left = put.saturating_sub(got.len() as u64);
        let consumed = !got.is_empty();
        if left == 0 || !consumed || object.driver_name.is_some() {
            continue;
        }
        let last_got = got.last().copied().unwrap_or(0);
        let mark = facts.done_on(Op::QueuePut, *id).find(|(_, event)| event.version == last_got);
        return MissingCause::PutAfterEnd {
            mark: mark.as_ref().and_then(|(_, event)| event.label.clone()),
            mark_at: mark.and_then(|(_, event)| event.place.clone()),
            left,
        };
    }
    MissingCause::Unknown
}

/// A consumer whose last look at a queue found nothing, after which it ended although more came.
fn took_pause_for_end(facts: &Facts<'_>) -> Option<MissingCause> {
    facts.children().find_map(|p| {
        let events = &facts.processes()[p].events;
        let last = events.iter().rev().find(|event| {
            matches!(event.op, Op::QueueGet | Op::QueueIsEmpty)
                && event.object.is_some_and(|id| !is_drivers(facts, id))
        })?;
        let queue = last.object?;
        let left = facts.done_on(Op::QueuePut, queue).count() > facts.done_on(Op::QueueGet, queue).count();
        let saw_nothing = (last.op == Op::QueueIsEmpty && last.extra == 1) || gave_up(last.outcome);
        if !left || !saw_nothing {
            return None;
        }
        let (who, place) = (facts.who(p), last.place.clone());
        Some(if last.outcome == procesos_trace::Outcome::TimedOut {
            MissingCause::TimeoutTakenForEnd { who, place }
        } else {
            MissingCause::EmptyTakenForEnd { who, place }
        })
    })
}

fn is_drivers(facts: &Facts<'_>, id: ObjectId) -> bool {
    facts.run.trace.objects.get(&id).is_some_and(|object| object.driver_name.is_some())
}

/// A list of lists of numbers, each strictly increasing.
pub(super) fn increasing(facts: &Facts<'_>, name: &str) -> Verdict {
    let Some(lists) = facts.result(name).and_then(Json::as_array) else { return no_result(name) };
    if lists.iter().all(|list| list.as_array().is_none_or(|list| list.len() < 2)) {
        return Verdict::Vacuous;
    }
    let number = |item: &Json| item.as_f64().unwrap_or(f64::NAN);
    for list in lists.iter().filter_map(Json::as_array) {
        if let Some(pair) = list.windows(2).find(|pair| number(&pair[0]) >= number(&pair[1])) {
            let (before, after) = (pair[0].to_string(), pair[1].to_string());
            return Verdict::Broken(Finding::NotIncreasing { before, after });
        }
    }
    Verdict::Kept
}
