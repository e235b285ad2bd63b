//! Reads that end a wait: a program may take turns by a shared value itself, each process waiting for a number of its own.
//!
//! What was waited for orders when no two processes went on at the same number to write a new one: then the number
//! lets one through at a time. A flag that lets everybody through at once (a home-made lock) orders nothing. The
//! numbers of a counter are never the same either: so of the value that the result comes from, and of one to which
//! everybody adds the same, only what was read where a process was seen to read again and again was waited for.

use std::collections::BTreeMap;

use procesos_trace::{ObjectId, flags};

use super::facts::Facts;
use super::happens_before::At;
use super::map::{Map, Set};
use crate::run::{Event, Place};

/// What was seen of the reads at one place.
#[derive(Default)]
struct Waiting {
    /// Somebody read here twice in a row.
    repeated: bool,
    /// Reads after which a process went on.
    last: Vec<At>,
    /// Who went on at which bits, and wrote then.
    passed: Map<u64, usize>,
    /// Two processes went on at the same bits.
    shared: bool,
}

/// The reads of a value that end a wait for a number of one's own.
pub(super) fn own_turns(facts: &Facts<'_>, value: ObjectId, is_result: bool) -> Set<At> {
    let accesses: Vec<(At, &Event)> =
        facts.events_on(value).filter(|(_, event)| event.reads() || event.writes()).collect();
    let mut places: BTreeMap<&Place, Waiting> = BTreeMap::new();
    for part in accesses.chunk_by(|(one, _), (other, _)| one.0 == other.0) {
        look_at(part, &mut places);
    }
    let looks = |event: &Event| event.label.clone().filter(|_| event.flags & flags::OTHER != 0);
    let is_collection = |event: &Event| looks(event).is_some_and(|text| text.starts_with(['[', '{']));
    let mut reads = accesses.iter().filter(|(_, event)| event.reads());
    let mut writes = accesses.iter().filter(|(_, event)| event.overwrites());
    // Who waits for its turn waits for a number, a word, or for nothing to be there: not for a collection. Words are not added to.
    let only_words = writes.all(|(_, event)| looks(event).is_some() && !is_collection(event));
    let grows = is_result || counts(&accesses);
    let only_repeated = (grows && !only_words) || reads.any(|(_, event)| is_collection(event));
    let waits = |place: &Waiting| !place.shared && (place.repeated || !only_repeated);
    places.into_values().filter(waits).flat_map(|place| place.last).collect()
}

/// Looks at what one process did to the value.
fn look_at<'a>(part: &[(At, &'a Event)], places: &mut BTreeMap<&'a Place, Waiting>) {
    // Where this process went on since it wrote last, and at which bits.
    let mut gone_on: Vec<(&Place, u64)> = Vec::new();
    for (position, (at, event)) in part.iter().enumerate() {
        let Some(place) = event.place.as_ref().filter(|_| !event.writes()) else {
            for (place, bits) in gone_on.drain(..).filter(|_| event.writes()) {
                let waiting = places.entry(place).or_default();
                waiting.shared |= *waiting.passed.entry(bits).or_insert(at.0) != at.0;
            }
            continue;
        };
        let next = part.get(position + 1).filter(|(_, next)| !next.writes());
        let waiting = places.entry(place).or_default();
        if next.is_some_and(|(_, next)| next.place.as_ref() == Some(place)) {
            waiting.repeated = true;
        } else {
            waiting.last.push(*at);
            gone_on.push((place, event.value));
        }
    }
}

/// Whether everybody who wrote what it had read changed it by the same amount.
fn counts(accesses: &[(At, &Event)]) -> bool {
    let mut changes = accesses.windows(2).filter_map(|pair| {
        let [(read_at, read), (write_at, write)] = pair else { return None };
        let update = read_at.0 == write_at.0 && !read.writes() && write.overwrites();
        update.then(|| write.value.wrapping_sub(read.value))
    });
    changes.next().is_none_or(|first| changes.all(|change| change == first))
}
