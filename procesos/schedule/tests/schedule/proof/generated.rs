//! Programs that nobody thought of: the same ones every time.

use procesos_schedule::Random;

use crate::model::program::when;
use crate::model::{Model, Op, Test, Value};

/// The program of a number.
pub(super) fn generated(seed: u64) -> Model {
    let mut state = seed;
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
    Model::new(name, [first].into_iter().chain(children)).with_queues(rooms)
}

/// What a process does, a few operations at a time.
fn phrases(count: usize, dice: &mut impl FnMut(u64) -> usize) -> Vec<Op> {
    (0..count).flat_map(|_| phrase(dice)).collect()
}

fn phrase(dice: &mut impl FnMut(u64) -> usize) -> Vec<Op> {
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
