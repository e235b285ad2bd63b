//! Every finding once, and those with several sentences once for each: what the tests read, and what a person proofreads.

mod standing;

use procesos_trace::{ObjectKind, Op, Outcome};

use crate::judge::{
    Cause, Fate, Finding, Heard, LostCause, MissingCause, Outside, Step, Thing, Unseen, Waiting, Who,
};
use crate::run::Place;

/// The student's file of the examples.
pub(crate) const FILE: &str = "exercises/contador_con_lock/src/lib.rs";

pub(crate) fn who(id: &str, name: &str) -> Who {
    Who { id: id.to_owned(), name: name.to_owned(), first: id == "P0" }
}

pub(crate) fn parent() -> Who {
    who("P0", "main")
}

pub(crate) fn at(line: u32) -> Option<Place> {
    Some(Place { file: FILE.to_owned(), line, of_student: true, function: None })
}

pub(crate) fn in_driver(line: u32) -> Option<Place> {
    let file = "exercises/contador_con_lock/src/main.rs".to_owned();
    Some(Place { file, line, of_student: false, function: None })
}

pub(crate) fn thing(kind: ObjectKind, name: &str) -> Thing {
    let name = (!name.is_empty()).then(|| name.to_owned());
    Thing { kind, name, made_at: at(58) }
}

pub(crate) fn step(who: &Who, op: Op, value: i64, after: i64, line: u32) -> Step {
    let (value, after) = (value.to_string(), after.to_string());
    Step { who: who.clone(), op, method: None, value, after, place: at(line) }
}

pub(crate) fn waiting(who: &Who, op: Op, line: u32, thing: Option<Thing>, on: Option<&Who>) -> Waiting {
    Waiting { who: who.clone(), op, place: at(line), thing, on: on.cloned(), milliseconds: 40 }
}

/// Two processes that read 0 and both write 1.
pub(crate) fn race_steps() -> Vec<Step> {
    let (one, two) = (who("P1", "incrementar-1"), who("P2", "incrementar-2"));
    vec![
        step(&one, Op::ValueGet, 0, 0, 24),
        step(&two, Op::ValueGet, 0, 0, 24),
        step(&two, Op::ValueSet, 1, 1, 25),
        step(&one, Op::ValueSet, 1, 1, 25),
    ]
}

pub(crate) fn lost(cause: LostCause, left: Option<(&str, &str)>) -> Finding {
    let left = left.map(|(expected, got)| (expected.to_owned(), got.to_owned()));
    Finding::LostUpdate { value: thing(ObjectKind::Value, "contador"), cause, steps: race_steps(), left }
}

/// Three consumers and one end mark.
pub(crate) fn one_end_mark() -> Finding {
    let queue = thing(ObjectKind::Queue, "cola");
    let (one, two) = (who("P3", "consumidor-1"), who("P4", "consumidor-2"));
    let waiting = vec![
        waiting(&one, Op::QueueGet, 41, Some(queue.clone()), None),
        waiting(&two, Op::QueueGet, 41, Some(queue.clone()), None),
        waiting(&parent(), Op::Join, 63, None, Some(&one)),
    ];
    let put = vec![(Some("Dato".to_owned()), 12), (Some("Fin".to_owned()), 1)];
    Finding::Deadlock {
        waiting,
        cause: Cause::NobodyPuts { queue, getters: 2, consumers: 3, put, last_put: at(58) },
    }
}

fn starving(put: &[(Option<&str>, usize)], consumers: usize) -> Finding {
    let queue = thing(ObjectKind::Queue, "cola");
    let put = put.iter().map(|(name, count)| (name.map(str::to_owned), *count)).collect();
    let waiting = vec![waiting(&who("P3", "consumidor-0"), Op::QueueGet, 41, Some(queue.clone()), None)];
    Finding::Deadlock {
        waiting,
        cause: Cause::NobodyPuts { queue, getters: 1, consumers, put, last_put: at(58) },
    }
}

fn deadlocks() -> Vec<Finding> {
    let (parent, child) = (parent(), who("P1", "hijo"));
    let (queue, pipe) = (thing(ObjectKind::Queue, "cola"), thing(ObjectKind::Connection, ""));
    let lock = thing(ObjectKind::Lock, "lock");
    let (one, two) = (who("P1", "productor-0"), who("P2", "productor-1"));
    let put = |who: &Who| waiting(who, Op::QueuePut, 18, Some(queue.clone()), None);
    let on_pipe = |who: &Who, op, line| waiting(who, op, line, Some(pipe.clone()), None);
    let acquire = |who: &Who, on: &Who| waiting(who, Op::LockAcquire, 15, Some(lock.clone()), Some(on));
    let join = |who: &Who, line, on: &Who| waiting(who, Op::Join, line, None, Some(on));
    let get = |who: &Who| waiting(who, Op::QueueGet, 18, Some(queue.clone()), None);
    let nothing_put =
        Cause::NobodyPuts { queue: queue.clone(), getters: 1, consumers: 1, put: Vec::new(), last_put: None };
    let full = |join| Cause::NobodyGets { queue: queue.clone(), capacity: 4, putters: 2, join };
    let dead = |waiting, cause| Finding::Deadlock { waiting, cause };
    vec![
        one_end_mark(),
        starving(&[], 1),
        starving(&[(Some("Dato"), 12)], 3),
        starving(&[(None, 1)], 1),
        starving(&[(Some("Dato"), 12), (Some("Fin"), 2)], 2),
        starving(&[(Some("Dato"), 12), (Some("Fin"), 0)], 2),
        dead(vec![put(&one), put(&two), join(&parent, 41, &one)], full(at(41))),
        dead(vec![put(&parent)], full(None)),
        dead(
            vec![on_pipe(&parent, Op::Recv, 22), on_pipe(&child, Op::Recv, 11)],
            Cause::BothReceive { heard: Vec::new() },
        ),
        dead(
            vec![on_pipe(&parent, Op::Recv, 22), on_pipe(&child, Op::Recv, 11)],
            Cause::BothReceive {
                heard: at(11)
                    .into_iter()
                    .map(|place| Heard { who: child.clone(), label: "Fin".into(), place })
                    .collect(),
            },
        ),
        dead(vec![get(&one), join(&parent, 41, &one)], nothing_put),
        dead(
            vec![get(&one), join(&parent, 41, &one)],
            Cause::PutElsewhere { queue: queue.clone(), other: at(30), put: 6 },
        ),
        dead(
            vec![join(&parent, 34, &child), on_pipe(&child, Op::Recv, 11)],
            Cause::JoinBeforeTalking { join: at(34), receive: at(11) },
        ),
        dead(vec![on_pipe(&child, Op::Recv, 11)], Cause::NobodySends),
        dead(vec![on_pipe(&parent, Op::Recv, 22)], Cause::NobodySends),
        dead(
            vec![on_pipe(&parent, Op::Send, 19), on_pipe(&child, Op::Send, 13)],
            Cause::NobodyReceives { on_their_way: 64 },
        ),
        dead(
            vec![acquire(&two, &one), join(&one, 17, &two)],
            Cause::LockNeverReleased { holder: Some(one.clone()), taken_at: at(13) },
        ),
        dead(vec![acquire(&two, &one)], Cause::LockNeverReleased { holder: None, taken_at: None }),
        dead(vec![acquire(&one, &two), acquire(&two, &one)], Cause::LockOrder),
        dead(vec![join(&parent, 34, &child)], Cause::Other),
    ]
}

fn in_function(line: u32) -> Option<Place> {
    at(line).map(|place| Place { function: Some("incrementar".to_owned()), ..place })
}

fn cpu_limit(who: Option<&Who>, polled: Option<(Op, u64, Option<Place>)>, place: Option<Place>) -> Finding {
    let milliseconds = if place.is_some() { 1000 } else { 300 };
    Finding::CpuLimit { milliseconds, who: who.cloned(), polled, place }
}

fn outside(others: usize) -> Option<Box<Outside>> {
    Some(Box::new(Outside { who: who("P1", "incrementar-1"), place: in_function(24), others }))
}

fn endings() -> Vec<Finding> {
    let (parent, child) = (parent(), who("P1", "hijo"));
    let error = |who: &Who, message: &str, operation| {
        let (who, message) = (who.clone(), message.to_owned());
        Finding::EndedInError { who, code: 1, message, operation, taken_at: at(13) }
    };
    let failed = |op, outcome| Some((op, outcome, at(15)));
    let panicked =
        |message: &str| Finding::Panicked { who: child.clone(), place: at(24), message: message.to_owned() };
    vec![
        panicked("attempt to subtract with overflow"),
        panicked("index out of bounds: the len is 3 but the index is 3"),
        panicked("called `Option::unwrap()` on a `None` value"),
        Finding::Panicked { who: parent.clone(), place: None, message: "ay\u{1b}[2J".into() },
        error(&child, "", failed(Op::Recv, Outcome::Eof)),
        error(&parent, "", failed(Op::Send, Outcome::BrokenPipe)),
        error(&child, "", failed(Op::LockAcquire, Outcome::AlreadyHeld)),
        error(&child, "", failed(Op::LockAcquire, Outcome::OwnerDied)),
        error(&child, "", failed(Op::SemaphoreAcquire, Outcome::OwnerDied)),
        error(&child, "", failed(Op::BarrierWait, Outcome::Broken)),
        error(&child, "", failed(Op::TaskDone, Outcome::TooMany)),
        error(&parent, "", failed(Op::SemaphoreRelease, Outcome::TooMany)),
        error(&parent, "la tarea 2 del Pool falló: es impar", failed(Op::PoolGet, Outcome::TaskFailed)),
        error(&parent, "", failed(Op::PoolGet, Outcome::TaskFailed)),
        error(&parent, "", failed(Op::PoolGet, Outcome::WorkerDied)),
        error(&child, "", failed(Op::ManagerGet, Outcome::WorkerDied)),
        error(&child, "", failed(Op::QueuePut, Outcome::NotHanded)),
        error(&child, "la capacidad de una cola es de al menos 1", failed(Op::Create, Outcome::Failed)),
        error(&child, "hijo: no hay datos", None),
        error(&parent, "", None),
        Finding::EndedBySignal { who: child.clone(), signal: 6 },
        Finding::EndedBySignal { who: parent.clone(), signal: 9 },
        Finding::EndedBySignal { who: child.clone(), signal: 15 },
        Finding::EndedEarly { code: 0 },
        cpu_limit(Some(&parent), Some((Op::IsAlive, 48_000, at(29))), at(29)),
        cpu_limit(Some(&child), None, in_function(29)),
        cpu_limit(Some(&child), None, None),
        cpu_limit(None, None, None),
        Finding::OutputLimit,
        Finding::TooManyProcesses,
        Finding::MemoryLimit { megabytes: 512 },
    ]
}

fn values() -> Vec<Finding> {
    let wrong = |arguments: &str, name: &str, expected: &str, seen: &str| Finding::WrongResult {
        function: Some("repartir".into()),
        arguments: arguments.into(),
        name: name.into(),
        expected: expected.into(),
        seen: seen.into(),
    };
    vec![
        lost(LostCause::NoLock, Some(("2", "1"))),
        lost(LostCause::NoLock, Some(("400", "212"))),
        lost(LostCause::NoLock, None),
        lost(
            LostCause::ManyPermits { semaphore: thing(ObjectKind::Semaphore, "turno"), permits: 2 },
            Some(("2", "1")),
        ),
        Finding::LostUpdate {
            value: thing(ObjectKind::Dict, "sumas[\"Ada\"]"),
            cause: LostCause::NoLock,
            steps: race_steps(),
            left: Some(("2".to_owned(), "1".to_owned())),
        },
        lost(LostCause::ReleasedAtOnce { place: at(23) }, Some(("400", "212"))),
        lost(LostCause::DifferentLocks { count: 4, made_at: at(12) }, None),
        lost(LostCause::ReadOutside, None),
        lost(LostCause::WriteOutside, None),
        lost(LostCause::ReleasedBetween { place: at(24) }, None),
        lost(LostCause::OtherWithoutLock { place: at(40) }, None),
        Finding::ReadTooEarly {
            place: at(30),
            running: 2,
            read: "212".into(),
            last: "400".into(),
            expected: "400".into(),
        },
        Finding::CopyNotWritten {
            value: thing(ObjectKind::Dict, "notas[\"Ada\"]"),
            who: who("P2", "anotar-1"),
            place: at(16),
            kept: "[]".into(),
            name: "notas".into(),
            expected: "{\"Ada\":[9]}".into(),
        },
        wrong("repartir 10 3", "numeros", "[2,3,4,5,6,7,8,9]", "[2,3,4,5,6,7]"),
        wrong("hijo 2 12", "respuestas", "[\"ÑANDÚ 0\",\"PINGÜINO 1\"]", "[\"ñandú 0\",\"pingüino 1\"]"),
        wrong("contar 2 1", "total", "2", "0"),
        Finding::WrongResult {
            function: None,
            arguments: String::new(),
            name: "total".into(),
            expected: "2".into(),
            seen: "0".into(),
        },
    ]
}

fn items() -> Vec<Finding> {
    let missing = |cause| Finding::ItemsMissing {
        expected: 12,
        missing: 3,
        examples: vec!["p1:3".into(), "p1:4".into(), "p1:5".into(), "p1:6".into()],
        cause,
    };
    let consumer = who("P3", "consumidor-0");
    vec![
        missing(MissingCause::EmptyTakenForEnd { who: consumer.clone(), place: at(26) }),
        missing(MissingCause::TimeoutTakenForEnd { who: consumer, place: at(26) }),
        missing(MissingCause::PutAfterEnd { mark: Some("Fin".into()), mark_at: at(45), left: 3 }),
        missing(MissingCause::PutAfterEnd { mark: Some("Dato".into()), mark_at: at(45), left: 3 }),
        missing(MissingCause::NeverPut),
        missing(MissingCause::GotNotNoted),
        missing(MissingCause::Unknown),
        Finding::ItemsExtra { expected: 12, seen: 14, examples: vec!["p0:0".into()] },
        Finding::NotIncreasing { before: "4".into(), after: "2".into() },
        Finding::NothingPut { queue: "salida".into() },
        Finding::MessageCount { queue: "cola".into(), expected: 3, seen: 5 },
        Finding::MessageCount { queue: "cola".into(), expected: 1, seen: 0 },
        Finding::OtherCapacity { wanted: 1, made: Some((thing(ObjectKind::Queue, "cola"), 16)) },
        Finding::OtherCapacity { wanted: 1, made: None },
    ]
}

fn processes() -> Vec<Finding> {
    let child = |n: usize| who(&format!("P{n}"), &format!("trabajador-{n}"));
    vec![
        Finding::TooFewProcesses { wanted: 4, started: 1 },
        Finding::DoneByFirst { queue: "cola".into(), count: 3, place: at(17) },
        Finding::SameProcess { who: child(1), count: 3, place: at(17) },
        Finding::ChildrenDidNotAdd { wanted: 4, right: 0, each: 100, other: None, first_wrote: at(30) },
        Finding::ChildrenDidNotAdd {
            wanted: 4,
            right: 3,
            each: 100,
            other: Some((child(1), 50)),
            first_wrote: None,
        },
        Finding::FirstWrote { place: at(30) },
        Finding::OneAfterAnother { wanted: 4, together: 1, join: at(28) },
        Finding::LockKept { who: child(2), place: at(13) },
        Finding::NotJoined {
            function: Some("ejecutar".into()),
            children: 4,
            left: vec![(child(3), Fate::Exited(0)), (child(4), Fate::Running)],
            started_at: at(24).into_iter().collect(),
        },
        Finding::NotJoined {
            function: Some("ejecutar".into()),
            children: 4,
            left: vec![
                (child(1), Fate::Exited(0)),
                (child(2), Fate::Exited(0)),
                (child(3), Fate::Signalled(9)),
                (child(4), Fate::Signalled(40)),
            ],
            started_at: at(24).into_iter().collect(),
        },
        Finding::NotJoined {
            function: Some("conversar".into()),
            children: 1,
            left: vec![(child(1), Fate::Signalled(11))],
            started_at: in_driver(24).into_iter().collect(),
        },
        Finding::LeftBehind { running: 1, ended: Vec::new() },
        Finding::LeftBehind { running: 1, ended: vec![Fate::Exited(3), Fate::Ended] },
        Finding::Silent { who: vec![child(1), child(2)] },
        Finding::NoConversation { wanted: 5, seen: (0, 5) },
    ]
}

/// All of them.
pub(crate) fn findings() -> Vec<Finding> {
    [deadlocks(), standing::deadlocks(), endings(), values(), items(), processes()].concat()
}

/// Whatever could not be seen.
pub(crate) fn unseen() -> Vec<Unseen> {
    vec![
        Unseen::DidNotEnd(Box::new(one_end_mark())),
        Unseen::WallLimit { seconds: 10, outside: outside(0) },
        Unseen::WallLimit { seconds: 10, outside: None },
        Unseen::Still { outside: outside(0) },
        Unseen::Still { outside: outside(2) },
        Unseen::Still { outside: None },
        Unseen::Truncated,
        Unseen::NoResult { name: "total".into() },
    ]
}
