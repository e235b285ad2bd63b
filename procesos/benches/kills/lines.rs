//! Either side of a `Connection`.

use std::time::Duration;

use procesos::{Connection, Process, Result, pipe};

use crate::parcel::Parcel;
use crate::random::Random;
use crate::stage::{HANG, Outcome, Stage, bury, ensure, now};

const WITHIN: Duration = Duration::from_millis(1);

/// Lengths of messages, from and below.
type Lengths = (usize, usize);
const SMALL: Lengths = (0, 500);
/// Some of these travel in a packet, others in a file.
const EDGE: Lengths = (64_500, 66_500);
const LARGE: Lengths = (70_000, 2_000_000);

fn length(random: &mut Random, (from, below): Lengths) -> usize {
    from + random.length(below - from)
}

fn babble(line: Connection<Parcel, ()>, lengths: Lengths, seed: u64) -> Result<()> {
    let mut random = Random::new(seed);
    (0..).try_for_each(|number| line.send(&Parcel::new(1, number, length(&mut random, lengths))))
}

/// The sender dies: whole messages in their order, then the end.
fn sender(stage: &mut Stage, lengths: Lengths) -> Result<Outcome> {
    let (here, there) = pipe::<(), Parcel>()?;
    let child = Process::new(babble, (there, lengths, stage.random.below(u64::MAX))).start()?;
    stage.condemn(child.pid(), WITHIN)?;
    for number in 0.. {
        match here.recv_timeout(HANG) {
            Ok(Some(parcel)) => {
                ensure!(parcel.is_whole(), "message {number} is torn");
                ensure!(parcel.number == number, "message {} came where {number} should", parcel.number);
            }
            Ok(None) => ensure!(false, "neither a message nor the end comes"),
            Err(error) => {
                let moment = now();
                ensure!(error.is_eof(), "{error}");
                bury(child)?;
                return Ok(stage.told_at(moment));
            }
        }
    }
    Err(procesos::Error::usage("messages without end"))
}

pub(crate) fn small_sender(stage: &mut Stage) -> Result<Outcome> {
    sender(stage, SMALL)
}

pub(crate) fn edge_sender(stage: &mut Stage) -> Result<Outcome> {
    sender(stage, EDGE)
}

pub(crate) fn large_sender(stage: &mut Stage) -> Result<Outcome> {
    sender(stage, LARGE)
}

/// Receives now and then, so that who sends waits now and then.
fn listen(line: Connection<(), Parcel>, seed: u64) -> Result<()> {
    let mut random = Random::new(seed);
    for number in 0.. {
        let parcel = line.recv()?;
        ensure!(parcel.is_whole() && parcel.number == number, "message {number} is torn");
        random.dawdle(Duration::from_micros(30));
    }
    Ok(())
}

/// The receiver dies: the sender is told.
fn receiver(stage: &mut Stage, lengths: Lengths) -> Result<Outcome> {
    let (here, there) = pipe::<Parcel, ()>()?;
    let child = Process::new(listen, (there, stage.random.below(u64::MAX))).start()?;
    let mut random = Random::new(stage.random.below(u64::MAX));
    stage.condemn(child.pid(), WITHIN)?;
    for number in 0.. {
        if let Err(error) = here.send(&Parcel::new(1, number, length(&mut random, lengths))) {
            let moment = now();
            ensure!(error.is_broken_pipe(), "{error}");
            bury(child)?;
            return Ok(stage.told_at(moment));
        }
    }
    Err(procesos::Error::usage("messages without end"))
}

pub(crate) fn small_receiver(stage: &mut Stage) -> Result<Outcome> {
    receiver(stage, SMALL)
}

pub(crate) fn edge_receiver(stage: &mut Stage) -> Result<Outcome> {
    receiver(stage, EDGE)
}

pub(crate) fn large_receiver(stage: &mut Stage) -> Result<Outcome> {
    receiver(stage, LARGE)
}
