//! Updates of shared values that can be lost.
//!
//! An update is a read and the next write of the same value by the same process. It can be lost when a write of
//! another process is ordered neither before the read nor after the write, or is so only by the order in which locks
//! changed hands, which could have been another one.

use procesos_trace::{ObjectId, ObjectKind, Op, flags};
use serde_json::Value as Json;

use super::facts::{Facts, last_value};
use super::finding::{Finding, Thing};
use super::happens_before::{At, HappensBefore, Rules, Turns};
use super::locks::Hold;
use super::reorder::can_come_between;
use super::{lost_cause, lost_steps, waits};

/// Processes that are looked at for another order of theirs: more of them do the same as these.
const MOST_PROCESSES: usize = 32;
/// Lines on which one process updates a value, and lines on which another one writes it, that are looked at for another
/// order: a program has one or two.
const MOST_LINES: usize = 4;
/// Writes of one process that are looked at for new lines.
const MOST_WRITES: usize = 200;

/// A read and the write that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Update {
    pub(super) read: At,
    pub(super) write: At,
}

/// An update and the other process's write that can come in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clash {
    pub(super) update: Update,
    pub(super) other: At,
}

/// What one process did to a value.
struct Part {
    process: usize,
    updates: Vec<Update>,
    /// Indices of its writes.
    writes: Vec<usize>,
}

impl Part {
    /// Its writes that do not come before an event of another process. They come in the order of its program: those
    /// before the event are a head of the list.
    fn writes_not_before(&self, order: &HappensBefore, at: At) -> impl Iterator<Item = At> + '_ {
        let known = order.known(at, self.process) as usize;
        let before = self.writes.partition_point(|index| *index < known);
        self.writes[before..].iter().map(|index| (self.process, *index))
    }
}

/// The first update that can be lost, of the values of a run in the order of their making; of a flag before anything
/// else, since what a home-made lock should guard suffers from it. `results` are what came out and what was expected.
pub(super) fn lost(facts: &Facts<'_>, results: [&Json; 2]) -> Option<Finding> {
    let mut values: Vec<ObjectId> = facts.cells().map(|(id, _)| id).collect();
    values.sort_by_key(|id| !is_flag(facts, *id));
    values.into_iter().find_map(|id| lost_of(facts, id, results))
}

/// The first update of one value that can be lost.
fn lost_of(facts: &Facts<'_>, id: ObjectId, results: [&Json; 2]) -> Option<Finding> {
    let parts = parts(facts, id);
    let harmless = || only_raised(facts, id) || (results[0] == results[1] && only_filled(facts, id, &parts));
    if parts.len() < 2 || harmless() {
        return None;
    }
    clash(facts, facts.order(), facts.free_order(), &parts)?;
    // Values may be the program's own way of taking turns: only what is lost in spite of that counts.
    let within = facts.object(id).is_some_and(|object| object.part_of.is_some());
    let shows = |result: &Json, last: &str| is_written(result, last) || (within && has_part(result, last));
    let is_result =
        last_value(facts, id).is_some_and(|last| results.iter().any(|result| shows(result, &last)));
    let turns = Turns { except: id, waits: waits::own_turns(facts, id, is_result) };
    let mut rules = Rules { locks: true, turns: Some(turns) };
    let order = HappensBefore::of(&facts.run.trace, &rules);
    rules.locks = false;
    let free = HappensBefore::of(&facts.run.trace, &rules);
    let seen = clash(facts, &order, &free, &parts)?;
    let clash = first_alike(facts, &free, &parts, seen).unwrap_or(seen);
    let nameless = || Thing { kind: ObjectKind::Value, name: None, made_at: None };
    Some(Finding::LostUpdate {
        value: facts.thing(id).unwrap_or_else(nameless),
        cause: lost_cause::cause(facts, clash),
        steps: lost_steps::steps(facts, &free, clash),
        left: lost_steps::left(facts, &free, clash),
    })
}

/// Whether a value holds a truth value.
fn is_flag(facts: &Facts<'_>, value: ObjectId) -> bool {
    facts.events_on(value).any(|(_, event)| event.flags & flags::BOOLEAN != 0)
}

/// What each process that writes a value does to it.
fn parts(facts: &Facts<'_>, value: ObjectId) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut read = None;
    let mut reader = None;
    for (at, event) in facts.events_on(value) {
        if reader.replace(at.0) != Some(at.0) {
            read = None;
        }
        if event.writes() {
            if parts.last().is_none_or(|part| part.process != at.0) {
                parts.push(Part { process: at.0, updates: Vec::new(), writes: Vec::new() });
            }
            let before = read.take().filter(|_| event.overwrites());
            if let Some(part) = parts.last_mut() {
                part.writes.push(at.1);
                part.updates.extend(before.map(|read| Update { read, write: at }));
            }
        }
        if event.reads() {
            read = Some(at);
        }
    }
    parts
}

/// Whether a value is a flag that everybody only ever sets to the same: whoever comes first, nothing is lost.
fn only_raised(facts: &Facts<'_>, value: ObjectId) -> bool {
    let mut writes = facts.writes_of(value).map(|(_, event)| event);
    let Some(first) = writes.next() else { return true };
    is_flag(facts, value) && writes.all(|write| write.value == first.value)
}

/// Whether everybody who found nothing there put the same, and nobody anything else: whoever comes first, nothing is lost.
fn only_filled(facts: &Facts<'_>, value: ObjectId, parts: &[Part]) -> bool {
    let found_nothing = |update: &Update| {
        let read = facts.event(update.read);
        read.op != Op::ValueGet && read.flags & flags::OTHER != 0 && read.value == 0 && read.extra == 0
    };
    let mut writes = facts.writes_of(value).map(|(_, event)| (event.overwrites(), event.value));
    let first = writes.next();
    let same = writes.all(|write| Some(write) == first);
    same && parts.iter().flat_map(|part| &part.updates).all(found_nothing)
}

/// Whether a value, or a part of it, is written like this in JSON.
pub(super) fn has_part(value: &Json, text: &str) -> bool {
    let within = match value {
        Json::Array(items) => items.iter().any(|item| has_part(item, text)),
        Json::Object(entries) => entries.values().any(|item| has_part(item, text)),
        _ => false,
    };
    within || is_written(value, text)
}

/// Whether a value is written like this in JSON.
fn is_written(value: &Json, text: &str) -> bool {
    let shown = value.to_string();
    shown == text
}

/// An update that can be lost, and a write that can come in between: as the owners of locks came in this run, or else in
/// another order of theirs.
fn clash(facts: &Facts<'_>, order: &HappensBefore, free: &HappensBefore, parts: &[Part]) -> Option<Clash> {
    parts
        .iter()
        .find_map(|part| part.updates.iter().find_map(|update| clash_of(facts, order, parts, *update)))
        .or_else(|| reordered_clash(facts, free, parts))
}

/// A write of another process that is ordered neither before the read nor after the write of an update.
fn clash_of(facts: &Facts<'_>, order: &HappensBefore, parts: &[Part], update: Update) -> Option<Clash> {
    let others = parts.iter().filter(|other| other.process != update.read.0);
    others.into_iter().find_map(|other| {
        let write = other.writes_not_before(order, update.read).next()?;
        let free = !order.ordered(update.write, write) && !excluded(facts, update, write);
        free.then_some(Clash { update, other: write })
    })
}

/// A clash that the run shows no sign of because one owner of a lock came after the other by chance. Updates and writes on
/// the same lines are alike: the first of each are looked at.
fn reordered_clash(facts: &Facts<'_>, free: &HappensBefore, parts: &[Part]) -> Option<Clash> {
    let parts = &parts[..parts.len().min(MOST_PROCESSES)];
    let place = |at: At| facts.event(at).place.as_ref();
    parts.iter().find_map(|part| {
        let mut known = Vec::new();
        let new = |update: &&Update| first_of(&mut known, (place(update.read), place(update.write)));
        part.updates.iter().filter(new).take(MOST_LINES).find_map(|update| {
            let others = parts.iter().filter(|other| other.process != part.process);
            others.into_iter().find_map(|other| {
                let mut known = Vec::new();
                other
                    .writes_not_before(free, update.read)
                    .take(MOST_WRITES)
                    .filter(|write| first_of(&mut known, place(*write)))
                    .take(MOST_LINES)
                    .map(|write| Clash { update: *update, other: write })
                    .find(|clash| {
                        !excluded(facts, *update, clash.other) && can_come_between(facts, free, *clash)
                    })
            })
        })
    })
}

/// Whether something is not among what is known yet; then it is. There are few lines: comparing them is cheaper than hashing.
fn first_of<T: PartialEq>(known: &mut Vec<T>, one: T) -> bool {
    let new = !known.contains(&one);
    if new {
        known.push(one);
    }
    new
}

/// The first clash on the same lines, whoever happened to be faster.
fn first_alike(facts: &Facts<'_>, free: &HappensBefore, parts: &[Part], seen: Clash) -> Option<Clash> {
    let place = |at: At| facts.event(at).place.as_ref();
    let alike = |one: At, other: At| place(one) == place(other);
    parts.iter().find_map(|part| {
        let update =
            part.updates.iter().copied().find(|update| {
                alike(update.read, seen.update.read) && alike(update.write, seen.update.write)
            })?;
        parts.iter().filter(|other| other.process != part.process).find_map(|other| {
            let mut writes = other.writes.iter().map(|index| (other.process, *index));
            let write = writes.find(|write| alike(*write, seen.other))?;
            let clash = Clash { update, other: write };
            (!excluded(facts, update, write) && can_come_between(facts, free, clash)).then_some(clash)
        })
    })
}

/// Whether one lock is held from the read to the write, and by the other one too: they exclude each other even where
/// a record of who freed it is missing.
fn excluded(facts: &Facts<'_>, update: Update, other: At) -> bool {
    let mut theirs = facts.holds(other.0).at(other.1);
    theirs.any(|hold| held_through(facts, update).any(|own| own.lock == hold.lock))
}

/// The locks that an update holds from its read to its write.
pub(super) fn held_through<'a>(facts: &'a Facts<'_>, update: Update) -> impl Iterator<Item = Hold> + 'a {
    let holds = facts.holds(update.read.0);
    holds.at(update.read.1).filter(move |hold| hold.until >= update.write.1)
}
