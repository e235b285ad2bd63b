//! From a plot to rows: loops folded, rows left out, what the shared object holds after each, and where somebody was
//! interrupted.

use std::collections::BTreeMap;

use super::state::States;
use super::things::Things;
use super::{Note, Plot, PlotNote, Row, Story, Told, fold, moment, select, thing, who};
use crate::explore::steps::{At, events_in_order, is_interrupted};
use crate::run::Trace;

/// Makes the rows of a plot.
pub(super) fn tell(trace: &Trace, plot: &Plot, most_rows: Option<usize>) -> Story {
    let alone = |at: &At| plot.core.contains(at) || plot.notes.contains_key(at);
    let groups = fold::groups(trace, &plot.steps, alone);
    let has_to = |group: &fold::Group| group.steps.iter().any(|at| plot.core.contains(at));
    let kept = select::rows(&groups, has_to, most_rows);
    let things = Things::of(trace, plot);
    let mut states = States::of(trace);
    let mut told: Vec<Row> = Vec::new();
    let mut number = 0;
    let mut skipped = 0;
    let mut applied = 0;
    let everything = events_in_order(trace, |_| true);
    let mut values = BTreeMap::new();
    for (group, keep) in groups.iter().zip(kept) {
        if !keep {
            skipped += group.steps.len();
            continue;
        }
        if skipped > 0 {
            told.push(Row::More(std::mem::take(&mut skipped)));
        }
        // What is not told happens all the same.
        let last = group.steps.iter().map(|at| moment(trace, *at)).max();
        while let Some((p, i)) = everything.get(applied).copied()
            && last.is_some_and(|last| trace.processes[p].events[i].end <= last)
        {
            if let Some(value) = states.apply(trace, p, &trace.processes[p].events[i]) {
                values.insert((p, i), value);
            }
            applied += 1;
        }
        number += 1;
        let round = &group.steps[group.steps.len() - group.period..];
        told.push(Row::Told(Box::new(Told {
            number,
            who: who(trace, group.steps[0].0),
            doing: round.iter().map(|at| things.doing(*at, values.get(at))).collect(),
            times: group.steps.len() / group.period,
            after: plot.watched.and_then(|object| states.shown(object)),
            interrupted: None,
            note: None,
            steps: group.steps.clone(),
        })));
    }
    if skipped > 0 {
        told.push(Row::More(skipped));
    }
    let mut story =
        Story { processes: Vec::new(), watched: plot.watched.and_then(|id| thing(trace, id)), rows: told };
    story.mark_interruptions(trace, &everything);
    story.take_notes(plot);
    let mut processes: Vec<usize> = story.told().map(|told| told.steps[0].0).collect();
    processes.sort_by_key(|p| &trace.processes[*p].path);
    processes.dedup();
    story.processes = processes.into_iter().map(|p| who(trace, p)).collect();
    story
}

impl Story {
    /// Marks where a process that could have gone on, and goes on later in the story, was interrupted.
    fn mark_interruptions(&mut self, trace: &Trace, everything: &[At]) {
        let scheduled: Vec<At> = everything
            .iter()
            .copied()
            .filter(|(p, i)| trace.processes[*p].events[*i].op.is_scheduled())
            .collect();
        let position = |at: &At| scheduled.iter().position(|other| other == at);
        let firsts: Vec<Option<(usize, At)>> = self
            .rows
            .iter()
            .map(|row| match row {
                Row::Told(told) => Some((told.steps[0].0, *told.steps.last()?)),
                Row::More(_) => None,
            })
            .collect();
        for index in 1..self.rows.len() {
            let (Some((before, last)), Some((now, _))) = (firsts[index - 1], firsts[index]) else { continue };
            let later = firsts[index..].iter().flatten().any(|(p, _)| *p == before);
            // Its last step before the other's.
            let at = position(&last).filter(|_| before != now && later);
            let next = at.and_then(|at| scheduled.get(at + 1));
            let left = next.is_some_and(|next| is_interrupted(trace, last, *next));
            if left && let Row::Told(told) = &mut self.rows[index] {
                told.interrupted = Some(who(trace, before));
            }
        }
    }

    fn take_notes(&mut self, plot: &Plot) {
        let numbers: BTreeMap<At, usize> =
            self.told().flat_map(|told| told.steps.iter().map(|at| (*at, told.number))).collect();
        for row in &mut self.rows {
            let Row::Told(told) = row else { continue };
            let noted = told.steps.iter().find_map(|at| plot.notes.get(at));
            told.note = noted.and_then(|(note, other)| {
                let other = other.and_then(|at| numbers.get(&at)).copied();
                match note {
                    PlotNote::Overwrites => other.map(Note::Overwrites),
                    PlotNote::TooEarly => other.map(Note::TooEarly),
                    PlotNote::NotReceived => Some(Note::NotReceived),
                    PlotNote::Waits => Some(Note::Waits),
                    PlotNote::Ends => Some(Note::Ends),
                }
            });
        }
    }
}
