//! `ipc-channel`: channels over sockets of the system, of one receiver each.

use std::hint::black_box;
use std::time::Instant;

use ipc_channel::ipc::{self, IpcBytesReceiver, IpcOneShotServer, IpcReceiver, IpcSender};
use serde::{Deserialize, Serialize};

use crate::{LONG, LONG_MESSAGES, MESSAGES, ROUND_TRIPS, Result, micros};

/// The record of `primitives.rs`: about 100 bytes on their way.
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

/// One round of a figure; the messages of a queue come from the other side.
pub(crate) fn figure(figure: &str) -> Result<Option<f64>> {
    Ok(Some(match figure {
        "queue_i64" => receive::<i64>(figure)?,
        "queue_record" => receive::<Record>(figure)?,
        "queue_64k" => receive_bytes(figure)?,
        "round_trip_pipe" => round_trip(figure)?,
        _ => return Ok(None),
    }))
}

pub(crate) fn other_side(figure: &str, name: &str) -> Result<()> {
    match figure {
        "queue_i64" => send(name, &7_i64),
        "queue_record" => send(name, &record()),
        "queue_64k" => send_bytes(name),
        _ => echo(name),
    }
}

/// What the other side, once it is there, gives this one.
fn meet<T: Serialize + for<'a> Deserialize<'a>>(figure: &str) -> Result<(std::process::Child, T)> {
    let (server, name) = IpcOneShotServer::<T>::new()?;
    let child = crate::other_side("ipc-channel", figure, &name)?;
    let (_, given) = server.accept()?;
    Ok((child, given))
}

fn receive<T: Serialize + for<'a> Deserialize<'a>>(figure: &str) -> Result<f64> {
    let (mut child, receiver) = meet::<IpcReceiver<T>>(figure)?;
    let begun = Instant::now();
    for _ in 0..MESSAGES {
        black_box(receiver.recv()?);
    }
    let figure = micros(begun, MESSAGES);
    child.wait()?;
    Ok(figure)
}

fn send<T: Serialize + for<'a> Deserialize<'a> + Clone>(name: &str, item: &T) -> Result<()> {
    let (sender, receiver) = ipc::channel::<T>()?;
    IpcSender::connect(name.to_owned())?.send(receiver)?;
    for _ in 0..MESSAGES {
        sender.send(item.clone())?;
    }
    Ok(())
}

fn receive_bytes(figure: &str) -> Result<f64> {
    let (mut child, receiver) = meet::<IpcBytesReceiver>(figure)?;
    let begun = Instant::now();
    for _ in 0..LONG_MESSAGES {
        black_box(receiver.recv()?);
    }
    let figure = micros(begun, LONG_MESSAGES);
    child.wait()?;
    Ok(figure)
}

fn send_bytes(name: &str) -> Result<()> {
    let (sender, receiver) = ipc::bytes_channel()?;
    IpcSender::connect(name.to_owned())?.send(receiver)?;
    let bytes = vec![7; LONG];
    for _ in 0..LONG_MESSAGES {
        sender.send(&bytes)?;
    }
    Ok(())
}

type Ends = (IpcSender<i64>, IpcReceiver<i64>);

fn round_trip(figure: &str) -> Result<f64> {
    let (mut child, (ask, answer)) = meet::<Ends>(figure)?;
    let begun = Instant::now();
    for number in 0..i64::from(ROUND_TRIPS) {
        ask.send(number)?;
        black_box(answer.recv()?);
    }
    let figure = micros(begun, ROUND_TRIPS);
    child.wait()?;
    Ok(figure)
}

fn echo(name: &str) -> Result<()> {
    let (ask, asked) = ipc::channel::<i64>()?;
    let (answer, answered) = ipc::channel::<i64>()?;
    IpcSender::<Ends>::connect(name.to_owned())?.send((ask, answered))?;
    for _ in 0..ROUND_TRIPS {
        answer.send(asked.recv()?)?;
    }
    Ok(())
}
