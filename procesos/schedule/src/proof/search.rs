//! The search: what was tried where, what is still to be tried, what sleeps.

use std::collections::HashMap;

use super::act::Step;
use super::object::Object;
use super::past::Past;
use super::races::alternatives;
use crate::order::Segment;

/// What to run next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Picks to follow, one a step. Whoever has to wait there was not where it should have been.
    pub plan: Vec<Segment>,
    /// Who goes last after that: what begins with one of them was seen before, as long as nothing touches it.
    pub last: Vec<u64>,
}

/// An execution that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its steps, in their order. The first turn of a process that was started is one, an attempt that had to wait is none.
    pub steps: Vec<Step>,
    /// What processes wait in for ever.
    pub waiting: Vec<Step>,
}

/// What an execution was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// An ordering that had not been seen.
    New,
    /// The end of one that had: it was not seen in advance that it would be.
    Known,
}

/// Why nothing can be proved of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlike {
    /// The same picks were other steps than before.
    Steps,
    /// An operation ended otherwise than what was done to its object lets expect.
    Object,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Search {
    /// The steps of the last execution, as far as something is still to be tried after them.
    path: Vec<Node>,
    /// The steps of the last execution up to its end, or to one that was asleep.
    past: Past,
    /// Whether an execution was taken.
    begun: bool,
    /// The process that is to be picked after the path but for its last node.
    chosen: Option<u64>,
    orderings: u64,
    known: u64,
}

/// A point of the path, and the step that was taken there.
#[derive(Debug)]
struct Node {
    /// Steps that were tried here; the last one leads on.
    tried: Vec<Step>,
    /// Processes that have to be tried here.
    todo: Vec<u64>,
    /// Steps that need not be tried here: what begins with them was seen.
    asleep: Vec<Step>,
}

impl Node {
    fn is_asleep(&self, process: u64) -> bool {
        self.asleep.iter().any(|step| step.process == process)
    }

    fn has_tried(&self, process: u64) -> bool {
        self.tried.iter().any(|step| step.process == process)
    }

    /// What is asleep after the last step tried here, which is the last one of `past`.
    fn asleep_after(&self, past: &Past) -> Vec<Step> {
        let Some((taken, before)) = self.tried.split_last() else { return self.asleep.clone() };
        let last = past.len() - 1;
        let sleeps_on =
            |step: &&Step| step.process != taken.process && !past.sets_apart(last, step, last, |_| false);
        self.asleep.iter().chain(before).filter(sleeps_on).cloned().collect()
    }

    fn next(&self) -> Option<u64> {
        let open = |process: &&u64| !self.has_tried(**process) && !self.is_asleep(**process);
        self.todo.iter().find(open).copied()
    }
}

impl Search {
    /// A search of which nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Distinct orderings seen so far: all of them once [`next`](Self::next) has nothing more.
    #[must_use]
    pub fn orderings(&self) -> u64 {
        self.orderings
    }

    /// Executions so far that were given up for having been seen.
    #[must_use]
    pub fn known(&self) -> u64 {
        self.known
    }

    /// What to run next; `None` when every ordering has been seen.
    #[expect(clippy::should_implement_trait, reason = "what it says depends on what is taken in between")]
    pub fn next(&mut self) -> Option<Trial> {
        if !self.begun {
            return Some(Trial { plan: Vec::new(), last: Vec::new() });
        }
        let (process, node) = loop {
            let node = self.path.last()?;
            match node.next() {
                Some(process) => break (process, node),
                None => self.path.pop(),
            };
        };
        let asleep = node.asleep.iter().chain(&node.tried).map(|step| step.process);
        let last = asleep.filter(|other| *other != process).collect();
        self.chosen = Some(process);
        let before = self.path[..self.path.len() - 1].iter().filter_map(|node| node.tried.last());
        let picks = before.map(|step| step.process).chain([process]);
        Some(Trial { plan: segments(picks), last })
    }

    /// Takes what came of the trial that was asked for last.
    ///
    /// # Errors
    /// When it cannot have come of it, or an object did not do as such an object does.
    pub fn take(&mut self, seen: &Seen) -> Result<Taken, Unlike> {
        self.compare(seen)?;
        expected(seen)?;
        self.begun = true;
        let known = self.path.len().saturating_sub(1);
        let end = self.follow(seen, known);
        let whole = end == seen.steps.len();
        let next = next_at(seen, end);
        if !whole && let Some(node) = self.path.last_mut() {
            // Everybody who can go on is asleep, unless there is somebody who would have had to come first.
            let awake = |step: &&&Step| !node.is_asleep(step.process) && lets(&self.past, step);
            let somebody = next.iter().find(awake).map(|step| step.process);
            node.todo.extend(somebody);
        }
        self.look_for_races(known, &next);
        let count = if whole { &mut self.orderings } else { &mut self.known };
        *count += 1;
        Ok(if whole { Taken::New } else { Taken::Known })
    }

    /// Whether an execution begins as it should.
    fn compare(&mut self, seen: &Seen) -> Result<(), Unlike> {
        let Some(chosen) = self.chosen.take() else { return Ok(()) };
        let before = self.path[..self.path.len() - 1].iter().map(|node| node.tried.last());
        let same = before.eq(seen.steps.iter().take(self.path.len() - 1).map(Some));
        let next = seen.steps.get(self.path.len() - 1);
        if same && next.is_some_and(|step| step.process == chosen) { Ok(()) } else { Err(Unlike::Steps) }
    }

    /// Goes along the steps of an execution from `known` on, up to one that is asleep; returns how many there are until then.
    fn follow(&mut self, seen: &Seen, known: usize) -> usize {
        self.past.truncate(known);
        for (index, step) in seen.steps.iter().enumerate().skip(known) {
            if index == self.path.len() {
                let asleep = self.path.last().map(|node| node.asleep_after(&self.past)).unwrap_or_default();
                self.path.push(Node { tried: Vec::new(), todo: Vec::new(), asleep });
            }
            let node = &mut self.path[index];
            if node.is_asleep(step.process) {
                return index;
            }
            node.todo.push(step.process);
            node.tried.push(step.clone());
            self.past.push(step);
        }
        seen.steps.len()
    }

    /// Notes who has to be tried where, for the steps from `known` on, and for those of what is `next` that have to wait.
    fn look_for_races(&mut self, known: usize, next: &[&Step]) {
        let Self { past, path, .. } = self;
        let waiting = next.iter().copied().filter(|step| !lets(past, step));
        let made = (known..past.len()).map(|index| (index, past.step(index)));
        for (index, step) in made.chain(waiting.map(|step| (past.len(), step))) {
            for alternative in alternatives(past, step, index) {
                let node = &mut path[alternative.at];
                let covered = |process: &u64| {
                    node.has_tried(*process) || node.todo.contains(process) || node.is_asleep(*process)
                };
                if !alternative.initials.iter().any(covered) {
                    node.todo.extend(alternative.initials.first());
                }
            }
        }
    }
}

/// What each process stands before, after so many steps of an execution.
fn next_at(seen: &Seen, index: usize) -> Vec<&Step> {
    let mut next: Vec<&Step> = Vec::new();
    for step in seen.steps[index..].iter().chain(&seen.waiting) {
        if !next.iter().any(|known| known.process == step.process) {
            next.push(step);
        }
    }
    next
}

/// Whether a step could be made after all those of the past.
fn lets(past: &Past, step: &Step) -> bool {
    step.objects().all(|object| past.state(object, past.len(), |_| false).lets(step, object))
}

/// Whether every object did what such an object does.
fn expected(seen: &Seen) -> Result<(), Unlike> {
    let mut objects: HashMap<u64, Object> = HashMap::new();
    for step in &seen.steps {
        for object in step.objects() {
            if !objects.entry(object).or_default().did(step, object) {
                return Err(Unlike::Object);
            }
        }
    }
    let mut waits =
        |step: &Step| step.objects().any(|object| !objects.entry(object).or_default().lets(step, object));
    if seen.waiting.iter().all(&mut waits) { Ok(()) } else { Err(Unlike::Object) }
}

/// Picks, run by run.
fn segments(picks: impl Iterator<Item = u64>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for process in picks {
        match segments.last_mut() {
            Some(last) if last.process == process => last.picks += 1,
            _ => segments.push(Segment { process, picks: 1 }),
        }
    }
    segments
}
