//! Takes turns exactly as the library does under control: arrive, choose, attempt, then a step or a wait.

use std::collections::BTreeMap;

use procesos_schedule::proof::{self, Seen};
use procesos_schedule::{Choice, Kind, Order, Segment, State, Step, Stop};

use super::notebook::{Form, Notebook};
use super::program::{Model, Op};
use super::steps;
use super::world::{Attempt, World};

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum End {
    Finished,
    Deadlock,
    Livelock,
    TooLong,
}

/// What can be told of an execution from outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Outcome {
    pub(crate) end: End,
    pub(crate) cells: Vec<i64>,
    pub(crate) queues: Vec<Vec<i64>>,
    /// By path.
    pub(crate) logs: BTreeMap<u64, Vec<i64>>,
    pub(crate) failed: bool,
}

impl Outcome {
    pub(crate) fn of(world: &World, end: End) -> Self {
        Self {
            end,
            cells: world.cells.iter().map(|cell| cell.0).collect(),
            queues: world.queues.iter().map(|queue| queue.iter().copied().collect()).collect(),
            logs: world.processes.iter().map(|process| (process.path, process.log.clone())).collect(),
            failed: world.failed,
        }
    }
}

/// One step of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) process: u64,
    pub(crate) op: u8,
    pub(crate) object: u64,
    pub(crate) writes: bool,
}

/// How an execution went.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) outcome: Outcome,
    pub(crate) picks: Vec<Segment>,
    pub(crate) events: Vec<Event>,
    /// Path of each process and of its parent.
    pub(crate) parents: Vec<(u64, u64)>,
    pub(crate) deviated: bool,
    /// For the proof; nothing where time passes.
    pub(crate) seen: Seen,
    /// What it was told apart by; nothing where time passes.
    pub(crate) form: Form,
}

impl Run {
    /// An order that spreads the operations on `object`, for a program that has run so before.
    pub(crate) fn spreading(&self, object: u64, seed: u64) -> Order {
        let count =
            |path| self.events.iter().filter(|e| e.process == path && e.object == object).count() as u64;
        let mut order = Order::new(Kind::Surw, seed);
        order.object = object;
        order.counts = self.parents.iter().map(|(path, _)| (*path, count(*path))).collect();
        order.parents.clone_from(&self.parents);
        order
    }
}

/// Runs `model` as `order` says.
pub(crate) fn run(model: &Model, order: &Order) -> Run {
    watched(model, order, |_, _, _| {})
}

/// Runs `model` as `order` says; `watch` sees the state before and after every choice.
pub(crate) fn watched(model: &Model, order: &Order, mut watch: impl FnMut(&State, &State, Choice)) -> Run {
    let mut execution = Execution {
        model,
        order,
        state: State::new(order),
        world: World::new(model),
        begun: vec![true],
        deadline: vec![None],
        picks: Vec::new(),
        events: Vec::new(),
        is_timeless: !has_time(model),
        steps: Vec::new(),
        notebook: Notebook::default(),
    };
    execution.arrive(0);
    let end = loop {
        let before = execution.state;
        let choice = execution.state.choose(order);
        watch(&before, &execution.state, choice);
        match choice {
            Choice::Run(slot) => execution.turn(slot),
            Choice::Stop(Stop::Finished) => break End::Finished,
            Choice::Stop(Stop::Deadlock) => break End::Deadlock,
            Choice::Stop(Stop::Livelock) => break End::Livelock,
            Choice::Stop(Stop::TooLong) => break End::TooLong,
            other => panic!("a model has nobody outside: {other:?}"),
        }
    };
    let waiting = execution.waiting();
    Run {
        outcome: Outcome::of(&execution.world, end),
        picks: execution.picks,
        events: execution.events,
        parents: execution.world.processes.iter().map(|process| (process.path, process.parent)).collect(),
        deviated: execution.state.deviated != 0,
        seen: Seen { steps: execution.steps, waiting },
        form: execution.notebook.form(end),
    }
}

/// Whether a process of `model` lets time pass.
fn has_time(model: &Model) -> bool {
    model.programs.iter().flatten().any(|op| matches!(op, Op::Sleep(_) | Op::TakeWithin(..)))
}

struct Execution<'a> {
    model: &'a Model,
    order: &'a Order,
    state: State,
    world: World,
    /// By slot: whether it has had its first turn.
    begun: Vec<bool>,
    /// By slot: when its operation gives up waiting.
    deadline: Vec<Option<u64>>,
    picks: Vec<Segment>,
    events: Vec<Event>,
    is_timeless: bool,
    steps: Vec<proof::Step>,
    notebook: Notebook,
}

impl Execution<'_> {
    /// What those who have not ended stand before.
    fn waiting(&self) -> Vec<proof::Step> {
        let slots = 0..self.world.processes.len();
        let waiting = slots.filter(|slot| self.is_timeless && !self.world.processes[*slot].has_ended);
        waiting.map(|slot| steps::step(self.model, &self.world, slot, true)).collect()
    }

    /// The process in `slot` made a step that led here from the world before it.
    fn note(&mut self, slot: usize, before: &World, worked: bool) {
        if self.is_timeless {
            self.steps.push(steps::step(self.model, before, slot, worked));
            self.notebook.note(self.model, slot, before, &self.world);
        }
    }

    /// The process in `slot` goes on until it stands before a point.
    fn arrive(&mut self, slot: usize) {
        let state = &mut self.state;
        self.world.settle(self.model, slot, &mut || state.read_clock(slot));
        self.deadline[slot] = None;
        self.state.arrive(slot, self.world.next(self.model, slot), self.order);
    }

    fn turn(&mut self, slot: usize) {
        self.note_pick(slot);
        if !self.begun[slot] {
            self.begun[slot] = true;
            self.steps.push(steps::begin(&self.world, slot));
            return self.arrive(slot);
        }
        let next = self.world.next(self.model, slot);
        let before = self.world.clone();
        let mut worked = true;
        let step = match self.world.attempt(self.model, slot) {
            Attempt::Pending => {
                if self.waits(slot) {
                    return;
                }
                self.world.give_up(self.model, slot)
            }
            Attempt::Answered { in_vain, answer } => {
                // Who tries to put, to get or to acquire is answered only when that fails.
                let op = before.op(self.model, slot);
                worked = !matches!(op, Op::TryPut(..) | Op::TryTake(_) | Op::TryAcquire(_));
                Step::Answered { in_vain, answer }
            }
            Attempt::Started(child) => {
                self.begun.push(false);
                self.deadline.push(None);
                self.state.begin(child, self.world.processes[child].path, self.order);
                Step::Changed
            }
            Attempt::Failed => {
                worked = false;
                Step::Answered { in_vain: true, answer: 0 }
            }
            Attempt::Changed | Attempt::Exited => Step::Changed,
        };
        self.note(slot, &before, worked);
        let process = self.world.processes[slot].path;
        let writes = next.access == procesos_schedule::Access::Write;
        self.events.push(Event { process, op: next.op, object: next.object, writes });
        self.state.stepped(slot, step, self.order);
        if self.world.processes[slot].has_ended {
            self.state.end(slot);
        } else {
            self.arrive(slot);
        }
    }

    /// Whether the process in `slot`, whose operation has to wait, does.
    fn waits(&mut self, slot: usize) -> bool {
        let limit = self.world.limit(self.model, slot);
        let now = self.state.now;
        let deadline = limit.map_or(0, |limit| *self.deadline[slot].get_or_insert((now + limit).max(1)));
        self.state.wait(slot, deadline)
    }

    fn note_pick(&mut self, slot: usize) {
        let process = self.world.processes[slot].path;
        match self.picks.last_mut() {
            Some(segment) if segment.process == process => segment.picks += 1,
            _ => self.picks.push(Segment { process, picks: 1 }),
        }
    }
}
