//! Schedules until the first one that fails, by strategy and by mixtures of strategies: `cargo bench -p procesos-schedule`.
//!
//! The first schedule of each exploration is calm, and tells which objects several processes share; then each portfolio
//! goes on. An argument is the number of explorations of each model (1,000 without one).

#[path = "../../tests/model/mod.rs"]
#[expect(dead_code, reason = "the tests use more of the models")]
#[expect(clippy::unwrap_used, reason = "the models are those of the tests")]
mod model;

mod bugs;

use std::collections::BTreeMap;

use procesos_schedule::{Kind, Order, Random};

use model::execution::Run;
use model::{Model, run};

/// Schedules after which an exploration ends without a failure.
const BUDGET: usize = 400;
const EXPLORATIONS: u64 = 1_000;

/// Gives the order of the schedule at an index, from 1, of an exploration.
type Portfolio = fn(&Learned, usize, u64) -> Order;

const PORTFOLIOS: [(&str, Portfolio); 8] = [
    ("Random", |_, _, seed| Order::new(Kind::Random, seed)),
    ("Pos", |_, _, seed| Order::new(Kind::Pos, seed)),
    ("Surw in turn", |learned, index, seed| learned.spread(index, seed)),
    ("Surw drawn", |learned, _, seed| learned.spread(drawn(seed, 97), seed)),
    ("Surw+Pos", |learned, index, seed| match index % 2 {
        0 => Order::new(Kind::Pos, seed),
        _ => learned.spread(index / 2, seed),
    }),
    ("2 Surw+Pos", |learned, index, seed| match index % 3 {
        0 => Order::new(Kind::Pos, seed),
        _ => learned.spread(index - index / 3, seed),
    }),
    ("Surw+Pos+Random", |learned, index, seed| match index % 3 {
        0 => Order::new(Kind::Pos, seed),
        1 => Order::new(Kind::Random, seed),
        _ => learned.spread(index / 3, seed),
    }),
    ("Pos+Random", |_, index, seed| Order::new(if index % 2 == 0 { Kind::Pos } else { Kind::Random }, seed)),
];

/// What the calm run told.
struct Learned {
    calm: Run,
    /// Objects on which operations of several processes conflict.
    objects: Vec<u64>,
}

impl Learned {
    fn of(model: &Model) -> Self {
        let calm = run(model, &Order::new(Kind::Calm, 0));
        let mut users: BTreeMap<u64, (Vec<u64>, bool)> = BTreeMap::new();
        for event in calm.events.iter().filter(|event| event.object != 0 && !is_process(event.object)) {
            let (processes, written) = users.entry(event.object).or_default();
            processes.push(event.process);
            *written |= event.writes;
        }
        let shared = |(processes, written): &(Vec<u64>, bool)| {
            *written && processes.iter().any(|process| *process != processes[0])
        };
        let objects = users.iter().filter(|(_, users)| shared(users)).map(|(object, _)| *object).collect();
        Self { calm, objects }
    }

    fn spread(&self, which: usize, seed: u64) -> Order {
        match self.objects.len() {
            0 => Order::new(Kind::Pos, seed),
            count => self.calm.spreading(self.objects[which % count], seed),
        }
    }
}

/// Cells, queues and locks have small numbers in the models.
fn is_process(object: u64) -> bool {
    object > 10_000
}

fn drawn(seed: u64, below: u64) -> usize {
    let mut state = seed ^ 0x5eed;
    usize::try_from(Random(&mut state).below(below)).unwrap_or(0)
}

/// Schedules to the first failure of each exploration; those without one have one more than the budget.
fn first_failures(model: &Model, learned: &Learned, portfolio: Portfolio, explorations: u64) -> Vec<usize> {
    let mut firsts: Vec<usize> = (0..explorations)
        .map(|exploration| {
            let fails = |index: &usize| {
                let mut state = exploration ^ (*index as u64).rotate_left(32);
                let seed = Random(&mut state).number();
                (model.is_wrong)(&run(model, &portfolio(learned, *index, seed)).outcome)
            };
            (1..BUDGET).find(fails).map_or(BUDGET + 1, |index| index + 1)
        })
        .collect();
    firsts.sort_unstable();
    firsts
}

fn main() {
    let explorations = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(EXPLORATIONS);
    print!("{:42}", "found within 400, median schedules");
    PORTFOLIOS.iter().for_each(|(name, _)| print!("{name:>16}"));
    println!();
    let mut shares = [0.0; PORTFOLIOS.len()];
    let mut worst = [100.0_f64; PORTFOLIOS.len()];
    let mut logarithms = [0.0; PORTFOLIOS.len()];
    let models = bugs::bugs();
    for model in &models {
        let learned = Learned::of(model);
        let calm_fails = if (model.is_wrong)(&learned.calm.outcome) { "!" } else { "" };
        print!("{:42}", format!("{}{calm_fails} ({})", model.name, learned.objects.len()));
        for (column, (_, portfolio)) in PORTFOLIOS.iter().enumerate() {
            let firsts = first_failures(model, &learned, *portfolio, explorations);
            let found = firsts.partition_point(|first| *first <= BUDGET);
            let share = 100.0 * found as f64 / firsts.len() as f64;
            let median = firsts[firsts.len() / 2];
            let median = if median > BUDGET { "-".to_owned() } else { median.to_string() };
            print!("{:>16}", format!("{share:.1} % {median:>4}"));
            shares[column] += share / models.len() as f64;
            let logarithm: f64 = firsts.iter().map(|first| (*first as f64).ln()).sum();
            logarithms[column] += logarithm / firsts.len() as f64 / models.len() as f64;
            worst[column] = worst[column].min(share);
        }
        println!();
    }
    print!("{:42}", "mean share found");
    shares.iter().for_each(|share| print!("{:>16}", format!("{share:.2} %")));
    print!("\n{:42}", "worst share found");
    worst.iter().for_each(|share| print!("{:>16}", format!("{share:.1} %")));
    print!("\n{:42}", "geometric mean of schedules");
    logarithms.iter().for_each(|logarithm| print!("{:>16}", format!("{:.2}", logarithm.exp())));
    println!();
}
