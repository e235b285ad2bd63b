//! The choke point: every operation on every object passes [`operate`].
//!
//! It owns both stamps, the retry loop, the wait and the commit of the event. An operation supplies two functions:
//! one that attempts it without waiting, and one that sleeps until trying again is worth it. Without a grader
//! the extra cost is a branch. What it never does: know what an object is.

use std::task::Poll;
use std::time::{Duration, Instant};

use procesos_trace::layout::process;
use procesos_trace::{Event, ObjectId, ObjectKind, Op, Outcome, flags};

use crate::control;
use crate::error::{Error, Kind, Result};
use crate::recorder::{self, At, Pending};
use crate::yielding::Yielding;

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
#[inline]
pub(crate) fn operate<T>(
    point: Point,
    attempt: impl FnMut() -> Result<Poll<Effect<T>>>,
    block: impl FnMut(Option<Duration>) -> Result<()>,
) -> Result<T> {
    operate_while(point, attempt, || false, block)
}

/// The same with a glance that costs less than an attempt: while it says that one `has_to` wait still, none is made for as
/// long as the wait yields. It is no more than a hint: before and after every sleep there is an attempt whatever it says.
///
/// # Errors
/// As [`operate`].
#[inline]
pub(crate) fn operate_while<T>(
    point: Point,
    mut attempt: impl FnMut() -> Result<Poll<Effect<T>>>,
    mut has_to: impl FnMut() -> bool,
    mut block: impl FnMut(Option<Duration>) -> Result<()>,
) -> Result<T> {
    if recorder::is_active() {
        return recorded(point, &mut attempt, &mut has_to, &mut block);
    }
    // Here, where the compiler sees through it, is what costs nothing but itself.
    match attempt()? {
        Poll::Ready(effect) => Ok(effect.value),
        Poll::Pending => {
            let effect = wait(point.wait, &mut attempt, &mut has_to, &mut block, &mut false);
            effect.map(|effect| effect.value)
        }
    }
}

/// Does an operation that most often needs no wait: without a grader in the `quick` way, which has its whole effect or, with
/// `None`, none at all; then, and always under a grader, as it is done `otherwise`.
///
/// # Errors
/// Those of the other way.
#[inline(always)]
pub(crate) fn operate_quickly<T>(
    quick: impl FnOnce() -> Option<T>,
    otherwise: impl FnOnce() -> Result<T>,
) -> Result<T> {
    if !recorder::is_active()
        && let Some(done) = quick()
    {
        return Ok(done);
    }
    otherwise()
}

/// An operation under a grader: shown while it lasts, and an event afterwards.
#[cold]
fn recorded<T>(
    point: Point,
    attempt: &mut impl FnMut() -> Result<Poll<Effect<T>>>,
    has_to: &mut impl FnMut() -> bool,
    block: &mut impl FnMut(Option<Duration>) -> Result<()>,
) -> Result<T> {
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
        Some(turn) => turn.take(&point, attempt, &mut waited),
        None => attempt().and_then(|tried| match tried {
            Poll::Ready(effect) => Ok(effect),
            Poll::Pending => wait(point.wait, attempt, has_to, block, &mut waited),
        }),
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

/// The loop of further attempts, after one that would have had to wait.
#[cold]
fn wait<T>(
    patience: Wait,
    attempt: &mut impl FnMut() -> Result<Poll<Effect<T>>>,
    has_to: &mut impl FnMut() -> bool,
    block: &mut impl FnMut(Option<Duration>) -> Result<()>,
    waited: &mut bool,
) -> Result<Effect<T>> {
    let deadline = match patience {
        Wait::Never => return Err(Kind::WouldBlock.into()),
        Wait::AtMost(limit) => Some(Instant::now().checked_add(limit)),
        Wait::Forever => None,
    };
    let mut yielding = Yielding::begin();
    loop {
        let left = match deadline {
            // A limit that the clock cannot hold is none.
            None | Some(None) => None,
            Some(Some(deadline)) => match deadline.checked_duration_since(Instant::now()) {
                None | Some(Duration::ZERO) => return Err(Kind::TimedOut.into()),
                left => left,
            },
        };
        *waited = true;
        if !yielding.while_it(has_to) {
            recorder::show_phase(process::PHASE_BLOCKED);
            block(left)?;
        }
        if let Poll::Ready(effect) = attempt()? {
            return Ok(effect);
        }
    }
}

/// Does an operation that never waits. `point` is asked only under a grader: without one nothing is left of it.
///
/// # Errors
/// Those of `step`.
#[inline(always)]
pub(crate) fn operate_at_once<T>(
    point: impl FnOnce() -> Point,
    step: impl FnOnce() -> Result<Effect<T>>,
) -> Result<T> {
    if recorder::is_active() { recorded_at_once(point, step) } else { step().map(|effect| effect.value) }
}

#[cold]
fn recorded_at_once<T>(point: impl FnOnce() -> Point, step: impl FnOnce() -> Result<Effect<T>>) -> Result<T> {
    let mut step = Some(step);
    // It runs once: it is ready the first time.
    let mut attempt = || step.take().map_or(Ok(Poll::Pending), |step| step().map(Poll::Ready));
    recorded(point(), &mut attempt, &mut || false, &mut |_| Err(Kind::WouldBlock.into()))
}

/// Records something that is no operation on an object: it neither waits nor fails.
pub(crate) fn note<T>(point: Point, effect: Effect<T>) {
    // Nothing of it fails.
    let _ = operate_at_once(|| point, || Ok(effect));
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
