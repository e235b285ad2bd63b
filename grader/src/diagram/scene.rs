//! What stands where in the diagram of an order: lanes, what each process does in them, and what goes from one to another.
//! In rows, not in pixels.
//!
//! Heights are counted in half rows: row `r` begins at `2 * r`, and its step stands in its middle, at `2 * r + 1`.

use procesos_trace::{ObjectId, Op, Outcome};

use super::arrows::{self, Arrow};
use crate::explore::steps::At;
use crate::judge::Who;
use crate::run::{Event, Process, Run, Trace};
use crate::story::{self, Row, Story, Told};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scene {
    /// The processes, in the order of their starts.
    pub(super) lanes: Vec<Lane>,
    /// What is handed on, each once.
    pub(super) arrows: Vec<Arrow>,
    /// For whom each row waits that never ends: row and lane.
    pub(super) awaited: Vec<(usize, usize)>,
    /// Where the last lanes end, in half rows.
    pub(super) height: usize,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) who: Who,
    /// What it does from its beginning to its end, without gaps.
    pub(super) pieces: Vec<Piece>,
    pub(super) end: End,
    /// Rows of others in which it is told that it does not go on, and why.
    pub(super) asides: Vec<(usize, Aside)>,
}

/// What a process does for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) activity: Activity,
}

/// See [`Piece`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activity {
    /// It has the processor.
    Runs,
    /// It could go on, and others have the processor.
    Ready,
    /// It waits for somebody else.
    Waits,
}

/// How a lane ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The process ended by itself.
    Ended,
    /// It was ended: by the grader, by another process, or by a signal.
    Cut,
    /// It was still there when the order ended.
    Open,
}

/// Why a process does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// Somebody else got its turn.
    Interrupted,
    /// It waits.
    Waits,
    /// The grader killed it.
    Killed,
    /// Another process ended it.
    Terminated,
    /// It ended by a signal.
    Died,
}

impl Scene {
    /// The scene of the story of a run.
    pub(super) fn of(story: &Story, run: &Run) -> Self {
        let trace = &run.trace;
        let rows = Rows::of(story, trace);
        let mut slots: Vec<usize> = (0..trace.processes.len())
            .filter(|p| story.processes.iter().any(|who| who.id == trace.processes[*p].id()))
            .collect();
        let cut = (0..trace.processes.len()).filter(|p| cut(run, *p).is_some() && !slots.contains(p));
        slots.extend(cut.collect::<Vec<_>>());
        slots.sort_by_key(|p| &trace.processes[*p].path);
        let height = 2 * story.rows.len() + 1;
        let lane = |p: &usize| rows.lane(story, run, *p, height);
        let lanes: Vec<Lane> = slots.iter().map(lane).collect();
        let arrows = arrows::of(run, &rows, &slots, &lanes);
        let awaited = awaited(story, trace, &slots);
        Self { lanes, arrows, awaited, height }
    }
}

/// The rows of a story, by the moments of their steps.
pub(super) struct Rows {
    /// Index of each row with steps, and the moments of its first and last one.
    told: Vec<(usize, u64, u64)>,
    steps: Vec<(At, usize)>,
}

impl Rows {
    fn of(story: &Story, trace: &Trace) -> Self {
        let moment = |at: &At| story::moment(trace, *at);
        let (mut told, mut steps) = (Vec::new(), Vec::new());
        for (row, one) in rows_with_steps(story) {
            let moments = || one.steps.iter().map(moment);
            told.push((row, moments().min().unwrap_or(0), moments().max().unwrap_or(0)));
            steps.extend(one.steps.iter().map(|at| (*at, row)));
        }
        Self { told, steps }
    }

    /// The row of a step, if it is told.
    pub(super) fn of_step(&self, step: At) -> Option<usize> {
        self.steps.iter().find(|(at, _)| *at == step).map(|(_, row)| *row)
    }

    /// Where a moment is: in the middle of a row that it falls in, else between two.
    fn height_of(&self, moment: u64) -> usize {
        let next = self.told.partition_point(|(.., last)| *last <= moment);
        let before = next.checked_sub(1).map(|index| self.told[index].0);
        match self.told.get(next) {
            Some((row, first, _)) if *first <= moment => 2 * row + 1,
            // Steps that are left out have a row of their own in between.
            Some((row, ..)) if before.is_some_and(|before| before + 1 < *row) => 2 * row - 1,
            Some((row, ..)) => 2 * row,
            None => before.map_or(0, |row| 2 * row + 2),
        }
    }

    fn lane(&self, story: &Story, run: &Run, p: usize, height: usize) -> Lane {
        let process = &run.trace.processes[p];
        let from = self.beginning(&run.trace, p);
        let (to, end) = self.end(run, p, height);
        let to = to.max(from + 1);
        let mut activities = vec![Activity::Ready; to];
        let mut take = |range: std::ops::Range<usize>, activity| {
            for one in activities.iter_mut().take(range.end).skip(range.start) {
                *one = activity;
            }
        };
        for (row, _) in rows_with_steps(story).filter(|(_, told)| told.who.id == process.id()) {
            take(2 * row..2 * row + 2, Activity::Runs);
        }
        let mut waits: Vec<(usize, usize)> = Vec::new();
        for (i, event) in process.events.iter().enumerate().filter(|(_, event)| has_waited(event)) {
            let until = self.of_step((p, i)).map_or_else(|| self.height_of(event.end), |row| 2 * row + 1);
            waits.push((self.height_of(event.begin), until));
        }
        if let Some(pending) = process.pending.as_ref().filter(|pending| pending.blocked) {
            waits.push((self.height_of(pending.since), to));
        }
        for (from, until) in &waits {
            take(*from..*until, Activity::Waits);
        }
        let pieces = pieces(&activities, from);
        let mut asides = asides(story, process, &pieces);
        // A row of its own says so itself.
        let is_told = self.of_step((p, process.events.len())).is_some();
        let cut = cut(run, p).filter(|_| end == End::Cut && !is_told);
        asides.extend(cut.map(|(_, aside)| (to / 2, aside)));
        asides.sort_by_key(|(row, _)| *row);
        asides.dedup_by_key(|(row, _)| *row);
        let who = Who { id: process.id(), name: process.name.clone(), first: process.is_first() };
        Lane { who, pieces, end, asides }
    }

    /// Where a process begins: at its start, where that is told.
    fn beginning(&self, trace: &Trace, p: usize) -> usize {
        if trace.processes[p].is_first() {
            return 0;
        }
        let start = arrows::start_of(trace, p);
        let told = start.and_then(|at| self.of_step(at)).map(|row| 2 * row + 1);
        let begin = || trace.processes[p].events.first().map_or(0, |event| self.height_of(event.end));
        told.unwrap_or_else(begin)
    }

    /// Where a process ends, and how.
    fn end(&self, run: &Run, p: usize, height: usize) -> (usize, End) {
        let process = &run.trace.processes[p];
        let last = process.events.iter().rposition(|event| event.op.is_scheduled() || event.op == Op::Begin);
        let Some(last) = last else { return (height, End::Open) };
        let event = &process.events[last];
        let told = self.of_step((p, last));
        let at = told.map_or_else(|| self.height_of(event.end), |row| 2 * row + 1);
        match (event.op, cut(run, p)) {
            (Op::Exit, _) => (at, End::Ended),
            // In the step of another process.
            (_, Some((Some(by), _))) => {
                let moment = run.trace.processes[by.0].events[by.1].end;
                (self.of_step(by).map_or_else(|| self.height_of(moment), |row| 2 * row + 1), End::Cut)
            }
            // Its death has a row of its own, or comes between its last step and whatever comes next.
            (_, Some((None, _))) => {
                let death = self.of_step((p, process.events.len())).map(|row| 2 * row + 1);
                (death.unwrap_or((at + at % 2).min(height)), End::Cut)
            }
            _ if process.exit_code.is_some() => (at + 1, End::Ended),
            _ => (height, End::Open),
        }
    }
}

fn rows_with_steps(story: &Story) -> impl Iterator<Item = (usize, &Told)> {
    story.rows.iter().enumerate().filter_map(|(index, row)| match row {
        Row::Told(told) => Some((index, &**told)),
        Row::More(_) => None,
    })
}

/// Whether an operation had to wait before it was done.
fn has_waited(event: &Event) -> bool {
    event.flags & procesos_trace::flags::WAITED != 0
}

/// By which step of another process a process was ended, if by one, and how that is told; `None` where it ended by itself,
/// or did not.
pub(super) fn cut(run: &Run, p: usize) -> Option<(Option<At>, Aside)> {
    let process = &run.trace.processes[p];
    if process.exit_code.is_some() || process.events.iter().any(|event| event.op == Op::Exit) {
        return None;
    }
    if run.killed == Some(p) {
        return Some((None, Aside::Killed));
    }
    let about = |op: Op| {
        move |event: &Event| event.op == op && event.outcome == Outcome::Done && event.value == p as u64
    };
    let step = |op: Op| {
        let mut processes = run.trace.processes.iter().enumerate();
        processes.find_map(|(q, other)| Some((q, other.events.iter().position(about(op))?)))
    };
    match step(Op::Terminate) {
        Some(by) => Some((Some(by), Aside::Terminated)),
        None => step(Op::Join).map(|_| (None, Aside::Died)),
    }
}

/// Half rows that are alike, together.
fn pieces(activities: &[Activity], from: usize) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (at, activity) in activities.iter().enumerate().skip(from) {
        match pieces.last_mut() {
            Some(last) if last.activity == *activity => last.to = at + 1,
            _ => pieces.push(Piece { from: at, to: at + 1, activity: *activity }),
        }
    }
    pieces
}

/// Where it is told that a process does not go on: at the first row of somebody else.
fn asides(story: &Story, process: &Process, pieces: &[Piece]) -> Vec<(usize, Aside)> {
    let own = |row: usize| {
        matches!(story.rows.get(row), Some(Row::Told(told)) if told.who.id == process.id())
            || matches!(story.rows.get(row), Some(Row::More(_)))
    };
    let mut asides: Vec<(usize, Aside)> = Vec::new();
    for piece in pieces.iter().filter(|piece| piece.activity == Activity::Waits) {
        let row = piece.from.div_ceil(2);
        let lasts = 2 * row + 1 < piece.to && row < story.rows.len();
        asides.extend((lasts && !own(row)).then_some((row, Aside::Waits)));
    }
    let interrupted = rows_with_steps(story)
        .filter(|(_, told)| told.interrupted.as_ref().is_some_and(|who| who.id == process.id()));
    asides.extend(interrupted.map(|(row, _)| (row, Aside::Interrupted)));
    asides
}

/// For whom those wait that never go on: who holds the lock, the child that does not end.
fn awaited(story: &Story, trace: &Trace, slots: &[usize]) -> Vec<(usize, usize)> {
    let stuck = rows_with_steps(story).filter(|(_, told)| told.doing.iter().any(|one| one.outcome.is_none()));
    let awaited = stuck.filter_map(|(row, told)| {
        let pending = trace.processes[told.steps.first()?.0].pending.as_ref()?;
        let on = match pending.op {
            Op::Join => usize::try_from(pending.detail).ok(),
            Op::LockAcquire => holder(trace, pending.object?),
            _ => None,
        };
        Some((row, slots.iter().position(|p| Some(*p) == on)?))
    });
    awaited.collect()
}

/// Who has a lock in the end.
fn holder(trace: &Trace, lock: ObjectId) -> Option<usize> {
    let done = |event: &&Event| matches!(event.outcome, Outcome::Done | Outcome::OwnerDied);
    let last = |p: &usize, op: Op| {
        let own = trace.processes[*p].events.iter().filter(done);
        own.filter(|event| event.op == op && event.object == Some(lock)).map(|event| event.end).max()
    };
    let taken = (0..trace.processes.len()).filter_map(|p| Some((last(&p, Op::LockAcquire)?, p)));
    let (taken, p) = taken.max()?;
    last(&p, Op::LockRelease).is_none_or(|released| released < taken).then_some(p)
}
