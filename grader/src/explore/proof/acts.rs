//! What an operation does to its objects, as the search is told: one arm an operation.

use std::collections::BTreeSet;

use procesos_schedule::proof::{
    Act, Deed, OnBarrier, OnCondition, OnEvent, OnLife, OnLock, OnQueue, OnResults, OnSemaphore, OnTasks,
    OnValue,
};
use procesos_schedule::{object_of, path_of};
use procesos_trace::{ObjectId, Op, Outcome, Tasks, flags};

use super::Withheld;
use crate::run::{Event, Pending, Trace};

/// All managers, as the object that each of their clients needs. No process and no other object has this number.
const MANAGERS: u64 = 0;
/// Permits of a semaphore beyond which giving one is an error, whatever it was made with.
const MOST_PERMITS: u64 = i32::MAX.cast_unsigned() as u64;

/// An operation that had its effect, or waits for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doing {
    pub(super) op: Op,
    object: ObjectId,
    version: u64,
    /// Its value, or its detail where it had no effect.
    value: u64,
    extra: u64,
}

impl From<&Event> for Doing {
    fn from(event: &Event) -> Self {
        let Event { op, object, version, value, extra, .. } = *event;
        Self { op, object: object.unwrap_or(ObjectId::NONE), version, value, extra }
    }
}

impl From<&Pending> for Doing {
    fn from(pending: &Pending) -> Self {
        let object = pending.object.unwrap_or(ObjectId::NONE);
        Self { op: pending.op, object, version: 0, value: pending.detail, extra: 0 }
    }
}

/// What processes and objects of a trace are called, in every execution alike.
#[derive(Debug)]
pub(super) struct Names<'a> {
    trace: &'a Trace,
    /// Semaphores to which no more permits may be given than they had.
    bounded: BTreeSet<ObjectId>,
}

impl<'a> Names<'a> {
    pub(super) fn of(trace: &'a Trace) -> Self {
        let events = trace.processes.iter().flat_map(|process| &process.events);
        let bounded = events.filter(|event| event.op == Op::Create && event.flags & flags::BOUNDED != 0);
        Self { trace, bounded: bounded.filter_map(|event| event.object).collect() }
    }

    pub(super) fn path(&self, p: usize) -> u64 {
        path_of(&self.trace.processes[p].path)
    }

    /// Path of the process in a slot that an event tells.
    fn path_in(&self, slot: u64) -> Result<u64, Withheld> {
        let slot = usize::try_from(slot).ok().filter(|slot| *slot < self.trace.processes.len());
        slot.map(|slot| self.path(slot)).ok_or(Withheld::Failed)
    }

    pub(super) fn key(&self, id: ObjectId) -> Result<u64, Withheld> {
        Ok(object_of(self.path_in(u64::from(id.creator))?, id.ordinal))
    }

    /// What an object was made with.
    fn detail(&self, id: ObjectId) -> Result<u64, Withheld> {
        Ok(self.trace.objects.get(&id).ok_or(Withheld::Failed)?.detail)
    }

    /// How many permits may be given to a semaphore beyond those that it had, as long as nobody keeps one.
    fn spare(&self, id: ObjectId) -> Result<u64, Withheld> {
        Ok(if self.bounded.contains(&id) { 0 } else { MOST_PERMITS.saturating_sub(self.detail(id)?) })
    }

    /// What an operation of process `p` does to objects.
    pub(super) fn acts(&self, p: usize, doing: Doing) -> Result<Vec<Act>, Withheld> {
        let Doing { op, object, value, .. } = doing;
        let on = |deed: Deed| Ok(vec![Act::new(self.key(object)?, deed)]);
        let of = |path: u64, deed: OnLife| Ok(vec![Act::new(path, Deed::Life(deed))]);
        match op {
            Op::Begin => of(self.path(p), OnLife::Begin),
            Op::Exit => of(self.path(p), OnLife::End),
            Op::Start => of(self.path_in(value)?, OnLife::Start),
            Op::Join => of(self.path_in(value)?, OnLife::Join),
            Op::IsAlive => of(self.path_in(value)?, OnLife::AskAlive),
            Op::LockAcquire => on(Deed::Lock(OnLock::Acquire)),
            Op::LockRelease => on(Deed::Lock(OnLock::Release)),
            Op::ValueGet => on(Deed::Value(OnValue::Read)),
            Op::ValueSet => on(Deed::Value(OnValue::Write)),
            Op::QueuePut | Op::QueueGet | Op::QueueIsEmpty | Op::TaskDone | Op::QueueJoin => {
                on(Deed::Queue(self.on_queue(doing)?))
            }
            Op::Send | Op::Recv | Op::Poll | Op::Close => self.pipe_acts(doing),
            Op::EventSet => on(Deed::Event(OnEvent::Set)),
            Op::EventClear => on(Deed::Event(OnEvent::Clear)),
            Op::EventIsSet => on(Deed::Event(OnEvent::Ask)),
            Op::EventWait => on(Deed::Event(OnEvent::Wait)),
            Op::SemaphoreAcquire | Op::SemaphoreRelease | Op::SemaphoreAvailable => {
                on(Deed::Semaphore(self.on_semaphore(doing)?))
            }
            // Where there is no end to the permits, one that is kept for good makes place for none.
            Op::SemaphoreConsume if self.spare(object)? > 0 => Ok(Vec::new()),
            Op::SemaphoreConsume => on(Deed::Semaphore(OnSemaphore::Consume)),
            Op::ConditionWait => on(Deed::Condition(OnCondition::Wait)),
            // 0 is all who wait.
            Op::ConditionNotify => {
                on(Deed::Condition(OnCondition::Notify { most: if value == 0 { u64::MAX } else { value } }))
            }
            Op::BarrierArrive => on(Deed::Barrier(OnBarrier::Arrive { parties: self.detail(object)? })),
            Op::BarrierWait => on(Deed::Barrier(OnBarrier::Wait)),
            Op::BarrierAbort => on(Deed::Barrier(OnBarrier::Abort)),
            Op::BarrierReset => on(Deed::Barrier(OnBarrier::Reset)),
            Op::BarrierAsk => on(Deed::Barrier(OnBarrier::Ask)),
            Op::PoolSubmit => on(Deed::Tasks(OnTasks::Give { count: value })),
            Op::PoolTake => on(Deed::Tasks(OnTasks::Take)),
            Op::PoolClose => on(Deed::Tasks(OnTasks::Close { workers: self.detail(object)? })),
            Op::PoolDone | Op::PoolGet | Op::PoolReady => self.result_acts(doing),
            Op::ManagerGet => self.manager_acts(object, OnValue::Read),
            Op::ManagerSet => self.manager_acts(object, OnValue::Write),
            Op::ManagerStop => Ok(vec![Act::new(MANAGERS, Deed::Value(OnValue::Write))]),
            // They are ended in the midst of what they do.
            Op::Terminate | Op::PoolTerminate => Err(Withheld::Killed),
            Op::Sleep => Err(Withheld::Time),
            Op::Unjoined
            | Op::Create
            | Op::Name
            | Op::Call
            | Op::Returned
            | Op::Finished
            | Op::Panic
            | Op::ManagerPart
            | Op::ManagerServe => Err(Withheld::Failed),
        }
    }

    fn on_queue(&self, doing: Doing) -> Result<OnQueue, Withheld> {
        Ok(match doing.op {
            Op::QueuePut => OnQueue::Put { room: self.detail(doing.object)? },
            Op::QueueGet => OnQueue::Get,
            Op::TaskDone => OnQueue::TaskDone,
            Op::QueueJoin => OnQueue::Join,
            _ => OnQueue::Look,
        })
    }

    /// Acts on the direction of a pipe in which an end sends, and on that in which it receives.
    fn pipe_acts(&self, doing: Doing) -> Result<Vec<Act>, Withheld> {
        let peer = self.trace.objects.get(&doing.object).and_then(|object| object.peer);
        let (sends, receives) = (self.key(doing.object)?, self.key(peer.ok_or(Withheld::Failed)?)?);
        let on = |direction: u64, deed: OnQueue| Act::new(direction, Deed::Queue(deed));
        Ok(match doing.op {
            Op::Send => vec![on(sends, OnQueue::Put { room: u64::MAX })],
            Op::Recv => vec![on(receives, OnQueue::Get)],
            Op::Close => vec![on(sends, OnQueue::NoMorePuts), on(receives, OnQueue::NoMoreGets)],
            _ => vec![on(receives, OnQueue::Look)],
        })
    }

    fn on_semaphore(&self, doing: Doing) -> Result<OnSemaphore, Withheld> {
        let permits = self.detail(doing.object)?;
        Ok(match doing.op {
            Op::SemaphoreAcquire => OnSemaphore::Acquire { permits },
            Op::SemaphoreRelease if doing.extra == 1 => OnSemaphore::Release,
            Op::SemaphoreRelease => OnSemaphore::Signal { spare: self.spare(doing.object)? },
            _ => OnSemaphore::Ask { permits },
        })
    }

    /// Acts on the results of a pool, which are an object of their own.
    fn result_acts(&self, doing: Doing) -> Result<Vec<Act>, Withheld> {
        let results = ObjectId { ordinal: doing.object.ordinal + 1, ..doing.object };
        let Tasks { first, count } = Tasks::unpack(doing.value);
        let deed = match doing.op {
            Op::PoolDone => OnResults::Done { task: doing.version },
            Op::PoolGet => OnResults::Get { first: first.into(), count: count.into() },
            _ => OnResults::Ask,
        };
        Ok(vec![Act::new(self.key(results)?, Deed::Results(deed))])
    }

    /// Acts on an object that a manager keeps, and on the manager: which one that is nobody tells, so all are one here.
    fn manager_acts(&self, kept: ObjectId, deed: OnValue) -> Result<Vec<Act>, Withheld> {
        Ok(vec![Act::new(self.key(kept)?, Deed::Value(deed)), Act::new(MANAGERS, Deed::Value(OnValue::Read))])
    }
}

/// Whether an operation did what it is for; otherwise it failed, and changed nothing.
pub(super) fn has_worked(event: &Event) -> Result<bool, Withheld> {
    match event.outcome {
        Outcome::Done => Ok(true),
        // The task has come back: it is an error that came of it.
        Outcome::TaskFailed => Ok(true),
        Outcome::OwnerDied if event.op != Op::ConditionWait => Ok(true),
        Outcome::WouldBlock
        | Outcome::Eof
        | Outcome::BrokenPipe
        | Outcome::AlreadyHeld
        | Outcome::Broken
        | Outcome::TooMany => Ok(false),
        Outcome::TimedOut => Err(Withheld::Time),
        Outcome::OwnerDied | Outcome::NotHanded | Outcome::Failed | Outcome::WorkerDied => {
            Err(Withheld::Failed)
        }
    }
}

/// What the object said it had counted, where it does so in every execution alike.
pub(super) fn counted(event: &Event) -> Option<[u64; 2]> {
    let Event { op, version, extra, outcome, .. } = *event;
    match op {
        Op::ValueGet
        | Op::ValueSet
        | Op::LockAcquire
        | Op::QueuePut
        | Op::QueueGet
        | Op::Send
        | Op::Recv
        | Op::EventIsSet
        | Op::EventWait
        | Op::SemaphoreRelease
        | Op::ConditionWait
        | Op::BarrierWait
        | Op::TaskDone
        | Op::QueueJoin
        | Op::PoolSubmit => Some([version, 0]),
        Op::EventSet
        | Op::EventClear
        | Op::ConditionNotify
        | Op::BarrierArrive
        | Op::BarrierAbort
        | Op::BarrierReset
        | Op::PoolTake => Some([version, extra]),
        Op::IsAlive | Op::SemaphoreAvailable => Some([extra, 0]),
        Op::SemaphoreAcquire => Some([version, u64::from(outcome == Outcome::OwnerDied)]),
        _ => None,
    }
}
