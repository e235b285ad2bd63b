//! What the primitives cost, beside Python's `multiprocessing` and the raw mechanism, in one run.
//!
//! `cargo bench -p procesos` prints the table. Every figure is the median of rounds in which the three take turns, so
//! that a machine that is busy for a while is busy for all of them. A figure alone says little: read the ratios.

#![expect(clippy::needless_pass_by_value, reason = "targets take their arguments as parameters")]

use std::process::Command;
use std::time::{Duration, Instant};

use procesos::{Lock, Process, Queue, Result, Value, pipe};
use serde::{Deserialize, Serialize};

#[path = "primitives/raw.rs"]
mod raw;
#[path = "primitives/signals.rs"]
mod signals;

const ROUNDS: usize = 7;
const PYTHON: &str = include_str!("primitives/python.py");

#[derive(Serialize, Deserialize, Clone)]
struct Record {
    id: u64,
    price: f64,
    name: String,
    tags: [u16; 16],
}

fn record() -> Record {
    Record { id: 7, price: 2.5, name: "x".repeat(52), tags: [300; 16] }
}

fn per_operation(total: Duration, operations: u32) -> f64 {
    total.as_secs_f64() * 1e6 / f64::from(operations)
}

fn produce<T: Serialize + for<'a> Deserialize<'a>>(count: u32, item: T, queue: Queue<T>) -> Result<()> {
    for _ in 0..count {
        queue.put(&item)?;
    }
    Ok(())
}

/// One producer, one consumer.
fn queue_of<T: Serialize + for<'a> Deserialize<'a> + Clone + 'static>(count: u32, item: &T) -> Result<f64> {
    let queue = Queue::bounded(1024)?;
    let begun = Instant::now();
    let child = Process::new(produce::<T>, (count, item.clone(), queue.clone())).start()?;
    for _ in 0..count {
        std::hint::black_box(queue.get()?);
    }
    let total = begun.elapsed();
    child.join()?;
    Ok(per_operation(total, count))
}

/// Bytes, which serde would otherwise take one by one.
#[derive(Clone)]
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Visit;
        impl serde::de::Visitor<'_> for Visit {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> std::result::Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Visit)
    }
}

fn echo(count: u32, connection: procesos::Connection<i64, i64>) -> Result<()> {
    for _ in 0..count {
        connection.send(&connection.recv()?)?;
    }
    Ok(())
}

fn round_trip_pipe(count: u32) -> Result<f64> {
    let (here, there) = pipe::<i64, i64>()?;
    let child = Process::new(echo, (count, there)).start()?;
    let begun = Instant::now();
    for number in 0..i64::from(count) {
        here.send(&number)?;
        std::hint::black_box(here.recv()?);
    }
    let total = begun.elapsed();
    child.join()?;
    Ok(per_operation(total, count))
}

fn echo_queues(count: u32, ask: Queue<i64>, answer: Queue<i64>) -> Result<()> {
    for _ in 0..count {
        answer.put(&ask.get()?)?;
    }
    Ok(())
}

fn round_trip_queues(count: u32) -> Result<f64> {
    let (ask, answer) = (Queue::bounded(16)?, Queue::bounded(16)?);
    let child = Process::new(echo_queues, (count, ask.clone(), answer.clone())).start()?;
    let begun = Instant::now();
    for number in 0..i64::from(count) {
        ask.put(&number)?;
        std::hint::black_box(answer.get()?);
    }
    let total = begun.elapsed();
    child.join()?;
    Ok(per_operation(total, count))
}

fn add(count: u32, value: Value<i64>, lock: Lock) -> Result<()> {
    for _ in 0..count {
        let guard = lock.acquire()?;
        value.set(value.get() + 1);
        guard.release();
    }
    Ok(())
}

fn increments(processes: u32, count: u32) -> Result<f64> {
    let (value, lock) = (Value::new(0)?, Lock::new()?);
    let begun = Instant::now();
    let start = |_| Process::new(add, (count, value.clone(), lock.clone())).start();
    let children = (0..processes).map(start).collect::<Result<Vec<_>>>()?;
    for child in children {
        child.join()?;
    }
    Ok(per_operation(begun.elapsed(), processes * count))
}

fn locks(count: u32) -> Result<f64> {
    let lock = Lock::new()?;
    let begun = Instant::now();
    for _ in 0..count {
        lock.acquire()?.release();
    }
    Ok(per_operation(begun.elapsed(), count))
}

fn nothing() {}

fn starts(count: u32) -> Result<f64> {
    let begun = Instant::now();
    for _ in 0..count {
        Process::new(nothing, ()).start()?.join()?;
    }
    Ok(per_operation(begun.elapsed(), count))
}

/// A raw mechanism: its name, and a round of it.
type Raw = (&'static str, fn() -> f64);

/// A row of the table: what it is, ours, Python's name for it, the raw mechanism, the ratio to reach.
struct Row {
    name: &'static str,
    ours: fn() -> Result<f64>,
    python: &'static str,
    raw: Option<Raw>,
    to_reach: &'static str,
}

const ROWS: [Row; 16] = [
    Row {
        name: "Queue, i64, 1 to 1",
        ours: || queue_of(40_000, &7i64),
        python: "queue_i64",
        raw: Some(("SEQPACKET", || raw::packets(40_000, 8))),
        to_reach: ">= 12 x Python",
    },
    Row {
        name: "Queue, record of 100 bytes",
        ours: || queue_of(40_000, &record()),
        python: "queue_record",
        raw: Some(("SEQPACKET", || raw::packets(40_000, 100))),
        to_reach: ">= 12 x Python",
    },
    Row {
        name: "Queue, 64 KiB of bytes",
        ours: || queue_of(3_000, &Bytes(vec![7; 64 * 1024])),
        python: "queue_64k",
        raw: Some(("SEQPACKET", || raw::packets(3_000, 64 * 1024))),
        to_reach: ">= 8 x Python",
    },
    Row {
        name: "round trip, Connection",
        ours: || round_trip_pipe(10_000),
        python: "round_trip_pipe",
        raw: Some(("SEQPACKET", || raw::round_trip(10_000))),
        to_reach: ">= 8 x Python",
    },
    Row {
        name: "round trip, two Queues",
        ours: || round_trip_queues(10_000),
        python: "round_trip_queue",
        raw: None,
        to_reach: ">= 50 x Python",
    },
    Row {
        name: "Lock, acquire and release",
        ours: || locks(400_000),
        python: "lock",
        raw: Some(("robust mutex", || raw::mutex(400_000))),
        to_reach: "<= 1.3 x raw",
    },
    Row {
        name: "locked increment, 1 process",
        ours: || increments(1, 200_000),
        python: "increment_1",
        raw: None,
        to_reach: ">= 12 x Python",
    },
    Row {
        name: "locked increment, 4 processes",
        ours: || increments(4, 50_000),
        python: "increment_4",
        raw: None,
        to_reach: ">= 12 x Python",
    },
    Row {
        name: "start and join",
        ours: || starts(200),
        python: "start_join",
        raw: Some(("fork and wait", || raw::forks(200))),
        to_reach: "<= 1.5 x raw, >= 7 x Python",
    },
    Row {
        name: "RLock, acquire and release",
        ours: || signals::rlocks(400_000),
        python: "rlock",
        raw: Some(("robust mutex", || raw::mutex(400_000))),
        to_reach: "",
    },
    Row {
        name: "Semaphore, acquire and release",
        ours: || signals::permits(400_000),
        python: "semaphore",
        raw: None,
        to_reach: "",
    },
    Row {
        name: "round trip, two Events",
        ours: || signals::round_trip_events(10_000),
        python: "round_trip_event",
        raw: None,
        to_reach: "",
    },
    Row {
        name: "round trip, Condition",
        ours: || signals::round_trip_condition(10_000),
        python: "round_trip_condition",
        raw: None,
        to_reach: "",
    },
    Row {
        name: "Barrier of two",
        ours: || signals::barriers(10_000),
        python: "barrier",
        raw: None,
        to_reach: "",
    },
    Row {
        name: "Array, increment of an element",
        ours: || signals::elements(400_000),
        python: "element",
        raw: None,
        to_reach: "",
    },
    Row {
        name: "JoinableQueue, i64, 1 to 1",
        ours: || signals::tasks(40_000),
        python: "tasks",
        raw: None,
        to_reach: "",
    },
];

fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}

/// One round of Python's; `None` where there is no Python.
fn python(name: &str) -> Option<f64> {
    let output = Command::new("python3").args(["-c", PYTHON, name]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn main() -> Result<()> {
    let figure = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.3}"));
    let ratio = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.1}"));
    println!("microseconds an operation, median of {ROUNDS} rounds in turn");
    println!(
        "{:<31}{:>9}{:>10}{:>9}  {:>9}{:>9}  to reach",
        "", "procesos", "Python", "raw", "Python/x", "x/raw"
    );
    for row in &ROWS {
        let (mut ours, mut theirs, mut raws) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push((row.ours)()?);
            theirs.extend(python(row.python));
            raws.extend(row.raw.map(|(_, run)| run()));
        }
        let (ours, theirs, raws) = (median(ours), median(theirs), median(raws));
        let quotient = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a / b);
        let mechanism = row.raw.map_or("", |(mechanism, _)| mechanism);
        println!(
            "{:<31}{:>9}{:>10}{:>9}  {:>9}{:>9}  {} {}",
            row.name,
            figure(ours),
            figure(theirs),
            figure(raws),
            ratio(quotient(theirs, ours)),
            ratio(quotient(ours, raws)),
            row.to_reach,
            if mechanism.is_empty() { String::new() } else { format!("(raw: {mechanism})") },
        );
    }
    Ok(())
}
