//! Programs that nobody thought of: the same ones every time.

use procesos_schedule::Random;

use crate::model::program::when;
use crate::model::signs::Sign;
use crate::model::{Model, Op, Test, Value};

/// What processes do, a few operations at a time.
pub(super) type Phrase = fn(&mut dyn FnMut(u64) -> usize) -> Vec<Op>;

/// The program of a number, in which processes do this and that.
pub(super) fn generated(seed: u64, phrase: Phrase) -> Model {
    let mut state = seed;
    let phrases = |count: usize, dice: &mut dyn FnMut(u64) -> usize| -> Vec<Op> {
        (0..count).flat_map(|_| phrase(dice)).collect()
    };
    let mut dice = |sides: u64| usize::try_from(Random(&mut state).below(sides)).unwrap();
    let count = 2 + dice(2);
    let mut children: Vec<Vec<Op>> =
        (0..count).map(|_| phrases(1 + (5 - count).min(1 + dice(3)), &mut dice)).collect();
    if dice(5) == 0 {
        let grandchild = phrases(1, &mut dice);
        children[0].insert(0, Op::Start(count + 1));
        children[0].push(Op::Join(0));
        children.push(grandchild);
    }
    let mut first = Vec::new();
    for number in 1..=count {
        first.push(Op::Start(number));
        if dice(4) == 0 {
            first.extend([Op::IsAlive(dice(number as u64)), Op::Log]);
        }
        if dice(4) == 0 {
            first.extend(phrases(1, &mut dice));
        }
    }
    first.extend((0..count).map(Op::Join));
    let rooms = [1 + dice(2), 1 + dice(3)];
    let name = Box::leak(format!("generated {seed}").into_boxed_str());
    let permits = [[1 + dice(2) as u64, 9], [dice(2) as u64, dice(2) as u64]];
    let model = Model::new(name, [first].into_iter().chain(children)).with_queues(rooms);
    model.with_permits(permits).with_parties([2, 2 + dice(2)])
}

/// Something with values, locks or queues.
pub(super) fn plain(dice: &mut dyn FnMut(u64) -> usize) -> Vec<Op> {
    let (cell, lock, queue) = (dice(2), dice(2), dice(2));
    let number = Value::Of(i64::try_from(dice(3)).unwrap());
    match dice(15) {
        0 => vec![Op::Get(cell), Op::Log],
        1 => vec![Op::Set(cell, number)],
        2 => vec![Op::Get(cell), Op::Set(cell, Value::Last(1))],
        3 | 4 => vec![Op::Acquire(lock), Op::Get(cell), Op::Set(cell, Value::Last(1)), Op::Release(lock)],
        // Who asks for both, one way round or the other, may wait for ever.
        5 => vec![Op::Acquire(lock), Op::Acquire(1 - lock), Op::Release(1 - lock), Op::Release(lock)],
        6 => [vec![Op::TryAcquire(lock), Op::Log], when(Test::Is(1), &[Op::Get(cell), Op::Release(lock)])]
            .concat(),
        7 | 8 => vec![Op::Put(queue, number)],
        9 | 10 => vec![Op::Take(queue), Op::Log],
        11 => vec![Op::TryPut(queue, number), Op::Log],
        12 => vec![Op::TryTake(queue), Op::Log],
        13 => vec![Op::IsEmpty(queue), Op::Log],
        // What is done depends on what was seen.
        _ => [vec![Op::Get(cell)], when(Test::Is(0), &[Op::Put(queue, number), Op::Set(cell, Value::Of(1))])]
            .concat(),
    }
}

/// Something with what processes give each other signs by.
pub(super) fn signs(dice: &mut dyn FnMut(u64) -> usize) -> Vec<Op> {
    // Mostly the same one, so that they meet.
    let mut one = || usize::from(dice(4) == 0);
    let (flag, number, gate, queue) = (one(), one(), one(), one());
    let signs: &[Sign] = match dice(24) {
        0..=2 => &[Sign::Set(flag)],
        3 => &[Sign::Clear(flag)],
        4 => &[Sign::Set(flag), Sign::Clear(flag)],
        5 => &[Sign::AwaitSet(flag)],
        6 => &[Sign::IsSet(flag)],
        7 | 8 => &[Sign::TakePermit(number), Sign::GivePermitBack(number)],
        // It ends with it.
        9 => &[Sign::TakePermit(number)],
        10 => &[Sign::Signal(number)],
        11 => &[Sign::Left(number)],
        12 => &[Sign::Set(flag), Sign::AwaitSet(flag)],
        13 => &[Sign::Arrive(gate), Sign::AwaitAll(gate)],
        14 => &[Sign::Abort(gate)],
        15 => &[Sign::Reset(gate)],
        16 => &[Sign::Waiting(gate)],
        17 => &[Sign::Notify(0, 1)],
        18 => return waited_for(dice(3) == 0),
        19 => return notified(1 + dice(2)),
        20 => &[Sign::AwaitTasks(queue)],
        21 => return vec![Op::Put(queue, Value::Of(1)), Op::Sign(Sign::TaskDone(queue))],
        22 => return vec![Op::Take(queue), Op::Sign(Sign::TaskDone(queue))],
        _ => return [vec![Op::Sign(Sign::TryPermit(number)), Op::Log], plain(dice)].concat(),
    };
    signs.iter().copied().flat_map(|sign| [Op::Sign(sign), Op::Log]).collect()
}

/// Waits for a condition, and perhaps gives the notification on.
fn waited_for(gives_on: bool) -> Vec<Op> {
    let rest: &[Op] = if gives_on { &[Op::Sign(Sign::Notify(0, 1))] } else { &[] };
    let waits = [Op::Acquire(0), Op::Sign(Sign::Enter(0, 0)), Op::Sign(Sign::AwaitNotice(0)), Op::Acquire(0)];
    [&waits, rest, &[Op::Release(0)]].concat()
}

fn notified(most: usize) -> Vec<Op> {
    vec![Op::Acquire(0), Op::Sign(Sign::Notify(0, most)), Op::Release(0)]
}
