//! What a pool's owner knows of its tasks and workers: what is open, what has come back, who has ended.

use std::collections::{BTreeMap, VecDeque};

use procesos_trace::Tasks;

use super::core::Core;
use super::worker::opened;
use crate::child::{Child, ExitStatus};
use crate::error::{Error, Kind, Result};

/// What has become of a task that somebody may still ask for.
#[derive(Debug)]
pub(super) enum State {
    Open,
    /// Came back with these bytes.
    Back(Vec<u8>),
    /// Its worker has ended, or all have.
    Lost(Loss),
}

/// Who was to do a task and never will.
#[derive(Debug, Clone, Copy)]
pub(super) enum Loss {
    /// The worker that had it.
    Taken { worker: u32, pid: u32, ended: ExitStatus },
    /// Nobody had it, and nobody is left.
    Nobody,
}

/// Why there are no further tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shut {
    Closed,
    Terminated,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) child: Child,
    /// Whether its end has been seen to.
    pub(super) buried: Option<ExitStatus>,
}

#[derive(Debug, Default)]
pub(super) struct Desk {
    pub(super) members: Vec<Member>,
    /// Tasks given so far.
    pub(super) next: u64,
    /// Results taken in so far.
    pub(super) back: u64,
    pub(super) tasks: BTreeMap<u64, State>,
    /// Of tasks whose results are wanted as they come, by the first of them: the one behind the last, and those that are settled, in
    /// the order in which that was noticed.
    pub(super) streams: BTreeMap<u64, (u64, VecDeque<u64>)>,
    pub(super) shut: Option<Shut>,
}

impl Desk {
    /// Takes in what has come back.
    pub(super) fn take_in(&mut self, core: &Core) -> Result<()> {
        let mut bytes = Vec::new();
        while core.results.try_get(&mut bytes)?.is_some() {
            self.back += 1;
            if let Some((index, told)) = opened(&bytes) {
                self.settle(index, || State::Back(told.to_vec()));
            }
            bytes.clear();
        }
        Ok(())
    }

    /// A task is open no more, if somebody may still ask for it.
    fn settle(&mut self, index: u64, become_what: impl FnOnce() -> State) {
        let Some(state @ State::Open) = self.tasks.get_mut(&index) else { return };
        *state = become_what();
        if let Some((_, (end, settled))) = self.streams.range_mut(..=index).next_back()
            && index < *end
        {
            settled.push_back(index);
        }
    }

    /// Looks whether workers have ended, and what that means for the open tasks; whether there is news.
    pub(super) fn look_at_workers(&mut self, core: &Core) -> Result<bool> {
        let mut fresh = false;
        for member in self.members.iter_mut().filter(|member| member.buried.is_none()) {
            member.buried = member.child.has_ended();
            fresh |= member.buried.is_some();
        }
        let nobody = self.members.iter().all(|member| member.buried.is_some());
        if !fresh && !nobody {
            return Ok(false);
        }
        // In this order: what the dead gave back is there, and what was not taken by then is not theirs.
        let (_, taken) = core.tasks.counts();
        self.take_in(core)?;
        let loss = |index: u64| {
            let worker = core.taker(index);
            let member =
                usize::try_from(worker).ok().and_then(|number| self.members.get(number.checked_sub(1)?));
            match member {
                Some(Member { child, buried: Some(ended) }) if index < taken => {
                    Some(Loss::Taken { worker, pid: child.pid(), ended: *ended })
                }
                _ => nobody.then_some(Loss::Nobody),
            }
        };
        let open = self.tasks.iter().filter(|(_, state)| matches!(state, State::Open));
        let lost: Vec<(u64, Loss)> = open.filter_map(|(index, _)| Some((*index, loss(*index)?))).collect();
        let news = fresh || !lost.is_empty();
        for (index, loss) in lost {
            self.settle(index, || State::Lost(loss));
        }
        Ok(news)
    }

    /// The states of some tasks, in their order.
    pub(super) fn of(&self, tasks: Tasks) -> impl Iterator<Item = (u64, &State)> {
        self.tasks.range(tasks.indices()).map(|(index, state)| (*index, state))
    }

    /// Whether nothing more has to come of some tasks: all are back, or one never will be.
    pub(super) fn is_settled(&self, tasks: Tasks) -> bool {
        self.of(tasks).any(|(_, state)| matches!(state, State::Lost(_)))
            || self.of(tasks).all(|(_, state)| matches!(state, State::Back(_)))
    }

    /// Takes the first of some tasks, in their order, if it has come back or was lost.
    pub(super) fn take_next(&mut self, tasks: Tasks) -> Option<(u64, State)> {
        let (index, state) = self.of(tasks).next()?;
        if matches!(state, State::Open) {
            return None;
        }
        Some((index, self.tasks.remove(&index)?))
    }

    /// Takes the one of some tasks that has come back, or was lost, first.
    pub(super) fn take_first(&mut self, tasks: Tasks) -> Option<(u64, State)> {
        let (_, settled) = self.streams.get_mut(&tasks.first.into())?;
        let index = settled.pop_front()?;
        Some((index, self.tasks.remove(&index)?))
    }
}

impl Loss {
    /// The error of the call with index `task`.
    pub(super) fn error(self, task: usize) -> Error {
        match self {
            Self::Taken { worker, pid, ended } => {
                Kind::WorkerDied { task, worker, pid, how: ended.to_string() }
            }
            Self::Nobody => Kind::WorkerDied { task, worker: 0, pid: 0, how: String::new() },
        }
        .into()
    }
}
