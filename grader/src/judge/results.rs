//! Results that the driver reported, against what it expected.

use std::collections::BTreeSet;

use procesos_trace::{Method, ObjectKind};
use serde_json::Value as Json;

use super::facts::{Facts, last_value};
use super::finding::{Finding, Verdict};
use super::updates::has_part;
use super::{items, no_result, updates};
use crate::course::Claim;

/// Two results are equal, and no update can be lost where that is asked for.
pub(super) fn equal(facts: &Facts<'_>, name: &str, expected: &str, races_forbidden: bool) -> Verdict {
    let (Some(seen), Some(wanted)) = (facts.result(name), facts.result(expected)) else {
        return no_result(if facts.result(name).is_none() { name } else { expected });
    };
    if races_forbidden && let Some(finding) = updates::lost(facts, [seen, wanted]) {
        return Verdict::Broken(finding);
    }
    if seen == wanted {
        return Verdict::Kept;
    }
    let told = read_too_early(facts, seen, wanted).or_else(|| copy_not_written(facts, name, seen, wanted));
    Verdict::Broken(told.unwrap_or_else(|| Finding::WrongResult {
        function: facts.function(),
        arguments: String::new(),
        name: name.to_owned(),
        expected: wanted.to_string(),
        seen: seen.to_string(),
    }))
}

/// Whether a claim about results holds, races aside; any other claim says nothing about it.
pub(super) fn holds(facts: &Facts<'_>, claim: &Claim) -> bool {
    match claim {
        Claim::Result { name, expected, .. } => {
            facts.result(name).is_some() && facts.result(name) == facts.result(expected)
        }
        Claim::SameItems { name, expected } => items::same(facts, name, expected) == Verdict::Kept,
        _ => true,
    }
}

/// Whether the wrong result is a value that the first process read while others still wrote to it.
fn read_too_early(facts: &Facts<'_>, seen: &Json, wanted: &Json) -> Option<Finding> {
    let shown = seen.to_string();
    let mut early: Vec<Finding> = facts
        .cells()
        .filter_map(|(id, _)| {
            let reads = facts.events_on(id).filter(|((p, _), event)| *p == 0 && event.reads());
            let (_, read) = reads.last().filter(|(_, read)| read.shown() == shown)?;
            let later = facts.writes_of(id).filter(|(_, write)| write.version > read.version);
            let running: BTreeSet<usize> = later.map(|((p, _), _)| p).filter(|p| *p != 0).collect();
            if running.is_empty() {
                return None;
            }
            Some(Finding::ReadTooEarly {
                place: read.place.clone(),
                running: running.len(),
                read: read.shown(),
                last: last_value(facts, id).unwrap_or_default(),
                expected: wanted.to_string(),
            })
        })
        .collect();
    // A value that came out as expected in the end is the one meant.
    let wanted = wanted.to_string();
    let meant = |finding: &Finding| matches!(finding, Finding::ReadTooEarly { last, .. } if *last == wanted);
    let position = early.iter().position(meant).unwrap_or(0);
    (position < early.len()).then(|| early.swap_remove(position))
}

/// Whether the wrong result is, or has in it, something that is no number and that a manager has kept as it was, although another process
/// than the first one got a copy of it.
fn copy_not_written(facts: &Facts<'_>, name: &str, seen: &Json, wanted: &Json) -> Option<Finding> {
    facts.cells().find_map(|(id, object)| {
        let is_kept = object.kind == ObjectKind::Kept || object.part_of.is_some();
        let last_write = facts.writes_of(id).map(|(_, write)| write.version).max().unwrap_or(0);
        let mut copies = facts.events_on(id).filter(|((p, _), event)| {
            let text = event.label.as_deref().unwrap_or_default();
            *p != 0
                && event.method == Some(Method::Get)
                && event.version >= last_write
                && text.starts_with(['[', '{'])
                && has_part(seen, text)
        });
        let ((p, _), copy) = copies.next().filter(|_| is_kept)?;
        Some(Finding::CopyNotWritten {
            value: facts.thing(id)?,
            who: facts.who(p),
            place: copy.place.clone(),
            kept: copy.shown(),
            name: name.to_owned(),
            expected: wanted.to_string(),
        })
    })
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
