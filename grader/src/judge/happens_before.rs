//! Which events of a run are ordered, whatever the scheduler does: happens-before, by vector clocks.
//!
//! Edges are those of `ARCHITECTURE.md`, paired by the versions and message ids that the objects kept. Reads of a
//! [`Value`](procesos_trace::ObjectKind::Value) order nothing by default: a lost update must not hide behind itself.

use std::collections::HashMap;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};

use crate::run::{Event, Trace};

/// An event: index of its process and index in it.
pub(super) type At = (usize, usize);

/// Messages on their way in one direction of a pipe before its sender has to wait, as the library documents.
const PIPE_CREDIT: u64 = 64;

/// The order of a run's events.
#[derive(Debug)]
pub(super) struct HappensBefore {
    /// Of each process: the clock from that event on, where something from outside came in.
    clocks: Vec<Vec<(usize, Vec<u32>)>>,
}

/// Where the other side of an edge is found.
#[derive(Debug, Default)]
struct Sources {
    starts: HashMap<u64, At>,
    releases: HashMap<(ObjectId, u64), At>,
    puts: HashMap<(ObjectId, u64), At>,
    gets: HashMap<(ObjectId, u64), At>,
    sends: HashMap<(ObjectId, u64), At>,
    receives: HashMap<(ObjectId, u64), At>,
    closes: HashMap<ObjectId, At>,
    sets: HashMap<(ObjectId, u64), At>,
}

impl Sources {
    fn of(trace: &Trace) -> Self {
        let mut sources = Self::default();
        for (p, process) in trace.processes.iter().enumerate() {
            for (i, event) in process.events.iter().enumerate() {
                sources.note((p, i), event);
            }
        }
        sources
    }

    fn note(&mut self, at: At, event: &Event) {
        if event.op == Op::Start && event.outcome == Outcome::Done {
            self.starts.insert(event.value, at);
        }
        let Some(object) = event.object else { return };
        let key = (object, event.version);
        match (event.op, event.outcome) {
            (Op::LockRelease, Outcome::Done) => drop(self.releases.insert(key, at)),
            (Op::QueuePut, Outcome::Done) => drop(self.puts.insert(key, at)),
            (Op::QueueGet, Outcome::Done) => drop(self.gets.insert(key, at)),
            (Op::Send, Outcome::Done) => drop(self.sends.insert(key, at)),
            (Op::Recv, Outcome::Done) => drop(self.receives.insert(key, at)),
            (Op::Close, _) => drop(self.closes.insert(object, at)),
            (Op::ValueSet, Outcome::Done) => drop(self.sets.insert(key, at)),
            _ => {}
        }
    }
}

impl HappensBefore {
    /// The order of `trace`. Reads of shared values order too, except of `except`, when `values` is asked for.
    pub(super) fn of(trace: &Trace, values: Option<ObjectId>) -> Self {
        let count = trace.processes.len();
        let sources = Sources::of(trace);
        let mut work = Work {
            trace,
            sources,
            except: values,
            done: vec![0; count],
            current: vec![vec![0; count]; count],
            clocks: vec![Vec::new(); count],
        };
        work.run();
        Self { clocks: work.clocks }
    }

    /// Whether event `a` comes before event `b` in every order that this run's synchronisation allows.
    pub(super) fn ordered(&self, a: At, b: At) -> bool {
        if a.0 == b.0 {
            return a.1 <= b.1;
        }
        self.known(b, a.0) as usize > a.1
    }

    /// How many events of `process` come before the event at `at`.
    pub(super) fn known(&self, at: At, process: usize) -> u32 {
        let list = &self.clocks[at.0];
        let position = list.partition_point(|(from, _)| *from <= at.1);
        position.checked_sub(1).map_or(0, |index| list[index].1[process])
    }
}

struct Work<'a> {
    trace: &'a Trace,
    sources: Sources,
    /// Reads of values order when this is set; those of this very value do not.
    except: Option<ObjectId>,
    /// Events done, by process.
    done: Vec<usize>,
    current: Vec<Vec<u32>>,
    clocks: Vec<Vec<(usize, Vec<u32>)>>,
}

impl Work<'_> {
    fn run(&mut self) {
        loop {
            let mut moved = false;
            for p in 0..self.trace.processes.len() {
                while self.step(p, false) {
                    moved = true;
                }
            }
            if moved {
                continue;
            }
            // The other side of an edge is missing (a process killed between an effect and its record): go on
            // without that edge, at the event that ended first.
            let next = (0..self.trace.processes.len())
                .filter(|p| self.next(*p).is_some())
                .min_by_key(|p| self.next(*p).map(|event| event.end));
            match next {
                Some(p) => drop(self.step(p, true)),
                None => return,
            }
        }
    }

    fn next(&self, p: usize) -> Option<&Event> {
        self.trace.processes[p].events.get(self.done[p])
    }

    /// Does the next event of a process, if all that comes before it is done (or `forced`).
    fn step(&mut self, p: usize, forced: bool) -> bool {
        let Some(event) = self.next(p) else { return false };
        let sources = self.sources_of(p, event);
        if !forced && sources.iter().any(|(q, j)| self.done[*q] <= *j) {
            return false;
        }
        let index = self.done[p];
        let mut joined = false;
        for (q, j) in sources {
            if q != p && self.done[q] > j {
                let from = self.clock_at((q, j));
                for (own, other) in self.current[p].iter_mut().zip(&from) {
                    *own = (*own).max(*other);
                }
                joined = true;
            }
        }
        self.current[p][p] = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if joined || index == 0 {
            self.clocks[p].push((index, self.current[p].clone()));
        }
        self.done[p] += 1;
        true
    }

    /// The clock after an event that is done.
    fn clock_at(&self, (q, j): At) -> Vec<u32> {
        let list = &self.clocks[q];
        let position = list.partition_point(|(from, _)| *from <= j);
        let mut clock = position
            .checked_sub(1)
            .map_or_else(|| vec![0; self.trace.processes.len()], |index| list[index].1.clone());
        clock[q] = u32::try_from(j + 1).unwrap_or(u32::MAX);
        clock
    }

    fn sources_of(&self, p: usize, event: &Event) -> Vec<At> {
        let found = |at: Option<&At>| at.copied().into_iter().collect::<Vec<_>>();
        let done = event.outcome == Outcome::Done;
        match (event.op, event.object) {
            (Op::Begin, _) => found(self.sources.starts.get(&(p as u64)).filter(|_| p != 0)),
            (Op::Join, _) if done => self.last_of(event.value),
            (Op::IsAlive, _) if done && event.extra == 0 => self.last_of(event.value),
            (Op::LockAcquire, Some(lock)) if done => {
                found(self.sources.releases.get(&(lock, event.version.wrapping_sub(1))))
            }
            (Op::QueueGet, Some(queue)) if done => found(self.sources.puts.get(&(queue, event.version))),
            (Op::QueuePut, Some(queue)) if done => {
                let capacity = self.trace.objects.get(&queue).map_or(0, |object| object.detail);
                let freed = event.version.checked_sub(capacity);
                found(freed.and_then(|index| self.sources.gets.get(&(queue, index))))
            }
            (Op::Recv, Some(end)) => {
                let Some(peer) = self.peer(end) else { return Vec::new() };
                match event.outcome {
                    Outcome::Done => found(self.sources.sends.get(&(peer, event.version))),
                    Outcome::Eof => found(self.sources.closes.get(&peer)),
                    _ => Vec::new(),
                }
            }
            (Op::Send, Some(end)) if done => {
                let freed = self.peer(end).zip(event.version.checked_sub(PIPE_CREDIT));
                found(freed.and_then(|key| self.sources.receives.get(&key)))
            }
            (Op::ValueGet, Some(value)) if done && self.except.is_some_and(|except| except != value) => {
                found(self.sources.sets.get(&(value, event.version)))
            }
            _ => Vec::new(),
        }
    }

    fn peer(&self, end: ObjectId) -> Option<ObjectId> {
        self.trace.objects.get(&end).filter(|object| object.kind == ObjectKind::Connection)?.peer
    }

    /// The last event of the process in a slot.
    fn last_of(&self, slot: u64) -> Vec<At> {
        let slot = usize::try_from(slot).unwrap_or(usize::MAX);
        let events = self.trace.processes.get(slot).map_or(0, |process| process.events.len());
        events.checked_sub(1).map(|last| vec![(slot, last)]).unwrap_or_default()
    }
}
