//! What processes do to events, semaphores, conditions, barriers, tasks of queues and elements of arrays.

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};

use super::{P0, Story};

impl Story {
    pub(in crate::judge::tests) fn event_object(&mut self, variable: &str) -> ObjectId {
        self.object(P0, ObjectKind::Event, variable, 0)
    }

    pub(in crate::judge::tests) fn semaphore(&mut self, variable: &str, permits: u64) -> ObjectId {
        self.object(P0, ObjectKind::Semaphore, variable, permits)
    }

    pub(in crate::judge::tests) fn condition(&mut self, variable: &str) -> ObjectId {
        self.object(P0, ObjectKind::Condition, variable, 0)
    }

    pub(in crate::judge::tests) fn barrier(&mut self, variable: &str, parties: u64) -> ObjectId {
        self.object(P0, ObjectKind::Barrier, variable, parties)
    }

    /// Sets or clears an event, whose changes are counted where acquisitions of locks are.
    fn change(&mut self, p: usize, event: ObjectId, op: Op, is_set: bool) -> &mut Self {
        let before = self.into.get(&event).copied().unwrap_or(0);
        let changes = (before % 2 == 1) != is_set;
        let version = before + u64::from(changes);
        self.into.insert(event, version);
        let step = self.push(p, op, Outcome::Done, Some(event)).event();
        (step.version, step.extra) = (version, u64::from(changes));
        self
    }

    pub(in crate::judge::tests) fn set_event(&mut self, p: usize, event: ObjectId) -> &mut Self {
        self.change(p, event, Op::EventSet, true)
    }

    pub(in crate::judge::tests) fn clear_event(&mut self, p: usize, event: ObjectId) -> &mut Self {
        self.change(p, event, Op::EventClear, false)
    }

    pub(in crate::judge::tests) fn wait_event(&mut self, p: usize, event: ObjectId) -> &mut Self {
        let version = self.into[&event];
        assert_eq!(version % 2, 1, "it waits for one that is set");
        self.push(p, Op::EventWait, Outcome::Done, Some(event)).event().version = version;
        self
    }

    pub(in crate::judge::tests) fn is_set(&mut self, p: usize, event: ObjectId) -> &mut Self {
        let version = self.into.get(&event).copied().unwrap_or(0);
        let step = self.push(p, Op::EventIsSet, Outcome::Done, Some(event)).event();
        (step.version, step.extra) = (version, version % 2);
        self
    }

    pub(in crate::judge::tests) fn take_permit(&mut self, p: usize, semaphore: ObjectId) -> &mut Self {
        let version = Self::count(&mut self.out_of, semaphore);
        self.push(p, Op::SemaphoreAcquire, Outcome::Done, Some(semaphore)).event().version = version;
        self
    }

    /// Gives a permit back.
    pub(in crate::judge::tests) fn give_back(&mut self, p: usize, semaphore: ObjectId) -> &mut Self {
        self.give(p, semaphore).event().extra = 1;
        self
    }

    /// Gives a permit that nobody took.
    pub(in crate::judge::tests) fn give(&mut self, p: usize, semaphore: ObjectId) -> &mut Self {
        let version = Self::count(&mut self.into, semaphore);
        self.push(p, Op::SemaphoreRelease, Outcome::Done, Some(semaphore)).event().version = version;
        self
    }

    pub(in crate::judge::tests) fn consume(&mut self, p: usize, semaphore: ObjectId) -> &mut Self {
        self.push(p, Op::SemaphoreConsume, Outcome::Done, Some(semaphore))
    }

    /// Notifies so many that wait.
    pub(in crate::judge::tests) fn notify(&mut self, p: usize, condition: ObjectId, given: u64) -> &mut Self {
        let version = self.into.get(&condition).copied().unwrap_or(0);
        self.into.insert(condition, version + given);
        let step = self.push(p, Op::ConditionNotify, Outcome::Done, Some(condition)).event();
        (step.version, step.extra) = (version, given);
        self
    }

    /// Is the next one that a notification lets go on.
    pub(in crate::judge::tests) fn notified(&mut self, p: usize, condition: ObjectId) -> &mut Self {
        let version = Self::count(&mut self.out_of, condition);
        self.push(p, Op::ConditionWait, Outcome::Done, Some(condition)).event().version = version;
        self
    }

    /// Arrives at a barrier in its current generation.
    pub(in crate::judge::tests) fn arrive(&mut self, p: usize, barrier: ObjectId) -> &mut Self {
        let arrived = Self::count(&mut self.into, barrier);
        let parties = self.known(barrier).detail;
        let step = self.push(p, Op::BarrierArrive, Outcome::Done, Some(barrier)).event();
        (step.version, step.extra) = (arrived / parties, arrived % parties);
        self
    }

    /// Passes a barrier at which all of a generation have arrived.
    pub(in crate::judge::tests) fn pass(
        &mut self,
        p: usize,
        barrier: ObjectId,
        generation: u64,
    ) -> &mut Self {
        self.push(p, Op::BarrierWait, Outcome::Done, Some(barrier)).event().version = generation;
        self
    }

    pub(in crate::judge::tests) fn task_done(&mut self, p: usize, queue: ObjectId) -> &mut Self {
        let version = *self.done.entry(queue).and_modify(|done| *done += 1).or_insert(0);
        self.push(p, Op::TaskDone, Outcome::Done, Some(queue)).event().version = version;
        self
    }

    pub(in crate::judge::tests) fn join_queue(&mut self, p: usize, queue: ObjectId) -> &mut Self {
        let done = self.done.get(&queue).map_or(0, |last| last + 1);
        self.push(p, Op::QueueJoin, Outcome::Done, Some(queue)).event().version = done;
        self
    }
}
