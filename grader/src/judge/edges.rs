//! Where the other side of an edge is: the event that another event has to come after.
//!
//! Pairs are found by the versions and message ids that the objects kept, never by closeness in time. Where the record of
//! the other side is missing because its process ended between an effect and its record, or without a word, all that it
//! recorded is before: the stamps only make sure that it had ended by then.

use std::collections::BTreeMap;

use procesos_trace::{Method, ObjectId, ObjectKind, Op, Outcome, flags};

use super::happens_before::At;
use super::map::{Map, Set};
use super::signals::Signals;
use super::tasks::PoolTasks;
use crate::run::{Event, Trace};

/// Messages on their way in one direction of a pipe before its sender has to wait, as the library documents.
const PIPE_CREDIT: u64 = 64;

/// What orders, besides what always does.
#[derive(Debug)]
pub(super) struct Rules {
    /// Whether what one owner of a lock did comes before what the next one does. It did in this run; where the owners
    /// could have come in another order, it need not.
    pub(super) locks: bool,
    /// Reading a value orders nothing as a rule: a lost update must not hide behind itself. With turns it does.
    pub(super) turns: Option<Turns>,
}

/// Reads of every value order but those of one, of which only some do: other values, and waiting for one's own number, may
/// be the program's own way of taking turns.
#[derive(Debug)]
pub(super) struct Turns {
    pub(super) except: ObjectId,
    pub(super) waits: Set<At>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { locks: true, turns: None }
    }
}

impl Rules {
    fn reading_orders(&self, at: At, value: ObjectId) -> bool {
        self.turns.as_ref().is_some_and(|turns| turns.except != value || turns.waits.contains(&at))
    }

    /// Whether looking at the whole of a manager's object orders: not where a part of it is judged.
    fn looking_orders(&self, trace: &Trace, object: ObjectId) -> bool {
        let part_of = |value: ObjectId| trace.objects.get(&value).and_then(|value| value.part_of);
        self.turns.as_ref().is_some_and(|turns| part_of(turns.except) != Some(object))
    }
}

type Versions = Map<(ObjectId, u64), At>;

/// The other sides, by what they are found by.
#[derive(Debug)]
pub(super) struct Edges<'a> {
    trace: &'a Trace,
    rules: &'a Rules,
    starts: Map<u64, At>,
    acquisitions: Versions,
    releases: Versions,
    puts: Versions,
    gets: Versions,
    sends: Versions,
    receives: Versions,
    /// Of each shared value: its writes, by version.
    sets: Map<ObjectId, BTreeMap<u64, At>>,
    /// What changed the objects of managers.
    changes: Versions,
    closes: Map<ObjectId, At>,
    signals: Signals,
    tasks: PoolTasks,
}

impl<'a> Edges<'a> {
    pub(super) fn of(trace: &'a Trace, rules: &'a Rules) -> Self {
        let mut edges = Self {
            trace,
            rules,
            starts: Map::default(),
            acquisitions: Map::default(),
            releases: Map::default(),
            puts: Map::default(),
            gets: Map::default(),
            sends: Map::default(),
            receives: Map::default(),
            sets: Map::default(),
            changes: Map::default(),
            closes: Map::default(),
            signals: Signals::default(),
            tasks: PoolTasks::default(),
        };
        for (p, process) in trace.processes.iter().enumerate() {
            for (i, event) in process.events.iter().enumerate() {
                edges.note((p, i), event);
            }
        }
        edges
    }

    /// Every pair of events of two processes of which the first comes before the second for what it handed on.
    pub(super) fn all(&self) -> Vec<(At, At)> {
        let mut pairs = Vec::new();
        for (p, process) in self.trace.processes.iter().enumerate() {
            for (i, event) in process.events.iter().enumerate() {
                pairs.extend(self.sources((p, i), event).into_iter().map(|source| (source, (p, i))));
            }
        }
        pairs
    }

    fn note(&mut self, at: At, event: &Event) {
        if event.op == Op::Start && event.outcome == Outcome::Done {
            self.starts.insert(event.value, at);
        }
        let Some(object) = event.object else { return };
        self.signals.note(at, object, event);
        self.tasks.note(at, object, event);
        let key = (object, event.version);
        if let Some(cell) = event.cell().filter(|_| event.writes()) {
            self.sets.entry(cell).or_default().insert(event.version, at);
        }
        let versions = match (event.op, event.outcome) {
            // Taking again what one holds, and giving that back, orders nothing.
            (Op::LockAcquire | Op::LockRelease, _) if event.extra > 1 => return,
            (Op::LockAcquire, Outcome::Done | Outcome::OwnerDied) => &mut self.acquisitions,
            (Op::LockRelease, Outcome::Done) => &mut self.releases,
            (Op::QueuePut, Outcome::Done) => &mut self.puts,
            (Op::QueueGet, Outcome::Done) => &mut self.gets,
            (Op::Send, Outcome::Done) => &mut self.sends,
            (Op::Recv, Outcome::Done) => &mut self.receives,
            (Op::ManagerSet, Outcome::Done) if event.flags & flags::UNCHANGED == 0 => &mut self.changes,
            (Op::Close, Outcome::Done) => {
                self.closes.insert(object, at);
                return;
            }
            _ => return,
        };
        versions.insert(key, at);
    }

    /// What the event at `at` comes after, besides what its own process did before it.
    pub(super) fn sources(&self, at: At, event: &Event) -> Vec<At> {
        let closed = matches!(event.outcome, Outcome::Eof | Outcome::BrokenPipe);
        let mut sources = match event.object {
            Some(end) if closed && matches!(event.op, Op::Recv | Op::Send) => self.closers(end, event),
            Some(pool) if PoolTasks::has(event.op) => {
                let mut found = self.tasks.sources(pool, event);
                if event.outcome == Outcome::WorkerDied {
                    found.extend(self.killed_by(event));
                }
                found
            }
            Some(object) if Signals::has(event.op) => {
                let known = self.trace.objects.get(&object);
                let found = self.signals.sources(object, event, known.map_or(0, |known| known.detail));
                // Whoever died with a permit, or waiting at a barrier, left no record of its own.
                found.unwrap_or_else(|| self.killed_by(event))
            }
            _ => self.other_side(at, event).into_iter().collect(),
        };
        sources.retain(|(q, _)| *q != at.0);
        sources
    }

    /// Who closed the other end; where nobody said so, somebody ended without a word: whoever had ended by then.
    fn closers(&self, end: ObjectId, event: &Event) -> Vec<At> {
        let Some(peer) = self.peer(end) else { return Vec::new() };
        if let Some(closed) = self.closes.get(&peer) {
            return vec![*closed];
        }
        (0..self.trace.processes.len()).filter_map(|p| self.end_of(p, event)).collect()
    }

    /// The last events of the processes that had ended without a word by the time of `event`.
    fn killed_by(&self, event: &Event) -> Vec<At> {
        let processes = self.trace.processes.iter().enumerate();
        let killed = processes.filter(|(_, process)| process.exit_code.is_none());
        killed.filter_map(|(p, _)| self.end_of(p, event)).collect()
    }

    fn other_side(&self, at: At, event: &Event) -> Option<At> {
        let done = event.outcome == Outcome::Done;
        match (event.op, event.object) {
            (Op::Begin, _) if at.0 != 0 => self.starts.get(&(at.0 as u64)).copied(),
            (Op::Join, _) if done => self.last_of(event.value),
            (Op::IsAlive, _) if done && event.extra == 0 => self.last_of(event.value),
            (Op::LockAcquire, Some(lock))
                if self.rules.locks && (done || event.outcome == Outcome::OwnerDied) =>
            {
                let before = (lock, event.version.checked_sub(1)?);
                let freed = self.releases.get(&before).copied();
                freed.or_else(|| self.end_of(self.acquisitions.get(&before)?.0, event))
            }
            (Op::QueueGet, Some(queue)) if done => self.puts.get(&(queue, event.version)).copied(),
            (Op::QueuePut, Some(queue)) if done => {
                let capacity = self.trace.objects.get(&queue)?.detail;
                let freed = event.version.checked_sub(capacity).filter(|_| capacity > 0)?;
                self.gets.get(&(queue, freed)).copied()
            }
            (Op::Recv, Some(end)) if done => self.sends.get(&(self.peer(end)?, event.version)).copied(),
            (Op::Send, Some(end)) if done => {
                let freed = event.version.checked_sub(PIPE_CREDIT)?;
                self.receives.get(&(self.peer(end)?, freed)).copied()
            }
            (Op::ValueGet | Op::ManagerGet | Op::ManagerSet, Some(object)) if done => {
                self.written_before(at, object, event)
            }
            _ => None,
        }
    }

    /// The write that a read sees, where reading orders.
    fn written_before(&self, at: At, object: ObjectId, event: &Event) -> Option<At> {
        match event.cell() {
            Some(cell) if event.reads() && self.rules.reading_orders(at, cell) => {
                self.sets.get(&cell)?.range(..=event.version).next_back().map(|(_, write)| *write)
            }
            // Who takes something out has it from who put it there.
            Some(cell) if event.method == Some(Method::Remove) && self.rules.turns.is_some() => {
                self.sets.get(&cell)?.range(..event.version).next_back().map(|(_, write)| *write)
            }
            // How many there are, what all of them are, what was taken out.
            None if event.op == Op::ManagerGet && self.rules.looking_orders(self.trace, object) => {
                self.changes.get(&(object, event.version)).copied()
            }
            _ => None,
        }
    }

    fn peer(&self, end: ObjectId) -> Option<ObjectId> {
        self.trace.objects.get(&end).filter(|object| object.kind == ObjectKind::Connection)?.peer
    }

    /// The last event of the process in a slot.
    fn last_of(&self, slot: u64) -> Option<At> {
        let slot = usize::try_from(slot).ok()?;
        let events = &self.trace.processes.get(slot)?.events;
        events.len().checked_sub(1).map(|last| (slot, last))
    }

    /// The last event of a process, if it had ended by the time of `event`.
    fn end_of(&self, p: usize, event: &Event) -> Option<At> {
        let last = self.last_of(p as u64)?;
        (self.trace.processes[p].events[last.1].end <= event.end).then_some(last)
    }
}
