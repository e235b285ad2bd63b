//! The operations of a story, with the names by which its objects can be told apart.

use procesos_trace::{ObjectId, Op, Outcome, flags};

use super::{Doing, KILLED, Plot, Value, meets, thing, told_of, who};
use crate::explore::steps::At;
use crate::judge::Thing;
use crate::run::Trace;

/// The objects of a story, to know which have to be named.
pub(super) struct Things<'a> {
    trace: &'a Trace,
    told: Vec<ObjectId>,
}

impl<'a> Things<'a> {
    pub(super) fn of(trace: &'a Trace, plot: &Plot) -> Self {
        let mut told: Vec<ObjectId> =
            plot.steps.iter().filter_map(|at| told_of(trace, *at)).map(|id| meets(trace, id)).collect();
        told.sort_unstable();
        told.dedup();
        Self { trace, told }
    }

    /// An object by its name; of several with the same name, with its number among them.
    fn thing(&self, id: ObjectId) -> Option<Thing> {
        let mut found = thing(self.trace, id)?;
        let id = meets(self.trace, id);
        let same =
            |other: &&ObjectId| thing(self.trace, **other).is_some_and(|other| other.name == found.name);
        let namesakes: Vec<&ObjectId> = self.told.iter().filter(same).collect();
        let number = namesakes.iter().position(|other| **other == id).map_or(0, |index| index + 1);
        if namesakes.len() > 1 {
            found.name = found.name.map(|name| format!("{name} {number}"));
        }
        Some(found)
    }

    pub(super) fn doing(&self, at: At, value: Option<&Value>) -> Doing {
        let trace = self.trace;
        let object = told_of(trace, at);
        // A part of an object is not taken for the whole.
        let kind =
            |id: &ObjectId| trace.objects.get(id).map(|object| (object.kind, object.part_of.is_some()));
        let alike = object.map_or(0, |id| self.told.iter().filter(|other| kind(other) == kind(&id)).count());
        let (thing, named) = (object.and_then(|id| self.thing(id)), alike > 1);
        let (p, i) = at;
        let child = |number: u64| {
            let slot = usize::try_from(number).ok().filter(|slot| *slot < trace.processes.len());
            slot.map(|slot| who(trace, slot))
        };
        let of_child = |op: Op| matches!(op, Op::Start | Op::Join | Op::IsAlive | Op::Terminate);
        match trace.processes[p].events.get(i) {
            Some(event) => Doing {
                op: event.op,
                method: event.method,
                outcome: Some(event.outcome),
                asks: event.flags & flags::NON_BLOCKING != 0,
                value: value.cloned(),
                thing,
                named,
                other: child(event.value).filter(|_| of_child(event.op)),
                place: event.place.clone(),
            },
            None => match &trace.processes[p].pending {
                Some(pending) => Doing {
                    op: pending.op,
                    method: None,
                    outcome: None,
                    asks: false,
                    value: None,
                    thing,
                    named,
                    other: child(pending.detail).filter(|_| of_child(pending.op)),
                    place: pending.place.clone(),
                },
                None => Doing {
                    op: Op::Exit,
                    method: None,
                    outcome: Some(Outcome::Done),
                    asks: false,
                    value: Some(Value::Code(KILLED)),
                    thing,
                    named,
                    other: None,
                    place: None,
                },
            },
        }
    }
}
