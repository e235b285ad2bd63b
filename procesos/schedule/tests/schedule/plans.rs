//! The picks of an execution are all that is needed to have it again.

use procesos_schedule::{Kind, Order, ROOT, Segment, child_of};

use crate::examples::{timed, timeless};
use crate::model::{End, run};
use crate::outcomes::orders;

fn following(plan: Vec<Segment>, of: &Order) -> Order {
    let mut order = Order::new(Kind::Plan, 99);
    order.plan = plan;
    order.early_timers = of.early_timers;
    order
}

#[test]
fn a_plan_repeats_any_execution_to_the_letter() {
    for model in timeless().iter().chain(&timed()) {
        for kind in [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw] {
            for (index, mut order) in orders(model, kind).take(18).enumerate() {
                order.early_timers = index % 2 == 1;
                order.hasty_questions = [0, 3, 40][index % 3];
                let first = run(model, &order);
                let again = run(model, &following(first.picks.clone(), &order));
                assert!(!again.deviated, "{}: {kind:?}", model.name);
                assert_eq!(again.events, first.events, "{}: {kind:?}", model.name);
                assert_eq!(again.picks, first.picks, "{}: {kind:?}", model.name);
                assert_eq!(again.outcome, first.outcome, "{}: {kind:?}", model.name);
            }
        }
    }
}

#[test]
fn a_plan_that_ends_early_goes_on_calmly_and_has_not_deviated() {
    for model in &timeless() {
        for order in orders(model, Kind::Pos).take(20) {
            let whole = run(model, &order).picks;
            let part = whole[..whole.len() / 2].to_vec();
            let again = run(model, &following(part.clone(), &order));
            assert!(!again.deviated, "{}", model.name);
            assert_eq!(again.picks[..part.len().saturating_sub(1)], part[..part.len().saturating_sub(1)]);
            assert_ne!(again.outcome.end, End::TooLong, "{}", model.name);
        }
    }
}

#[test]
fn a_plan_without_picks_is_calm() {
    for model in timeless().iter().chain(&timed()) {
        let calm = run(model, &Order::new(Kind::Calm, 0));
        let order = following(Vec::new(), &Order::new(Kind::Calm, 0));
        assert_eq!(run(model, &order).picks, calm.picks, "{}", model.name);
    }
}

#[test]
fn what_a_plan_cannot_follow_is_skipped_and_said() {
    let model = &timeless()[0];
    let nobody = Segment { process: child_of(ROOT, 40), picks: 3 };
    let first = run(model, &Order::new(Kind::Random, 5));
    let mut plan = first.picks.clone();
    plan.insert(1, nobody);
    let again = run(model, &following(plan, &Order::new(Kind::Random, 5)));
    assert!(again.deviated);
    assert_eq!(again.outcome, first.outcome);
}
