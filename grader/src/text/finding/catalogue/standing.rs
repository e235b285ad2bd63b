//! Deadlocks in which somebody waits for what another one says.

use procesos_trace::{ObjectKind, Op};

use super::{at, parent, thing, waiting, who};
use crate::judge::{Cause, Finding, Thing, Who};

pub(super) fn deadlocks() -> Vec<Finding> {
    let (parent, child, other) = (parent(), who("P1", "corredor-1"), who("P2", "corredor-2"));
    let dead = |waiting, cause| Finding::Deadlock { waiting, cause };
    let wait = |who: &Who, op, thing: &Thing| waiting(who, op, 12, Some(thing.clone()), None);
    let join = waiting(&parent, Op::Join, 34, None, Some(&child));
    let event = thing(ObjectKind::Event, "salida");
    let sets = |cleared_at| Cause::NobodySets { event: event.clone(), cleared_at };
    let semaphore = thing(ObjectKind::Semaphore, "sitios");
    let releases = |holder: Option<&Who>| Cause::NobodyReleases {
        semaphore: semaphore.clone(),
        holder: holder.cloned(),
        taken_at: holder.and_then(|_| at(9)),
    };
    let crossed = |who: &Who, name: &str, on: &Who| {
        waiting(who, Op::SemaphoreAcquire, 21, Some(thing(ObjectKind::Semaphore, name)), Some(on))
    };
    let condition = thing(ObjectKind::Condition, "cambio");
    let notifies = |unheard| Cause::NobodyNotifies { condition: condition.clone(), unheard };
    let barrier = thing(ObjectKind::Barrier, "todos");
    let arrive = Cause::TooFewArrive { barrier: barrier.clone(), parties: 3, arrived: 2 };
    let queue = thing(ObjectKind::Queue, "tareas");
    let tasks = Cause::TasksNotDone { queue: queue.clone(), put: 4, done: 3 };
    vec![
        dead(vec![wait(&child, Op::EventWait, &event), join.clone()], sets(None)),
        dead(vec![wait(&child, Op::EventWait, &event), wait(&other, Op::EventWait, &event)], sets(at(20))),
        dead(vec![wait(&child, Op::SemaphoreAcquire, &semaphore), join.clone()], releases(Some(&other))),
        dead(vec![wait(&child, Op::SemaphoreAcquire, &semaphore), join.clone()], releases(None)),
        dead(vec![crossed(&child, "uno", &other), crossed(&other, "dos", &child)], Cause::PermitOrder),
        dead(vec![wait(&child, Op::ConditionWait, &condition), join.clone()], notifies(None)),
        dead(vec![wait(&child, Op::ConditionWait, &condition), join], notifies(at(20))),
        dead(vec![wait(&child, Op::BarrierWait, &barrier), wait(&other, Op::BarrierWait, &barrier)], arrive),
        dead(vec![wait(&parent, Op::QueueJoin, &queue)], tasks),
    ]
}
