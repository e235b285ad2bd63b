//! What each strategy promises of its picks.

use procesos_schedule::strategy::of;
use procesos_schedule::{Access, Choice, Kind, Next, Order, ROOT, Random, State, Status, Step, child_of};

use crate::examples::{timed, timeless};
use crate::model::execution::watched;
use crate::model::{Model, Op, Value, run};
use crate::outcomes::orders;

const ALL: [Kind; 5] = [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw, Kind::Plan];

fn writing(object: u64) -> Next {
    Next { op: 1, object, access: Access::Write, asks: false }
}

/// Six processes before operations on two objects.
fn six(order: &Order) -> State {
    let mut state = State::new(order);
    for slot in 0..6 {
        if slot > 0 {
            state.begin(slot, child_of(ROOT, u32::try_from(slot).unwrap()), order);
        }
        state.arrive(slot, writing(1 + slot as u64 % 2), order);
    }
    state
}

#[test]
fn every_strategy_picks_one_of_those_who_can_go_on() {
    for kind in ALL {
        let mut order = Order::new(kind, 7);
        order.object = 1;
        order.counts = vec![(ROOT, 2), (child_of(ROOT, 2), 5)];
        order.plan = run(&timeless()[0], &Order::new(Kind::Random, 3)).picks;
        let mut state = six(&order);
        let mut random = 1;
        for _ in 0..2_000 {
            let bits = Random(&mut random).below(62) + 1;
            let enabled: Vec<usize> = (0..6).filter(|slot| bits >> slot & 1 == 1).collect();
            let slot = of(kind).pick(&mut state, &order, &enabled);
            assert!(enabled.contains(&slot), "{kind:?} picked {slot} of {enabled:?}");
            if Random(&mut random).below(2) == 0 {
                state.stepped(slot, Step::Changed, &order);
                state.arrive(slot, writing(1 + Random(&mut random).below(3)), &order);
            }
            state.last = u32::try_from(slot).unwrap();
        }
    }
}

#[test]
fn nobody_is_picked_who_has_ended_or_waits_for_what_has_not_changed() {
    for model in timeless().iter().chain(&timed()) {
        for kind in [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw] {
            for order in orders(model, kind).take(8) {
                watched(model, &order, |before, after, choice| {
                    let Choice::Run(slot) = choice else { return };
                    let (was, time) = (&before.processes[slot], after.now);
                    let may = match was.status() {
                        Status::Ready | Status::Polling => true,
                        Status::Waiting => was.deadline != 0 && time >= was.deadline,
                        _ => false,
                    };
                    assert!(may, "{}: {kind:?} picked {slot}, which was {:?}", model.name, was.status());
                });
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_picks_and_another_seed_others() {
    for model in timeless().iter().chain(&timed()) {
        for kind in [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw] {
            for order in orders(model, kind).take(8) {
                assert_eq!(run(model, &order).picks, run(model, &order).picks, "{}: {kind:?}", model.name);
            }
        }
    }
    let model = &timeless()[1];
    for kind in [Kind::Random, Kind::Pos, Kind::Surw] {
        let picks: std::collections::HashSet<_> =
            orders(model, kind).take(50).map(|o| run(model, &o).picks).collect();
        assert!(picks.len() > 25, "{kind:?}: {} of 50", picks.len());
    }
}

#[test]
fn calm_never_interrupts() {
    for model in timeless().iter().chain(&timed()) {
        for early_timers in [false, true] {
            let mut order = Order::new(Kind::Calm, 0);
            order.early_timers = early_timers;
            watched(model, &order, |before, _, choice| {
                let Choice::Run(slot) = choice else { return };
                let last = before.last as usize;
                // A loop that nobody can tell is interrupted in the end.
                let could = before.processes[last].status() == Status::Ready && before.in_a_row < 1_000;
                assert!(slot == last || !could, "{}: {last} was interrupted by {slot}", model.name);
            });
        }
    }
}

#[test]
fn calm_lets_nobody_loop_for_ever() {
    let order = Order::new(Kind::Calm, 0);
    let mut state = six(&order);
    let mut picked = [0; 6];
    for _ in 0..6_000 {
        let Choice::Run(slot) = state.choose(&order) else { panic!("all are ready") };
        picked[slot] += 1;
        state.stepped(slot, Step::Looked, &order);
        state.arrive(slot, writing(1), &order);
    }
    assert_eq!(picked, [1_000; 6]);
}

#[test]
fn partial_order_sampling_draws_anew_what_conflicts_with_a_step_and_nothing_else() {
    let order = Order::new(Kind::Pos, 5);
    let mut state = six(&order);
    let before = state.processes.map(|process| process.priority);
    state.stepped(2, Step::Changed, &order);
    state.arrive(2, writing(9), &order);
    let changed: Vec<usize> =
        (0..6).filter(|slot| state.processes[*slot].priority != before[*slot]).collect();
    // Slots 0, 2 and 4 stand before operations on the first object.
    assert_eq!(changed, [0, 2, 4]);
}

#[test]
fn readers_do_not_disturb_each_other() {
    let order = Order::new(Kind::Pos, 5);
    let mut state = six(&order);
    for slot in 0..6 {
        state.arrive(slot, Next { access: Access::Read, ..writing(1) }, &order);
    }
    let before = state.processes.map(|process| process.priority);
    state.stepped(0, Step::Looked, &order);
    assert_eq!(state.processes.map(|process| process.priority), before);
}

#[test]
fn a_sleep_may_end_early_but_does_not_always() {
    let dawdles = [Op::Set(1, Value::Of(1)), Op::Set(1, Value::Of(1)), Op::Set(0, Value::Of(1))];
    let model =
        Model::started("sleeps", [], [vec![Op::Sleep(1_000_000), Op::Get(0), Op::Log], dawdles.to_vec()]);
    for kind in [Kind::Random, Kind::Pos, Kind::Surw] {
        for early_timers in [false, true] {
            let too_soon = |order: &mut Order| {
                order.early_timers = early_timers;
                run(&model, order).outcome.logs.values().any(|log| log == &[0])
            };
            let count = orders(&model, kind)
                .take(400)
                .filter_map(|mut order| too_soon(&mut order).then_some(()))
                .count();
            let among = if early_timers { 40..=360 } else { 0..=0 };
            assert!(among.contains(&count), "{kind:?}: {count} of 400");
        }
    }
}

#[test]
fn a_sleep_that_was_picked_first_is_not_over_first() {
    let busy = [Op::Set(0, Value::Of(1)); 6];
    let model = Model::started("sleeps", [], [vec![Op::Sleep(1_000_000)], busy.to_vec(), busy.to_vec()]);
    for kind in [Kind::Random, Kind::Pos, Kind::Surw] {
        let (mut slept, mut at_once) = (0, 0);
        for mut order in orders(&model, kind).take(400) {
            order.early_timers = true;
            watched(&model, &order, |before, _, choice| {
                let last = before.last as usize;
                let others = before.with(Status::Ready).count() > 1;
                if before.processes[last].may_end_early() && others {
                    slept += 1;
                    at_once += usize::from(choice == Choice::Run(last));
                }
            });
        }
        assert!(slept > 100 && at_once * 10 < slept * 9, "{kind:?}: {at_once} of {slept}");
    }
}

#[test]
fn the_end_of_a_process_wakes_whoever_waits_for_what_it_held() {
    let order = Order::new(Kind::Random, 1);
    let mut state = six(&order);
    assert!(state.wait(1, 0) && state.wait(3, 0));
    state.end(2);
    assert_eq!(state.with(Status::Ready).collect::<Vec<_>>(), [0, 1, 3, 4, 5]);
}
