//! `Queue`: a bounded queue of messages for any number of processes on either side.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use procesos_trace::{ObjectId, ObjectKind, Op};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec;
use crate::error::{Error, Kind, Result};
use crate::handover::{self, Shareable};
use crate::identity::{self, Home};
use crate::label;
use crate::object::{self, Object};
use crate::operate::{Effect, Point, Wait, operate, operate_while};
use crate::recorder::At;
use crate::ring::{MAX_CAPACITY, Ring};

const WHAT: &str = "Queue";

/// The shared part.
#[derive(Debug)]
struct Channel {
    ring: Ring,
    id: ObjectId,
}

impl Shareable for Channel {}

/// A bounded first-in first-out queue, as `multiprocessing.Queue(maxsize)`.
///
/// A clone is another handle on the same queue. A message is serialised when it is put, so what cannot travel is
/// an error of `put`, not a message that vanishes. It blocks on the number of items only, never on their size. There is no
/// feeder thread: when `put` returns, the item is in the queue. [`task_done`](Self::task_done) and [`join`](Self::join) are those of
/// `multiprocessing.JoinableQueue`.
///
/// ```
/// # fn main() -> procesos::Result<()> {
/// let queue = procesos::Queue::<String>::bounded(2)?;
/// queue.put(&"hola".to_owned())?;
/// assert_eq!(queue.get()?, "hola");
/// assert_eq!(queue.try_get()?, None);
/// # Ok(())
/// # }
/// ```
///
/// What cannot be sent does not compile:
/// ```compile_fail,E0277
/// let queue = procesos::Queue::<fn(i32) -> i32>::bounded(2).unwrap();
/// queue.put(&(|x| x * 2)).unwrap();
/// ```
#[derive(Debug)]
pub struct Queue<T> {
    channel: Arc<Channel>,
    home: Home,
    _type: PhantomData<fn(T) -> T>,
}

impl<T> Queue<T> {
    /// Makes an empty queue for at most `capacity` items (from 1; more than 1,048,576 count as so many). As `Queue(maxsize)` in
    /// Python, where a queue need not be bounded.
    ///
    /// # Errors
    /// A capacity of 0, or no memory to share.
    #[track_caller]
    pub fn bounded(capacity: usize) -> Result<Self> {
        if capacity == 0 {
            return Err(Kind::ZeroCapacity.into());
        }
        let ring =
            Ring::new(capacity.min(MAX_CAPACITY), WHAT).map_err(|e| Error::system("Queue::bounded", e))?;
        let channel = Arc::new(Channel { ring, id: identity::next_object() });
        object::note_creation(channel.id, ObjectKind::Queue, At::caller(), capacity as u64, 0);
        Ok(Self { channel, home: Home::here(), _type: PhantomData })
    }

    /// Items that fit at once. As the `maxsize` given in Python.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// assert_eq!(procesos::Queue::<u8>::bounded(16)?.capacity(), 16);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.channel.ring.capacity()
    }

    /// Whether nothing is in the queue at this moment. Only advice: it may have changed before you act on it, and "empty now"
    /// is not "nothing more will come". As `q.empty()` in Python.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let queue = procesos::Queue::bounded(2)?;
    /// assert!(queue.is_empty());
    /// queue.put(&1)?;
    /// assert!(!queue.is_empty(), "in the queue as soon as `put` returns");
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let point = self.point(Op::QueueIsEmpty, At::caller());
        let attempt = || {
            self.home.check(WHAT)?;
            let (put, got) = self.channel.ring.counts();
            Ok(Poll::Ready(Effect::of(put == got).version(got).extra(u64::from(put == got))))
        };
        operate(point, attempt, |_| Ok(())).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Says that an item that was got has been dealt with: once an item, by whoever got it. As `JoinableQueue.task_done()` in
    /// Python.
    ///
    /// # Errors
    /// When it is said more often than items were put ([`Error::is_too_many`]); not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let tareas = procesos::Queue::<u32>::bounded(2)?;
    /// tareas.put(&7)?;
    /// tareas.get()?;
    /// tareas.task_done()?;
    /// assert!(tareas.task_done().is_err_and(|e| e.is_too_many()));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn task_done(&self) -> Result<()> {
        let attempt = || {
            self.home.check(WHAT)?;
            let index = self.channel.ring.mark_done().ok_or(Kind::TooManyDone)?;
            Ok(Poll::Ready(Effect::of(()).version(index)))
        };
        operate(self.point(Op::TaskDone, At::caller()), attempt, |_| Ok(()))
    }

    /// Waits until [`task_done`](Self::task_done) was said of every item that was put. As `JoinableQueue.join()` in Python.
    ///
    /// # Errors
    /// When this handle was not handed to this process.
    ///
    /// ```
    /// use procesos::{Process, Queue, Result};
    ///
    /// fn trabajar(tareas: Queue<u32>) -> Result<()> {
    ///     for _ in 0..3 {
    ///         tareas.get()?;
    ///         tareas.task_done()?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// fn main() -> Result<()> {
    ///     let tareas = Queue::bounded(3)?;
    ///     let hijo = Process::new(trabajar, (tareas.clone(),)).start()?;
    ///     (0..3).try_for_each(|tarea| tareas.put(&tarea))?;
    ///     tareas.join()?;
    ///     hijo.join()?;
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn join(&self) -> Result<()> {
        let ring = &self.channel.ring;
        let attempt = || {
            self.home.check(WHAT)?;
            let done = ring.all_done();
            Ok(done.map_or(Poll::Pending, |done| Poll::Ready(Effect::of(()).version(done))))
        };
        operate(self.point(Op::QueueJoin, At::caller()), attempt, |limit| {
            ring.wait_until_done(limit);
            Ok(())
        })
    }

    fn point(&self, op: Op, at: At) -> Point {
        Point::new(op, at).on(self.channel.id, ObjectKind::Queue)
    }
}

impl<T: Serialize> Queue<T> {
    /// Puts a message at the end, waiting while the queue is full. As `q.put(x)` in Python.
    ///
    /// # Errors
    /// When the message contains a handle or its `Serialize` fails; when its bytes do not fit in memory.
    #[track_caller]
    pub fn put(&self, message: &T) -> Result<()> {
        self.insert(message, Wait::Forever, At::caller())
    }

    /// Puts a message if the queue is not full; says whether it did. As `q.put_nowait(x)` in Python, where that is the
    /// exception `Full`.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let queue = procesos::Queue::bounded(1)?;
    /// assert!(queue.try_put(&1)?);
    /// assert!(!queue.try_put(&2)?, "it is full");
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn try_put(&self, message: &T) -> Result<bool> {
        Ok(in_time(self.insert(message, Wait::Never, At::caller()))?.is_some())
    }

    /// Puts a message, waiting at most `limit` while the queue is full; says whether it did. As `q.put(x, timeout=2)` in
    /// Python.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// use std::time::Duration;
    ///
    /// let queue = procesos::Queue::bounded(1)?;
    /// queue.put(&1)?;
    /// assert!(!queue.put_timeout(&2, Duration::from_millis(5))?, "nobody gets");
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn put_timeout(&self, message: &T, limit: Duration) -> Result<bool> {
        Ok(in_time(self.insert(message, Wait::AtMost(limit), At::caller()))?.is_some())
    }

    fn insert(&self, message: &T, wait: Wait, at: At) -> Result<()> {
        self.home.check(WHAT)?;
        let label = label::label_of(message);
        codec::with_encoded(message, |bytes| {
            let point =
                Point { label, ..self.point(Op::QueuePut, at).waiting(wait).detailed(bytes.len() as u64) };
            let attempt = || {
                Ok(match self.channel.ring.try_put(bytes)? {
                    None => Poll::Pending,
                    Some(index) => Poll::Ready(Effect::of(()).version(index).recorded(bytes.len() as u64)),
                })
            };
            let ring = &self.channel.ring;
            operate_while(
                point,
                attempt,
                || ring.is_full(),
                |limit| {
                    ring.wait_for_room(limit);
                    Ok(())
                },
            )
        })?
    }
}

impl<T: DeserializeOwned> Queue<T> {
    /// Gets the oldest message, waiting while the queue is empty. As `q.get()` in Python.
    ///
    /// # Errors
    /// When the bytes are not a `T`; when there is no memory to take them in ([`Error::is_exhausted`]): then they stay in the queue.
    #[track_caller]
    pub fn get(&self) -> Result<T> {
        self.remove(Wait::Forever, At::caller())
    }

    /// Gets the oldest message; `None` when the queue is empty. As `q.get_nowait()` in Python, where that is the exception
    /// `Empty`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[track_caller]
    pub fn try_get(&self) -> Result<Option<T>> {
        in_time(self.remove(Wait::Never, At::caller()))
    }

    /// Gets the oldest message, waiting at most `limit`; `None` when the limit passed. As `q.get(timeout=2)` in Python.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// use std::time::Duration;
    ///
    /// let queue = procesos::Queue::<u8>::bounded(1)?;
    /// assert_eq!(queue.get_timeout(Duration::from_millis(5))?, None);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn get_timeout(&self, limit: Duration) -> Result<Option<T>> {
        in_time(self.remove(Wait::AtMost(limit), At::caller()))
    }

    fn remove(&self, wait: Wait, at: At) -> Result<T> {
        codec::with_buffer(|bytes| {
            let ring = &self.channel.ring;
            let attempt = || {
                self.home.check(WHAT)?;
                Ok(match ring.try_get(bytes)? {
                    None => Poll::Pending,
                    Some(index) => Poll::Ready(Effect::of(()).version(index).recorded(bytes.len() as u64)),
                })
            };
            let point = self.point(Op::QueueGet, at).waiting(wait);
            operate_while(
                point,
                attempt,
                || ring.is_empty(),
                |limit| {
                    ring.wait_for_item(limit);
                    Ok(())
                },
            )?;
            codec::decode(bytes)
        })
    }
}

/// `None` for an operation that would have waited, or waited too long.
pub(crate) fn in_time<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), Kind::WouldBlock | Kind::TimedOut) => Ok(None),
        Err(error) => Err(error),
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self { channel: Arc::clone(&self.channel), home: self.home, _type: PhantomData }
    }
}

impl<T> Object for Queue<T> {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.channel.id, ObjectKind::Queue)
    }
}

impl<T> Serialize for Queue<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.channel)
    }
}

impl<'de, T> Deserialize<'de> for Queue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let channel = handover::accept(WHAT, u32::deserialize(deserializer)?)?;
        Ok(Self { channel, home: Home::here(), _type: PhantomData })
    }
}
