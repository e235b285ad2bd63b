//! Which locks a process held, and when.

use procesos_trace::{ObjectId, Op, Outcome};

use super::facts::Facts;
use super::finding::{Finding, Verdict};
use super::map::Map;
use crate::run::{Place, Process};

/// One holding of a lock: from the event that took it to the event that freed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) lock: ObjectId,
    /// Index of the acquisition.
    pub(super) from: usize,
    /// Index of the release; `usize::MAX` when there is none.
    pub(super) until: usize,
}

/// All holdings of one process, in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct Holds {
    list: Vec<Hold>,
    /// Of each holding: where the last of it and those before it ends, so that a search can stop.
    reach: Vec<usize>,
    /// Those that never end.
    kept: Vec<Hold>,
}

impl Holds {
    pub(super) fn of(process: &Process) -> Self {
        let mut list: Vec<Hold> = Vec::new();
        let mut open: Map<ObjectId, usize> = Map::default();
        for (index, event) in process.events.iter().enumerate() {
            // Taking again what one holds, and giving that back, changes nothing for others.
            let Some(lock) = event.object.filter(|_| event.extra <= 1) else { continue };
            match (event.op, event.outcome) {
                (Op::LockAcquire, Outcome::Done | Outcome::OwnerDied) => {
                    open.insert(lock, list.len());
                    list.push(Hold { lock, from: index, until: usize::MAX });
                }
                (Op::LockRelease, Outcome::Done) => {
                    if let Some(held) = open.remove(&lock) {
                        list[held].until = index;
                    }
                }
                _ => {}
            }
        }
        let longest = |reach: &mut usize, hold: &Hold| {
            *reach = hold.until.max(*reach);
            Some(*reach)
        };
        let reach = list.iter().scan(0, longest).collect();
        let kept = list.iter().copied().filter(|hold| hold.until == usize::MAX).collect();
        Self { list, reach, kept }
    }

    /// What is held when the event at `index` is done, the last one taken first.
    pub(super) fn at(&self, index: usize) -> impl Iterator<Item = Hold> + '_ {
        let begun = self.list.partition_point(|hold| hold.from < index);
        (0..begun)
            .rev()
            .take_while(move |i| self.reach[*i] >= index)
            .map(|i| self.list[i])
            .filter(move |hold| hold.until >= index)
    }

    /// Everything that was held, in the order in which it was taken.
    pub(super) fn all(&self) -> &[Hold] {
        &self.list
    }

    /// What is never freed, in the order in which it was taken.
    pub(super) fn kept(&self) -> &[Hold] {
        &self.kept
    }

    /// The last holding that ended before the event at `index`.
    pub(super) fn last_before(&self, index: usize) -> Option<Hold> {
        let begun = self.list.partition_point(|hold| hold.from < index);
        self.list[..begun].iter().rev().copied().find(|hold| hold.until < index)
    }

    /// Whether nothing was ever held.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Who holds a lock in the end, and where it was taken.
pub(super) fn holder(facts: &Facts<'_>, lock: ObjectId) -> Option<(usize, Option<Place>)> {
    facts.ranked().iter().find_map(|p| {
        let hold = facts.holds(*p).kept().iter().find(|hold| hold.lock == lock)?;
        Some((*p, facts.place((*p, hold.from))))
    })
}

/// Whoever took a lock freed it before ending.
pub(super) fn released(facts: &Facts<'_>) -> Verdict {
    if facts.ranked().iter().all(|p| facts.holds(*p).is_empty()) {
        return Verdict::Vacuous;
    }
    let kept = facts.ranked().iter().find_map(|p| Some((*p, facts.holds(*p).kept().first()?)));
    kept.map_or(Verdict::Kept, |(p, hold)| {
        Verdict::Broken(Finding::LockKept { who: facts.who(p), place: facts.place((p, hold.from)) })
    })
}
