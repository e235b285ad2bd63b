//! The side of a pool that gives the tasks, and asks for what came of them.
//!
//! Nothing goes on here by itself: results are taken in when somebody asks for one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use procesos_trace::{Op, Outcome, Tasks};

use super::core::{Core, MOST_TASKS};
use super::desk::{Desk, Member, Shut, State};
use crate::child::Child;
use crate::control;
use crate::error::{Kind, Result};
use crate::identity::Home;
use crate::operate::{Effect, Wait, operate, operate_while, outcome_of_error};
use crate::recorder::At;

pub(super) const WHAT: &str = "Pool";

/// See the module.
#[derive(Debug)]
pub(super) struct Office {
    pub(super) core: Arc<Core>,
    home: Home,
    desk: Mutex<Desk>,
}

impl Office {
    pub(super) fn new(core: Core) -> Self {
        Self { core: Arc::new(core), home: Home::here(), desk: Mutex::default() }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn hire(&self, child: Child) {
        self.desk().members.push(Member { child, buried: None });
    }

    pub(super) fn pids(&self) -> Vec<u32> {
        self.desk().members.iter().map(|member| member.child.pid()).collect()
    }

    /// Gives tasks; which they are. With `as_they_come` their results are taken in that order.
    pub(super) fn submit(&self, messages: &[Vec<u8>], as_they_come: bool, at: At) -> Result<Tasks> {
        let attempt = || {
            self.home.check(WHAT)?;
            let mut desk = self.desk();
            if desk.shut.is_some() {
                return Err(Kind::PoolClosed.into());
            }
            desk.take_in(&self.core)?;
            let open = usize::try_from(desk.next - desk.back).unwrap_or(usize::MAX);
            if open.saturating_add(messages.len()) > MOST_TASKS {
                return Err(Kind::TooManyTasks(MOST_TASKS).into());
            }
            let first = desk.next;
            for message in messages {
                match self.core.tasks.try_put(message) {
                    Ok(Some(index)) => {
                        desk.next = index + 1;
                        desk.tasks.insert(index, State::Open);
                    }
                    refused => {
                        // Nobody will ask for those that were given.
                        desk.tasks.split_off(&first);
                        refused?;
                        return Err(Kind::TooManyTasks(MOST_TASKS).into());
                    }
                }
            }
            if as_they_come && !messages.is_empty() {
                let end = desk.next;
                desk.streams.insert(first, (end, VecDeque::new()));
            }
            let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
            let tasks = Tasks { first: small(first), count: small(messages.len() as u64) };
            Ok(Poll::Ready(Effect::of(tasks).version(first).recorded(tasks.count.into())))
        };
        let point = self.core.point(Op::PoolSubmit, at).detailed(messages.len() as u64);
        operate(point, attempt, |_| Ok(()))
    }

    /// Waits until `taken` has what it needs of some tasks, after taking in whatever is new; which tasks it used, and how they turned
    /// out.
    pub(super) fn get<T>(
        &self,
        tasks: Tasks,
        wait: Wait,
        at: At,
        mut taken: impl FnMut(&mut Desk) -> Option<(Tasks, Result<T>)>,
    ) -> Result<T> {
        let attempt = || {
            self.home.check(WHAT)?;
            let mut desk = self.desk();
            desk.take_in(&self.core)?;
            let mut found = taken(&mut desk);
            if found.is_none() {
                if desk.shut == Some(Shut::Terminated) {
                    return Err(Kind::PoolTerminated.into());
                }
                // Otherwise they are looked at before every sleep.
                if control::is_on() {
                    desk.look_at_workers(&self.core)?;
                    found = taken(&mut desk);
                }
            }
            let Some((used, result)) = found else { return Ok(Poll::Pending) };
            let outcome = result.as_ref().map_or_else(outcome_of_error, |_| Outcome::Done);
            Ok(Poll::Ready(Effect { outcome, ..Effect::of(result).recorded(used.pack()) }))
        };
        let point = self.core.result_point(Op::PoolGet, at).waiting(wait).detailed(tasks.pack());
        let results = &self.core.results;
        operate_while(
            point,
            attempt,
            || results.is_empty(),
            |limit| {
                if !self.desk().look_at_workers(&self.core)? {
                    results.wait_for_item(limit);
                }
                Ok(())
            },
        )?
    }

    /// Whether some tasks are settled.
    pub(super) fn is_ready(&self, tasks: Tasks, at: At) -> Result<bool> {
        let attempt = || {
            self.home.check(WHAT)?;
            let mut desk = self.desk();
            desk.take_in(&self.core)?;
            desk.look_at_workers(&self.core)?;
            let ready = desk.is_settled(tasks);
            Ok(Poll::Ready(Effect::of(ready).recorded(tasks.pack()).extra(u64::from(ready))))
        };
        let point = self.core.result_point(Op::PoolReady, at).detailed(tasks.pack());
        operate(point, attempt, |_| Ok(()))
    }

    /// Nobody asks for some tasks any more.
    pub(super) fn forget(&self, tasks: Tasks) {
        if self.home.is_here() {
            let mut desk = self.desk();
            if tasks.count > 0 {
                desk.streams.remove(&tasks.first.into());
            }
            tasks.indices().for_each(|index| {
                desk.tasks.remove(&index);
            });
        }
    }

    /// No further tasks: the workers end when they have done those that there are.
    pub(super) fn close(&self, at: At) -> Result<()> {
        let attempt = || {
            self.home.check(WHAT)?;
            let mut desk = self.desk();
            if desk.shut.is_none() {
                desk.shut = Some(Shut::Closed);
                // One for each: the rings have room for them beyond the tasks.
                for _ in 0..desk.members.len() {
                    self.core.tasks.try_put(&[])?;
                }
            }
            Ok(Poll::Ready(Effect::of(())))
        };
        operate(self.core.point(Op::PoolClose, at), attempt, |_| Ok(()))
    }

    /// Ends the workers, whatever they do.
    pub(super) fn terminate(&self, at: At) -> Result<()> {
        let attempt = || {
            self.home.check(WHAT)?;
            let mut desk = self.desk();
            desk.shut = Some(Shut::Terminated);
            desk.members.iter().for_each(|member| member.child.end());
            Ok(Poll::Ready(Effect::of(())))
        };
        operate(self.core.point(Op::PoolTerminate, at), attempt, |_| Ok(()))
    }

    /// Waits until all workers have ended.
    pub(super) fn join(&self, at: At) -> Result<()> {
        self.home.check(WHAT)?;
        if self.desk().shut.is_none() {
            return Err(Kind::PoolOpen.into());
        }
        let members = std::mem::take(&mut self.desk().members);
        let mut joined = Ok(());
        for mut member in members {
            let ended = member.child.wait(Wait::Forever, at);
            joined = joined.and(ended.map(|_| ()));
            self.desk().members.push(member);
        }
        joined
    }

    /// Whether it is this process's, and it has workers that nobody has joined.
    pub(super) fn is_open(&self) -> bool {
        self.home.is_here() && self.desk().members.iter().any(|member| !member.child.is_joined())
    }
}
