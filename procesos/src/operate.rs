//! The choke point: every operation on every object passes [`operate`].
//!
//! It owns both stamps, the retry loop, the wait and the commit of the event. An operation supplies two functions:
//! one that attempts it without waiting, and one that sleeps until trying again is worth it. Without a grader
//! the extra cost is a branch. What it never does: know what an object is.

use std::cell::Cell;
use std::task::Poll;
use std::time::{Duration, Instant};

use nix::sched::sched_yield;
use procesos_trace::layout::process;
use procesos_trace::{Event, ObjectId, ObjectKind, Op, Outcome, flags};

use crate::control;
use crate::error::{Error, Kind, Result};
use crate::recorder::{self, At, Pending};

/// How long an operation may wait.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wait {
    /// Not at all.
    Never,
    /// So long.
    AtMost(Duration),
    /// As long as it takes.
    Forever,
}

impl Wait {
    fn flags(self) -> u16 {
        match self {
            Self::Never => flags::NON_BLOCKING,
            Self::AtMost(_) => flags::TIMED,
            Self::Forever => 0,
        }
    }
}

/// What is operated on, and from where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) op: Op,
    pub(crate) object: ObjectId,
    pub(crate) kind: ObjectKind,
    /// The object whose state it meets: the same for both ends of a pipe.
    pub(crate) meets: ObjectId,
    pub(crate) at: At,
    pub(crate) wait: Wait,
    /// Text entry of the label, as the recorder gave it.
    pub(crate) label: u32,
    /// Detail known before the operation: shown while it is pending, and recorded when it has no effect.
    pub(crate) detail: u64,
    /// Of a manager's object: which method, and the part that it is about, as an event has them.
    pub(crate) method: u8,
    pub(crate) part: u32,
}

impl Point {
    /// A point without an object.
    pub(crate) fn new(op: Op, at: At) -> Self {
        Self {
            op,
            object: ObjectId::NONE,
            kind: ObjectKind::None,
            meets: ObjectId::NONE,
            at,
            wait: Wait::Forever,
            label: 0,
            detail: 0,
            method: 0,
            part: 0,
        }
    }

    /// The same on an object.
    pub(crate) fn on(self, object: ObjectId, kind: ObjectKind) -> Self {
        Self { object, kind, meets: object, ..self }
    }

    /// The same, meeting only those who do something with this part of it.
    pub(crate) fn meeting(self, meets: ObjectId) -> Self {
        Self { meets, ..self }
    }

    /// The same with another patience.
    pub(crate) fn waiting(self, wait: Wait) -> Self {
        Self { wait, ..self }
    }

    /// The same with a detail.
    pub(crate) fn detailed(self, detail: u64) -> Self {
        Self { detail, ..self }
    }
}

/// What an attempt brought about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effect<T> {
    pub(crate) value: T,
    pub(crate) outcome: Outcome,
    pub(crate) version: u64,
    pub(crate) recorded: u64,
    pub(crate) extra: u64,
    pub(crate) flags: u16,
}

impl<T> Effect<T> {
    /// An effect with nothing to record but that it was.
    pub(crate) fn of(value: T) -> Self {
        Self { value, outcome: Outcome::Done, version: 0, recorded: 0, extra: 0, flags: 0 }
    }

    /// The same with a version or message id.
    pub(crate) fn version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// The same with a recorded value.
    pub(crate) fn recorded(self, recorded: u64) -> Self {
        Self { recorded, ..self }
    }

    /// The same with a second recorded value.
    pub(crate) fn extra(self, extra: u64) -> Self {
        Self { extra, ..self }
    }
}

/// Does an operation: tries it, waits as the point allows, records it.
///
/// `attempt` never waits: it has an effect (`Ready`), fails, or says that it would have to wait (`Pending`).
/// `block` sleeps until another attempt is worth it, at most for the time it is given (`None`: no limit); it may
/// return early.
///
/// # Errors
/// Those of the two functions; [`Kind::WouldBlock`] and [`Kind::TimedOut`] as the point's patience ends.
pub(crate) fn operate<T>(
    point: Point,
    mut attempt: impl FnMut() -> Result<Poll<Effect<T>>>,
    mut block: impl FnMut(Option<Duration>) -> Result<()>,
) -> Result<T> {
    if !recorder::is_active() {
        return retry(point, &mut attempt, &mut block, &mut false).map(|effect| effect.value);
    }
    let place = recorder::place_entry(point.at);
    let turn = if point.op.is_scheduled() { control::turn() } else { None };
    if let Some(turn) = &turn {
        turn.begin(&point);
    }
    let begin = control::now();
    recorder::show_pending(Pending {
        op: point.op,
        object: point.object,
        place,
        flags: point.wait.flags(),
        since: begin,
        detail: point.detail,
    });
    let mut waited = false;
    let result = match &turn {
        Some(turn) => turn.take(&point, &mut attempt, &mut waited),
        None => retry(point, &mut attempt, &mut block, &mut waited),
    };
    let mut event = Event {
        op: point.op as u8,
        outcome: outcome_of(&result) as u8,
        flags: point.wait.flags() | if waited { flags::WAITED } else { 0 },
        place,
        creator: point.object.creator,
        kind: point.kind as u8,
        ordinal: point.object.ordinal,
        begin,
        end: control::now(),
        value: point.detail,
        label: point.label,
        method: point.method,
        part: point.part,
        ..Event::default()
    };
    if let Ok(effect) = &result {
        event.version = effect.version;
        event.value = effect.recorded;
        event.extra = effect.extra;
        event.flags |= effect.flags;
    }
    recorder::commit(&event);
    recorder::show_phase(process::PHASE_RUNNING);
    result.map(|effect| effect.value)
}

/// The loop of attempts.
fn retry<T>(
    point: Point,
    attempt: &mut impl FnMut() -> Result<Poll<Effect<T>>>,
    block: &mut impl FnMut(Option<Duration>) -> Result<()>,
    waited: &mut bool,
) -> Result<Effect<T>> {
    let deadline = match point.wait {
        Wait::AtMost(limit) => Instant::now().checked_add(limit),
        Wait::Never | Wait::Forever => None,
    };
    let mut patience = None;
    loop {
        if let Poll::Ready(effect) = attempt()? {
            return Ok(effect);
        }
        let left = match (point.wait, deadline) {
            (Wait::Never, _) => return Err(Kind::WouldBlock.into()),
            // A limit that the clock cannot hold is none.
            (_, None) => None,
            (_, Some(deadline)) => match deadline.checked_duration_since(Instant::now()) {
                None | Some(Duration::ZERO) => return Err(Kind::TimedOut.into()),
                left => left,
            },
        };
        *waited = true;
        if patience.get_or_insert_with(Yielding::begin).goes_on() {
            continue;
        }
        recorder::show_phase(process::PHASE_BLOCKED);
        block(left)?;
    }
}

/// Records something that is no operation on an object: it neither waits nor fails.
pub(crate) fn note<T>(point: Point, effect: Effect<T>) {
    let mut effect = Some(effect);
    // The attempt runs once: it is ready the first time.
    let _ = operate(
        point,
        || Ok(effect.take().map_or(Poll::Pending, Poll::Ready)),
        |_| Err(Kind::WouldBlock.into()),
    );
}

fn outcome_of<T>(result: &Result<Effect<T>>) -> Outcome {
    match result {
        Ok(effect) => effect.outcome,
        Err(error) => outcome_of_error(error),
    }
}

pub(crate) fn outcome_of_error(error: &Error) -> Outcome {
    match error.kind() {
        Kind::WouldBlock => Outcome::WouldBlock,
        Kind::TimedOut => Outcome::TimedOut,
        Kind::Eof => Outcome::Eof,
        Kind::BrokenPipe => Outcome::BrokenPipe,
        Kind::OwnerDied => Outcome::OwnerDied,
        Kind::AlreadyHeld => Outcome::AlreadyHeld,
        Kind::NotHanded(_) => Outcome::NotHanded,
        Kind::BrokenBarrier => Outcome::Broken,
        Kind::TooManyReleases | Kind::TooManyDone => Outcome::TooMany,
        Kind::TaskFailed { .. } => Outcome::TaskFailed,
        Kind::WorkerDied { .. } | Kind::ServerDied => Outcome::WorkerDied,
        _ => Outcome::Failed,
    }
}

/// Yielding before sleeping: waking a sleeper costs about ten times a yield on an idle machine.
///
/// Bounded by time, not by count, and given up for a while when a yield shows that the machine is busy.
pub(crate) struct Yielding {
    begun: Option<Instant>,
}

/// Wall time for which a wait yields before it sleeps.
const YIELD_TIME: Duration = Duration::from_micros(50);
/// A yield that takes this long means that others need the processor.
const BUSY_YIELD: Duration = Duration::from_millis(1);
/// Waits that skip yielding after a busy one: doubled each time, between these bounds.
const FEWEST_SKIPPED: u32 = 64;
const MOST_SKIPPED: u32 = 4096;

thread_local! {
    /// Waits still to skip, and how many to skip the next time.
    static SKIPPING: Cell<(u32, u32)> = const { Cell::new((0, FEWEST_SKIPPED)) };
}

impl Yielding {
    pub(crate) fn begin() -> Self {
        let (left, next) = SKIPPING.get();
        if left > 0 {
            SKIPPING.set((left - 1, next));
            return Self { begun: None };
        }
        Self { begun: Some(Instant::now()) }
    }

    /// Yields once if that is still wise.
    pub(crate) fn goes_on(&mut self) -> bool {
        let Some(begun) = self.begun else { return false };
        let before = Instant::now();
        if before.duration_since(begun) >= YIELD_TIME || sched_yield().is_err() {
            self.begun = None;
            return false;
        }
        if before.elapsed() > BUSY_YIELD {
            let (_, next) = SKIPPING.get();
            SKIPPING.set((next, (next * 2).min(MOST_SKIPPED)));
            self.begun = None;
        }
        true
    }
}
