//! The search for lost updates against brute force: small programs of two processes, all orders tried one by one.
//!
//! A program that comes out right in every order is never accused, whatever order it happened to run in. One whose updates
//! can be lost in some order always is, also when it ran in another one.

use procesos_trace::ObjectId;

use super::dice::Dice;
use super::story::{Story, at};
use super::{no_race, verdict};
use crate::judge::finding::Verdict;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Do {
    Acquire(usize),
    Release(usize),
    Get,
    /// Writes one more than what this process knew last.
    Set,
}

type Program = [Vec<Do>; 2];

/// How a process is made up: how often it takes a lock, frees one, reads and writes, of so many throws.
#[derive(Clone, Copy)]
struct Kind {
    takes: u64,
    frees: u64,
    reads: u64,
    writes: u64,
    /// Every write goes back to a read of its own.
    updates: bool,
    /// Everything is under the first lock, unless that is freed in between.
    wrapped: bool,
}

const ANY: Kind = Kind { takes: 1, frees: 1, reads: 1, writes: 1, updates: false, wrapped: false };
const CAREFUL: Kind = Kind { takes: 3, frees: 1, reads: 3, writes: 3, updates: true, wrapped: true };
const UPDATES: Kind = Kind { takes: 1, frees: 1, reads: 1, writes: 2, updates: true, wrapped: false };

/// A few steps, in which every lock that is taken is freed.
fn steps(dice: &mut Dice, kind: Kind, locks: usize) -> Vec<Do> {
    let mut held: Vec<usize> = Vec::new();
    let mut steps = Vec::new();
    let mut read = !kind.updates;
    if kind.wrapped {
        held.push(0);
        steps.push(Do::Acquire(0));
    }
    while steps.len() < 6 {
        let thrown = dice.throw(kind.takes + kind.frees + kind.reads + kind.writes);
        if thrown < kind.takes {
            let lock = (0..locks).find(|lock| !held.contains(lock));
            held.extend(lock);
            steps.extend(lock.map(Do::Acquire));
        } else if thrown < kind.takes + kind.frees {
            steps.extend(held.pop().map(Do::Release));
        } else if thrown < kind.takes + kind.frees + kind.reads {
            steps.push(Do::Get);
            read = true;
        } else if read {
            steps.push(Do::Set);
            read = !kind.updates;
        }
    }
    steps.extend(held.into_iter().rev().map(Do::Release));
    steps
}

/// How far two processes have got.
#[derive(Clone, Default)]
struct State {
    next: [usize; 2],
    known: [i64; 2],
    value: i64,
    owner: [Option<usize>; 2],
}

impl State {
    /// Does the next step of a process, if it has one and need not wait.
    fn step(&self, program: &Program, p: usize) -> Option<(Self, Do)> {
        let step = *program[p].get(self.next[p])?;
        let mut after = self.clone();
        match step {
            Do::Acquire(lock) if self.owner[lock].is_some() => return None,
            Do::Acquire(lock) => after.owner[lock] = Some(p),
            Do::Release(lock) => after.owner[lock] = None,
            Do::Get => after.known[p] = self.value,
            Do::Set => {
                after.known[p] += 1;
                after.value = after.known[p];
            }
        }
        after.next[p] += 1;
        Some((after, step))
    }
}

fn sets(program: &Program) -> i64 {
    let count = program.iter().flatten().filter(|step| **step == Do::Set).count();
    i64::try_from(count).expect("few")
}

/// Whether some order of all steps ends with less than one for each write.
fn can_lose(program: &Program, state: &State) -> bool {
    if state.next[0] == program[0].len() && state.next[1] == program[1].len() {
        return state.value < sets(program);
    }
    (0..2).any(|p| state.step(program, p).is_some_and(|(after, _)| can_lose(program, &after)))
}

/// A run of a program in one order, told as a story; `None` when it got stuck.
fn run(program: &Program, dice: &mut Dice) -> Option<Story> {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let locks: [ObjectId; 2] = [story.lock("lock"), story.lock("otro")];
    let children: [usize; 2] = story.start_some();
    let mut state = State::default();
    while (0..2).any(|p| state.next[p] < program[p].len()) {
        let first = dice.of(&[0, 1]);
        let (p, (after, step)) =
            [first, 1 - first].into_iter().find_map(|p| Some((p, state.step(program, p)?)))?;
        match step {
            Do::Acquire(lock) => story.acquire(children[p], locks[lock]),
            Do::Release(lock) => story.release(children[p], locks[lock]),
            Do::Get => story.get(children[p], value),
            Do::Set => story.set(children[p], value, after.value),
        };
        let line = u32::try_from(100 * p + state.next[p]).expect("few");
        story.event().place = Some(at(line));
        state = after;
    }
    story.finish_all(&children).result("total", 0).result("esperado", 0);
    Some(story)
}

/// What becomes of many programs of a kind: whether each can lose, and its verdict in one order.
fn tried(seed: u64, kind: Kind, mut see: impl FnMut(&Program, bool, &Verdict)) {
    let mut dice = Dice::new(seed);
    for _ in 0..3_000 {
        let locks = dice.of(&[1, 2]);
        let program = [steps(&mut dice, kind, locks), steps(&mut dice, kind, locks)];
        if let Some(story) = run(&program, &mut dice) {
            let loses = can_lose(&program, &State::default());
            see(&program, loses, &verdict(&no_race(), &story.run()));
        }
    }
}

#[test]
fn who_cannot_lose_in_any_order_is_never_accused() {
    for (seed, kind) in [(1, ANY), (2, CAREFUL), (3, UPDATES)] {
        let (mut safe, mut accused) = (0, 0);
        tried(seed, kind, |program, loses, verdict| {
            let kept = *verdict == Verdict::Kept;
            assert!(loses || kept, "{program:?} cannot lose, and is {verdict:?}");
            safe += u32::from(!loses);
            accused += u32::from(!kept);
        });
        assert!(safe > 20 && accused > 500, "both were tried: {safe} safe, {accused} accused");
    }
}

#[test]
fn who_can_lose_an_update_is_accused_in_whatever_order_it_ran() {
    for (seed, kind) in [(4, CAREFUL), (5, UPDATES)] {
        tried(seed, kind, |program, loses, verdict| {
            let accused = matches!(verdict, Verdict::Broken(_));
            assert!(!loses || accused, "{program:?} can lose, and is {verdict:?}");
        });
    }
}
