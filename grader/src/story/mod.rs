//! What is told of an order: which steps, by whom, and what was in the shared objects after each. Pure data; the words are
//! in `text`.
//!
//! The story of a failing order is cut backwards from the failure: only the steps on the objects of the finding and of the
//! processes that touch them, loops folded. The story of any other order is all of it.

mod finding;
mod fold;
mod select;
mod state;
mod tell;
mod things;
mod update;
mod whole;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use procesos_trace::{Method, ObjectId, Op, Outcome};

use crate::explore::steps::At;
use crate::judge::{Finding, Thing, Who};
use crate::run::{Event, Place, Run, Trace};
pub use state::State;
use tell::tell;
pub(crate) use update::witnessed;
pub use whole::Whole;

/// Most rows of the story of a failing order.
pub const FAILURE_ROWS: usize = 12;
/// The code of a process that was killed.
const KILLED: i64 = -9;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Those who make a step in it, in the order of their starts.
    pub processes: Vec<Who>,
    /// The object that is looked at after every step, if there is one.
    pub watched: Option<Thing>,
    /// The steps, and where some are left out.
    pub rows: Vec<Row>,
}

/// A line of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A step, or several alike.
    Told(Box<Told>),
    /// So many steps that are not told.
    More(usize),
}

/// A step, or the same steps of one process several times in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its number in the story, from 1.
    pub number: usize,
    /// Who.
    pub who: Who,
    /// What; several where a loop is folded.
    pub doing: Vec<Doing>,
    /// How many times in a row.
    pub times: usize,
    /// The watched object afterwards.
    pub after: Option<State>,
    /// Who was interrupted by it, although it could have gone on, and goes on later in the story.
    pub interrupted: Option<Who>,
    /// What is remarkable about it.
    pub note: Option<Note>,
    /// Where it is in the run; the one after the last event of a process is what it waited in at the end.
    pub(crate) steps: Vec<At>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doing {
    /// What.
    pub op: Op,
    /// What was called of a manager's object.
    pub method: Option<Method>,
    /// How it ended; `None` when it never did.
    pub outcome: Option<Outcome>,
    /// Whether it was asked not to wait.
    pub asks: bool,
    /// What was read, written, put, got or answered.
    pub value: Option<Value>,
    /// On what.
    pub thing: Option<Thing>,
    /// Whether there are others of its kind in the story, so that it has to be named.
    pub named: bool,
    /// The process that it is about.
    pub other: Option<Who>,
    /// Where.
    pub place: Option<Place>,
}

/// What came of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number, as the program writes it.
    Number(String),
    /// The variant of a message.
    Variant(String),
    /// A message of a type without variants.
    Message,
    /// The answer to a question.
    Answer(bool),
    /// The code that a process ended with; negative for a signal.
    Code(i64),
}

/// What is remarkable about a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// It overwrites what the step of this number wrote.
    Overwrites(usize),
    /// It comes before the step of this number, which it should have waited for.
    TooEarly(usize),
    /// Nobody received what it put.
    NotReceived,
    /// It waits for ever.
    Waits,
    /// The process ends by it.
    Ends,
}

/// What a story is about: the steps to tell, before anything is folded or left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plot {
    /// The steps, in order.
    pub(crate) steps: Vec<At>,
    /// The steps that have to be told.
    pub(crate) core: Vec<At>,
    /// What is remarkable, with the other step that it is about.
    pub(crate) notes: BTreeMap<At, (PlotNote, Option<At>)>,
    /// The object that is looked at.
    pub(crate) watched: Option<ObjectId>,
}

/// A note before steps have numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlotNote {
    Overwrites,
    TooEarly,
    NotReceived,
    Waits,
    Ends,
}

/// Whether an order explains a finding that was made in `seen` of `tried`: it is about the order of steps, or it is not
/// made in all of them.
pub(crate) fn explains(finding: &Finding, seen: u64, tried: u64) -> bool {
    let of_order = matches!(
        finding,
        Finding::LostUpdate { .. }
            | Finding::ReadTooEarly { .. }
            | Finding::Deadlock { .. }
            | Finding::Livelock { .. }
    );
    of_order || seen < tried
}

/// The steps that a finding is about, in order; none where steps would not explain it.
pub(crate) fn steps_of(finding: &Finding, run: &Run) -> Vec<At> {
    finding::plot(finding, &run.trace).map(|plot| plot.steps).unwrap_or_default()
}

impl Story {
    /// The story of an order in which something was found; `None` where steps would not explain it. `also` are steps to be told
    /// in any case.
    #[must_use]
    pub fn of_failure(finding: &Finding, run: &Run, also: &[At]) -> Option<Self> {
        let mut plot = finding::plot(finding, &run.trace)?;
        for step in also {
            if !plot.steps.contains(step) {
                let others = finding::on_the_object_of(&run.trace, *step);
                let missing: Vec<At> = others.into_iter().filter(|at| !plot.steps.contains(at)).collect();
                plot.steps.extend(missing);
                plot.watched = plot.watched.or_else(|| finding::watchable(&run.trace, *step));
            }
            plot.core.push(*step);
        }
        let last = plot.steps.iter().map(|at| moment(&run.trace, *at)).max();
        let death = death(run).filter(|at| last.is_some_and(|last| moment(&run.trace, *at) < last));
        plot.steps.extend(death);
        plot.core.extend(death);
        sort(&run.trace, &mut plot.steps);
        Some(tell(&run.trace, &plot, Some(FAILURE_ROWS)))
    }

    /// The number of a step of the run, if it is told.
    #[must_use]
    pub fn number_of(&self, step: At) -> Option<usize> {
        self.told().find(|told| told.steps.contains(&step)).map(|told| told.number)
    }

    /// The steps that are told.
    pub fn told(&self) -> impl Iterator<Item = &Told> {
        self.rows.iter().filter_map(|row| match row {
            Row::Told(told) => Some(&**told),
            Row::More(_) => None,
        })
    }
}

/// The death of the process that the grader killed: the step after its last event.
pub(crate) fn death(run: &Run) -> Option<At> {
    let killed = run.killed?;
    let victim = run.trace.processes.get(killed)?;
    (victim.exit_code.is_none() && victim.pending.is_none()).then_some((killed, victim.events.len()))
}

/// When a step took effect; what a process waited in at the end never did, and a death followed on what it did last.
pub(crate) fn moment(trace: &Trace, (p, i): At) -> u64 {
    let process = &trace.processes[p];
    match (process.events.get(i), &process.pending) {
        (Some(event), _) => event.end,
        (None, Some(_)) => u64::MAX,
        (None, None) => process.events.last().map_or(0, |event| event.end),
    }
}

/// Puts steps in the order in which they took effect; what a process waited in at the end comes last.
fn sort(trace: &Trace, steps: &mut [At]) {
    steps.sort_by_key(|at| (moment(trace, *at), *at));
}

/// A process, for people.
fn who(trace: &Trace, p: usize) -> Who {
    let process = &trace.processes[p];
    Who { id: process.id(), name: process.name.clone(), first: process.is_first() }
}

/// An object, for people.
fn thing(trace: &Trace, id: ObjectId) -> Option<Thing> {
    let object = trace.objects.get(&id)?;
    let name = object.driver_name.clone().or_else(|| object.variable.clone());
    Some(Thing { kind: object.kind, name, made_at: object.made_at.clone() })
}

/// One number for both ends of a pipe: the end made first.
pub(crate) fn meets(trace: &Trace, id: ObjectId) -> ObjectId {
    trace.objects.get(&id).and_then(|object| object.peer).map_or(id, |peer| peer.min(id))
}

/// The object of a step.
pub(crate) fn object_of(trace: &Trace, (p, i): At) -> Option<ObjectId> {
    let process = &trace.processes[p];
    match process.events.get(i) {
        Some(event) => event.object,
        None => process.pending.as_ref()?.object,
    }
}

/// What a step is told of: a part of an object, or the object.
fn told_of(trace: &Trace, at: At) -> Option<ObjectId> {
    event_of(trace, at).and_then(|event| event.part).or_else(|| object_of(trace, at))
}

/// The event of a step, if it ended.
fn event_of(trace: &Trace, (p, i): At) -> Option<&Event> {
    trace.processes[p].events.get(i)
}
