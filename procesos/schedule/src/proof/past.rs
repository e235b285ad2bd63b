//! Which steps of an execution come before which in every order that is the same ordering: by vector clocks.

use std::collections::HashMap;

use super::act::Step;
use super::object::Object;

/// Steps in their order, with what is before each.
#[derive(Debug, Default)]
pub(super) struct Past {
    steps: Vec<Step>,
    /// Of each step: its process, as an index, and which step of that it is, from 0.
    places: Vec<(usize, u32)>,
    /// Of each step: how many steps of each process are before it, itself included. Processes that came later are not there.
    clocks: Vec<Vec<u32>>,
    /// Processes by path, as an index in the order in which they came.
    indices: HashMap<u64, usize>,
    tracks: HashMap<u64, Track>,
}

/// What was done to one object.
#[derive(Debug)]
struct Track {
    /// Indices of the steps that have to do with it.
    steps: Vec<usize>,
    /// Its state before each of them, and after the last one.
    states: Vec<Object>,
}

impl Past {
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn step(&self, index: usize) -> &Step {
        &self.steps[index]
    }

    /// Forgets all but the first `count` steps.
    pub(super) fn truncate(&mut self, count: usize) {
        self.steps.truncate(count);
        self.places.truncate(count);
        self.clocks.truncate(count);
        for track in self.tracks.values_mut() {
            track.steps.truncate(track.steps.partition_point(|index| *index < count));
            track.states.truncate(track.steps.len() + 1);
        }
    }

    /// Takes a step that was made after those that are here.
    pub(super) fn push(&mut self, step: &Step) {
        let known = self.indices.len();
        let own = *self.indices.entry(step.process).or_insert(known);
        let end = self.steps.len();
        let last = (0..end).rev().find(|index| self.places[*index].0 == own);
        let mut clock = last.map(|index| self.clocks[index].clone()).unwrap_or_default();
        for index in self.touching(step, end) {
            if !self.is_in(index, &clock)
                && self.has_to_precede(index, step, |other| self.is_in(other, &clock))
            {
                join(&mut clock, &self.clocks[index]);
            }
        }
        if clock.len() <= own {
            clock.resize(own + 1, 0);
        }
        self.places.push((own, clock[own]));
        clock[own] += 1;
        self.clocks.push(clock);
        for object in step.objects() {
            let fresh = || Track { steps: Vec::new(), states: vec![Object::default()] };
            let track = self.tracks.entry(object).or_insert_with(fresh);
            let mut state = track.states.last().cloned().unwrap_or_default();
            state.take(step, object);
            track.steps.push(end);
            track.states.push(state);
        }
        self.steps.push(step.clone());
    }

    /// Indices below `end` of the steps that have to do with the objects of `step`, the last one first.
    fn touching(&self, step: &Step, end: usize) -> Vec<usize> {
        let tracks = step.objects().filter_map(|object| self.tracks.get(&object));
        let mut indices: Vec<usize> =
            tracks.flat_map(|track| &track.steps).copied().filter(|index| *index < end).collect();
        indices.sort_unstable_by(|a, b| b.cmp(a));
        indices.dedup();
        indices
    }

    fn is_in(&self, index: usize, clock: &[u32]) -> bool {
        let (process, ordinal) = self.places[index];
        clock.get(process).is_some_and(|count| *count > ordinal)
    }

    /// Whether step `i` comes before step `j`, which is a later one.
    pub(super) fn is_before(&self, i: usize, j: usize) -> bool {
        self.is_in(i, &self.clocks[j])
    }

    /// The last step of a process among the first `end`.
    pub(super) fn last_of(&self, process: u64, end: usize) -> Option<usize> {
        self.steps[..end].iter().rposition(|step| step.process == process)
    }

    /// The state of an object after the first `at` steps and those of the later ones that are `made`.
    pub(super) fn state(&self, object: u64, at: usize, made: impl Fn(usize) -> bool) -> Object {
        let Some(track) = self.tracks.get(&object) else { return Object::default() };
        let before = track.steps.partition_point(|index| *index < at);
        let mut state = track.states[before].clone();
        for index in track.steps[before..].iter().filter(|index| made(**index)) {
            state.take(&self.steps[*index], object);
        }
        state
    }

    /// Whether step `index` and `step`, which is made after it and those of the following ones that are `made`, cannot be exchanged.
    pub(super) fn has_to_precede(&self, index: usize, step: &Step, made: impl Fn(usize) -> bool) -> bool {
        self.sets_apart(index, step, index, |other| other > index && made(other))
    }

    /// Whether step `index` and `step` cannot be exchanged after the first `at` steps and those of the later ones that are `made`.
    pub(super) fn sets_apart(
        &self,
        index: usize,
        step: &Step,
        at: usize,
        made: impl Fn(usize) -> bool,
    ) -> bool {
        let other = &self.steps[index];
        let mut both = step.objects().filter(|object| other.touches(*object));
        both.any(|object| self.state(object, at, &made).sets_apart(other, step, object))
    }
}

fn join(clock: &mut Vec<u32>, other: &[u32]) {
    clock.resize(clock.len().max(other.len()), 0);
    for (own, other) in clock.iter_mut().zip(other) {
        *own = (*own).max(*other);
    }
}
