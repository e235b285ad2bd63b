//! Deadlock and livelock are told where they are, and nowhere else; questions and time get on together.

use procesos_schedule::{Kind, Order};

use crate::examples::{crossed_locks, timed};
use crate::model::program::{all, at_most, times, until};
use crate::model::{End, Model, Op, Test, Value, run};
use crate::outcomes::orders;

/// Orders of each strategy.
const SEEDS: usize = 6;
const MILLISECOND: u64 = 1_000_000;
const EVERY: [Kind; 4] = [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw];

/// Runs `model` in many orders of every strategy, with and without early timers.
fn always(model: &Model, early_timers: bool, check: impl Fn(&crate::model::Outcome) -> bool) {
    for kind in EVERY {
        for mut order in orders(model, kind).take(if kind == Kind::Calm { 1 } else { SEEDS }) {
            order.early_timers = early_timers;
            let outcome = run(model, &order).outcome;
            assert!(check(&outcome), "{}: {kind:?} {} ended so: {outcome:?}", model.name, order.seed);
        }
    }
}

fn log(outcome: &crate::model::Outcome) -> Vec<i64> {
    outcome.logs.values().flatten().copied().collect()
}

#[test]
fn programs_that_end_in_every_order_do() {
    for model in &timed() {
        always(model, false, |outcome| outcome.end == End::Finished);
        always(model, true, |outcome| outcome.end == End::Finished);
    }
}

#[test]
fn a_process_that_waits_for_what_nobody_will_do_is_a_deadlock_at_once() {
    let model = Model::started("nothing comes", [], [vec![Op::Take(0)]]).with_queues([1]);
    always(&model, false, |outcome| outcome.end == End::Deadlock);
    let model = Model::started("never released", [], [vec![Op::Acquire(0)], vec![Op::Acquire(0)]]);
    always(&model, false, |outcome| outcome.end == End::Deadlock);
}

#[test]
fn a_possible_deadlock_is_found_and_only_where_it_is_possible() {
    for kind in [Kind::Random, Kind::Pos, Kind::Surw] {
        let ends: Vec<End> =
            orders(&crossed_locks(), kind).take(200).map(|o| run(&crossed_locks(), &o).outcome.end).collect();
        assert!(ends.contains(&End::Deadlock) && ends.contains(&End::Finished), "{kind:?}");
    }
    assert_eq!(run(&crossed_locks(), &Order::new(Kind::Calm, 0)).outcome.end, End::Finished);
}

#[test]
fn a_question_that_nobody_will_answer_is_a_livelock() {
    let ask = [Op::Get(0)];
    let sleepy = [Op::Get(0), Op::Sleep(MILLISECOND)];
    let by_the_clock = [Op::Clock, Op::Get(0)];
    let two = [Op::IsEmpty(0), Op::Get(0)];
    for body in [&ask[..], &sleepy, &by_the_clock, &two] {
        let model = Model::started("asks", [], [until(Test::Is(1), body)]).with_queues([1]);
        always(&model, false, |outcome| outcome.end == End::Livelock);
        let model =
            Model::started("asks beside one who waits", [], [until(Test::Is(1), body), vec![Op::Take(0)]]);
        always(&model.with_queues([1]), false, |outcome| outcome.end == End::Livelock);
    }
}

#[test]
fn two_who_wait_for_each_other_to_be_first_are_a_livelock() {
    let body = |own, other| all(&[&until(Test::Is(1), &[Op::Get(other)]), &[Op::Set(own, Value::Of(1))]]);
    always(&Model::started("after you", [], [body(0, 1), body(1, 0)]), false, |o| o.end == End::Livelock);
}

#[test]
fn a_bounded_number_of_questions_is_no_livelock() {
    for (most, sleep) in [(5, None), (200, None), (1_000, Some(MILLISECOND))] {
        let body: Vec<Op> = [Op::TryTake(0)].into_iter().chain(sleep.map(Op::Sleep)).collect();
        let tries = all(&[&at_most(most, Test::IsNot(-1), &body), &[Op::Log]]);
        let model = Model::started("gives up", [], [tries]).with_queues([1]);
        always(&model, false, |outcome| outcome.end == End::Finished && log(outcome) == [-1]);
    }
}

#[test]
fn a_few_questions_in_a_row_are_over_before_somebody_s_sleep() {
    let tries = all(&[&at_most(5, Test::IsNot(-1), &[Op::TryTake(0)]), &[Op::Log]]);
    let model = Model::started(
        "does not sleep",
        [],
        [tries, vec![Op::Sleep(10 * MILLISECOND), Op::Put(0, Value::Of(5))]],
    );
    always(&model.with_queues([1]), false, |outcome| log(outcome) == [-1]);
}

#[test]
fn questions_with_sleeps_are_asked_when_their_time_has_come() {
    for (most, late, expected) in [(5, 20, -1), (30, 50, -1), (50, 20, 5)] {
        let tries =
            all(&[&at_most(most, Test::IsNot(-1), &[Op::Sleep(MILLISECOND), Op::TryTake(0)]), &[Op::Log]]);
        let late = vec![Op::Sleep(late * MILLISECOND), Op::Put(0, Value::Of(5))];
        let model = Model::started("sleeps in between", [], [tries, late]).with_queues([1]);
        always(&model, false, |outcome| log(outcome) == [expected]);
    }
}

#[test]
fn who_asks_until_it_is_answered_outlasts_any_sleep() {
    let hour = 3_600_000 * MILLISECOND;
    for body in [&[Op::TryTake(0)][..], &[Op::Sleep(MILLISECOND), Op::TryTake(0)]] {
        let model = Model::started(
            "patient",
            [],
            [
                all(&[&until(Test::IsNot(-1), body), &[Op::Log]]),
                vec![Op::Sleep(hour), Op::Put(0, Value::Of(5))],
            ],
        );
        always(&model.with_queues([1]), false, |outcome| log(outcome) == [5]);
    }
}

#[test]
fn short_waits_in_a_loop_do_not_use_up_an_order_while_others_sleep_long() {
    let hour = 3_600_000 * MILLISECOND;
    let waits = all(&[&until(Test::IsNot(-1), &[Op::TakeWithin(0, MILLISECOND)]), &[Op::Log]]);
    let model = Model::started(
        "impatient",
        [],
        [
            waits.clone(),
            waits,
            vec![Op::Sleep(hour), Op::Put(0, Value::Of(5)), Op::Sleep(hour), Op::Put(0, Value::Of(5))],
        ],
    );
    always(&model.with_queues([1]), false, |outcome| log(outcome) == [5, 5]);
}

#[test]
fn a_livelock_with_pauses_is_told_in_a_short_order_too() {
    let sleepy = until(Test::Is(1), &[Op::Get(0), Op::Sleep(MILLISECOND)]);
    let model = Model::started("sleepy", [], [sleepy.clone(), sleepy.clone(), sleepy]);
    let mut order = Order::new(Kind::Random, 0);
    order.most_picks = 500;
    assert_eq!(run(&model, &order).outcome.end, End::Livelock);
}

#[test]
fn who_never_changes_anything_nor_asks_is_given_up() {
    let restless = until(Test::Is(1), &[Op::Sleep(MILLISECOND)]);
    let model = Model::started("sleeps for ever", [], [restless]);
    let mut order = Order::new(Kind::Calm, 0);
    order.most_picks = 500;
    assert_eq!(run(&model, &order).outcome.end, End::TooLong);
}

#[test]
fn waits_with_a_limit_that_nobody_will_end_are_a_livelock() {
    let model = Model::started("in vain", [], [until(Test::IsNot(-1), &[Op::TakeWithin(0, MILLISECOND)])]);
    always(&model.with_queues([1]), false, |outcome| outcome.end == End::Livelock);
}

#[test]
fn who_waits_for_any_of_several_things_lets_the_others_go_first() {
    // Two values by turns: no question is the same as the one before.
    let either = until(Test::Is(1), &[Op::Get(0), Op::Get(1)]);
    let model = Model::started(
        "either",
        [],
        [either.clone(), either.clone(), either, vec![Op::Put(0, Value::Of(1)), Op::Set(1, Value::Of(1))]],
    );
    let mut order = Order::new(Kind::Calm, 0);
    order.most_picks = 600;
    let calm = run(&model.clone().with_queues([1]), &order);
    assert_eq!(calm.outcome.end, End::Finished);
    assert!(calm.picks.iter().map(|segment| segment.picks).sum::<u32>() < 600);
    always(&model.with_queues([1]), false, |outcome| outcome.end == End::Finished);
}

#[test]
fn a_long_bounded_loop_of_one_that_holds_the_others_up_is_no_livelock() {
    let looks = all(&[
        &[Op::Acquire(0)],
        &times(1_500, &[Op::Get(0)]),
        &[Op::Set(0, Value::Last(1)), Op::Release(0)],
    ]);
    let model = Model::started("reads much", [], [looks.clone(), looks]);
    always(&model, false, |outcome| outcome.end == End::Finished && outcome.cells == [2]);
}

#[test]
fn who_asks_does_not_starve_beside_those_who_never_rest() {
    let model = Model::started(
        "restless",
        [],
        [
            all(&[&until(Test::Is(1), &[Op::Get(0)]), &[Op::Set(1, Value::Of(1))]]),
            all(&[
                &[Op::Set(0, Value::Of(1))],
                &until(Test::Is(1), &[Op::Get(2), Op::Set(2, Value::Last(1)), Op::Get(1)]),
            ]),
        ],
    );
    always(&model, false, |outcome| outcome.end == End::Finished);
}

#[test]
fn who_is_answered_by_a_time_limit_ends() {
    let model = Model::started(
        "a limit",
        [],
        [all(&[&until(Test::Is(-1), &[Op::TakeWithin(0, 5 * MILLISECOND)]), &[Op::Log]])],
    );
    always(&model.with_queues([1]), false, |outcome| log(outcome) == [-1]);
}

#[test]
fn who_is_intended_but_never_comes_does_not_hold_the_others_back_for_ever() {
    let restless = until(Test::Is(1), &[Op::Set(2, Value::Of(1)), Op::Set(2, Value::Of(2)), Op::Get(1)]);
    let model = Model::started(
        "waits at work",
        [],
        [
            all(&[&restless, &[Op::Set(0, Value::Of(1))]]),
            vec![Op::Set(0, Value::Of(2)), Op::Set(1, Value::Of(1))],
        ],
    );
    let calm = run(&model, &Order::new(Kind::Calm, 0));
    for seed in 0..40 {
        assert_eq!(run(&model, &calm.spreading(1_000, seed)).outcome.end, End::Finished);
    }
}
