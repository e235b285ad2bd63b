//! Messages: queues, and what it takes to ask and be answered.

use std::time::Instant;

use procesos::{Connection, Process, Queue, Result, pipe};
use serde::{Deserialize, Serialize};

use super::per_operation;
use super::rows::LONG;

#[derive(Serialize, Deserialize, Clone)]
pub(super) struct Record {
    id: u64,
    price: f64,
    name: String,
    tags: [u16; 16],
}

pub(super) fn record() -> Record {
    Record { id: 7, price: 2.5, name: "x".repeat(52), tags: [300; 16] }
}

fn produce<T: Serialize + for<'a> Deserialize<'a>>(count: u32, item: T, queue: Queue<T>) -> Result<()> {
    for _ in 0..count {
        queue.put(&item)?;
    }
    Ok(())
}

/// One producer, one consumer.
pub(super) fn queue_of<T: Serialize + for<'a> Deserialize<'a> + Clone + 'static>(
    count: u32,
    item: &T,
) -> Result<f64> {
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
pub(super) struct Bytes(Vec<u8>);

impl Bytes {
    pub(super) fn long() -> Self {
        Self(vec![7; LONG])
    }
}

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

fn echo(count: u32, connection: Connection<i64, i64>) -> Result<()> {
    for _ in 0..count {
        connection.send(&connection.recv()?)?;
    }
    Ok(())
}

pub(super) fn round_trip_pipe(count: u32) -> Result<f64> {
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

pub(super) fn round_trip_queues(count: u32) -> Result<f64> {
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
