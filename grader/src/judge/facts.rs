//! What several claims need to know of a run, worked out once.

use procesos_trace::{ObjectId, Op, Outcome, flags};
use serde_json::Value as Json;

use super::finding::{Thing, Who};
use super::happens_before::{At, HappensBefore};
use crate::run::{Event, Place, Process, Run};

/// A run with what follows from it.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) run: &'a Run,
    pub(super) order: HappensBefore,
    /// Of each process: whether it was started from the student's file.
    of_student: Vec<bool>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(run: &'a Run) -> Self {
        let of_student = run
            .trace
            .processes
            .iter()
            .map(|process| {
                process.exists && process.started_at.as_ref().is_some_and(|place| place.of_student)
            })
            .collect();
        Self { run, order: HappensBefore::of(&run.trace, None), of_student }
    }

    pub(super) fn processes(&self) -> &'a [Process] {
        &self.run.trace.processes
    }

    /// The student's children, by index: processes started from the student's file.
    pub(super) fn children(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.processes().len()).filter(|p| self.of_student[*p])
    }

    pub(super) fn is_child(&self, p: usize) -> bool {
        self.of_student[p]
    }

    /// Every event, process by process.
    pub(super) fn events(&self) -> impl Iterator<Item = (At, &'a Event)> {
        self.processes()
            .iter()
            .enumerate()
            .flat_map(|(p, process)| process.events.iter().enumerate().map(move |(i, event)| ((p, i), event)))
    }

    /// Events of one operation that did what it is for.
    pub(super) fn done(&self, op: Op) -> impl Iterator<Item = (At, &'a Event)> {
        self.events().filter(move |(_, event)| event.op == op && event.outcome == Outcome::Done)
    }

    /// Events of one operation on one object that did what it is for.
    pub(super) fn done_on(&self, op: Op, object: ObjectId) -> impl Iterator<Item = (At, &'a Event)> {
        self.done(op).filter(move |(_, event)| event.object == Some(object))
    }

    pub(super) fn who(&self, p: usize) -> Who {
        let process = &self.processes()[p];
        Who { id: process.id(), name: process.name.clone(), first: process.is_first() }
    }

    pub(super) fn thing(&self, id: ObjectId) -> Option<Thing> {
        let object = self.run.trace.objects.get(&id)?;
        let name = object.driver_name.clone().or_else(|| object.variable.clone());
        Some(Thing { kind: object.kind, name, made_at: object.made_at.clone() })
    }

    /// The object that the driver named so.
    pub(super) fn named(&self, name: &str) -> Option<ObjectId> {
        let mut objects = self.run.trace.objects.iter();
        objects.find(|(_, object)| object.driver_name.as_deref() == Some(name)).map(|(id, _)| *id)
    }

    pub(super) fn result(&self, name: &str) -> Option<&'a Json> {
        self.run.results.get(name)
    }

    /// A result that is a count.
    pub(super) fn count(&self, name: &str) -> Option<u64> {
        self.result(name)?.as_u64()
    }

    /// The student's function that the driver called last.
    pub(super) fn function(&self) -> Option<String> {
        let first = self.processes().first()?;
        first.events.iter().rev().find(|event| event.op == Op::Call)?.label.clone()
    }

    /// The exit code of a process as its parent or itself tells it; negative for a signal.
    pub(super) fn exit_code(&self, p: usize) -> Option<i32> {
        let joined = || {
            let mut joins = self.done(Op::Join);
            let (_, event) = joins.find(|(_, event)| event.value == p as u64)?;
            i32::try_from(event.extra.cast_signed()).ok()
        };
        self.processes()[p].exit_code.or_else(joined)
    }

    /// What a process wrote on standard error.
    pub(super) fn errors_of(&self, p: usize) -> String {
        self.run
            .errors
            .iter()
            .filter(|chunk| chunk.process == Some(p))
            .map(|chunk| chunk.text.as_str())
            .collect()
    }

    /// The lock acquisitions that a process holds when it does event `i`: index of each acquisition.
    pub(super) fn held_at(&self, (p, i): At) -> Vec<usize> {
        let mut held: Vec<usize> = Vec::new();
        let events = &self.processes()[p].events;
        for (index, event) in events[..i].iter().enumerate() {
            match (event.op, event.outcome) {
                (Op::LockAcquire, Outcome::Done | Outcome::OwnerDied) => held.push(index),
                (Op::LockRelease, Outcome::Done) => held.retain(|at| events[*at].object != event.object),
                _ => {}
            }
        }
        held
    }

    pub(super) fn event(&self, (p, i): At) -> &'a Event {
        &self.processes()[p].events[i]
    }

    pub(super) fn place(&self, at: At) -> Option<Place> {
        self.event(at).place.clone()
    }
}

/// The value of a read or write, as a person writes it.
pub(super) fn shown_value(event: &Event) -> String {
    shown_bits(event.value, event.flags)
}

/// Bits of a shared value, as a person writes them.
pub(super) fn shown_bits(bits: u64, value_flags: u16) -> String {
    if value_flags & flags::FLOAT != 0 {
        f64::from_bits(bits).to_string()
    } else if value_flags & flags::BOOLEAN != 0 {
        (bits != 0).to_string()
    } else if value_flags & flags::UNSIGNED != 0 {
        bits.to_string()
    } else {
        bits.cast_signed().to_string()
    }
}
