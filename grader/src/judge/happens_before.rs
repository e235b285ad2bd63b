//! Which events of a run are ordered, whatever the scheduler does: happens-before, by vector clocks.
//!
//! The edges between processes are in `edges`. It never looks at how close in time two events were.

use super::edges::Edges;
pub(super) use super::edges::{Rules, Turns};
use crate::run::Trace;

/// An event: index of its process and index in it.
pub(super) type At = (usize, usize);

/// The order of a run's events.
#[derive(Debug)]
pub(super) struct HappensBefore {
    /// Of each process: the clock from that event on, where something from outside came in.
    clocks: Vec<Vec<(usize, Vec<u32>)>>,
}

impl HappensBefore {
    /// The order of `trace`.
    pub(super) fn of(trace: &Trace, rules: &Rules) -> Self {
        let count = trace.processes.len();
        let mut work = Work {
            trace,
            edges: Edges::of(trace, rules),
            done: vec![0; count],
            current: vec![vec![0; count]; count],
            clocks: vec![Vec::new(); count],
            waiting: vec![Vec::new(); count],
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

    /// How many events of another process come before the event at `at`.
    pub(super) fn known(&self, at: At, process: usize) -> u32 {
        let list = &self.clocks[at.0];
        let position = list.partition_point(|(from, _)| *from <= at.1);
        position.checked_sub(1).map_or(0, |index| list[index].1[process])
    }
}

struct Work<'a> {
    trace: &'a Trace,
    edges: Edges<'a>,
    /// Events done, by process.
    done: Vec<usize>,
    current: Vec<Vec<u32>>,
    clocks: Vec<Vec<(usize, Vec<u32>)>>,
    /// By process: who waits for it to have done an event.
    waiting: Vec<Vec<(usize, usize)>>,
}

impl Work<'_> {
    fn run(&mut self) {
        let count = self.trace.processes.len();
        let mut ready: Vec<usize> = (0..count).rev().collect();
        loop {
            while let Some(p) = ready.pop() {
                self.advance(p);
                let done = self.done[p];
                self.waiting[p].retain(|(index, waiter)| {
                    let goes_on = *index < done;
                    if goes_on {
                        ready.push(*waiter);
                    }
                    !goes_on
                });
            }
            // Whoever still waits does so in a circle, which only a damaged trace has: go on without an edge, at the
            // event that ended first.
            let left = (0..count).filter(|p| self.done[*p] < self.trace.processes[*p].events.len());
            let next = left.min_by_key(|p| self.trace.processes[*p].events[self.done[*p]].end);
            let Some(p) = next else { return };
            self.take(p, &[]);
            ready.push(p);
        }
    }

    /// Does the events of a process up to one that has to wait for another process.
    fn advance(&mut self, p: usize) {
        while let Some(event) = self.trace.processes[p].events.get(self.done[p]) {
            let sources = self.edges.sources((p, self.done[p]), event);
            if let Some((q, j)) = sources.iter().find(|(q, j)| self.done[*q] <= *j) {
                if !self.waiting[*q].contains(&(*j, p)) {
                    self.waiting[*q].push((*j, p));
                }
                return;
            }
            self.take(p, &sources);
        }
    }

    /// Does the next event of a process, after its sources.
    fn take(&mut self, p: usize, sources: &[At]) {
        let index = self.done[p];
        for (q, j) in sources {
            let list = &self.clocks[*q];
            let position = list.partition_point(|(from, _)| from <= j);
            if let Some((_, from)) = position.checked_sub(1).map(|known| &list[known]) {
                for (own, other) in self.current[p].iter_mut().zip(from) {
                    *own = (*own).max(*other);
                }
            }
            let before = u32::try_from(j + 1).unwrap_or(u32::MAX);
            self.current[p][*q] = self.current[p][*q].max(before);
        }
        if !sources.is_empty() || index == 0 {
            self.clocks[p].push((index, self.current[p].clone()));
        }
        self.done[p] = index + 1;
    }
}
