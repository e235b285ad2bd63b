//! One end of a pipe: its socket, and what may be on its way.

use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use procesos_trace::ObjectId;

use super::credit::Credit;
use super::{WHAT, packet};
use crate::error::{Error, Kind, Result};
use crate::handover::{Registered, Shareable};
use crate::sys::Shared;

/// A sender that waits for credit looks this often whether the other side is gone, which no counter announces.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// See the module.
#[derive(Debug)]
pub(super) struct End {
    /// Gone as soon as its connection is, though more may know the end: the list of a start, and in a child the frames
    /// of its parent.
    socket: RwLock<Option<Registered>>,
    counters: Arc<Shared>,
    /// Which of the two directions this end sends in.
    pub(super) sends: usize,
    pub(super) id: ObjectId,
}

impl Shareable for End {
    fn descriptor(&self) -> Option<RawFd> {
        self.socket().as_ref().and_then(Registered::number)
    }

    fn let_go(&self) {
        let socket = self.socket.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(socket);
    }
}

impl End {
    pub(super) fn new(socket: OwnedFd, counters: Arc<Shared>, sends: usize, id: ObjectId) -> Self {
        Self { socket: RwLock::new(Some(Registered::new(socket))), counters, sends, id }
    }

    fn socket(&self) -> RwLockReadGuard<'_, Option<Registered>> {
        self.socket.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn number(&self) -> Result<RawFd> {
        self.descriptor().ok_or_else(|| Kind::NotHanded(WHAT).into())
    }

    /// What this end may send.
    fn outward(&self) -> Credit<'_> {
        Credit::of(&self.counters, self.sends)
    }

    /// What the other end may send.
    fn inward(&self) -> Credit<'_> {
        Credit::of(&self.counters, 1 - self.sends)
    }

    /// Sends one message if there is credit; returns its index.
    pub(super) fn try_send(&self, bytes: &[u8]) -> Result<Option<u64>> {
        let length = bytes.len() as u64;
        let credit = self.outward();
        if !credit.is_enough_for(length) {
            return if self.other_side_closed()? { Err(Kind::BrokenPipe.into()) } else { Ok(None) };
        }
        let index = credit.take(length);
        let result = self.number().and_then(|number| packet::send(number, bytes));
        if !matches!(result, Ok(true)) {
            credit.give_back(length);
        }
        Ok(result?.then_some(index))
    }

    /// Receives one message if one is there; returns its index.
    pub(super) fn try_recv(&self, into: &mut Vec<u8>) -> Result<Option<u64>> {
        into.clear();
        if let Some(bytes) = self.inward().large_alone() {
            let socket = self.socket();
            let socket = socket.as_ref().and_then(Registered::get).ok_or(Kind::NotHanded(WHAT))?;
            packet::make_room(socket, bytes, into)?;
        }
        let received = packet::receive(self.number()?, into)?;
        Ok(received.then(|| self.inward().renew(into.len() as u64)))
    }

    pub(super) fn ready(&self, events: PollFlags, limit: Option<Duration>) -> Result<PollFlags> {
        let socket = self.socket();
        let socket = socket.as_ref().and_then(Registered::get).ok_or(Kind::NotHanded(WHAT))?;
        let timeout = match limit {
            None => PollTimeout::NONE,
            // Rounded up: a poll that returns early would spin.
            Some(limit) => {
                u16::try_from(limit.as_micros().div_ceil(1000)).map_or(PollTimeout::MAX, PollTimeout::from)
            }
        };
        let mut polled = [PollFd::new(socket.as_fd(), events)];
        match poll(&mut polled, timeout) {
            Ok(_) => Ok(polled[0].revents().unwrap_or(PollFlags::empty())),
            Err(Errno::EINTR) => Ok(PollFlags::empty()),
            Err(error) => Err(Error::system("Connection", error)),
        }
    }

    fn other_side_closed(&self) -> Result<bool> {
        Ok(self
            .ready(PollFlags::empty(), Some(Duration::ZERO))?
            .intersects(PollFlags::POLLHUP | PollFlags::POLLERR))
    }

    /// Whether `recv` would not wait (also when it would say that the end has come).
    pub(super) fn can_receive(&self) -> Result<bool> {
        Ok(!self.ready(PollFlags::POLLIN, Some(Duration::ZERO))?.is_empty())
    }

    /// Whether nothing is on its way here, as far as the counters tell.
    pub(super) fn hears_nothing(&self) -> bool {
        self.inward().is_quiet()
    }

    /// Whether a message of `bytes` has to wait for others to be received.
    pub(super) fn lacks_credit(&self, bytes: u64) -> bool {
        !self.outward().is_enough_for(bytes)
    }

    /// Sleeps until there may be credit or room for a message of `bytes`.
    pub(super) fn wait_for_credit(&self, bytes: u64, limit: Option<Duration>) -> Result<()> {
        let limit = limit.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN);
        if self.outward().is_enough_for(bytes) {
            return self.ready(PollFlags::POLLOUT, Some(limit)).map(drop);
        }
        self.outward().wait(bytes, limit);
        Ok(())
    }
}
