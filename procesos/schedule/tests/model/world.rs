//! What the operations of a model do. Who goes when is none of its business.

use std::collections::VecDeque;

use procesos_schedule::{Access, Next, ROOT, Step, child_of};

use super::program::{Model, Op, Value};
use super::signs::{Sent, Sign, Signs};

/// One process of a world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Local {
    pub(crate) path: u64,
    pub(crate) parent: u64,
    program: usize,
    at: usize,
    last: i64,
    saved: i64,
    pub(crate) children: Vec<usize>,
    pub(crate) log: Vec<i64>,
    pub(crate) has_ended: bool,
}

/// Everything that a model's processes can see of each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) processes: Vec<Local>,
    /// Values, and how often each was set.
    pub(crate) cells: Vec<(i64, u64)>,
    pub(crate) queues: Vec<VecDeque<i64>>,
    pub(crate) owners: Vec<Option<usize>>,
    pub(crate) signs: Signs,
    pub(crate) failed: bool,
}

/// How an attempt at an operation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// It has to wait.
    Pending,
    Changed,
    /// It would have to wait, or cannot be, and does not wait.
    Failed,
    Answered {
        in_vain: bool,
        answer: u64,
    },
    /// A process was started, in this slot.
    Started(usize),
    Exited,
}

impl World {
    /// With the first process alone.
    pub(crate) fn new(model: &Model) -> Self {
        let mut world = Self::empty(model);
        world.begin(0, ROOT, 0);
        world
    }

    fn empty(model: &Model) -> Self {
        let objects = model.programs.iter().flatten();
        let count =
            |of: fn(&Op) -> Option<usize>| objects.clone().filter_map(of).max().map_or(0, |most| most + 1);
        let cells = count(|op| match op {
            Op::Get(cell) | Op::Set(cell, _) => Some(*cell),
            _ => None,
        });
        let locks = count(|op| match op {
            Op::Acquire(lock) | Op::TryAcquire(lock) | Op::Release(lock) | Op::Sign(Sign::Enter(_, lock)) => {
                Some(*lock)
            }
            _ => None,
        });
        Self {
            processes: Vec::new(),
            cells: vec![(0, 0); cells],
            queues: vec![VecDeque::new(); model.queues.len()],
            owners: vec![None; locks],
            signs: Signs::new(&model.permits, &model.parties),
            failed: false,
        }
    }

    fn begin(&mut self, program: usize, path: u64, parent: u64) -> usize {
        self.processes.push(Local {
            path,
            parent,
            program,
            at: 0,
            last: 0,
            saved: 0,
            children: Vec::new(),
            log: Vec::new(),
            has_ended: false,
        });
        self.processes.len() - 1
    }

    /// Every program has a process of its own from the beginning, for counting by hand.
    pub(crate) fn of_all(model: &Model) -> Self {
        let mut world = Self::empty(model);
        for program in 0..model.programs.len() {
            world.begin(program, child_of(ROOT, u32::try_from(program).unwrap()), 0);
        }
        world
    }

    /// The operation that the process in `slot` stands before.
    pub(crate) fn op(&self, model: &Model, slot: usize) -> Op {
        let process = &self.processes[slot];
        model.programs[process.program][process.at]
    }

    /// The process in `slot` goes on by itself until it stands before a point.
    pub(crate) fn settle(&mut self, model: &Model, slot: usize, clock: &mut dyn FnMut() -> u64) {
        loop {
            let op = self.op(model, slot);
            if op.is_point() {
                return;
            }
            let process = &mut self.processes[slot];
            let mut by = 1;
            match op {
                Op::Clock => process.last = i64::try_from(clock()).unwrap(),
                Op::Save => process.saved = process.last,
                Op::LessSaved => process.last -= process.saved,
                Op::Log => process.log.push(process.last),
                Op::Fail => self.failed = true,
                Op::Unless(test, distance) if !test.holds(process.last) => by = distance,
                _ => {}
            }
            let process = &mut self.processes[slot];
            process.at = process.at.checked_add_signed(by).unwrap();
        }
    }

    /// What the rules are told of the operation that the process in `slot` stands before.
    pub(crate) fn next(&self, model: &Model, slot: usize) -> Next {
        let op = self.op(model, slot);
        let process = &self.processes[slot];
        let child = |ordinal: usize| self.processes[process.children[ordinal]].path;
        let (number, object, access) = match op {
            Op::Get(cell) => (1, 1_000 + cell as u64, Access::Read),
            Op::Set(cell, _) => (2, 1_000 + cell as u64, Access::Write),
            Op::Put(queue, _) => (3, 2_000 + queue as u64, Access::Write),
            Op::Take(queue) | Op::TakeWithin(queue, _) => (4, 2_000 + queue as u64, Access::Write),
            Op::TryTake(queue) => (5, 2_000 + queue as u64, Access::Write),
            Op::TryPut(queue, _) => (15, 2_000 + queue as u64, Access::Write),
            Op::IsEmpty(queue) => (6, 2_000 + queue as u64, Access::Read),
            Op::Acquire(lock) => (7, 3_000 + lock as u64, Access::Write),
            Op::TryAcquire(lock) => (8, 3_000 + lock as u64, Access::Write),
            Op::Release(lock) => (9, 3_000 + lock as u64, Access::Write),
            Op::Start(_) => (10, 0, Access::None),
            Op::Join(ordinal) => (11, child(ordinal), Access::Read),
            Op::IsAlive(ordinal) => (12, child(ordinal), Access::Read),
            Op::Sleep(_) => (13, 0, Access::None),
            Op::Sign(sign) => shape_of(sign),
            _ => (14, process.path, Access::Write),
        };
        let asks = matches!(
            op,
            Op::Get(_)
                | Op::TryPut(..)
                | Op::TryTake(_)
                | Op::TakeWithin(..)
                | Op::IsEmpty(_)
                | Op::TryAcquire(_)
                | Op::IsAlive(_)
                | Op::Sign(
                    Sign::IsSet(_) | Sign::TryPermit(_) | Sign::Signal(_) | Sign::Left(_) | Sign::Waiting(_)
                )
        );
        Next { op: number, object, access, asks }
    }

    /// How long the process in `slot` waits at most, when it has to.
    pub(crate) fn limit(&self, model: &Model, slot: usize) -> Option<u64> {
        match self.op(model, slot) {
            Op::TakeWithin(_, nanos) | Op::Sleep(nanos) => Some(nanos),
            _ => None,
        }
    }

    /// The waiting of the process in `slot` is over: it goes on without what it waited for.
    pub(crate) fn give_up(&mut self, model: &Model, slot: usize) -> Step {
        let sleeps = matches!(self.op(model, slot), Op::Sleep(_));
        self.go_on(slot, Some(-1));
        if sleeps { Step::Looked } else { Step::Answered { in_vain: true, answer: 0 } }
    }

    fn go_on(&mut self, slot: usize, last: Option<i64>) {
        let process = &mut self.processes[slot];
        process.at += 1;
        process.last = last.unwrap_or(process.last);
    }

    /// The process in `slot` tries its operation.
    pub(crate) fn attempt(&mut self, model: &Model, slot: usize) -> Attempt {
        let op = self.op(model, slot);
        let last = self.processes[slot].last;
        let number = |value: Value| match value {
            Value::Of(number) => number,
            Value::Last(more) => last + more,
        };
        match op {
            Op::Get(cell) => {
                let (value, version) = self.cells[cell];
                self.go_on(slot, Some(value));
                Attempt::Answered { in_vain: false, answer: version }
            }
            Op::Set(cell, value) => {
                self.cells[cell] = (number(value), self.cells[cell].1 + 1);
                self.go_on(slot, None);
                Attempt::Changed
            }
            Op::Put(queue, _) if self.queues[queue].len() == model.queues[queue] => Attempt::Pending,
            Op::TryPut(queue, _) if self.queues[queue].len() == model.queues[queue] => {
                self.go_on(slot, Some(-1));
                Attempt::Answered { in_vain: true, answer: 0 }
            }
            Op::Put(queue, value) | Op::TryPut(queue, value) => {
                self.queues[queue].push_back(number(value));
                *self.signs.put.entry(queue).or_default() += 1;
                self.go_on(slot, None);
                Attempt::Changed
            }
            Op::Take(queue) | Op::TakeWithin(queue, _) | Op::TryTake(queue) => self.take(slot, queue, op),
            Op::IsEmpty(queue) => self.answer(slot, self.queues[queue].is_empty(), true),
            Op::Acquire(lock) if self.owners[lock].is_some() => Attempt::Pending,
            Op::TryAcquire(lock) if self.owners[lock].is_some() => self.answer(slot, false, false),
            Op::Acquire(lock) | Op::TryAcquire(lock) => {
                self.owners[lock] = Some(slot);
                self.go_on(slot, Some(1));
                Attempt::Changed
            }
            Op::Release(lock) => {
                self.owners[lock] = None;
                self.go_on(slot, None);
                Attempt::Changed
            }
            Op::Start(program) => self.start(slot, program),
            Op::Join(ordinal) if self.is_alive(slot, ordinal) => Attempt::Pending,
            Op::Join(_) => {
                self.go_on(slot, None);
                Attempt::Changed
            }
            Op::IsAlive(ordinal) => self.answer(slot, self.is_alive(slot, ordinal), true),
            Op::Sleep(_) => Attempt::Pending,
            Op::Sign(sign) => self.sign(slot, sign),
            _ => {
                self.processes[slot].has_ended = true;
                Attempt::Exited
            }
        }
    }

    fn sign(&mut self, slot: usize, sign: Sign) -> Attempt {
        let Self { processes, signs, owners, .. } = self;
        let sent = signs.attempt(sign, slot, |slot| processes[slot].has_ended);
        if let Sign::Enter(_, lock) = sign {
            owners[lock] = None;
        }
        match sent {
            Sent::Waits => return Attempt::Pending,
            Sent::Done => self.go_on(slot, None),
            Sent::Fails => self.go_on(slot, Some(-1)),
            Sent::Answer(answer) => self.go_on(slot, Some(answer)),
        }
        match sent {
            Sent::Fails => Attempt::Failed,
            Sent::Answer(answer) => {
                Attempt::Answered { in_vain: answer == 0, answer: answer.try_into().unwrap() }
            }
            Sent::Waits | Sent::Done => Attempt::Changed,
        }
    }

    fn is_alive(&self, slot: usize, ordinal: usize) -> bool {
        !self.processes[self.processes[slot].children[ordinal]].has_ended
    }

    fn answer(&mut self, slot: usize, answer: bool, vain: bool) -> Attempt {
        self.go_on(slot, Some(i64::from(answer)));
        Attempt::Answered { in_vain: answer == vain, answer: u64::from(answer) }
    }

    fn take(&mut self, slot: usize, queue: usize, op: Op) -> Attempt {
        match self.queues[queue].pop_front() {
            Some(value) => {
                self.go_on(slot, Some(value));
                Attempt::Changed
            }
            None if matches!(op, Op::TryTake(_)) => {
                self.go_on(slot, Some(-1));
                Attempt::Answered { in_vain: true, answer: 0 }
            }
            None => Attempt::Pending,
        }
    }

    fn start(&mut self, slot: usize, program: usize) -> Attempt {
        let parent = self.processes[slot].path;
        let ordinal = u32::try_from(self.processes[slot].children.len()).unwrap() + 1;
        let child = self.begin(program, child_of(parent, ordinal), parent);
        self.processes[slot].children.push(child);
        self.go_on(slot, None);
        Attempt::Started(child)
    }
}

/// What the rules are told of a sign: its number, its object, and what it does to that.
fn shape_of(sign: Sign) -> (u8, u64, Access) {
    match sign {
        Sign::Set(flag) => (20, 4_000 + flag as u64, Access::Write),
        Sign::Clear(flag) => (21, 4_000 + flag as u64, Access::Write),
        Sign::AwaitSet(flag) => (22, 4_000 + flag as u64, Access::Read),
        Sign::IsSet(flag) => (23, 4_000 + flag as u64, Access::Read),
        Sign::TakePermit(number) | Sign::TryPermit(number) => (24, 5_000 + number as u64, Access::Write),
        Sign::GivePermitBack(number) | Sign::Signal(number) => (25, 5_000 + number as u64, Access::Write),
        Sign::Left(number) => (26, 5_000 + number as u64, Access::Read),
        Sign::Enter(_, lock) => (27, 3_000 + lock as u64, Access::Write),
        Sign::AwaitNotice(condition) => (28, 6_000 + condition as u64, Access::Read),
        Sign::Notify(condition, _) => (29, 6_000 + condition as u64, Access::Write),
        Sign::Arrive(gate) => (30, 7_000 + gate as u64, Access::Write),
        Sign::AwaitAll(gate) => (31, 7_000 + gate as u64, Access::Read),
        Sign::Abort(gate) | Sign::Reset(gate) => (32, 7_000 + gate as u64, Access::Write),
        Sign::Waiting(gate) => (33, 7_000 + gate as u64, Access::Read),
        Sign::TaskDone(queue) => (34, 2_000 + queue as u64, Access::Write),
        Sign::AwaitTasks(queue) => (35, 2_000 + queue as u64, Access::Read),
    }
}
