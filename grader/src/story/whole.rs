//! The story of all that happened in a run, with what a finding is about marked in it.

use std::collections::BTreeSet;

use procesos_trace::{Op, Outcome};

use super::{Plot, PlotNote, Story, death, finding, sort, tell};
use crate::explore::steps::{At, events_in_order};
use crate::judge::Finding;
use crate::run::{Ending, Event, Run, Trace};

/// What the story of a whole run has to tell, and in how much.
#[derive(Debug, Clone, Copy, Default)]
pub struct Whole<'a> {
    /// What was found in the run.
    pub finding: Option<&'a Finding>,
    /// Steps to be told in any case.
    pub also: &'a [At],
    /// Most rows; all of them when there is none.
    pub rows: Option<usize>,
    /// Most processes whose steps are told; all of them when there is none.
    pub processes: Option<usize>,
}

impl Story {
    /// The story of all that happened in a run.
    #[must_use]
    pub fn of_whole(run: &Run, whole: &Whole<'_>) -> Self {
        let trace = &run.trace;
        let mut plot = whole.finding.and_then(|found| finding::plot(found, trace)).unwrap_or_default();
        // Where the run was cut, those that waited might have gone on.
        let was_cut = matches!(
            run.ending,
            Ending::TooLong
                | Ending::Threads
                | Ending::CpuLimit
                | Ending::MemoryLimit
                | Ending::ProcessLimit
                | Ending::OutputLimit
        );
        let waiting: Vec<At> =
            finding::waiting(trace).filter(|(p, _)| !was_cut && !has_ended(trace, *p)).collect();
        let mut steps = events_in_order(trace, |op| op.is_scheduled() || op == Op::Panic);
        steps.retain(|at| !is_epilogue(trace, *at) || plot.steps.contains(at));
        steps.extend(&waiting);
        steps.extend(death(run));
        plot.core.extend(whole.also.iter().chain(&waiting).copied().chain(death(run)));
        for at in waiting {
            plot.notes.entry(at).or_insert((PlotNote::Waits, None));
        }
        plot.watched = plot.watched.or_else(|| finding::only_value(trace));
        if let Some(told) = whole.processes.and_then(|most| few(&steps, &plot.core, most)) {
            steps.retain(|(p, _)| told.contains(p));
            plot.core.retain(|(p, _)| told.contains(p));
        }
        sort(trace, &mut steps);
        tell(trace, &Plot { steps, ..plot }, whole.rows)
    }
}

/// Whether another process ended a process, or saw that it had ended: it does not wait any more.
fn has_ended(trace: &Trace, p: usize) -> bool {
    let of_it = |event: &Event| {
        let ends = matches!(event.op, Op::Terminate | Op::Join);
        ends && event.outcome == Outcome::Done && event.value == p as u64
    };
    trace.processes.iter().any(|process| process.events.iter().any(of_it))
}

/// Whether a step is the driver's own, after the last function of the exercise that it called: it only looks at what came
/// out. Its end is told all the same.
fn is_epilogue(trace: &Trace, (p, i): At) -> bool {
    let events = &trace.processes[p].events;
    let returned = || events.iter().rposition(|event| event.op == Op::Returned);
    p == 0 && events[i].op != Op::Exit && returned().is_some_and(|returned| returned < i)
}

/// The processes to tell of where there are too many: those that the finding is about, then the first ones. `None` where
/// all of them may be told.
fn few(steps: &[At], core: &[At], most: usize) -> Option<BTreeSet<usize>> {
    let all: BTreeSet<usize> = steps.iter().map(|(p, _)| *p).collect();
    if all.len() <= most {
        return None;
    }
    let mut told = BTreeSet::new();
    for (p, _) in core.iter().chain(steps) {
        if told.len() < most {
            told.insert(*p);
        }
    }
    Some(told)
}
