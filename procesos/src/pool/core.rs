//! The part of a pool that all its processes share: the tasks, who took which, and what came of them.

use std::io;
use std::sync::atomic::Ordering;

use procesos_trace::{ObjectId, ObjectKind, Op};

use crate::error::{Error, Result};
use crate::handover::Shareable;
use crate::identity;
use crate::operate::Point;
use crate::recorder::At;
use crate::ring::{MAX_CAPACITY, Ring};
use crate::sys::Shared;

/// Tasks that may be open at once: both rings hold so many, so whoever has a result never waits to give it back.
pub(super) const MOST_TASKS: usize = MAX_CAPACITY - 4096;

/// See the module.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) tasks: Ring,
    pub(super) results: Ring,
    /// `u32` for each place of the ring of tasks: the number of the worker that took what was there last.
    takers: Shared,
    /// The process that made the pool: its workers end when that one is their parent no more.
    pub(super) owner: u32,
    pub(super) id: ObjectId,
}

impl Shareable for Core {}

impl Core {
    pub(super) fn new() -> Result<Self> {
        let made = || -> io::Result<Self> {
            Ok(Self {
                tasks: Ring::new(MAX_CAPACITY, "Pool")?,
                results: Ring::new(MAX_CAPACITY, "Pool")?,
                takers: Shared::anonymous(MAX_CAPACITY * 4)?,
                owner: identity::home(),
                id: identity::next_objects(1),
            })
        };
        made().map_err(|error| Error::system("Pool::new", error))
    }

    /// An operation on the tasks.
    pub(super) fn point(&self, op: Op, at: At) -> Point {
        Point::new(op, at).on(self.id, ObjectKind::Pool)
    }

    /// An operation on their results.
    pub(super) fn result_point(&self, op: Op, at: At) -> Point {
        let results = ObjectId { ordinal: self.id.ordinal + 1, ..self.id };
        self.point(op, at).meeting(results)
    }

    fn taker_at(index: u64) -> usize {
        usize::try_from(index % MAX_CAPACITY as u64).unwrap_or(0) * 4
    }

    /// Who took the task with this index, which somebody has.
    pub(super) fn taker(&self, index: u64) -> u32 {
        self.takers.u32(Self::taker_at(index)).load(Ordering::SeqCst)
    }

    /// Takes the oldest task for a worker: its index.
    pub(super) fn take(&self, into: &mut Vec<u8>, worker: u32) -> Result<Option<u64>> {
        // Whoever is killed in between has not taken it: the next one says the same of itself.
        self.tasks.try_take(into, |index| {
            self.takers.u32(Self::taker_at(index)).store(worker, Ordering::SeqCst);
        })
    }
}
