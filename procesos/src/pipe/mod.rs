//! `pipe` and `Connection`: messages between two processes, with an end that can be seen.
//!
//! `end` is what one process has of a pipe, `packet` how a message travels, `credit` how many may be on their way.

mod credit;
mod end;
mod packet;

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use procesos_trace::{ObjectId, ObjectKind, Op};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use self::credit::DIRECTION_BYTES;
use self::end::End;
use crate::codec;
use crate::error::{Error, Result};
use crate::handover::{self, Shareable};
use crate::identity::{self, Home};
use crate::label;
use crate::object::{self, Object};
use crate::operate::{Effect, Point, Wait, operate, operate_while};
use crate::queue::in_time;
use crate::recorder::At;
use crate::sys::Shared;

const WHAT: &str = "Connection";

/// Messages that may be on their way in one direction. In Python only bytes count.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let (here, _there) = procesos::pipe::<u64, ()>()?;
/// // None of these waits, although nobody receives.
/// (0..procesos::CREDIT_MESSAGES).try_for_each(|number| here.send(&number))
/// # }
/// ```
pub const CREDIT_MESSAGES: u64 = 64;
/// Bytes that may be on their way in one direction; a larger message travels alone. In Python that is the system's affair.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let (here, there) = procesos::pipe::<Vec<u8>, ()>()?;
/// here.send(&vec![7; 2 * procesos::CREDIT_BYTES as usize])?;
/// assert_eq!(there.recv()?.len(), 2 * procesos::CREDIT_BYTES as usize);
/// # Ok(())
/// # }
/// ```
pub const CREDIT_BYTES: u64 = 64 * 1024;

/// One end of a pipe, which sends `S` and receives `R`, as the two ends of `multiprocessing.Pipe()`.
///
/// It moves and is never cloned: the process that it was handed to is the only one that has it, so when that process drops
/// it or ends, the other side sees the end of the conversation. Up to [`CREDIT_MESSAGES`] messages or [`CREDIT_BYTES`]
/// bytes may be on their way in each direction (a larger message travels alone); then `send` waits.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let (here, there) = procesos::pipe::<String, usize>()?;
/// here.send(&"hola".to_owned())?;
/// there.send(&there.recv()?.len())?;
/// assert_eq!(here.recv()?, 4);
/// drop(there);
/// assert!(here.recv().unwrap_err().is_eof());
/// # Ok(())
/// # }
/// ```
///
/// It is not cloned:
/// ```compile_fail,E0599
/// # fn main() -> procesos::Result<()> {
/// let (here, there) = procesos::pipe::<u8, u8>()?;
/// let copy = here.clone();
/// # Ok(())
/// # }
/// ```
///
/// An end that was handed to a child is gone here:
/// ```compile_fail,E0382
/// fn hijo(conexion: procesos::Connection<u8, u8>) {}
/// # fn main() -> procesos::Result<()> {
/// let (here, there) = procesos::pipe::<u8, u8>()?;
/// let child = procesos::Process::new(hijo, (there,)).start()?;
/// there.send(&1)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Connection<S, R> {
    end: Arc<End>,
    home: Home,
    _types: PhantomData<fn(S) -> R>,
}

/// Makes a pipe: the first end sends `A` and receives `B`, the second the other way round. As `Pipe()` in Python, whose ends
/// send anything.
///
/// # Errors
/// When there may be no more descriptors, or there is no memory left ([`Error::is_exhausted`]).
#[track_caller]
pub fn pipe<A, B>() -> Result<(Connection<A, B>, Connection<B, A>)> {
    let failed = |e: Errno| Error::system("pipe", e);
    let (left, right) =
        socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC).map_err(failed)?;
    let counters = Arc::new(Shared::anonymous(2 * DIRECTION_BYTES).map_err(|e| Error::system("pipe", e))?);
    let (left_id, right_id) = (identity::next_object(), identity::next_object());
    let at = At::caller();
    object::note_creation(left_id, ObjectKind::Connection, at, u64::from(right_id.ordinal), 0);
    object::note_creation(right_id, ObjectKind::Connection, at, u64::from(left_id.ordinal), 0);
    let end = |socket, sends, id| Arc::new(End::new(socket, Arc::clone(&counters), sends, id));
    Ok((Connection::new(end(left, 0, left_id)), Connection::new(end(right, 1, right_id))))
}

impl<S, R> Connection<S, R> {
    fn new(end: Arc<End>) -> Self {
        Self { end, home: Home::here(), _types: PhantomData }
    }

    fn point(&self, op: Op, at: At) -> Point {
        // The ends are made one after the other, so the first one's id is known on either side.
        let first = u32::from(self.end.sends == 1);
        let meets = ObjectId { ordinal: self.end.id.ordinal - first, ..self.end.id };
        Point { meets, ..Point::new(op, at).on(self.end.id, ObjectKind::Connection) }
    }

    /// Waits at most `limit` until [`recv`](Self::recv) would not wait: a message is there, or the end has come. As
    /// `conn.poll(2)` in Python.
    ///
    /// # Errors
    /// When this end was not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// use std::time::Duration;
    ///
    /// let (here, there) = procesos::pipe::<u8, ()>()?;
    /// assert!(!there.poll(Duration::from_millis(5))?);
    /// here.send(&1)?;
    /// assert!(there.poll(Duration::from_secs(60))?);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn poll(&self, limit: Duration) -> Result<bool> {
        let wait = if limit.is_zero() { Wait::Never } else { Wait::AtMost(limit) };
        let attempt = || {
            self.home.check(WHAT)?;
            Ok(if self.end.can_receive()? { Poll::Ready(Effect::of(()).extra(1)) } else { Poll::Pending })
        };
        let point = self.point(Op::Poll, At::caller()).waiting(wait);
        let block = |limit| self.end.ready(PollFlags::POLLIN, limit).map(drop);
        let result = operate_while(point, attempt, || self.end.hears_nothing(), block);
        Ok(in_time(result)?.is_some())
    }
}

impl<S: Serialize, R> Connection<S, R> {
    /// Sends a message, waiting while too much is on its way. As `conn.send(x)` in Python.
    ///
    /// # Errors
    /// [`Error::is_broken_pipe`] when the other end is closed; when the message contains a handle or its
    /// `Serialize` fails; when it is larger than 64 KiB and there may be no more descriptors ([`Error::is_exhausted`]).
    #[track_caller]
    pub fn send(&self, message: &S) -> Result<()> {
        let at = At::caller();
        self.home.check(WHAT)?;
        let label = label::label_of(message);
        codec::with_encoded(message, |bytes| {
            let length = bytes.len() as u64;
            let point = Point { label, ..self.point(Op::Send, at).detailed(length) };
            let attempt = || {
                let sent = self.end.try_send(bytes)?;
                Ok(sent.map_or(Poll::Pending, |index| {
                    Poll::Ready(Effect::of(()).version(index).recorded(length))
                }))
            };
            let block = |limit| self.end.wait_for_credit(length, limit);
            operate_while(point, attempt, || self.end.lacks_credit(length), block)
        })?
    }
}

impl<S, R: DeserializeOwned> Connection<S, R> {
    /// Receives the next message, waiting until one comes. As `conn.recv()` in Python.
    ///
    /// # Errors
    /// [`Error::is_eof`] when the other end is closed and nothing is left to receive; when the bytes are not an `R`; when there is no
    /// memory, or no descriptor, to take in a large message ([`Error::is_exhausted`]), which stays to be received.
    #[track_caller]
    pub fn recv(&self) -> Result<R> {
        self.receive(Wait::Forever, At::caller())
    }

    /// Receives the next message if one is there. As `if conn.poll(): conn.recv()` in Python.
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let (here, there) = procesos::pipe::<u8, ()>()?;
    /// assert_eq!(there.try_recv()?, None);
    /// here.send(&1)?;
    /// assert_eq!(there.try_recv()?, Some(1));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn try_recv(&self) -> Result<Option<R>> {
        in_time(self.receive(Wait::Never, At::caller()))
    }

    /// Receives the next message, waiting at most `limit`; `None` when the limit passed. As `if conn.poll(2): conn.recv()` in
    /// Python.
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// use std::time::Duration;
    ///
    /// let (_here, there) = procesos::pipe::<u8, ()>()?;
    /// assert_eq!(there.recv_timeout(Duration::from_millis(5))?, None);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn recv_timeout(&self, limit: Duration) -> Result<Option<R>> {
        in_time(self.receive(Wait::AtMost(limit), At::caller()))
    }

    fn receive(&self, wait: Wait, at: At) -> Result<R> {
        codec::with_buffer(|bytes| {
            let attempt = || {
                self.home.check(WHAT)?;
                let received = self.end.try_recv(bytes)?;
                Ok(received.map_or(Poll::Pending, |index| {
                    Poll::Ready(Effect::of(()).version(index).recorded(bytes.len() as u64))
                }))
            };
            let point = self.point(Op::Recv, at).waiting(wait);
            let block = |limit| self.end.ready(PollFlags::POLLIN, limit).map(drop);
            operate_while(point, attempt, || self.end.hears_nothing(), block)?;
            codec::decode(bytes)
        })
    }
}

impl<S, R> Drop for Connection<S, R> {
    fn drop(&mut self) {
        // An end that was handed over is no longer open here: its new owner closes it.
        if !self.home.is_here() || self.end.descriptor().is_none() {
            return;
        }
        let attempt = || {
            self.end.let_go();
            Ok(Poll::Ready(Effect::of(())))
        };
        // Closing cannot fail.
        let _ = operate(self.point(Op::Close, At::Unwound), attempt, |_| Ok(()));
    }
}

impl<S, R> Object for Connection<S, R> {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.end.id, ObjectKind::Connection)
    }
}

impl<S, R> Serialize for Connection<S, R> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> std::result::Result<Z::Ok, Z::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.end)
    }
}

impl<'de, S, R> Deserialize<'de> for Connection<S, R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Self::new(handover::accept(WHAT, u32::deserialize(deserializer)?)?))
    }
}
