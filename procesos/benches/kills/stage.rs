//! Where a role is played: who is to die is told to an executioner, who kills at a random moment and says when.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;
use procesos::{Child, Connection, Error, Process, Result, Value, pipe};
use serde::{Deserialize, Serialize};

use crate::random::Random;

/// Nothing waits so long unless it waits for ever.
pub(crate) const HANG: Duration = Duration::from_secs(20);

/// What the survivors had of a death.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) told: Told,
    /// Nanoseconds from the death to that, where somebody waited for it.
    pub(crate) after: Option<u64>,
}

/// What it was.
#[derive(Debug)]
pub(crate) enum Told {
    /// A correct result.
    Right,
    /// The error that the documentation says.
    Death,
}

/// Ends a round as wrong, with a sentence that says what was seen.
macro_rules! ensure {
    ($holds:expr, $($told:tt)+) => {
        if !$holds {
            return Err(procesos::Error::usage(format!($($told)+)));
        }
    };
}
pub(crate) use ensure;

/// Nanoseconds of the clock that all processes share.
pub(crate) fn now() -> u64 {
    let time = clock_gettime(ClockId::CLOCK_MONOTONIC).map_or(Duration::ZERO, Duration::from);
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[derive(Debug, Serialize, Deserialize)]
struct Sentence {
    pid: u32,
    nanoseconds: u64,
}

/// Kills whoever it is told to, after computing for as long as it is told to; then says when.
fn execute(line: Connection<(), Sentence>, died: Value<u64>) -> Result<()> {
    loop {
        let sentence = match line.recv() {
            Ok(sentence) => sentence,
            Err(end) if end.is_eof() => return Ok(()),
            Err(other) => return Err(other),
        };
        let begun = now();
        while now() - begun < sentence.nanoseconds {
            std::hint::spin_loop();
        }
        let moment = now();
        // It may have ended by itself: then it is there as long as nobody joins it.
        let _ = kill(Pid::from_raw(sentence.pid.cast_signed()), Signal::SIGKILL);
        died.set(moment);
    }
}

/// See the module.
pub(crate) struct Stage {
    pub(crate) random: Random,
    line: Connection<Sentence, ()>,
    died: Value<u64>,
    executioner: Child,
}

impl Stage {
    pub(crate) fn new(seed: u64) -> Result<Self> {
        let ((line, theirs), died) = (pipe()?, Value::new(0)?);
        let executioner = Process::new(execute, (theirs, died.clone())).start()?;
        Ok(Self { random: Random::new(seed), line, died, executioner })
    }

    /// Has a process killed at a moment within this time from now.
    pub(crate) fn condemn(&mut self, pid: u32, within: Duration) -> Result<()> {
        let nanoseconds = self.random.below(u64::try_from(within.as_nanos()).unwrap_or(u64::MAX));
        self.died.set(0);
        self.line.send(&Sentence { pid, nanoseconds })
    }

    /// When it was killed; `None` as long as it may not have been.
    pub(crate) fn death(&self) -> Option<u64> {
        Some(self.died.get()).filter(|moment| *moment != 0)
    }

    /// Waits for that moment.
    pub(crate) fn await_death(&self) -> u64 {
        loop {
            match self.death() {
                Some(moment) => return moment,
                None => std::thread::yield_now(),
            }
        }
    }

    /// Nothing is wrong, as was seen at this moment.
    pub(crate) fn right_at(&self, moment: u64) -> Outcome {
        Outcome { told: Told::Right, after: Some(moment.saturating_sub(self.await_death())) }
    }

    /// The death was told at this moment.
    pub(crate) fn told_at(&self, moment: u64) -> Outcome {
        Outcome { told: Told::Death, after: Some(moment.saturating_sub(self.await_death())) }
    }

    /// Lets the executioner go.
    pub(crate) fn close(self) -> Result<()> {
        drop(self.line);
        self.executioner.join().map(drop)
    }
}

/// Joins who was killed.
pub(crate) fn bury(mut child: Child) -> Result<()> {
    let Some(status) = child.join_timeout(HANG)? else {
        return Err(Error::usage("who was killed did not end"));
    };
    ensure!(status.signal() == Some(9), "who was to be killed ended by itself: {status}");
    Ok(())
}

/// Joins who was not.
pub(crate) fn dismiss(mut child: Child) -> Result<()> {
    let Some(status) = child.join_timeout(HANG)? else {
        return Err(Error::usage("somebody who was not killed hangs"));
    };
    ensure!(status.success(), "somebody who was not killed failed: {status}");
    Ok(())
}
