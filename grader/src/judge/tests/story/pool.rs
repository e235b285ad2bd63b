//! What pools and their workers do.

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, Tasks};

use super::{P0, Story};

impl Story {
    /// A pool of the first process, and its workers.
    pub(in crate::judge::tests) fn pool<const N: usize>(&mut self, variable: &str) -> (ObjectId, [usize; N]) {
        let pool = self.object(P0, ObjectKind::Pool, variable, N as u64);
        let workers = std::array::from_fn(|index| {
            let worker = self.start(P0, &format!("pool-{}", index + 1));
            self.run.trace.processes[worker].of_library = true;
            worker
        });
        (pool, workers)
    }

    /// Gives so many tasks, whose indices go on from the last one.
    pub(in crate::judge::tests) fn submit(&mut self, p: usize, pool: ObjectId, count: u64) -> &mut Self {
        let first = self.into.get(&pool).copied().unwrap_or(0);
        self.into.insert(pool, first + count);
        let step = self.push(p, Op::PoolSubmit, Outcome::Done, Some(pool)).event();
        (step.version, step.value) = (first, count);
        self
    }

    pub(in crate::judge::tests) fn take_task(
        &mut self,
        worker: usize,
        pool: ObjectId,
        task: u64,
    ) -> &mut Self {
        self.push(worker, Op::PoolTake, Outcome::Done, Some(pool)).event().version = task;
        self
    }

    pub(in crate::judge::tests) fn give_result(
        &mut self,
        worker: usize,
        pool: ObjectId,
        task: u64,
    ) -> &mut Self {
        self.push(worker, Op::PoolDone, Outcome::Done, Some(pool)).event().version = task;
        self
    }

    /// Asks for the results of so many tasks.
    pub(in crate::judge::tests) fn get_results(
        &mut self,
        p: usize,
        pool: ObjectId,
        tasks: Tasks,
        outcome: Outcome,
    ) -> &mut Self {
        self.push(p, Op::PoolGet, outcome, Some(pool)).event().value = tasks.pack();
        self
    }

    /// Asks whether the results of so many tasks are there.
    pub(in crate::judge::tests) fn are_ready(
        &mut self,
        p: usize,
        pool: ObjectId,
        tasks: Tasks,
        ready: bool,
    ) -> &mut Self {
        let step = self.push(p, Op::PoolReady, Outcome::Done, Some(pool)).event();
        (step.value, step.extra) = (tasks.pack(), u64::from(ready));
        self
    }
}
