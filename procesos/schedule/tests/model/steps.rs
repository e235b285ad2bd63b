//! The operations of a model, as the proof is told of them.

use procesos_schedule::child_of;
use procesos_schedule::proof::{Act, Deed, Step};

use super::program::{Model, Op};
use super::world::World;

/// The first turn of the process in `slot`.
pub(crate) fn begin(world: &World, slot: usize) -> Step {
    let process = world.processes[slot].path;
    Step { process, acts: vec![Act::new(process, Deed::Begin)], waits: true }
}

/// The operation that the process in `slot` stands before; whether it `worked` is known of a step only.
pub(crate) fn step(model: &Model, world: &World, slot: usize, worked: bool) -> Step {
    let process = &world.processes[slot];
    let op = world.op(model, slot);
    let child = |ordinal: usize| world.processes[process.children[ordinal]].path;
    let starts = u32::try_from(process.children.len()).unwrap() + 1;
    let room = |queue: usize| model.queues[queue] as u64;
    let (object, deed) = match op {
        Op::Get(cell) => (1_000 + cell as u64, Deed::Read),
        Op::Set(cell, _) => (1_000 + cell as u64, Deed::Write),
        Op::Put(queue, _) | Op::TryPut(queue, _) => (2_000 + queue as u64, Deed::Put { room: room(queue) }),
        Op::Take(queue) | Op::TryTake(queue) => (2_000 + queue as u64, Deed::Get),
        Op::IsEmpty(queue) => (2_000 + queue as u64, Deed::Look),
        Op::Acquire(lock) | Op::TryAcquire(lock) => (3_000 + lock as u64, Deed::Acquire),
        Op::Release(lock) => (3_000 + lock as u64, Deed::Release),
        Op::Start(_) => (child_of(process.path, starts), Deed::Start),
        Op::Join(ordinal) => (child(ordinal), Deed::Join),
        Op::IsAlive(ordinal) => (child(ordinal), Deed::AskAlive),
        Op::Exit => (process.path, Deed::End),
        other => panic!("{}: {other:?} is a matter of time", model.name),
    };
    let waits = matches!(op, Op::Put(..) | Op::Take(_) | Op::Acquire(_) | Op::Join(_));
    Step { process: process.path, acts: vec![Act::new(object, deed).if_worked(worked)], waits }
}
