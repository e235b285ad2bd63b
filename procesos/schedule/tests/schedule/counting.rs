//! The enumerator finds as many orders as can be counted by hand.

use crate::brute::{interleavings, possible, traces};
use crate::model::program::times;
use crate::model::{End, Model, Op, Value};

const SET: Op = Op::Set(0, Value::Of(1));

fn choose(n: u128, k: u128) -> u128 {
    (0..k).fold(1, |product, i| product * (n - i) / (i + 1))
}

fn writers(counts: &[usize]) -> Model {
    Model::new("writers", counts.iter().map(|count| times(*count, &[SET])))
}

#[test]
fn two_processes_of_n_and_m_conflicting_steps_have_n_plus_m_over_n_orders() {
    for (n, m) in [(1, 1), (2, 3), (4, 4), (5, 2)] {
        let model = writers(&[n, m]);
        let (n, m) = (n as u128, m as u128);
        assert_eq!(traces(&model) as u128, choose(n + m, n), "{n} and {m}");
        // Each has its exit besides, which conflicts with nothing.
        assert_eq!(interleavings(&model), choose(n + m + 2, n + 1), "{n} and {m}");
    }
}

#[test]
fn three_processes_have_as_many_orders_as_the_multinomial_says() {
    let model = writers(&[1, 2, 3]);
    assert_eq!(traces(&model), 60);
    assert_eq!(interleavings(&model), 1_260);
}

#[test]
fn large_models_are_counted_without_walking_every_order() {
    assert_eq!(interleavings(&writers(&[19, 19])), choose(40, 20));
}

#[test]
fn steps_that_do_not_conflict_have_one_order() {
    let apart = Model::new("apart", [times(3, &[SET]), times(3, &[Op::Set(1, Value::Of(1))])]);
    assert_eq!(traces(&apart), 1);
    assert_eq!(interleavings(&apart), choose(8, 4));
    let readers = Model::new("readers", [times(3, &[Op::Get(0)]), times(3, &[Op::Get(0)])]);
    assert_eq!(traces(&readers), 1);
}

#[test]
fn a_writer_among_readers_has_a_place_relative_to_each() {
    let model = Model::new("a writer", [vec![SET], times(2, &[Op::Get(0)]), times(3, &[Op::Get(0)])]);
    assert_eq!(traces(&model), 3 * 4);
}

#[test]
fn critical_sections_follow_each_other_whole() {
    let section = [Op::Acquire(0), Op::Get(0), Op::Set(0, Value::Last(1)), Op::Release(0)];
    let model = Model::new("sections", [section.to_vec(), section.to_vec(), section.to_vec()]);
    assert_eq!(traces(&model), 6);
}

#[test]
fn two_locks_in_opposite_order_meet_in_three_ways() {
    let both = |a, b| vec![Op::Acquire(a), Op::Acquire(b), Op::Release(b), Op::Release(a)];
    // One after the other, the other after the one, and the deadlock.
    assert_eq!(traces(&Model::new("opposite", [both(0, 1), both(1, 0)])), 3);
    assert_eq!(traces(&Model::new("alike", [both(0, 1), both(0, 1)])), 2);
}

#[test]
fn a_queue_of_one_alternates() {
    let model = Model::new("one place", [times(3, &[Op::Put(0, Value::Of(1))]), times(3, &[Op::Take(0)])]);
    assert_eq!(traces(&model.with_queues([1])), 1);
    let model = Model::new("room", [times(2, &[Op::Put(0, Value::Of(1))]), times(2, &[Op::Take(0)])]);
    // Those where no take comes before its put: the second Catalan number.
    assert_eq!(traces(&model.with_queues([9])), 2);
}

#[test]
fn a_lost_update_leaves_one_or_two() {
    let add = vec![Op::Get(0), Op::Set(0, Value::Last(1))];
    let model = Model::started("lost", [], [add.clone(), add]);
    let cells: Vec<_> =
        possible(&model).outcomes.into_iter().map(|outcome| (outcome.end, outcome.cells)).collect();
    assert_eq!(cells, [(End::Finished, vec![1]), (End::Finished, vec![2])]);
}

#[test]
fn a_loop_that_nobody_ends_is_told_from_one_that_somebody_may() {
    use crate::model::Test;
    use crate::model::program::until;
    let ask = until(Test::Is(1), &[Op::Get(0)]);
    assert!(!possible(&Model::started("ended", [], [ask.clone(), vec![SET]])).livelock);
    assert!(possible(&Model::started("never ended", [], [ask])).livelock);
}
