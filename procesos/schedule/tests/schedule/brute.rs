//! Every choice at every point of a model, without any of the rules: what can happen, and in how many ways.
//!
//! Time is unknown here: a sleep ends, and a time limit passes, whenever it may. So what the rules let happen is
//! always among what is found here, and is all of it where nobody looks at the time.

use std::collections::{BTreeSet, HashMap, HashSet};

use procesos_schedule::{Access, Next};

use crate::model::world::{Attempt, World};
use crate::model::{End, Model, Op, Outcome};

/// Worlds beyond which a model is too large for this.
const MOST_WORLDS: usize = 400_000;

/// What can happen.
#[derive(Debug)]
pub(crate) struct Possible {
    pub(crate) outcomes: BTreeSet<Outcome>,
    /// Whether there is a world from which no order leads to an end.
    pub(crate) livelock: bool,
}

/// Looks at every order of `model`.
pub(crate) fn possible(model: &Model) -> Possible {
    let mut first = World::new(model);
    settle(&mut first, model, 0);
    let mut numbers = HashMap::from([(first.clone(), 0)]);
    let mut before: Vec<Vec<usize>> = vec![Vec::new()];
    let mut outcomes = BTreeSet::new();
    let mut ends = Vec::new();
    let mut to_see = vec![(first, 0)];
    while let Some((world, number)) = to_see.pop() {
        assert!(numbers.len() < MOST_WORLDS, "{} is too large", model.name);
        let moves = if world.processes[0].has_ended { Vec::new() } else { moves(model, &world) };
        if moves.is_empty() {
            let end = if world.processes[0].has_ended { End::Finished } else { End::Deadlock };
            outcomes.insert(Outcome::of(&world, end));
            ends.push(number);
        }
        for next in moves {
            let fresh = numbers.len();
            let known = *numbers.entry(next.world.clone()).or_insert(fresh);
            if known == fresh {
                before.push(Vec::new());
                to_see.push((next.world, fresh));
            }
            before[known].push(number);
        }
    }
    Possible { outcomes, livelock: reached_backwards(&before, ends) < numbers.len() }
}

/// Worlds from which one of `ends` can be reached.
fn reached_backwards(before: &[Vec<usize>], ends: Vec<usize>) -> usize {
    let mut reached: HashSet<usize> = ends.iter().copied().collect();
    let mut to_see = ends;
    while let Some(number) = to_see.pop() {
        to_see.extend(before[number].iter().copied().filter(|number| reached.insert(*number)));
    }
    reached.len()
}

/// Orders of all steps of `model`, all of whose programs are there from the beginning.
pub(crate) fn interleavings(model: &Model) -> u128 {
    fn count(model: &Model, world: &World, known: &mut HashMap<World, u128>) -> u128 {
        if let Some(count) = known.get(world) {
            return *count;
        }
        let moves = moves(model, world);
        let total = if moves.is_empty() {
            1
        } else {
            moves.iter().map(|next| count(model, &next.world, known)).sum()
        };
        known.insert(world.clone(), total);
        total
    }
    count(model, &all_at_once(model), &mut HashMap::new())
}

/// Orders of the steps of `model` that differ in more than the order of neighbours that do not conflict
/// (Mazurkiewicz traces), told by their Foata normal forms.
pub(crate) fn traces(model: &Model) -> usize {
    let mut forms = HashSet::new();
    follow(model, &all_at_once(model), &mut Vec::new(), &mut forms);
    forms.len()
}

/// A step of a trace: how many must come before it in a row, and whose step it is.
type Placed = (usize, usize, u64, Access);

fn follow(model: &Model, world: &World, so_far: &mut Vec<Placed>, forms: &mut HashSet<Vec<(usize, usize)>>) {
    let moves = moves(model, world);
    if moves.is_empty() {
        let mut form: Vec<_> = so_far.iter().map(|placed| (placed.0, placed.1)).collect();
        form.sort_unstable();
        forms.insert(form);
        return;
    }
    for next in moves {
        let shape = next.shape;
        let depends = |placed: &&Placed| {
            let writes = placed.3 == Access::Write || shape.access == Access::Write;
            placed.1 == next.slot || (shape.object != 0 && placed.2 == shape.object && writes)
        };
        let level = so_far.iter().filter(depends).map(|placed| placed.0 + 1).max().unwrap_or(0);
        so_far.push((level, next.slot, shape.object, shape.access));
        follow(model, &next.world, so_far, forms);
        so_far.pop();
    }
}

pub(crate) struct Move {
    pub(crate) slot: usize,
    shape: Next,
    pub(crate) world: World,
}

fn all_at_once(model: &Model) -> World {
    let mut world = World::of_all(model);
    for slot in 0..world.processes.len() {
        settle(&mut world, model, slot);
    }
    world
}

pub(crate) fn settle(world: &mut World, model: &Model, slot: usize) {
    world.settle(model, slot, &mut || panic!("{}: nobody knows the time here", model.name));
}

/// What can happen next.
pub(crate) fn moves(model: &Model, world: &World) -> Vec<Move> {
    let alive = (0..world.processes.len()).filter(|slot| !world.processes[*slot].has_ended);
    alive.filter_map(|slot| step(model, world, slot)).collect()
}

fn step(model: &Model, world: &World, slot: usize) -> Option<Move> {
    let shape = world.next(model, slot);
    let mut after = world.clone();
    match after.attempt(model, slot) {
        Attempt::Pending if matches!(world.op(model, slot), Op::Sleep(_) | Op::TakeWithin(..)) => {
            after.give_up(model, slot);
        }
        Attempt::Pending => return None,
        Attempt::Started(child) => settle(&mut after, model, child),
        Attempt::Exited | Attempt::Changed | Attempt::Failed | Attempt::Answered { .. } => {}
    }
    if !after.processes[slot].has_ended {
        settle(&mut after, model, slot);
    }
    Some(Move { slot, shape, world: after })
}
