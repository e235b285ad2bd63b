//! `Barrier`: nobody goes on before all have arrived.
//!
//! Waiting is two operations: arriving, and waiting until all have arrived. Each that waits has a row in a roster, and whoever
//! decides how it ends (the last one to arrive, or who breaks the barrier) writes that into the rows.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use procesos_trace::{ObjectId, ObjectKind, Op};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bell::EVERYBODY;
use crate::control;
use crate::error::{Error, Kind, Result};
use crate::handover::{self, Shareable};
use crate::identity::{self, Home};
use crate::monitor::{Lookout, Monitor, Row};
use crate::object::{self, Object};
use crate::operate::{Effect, Point, Wait, operate, operate_while};
use crate::queue::in_time;
use crate::recorder::At;

const WHAT: &str = "Barrier";
/// Word: how often it has been passed, broken or reset.
const GENERATION: usize = 0;
/// Word: 1 when it is broken.
const BROKEN: usize = 1;
/// Word: the decision that is being carried out, 0 for none.
const DECISION: usize = 2;
const WORDS: usize = 3;
/// How many others each looks after.
const WATCHED: usize = 3;
/// State of a row: it waits.
const WAITING: u32 = 1;
/// State of a row: all have arrived.
const PASSED: u32 = 2;
/// State of a row: not all will.
const REFUSED: u32 = 3;

/// How a generation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    /// All have arrived.
    Pass = 1,
    /// Not all will, and nobody may wait any more.
    Break = 2,
    /// Those who wait go, and it is as new.
    Reset = 3,
}

/// The shared part. In its roster is who waits.
#[derive(Debug)]
struct Gate {
    monitor: Monitor,
    id: ObjectId,
    parties: usize,
}

impl Shareable for Gate {}

/// A process that has arrived.
#[derive(Debug, Clone, Copy)]
struct Arrived {
    generation: u64,
    /// How many had arrived before.
    index: usize,
    /// The row in which it waits; none for the last one.
    row: Option<usize>,
}

/// Whether a process that waits at the barrier still has to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Waits,
    Passed,
    Refused,
}

impl Gate {
    fn alone<R>(&self, change: impl FnOnce(&Self) -> R) -> Result<R> {
        let mend = |monitor: &Monitor| {
            let decisions = [Decision::Pass, Decision::Break, Decision::Reset];
            let left = decisions.into_iter().find(|decision| *decision as u64 == monitor.get(DECISION));
            left.map(|decision| self.decide(decision));
        };
        self.monitor.alone(WHAT, mend, |_| change(self))
    }

    fn waiting(&self) -> impl Iterator<Item = Row> + '_ {
        self.monitor.rows().filter(|row| row.state == WAITING)
    }

    /// Of those that wait, those that the one in a row looks after: the next ones. Whoever dies is the next one of somebody, so that all
    /// together look after all, and each at few.
    fn watched(&self, row: usize) -> impl Iterator<Item = Row> + '_ {
        let most = if control::is_on() { usize::MAX } else { WATCHED };
        self.monitor.rows_after(row).filter(|row| row.state == WAITING).take(most)
    }

    fn is_broken(&self) -> bool {
        self.monitor.get(BROKEN) == 1
    }

    /// Ends a generation, and says which. Whoever is killed half way leaves the decision, and the next one carries it out.
    fn decide(&self, decision: Decision) -> u64 {
        self.monitor.set(DECISION, decision as u64);
        let state = if decision == Decision::Pass { PASSED } else { REFUSED };
        for row in self.waiting() {
            self.monitor.restate(row, state);
        }
        self.monitor.set(BROKEN, u64::from(decision == Decision::Break));
        let generation = self.monitor.count(GENERATION);
        self.monitor.set(DECISION, 0);
        generation
    }

    fn arrive(&self) -> Result<Arrived> {
        self.alone(|gate| {
            if gate.is_broken() {
                return Err(Kind::BrokenBarrier);
            }
            let (generation, index) = (gate.monitor.get(GENERATION), gate.waiting().count());
            if index + 1 == gate.parties {
                gate.decide(Decision::Pass);
                return Ok(Arrived { generation, index, row: None });
            }
            let is_stale = |row: &Row| row.state != WAITING && row.is_dead();
            let row = gate.monitor.enter(identity::home(), WAITING, generation, is_stale);
            row.map(|row| Arrived { generation, index, row: Some(row) }).ok_or(Kind::Crowded(WHAT))
        })?
        .map_err(Error::from)
    }

    /// How far the one in a row is. `look` says whether to look for those that died while they waited: then nobody passes.
    fn progress(&self, row: usize, look: bool) -> Result<Progress> {
        let (progress, broke) = self.alone(|gate| {
            let is_waiting = gate.monitor.row(row).state == WAITING;
            let breaks = is_waiting && look && gate.watched(row).any(|row| row.is_dead());
            if breaks {
                gate.decide(Decision::Break);
            }
            let progress = match gate.monitor.row(row).state {
                WAITING => return (Progress::Waits, false),
                PASSED => Progress::Passed,
                _ => Progress::Refused,
            };
            gate.monitor.leave(row);
            (progress, breaks)
        })?;
        if broke {
            self.monitor.bell().ring(EVERYBODY);
        }
        Ok(progress)
    }
}

/// A place where processes wait for one another, as `multiprocessing.Barrier`: nobody goes on before so many have arrived.
///
/// A clone is another handle on the same barrier. When all have gone on it can be used again. It breaks when somebody gives up
/// waiting ([`wait_timeout`](Self::wait_timeout)), calls [`abort`](Self::abort), or is killed while it waits: then everybody gets an
/// error ([`Error::is_broken_barrier`]) instead of waiting for ever, until it is [`reset`](Self::reset). It cannot know of a process that
/// ends before it arrives.
///
/// ```
/// use procesos::{Barrier, Process, Result};
///
/// fn etapa(todos: Barrier) -> Result<()> {
///     // What comes before, every process has done when one of them goes on.
///     let orden = todos.wait()?;
///     assert!(orden < 3);
///     Ok(())
/// }
///
/// fn main() -> Result<()> {
///     let todos = Barrier::new(3)?;
///     let hijos = [(); 2].map(|()| Process::new(etapa, (todos.clone(),)).start());
///     etapa(todos)?;
///     for hijo in hijos {
///         assert!(hijo?.join()?.success());
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Barrier {
    gate: Arc<Gate>,
    home: Home,
}

impl Barrier {
    /// Makes a barrier for so many (from 1). As `Barrier(parties)` in Python; what its `action` does, do where
    /// [`wait`](Self::wait) returns 0.
    ///
    /// # Errors
    /// No parties, or no memory to share.
    #[track_caller]
    pub fn new(parties: usize) -> Result<Self> {
        if parties == 0 {
            return Err(Kind::NoParties.into());
        }
        let monitor = Monitor::new(WORDS).map_err(|e| Error::system("Barrier::new", e))?;
        let gate = Arc::new(Gate { monitor, id: identity::next_object(), parties });
        object::note_creation(gate.id, ObjectKind::Barrier, At::caller(), parties as u64, 0);
        Ok(Self { gate, home: Home::here() })
    }

    /// How many have to arrive. As `parties` in Python.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// assert_eq!(procesos::Barrier::new(3)?.parties(), 3);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn parties(&self) -> usize {
        self.gate.parties
    }

    /// Arrives, and waits until all have: how many had arrived before, from 0. Each gets another number. As `wait()` in Python.
    ///
    /// # Errors
    /// The barrier is or gets broken, or is reset ([`Error::is_broken_barrier`]); not handed to this process.
    #[track_caller]
    pub fn wait(&self) -> Result<usize> {
        self.pass(Wait::Forever, At::caller())
    }

    /// The same for at most `limit`: after that the barrier is broken, for all. As `wait(timeout)` in Python.
    ///
    /// # Errors
    /// As [`wait`](Self::wait), and when the limit passed.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let barrier = procesos::Barrier::new(2)?;
    /// let error = barrier.wait_timeout(std::time::Duration::from_millis(1)).expect_err("nobody else comes");
    /// assert!(error.is_broken_barrier() && barrier.is_broken());
    /// barrier.reset()?;
    /// assert!(!barrier.is_broken());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn wait_timeout(&self, limit: Duration) -> Result<usize> {
        self.pass(Wait::AtMost(limit), At::caller())
    }

    /// Breaks the barrier: who waits gets an error, and so does who comes. As `abort()` in Python.
    ///
    /// # Errors
    /// When this handle was not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// let salida = procesos::Barrier::new(2)?;
    /// salida.abort()?;
    /// assert!(salida.wait().is_err_and(|e| e.is_broken_barrier()));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn abort(&self) -> Result<()> {
        self.end(Op::BarrierAbort, Decision::Break, At::caller())
    }

    /// Makes the barrier as new: who waits gets an error, who comes begins anew. As `reset()` in Python.
    ///
    /// # Errors
    /// When this handle was not handed to this process.
    #[track_caller]
    pub fn reset(&self) -> Result<()> {
        self.end(Op::BarrierReset, Decision::Reset, At::caller())
    }

    /// Whether it is broken at this moment. As `broken` in Python.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    #[track_caller]
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.ask(1, At::caller(), |gate| u32::from(gate.is_broken())) == 1
    }

    /// How many wait at this moment. Only advice: it may have changed before you act on it. As `n_waiting` in Python.
    ///
    /// # Panics
    /// When this handle was not handed to this process.
    ///
    /// ```
    /// # fn main() -> procesos::Result<()> {
    /// assert_eq!(procesos::Barrier::new(2)?.waiting(), 0);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    #[must_use]
    pub fn waiting(&self) -> usize {
        let count =
            self.ask(0, At::caller(), |gate| u32::try_from(gate.waiting().count()).unwrap_or(u32::MAX));
        count as usize
    }

    fn ask(&self, what: u64, at: At, answer: impl Fn(&Gate) -> u32) -> u32 {
        let attempt = || {
            self.home.check(WHAT)?;
            let answer = self.gate.alone(&answer)?;
            Ok(Poll::Ready(Effect::of(answer).recorded(what).extra(answer.into())))
        };
        operate(self.point(Op::BarrierAsk, at), attempt, |_| Ok(())).unwrap_or_else(|error| panic!("{error}"))
    }

    fn end(&self, op: Op, decision: Decision, at: At) -> Result<()> {
        let attempt = || {
            self.home.check(WHAT)?;
            let (waited, generation) =
                self.gate.alone(|gate| (gate.waiting().count(), gate.decide(decision)))?;
            self.gate.monitor.bell().ring(EVERYBODY);
            Ok(Poll::Ready(Effect::of(()).version(generation).extra(waited as u64)))
        };
        operate(self.point(op, at), attempt, |_| Ok(()))
    }

    fn pass(&self, wait: Wait, at: At) -> Result<usize> {
        let attempt = || {
            self.home.check(WHAT)?;
            let arrived = self.gate.arrive()?;
            if arrived.row.is_none() {
                self.gate.monitor.bell().ring(EVERYBODY);
            }
            let recorded = Effect::of(arrived).version(arrived.generation).extra(arrived.index as u64);
            Ok(Poll::Ready(recorded))
        };
        let arrived = operate(self.point(Op::BarrierArrive, at), attempt, |_| Ok(()))?;
        let passed = |wait| self.wait_for_all(arrived, wait, at);
        if in_time(passed(wait))?.is_none() {
            if self.give_up(arrived, at)? {
                return Err(Kind::BrokenBarrier.into());
            }
            // All arrived in the very last moment: that is an operation too, and does not wait.
            passed(Wait::Forever)?;
        }
        Ok(arrived.index)
    }

    fn wait_for_all(&self, arrived: Arrived, wait: Wait, at: At) -> Result<()> {
        let look = Lookout::begin();
        let attempt = || {
            let progress =
                arrived.row.map_or(Ok(Progress::Passed), |row| self.gate.progress(row, look.is_due()))?;
            match progress {
                Progress::Waits => Ok(Poll::Pending),
                Progress::Passed => Ok(Poll::Ready(Effect::of(()).version(arrived.generation))),
                Progress::Refused => Err(Kind::BrokenBarrier.into()),
            }
        };
        let monitor = &self.gate.monitor;
        let has_to = || arrived.row.is_some_and(|row| monitor.row(row).state == WAITING);
        let block = |limit| {
            look.sleep(limit, |limit| monitor.sleep(limit, has_to));
            Ok(())
        };
        let point = self.point(Op::BarrierWait, at).waiting(wait).detailed(arrived.generation);
        operate_while(point, attempt, has_to, block)
    }

    /// A process that has waited long enough breaks the barrier; false when all have arrived meanwhile.
    fn give_up(&self, arrived: Arrived, at: At) -> Result<bool> {
        let attempt = || {
            let (gives_up, others) = self.gate.alone(|gate| {
                let Some(row) = arrived.row.filter(|row| gate.monitor.row(*row).state != PASSED) else {
                    return (false, 0);
                };
                let mut others = 0;
                if gate.monitor.row(row).state == WAITING {
                    others = gate.waiting().count() - 1;
                    gate.decide(Decision::Break);
                }
                gate.monitor.leave(row);
                (true, others)
            })?;
            self.gate.monitor.bell().ring(EVERYBODY);
            Ok(Poll::Ready(Effect::of(gives_up).version(arrived.generation).extra(others as u64)))
        };
        operate(self.point(Op::BarrierAbort, at), attempt, |_| Ok(()))
    }

    fn point(&self, op: Op, at: At) -> Point {
        Point::new(op, at).on(self.gate.id, ObjectKind::Barrier)
    }
}

impl Object for Barrier {
    fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.gate.id, ObjectKind::Barrier)
    }
}

impl Serialize for Barrier {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.gate)
    }
}

impl<'de> Deserialize<'de> for Barrier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let gate = handover::accept(WHAT, u32::deserialize(deserializer)?)?;
        Ok(Self { gate, home: Home::here() })
    }
}
