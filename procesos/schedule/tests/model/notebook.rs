//! What every step of a process could tell of the others': two orders are the same ordering when nobody was told anything else.
//!
//! A read says how often the value had been written, a put which item it was, a question how many were put and got before. It knows
//! nothing of which steps are independent, and keeps no clocks.

use std::collections::BTreeMap;

use super::execution::End;
use super::program::{Model, Op};
use super::world::World;

/// What one step was told.
type Told = [u64; 3];

/// What all steps so far were told, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Notebook {
    told: BTreeMap<u64, Vec<Told>>,
    puts: BTreeMap<usize, u64>,
    gets: BTreeMap<usize, u64>,
    /// How often each lock changed hands.
    switches: BTreeMap<usize, u64>,
}

/// A whole ordering.
pub(crate) type Form = (End, BTreeMap<u64, Vec<Told>>);

impl Notebook {
    pub(crate) fn form(&self, end: End) -> Form {
        (end, self.told.clone())
    }

    /// The process in `slot` made a step that led from one world to the other.
    pub(crate) fn note(&mut self, model: &Model, slot: usize, before: &World, after: &World) {
        let told = self.told(before.op(model, slot), slot, before, after);
        self.told.entry(before.processes[slot].path).or_default().push(told);
    }

    fn told(&mut self, op: Op, slot: usize, before: &World, after: &World) -> Told {
        match op {
            Op::Get(cell) => [1, before.cells[cell].1, 0],
            Op::Set(cell, _) => [2, before.cells[cell].1, 0],
            Op::Put(queue, _) | Op::TryPut(queue, _) | Op::Take(queue) | Op::TryTake(queue) => {
                let (puts, gets) = (self.puts.entry(queue).or_default(), self.gets.entry(queue).or_default());
                let had = before.queues[queue].len();
                match after.queues[queue].len() {
                    has if has > had => {
                        *puts += 1;
                        [3, *puts, 0]
                    }
                    has if has < had => {
                        *gets += 1;
                        [4, *gets, 0]
                    }
                    _ => [5, *puts, *gets],
                }
            }
            Op::IsEmpty(queue) => {
                let count = |counts: &BTreeMap<usize, u64>| counts.get(&queue).copied().unwrap_or(0);
                [6, count(&self.puts), count(&self.gets)]
            }
            Op::Acquire(lock) | Op::TryAcquire(lock) | Op::Release(lock) => {
                let switches = self.switches.entry(lock).or_default();
                let changed = before.owners[lock] != after.owners[lock];
                let told = [if changed { 7 } else { 8 }, *switches, 0];
                *switches += u64::from(changed);
                told
            }
            Op::IsAlive(ordinal) => {
                let child = before.processes[slot].children[ordinal];
                [9, u64::from(before.processes[child].has_ended), 0]
            }
            Op::Start(_) => [10, 0, 0],
            Op::Join(_) => [11, 0, 0],
            Op::Exit => [12, 0, 0],
            other => panic!("nobody is told anything by {other:?}"),
        }
    }
}
