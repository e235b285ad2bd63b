//! The operations of a model, as the proof is told of them.

use procesos_schedule::child_of;
use procesos_schedule::proof::{
    Act, Deed, OnBarrier, OnCondition, OnEvent, OnLife, OnLock, OnQueue, OnSemaphore, OnValue, Step,
};

use super::program::{Model, Op};
use super::signs::Sign;
use super::world::World;

/// The first turn of the process in `slot`.
pub(crate) fn begin(world: &World, slot: usize) -> Step {
    let process = world.processes[slot].path;
    Step { process, acts: vec![Act::new(process, Deed::Life(OnLife::Begin))], waits: true }
}

/// The operation that the process in `slot` stands before; whether it `worked` is known of a step only.
pub(crate) fn step(model: &Model, world: &World, slot: usize, worked: bool) -> Step {
    let process = &world.processes[slot];
    let op = world.op(model, slot);
    let child = |ordinal: usize| world.processes[process.children[ordinal]].path;
    let starts = u32::try_from(process.children.len()).unwrap() + 1;
    let room = |queue: usize| model.queues[queue] as u64;
    let (object, deed) = match op {
        Op::Get(cell) => (1_000 + cell as u64, Deed::Value(OnValue::Read)),
        Op::Set(cell, _) => (1_000 + cell as u64, Deed::Value(OnValue::Write)),
        Op::Put(queue, _) | Op::TryPut(queue, _) => {
            (2_000 + queue as u64, Deed::Queue(OnQueue::Put { room: room(queue) }))
        }
        Op::Take(queue) | Op::TryTake(queue) => (2_000 + queue as u64, Deed::Queue(OnQueue::Get)),
        Op::IsEmpty(queue) => (2_000 + queue as u64, Deed::Queue(OnQueue::Look)),
        Op::Acquire(lock) | Op::TryAcquire(lock) => (3_000 + lock as u64, Deed::Lock(OnLock::Acquire)),
        Op::Release(lock) => (3_000 + lock as u64, Deed::Lock(OnLock::Release)),
        Op::Start(_) => (child_of(process.path, starts), Deed::Life(OnLife::Start)),
        Op::Join(ordinal) => (child(ordinal), Deed::Life(OnLife::Join)),
        Op::IsAlive(ordinal) => (child(ordinal), Deed::Life(OnLife::AskAlive)),
        Op::Exit => (process.path, Deed::Life(OnLife::End)),
        Op::Sign(sign) => return of_sign(model, world, slot, sign, worked),
        other => panic!("{}: {other:?} is a matter of time", model.name),
    };
    let waits = matches!(op, Op::Put(..) | Op::Take(_) | Op::Acquire(_) | Op::Join(_));
    let mut acts = vec![Act::new(object, deed).if_worked(worked)];
    if op == Op::Exit {
        let held = world.signs.permits.iter().map(|permits| permits.holders.get(&slot).copied().unwrap_or(0));
        let held = held.enumerate().filter(|(_, count)| *count > 0);
        acts.extend(held.map(|(number, count)| {
            Act::new(5_000 + number as u64, Deed::Semaphore(OnSemaphore::Abandon { count }))
        }));
    }
    Step { process: process.path, acts, waits }
}

fn of_sign(model: &Model, world: &World, slot: usize, sign: Sign, worked: bool) -> Step {
    let permits = |number: usize| model.permits[number][0];
    let (object, deed) = match sign {
        Sign::Set(flag) => (4_000 + flag, Deed::Event(OnEvent::Set)),
        Sign::Clear(flag) => (4_000 + flag, Deed::Event(OnEvent::Clear)),
        Sign::AwaitSet(flag) => (4_000 + flag, Deed::Event(OnEvent::Wait)),
        Sign::IsSet(flag) => (4_000 + flag, Deed::Event(OnEvent::Ask)),
        Sign::TakePermit(number) | Sign::TryPermit(number) => {
            (5_000 + number, Deed::Semaphore(OnSemaphore::Acquire { permits: permits(number) }))
        }
        Sign::GivePermitBack(number) => (5_000 + number, Deed::Semaphore(OnSemaphore::Release)),
        Sign::Signal(number) => {
            (5_000 + number, Deed::Semaphore(OnSemaphore::Signal { spare: model.permits[number][1] }))
        }
        Sign::Left(number) => {
            (5_000 + number, Deed::Semaphore(OnSemaphore::Ask { permits: permits(number) }))
        }
        Sign::Enter(_, lock) => (3_000 + lock, Deed::Lock(OnLock::Release)),
        Sign::AwaitNotice(condition) => (6_000 + condition, Deed::Condition(OnCondition::Wait)),
        Sign::Notify(condition, most) => {
            (6_000 + condition, Deed::Condition(OnCondition::Notify { most: most as u64 }))
        }
        Sign::Arrive(gate) => {
            (7_000 + gate, Deed::Barrier(OnBarrier::Arrive { parties: model.parties[gate] as u64 }))
        }
        Sign::AwaitAll(gate) => (7_000 + gate, Deed::Barrier(OnBarrier::Wait)),
        Sign::Abort(gate) => (7_000 + gate, Deed::Barrier(OnBarrier::Abort)),
        Sign::Reset(gate) => (7_000 + gate, Deed::Barrier(OnBarrier::Reset)),
        Sign::Waiting(gate) => (7_000 + gate, Deed::Barrier(OnBarrier::Ask)),
        Sign::TaskDone(queue) => (2_000 + queue, Deed::Queue(OnQueue::TaskDone)),
        Sign::AwaitTasks(queue) => (2_000 + queue, Deed::Queue(OnQueue::Join)),
    };
    let mut acts = vec![Act::new(object as u64, deed).if_worked(worked)];
    if let Sign::Enter(condition, _) = sign {
        acts.push(Act::new(6_000 + condition as u64, Deed::Condition(OnCondition::Enter)));
    }
    let waits = matches!(
        sign,
        Sign::AwaitSet(_)
            | Sign::TakePermit(_)
            | Sign::AwaitNotice(_)
            | Sign::AwaitAll(_)
            | Sign::AwaitTasks(_)
    );
    Step { process: world.processes[slot].path, acts, waits }
}
