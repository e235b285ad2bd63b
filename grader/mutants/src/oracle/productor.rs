//! productor_consumidor: every item is consumed once and in its producer's order, everybody ends, and the plan is kept.

use grader::run::Run;
use serde_json::Value as Json;

use super::seen::{differ_in_items, named, put_by_capacity, putters, silent, too_few};
use super::{Assignment, Case, Way, Wrong};

pub(super) const ASSIGNMENT: Assignment = Assignment { cases, always, together };

fn cases() -> Vec<Case> {
    let small = [
        ("ejecutar 1 1 0 1", 100),
        ("ejecutar 1 1 1 1", 150),
        ("ejecutar 1 1 3 1", 150),
        ("ejecutar 1 1 3 2", 150),
        ("ejecutar 1 2 1 2", 150),
        ("ejecutar 2 1 1 1", 150),
        ("ejecutar 2 2 1 2", 200),
        ("ejecutar 2 2 0 4", 100),
        ("ejecutar 1 3 2 1", 100),
    ];
    let mut cases: Vec<Case> =
        small.map(|(args, most)| Case::new(args, Way::EveryOrder(most))).into_iter().collect();
    for args in ["ejecutar 3 2 40 4", "ejecutar 2 4 30 1", "ejecutar 1 3 60 16"] {
        cases.push(Case::new(args, Way::Free(1)));
    }
    cases
}

fn always(case: &Case, run: &Run) -> Option<Wrong> {
    let [producers, consumers, items, capacity] = [1, 2, 3, 4].map(|index| case.number(index));
    differ_in_items(run, "consumidos", "esperados")
        .or_else(|| not_in_order(run))
        .or_else(|| too_few(run, producers + consumers))
        .or_else(|| silent(run))
        .or_else(|| other_capacity(run, capacity, producers * items))
        .or_else(|| by_first(run))
}

/// A producer's items that a consumer noted in another order.
fn not_in_order(run: &Run) -> Option<Wrong> {
    let lists = run.results.get("por_consumidor").and_then(Json::as_array)?;
    let grows = |list: &Json| {
        let numbers: Vec<i64> = list.as_array().into_iter().flatten().filter_map(Json::as_i64).collect();
        numbers.windows(2).all(|pair| pair[0] < pair[1])
    };
    let other = lists.iter().find(|list| !grows(list))?;
    Some(Wrong::Result { name: "por_consumidor", seen: other.to_string(), expected: "<".to_owned() })
}

/// What was produced did not all go through queues of the plan's capacity.
fn other_capacity(run: &Run, capacity: usize, total: usize) -> Option<Wrong> {
    let through = put_by_capacity(run).get(&(capacity as u64)).copied();
    (through.is_none_or(|through| through < total)).then_some(Wrong::OtherCapacity { wanted: capacity })
}

/// The first process noted an item.
fn by_first(run: &Run) -> Option<Wrong> {
    let output = named(run, "salida")?;
    putters(run, output).contains(&0).then_some(Wrong::DoneByFirst)
}

fn together(_: &Case, _: &Run) -> Option<(usize, usize)> {
    None
}
