//! The cases of a program, side by side on processors that nothing else needs. What comes of them does not depend on it.
//!
//! What a case may take depends on those before it ([`Patience`]). A case that begins before they have ended begins as if
//! they taught nothing, which is so but for programs that run into limits; where it was not so, it is run again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};
use std::time::Duration;

use super::patience::Patience;
use crate::judge::{Unseen, Verdict};
use crate::run::{Ending, Settings};

/// Processors that nobody uses now.
#[derive(Debug)]
pub(super) struct Processors(AtomicUsize);

/// The use of one, given back on drop.
#[derive(Debug)]
pub(super) struct Processor<'p>(&'p Processors);

impl Processors {
    /// Those of this machine.
    pub(super) fn of_machine() -> Self {
        Self(AtomicUsize::new(thread::available_parallelism().map_or(1, usize::from)))
    }

    #[cfg(test)]
    fn free(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes one, if one is free.
    pub(super) fn take(&self) -> Option<Processor<'_>> {
        let less = |free: usize| free.checked_sub(1);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).ok().map(|_| Processor(self))
    }
}

impl Drop for Processor<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// What came of a case, as far as it matters to the next ones.
#[derive(Debug)]
pub(super) struct Lesson {
    /// How its run ended, where it was one run.
    pub(super) ending: Option<Ending>,
    /// How long it took, or may have taken.
    pub(super) wall_time: Duration,
    /// The verdicts of its claims.
    pub(super) verdicts: Vec<Verdict>,
}

/// What a case may take, or why it is not tried.
pub(super) type Allowed = Result<Settings, Unseen>;

/// Runs so many cases with `run`, which is told the number of a case and what it may take; the results in order.
///
/// The caller uses one processor. Each further one that is free when a case begins is used too.
pub(super) fn run_cases<R: Send, F>(count: usize, usual: Settings, processors: &Processors, run: F) -> Vec<R>
where
    F: Fn(usize, &Allowed) -> (R, Option<Lesson>) + Sync,
{
    let done = (0..count).map(|_| None).collect();
    let state = State { patience: Patience::default(), done, next: 0, again: None, settled: 0 };
    let cases = Cases { usual, processors, run, state: Mutex::new(state) };
    thread::scope(|scope| cases.work(scope, None));
    let state = cases.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.done.into_iter().flatten().map(|done| done.result).collect()
}

struct Cases<'p, R, F> {
    usual: Settings,
    processors: &'p Processors,
    run: F,
    state: Mutex<State<R>>,
}

struct State<R> {
    /// What the settled cases taught.
    patience: Patience,
    done: Vec<Option<Done<R>>>,
    /// The first case that nobody has begun.
    next: usize,
    /// A case that has to be run again, with what is known now.
    again: Option<usize>,
    /// The first case that is not settled: those before it ran with what the ones before them taught.
    settled: usize,
}

struct Done<R> {
    allowed: Allowed,
    result: R,
    lesson: Option<Lesson>,
}

impl<'p, R: Send, F: Fn(usize, &Allowed) -> (R, Option<Lesson>) + Sync> Cases<'p, R, F> {
    /// Runs cases until none is left.
    fn work<'s>(&'s self, scope: &'s Scope<'s, '_>, _processor: Option<Processor<'p>>)
    where
        'p: 's,
    {
        while let Some((index, allowed)) = self.take() {
            for _ in 0..self.left() {
                let Some(processor) = self.processors.take() else { break };
                scope.spawn(move || self.work(scope, Some(processor)));
            }
            let (result, lesson) = (self.run)(index, &allowed);
            self.put(index, Done { allowed, result, lesson });
        }
    }

    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many cases nobody has begun.
    fn left(&self) -> usize {
        let state = self.state();
        state.done.len() - state.next
    }

    fn take(&self) -> Option<(usize, Allowed)> {
        let mut state = self.state();
        let index = match state.again.take() {
            Some(index) => index,
            None if state.next < state.done.len() => {
                state.next += 1;
                state.next - 1
            }
            None => return None,
        };
        Some((index, state.patience.settings(self.usual)))
    }

    /// Keeps what came of a case, and settles what can be settled now.
    fn put(&self, index: usize, done: Done<R>) {
        let mut guard = self.state();
        let state = &mut *guard;
        state.done[index] = Some(done);
        while let Some(done) = state.done.get(state.settled).and_then(Option::as_ref) {
            if done.allowed != state.patience.settings(self.usual) {
                state.done[state.settled] = None;
                state.again = Some(state.settled);
                return;
            }
            if let Some(lesson) = &done.lesson {
                state.patience.learn(lesson.ending, lesson.wall_time, &lesson.verdicts);
            }
            state.settled += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    fn usual() -> Settings {
        Settings::new(Language::Spanish)
    }

    fn processors(free: usize) -> Processors {
        Processors(AtomicUsize::new(free))
    }

    /// Cases that end as `endings` say: what each was allowed when it ran last, in the order of the cases.
    fn allowed(endings: &[Ending], free: usize) -> Vec<Allowed> {
        let processors = processors(free);
        let allowed = run_cases(endings.len(), usual(), &processors, |index, allowed| {
            let wall_time = Duration::from_secs(30);
            let lesson = Lesson { ending: Some(endings[index]), wall_time, verdicts: Vec::new() };
            (allowed.clone(), allowed.is_ok().then_some(lesson))
        });
        assert_eq!(processors.free(), free, "every processor was given back");
        allowed
    }

    #[test]
    fn what_a_case_may_take_does_not_depend_on_how_many_run_at_once() {
        let (well, still, cpu) = (Ending::Exited(0), Ending::Still, Ending::CpuLimit);
        for endings in [
            [well; 6],
            [well, still, well, cpu, still, well],
            [still; 6],
            [cpu, well, well, cpu, well, still],
        ] {
            let one_by_one = allowed(&endings, 0);
            for _ in 0..200 {
                assert_eq!(allowed(&endings, 3), one_by_one);
            }
        }
    }

    #[test]
    fn free_processors_are_used_and_no_more() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let all_there = std::sync::Barrier::new(3);
        let results = run_cases(3, usual(), &processors(2), |index, _| {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            all_there.wait();
            running.fetch_sub(1, Ordering::SeqCst);
            (index, None)
        });
        assert_eq!((results, most.into_inner()), (vec![0, 1, 2], 3));
    }
}
