//! What an object lets be done: who waits, and what fails, follows from what was done to it before.

use super::act::{Act, Deed, Step};

/// The state of one object, whatever it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Object {
    holder: Option<u64>,
    put: u64,
    got: u64,
    no_more_puts: bool,
    no_more_gets: bool,
    started: bool,
    ended: bool,
}

impl Object {
    /// The object with this number after `steps`.
    pub(super) fn after<'a>(object: u64, steps: impl IntoIterator<Item = &'a Step>) -> Self {
        let mut state = Self::default();
        for step in steps {
            for act in step.acts.iter().filter(|act| act.object == object) {
                state.take(step.process, act);
            }
        }
        state
    }

    /// Whether `act` of a process would be done, or fail, here; `None` when it would wait.
    pub(super) fn expects(&self, process: u64, act: &Act, waits: bool) -> Option<bool> {
        let unless_it_waits = (!waits).then_some(false);
        match act.deed {
            Deed::Acquire if self.holder.is_none() => Some(true),
            // Who holds it is told so at once.
            Deed::Acquire if self.holder == Some(process) => Some(false),
            Deed::Acquire => unless_it_waits,
            Deed::Put { .. } if self.no_more_gets => Some(false),
            Deed::Put { room } if self.put - self.got < room => Some(true),
            Deed::Get if self.put > self.got => Some(true),
            Deed::Get if self.no_more_puts => Some(false),
            Deed::Put { .. } | Deed::Get => unless_it_waits,
            Deed::Join if self.ended => Some(true),
            Deed::Join => unless_it_waits,
            Deed::Begin => self.started.then_some(true),
            Deed::Read
            | Deed::Write
            | Deed::Release
            | Deed::Look
            | Deed::NoMorePuts
            | Deed::NoMoreGets
            | Deed::Start
            | Deed::End
            | Deed::AskAlive => Some(true),
        }
    }

    /// How many of its kind came before `act`, as far as it matters.
    pub(super) fn number(&self, act: &Act) -> u64 {
        match act.deed {
            Deed::Put { .. } => self.put,
            Deed::Get => self.got,
            _ => 0,
        }
    }

    /// `act` of a process is done.
    pub(super) fn take(&mut self, process: u64, act: &Act) {
        if !act.worked {
            return;
        }
        match act.deed {
            Deed::Acquire => self.holder = Some(process),
            Deed::Release => self.holder = None,
            Deed::Put { .. } => self.put += 1,
            Deed::Get => self.got += 1,
            Deed::NoMorePuts => self.no_more_puts = true,
            Deed::NoMoreGets => self.no_more_gets = true,
            Deed::Start => self.started = true,
            Deed::End => self.ended = true,
            Deed::Read | Deed::Write | Deed::Look | Deed::Begin | Deed::Join | Deed::AskAlive => {}
        }
    }
}
