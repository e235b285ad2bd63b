//! Schedules that it takes to see that a wrong program is wrong, over some seeds.
//!
//! They are counted as grading spends them, with the scenarios of an exercise taking turns: a failure in the third order of
//! the second of five scenarios is the schedule 12.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use grader::explore::Budget;
use grader::seed::Seed;

use super::corpus::{Corpus, SCHEDULES, Wrong};
use super::row;

/// Seeds that are named for a program, of those with which it was not found.
const NAMED: usize = 4;

/// What came of a program.
enum Found {
    /// Schedules to the first failure, seed by seed.
    Explored(Vec<Option<u64>>),
    /// Only a run without control breaks a claim, and every grading has one.
    WithoutControl,
}

/// Everything that is told here.
pub(crate) fn tell(corpus: &Corpus, seeds: u32) {
    println!(
        "\nschedules to the first failure of a wrong program, over {seeds} seeds, of at most {SCHEDULES} an exercise"
    );
    println!("{:<58}{:>8}{:>8}{:>8}", "", "median", "most", "never");
    let found = all(corpus, seeds);
    let firsts = || {
        found.iter().filter_map(|found| match found {
            Found::Explored(firsts) => Some(firsts),
            Found::WithoutControl => None,
        })
    };
    let counts: Vec<u64> = firsts().flatten().map(|first| first.unwrap_or(u64::MAX)).collect();
    let always_within =
        |limit: u64| firsts().filter(|f| f.iter().all(|n| n.is_some_and(|n| n <= limit))).count();
    let part = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
    let within = |limit: u64| counts.iter().filter(|count| **count <= limit).count();
    let programs = firsts().count();
    row("wrong programs", &found.len().to_string(), "");
    row("  seen in runs without control", &(found.len() - programs).to_string(), "");
    row("  found within 100, with every seed", &percent(part(always_within(100), programs)), ">= 90 %");
    row("  found within 400, with every seed", &percent(part(always_within(SCHEDULES), programs)), "100 %");
    row("searches that found within 100", &percent(part(within(100), counts.len())), ">= 90 %");
    row("searches that found within 400", &percent(part(within(SCHEDULES), counts.len())), "100 %");
}

fn percent(part: f64) -> String {
    format!("{part:.2} %")
}

fn tell_one(title: &str, firsts: &[Option<u64>]) {
    let missed =
        (0..).zip(firsts).filter(|(_, first)| first.is_none()).map(|(seed, _)| seed_of(seed).to_string());
    let missed: Vec<String> = missed.collect();
    let mut counts: Vec<u64> = firsts.iter().map(|first| first.unwrap_or(u64::MAX)).collect();
    counts.sort_unstable();
    let shown = |count: u64| if count == u64::MAX { "-".to_owned() } else { count.to_string() };
    let (middle, most) = (shown(counts[counts.len() / 2]), shown(counts[counts.len() - 1]));
    let named = missed.iter().take(NAMED).map(|seed| format!("  {seed}")).collect::<String>();
    println!("{title:<58}{middle:>8}{most:>8}{:>8}{named}", missed.len());
}

/// All wrong programs, as many side by side as there are processors; each is told as soon as it is done.
fn all(corpus: &Corpus, seeds: u32) -> Vec<Found> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let indices = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
                for index in indices.take_while(|index| *index < corpus.count()) {
                    let Some(program) = corpus.program(index) else { continue };
                    let found = look_for(&program, seeds);
                    let mut all = all.lock().unwrap();
                    if let Found::Explored(firsts) = &found {
                        tell_one(&program.title, firsts);
                    }
                    all.push(found);
                }
            });
        }
    });
    all.into_inner().unwrap()
}

fn seed_of(number: u32) -> Seed {
    format!("{number:04x}").parse().unwrap()
}

fn look_for(program: &Wrong<'_>, seeds: u32) -> Found {
    // The scenario that failed last time is looked at first: the others then need few orders, if any.
    let mut likely = 0;
    let mut firsts = Vec::new();
    for seed in (0..seeds).map(seed_of) {
        let first = first_failure(program, seed, &mut likely);
        if firsts.is_empty() && first.is_none() && program.fails_without_control(seed) {
            return Found::WithoutControl;
        }
        firsts.push(first);
    }
    Found::Explored(firsts)
}

/// The number of the first schedule that breaks a claim.
fn first_failure(program: &Wrong<'_>, seed: Seed, likely: &mut usize) -> Option<u64> {
    let scenarios = program.explored();
    let others = (0..scenarios.len()).filter(|index| index != likely);
    let mut best = SCHEDULES + 1;
    for index in scenarios.get(*likely).map(|_| *likely).into_iter().chain(others.collect::<Vec<_>>()) {
        let number = |order: u64| (order - 1) * scenarios.len() as u64 + index as u64 + 1;
        // Orders of this scenario whose number would be a better one.
        let schedules = (1..).take_while(|order| number(*order) < best).count() as u64;
        if schedules == 0 {
            continue;
        }
        let budget = Budget { enough: Some(0), ..Budget::of(schedules, seed, false) };
        let explored = program.explorer(scenarios[index], seed).explore(budget, |_| {}).unwrap();
        if let Some(order) = explored.claims.iter().filter_map(|tally| tally.first_failed).min() {
            best = number(order);
            *likely = index;
        }
    }
    (best <= SCHEDULES).then_some(best)
}
