//! Updates of shared values that can be lost.
//!
//! An update is a read and the next write of the same value by the same process. It can be lost when a write of
//! another process is ordered neither before the read nor after the write.

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, flags};
use serde_json::Value as Json;

use super::facts::{Facts, last_value};
use super::finding::{Finding, Thing};
use super::happens_before::{At, HappensBefore, Reads};
use super::locks::Hold;
use super::{lost_cause, lost_steps, waits};

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

/// The first update that can be lost, of the values of a run in the order of their making. `results` are what came out
/// and what was expected.
pub(super) fn lost(facts: &Facts<'_>, results: [&Json; 2]) -> Option<Finding> {
    let results = results.map(ToString::to_string);
    facts.objects(ObjectKind::Value).find_map(|(id, _)| {
        let parts = parts(facts, id);
        if parts.len() < 2 || only_raised(facts, id) {
            return None;
        }
        clash(facts, facts.order(), &parts)?;
        // Values may be the program's own way of taking turns: only what is lost in spite of that counts.
        let is_result = last_value(facts, id).is_some_and(|last| results.contains(&last));
        let turns = Reads::OrderExcept(id, waits::own_turns(facts, id, is_result));
        let clash = clash(facts, &HappensBefore::of(&facts.run.trace, &turns), &parts)?;
        let nameless = || Thing { kind: ObjectKind::Value, name: None, made_at: None };
        Some(Finding::LostUpdate {
            value: facts.thing(id).unwrap_or_else(nameless),
            cause: lost_cause::cause(facts, clash),
            steps: lost_steps::steps(facts, id, clash),
            left: lost_steps::left(facts, id, clash),
        })
    })
}

/// What each process that writes a value does to it.
fn parts(facts: &Facts<'_>, value: ObjectId) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut read = None;
    let mut reader = None;
    for (at, event) in facts.events_on(value).filter(|(_, event)| event.outcome == Outcome::Done) {
        if reader.replace(at.0) != Some(at.0) {
            read = None;
        }
        match event.op {
            Op::ValueGet => read = Some(at),
            Op::ValueSet => {
                if parts.last().is_none_or(|part| part.process != at.0) {
                    parts.push(Part { process: at.0, updates: Vec::new(), writes: Vec::new() });
                }
                if let Some(part) = parts.last_mut() {
                    part.writes.push(at.1);
                    part.updates.extend(read.take().map(|read| Update { read, write: at }));
                }
            }
            _ => {}
        }
    }
    parts
}

/// Whether a value is a flag that everybody only ever sets to the same: whoever comes first, nothing is lost.
fn only_raised(facts: &Facts<'_>, value: ObjectId) -> bool {
    let mut writes = facts.done_on(Op::ValueSet, value).map(|(_, event)| event);
    let Some(first) = writes.next() else { return true };
    first.flags & flags::BOOLEAN != 0 && writes.all(|write| write.value == first.value)
}

/// The first update that can be lost, and a write that can come in between.
fn clash(facts: &Facts<'_>, order: &HappensBefore, parts: &[Part]) -> Option<Clash> {
    parts.iter().find_map(|part| {
        part.updates.iter().find_map(|update| {
            let others = parts.iter().filter(|other| other.process != part.process);
            let mut between = others.filter_map(|other| {
                // Its writes come in the order of its program: those before the read are a head of the list.
                let known = order.known(update.read, other.process) as usize;
                let before = other.writes.partition_point(|index| *index < known);
                let write = (other.process, *other.writes.get(before)?);
                let free = !order.ordered(update.write, write) && !excluded(facts, *update, write);
                free.then_some(write)
            });
            between.next().map(|other| Clash { update: *update, other })
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
