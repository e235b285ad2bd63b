//! What processes do to locks, values, queues and pipes.

use std::collections::HashMap;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};

use super::{P0, Story};
use crate::run::Object;

impl Story {
    pub(in crate::judge::tests) fn object(
        &mut self,
        p: usize,
        kind: ObjectKind,
        variable: &str,
        detail: u64,
    ) -> ObjectId {
        let creator = u16::try_from(p).expect("few");
        let made = self.run.trace.objects.keys().filter(|id| id.creator == creator).count();
        let id = ObjectId { creator, ordinal: u32::try_from(made + 1).expect("few") };
        let object = Object {
            kind,
            driver_name: None,
            variable: Some(variable.into()),
            made_at: None,
            detail,
            peer: None,
            part_of: None,
        };
        self.run.trace.objects.insert(id, object);
        self.push(p, Op::Create, Outcome::Done, Some(id)).event().value = detail;
        let place = self.event().place.clone();
        self.known(id).made_at = place;
        id
    }

    pub(in crate::judge::tests) fn known(&mut self, id: ObjectId) -> &mut Object {
        self.run.trace.objects.get_mut(&id).expect("it was made")
    }

    pub(in crate::judge::tests) fn lock(&mut self, variable: &str) -> ObjectId {
        self.object(P0, ObjectKind::Lock, variable, 0)
    }

    pub(in crate::judge::tests) fn value(&mut self, variable: &str, initial: i64) -> ObjectId {
        self.value_of(variable, initial.cast_unsigned(), 0)
    }

    /// A value of another type than a signed number.
    pub(in crate::judge::tests) fn value_of(&mut self, variable: &str, bits: u64, flags: u16) -> ObjectId {
        let id = self.object(P0, ObjectKind::Value, variable, bits);
        self.bits.insert(id, bits);
        self.flags.insert(id, flags);
        id
    }

    pub(in crate::judge::tests) fn queue(&mut self, variable: &str, capacity: u64) -> ObjectId {
        self.object(P0, ObjectKind::Queue, variable, capacity)
    }

    /// A queue that the driver made and named.
    pub(in crate::judge::tests) fn output(&mut self, name: &str, capacity: u64) -> ObjectId {
        let id = self.queue(name, capacity);
        self.known(id).driver_name = Some(name.into());
        id
    }

    /// The two ends of a pipe.
    pub(in crate::judge::tests) fn pipe(&mut self) -> (ObjectId, ObjectId) {
        let (one, other) = (
            self.object(P0, ObjectKind::Connection, "uno", 0),
            self.object(P0, ObjectKind::Connection, "otro", 0),
        );
        self.known(one).peer = Some(other);
        self.known(other).peer = Some(one);
        (one, other)
    }

    pub(super) fn count(counts: &mut HashMap<ObjectId, u64>, id: ObjectId) -> u64 {
        let count = counts.entry(id).or_default();
        *count += 1;
        *count - 1
    }

    pub(in crate::judge::tests) fn acquire(&mut self, p: usize, lock: ObjectId) -> &mut Self {
        let version = Self::count(&mut self.into, lock) + 1;
        self.push(p, Op::LockAcquire, Outcome::Done, Some(lock)).event().version = version;
        self
    }

    pub(in crate::judge::tests) fn release(&mut self, p: usize, lock: ObjectId) -> &mut Self {
        let version = self.into[&lock];
        self.push(p, Op::LockRelease, Outcome::Done, Some(lock)).event().version = version;
        self
    }

    pub(in crate::judge::tests) fn get(&mut self, p: usize, value: ObjectId) -> &mut Self {
        let (bits, version) = (self.bits[&value], self.into.get(&value).copied().unwrap_or(0));
        let event = self.push(p, Op::ValueGet, Outcome::Done, Some(value)).event();
        (event.value, event.version) = (bits, version);
        self
    }

    pub(in crate::judge::tests) fn set(&mut self, p: usize, value: ObjectId, number: i64) -> &mut Self {
        self.set_bits(p, value, number.cast_unsigned())
    }

    pub(in crate::judge::tests) fn set_bits(&mut self, p: usize, value: ObjectId, bits: u64) -> &mut Self {
        let version = Self::count(&mut self.into, value) + 1;
        self.bits.insert(value, bits);
        let event = self.push(p, Op::ValueSet, Outcome::Done, Some(value)).event();
        (event.value, event.version) = (bits, version);
        self
    }

    /// A read and a write, one right after the other.
    pub(in crate::judge::tests) fn add(&mut self, p: usize, value: ObjectId, number: i64) -> &mut Self {
        let sum = self.bits[&value].cast_signed() + number;
        self.get(p, value).set(p, value, sum)
    }

    /// The same with the lock around it.
    pub(in crate::judge::tests) fn add_locked(
        &mut self,
        p: usize,
        value: ObjectId,
        lock: ObjectId,
        number: i64,
    ) -> &mut Self {
        self.acquire(p, lock).add(p, value, number).release(p, lock)
    }

    pub(in crate::judge::tests) fn put(&mut self, p: usize, queue: ObjectId, label: &str) -> &mut Self {
        let version = Self::count(&mut self.into, queue);
        let event = self.push(p, Op::QueuePut, Outcome::Done, Some(queue)).event();
        event.version = version;
        event.value = if label == "Fin" { 1 } else { 3 };
        event.label = (!label.is_empty()).then(|| label.into());
        self
    }

    pub(in crate::judge::tests) fn take(&mut self, p: usize, queue: ObjectId) -> &mut Self {
        let version = Self::count(&mut self.out_of, queue);
        self.push(p, Op::QueueGet, Outcome::Done, Some(queue)).event().version = version;
        self
    }

    pub(in crate::judge::tests) fn is_empty(&mut self, p: usize, queue: ObjectId, empty: bool) -> &mut Self {
        self.push(p, Op::QueueIsEmpty, Outcome::Done, Some(queue)).event().extra = u64::from(empty);
        self
    }

    pub(in crate::judge::tests) fn send(&mut self, p: usize, end: ObjectId) -> &mut Self {
        let version = Self::count(&mut self.into, end);
        self.push(p, Op::Send, Outcome::Done, Some(end)).event().version = version;
        self
    }

    pub(in crate::judge::tests) fn recv(&mut self, p: usize, end: ObjectId) -> &mut Self {
        let version = Self::count(&mut self.out_of, end);
        self.push(p, Op::Recv, Outcome::Done, Some(end)).event().version = version;
        self
    }

    pub(in crate::judge::tests) fn close(&mut self, p: usize, end: ObjectId) -> &mut Self {
        self.push(p, Op::Close, Outcome::Done, Some(end))
    }

    /// An operation that did not do what it is for.
    pub(in crate::judge::tests) fn fail(
        &mut self,
        p: usize,
        op: Op,
        object: ObjectId,
        outcome: Outcome,
    ) -> &mut Self {
        self.push(p, op, outcome, Some(object))
    }
}
