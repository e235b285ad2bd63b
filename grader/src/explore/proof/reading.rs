//! Reads steps out of a trace, in their order: who holds what meanwhile, and which events are one step.

use std::collections::{BTreeMap, BTreeSet};

use procesos_schedule::proof::{Act, Deed, OnCondition, OnLock, OnSemaphore, Seen, Step};
use procesos_trace::{ObjectId, ObjectKind, Op, flags};

use super::acts::{Names, counted, has_worked};
use super::{Withheld, has_ended, serves};
use crate::run::{Event, Pending, Trace};

/// Operations without a turn of their own that the search has to know: a process that was started has a turn to begin, and who keeps a
/// permit does so in the step before.
pub(super) fn goes_with_a_step(op: Op) -> bool {
    matches!(op, Op::Begin | Op::SemaphoreConsume)
}

/// What a process has that others may wait for.
#[derive(Debug, Default)]
struct Held {
    locks: BTreeSet<u64>,
    permits: BTreeMap<u64, u64>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    trace: &'a Trace,
    names: Names<'a>,
    held: BTreeMap<usize, Held>,
    steps: Vec<Step>,
}

impl<'a> Reading<'a> {
    /// Nothing of a trace is read yet.
    pub(super) fn of(trace: &'a Trace) -> Self {
        Self { trace, names: Names::of(trace), held: BTreeMap::new(), steps: Vec::new() }
    }

    /// The condition in which process `p` waits from its event `i` on, if that frees a lock for it.
    fn enters(&self, p: usize, i: usize) -> Option<ObjectId> {
        let process = &self.trace.processes[p];
        let next = process.events[i + 1..].iter().find(|event| event.op.is_scheduled());
        let pending = process.pending.as_ref().filter(|_| !has_ended(process));
        let next = next.map(|event| (event.op, event.object));
        match next.or_else(|| pending.map(|pending| (pending.op, pending.object)))? {
            (Op::ConditionWait, condition) => condition,
            _ => None,
        }
    }

    /// Takes event `i` of process `p`, which is the next one of all.
    pub(super) fn take(&mut self, p: usize, i: usize) -> Result<(), Withheld> {
        let event = &self.trace.processes[p].events[i];
        match event.op {
            Op::Begin if p == 0 => {}
            Op::SemaphoreConsume => self.consume(p, event)?,
            _ => {
                let step = self.step(p, i, event)?;
                self.steps.push(step);
            }
        }
        Ok(())
    }

    /// Process `p` keeps a permit, without a turn for it: nobody had one since its last step.
    fn consume(&mut self, p: usize, event: &Event) -> Result<(), Withheld> {
        let semaphore = self.names.key(event.object.unwrap_or(ObjectId::NONE))?;
        let held = self.held.entry(p).or_default().permits.entry(semaphore).or_default();
        *held = held.saturating_sub(1);
        let process = self.names.path(p);
        let last = self.steps.iter_mut().rfind(|step| step.process == process).ok_or(Withheld::Failed)?;
        last.acts.extend(self.names.acts(p, event.into())?);
        Ok(())
    }

    /// The step of process `p` that its event `i` tells of.
    fn step(&mut self, p: usize, i: usize, event: &Event) -> Result<Step, Withheld> {
        if event.flags & flags::TIMED != 0 {
            return Err(Withheld::Time);
        }
        let worked = has_worked(event)?;
        // Taking again what one holds, and giving that back, concerns nobody else.
        if matches!(event.op, Op::LockAcquire | Op::LockRelease) && event.extra > 1 {
            return Ok(Step { process: self.names.path(p), acts: Vec::new(), waits: false });
        }
        let mut acts = self.names.acts(p, event.into())?;
        let waits = event.flags & flags::NON_BLOCKING == 0;
        // Whether something was there is the answer of a question, not its failure.
        if event.op != Op::Poll {
            acts.iter_mut().for_each(|act| act.worked &= worked);
        }
        if let (Some(counted), [first, ..]) = (counted(event).filter(|_| worked), &mut acts[..]) {
            *first = first.counting(counted);
        }
        if event.op == Op::LockRelease
            && let Some(condition) = self.enters(p, i)
        {
            acts.push(Act::new(self.names.key(condition)?, Deed::Condition(OnCondition::Enter)));
        }
        if event.op == Op::Exit {
            acts.extend(self.left_behind(p)?);
        } else if worked {
            self.hold(p, event, &acts);
        }
        Ok(Step { process: self.names.path(p), acts, waits })
    }

    /// Keeps what process `p` has.
    fn hold(&mut self, p: usize, event: &Event, acts: &[Act]) {
        let [act, ..] = acts else { return };
        let held = self.held.entry(p).or_default();
        match event.op {
            Op::LockAcquire => _ = held.locks.insert(act.object),
            Op::LockRelease => _ = held.locks.remove(&act.object),
            Op::SemaphoreAcquire => *held.permits.entry(act.object).or_default() += 1,
            Op::SemaphoreRelease if event.extra == 1 => {
                let permits = held.permits.entry(act.object).or_default();
                *permits = permits.saturating_sub(1);
            }
            _ => {}
        }
    }

    /// What the end of process `p` does to what it still has: the system frees its locks, and others find its permits.
    fn left_behind(&mut self, p: usize) -> Result<Vec<Act>, Withheld> {
        let Held { locks, permits } = self.held.remove(&p).unwrap_or_default();
        let has_condition = || self.trace.objects.values().any(|object| object.kind == ObjectKind::Condition);
        // Those who wait for a condition go on when somebody dies with its lock.
        if !locks.is_empty() && has_condition() {
            return Err(Withheld::Failed);
        }
        let locks = locks.into_iter().map(|lock| Act::new(lock, Deed::Lock(OnLock::Release)));
        let permits = permits.into_iter().filter(|(_, count)| *count > 0);
        let permits = permits
            .map(|(semaphore, count)| Act::new(semaphore, Deed::Semaphore(OnSemaphore::Abandon { count })));
        Ok(locks.chain(permits).collect())
    }

    /// All that was read, and what processes wait in for ever.
    pub(super) fn into_seen(self) -> Result<Seen, Withheld> {
        let processes = self.trace.processes.iter().enumerate();
        let waiting = processes.filter(|(_, process)| !serves(process)).filter_map(|(p, process)| {
            let pending = process.pending.as_ref().filter(|_| !has_ended(process))?;
            Some(self.waiting(p, pending))
        });
        Ok(Seen { waiting: waiting.collect::<Result<_, _>>()?, steps: self.steps })
    }

    /// What process `p` waits in for ever.
    fn waiting(&self, p: usize, pending: &Pending) -> Result<Step, Withheld> {
        if pending.timed {
            return Err(Withheld::Time);
        }
        let acts = self.names.acts(p, pending.into())?;
        Ok(Step { process: self.names.path(p), acts, waits: true })
    }
}
