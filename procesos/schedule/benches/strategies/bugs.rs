//! Programs that go wrong in some orders only, as students' programs do.

use crate::model::program::{all, times, until, when};
use crate::model::{End, Model, Op, Outcome, Test, Value};

const FIN: i64 = -7;
const SET: Op = Op::Set(0, Value::Of(1));

/// All of them.
pub(crate) fn bugs() -> Vec<Model> {
    [updates(), ends(), deadlocks(), orders(), crowds()].concat()
}

fn add(cell: usize) -> Vec<Op> {
    vec![Op::Get(cell), Op::Set(cell, Value::Last(1))]
}

fn locked(lock: usize, body: &[Op]) -> Vec<Op> {
    all(&[&[Op::Acquire(lock)], body, &[Op::Release(lock)]])
}

/// `count` steps that nobody else can see, on a cell of its own.
fn alone(cell: usize, count: usize) -> Vec<Op> {
    times(count, &[Op::Set(cell, Value::Of(1))])
}

fn not_finished(outcome: &Outcome) -> bool {
    outcome.end != End::Finished
}

/// Messages that the last process has logged.
fn logged(outcome: &Outcome) -> usize {
    outcome.logs.values().map(Vec::len).sum()
}

fn updates() -> Vec<Model> {
    let once = |cell, before| all(&[&alone(cell, before), &add(0), &alone(cell, 10)]);
    let early = all(&[&locked(0, &[Op::Get(0)]), &[Op::Set(0, Value::Last(1))]]);
    let unlocks_early = all(&[&times(4, &locked(0, &add(0))), &early, &times(4, &locked(0, &add(0)))]);
    vec![
        Model::started("lost update", [], [add(0), add(0)]).wrong_when(|o| o.cells[0] != 2),
        Model::started("lost update, one in 20", [], [once(1, 10), once(2, 10)])
            .wrong_when(|o| o.cells[0] != 2),
        Model::started("lost update, early and late", [], [once(1, 3), once(2, 60)])
            .wrong_when(|o| o.cells[0] != 2),
        Model::started("lost update, 3 of 10", [], (0..3).map(|_| times(10, &add(0))))
            .wrong_when(|o| o.cells[0] != 30),
        Model::started("all but two updates lost", [], [times(4, &add(0)), times(4, &add(0))])
            .wrong_when(|o| o.cells[0] == 2),
        Model::started("unlocks too early, once", [], [unlocks_early.clone(), unlocks_early])
            .wrong_when(|o| o.cells[0] != 18),
        reads_twice("reads twice (R-W-R)", 8),
        reads_twice("reads twice, early and late", 40),
        there_and_back("there and back (ABA)", 6),
        there_and_back("there and back, early and late", 30),
        rare_branch("behind a rare branch", 5),
        rare_branch("behind a rare branch, late", 30),
    ]
}

/// Reads one cell twice, and expects the same; the other process writes it after `before` steps.
fn reads_twice(name: &'static str, before: usize) -> Model {
    let reads = [Op::Get(0), Op::Save, Op::Get(0), Op::LessSaved];
    Model::started(
        name,
        [],
        [
            all(&[&alone(1, 8), &reads, &when(Test::IsNot(0), &[Op::Fail])]),
            all(&[&alone(2, before), &[SET], &alone(2, 8)]),
        ],
    )
}

/// Takes what is beside a flag for unchanged because the flag is down both before and after.
fn there_and_back(name: &'static str, before: usize) -> Model {
    let changed = all(&[&[Op::Get(1), Op::LessSaved], &when(Test::Is(1), &[Op::Fail])]);
    let looks = all(&[&[Op::Get(1), Op::Save, Op::Get(0)], &when(Test::Is(0), &changed)]);
    Model::started(
        name,
        [],
        [
            all(&[&alone(2, 6), &[Op::Get(0)], &when(Test::Is(0), &looks)]),
            all(&[&alone(3, before), &[SET, Op::Set(1, Value::Of(1)), Op::Set(0, Value::Of(0))]]),
        ],
    )
}

/// Only who sees a flag that is up for two steps forgets the lock.
fn rare_branch(name: &'static str, before: usize) -> Model {
    let careful = all(&[
        &alone(2, 5),
        &[Op::Get(1)],
        // The last cell is never set: so the second branch is not taken as well.
        &when(Test::Is(0), &all(&[&locked(0, &add(0)), &[Op::Get(4)]])),
        &when(Test::Is(1), &add(0)),
    ]);
    let flag =
        all(&[&alone(3, before), &[Op::Set(1, Value::Of(1)), Op::Set(1, Value::Of(0))], &locked(0, &add(0))]);
    Model::started(name, [], [careful, flag]).wrong_when(|o| o.cells[0] != 2)
}

/// The first process waits for all producers but the last, and says FIN.
fn fin_too_early(name: &'static str, producers: usize) -> Model {
    let first = all(&[
        &[Op::Start(2)],
        &times(producers, &[Op::Start(1)]),
        &(1..producers).map(Op::Join).collect::<Vec<_>>(),
        &[Op::Put(0, Value::Of(FIN)), Op::Join(0)],
    ]);
    let consumer = until(Test::Is(FIN), &[Op::Take(0), Op::Log]);
    Model::new(name, [first, times(3, &[Op::Put(0, Value::Of(1))]), consumer]).with_queues([4])
}

/// Each consumer that takes FIN leaves it for the others, unless it sees something in the queue: it may be a late item.
fn fin_not_passed_on(name: &'static str, consumers: usize) -> Model {
    let first = all(&[
        &times(consumers, &[Op::Start(1)]),
        &[Op::Start(2), Op::Put(0, Value::Of(FIN))],
        &(0..consumers).map(Op::Join).collect::<Vec<_>>(),
    ]);
    let leave = all(&[&[Op::IsEmpty(0)], &when(Test::Is(1), &[Op::Put(0, Value::Of(FIN))])]);
    let consumer = all(&[&until(Test::Is(FIN), &[Op::Take(0), Op::Log]), &leave]);
    let producer = all(&[&alone(0, 4), &[Op::Put(0, Value::Of(1))]]);
    Model::new(name, [first, consumer, producer]).with_queues([8]).wrong_when(not_finished)
}

fn ends() -> Vec<Model> {
    let last_says_fin = all(&[
        &[Op::Put(0, Value::Of(1)), Op::Put(0, Value::Of(1))],
        &add(0),
        &[Op::Get(0)],
        &when(Test::Is(2), &[Op::Put(0, Value::Of(FIN))]),
    ]);
    let consumer = until(Test::Is(FIN), &[Op::Take(0), Op::Log]);
    let looks = all(&[&alone(1, 4), &[Op::IsEmpty(0)], &when(Test::Is(0), &[Op::Take(0)])]);
    let looker = |count: usize| {
        let joins = (0..count).map(Op::Join).collect::<Vec<_>>();
        let first = all(&[&[Op::Put(0, Value::Of(1))], &times(count, &[Op::Start(1)]), &joins]);
        Model::new(
            if count == 2 { "looks, then takes" } else { "looks, then takes, of 4" },
            [first, looks.clone()],
        )
        .with_queues([4])
        .wrong_when(not_finished)
    };
    vec![
        fin_too_early("FIN too early, 2 producers", 2).wrong_when(|o| logged(o) < 7),
        fin_too_early("FIN too early, 3 producers", 3).wrong_when(|o| logged(o) < 10),
        fin_too_early("FIN too early, 4 producers", 4).wrong_when(|o| logged(o) < 13),
        Model::started("FIN twice or never", [], [last_says_fin.clone(), last_says_fin, consumer])
            .with_queues([8])
            .wrong_when(|o| not_finished(o) || !o.queues[0].is_empty()),
        fin_not_passed_on("FIN not passed on, 2 consumers", 2),
        fin_not_passed_on("FIN not passed on, 4 consumers", 4),
        looker(2),
        looker(4),
        Model::started(
            "a message dropped when full",
            [],
            [
                all(&[
                    &times(2, &[Op::TryPut(0, Value::Of(1))]),
                    &[Op::Take(1)],
                    &times(3, &[Op::TryPut(0, Value::Of(1))]),
                    &[Op::Put(0, Value::Of(FIN))],
                ]),
                all(&[
                    &[Op::Take(0), Op::Log, Op::Put(1, Value::Of(1))],
                    &until(Test::Is(FIN), &[Op::Take(0), Op::Log]),
                ]),
            ],
        )
        .with_queues([3, 1])
        .wrong_when(|o| logged(o) < 6),
        Model::new(
            "empty, then ended",
            [
                // Takes until there is nothing and the child has ended, but asks in this order.
                all(&[
                    &[Op::Start(1)],
                    &until(
                        Test::Is(0),
                        &all(&[
                            &[Op::TryTake(0)],
                            &when(Test::IsNot(-1), &[Op::Log]),
                            &when(Test::Is(-1), &[Op::IsAlive(0)]),
                        ]),
                    ),
                    &[Op::Join(0)],
                ]),
                all(&[&times(3, &[Op::Put(0, Value::Of(1))]), &alone(0, 3), &[Op::Put(0, Value::Of(1))]]),
            ],
        )
        .with_queues([8])
        .wrong_when(|o| logged(o) < 4),
        late_join(),
    ]
}

/// Waits for the first of three children, and reads what all of them do.
fn late_join() -> Model {
    let child = |cell: usize, steps| all(&[&alone(cell + 3, steps), &[Op::Set(cell, Value::Of(1))]]);
    let check: Vec<Op> =
        (0..3).flat_map(|cell| all(&[&[Op::Get(cell)], &when(Test::Is(0), &[Op::Fail])])).collect();
    let first =
        all(&[&[Op::Start(1), Op::Start(2), Op::Start(3), Op::Join(2)], &check, &[Op::Join(0), Op::Join(1)]]);
    Model::new("joins too late", [first, child(0, 2), child(1, 2), child(2, 14)])
}

fn deadlocks() -> Vec<Model> {
    let meal = |left: usize, right: usize| {
        vec![Op::Acquire(left), Op::Acquire(right), Op::Release(right), Op::Release(left)]
    };
    let once_crossed = |a, b| all(&[&times(5, &meal(0, 1)), &meal(a, b), &times(5, &meal(0, 1))]);
    vec![
        Model::started("deadlock of 2 locks", [], [meal(0, 1), meal(1, 0)]),
        Model::started("deadlock of 2 locks, once in 11", [], [once_crossed(0, 1), once_crossed(1, 0)]),
        Model::started("deadlock of 3 locks", [], [meal(0, 1), meal(1, 2), meal(2, 0)]),
        Model::started("dining of 5", [], (0..5).map(|seat| meal(seat, (seat + 1) % 5))),
        Model::started(
            "dining of 5, with work",
            [],
            (0..5).map(|seat| {
                all(&[
                    &alone(seat, 4),
                    &[Op::Acquire(seat)],
                    &alone(seat, 2),
                    &meal((seat + 1) % 5, 5),
                    &[Op::Release(seat)],
                ])
            }),
        ),
    ]
    .into_iter()
    .map(|model| model.wrong_when(not_finished))
    .collect()
}

fn orders() -> Vec<Model> {
    let failing_unless_zero = all(&[&[Op::Get(2)], &when(Test::Is(0), &[Op::Fail])]);
    let seen = all(&[&[Op::Get(0)], &when(Test::Is(1), &[Op::Fail])]);
    let if_set = |cell, body: &[Op]| all(&[&[Op::Get(cell)], &when(Test::Is(1), body)]);
    vec![
        Model::started(
            "order of 3 steps",
            [],
            [
                all(&[&alone(5, 5), &[SET, Op::Set(2, Value::Of(1))]]),
                all(&[&alone(6, 5), &if_set(0, &[Op::Set(1, Value::Of(1))])]),
                all(&[&alone(7, 5), &if_set(1, &failing_unless_zero)]),
            ],
        ),
        Model::started(
            "order of 4 steps",
            [],
            [
                all(&[&alone(5, 4), &[SET, Op::Set(2, Value::Of(1))]]),
                all(&[&alone(6, 4), &if_set(0, &[Op::Set(1, Value::Of(1))])]),
                all(&[&alone(7, 4), &if_set(1, &[Op::Set(3, Value::Of(1))])]),
                all(&[&alone(8, 4), &if_set(3, &failing_unless_zero)]),
            ],
        ),
        Model::started("the last of 40 before the first", [], [seen, all(&[&alone(1, 40), &[SET]])]),
        Model::started(
            "ready before it is",
            [],
            [
                all(&[&alone(2, 10), &[Op::Set(1, Value::Of(1)), SET]]),
                all(&[&until(Test::Is(1), &[Op::Get(1)]), &[Op::Get(0)], &when(Test::Is(0), &[Op::Fail])]),
            ],
        ),
        Model::started(
            "a sum between two transfers",
            [],
            [
                all(&[
                    &alone(2, 6),
                    &locked(0, &[SET]),
                    &locked(1, &[Op::Set(1, Value::Of(-1))]),
                    &alone(2, 6),
                ]),
                all(&[
                    &alone(3, 6),
                    &locked(0, &[Op::Get(0), Op::Save]),
                    &locked(1, &[Op::Get(1), Op::LessSaved]),
                    &when(Test::Is(-1), &[Op::Fail]),
                ]),
            ],
        ),
    ]
}

fn crowds() -> Vec<Model> {
    let idle = (0..10).map(|cell| alone(cell + 1, 12));
    let bystanders = Model::started("two among 10 bystanders", [], idle.chain([add(0), add(0)]));
    let careful = times(24, &locked(0, &add(0)));
    let careless = all(&[&times(12, &locked(0, &add(0))), &add(0), &times(12, &locked(0, &add(0)))]);
    let all_careless = (0..8).map(|_| careless.clone());
    let one = (0..7).map(|_| careful.clone()).chain([careless.clone()]);
    vec![
        bystanders.wrong_when(|o| o.cells[0] != 2),
        Model::started("8 workers, 800 points", [], all_careless).wrong_when(|o| o.cells[0] != 200),
        Model::started("8 workers, 800 points, one careless", [], one).wrong_when(|o| o.cells[0] != 193),
    ]
}
