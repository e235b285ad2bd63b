//! What an operation is to the rules: its object, what it does to it, whether it only asks, how it ended.

use procesos_schedule::{Access, Next, State, Step, object_of};
use procesos_trace::{ObjectId, Op};

use crate::error::{Error, Kind};
use crate::operate::{Effect, Point, Wait};

/// The operation of `point`, which the process in `slot` is about to do.
pub(super) fn next(point: &Point, slot: usize, state: &State) -> Next {
    let path = |slot: usize| state.processes.get(slot).map_or(0, |process| process.path);
    let of_child = || usize::try_from(point.detail).map_or(0, path);
    let (object, access) = match point.op {
        Op::Exit => (path(slot), Access::Write),
        Op::Join | Op::IsAlive => (of_child(), Access::Read),
        Op::Terminate => (of_child(), Access::Write),
        op if op.only_looks() => (object(point.meets, path), Access::Read),
        _ => match object(point.meets, path) {
            0 => (0, Access::None),
            object => (object, Access::Write),
        },
    };
    let asks = match point.op {
        op if op.asks() => true,
        Op::Sleep => false,
        // What has failed is asked when it is tried again: `recv` after the end, for instance.
        _ if matches!(point.wait, Wait::Forever) => {
            let last = &state.processes[slot];
            (last.op, last.object) == (point.op as u8, object)
        }
        _ => true,
    };
    Next { op: point.op as u8, object, access, asks }
}

/// An object's number, the same in every execution.
fn object(id: ObjectId, path: impl Fn(usize) -> u64) -> u64 {
    if id == ObjectId::NONE { 0 } else { object_of(path(usize::from(id.creator)), id.ordinal) }
}

/// How an operation ended, to the rules.
pub(super) fn step<T>(op: Op, result: Result<&Effect<T>, &Error>) -> Step {
    match result {
        Ok(effect) => match op {
            Op::ValueGet | Op::ManagerGet => Step::Answered { in_vain: false, answer: effect.version },
            Op::IsAlive | Op::QueueIsEmpty => {
                Step::Answered { in_vain: effect.extra == 1, answer: effect.extra }
            }
            Op::Poll | Op::BarrierAsk => Step::Answered { in_vain: false, answer: effect.extra },
            Op::EventIsSet | Op::SemaphoreAvailable | Op::PoolReady => {
                Step::Answered { in_vain: effect.extra == 0, answer: effect.extra }
            }
            // It waited for something that stays so: waiting again would answer the same.
            Op::EventWait | Op::QueueJoin => Step::Answered { in_vain: false, answer: effect.version },
            Op::EventSet | Op::EventClear if effect.extra == 0 => Step::Looked,
            Op::Sleep | Op::ConditionWait | Op::BarrierWait | Op::PoolGet => Step::Looked,
            _ => Step::Changed,
        },
        Err(error) => match error.kind() {
            Kind::TimedOut if op == Op::Sleep => Step::Looked,
            _ => Step::Answered { in_vain: true, answer: 0 },
        },
    }
}
