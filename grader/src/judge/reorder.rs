//! Whether a write could have come in the midst of an update, had the owners of locks come in another order.
//!
//! It puts such an order together from two parts of the run: first all that the read comes after, up to where its process
//! holds no lock that stands in the way, and then all that the other write comes after. Each part goes as it went,
//! and nobody takes a lock while its owner stands still. What is found so is an order that the same program has,
//! not one that was seen.

use std::collections::BTreeMap;

use procesos_trace::ObjectId;

use super::facts::Facts;
use super::happens_before::{At, HappensBefore};
use super::updates::Clash;

/// One holding of a lock.
#[derive(Debug, Clone, Copy)]
struct Section {
    /// Which holding of the lock it was, counted over all processes.
    version: u64,
    from: usize,
    /// The release, or the last event of a process that ended as the owner.
    until: usize,
}

/// The holdings of each lock that several processes held, by process.
#[derive(Debug)]
pub(super) struct Sections(Vec<Owners>);

impl Sections {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut locks: BTreeMap<ObjectId, Owners> = BTreeMap::new();
        for p in facts.ranked() {
            let events = &facts.processes()[*p].events;
            for hold in facts.holds(*p).all() {
                let (version, until) = (events[hold.from].version, hold.until.min(events.len() - 1));
                let section = Section { version, from: hold.from, until };
                locks.entry(hold.lock).or_default().entry(*p).or_default().push(section);
            }
        }
        Self(locks.into_values().filter(|owners| owners.len() > 1).collect())
    }
}

/// Whether the other write can come between the read and the write of the update. `order` is that of the run without what
/// only the order of the owners of locks makes.
pub(super) fn can_come_between(facts: &Facts<'_>, order: &HappensBefore, clash: Clash) -> bool {
    let locks = &facts.sections().0;
    let nothing = || Part { order, done: vec![0; facts.processes().len()] };
    let (mut first, mut second) = (nothing(), nothing());
    first.include(clash.update.read);
    second.include(clash.other);
    loop {
        let begun = first.has(clash.other) || first.has(clash.update.write) || second.has(clash.update.write);
        if begun {
            return false;
        }
        let left_open = |owners| first.overtaken(owners).or_else(|| first.in_the_way_of(&second, owners));
        if let Some(end) = locks.iter().find_map(left_open) {
            first.include(end);
        } else if let Some(end) = locks.iter().find_map(|owners| second.overtaken(owners)) {
            second.include(end);
        } else {
            return true;
        }
    }
}

/// The holdings of one lock, by process.
type Owners = BTreeMap<usize, Vec<Section>>;

/// A part of a run that holds, with every event, all that comes before it.
struct Part<'a> {
    order: &'a HappensBefore,
    /// Of each process: how many of its events.
    done: Vec<usize>,
}

impl Part<'_> {
    fn include(&mut self, at: At) {
        self.done[at.0] = self.done[at.0].max(at.1 + 1);
        for (process, done) in self.done.iter_mut().enumerate().filter(|(process, _)| *process != at.0) {
            *done = (*done).max(self.order.known(at, process) as usize);
        }
    }

    fn has(&self, at: At) -> bool {
        self.done[at.0] > at.1
    }

    /// The last holding of each process that this part has of a lock.
    fn last_of(&self, owners: &Owners) -> Vec<(usize, Section)> {
        let last = owners.iter().filter_map(|(process, sections)| {
            let begun = sections.partition_point(|section| self.has((*process, section.from)));
            Some((*process, sections[begun.checked_sub(1)?]))
        });
        last.collect()
    }

    /// The end of a holding that this part has not, although it has a later holding of the same lock.
    fn overtaken(&self, owners: &Owners) -> Option<At> {
        let last = self.last_of(owners);
        let latest = last.iter().map(|(_, section)| section.version).max()?;
        let open = last
            .iter()
            .find(|(process, section)| section.version < latest && !self.has((*process, section.until)));
        open.map(|(process, section)| (*process, section.until))
    }

    /// The end of a holding that this part leaves open and another process needs the lock in what follows.
    fn in_the_way_of(&self, following: &Self, owners: &Owners) -> Option<At> {
        let open = self.last_of(owners);
        let (owner, section) = open.iter().find(|(process, section)| !self.has((*process, section.until)))?;
        let needs =
            |(process, section): &(usize, Section)| process != owner && !self.has((*process, section.from));
        following.last_of(owners).iter().any(needs).then_some((*owner, section.until))
    }
}
