//! What is measured, beside whom, and what is to be reached.

use procesos::Result;

use super::messages::{self, Bytes};
use super::{locks, processes, raw, signals};

/// Bytes of a long message.
pub(super) const LONG: usize = 64 * 1024;
/// Elements of an array that is read or written at once.
pub(super) const ELEMENTS: usize = 64 * 1024;

/// Whom the library is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rival {
    /// The mechanism of the system, without a library.
    Raw,
    Python,
    IpcChannel,
    Iceoryx2,
    Procspawn,
}

impl Rival {
    pub(super) const ALL: [Self; 5] =
        [Self::Raw, Self::Python, Self::IpcChannel, Self::Iceoryx2, Self::Procspawn];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Python => "Python",
            Self::IpcChannel => "ipc-channel",
            Self::Iceoryx2 => "iceoryx2",
            Self::Procspawn => "procspawn",
        }
    }
}

/// What is to be reached.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    /// At least so many times as fast as the rival.
    Faster(Rival, f64),
    /// At most so many times as slow.
    Within(Rival, f64),
}

/// A mechanism of the system, and a round of it: microseconds an operation.
type Mechanism = (&'static str, fn() -> f64);

/// A row of the table.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// Its name in `python.py` and in `peers`.
    pub(super) figure: &'static str,
    /// One round: microseconds an operation.
    pub(super) ours: fn() -> Result<f64>,
    pub(super) raw: Option<Mechanism>,
    /// Of the peers, who has a counterpart.
    pub(super) peers: &'static [Rival],
    pub(super) goals: &'static [Goal],
}

use Goal::{Faster, Within};
use Rival::{Iceoryx2, IpcChannel, Procspawn, Python, Raw};

const MESSAGES: &[Rival] = &[IpcChannel, Iceoryx2];

impl Row {
    const fn new(name: &'static str, figure: &'static str, ours: fn() -> Result<f64>) -> Self {
        Self { name, figure, ours, raw: None, peers: &[], goals: &[] }
    }

    const fn raw(self, mechanism: &'static str, round: fn() -> f64) -> Self {
        Self { raw: Some((mechanism, round)), ..self }
    }

    const fn peers(self, peers: &'static [Rival]) -> Self {
        Self { peers, ..self }
    }

    const fn goals(self, goals: &'static [Goal]) -> Self {
        Self { goals, ..self }
    }
}

pub(super) const ROWS: &[Row] = &[
    Row::new("Queue, i64, 1 to 1", "queue_i64", || messages::queue_of(40_000, &7_i64))
        .raw("SEQPACKET", || raw::packets(40_000, 8))
        .peers(MESSAGES)
        .goals(&[Faster(Python, 12.0), Faster(IpcChannel, 3.0)]),
    Row::new("Queue, record of 100 bytes", "queue_record", || {
        messages::queue_of(40_000, &messages::record())
    })
    .raw("SEQPACKET", || raw::packets(40_000, 100))
    .peers(MESSAGES)
    .goals(&[Faster(Python, 12.0), Faster(IpcChannel, 3.0)]),
    Row::new("Queue, 64 KiB of bytes", "queue_64k", || messages::queue_of(3_000, &Bytes::long()))
        .raw("SEQPACKET", || raw::packets(3_000, LONG))
        .peers(MESSAGES)
        .goals(&[Faster(Python, 8.0)]),
    Row::new("JoinableQueue, i64, 1 to 1", "tasks", || signals::tasks(40_000)),
    Row::new("round trip, Connection", "round_trip_pipe", || messages::round_trip_pipe(10_000))
        .raw("SEQPACKET", || raw::round_trip(10_000))
        .peers(MESSAGES)
        .goals(&[Faster(Python, 8.0)]),
    Row::new("round trip, two Queues", "round_trip_queue", || messages::round_trip_queues(10_000))
        .raw("futex", || raw::round_trip_futex(10_000))
        .goals(&[Faster(Python, 50.0)]),
    Row::new("round trip, two Events", "round_trip_event", || signals::round_trip_events(10_000))
        .raw("futex", || raw::round_trip_futex(10_000)),
    Row::new("round trip, Condition", "round_trip_condition", || signals::round_trip_condition(10_000))
        .raw("futex", || raw::round_trip_futex(10_000)),
    Row::new("Barrier of two", "barrier", || signals::barriers(10_000)),
    Row::new("Lock, 1 process", "lock_1", || locks::locks(1, 100_000))
        .raw("robust mutex", || raw::locks(1, 100_000))
        .goals(&[Within(Raw, 1.3)]),
    Row::new("Lock, 2 processes", "lock_2", || locks::locks(2, 200_000))
        .raw("robust mutex", || raw::locks(2, 200_000))
        .goals(&[Within(Raw, 1.3)]),
    Row::new("Lock, 4 processes", "lock_4", || locks::locks(4, 100_000))
        .raw("robust mutex", || raw::locks(4, 100_000))
        .goals(&[Within(Raw, 1.3)]),
    Row::new("locked increment, 1 process", "increment_1", || locks::increments(1, 100_000))
        .raw("robust mutex", || raw::increments(1, 100_000))
        .goals(&[Faster(Python, 12.0)]),
    Row::new("locked increment, 2 processes", "increment_2", || locks::increments(2, 100_000))
        .raw("robust mutex", || raw::increments(2, 100_000))
        .goals(&[Faster(Python, 12.0)]),
    Row::new("locked increment, 4 processes", "increment_4", || locks::increments(4, 50_000))
        .raw("robust mutex", || raw::increments(4, 50_000))
        .goals(&[Faster(Python, 12.0)]),
    Row::new("RLock, 1 process", "rlock", || locks::rlocks(100_000))
        .raw("robust mutex", || raw::locks(1, 100_000)),
    Row::new("Semaphore, 1 process", "semaphore_1", || locks::permits(1, 50_000))
        .raw("sem_t", || raw::permits(1, 50_000)),
    Row::new("Semaphore, 2 processes", "semaphore_2", || locks::permits(2, 50_000))
        .raw("sem_t", || raw::permits(2, 50_000)),
    Row::new("Array, increment of an element", "element", || signals::elements(400_000)),
    Row::new("Array, 65,536 elements read", "read_array", || signals::read_array(200))
        .raw("memcpy", || raw::read_array(200)),
    Row::new("Array, 65,536 elements written", "write_array", || signals::write_array(200))
        .raw("memcpy", || raw::write_array(200)),
    Row::new("start and join", "start_join", || processes::starts(200))
        .raw("fork and wait", || raw::forks(200))
        .peers(&[Procspawn])
        .goals(&[Within(Raw, 1.5), Faster(Python, 7.0)]),
    Row::new("Pool(2), map, a call", "pool_map", || processes::map(200_000)).goals(&[Faster(Python, 5.0)]),
    Row::new("Pool(2), a call a task", "pool_chunk_1", || processes::single_tasks(20_000))
        .peers(&[Procspawn])
        .goals(&[Faster(Python, 15.0)]),
    Row::new("Pool(2), apply", "pool_apply", || processes::apply(5_000))
        .peers(&[Procspawn])
        .goals(&[Faster(Python, 30.0)]),
    Row::new("Manager, an element of a list", "manager", || processes::manager(5_000))
        .raw("futex", || raw::round_trip_futex(5_000))
        .goals(&[Faster(Python, 8.0)]),
];
