//! Reads that end a wait: a program may take turns by a shared value itself, each process waiting for a number of its own.
//!
//! A place waits when a process was seen to read there again and again. What it waited for orders when no two
//! processes went on at the same number to write a new one: then the number lets one through at a time. A flag that
//! lets everybody through at once (a home-made lock) orders nothing.

use std::collections::{HashMap, HashSet};

use procesos_trace::{ObjectId, Op, Outcome};

use super::facts::Facts;
use super::happens_before::At;
use crate::run::{Event, Place};

/// What was seen of the reads at one place.
#[derive(Default)]
struct Waiting {
    /// Somebody read here twice in a row.
    repeated: bool,
    /// Reads after which a process went on.
    last: Vec<At>,
    /// Who went on at which bits, and wrote then.
    passed: HashMap<u64, usize>,
    /// Two processes went on at the same bits.
    shared: bool,
}

/// The reads of a value that end a wait for a number of one's own.
pub(super) fn own_turns(facts: &Facts<'_>, value: ObjectId) -> HashSet<At> {
    let mut places: HashMap<&Place, Waiting> = HashMap::new();
    let accesses: Vec<(At, &Event)> = facts
        .events_on(value)
        .filter(|(_, event)| {
            matches!(event.op, Op::ValueGet | Op::ValueSet) && event.outcome == Outcome::Done
        })
        .collect();
    for part in accesses.chunk_by(|(one, _), (other, _)| one.0 == other.0) {
        // Where this process went on since it wrote last, and at which bits.
        let mut gone_on: Vec<(&Place, u64)> = Vec::new();
        for (position, (at, event)) in part.iter().enumerate() {
            let Some(place) = event.place.as_ref().filter(|_| event.op == Op::ValueGet) else {
                for (place, bits) in gone_on.drain(..).filter(|_| event.op == Op::ValueSet) {
                    let waiting = places.entry(place).or_default();
                    waiting.shared |= *waiting.passed.entry(bits).or_insert(at.0) != at.0;
                }
                continue;
            };
            let next = part.get(position + 1).filter(|(_, next)| next.op == Op::ValueGet);
            let waiting = places.entry(place).or_default();
            if next.is_some_and(|(_, next)| next.place.as_ref() == Some(place)) {
                waiting.repeated = true;
            } else {
                waiting.last.push(*at);
                gone_on.push((place, event.value));
            }
        }
    }
    places
        .into_values()
        .filter(|place| place.repeated && !place.shared)
        .flat_map(|place| place.last)
        .collect()
}
