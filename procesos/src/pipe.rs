//! `pipe` and `Connection`: messages between two processes, with an end that can be seen.

use std::cell::RefCell;
use std::fs::File;
use std::io::{IoSlice, IoSliceMut, Read, Seek, Write};
use std::marker::PhantomData;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::task::Poll;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg,
    socketpair,
};
use procesos_trace::{ObjectId, ObjectKind, Op};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec;
use crate::error::{Error, Kind, Result};
use crate::handover::{self, Registered, Shareable};
use crate::identity::{self, Home};
use crate::label;
use crate::object::{self, Object};
use crate::operate::{Effect, Point, Wait, operate};
use crate::queue::in_time;
use crate::recorder::At;
use crate::sys::{self, Shared};

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

/// First byte of a packet: the message follows.
const INLINE: u8 = 0;
/// First byte of a packet: the message is in the file that comes with it.
const IN_FILE: u8 = 1;
/// Largest message that travels in a packet.
const MAX_INLINE: usize = 64 * 1024;
thread_local! {
    /// Room for one packet, cleared once.
    static PACKET: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}
/// A sender that waits for credit looks this often whether the other side is gone, which no counter announces.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Counters of one direction in shared memory, each written by one side only.
const DIRECTION_BYTES: usize = 128;
const SENT_AT: usize = 0;
const SENT_BYTES_AT: usize = 8;
const SENDER_WAITS_AT: usize = 16;
const RECEIVED_AT: usize = 64;
const RECEIVED_BYTES_AT: usize = 72;

/// One end.
#[derive(Debug)]
struct End {
    /// Gone as soon as its connection is, though more may know the end: the list of a start, and in a child the frames
    /// of its parent.
    socket: RwLock<Option<Registered>>,
    counters: Arc<Shared>,
    /// Which of the two directions this end sends in.
    sends: usize,
    id: ObjectId,
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
/// When the system has no descriptors or memory left.
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
    let end = |socket, sends, id| {
        let socket = RwLock::new(Some(Registered::new(socket)));
        Arc::new(End { socket, counters: Arc::clone(&counters), sends, id })
    };
    Ok((Connection::new(end(left, 0, left_id)), Connection::new(end(right, 1, right_id))))
}

impl End {
    fn counter(&self, direction: usize, at: usize) -> &AtomicU64 {
        self.counters.u64(direction * DIRECTION_BYTES + at)
    }

    fn socket(&self) -> RwLockReadGuard<'_, Option<Registered>> {
        self.socket.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn number(&self) -> Result<RawFd> {
        self.descriptor().ok_or_else(|| Kind::NotHanded(WHAT).into())
    }

    /// Whether a message of `bytes` may leave now.
    fn has_credit(&self, bytes: u64) -> bool {
        let count = |at| self.counter(self.sends, at).load(Ordering::SeqCst);
        let messages = count(SENT_AT).saturating_sub(count(RECEIVED_AT));
        let on_their_way = count(SENT_BYTES_AT).saturating_sub(count(RECEIVED_BYTES_AT));
        messages == 0 || (messages < CREDIT_MESSAGES && on_their_way + bytes <= CREDIT_BYTES)
    }

    /// Sends one message if there is credit; returns its index.
    fn try_send(&self, bytes: &[u8]) -> Result<Option<u64>> {
        let length = bytes.len() as u64;
        if !self.has_credit(length) {
            return if self.other_side_closed()? { Err(Kind::BrokenPipe.into()) } else { Ok(None) };
        }
        let sent = self.counter(self.sends, SENT_AT);
        let sent_bytes = self.counter(self.sends, SENT_BYTES_AT);
        let index = sent.fetch_add(1, Ordering::SeqCst);
        sent_bytes.fetch_add(length, Ordering::SeqCst);
        let result = self.send_packet(bytes);
        if !matches!(result, Ok(true)) {
            sent.fetch_sub(1, Ordering::SeqCst);
            sent_bytes.fetch_sub(length, Ordering::SeqCst);
        }
        Ok(result?.then_some(index))
    }

    /// Hands one packet to the kernel; false when it has no room now.
    fn send_packet(&self, bytes: &[u8]) -> Result<bool> {
        let number = self.number()?;
        let flags = MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT;
        let result = if bytes.len() <= MAX_INLINE {
            let parts = [IoSlice::new(&[INLINE]), IoSlice::new(bytes)];
            retried(|| sendmsg::<()>(number, &parts, &[], flags, None))
        } else {
            let file = in_memory_file(bytes)?;
            let parts = [IoSlice::new(&[IN_FILE])];
            let descriptors = [file.as_raw_fd()];
            let control = [ControlMessage::ScmRights(&descriptors)];
            retried(|| sendmsg::<()>(number, &parts, &control, flags, None))
        };
        match result {
            Ok(_) => Ok(true),
            Err(Errno::EAGAIN) => Ok(false),
            Err(Errno::EPIPE | Errno::ECONNRESET) => Err(Kind::BrokenPipe.into()),
            Err(error) => Err(Error::system("Connection::send", error)),
        }
    }

    /// Receives one message if one is there; returns its index.
    fn try_recv(&self, into: &mut Vec<u8>) -> Result<Option<u64>> {
        into.clear();
        if !PACKET.with_borrow_mut(|packet| self.recv_packet(packet, into))? {
            return Ok(None);
        }
        let direction = 1 - self.sends;
        let received = self.counter(direction, RECEIVED_AT);
        self.counter(direction, RECEIVED_BYTES_AT).fetch_add(into.len() as u64, Ordering::SeqCst);
        let index = received.fetch_add(1, Ordering::SeqCst);
        if self.counter(direction, SENDER_WAITS_AT).load(Ordering::SeqCst) > 0 {
            sys::futex_wake(received, 1);
        }
        Ok(Some(index))
    }

    /// Takes one packet from the kernel and appends its message; false when none is there.
    fn recv_packet(&self, packet: &mut Vec<u8>, into: &mut Vec<u8>) -> Result<bool> {
        let number = self.number()?;
        let mut header = [0];
        packet.resize(MAX_INLINE, 0);
        let mut control = nix::cmsg_space!(RawFd);
        let (length, file) = loop {
            let mut parts = [IoSliceMut::new(&mut header), IoSliceMut::new(packet)];
            let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_CMSG_CLOEXEC;
            match recvmsg::<()>(number, &mut parts, Some(&mut control), flags) {
                Ok(message) => {
                    let file =
                        received_file(message.cmsgs().map_err(|e| Error::system("Connection::recv", e))?);
                    break (message.bytes, file);
                }
                Err(Errno::EAGAIN) => return Ok(false),
                // The other side closed with messages of ours unread: its own messages can still be received.
                Err(Errno::ECONNRESET | Errno::EINTR) => {}
                Err(error) => return Err(Error::system("Connection::recv", error)),
            }
        };
        let Some(bytes) = length.checked_sub(1) else { return Err(Kind::Eof.into()) };
        into.extend_from_slice(&packet[..bytes]);
        if header == [IN_FILE] {
            let mut file = file.ok_or_else(|| Kind::Decode("a message came without its file".to_owned()))?;
            file.rewind()
                .and_then(|()| file.read_to_end(into))
                .map_err(|e| Error::system("Connection::recv", e))?;
        }
        Ok(true)
    }

    fn ready(&self, events: PollFlags, limit: Option<Duration>) -> Result<PollFlags> {
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
    fn can_receive(&self) -> Result<bool> {
        Ok(!self.ready(PollFlags::POLLIN, Some(Duration::ZERO))?.is_empty())
    }

    /// Sleeps until there may be credit or room for a message of `bytes`.
    fn wait_for_credit(&self, bytes: u64, limit: Option<Duration>) -> Result<()> {
        let limit = limit.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN);
        if self.has_credit(bytes) {
            return self.ready(PollFlags::POLLOUT, Some(limit)).map(drop);
        }
        let waits = self.counter(self.sends, SENDER_WAITS_AT);
        let received = self.counter(self.sends, RECEIVED_AT);
        waits.store(1, Ordering::SeqCst);
        let seen = received.load(Ordering::SeqCst);
        if !self.has_credit(bytes) {
            sys::futex_wait(received, seen, limit);
        }
        waits.store(0, Ordering::SeqCst);
        Ok(())
    }
}

/// Repeats a call that a signal interrupted.
fn retried<R>(mut call: impl FnMut() -> nix::Result<R>) -> nix::Result<R> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            other => return other,
        }
    }
}

/// A message too large for a packet, as a file that only the two sides can see: it travels whole or not at all.
fn in_memory_file(bytes: &[u8]) -> Result<File> {
    let descriptor = memfd_create(c"procesos-message", MFdFlags::MFD_CLOEXEC)
        .map_err(|e| Error::system("Connection::send", e))?;
    let mut file = File::from(descriptor);
    file.write_all(bytes).map_err(|e| Error::system("Connection::send", e))?;
    Ok(file)
}

/// The file that came with a packet.
fn received_file(control: impl Iterator<Item = ControlMessageOwned>) -> Option<File> {
    let numbers = control.filter_map(|message| match message {
        ControlMessageOwned::ScmRights(numbers) => Some(numbers),
        _ => None,
    });
    numbers.flatten().map(|number| File::from(sys::own_received(number))).last()
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
        let result = operate(self.point(Op::Poll, At::caller()).waiting(wait), attempt, |limit| {
            self.end.ready(PollFlags::POLLIN, limit).map(drop)
        });
        Ok(in_time(result)?.is_some())
    }
}

impl<S: Serialize, R> Connection<S, R> {
    /// Sends a message, waiting while too much is on its way. As `conn.send(x)` in Python.
    ///
    /// # Errors
    /// [`Error::is_broken_pipe`] when the other end is closed; when the message contains a handle or its
    /// `Serialize` fails.
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
            operate(point, attempt, |limit| self.end.wait_for_credit(length, limit))
        })?
    }
}

impl<S, R: DeserializeOwned> Connection<S, R> {
    /// Receives the next message, waiting until one comes. As `conn.recv()` in Python.
    ///
    /// # Errors
    /// [`Error::is_eof`] when the other end is closed and nothing is left to receive; when the bytes are not an `R`.
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
        let mut bytes = Vec::new();
        let attempt = || {
            self.home.check(WHAT)?;
            let received = self.end.try_recv(&mut bytes)?;
            Ok(received.map_or(Poll::Pending, |index| {
                Poll::Ready(Effect::of(()).version(index).recorded(bytes.len() as u64))
            }))
        };
        operate(self.point(Op::Recv, at).waiting(wait), attempt, |limit| {
            self.end.ready(PollFlags::POLLIN, limit).map(drop)
        })?;
        codec::decode(&bytes)
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
