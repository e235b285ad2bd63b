//! What can happen does, in some order that every strategy finds; what cannot does not.

use std::collections::BTreeSet;

use procesos_schedule::{Kind, Order};

use crate::brute::possible;
use crate::examples::timeless;
use crate::model::execution::Run;
use crate::model::{End, Model, Outcome, run};

const SEEDS: u64 = 3_000;
const STRATEGIES: [Kind; 3] = [Kind::Random, Kind::Pos, Kind::Surw];

/// Orders of one strategy for one model, seed after seed.
pub(crate) fn orders(model: &Model, strategy: Kind) -> impl Iterator<Item = Order> {
    let calm = run(model, &Order::new(Kind::Calm, 0));
    let objects = shared(&calm);
    (0..).map(move |seed: u64| match objects.get(usize::try_from(seed).unwrap() % objects.len().max(1)) {
        Some(object) if strategy == Kind::Surw => calm.spreading(*object, seed),
        _ => Order::new(strategy, seed),
    })
}

/// Objects that several processes used.
fn shared(calm: &Run) -> Vec<u64> {
    let users: BTreeSet<_> = calm.events.iter().map(|event| (event.object, event.process)).collect();
    let mut objects: Vec<_> = users.iter().map(|user| user.0).filter(|object| *object != 0).collect();
    objects.dedup_by_key(|object| *object);
    objects
}

#[test]
fn every_strategy_finds_every_outcome_of_small_models_and_no_other() {
    for model in timeless() {
        let possible = possible(&model);
        for strategy in STRATEGIES {
            let mut seen = BTreeSet::new();
            for order in orders(&model, strategy).take(usize::try_from(SEEDS).unwrap()) {
                let outcome = run(&model, &order).outcome;
                if outcome.end == End::Livelock {
                    assert!(possible.livelock, "{}: no livelock is possible ({strategy:?})", model.name);
                    continue;
                }
                seen.insert(outcome);
                if seen.len() == possible.outcomes.len() {
                    break;
                }
            }
            let impossible: Vec<&Outcome> = seen.difference(&possible.outcomes).collect();
            assert!(impossible.is_empty(), "{}: {strategy:?} found {impossible:?}", model.name);
            let missed: Vec<&Outcome> = possible.outcomes.difference(&seen).collect();
            assert!(missed.is_empty(), "{}: {strategy:?} missed {missed:?}", model.name);
        }
    }
}
