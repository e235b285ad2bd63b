//! What events, semaphores, conditions, barriers and tasks of a queue do in a world, told as their readers know them: sets of who holds
//! and who waits, not the counts by which the proof tells orders apart.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An operation on one of them; the first number is the object's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Sign {
    Set(usize),
    Clear(usize),
    /// Waits until it is set.
    AwaitSet(usize),
    /// The accumulator is 1 if it is set, else 0.
    IsSet(usize),
    /// Takes a permit.
    TakePermit(usize),
    /// Takes a permit if there is one: otherwise the accumulator is -1.
    TryPermit(usize),
    GivePermitBack(usize),
    /// Gives a permit that nobody had: the accumulator is -1 where it has too many.
    Signal(usize),
    /// The accumulator is the number of permits left.
    Left(usize),
    /// Comes to wait, and frees the lock with the second number.
    Enter(usize, usize),
    /// Waits until it is notified.
    AwaitNotice(usize),
    /// Notifies those who have waited longest, at most so many.
    Notify(usize, usize),
    /// The accumulator is -1 where it is broken.
    Arrive(usize),
    /// Waits until all have arrived: the accumulator is -1 where not all will.
    AwaitAll(usize),
    Abort(usize),
    Reset(usize),
    /// The accumulator is how many wait.
    Waiting(usize),
    /// An item of a queue has been dealt with: the accumulator is -1 where there is none.
    TaskDone(usize),
    /// Waits until all items have been dealt with.
    AwaitTasks(usize),
}

/// What comes of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    Waits,
    Done,
    Fails,
    Answer(i64),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Flag {
    pub(crate) is_set: bool,
    pub(crate) changes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Permits {
    /// In the beginning, beyond those, and how many more there may be.
    pub(crate) first: u64,
    pub(crate) signals: u64,
    pub(crate) spare: u64,
    pub(crate) holders: BTreeMap<usize, u64>,
    pub(crate) taken: u64,
    /// How often by whom.
    pub(crate) takers: BTreeMap<usize, u64>,
    pub(crate) freed: u64,
    /// Taken from processes that had ended.
    pub(crate) inherited: u64,
}

impl Permits {
    pub(crate) fn left(&self) -> u64 {
        self.first + self.signals - self.holders.values().sum::<u64>()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Waiters {
    pub(crate) waiting: VecDeque<usize>,
    pub(crate) notified: BTreeMap<usize, u64>,
    pub(crate) come: u64,
    pub(crate) given: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Gate {
    pub(crate) parties: usize,
    pub(crate) is_broken: bool,
    pub(crate) waiting: BTreeSet<usize>,
    pub(crate) passed: BTreeSet<usize>,
    pub(crate) refused: BTreeSet<usize>,
    /// Arrivals, and ends by force.
    pub(crate) changes: u64,
}

impl Gate {
    fn end(&mut self, is_broken: bool) {
        self.changes += 1;
        self.is_broken = is_broken;
        self.refused.append(&mut self.waiting);
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Signs {
    pub(crate) flags: BTreeMap<usize, Flag>,
    pub(crate) permits: Vec<Permits>,
    pub(crate) waiters: BTreeMap<usize, Waiters>,
    pub(crate) gates: Vec<Gate>,
    /// Items put into each queue so far, and dealt with.
    pub(crate) put: BTreeMap<usize, u64>,
    pub(crate) done: BTreeMap<usize, u64>,
}

impl Signs {
    /// Semaphores with so many permits and so many more at most, and barriers for so many.
    pub(crate) fn new(permits: &[[u64; 2]], parties: &[usize]) -> Self {
        let of = |[first, spare]: &[u64; 2]| Permits {
            first: *first,
            signals: 0,
            spare: *spare,
            holders: BTreeMap::new(),
            taken: 0,
            takers: BTreeMap::new(),
            freed: 0,
            inherited: 0,
        };
        let gate = |parties: &usize| Gate {
            parties: *parties,
            is_broken: false,
            waiting: BTreeSet::new(),
            passed: BTreeSet::new(),
            refused: BTreeSet::new(),
            changes: 0,
        };
        let (permits, gates) = (permits.iter().map(of).collect(), parties.iter().map(gate).collect());
        Self { permits, gates, ..Self::default() }
    }

    /// The process in `slot` tries; `has_ended` says of whom nothing is to be expected. A lock that is freed with it is not here.
    pub(crate) fn attempt(&mut self, sign: Sign, slot: usize, has_ended: impl Fn(usize) -> bool) -> Sent {
        match sign {
            Sign::Set(flag) | Sign::Clear(flag) => {
                let flag = self.flags.entry(flag).or_default();
                let wanted = matches!(sign, Sign::Set(_));
                flag.changes += u64::from(flag.is_set != wanted);
                flag.is_set = wanted;
                Sent::Done
            }
            Sign::AwaitSet(flag) => waits_unless(self.flags.entry(flag).or_default().is_set),
            Sign::IsSet(flag) => Sent::Answer(self.flags.entry(flag).or_default().is_set.into()),
            Sign::TakePermit(_)
            | Sign::TryPermit(_)
            | Sign::GivePermitBack(_)
            | Sign::Signal(_)
            | Sign::Left(_) => self.of_permits(sign, slot, has_ended),
            Sign::Enter(condition, _) => {
                let waiters = self.waiters.entry(condition).or_default();
                waiters.come += 1;
                waiters.waiting.push_back(slot);
                Sent::Done
            }
            Sign::AwaitNotice(condition) => {
                waits_unless(self.waiters.entry(condition).or_default().notified.remove(&slot).is_some())
            }
            Sign::Notify(condition, most) => {
                let waiters = self.waiters.entry(condition).or_default();
                for _ in 0..most {
                    let Some(longest) = waiters.waiting.pop_front() else { break };
                    waiters.notified.insert(longest, waiters.given);
                    waiters.given += 1;
                }
                Sent::Done
            }
            Sign::Arrive(_) | Sign::AwaitAll(_) | Sign::Abort(_) | Sign::Reset(_) | Sign::Waiting(_) => {
                self.of_gate(sign, slot)
            }
            Sign::TaskDone(queue) => {
                let (put, done) = (self.put_into(queue), self.done.entry(queue).or_default());
                if *done == put {
                    return Sent::Fails;
                }
                *done += 1;
                Sent::Done
            }
            Sign::AwaitTasks(queue) => waits_unless(self.put_into(queue) == self.done_of(queue)),
        }
    }

    pub(crate) fn put_into(&self, queue: usize) -> u64 {
        self.put.get(&queue).copied().unwrap_or(0)
    }

    pub(crate) fn done_of(&self, queue: usize) -> u64 {
        self.done.get(&queue).copied().unwrap_or(0)
    }

    fn of_permits(&mut self, sign: Sign, slot: usize, has_ended: impl Fn(usize) -> bool) -> Sent {
        let (Sign::TakePermit(number)
        | Sign::TryPermit(number)
        | Sign::GivePermitBack(number)
        | Sign::Signal(number)
        | Sign::Left(number)) = sign
        else {
            panic!("{sign:?} has nothing to do with permits")
        };
        let permits = &mut self.permits[number];
        match sign {
            Sign::Left(_) => return Sent::Answer(permits.left().try_into().unwrap()),
            Sign::Signal(_) if permits.signals == permits.spare => return Sent::Fails,
            Sign::Signal(_) => {
                permits.signals += 1;
                permits.freed += 1;
            }
            Sign::GivePermitBack(_) => {
                *permits.holders.get_mut(&slot).unwrap() -= 1;
                permits.freed += 1;
            }
            _ => {
                if permits.left() == 0 {
                    let dead =
                        permits.holders.iter_mut().find(|(slot, held)| **held > 0 && has_ended(**slot));
                    let Some((_, held)) = dead else {
                        return if let Sign::TryPermit(_) = sign { Sent::Fails } else { Sent::Waits };
                    };
                    *held -= 1;
                    permits.freed += 1;
                    permits.inherited += 1;
                }
                *permits.holders.entry(slot).or_default() += 1;
                permits.taken += 1;
                *permits.takers.entry(slot).or_default() += 1;
            }
        }
        Sent::Done
    }

    fn of_gate(&mut self, sign: Sign, slot: usize) -> Sent {
        let (Sign::Arrive(number)
        | Sign::AwaitAll(number)
        | Sign::Abort(number)
        | Sign::Reset(number)
        | Sign::Waiting(number)) = sign
        else {
            panic!("{sign:?} has nothing to do with barriers")
        };
        let gate = &mut self.gates[number];
        match sign {
            Sign::Waiting(_) => return Sent::Answer(gate.waiting.len().try_into().unwrap()),
            Sign::Arrive(_) if gate.is_broken => return Sent::Fails,
            Sign::Arrive(_) => {
                gate.changes += 1;
                gate.waiting.insert(slot);
                if gate.waiting.len() == gate.parties {
                    gate.passed.append(&mut gate.waiting);
                }
            }
            Sign::AwaitAll(_) if gate.refused.remove(&slot) => return Sent::Fails,
            Sign::AwaitAll(_) => return waits_unless(gate.passed.remove(&slot)),
            _ => gate.end(matches!(sign, Sign::Abort(_))),
        }
        Sent::Done
    }
}

fn waits_unless(goes_on: bool) -> Sent {
    if goes_on { Sent::Done } else { Sent::Waits }
}
