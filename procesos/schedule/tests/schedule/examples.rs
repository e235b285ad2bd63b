//! Small models with every kind of operation, for the subjects that go through all of them.

use crate::model::program::{all, at_most, times, until, when};
use crate::model::{Model, Op, Test, Value};

const FIN: i64 = -7;

fn add() -> Vec<Op> {
    vec![Op::Get(0), Op::Set(0, Value::Last(1))]
}

fn locked(lock: usize, body: &[Op]) -> Vec<Op> {
    all(&[&[Op::Acquire(lock)], body, &[Op::Release(lock)]])
}

/// Models without a clock: the enumerator can say what they may do.
pub(crate) fn timeless() -> Vec<Model> {
    let others = vec![
        crossed_locks(),
        philosophers(),
        Model::started(
            "through a queue",
            [],
            [
                vec![Op::Put(0, Value::Of(1)), Op::Put(0, Value::Of(2))],
                vec![Op::Put(0, Value::Of(3))],
                vec![Op::Take(0), Op::Log, Op::Take(0), Op::Log],
            ],
        )
        .with_queues([1]),
        fin_too_early(),
        sentinel_missing(),
        looks_then_takes(),
        tries_once(),
        tries_the_lock(),
        drops_when_full(),
        grandchildren(),
        data_before_its_flag(),
    ];
    [values(), others, questions()].concat()
}

fn values() -> Vec<Model> {
    vec![
        Model::started("lost update", [], [add(), add()]),
        Model::started("lost update of three", [], [add(), add(), add()]),
        Model::started("two rounds", [Op::Get(0), Op::Log], [times(2, &add()), times(2, &add())]),
        Model::started("with a lock", [], [locked(0, &add()), locked(0, &add())]),
        Model::started(
            "unlocked in between",
            [],
            [all(&[&locked(0, &[Op::Get(0)]), &locked(0, &[Op::Set(0, Value::Last(1))])]), locked(0, &add())],
        ),
        Model::started(
            "store buffering",
            [],
            [
                vec![Op::Set(0, Value::Of(1)), Op::Get(1), Op::Log],
                vec![Op::Set(1, Value::Of(1)), Op::Get(0), Op::Log],
            ],
        ),
    ]
}

fn questions() -> Vec<Model> {
    vec![
        Model::new(
            "asks whether it lives",
            [
                vec![Op::Start(1), Op::IsAlive(0), Op::Log, Op::Get(0), Op::Log, Op::Join(0)],
                vec![Op::Set(0, Value::Of(1))],
            ],
        ),
        Model::new(
            "two questions",
            [
                all(&[&[Op::Start(1), Op::IsEmpty(0), Op::Log, Op::IsEmpty(1), Op::Log, Op::Join(0)]]),
                vec![Op::Put(1, Value::Of(1))],
            ],
        )
        .with_queues([1, 1]),
        Model::new(
            "looks three times",
            [
                all(&[&[Op::Start(1)], &times(3, &[Op::Get(0), Op::Log]), &[Op::Join(0)]]),
                vec![Op::Set(0, Value::Of(1))],
            ],
        ),
        Model::new(
            "three tries",
            [
                all(&[
                    &[Op::Start(1)],
                    &at_most(3, Test::IsNot(-1), &[Op::TryTake(0)]),
                    &[Op::Log, Op::Join(0)],
                ]),
                vec![Op::Put(0, Value::Of(5))],
            ],
        )
        .with_queues([1]),
        Model::new(
            "waits for a flag",
            [
                all(&[
                    &[Op::Start(1)],
                    &until(Test::Is(1), &[Op::Get(0)]),
                    &[Op::Get(1), Op::Log, Op::Join(0)],
                ]),
                vec![Op::Set(1, Value::Of(1)), Op::Set(0, Value::Of(1)), Op::Set(1, Value::Of(2))],
            ],
        ),
        Model::started(
            "waits for each other's flags",
            [],
            [
                all(&[&[Op::Set(0, Value::Of(1))], &until(Test::Is(1), &[Op::Get(1)])]),
                all(&[&[Op::Set(1, Value::Of(1))], &until(Test::Is(1), &[Op::Get(0)])]),
            ],
        ),
    ]
}

/// Models whose processes look at the time, or let it pass; all of them end in every order.
pub(crate) fn timed() -> Vec<Model> {
    const MILLISECOND: u64 = 1_000_000;
    let wait_until = |nanos: u64, body: &[Op]| {
        let over = Test::AtLeast(i64::try_from(nanos).unwrap());
        all(&[&[Op::Clock, Op::Save], &until(over, &all(&[body, &[Op::Clock, Op::LessSaved]]))])
    };
    vec![
        Model::started(
            "sleeps",
            [],
            [
                vec![Op::Sleep(2 * MILLISECOND), Op::Put(0, Value::Of(1))],
                vec![Op::Sleep(MILLISECOND), Op::Put(0, Value::Of(2))],
                vec![Op::Take(0), Op::Log, Op::Take(0), Op::Log],
            ],
        )
        .with_queues([2]),
        Model::started(
            "waits so long",
            [],
            [
                vec![Op::TakeWithin(0, MILLISECOND), Op::Log],
                vec![Op::Sleep(2 * MILLISECOND), Op::Put(0, Value::Of(2))],
            ],
        )
        .with_queues([1]),
        Model::new(
            "asks and sleeps",
            [
                all(&[&[Op::Start(1)], &until(Test::Is(0), &[Op::Sleep(MILLISECOND), Op::IsAlive(0)])]),
                vec![Op::Sleep(20 * MILLISECOND), Op::Set(0, Value::Of(1))],
            ],
        ),
        Model::started("asks until a deadline", [], [wait_until(50 * MILLISECOND, &[Op::TryTake(0)])])
            .with_queues([1]),
        Model::started("works until a deadline", [], [wait_until(50 * MILLISECOND, &add()), add()]),
        Model::started(
            "sleeps until a deadline",
            [],
            [wait_until(400 * MILLISECOND, &[Op::IsEmpty(0), Op::Sleep(MILLISECOND)])],
        )
        .with_queues([1]),
        Model::new(
            "sleeps between many tries",
            [at_most(500, Test::IsNot(-1), &[Op::TryTake(0), Op::Sleep(MILLISECOND)])],
        )
        .with_queues([1]),
    ]
}

pub(crate) fn crossed_locks() -> Model {
    let both = |a, b| vec![Op::Acquire(a), Op::Acquire(b), Op::Release(b), Op::Release(a)];
    Model::started("crossed locks", [], [both(0, 1), both(1, 0)])
}

fn philosophers() -> Model {
    let eats = |left: usize| {
        vec![Op::Acquire(left), Op::Acquire((left + 1) % 3), Op::Release((left + 1) % 3), Op::Release(left)]
    };
    Model::started("three philosophers", [], (0..3).map(eats))
}

fn fin_too_early() -> Model {
    let consumer = until(Test::Is(FIN), &[Op::Take(0), Op::Log]);
    Model::new(
        "FIN too early",
        [
            vec![Op::Start(1), Op::Start(2), Op::Put(0, Value::Of(FIN)), Op::Join(1)],
            vec![Op::Put(0, Value::Of(1))],
            consumer,
        ],
    )
    .with_queues([4])
}

fn sentinel_missing() -> Model {
    let consumer = until(Test::Is(FIN), &[Op::Take(0), Op::Log]);
    Model::new(
        "one FIN for two",
        [
            vec![
                Op::Start(1),
                Op::Start(1),
                Op::Put(0, Value::Of(1)),
                Op::Put(0, Value::Of(FIN)),
                Op::Join(0),
                Op::Join(1),
            ],
            consumer,
        ],
    )
    .with_queues([4])
}

fn looks_then_takes() -> Model {
    let consumer = all(&[&[Op::IsEmpty(0)], &when(Test::Is(0), &[Op::Take(0), Op::Log])]);
    Model::new(
        "looks, then takes",
        [vec![Op::Put(0, Value::Of(1)), Op::Start(1), Op::Start(1), Op::Join(0), Op::Join(1)], consumer],
    )
    .with_queues([4])
}

fn tries_once() -> Model {
    Model::started(
        "tries once",
        [],
        [vec![Op::TryTake(0), Op::Log], vec![Op::Put(0, Value::Of(4)), Op::Set(0, Value::Of(1))]],
    )
    .with_queues([1])
}

fn tries_the_lock() -> Model {
    let body = all(&[&[Op::TryAcquire(0), Op::Log], &when(Test::Is(1), &all(&[&add(), &[Op::Release(0)]]))]);
    Model::started("tries the lock", [], [body.clone(), body])
}

fn drops_when_full() -> Model {
    let puts = vec![Op::TryPut(0, Value::Of(1)), Op::TryPut(0, Value::Of(2)), Op::Log];
    Model::started("drops when full", [], [puts, vec![Op::Take(0), Op::Log]]).with_queues([1])
}

fn grandchildren() -> Model {
    Model::new(
        "grandchildren",
        [
            vec![Op::Start(1), Op::Start(2), Op::Join(0), Op::Join(1), Op::Get(0), Op::Log],
            all(&[&[Op::Start(2)], &add(), &[Op::Join(0)]]),
            add(),
        ],
    )
}

fn data_before_its_flag() -> Model {
    let sees_no_data = all(&[&[Op::Get(0), Op::Log], &when(Test::Is(0), &[Op::Fail])]);
    Model::started(
        "data before its flag",
        [],
        [
            vec![Op::Set(0, Value::Of(1)), Op::Set(1, Value::Of(1))],
            all(&[&[Op::Get(1), Op::Log], &when(Test::Is(1), &sees_no_data)]),
        ],
    )
}
