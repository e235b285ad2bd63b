//! What several claims need to know of a run, worked out once.
//!
//! Processes are looked at in the order of their paths (the first one, its first child, that one's children...), never
//! in the order in which the system happened to start them: the same program gets the same finding.

use std::cell::OnceCell;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};
use serde_json::Value as Json;

use super::finding::{Thing, Who};
use super::happens_before::{At, HappensBefore, Rules};
use super::locks::Holds;
use super::map::Map;
use super::reorder::Sections;
use crate::run::{Ending, Event, Object, Place, Process, Run};

/// The signal for too much CPU time.
pub(super) const SIGXCPU: i32 = 24;

/// A run with what follows from it.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) run: &'a Run,
    /// Processes in the order of their paths.
    ranked: Vec<usize>,
    /// Of each process: whether it was started from the student's file.
    of_student: Vec<bool>,
    /// Of each process: its exit code as itself or its parent tells it; negative for a signal.
    endings: Vec<Option<i32>>,
    /// The events of each object, process by process.
    by_object: Map<ObjectId, Vec<At>>,
    order: OnceCell<HappensBefore>,
    /// The order without what only the order of the owners of locks makes.
    free_order: OnceCell<HappensBefore>,
    holds: OnceCell<Vec<Holds>>,
    sections: OnceCell<Sections>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(run: &'a Run) -> Self {
        let processes = &run.trace.processes;
        let mut ranked: Vec<usize> = (0..processes.len()).collect();
        ranked.sort_by_key(|p| (&processes[*p].path, *p));
        let mut facts = Self {
            run,
            ranked,
            of_student: vec![false; processes.len()],
            endings: processes.iter().map(|process| process.exit_code).collect(),
            by_object: Map::default(),
            order: OnceCell::new(),
            free_order: OnceCell::new(),
            holds: OnceCell::new(),
            sections: OnceCell::new(),
        };
        facts.read_limits();
        facts.read_events();
        facts
    }

    /// Whoever used up its CPU time ended by that, whether somebody has learnt of it or not.
    fn read_limits(&mut self) {
        // Those who did not end were all told to stop.
        let given_up = matches!(self.run.ending, Ending::WallLimit | Ending::Still);
        for (p, process) in self.processes().iter().enumerate() {
            let stopped = process.stopped && !given_up;
            if self.endings[p].is_none() && (stopped || self.run.over_cpu_limit == Some(p)) {
                self.endings[p] = Some(-SIGXCPU);
            }
        }
    }

    /// One pass over everything that happened.
    fn read_events(&mut self) {
        let processes = self.processes();
        let mut parts: Map<ObjectId, Vec<ObjectId>> = Map::default();
        for (part, object) in &self.run.trace.objects {
            object.part_of.into_iter().for_each(|whole| parts.entry(whole).or_default().push(*part));
        }
        let mut started = vec![false; processes.len()];
        for p in self.ranked.clone() {
            for (i, event) in processes[p].events.iter().enumerate() {
                let all = event.object.filter(|_| event.is_about_all()).and_then(|whole| parts.get(&whole));
                for object in event.object.iter().chain(&event.part).chain(all.into_iter().flatten()) {
                    self.by_object.entry(*object).or_default().push((p, i));
                }
                let Some(child) = self.child_of(event).filter(|_| event.outcome == Outcome::Done) else {
                    continue;
                };
                match event.op {
                    Op::Start => started[child] = true,
                    Op::Join if self.endings[child].is_none() => {
                        self.endings[child] = i32::try_from(event.extra.cast_signed()).ok();
                    }
                    _ => {}
                }
            }
        }
        let of_student = |(process, started): (&Process, &bool)| {
            let was = process.exists && !process.is_first() && (*started || !process.events.is_empty());
            let was = was && !process.of_library;
            // A place that could not be told is no driver's: those are told by the compiler.
            was && process.started_at.as_ref().is_none_or(|place| place.of_student)
        };
        self.of_student = processes.iter().zip(&started).map(of_student).collect();
    }

    pub(super) fn processes(&self) -> &'a [Process] {
        &self.run.trace.processes
    }

    /// Indices of all processes, in the order of their paths.
    pub(super) fn ranked(&self) -> &[usize] {
        &self.ranked
    }

    /// The student's children: processes started from the student's file.
    pub(super) fn children(&self) -> impl Iterator<Item = usize> + '_ {
        self.ranked.iter().copied().filter(|p| self.of_student[*p])
    }

    pub(super) fn is_child(&self, p: usize) -> bool {
        self.of_student.get(p).copied().unwrap_or_default()
    }

    /// The process that an event about a child is about, if there is such a process.
    pub(super) fn child_of(&self, event: &Event) -> Option<usize> {
        usize::try_from(event.value).ok().filter(|child| *child < self.processes().len())
    }

    /// Every event, process by process.
    pub(super) fn events(&self) -> impl Iterator<Item = (At, &'a Event)> + use<'a, '_> {
        let processes = self.processes();
        self.ranked.iter().flat_map(move |p| {
            processes[*p].events.iter().enumerate().map(move |(i, event)| ((*p, i), event))
        })
    }

    /// Events of one operation that did what it is for.
    pub(super) fn done(&self, op: Op) -> impl Iterator<Item = (At, &'a Event)> + use<'a, '_> {
        self.events().filter(move |(_, event)| event.op == op && event.outcome == Outcome::Done)
    }

    /// Events on one object, process by process.
    pub(super) fn events_on(&self, object: ObjectId) -> impl Iterator<Item = (At, &'a Event)> + use<'a, '_> {
        let processes = self.processes();
        let list = self.by_object.get(&object).map(Vec::as_slice).unwrap_or_default();
        list.iter().map(move |(p, i)| ((*p, *i), &processes[*p].events[*i]))
    }

    /// Events of one operation on one object that did what it is for.
    pub(super) fn done_on(
        &self,
        op: Op,
        object: ObjectId,
    ) -> impl Iterator<Item = (At, &'a Event)> + use<'a, '_> {
        self.events_on(object).filter(move |(_, event)| event.op == op && event.outcome == Outcome::Done)
    }

    /// The order of events, in which reading a value orders nothing.
    pub(super) fn order(&self) -> &HappensBefore {
        self.order.get_or_init(|| HappensBefore::of(&self.run.trace, &Rules::default()))
    }

    /// The same without what only the order of the owners of locks makes.
    pub(super) fn free_order(&self) -> &HappensBefore {
        let rules = Rules { locks: false, turns: None };
        self.free_order.get_or_init(|| HappensBefore::of(&self.run.trace, &rules))
    }

    /// The holdings of the locks that several processes held.
    pub(super) fn sections(&self) -> &Sections {
        self.sections.get_or_init(|| Sections::of(self))
    }

    /// The locks that a process held, and when.
    pub(super) fn holds(&self, p: usize) -> &Holds {
        &self.holds.get_or_init(|| self.processes().iter().map(Holds::of).collect())[p]
    }

    pub(super) fn who(&self, p: usize) -> Who {
        let process = &self.processes()[p];
        Who { id: process.id(), name: process.name.clone(), first: process.is_first() }
    }

    /// The objects of one kind, in the order of their making.
    pub(super) fn objects(
        &self,
        kind: ObjectKind,
    ) -> impl DoubleEndedIterator<Item = (ObjectId, &'a Object)> + use<'a> {
        let all = self.run.trace.objects.iter();
        all.filter(move |(_, object)| object.kind == kind).map(|(id, object)| (*id, object))
    }

    /// Everything that holds one value, in the order of its making.
    pub(super) fn cells(&self) -> impl Iterator<Item = (ObjectId, &'a Object)> + use<'a> {
        self.run.trace.objects.iter().filter(|(_, object)| object.is_cell()).map(|(id, object)| (*id, object))
    }

    /// Writes of a shared value, process by process.
    pub(super) fn writes_of(&self, cell: ObjectId) -> impl Iterator<Item = (At, &'a Event)> + use<'a, '_> {
        self.events_on(cell).filter(|(_, event)| event.writes())
    }

    pub(super) fn object(&self, id: ObjectId) -> Option<&'a Object> {
        self.run.trace.objects.get(&id)
    }

    pub(super) fn thing(&self, id: ObjectId) -> Option<Thing> {
        let object = self.object(id)?;
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

    /// The exit code of a process as itself or its parent tells it; negative for a signal.
    pub(super) fn exit_code(&self, p: usize) -> Option<i32> {
        self.endings[p]
    }

    /// Whether the driver's closure came to its end. Its event may not have fitted, what the process says last always does.
    pub(super) fn finished(&self) -> bool {
        self.processes().first().is_some_and(|first| {
            first.exit_code.is_some() || first.events.iter().any(|event| event.op == Op::Finished)
        })
    }

    pub(super) fn event(&self, (p, i): At) -> &'a Event {
        &self.processes()[p].events[i]
    }

    pub(super) fn place(&self, at: At) -> Option<Place> {
        self.event(at).place.clone()
    }
}

/// The value after the last write, as a person writes it.
pub(super) fn last_value(facts: &Facts<'_>, value: ObjectId) -> Option<String> {
    let (_, last) = facts.writes_of(value).max_by_key(|(_, event)| event.version)?;
    Some(last.shown())
}
