//! What every step of a process could tell of the others': two orders are the same ordering when nobody was told anything else.
//!
//! A read says how often the value had been written, a put which item it was, a question how many were put and got before. It knows
//! nothing of which steps are independent, and keeps no clocks.

use std::collections::BTreeMap;

use super::execution::End;
use super::program::{Model, Op};
use super::signs::{Permits, Sign, Signs};
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
            Op::Exit => ends_with(slot, before),
            Op::Sign(sign) => of_sign(sign, before, &after.signs),
            other => panic!("nobody is told anything by {other:?}"),
        }
    }
}

/// What a process is told that ends with permits: how many were so left before, and how many given back.
fn ends_with(slot: usize, before: &World) -> Told {
    let all = before.signs.permits.iter().enumerate();
    let held = all.filter(|(_, permits)| permits.holders.get(&slot).is_some_and(|held| *held > 0));
    held.fold([12, 0, 0], |[number, left, freed], (n, permits)| {
        [
            number,
            left | ((1 + left_behind(permits, before)) << (8 * n)),
            freed | ((permits.freed - permits.inherited) << (8 * n)),
        ]
    })
}

/// Permits that were left by processes that ended.
fn left_behind(permits: &Permits, world: &World) -> u64 {
    let dead = permits.holders.iter().filter(|(slot, _)| world.processes[**slot].has_ended);
    dead.map(|(_, held)| held).sum::<u64>() + permits.inherited
}

fn of_sign(sign: Sign, world: &World, after: &Signs) -> Told {
    let before = &world.signs;
    match sign {
        // Who sets what is set has only looked.
        Sign::Set(flag) | Sign::Clear(flag) | Sign::AwaitSet(flag) | Sign::IsSet(flag) => {
            let changes = |signs: &Signs| signs.flags.get(&flag).map_or(0, |flag| flag.changes);
            [20, changes(after), changes(after) - changes(before)]
        }
        // How many are taken is no matter of how many there may be.
        Sign::Signal(number) if before.permits[number].signals == after.permits[number].signals => {
            [26, before.permits[number].signals, 0]
        }
        // Nobody knows which permit of the beginning somebody has, but who has one is told by who had none when it was asked.
        Sign::Left(number) => {
            let takers = &before.permits[number].takers;
            let who = takers.iter().map(|(slot, count)| world.processes[*slot].path.wrapping_mul(*count));
            let who = who.fold(0, u64::wrapping_add);
            [27, who, before.permits[number].freed]
        }
        Sign::TakePermit(number)
        | Sign::TryPermit(number)
        | Sign::GivePermitBack(number)
        | Sign::Signal(number) => of_permits(&before.permits[number], &after.permits[number], world),
        Sign::Enter(condition, _) => [28, after.waiters[&condition].come, 0],
        Sign::AwaitNotice(condition) => {
            let had = &before.waiters[&condition].notified;
            let gone = had.iter().find(|(slot, _)| !after.waiters[&condition].notified.contains_key(slot));
            [29, *gone.unwrap().1, 0]
        }
        Sign::Notify(condition, _) => {
            let first = before.waiters.get(&condition).map_or(0, |waiters| waiters.given);
            [30, first, after.waiters[&condition].given - first]
        }
        Sign::AwaitAll(gate) => [31, u64::from(before.gates[gate].refused != after.gates[gate].refused), 0],
        Sign::Arrive(gate) | Sign::Abort(gate) | Sign::Reset(gate) | Sign::Waiting(gate) => {
            [32, before.gates[gate].changes, after.gates[gate].changes]
        }
        Sign::TaskDone(queue) => [33, before.done_of(queue), after.done_of(queue)],
        Sign::AwaitTasks(queue) => [34, before.done_of(queue), 0],
    }
}

fn of_permits(before: &Permits, after: &Permits, world: &World) -> Told {
    if before.inherited < after.inherited {
        [22, after.taken, after.freed]
    } else if before.taken < after.taken {
        // Those of the beginning are nobody's.
        if before.taken < before.first { [23, 0, 0] } else { [23, before.taken, 0] }
    } else if before.freed < after.freed {
        // A permit can be had from either, whichever was there first.
        [24, before.freed, left_behind(before, world)]
    } else {
        [25, before.taken, before.freed]
    }
}
