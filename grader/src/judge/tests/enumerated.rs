//! The search for lost updates against brute force: small programs of two processes, all orders tried one by one.
//!
//! A program that comes out right in every order is never accused, whatever order it happened to run in. One that
//! takes no lock and can lose is always accused.

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

/// A few steps, in which every lock that is taken is freed.
fn steps(dice: &mut Dice, locks: usize) -> Vec<Do> {
    let mut held: Vec<usize> = Vec::new();
    let mut steps = Vec::new();
    while steps.len() < 5 {
        match dice.throw(4) {
            0 if held.len() < locks => {
                let lock = (0..locks).find(|lock| !held.contains(lock)).expect("one is free");
                held.push(lock);
                steps.push(Do::Acquire(lock));
            }
            1 if !held.is_empty() => steps.extend(held.pop().map(Do::Release)),
            2 => steps.push(Do::Get),
            _ => steps.push(Do::Set),
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

#[test]
fn who_cannot_lose_in_any_order_is_never_accused() {
    let mut dice = Dice::new(1);
    let (mut safe, mut accused) = (0, 0);
    for _ in 0..4_000 {
        let locks = dice.of(&[1, 2]);
        let program = [steps(&mut dice, locks), steps(&mut dice, locks)];
        let Some(story) = run(&program, &mut dice) else { continue };
        let loses = can_lose(&program, &State::default());
        let verdict = verdict(&no_race(), &story.run());
        assert!(loses || verdict == Verdict::Kept, "{program:?} cannot lose, and is {verdict:?}");
        safe += u32::from(!loses);
        accused += u32::from(verdict != Verdict::Kept);
    }
    assert!(safe > 100 && accused > 1_000, "both kinds were tried: {safe} safe, {accused} accused");
}

#[test]
fn who_updates_without_a_lock_is_always_accused() {
    let mut dice = Dice::new(2);
    for _ in 0..500 {
        let updates = |dice: &mut Dice| [Do::Get, Do::Set].repeat(dice.of(&[1, 2, 3]));
        let program = [updates(&mut dice), updates(&mut dice)];
        assert!(can_lose(&program, &State::default()));
        let story = run(&program, &mut dice).expect("nobody waits");
        let verdict = verdict(&no_race(), &story.run());
        assert!(matches!(verdict, Verdict::Broken(_)), "{program:?} can lose, and is {verdict:?}");
    }
}
