//! Which steps of an execution come before which in every order that is the same ordering: by vector clocks.

use std::collections::HashMap;

use super::act::{Act, Deed, Step};
use super::object::Object;

/// Steps in their order, with what is before each.
#[derive(Debug)]
pub(super) struct Past<'a> {
    pub(super) steps: &'a [Step],
    /// Of each step: the number of each of its acts among those of its kind on the object.
    numbers: Vec<Vec<u64>>,
    /// Of each step: its process, as an index, and which step of that it is, from 0.
    places: Vec<(usize, u32)>,
    /// Of each step: how many steps of each process are before it, itself included.
    clocks: Vec<Vec<u32>>,
}

impl<'a> Past<'a> {
    pub(super) fn of(steps: &'a [Step]) -> Self {
        let (mut objects, mut indices) = (HashMap::<u64, Object>::new(), HashMap::<u64, usize>::new());
        let mut numbers = Vec::with_capacity(steps.len());
        for step in steps {
            let known = indices.len();
            indices.entry(step.process).or_insert(known);
            let object = |act: &Act| objects.get(&act.object).copied().unwrap_or_default().number(act);
            numbers.push(step.acts.iter().map(object).collect());
            for act in &step.acts {
                objects.entry(act.object).or_default().take(step.process, act);
            }
        }
        let mut past = Self { steps, numbers, places: Vec::new(), clocks: Vec::new() };
        let mut last: Vec<Vec<u32>> = vec![vec![0; indices.len()]; indices.len()];
        for (j, step) in steps.iter().enumerate() {
            let own = indices[&step.process];
            let mut clock = last[own].clone();
            for i in (0..j).rev() {
                let (process, ordinal) = past.places[i];
                // What is known to be before it brings nothing new.
                if clock[process] <= ordinal && follows(past.numbered(i), &numbered(step, &past.numbers[j])) {
                    join(&mut clock, &past.clocks[i]);
                }
            }
            past.places.push((own, clock[own]));
            clock[own] += 1;
            last[own].clone_from(&clock);
            past.clocks.push(clock);
        }
        past
    }

    fn numbered(&self, index: usize) -> impl Iterator<Item = Numbered> + Clone {
        numbered(&self.steps[index], &self.numbers[index])
    }

    /// Whether step `i` comes before step `j`, which is a later one.
    pub(super) fn is_before(&self, i: usize, j: usize) -> bool {
        let (process, ordinal) = self.places[i];
        self.clocks[j][process] > ordinal
    }

    /// Whether step `i` comes before a step with these acts that is done after some of those from `i` on.
    pub(super) fn is_before_acts(&self, i: usize, acts: &[Numbered]) -> bool {
        follows(self.numbered(i), &acts.iter().copied())
    }
}

/// An act, and its number among those of its kind on the object.
pub(super) type Numbered = (Act, u64);

fn numbered<'a>(step: &'a Step, numbers: &'a [u64]) -> impl Iterator<Item = Numbered> + Clone + 'a {
    step.acts.iter().copied().zip(numbers.iter().copied())
}

/// Whether the later ones of these acts have to come after the earlier ones.
fn follows(
    earlier: impl Iterator<Item = Numbered>,
    later: &(impl Iterator<Item = Numbered> + Clone),
) -> bool {
    let mut pairs = earlier.flat_map(|first| later.clone().map(move |second| (first, second)));
    pairs.any(|((first, m), (second, n))| {
        let both = first.object == second.object && first.worked && second.worked;
        match (first.deed, second.deed) {
            // An item is put before it is got, and got before its place is used again.
            (Deed::Put { .. }, Deed::Get) if both => m == n,
            (Deed::Get, Deed::Put { room }) if both => m.checked_add(room) == Some(n),
            _ => first.clashes_with(&second),
        }
    })
}

fn join(clock: &mut [u32], other: &[u32]) {
    for (own, other) in clock.iter_mut().zip(other) {
        *own = (*own).max(*other);
    }
}
