//! How evenly, and how deep, the strategies look.

use std::collections::HashMap;

use procesos_schedule::{Kind, Order};

use crate::model::execution::Run;
use crate::model::program::{all, times};
use crate::model::{Model, Op, Value, run};

/// Objects of the first cell and of the first lock.
const CELL: u64 = 1_000;
const LOCK: u64 = 3_000;
/// Orders tried for each kind that there is. More would show smaller deviations.
const SAMPLES: u32 = 25;
const SEEDS: u64 = 2_000;
const SET: Op = Op::Set(0, Value::Of(1));
const ELSEWHERE: Op = Op::Set(1, Value::Of(1));

/// Who had `object`, in order.
fn order_on(object: u64, run: &Run) -> Vec<u64> {
    run.events.iter().filter(|event| event.object == object).map(|event| event.process).collect()
}

/// Sum of squared deviations from a uniform distribution over `kinds`, over what is expected of each.
fn chi_squared(model: &Model, object: u64, kinds: u32, order: impl Fn(u64) -> Order) -> f64 {
    let samples = SAMPLES * kinds;
    let mut counts: HashMap<Vec<u64>, u32> = HashMap::new();
    for seed in 0..u64::from(samples) {
        *counts.entry(order_on(object, &run(model, &order(seed)))).or_default() += 1;
    }
    assert!(counts.len() <= kinds as usize, "{}: {} orders of {kinds}", model.name, counts.len());
    let each = f64::from(samples) / f64::from(kinds);
    let missing = f64::from(kinds - u32::try_from(counts.len()).unwrap()) * each;
    counts.values().map(|count| (f64::from(*count) - each).powi(2) / each).sum::<f64>() + missing
}

/// The selective walk is uniform on `model`, whose operations on `object` have so many orders; `Random` is not.
fn is_uniform(model: &Model, object: u64, kinds: u32) {
    let calm = run(model, &Order::new(Kind::Calm, 0));
    let selective = chi_squared(model, object, kinds, |seed| calm.spreading(object, seed));
    // Of a chi-square with f degrees of freedom the mean is f and the variance 2 f.
    let freedom = f64::from(kinds - 1);
    let most = freedom + 5.0 * (2.0 * freedom).sqrt();
    assert!(selective < most, "{}: {selective:.0}, at most {most:.0}", model.name);
    let random = chi_squared(model, object, kinds, |seed| Order::new(Kind::Random, seed));
    assert!(random > 2.0 * most, "{}: even Random has {random:.0}: nothing was shown", model.name);
}

#[test]
fn two_writers_that_are_not_alike_are_interleaved_evenly() {
    let busy = all(&[&times(6, &[ELSEWHERE]), &times(4, &[SET, ELSEWHERE, ELSEWHERE])]);
    is_uniform(&Model::started("two", [], [times(3, &[SET]), busy]), CELL, 35);
}

#[test]
fn three_writers_are_interleaved_evenly() {
    is_uniform(
        &Model::started("three", [], [times(1, &[SET]), times(2, &[SET]), times(4, &[SET])]),
        CELL,
        105,
    );
}

#[test]
fn what_a_parent_does_after_all_is_no_reason_to_prefer_it() {
    is_uniform(&Model::started("and then", times(3, &[SET]), [times(2, &[SET]), times(5, &[SET])]), CELL, 21);
}

#[test]
fn a_tree_of_processes_is_interleaved_evenly() {
    let model = Model::new(
        "a tree",
        [
            vec![Op::Start(1), Op::Start(2), Op::Join(0), Op::Join(1)],
            vec![ELSEWHERE, Op::Start(3), ELSEWHERE, Op::Start(3), SET, Op::Join(0), Op::Join(1)],
            times(2, &[SET]),
            times(2, &[SET]),
        ],
    );
    // Seven operations: 1, 2, 2 and 2 of each.
    is_uniform(&model, CELL, 630);
}

#[test]
fn operations_under_a_lock_are_interleaved_evenly_section_by_section() {
    let section = [Op::Acquire(0), SET, Op::Release(0), ELSEWHERE];
    is_uniform(&Model::started("sections", [], [times(2, &section), times(4, &section)]), LOCK, 15);
}

#[test]
fn without_an_object_the_selective_walk_is_random() {
    let model = Model::started("none", [], [times(3, &[SET]), times(3, &[SET])]);
    for seed in 0..50 {
        let picks = run(&model, &Order::new(Kind::Surw, seed)).picks;
        assert_eq!(picks, run(&model, &Order::new(Kind::Random, seed)).picks);
    }
}

/// In how many orders of a strategy the model goes wrong.
fn wrong(model: &Model, order: impl Fn(u64) -> Order) -> usize {
    (0..SEEDS).filter(|seed| (model.is_wrong)(&run(model, &order(*seed)).outcome)).count()
}

/// One process has long to go before a flag that the other looks at first of all.
fn late(steps: usize) -> Model {
    Model::started(
        "late",
        [],
        [all(&[&times(steps, &[Op::Set(1, Value::Of(1))]), &[SET]]), vec![Op::Get(0), Op::Log]],
    )
    .wrong_when(|outcome| outcome.logs.values().any(|log| log == &[1]))
}

#[test]
fn partial_order_sampling_reaches_far_deeper_than_random_picks() {
    let model = late(14);
    let random = wrong(&model, |seed| Order::new(Kind::Random, seed));
    let pos = wrong(&model, |seed| Order::new(Kind::Pos, seed));
    // One in 2^15 against about one in 16.
    assert!(random <= 2, "{random}");
    assert!(pos >= 50, "{pos}");
}

#[test]
fn the_selective_walk_reaches_far_deeper_than_random_picks() {
    let model = late(14);
    let calm = run(&model, &Order::new(Kind::Calm, 0));
    let selective = wrong(&model, |seed| calm.spreading(CELL, seed));
    assert!(selective >= 600, "{selective}");
}

#[test]
fn a_wrong_expectation_costs_evenness_and_nothing_else() {
    let model = Model::started("misjudged", [], [times(3, &[SET]), times(3, &[SET])]);
    let calm = run(&model, &Order::new(Kind::Calm, 0));
    for counts in [vec![], vec![(calm.parents[1].0, 5)], vec![(calm.parents[0].0, 1), (77, 9)]] {
        let mut seen = HashMap::new();
        for seed in 0..SEEDS {
            let mut order = calm.spreading(CELL, seed);
            order.counts.clone_from(&counts);
            *seen.entry(order_on(CELL, &run(&model, &order))).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 20, "{counts:?}");
    }
}
