//! Traces that no run leaves behind: whatever they hold, every claim gets a verdict, and the same one every time.

use std::time::Duration;

use procesos_trace::{Method, ObjectId, ObjectKind, Op, Outcome, flags};
use serde_json::json;

use super::dice::Dice;
use super::story::{P0, Story, at};
use super::{every_claim, verdicts};
use crate::run::{Ending, Event, Object, Pending, Run};

/// A small number, or now and then a huge one.
fn number(dice: &mut Dice) -> u64 {
    match dice.throw(12) {
        0 => u64::MAX,
        1 => 1 << 63,
        _ => dice.throw(7),
    }
}

const OPS: [Op; 27] = [
    Op::ManagerGet,
    Op::ManagerSet,
    Op::ManagerPart,
    Op::Begin,
    Op::Exit,
    Op::Start,
    Op::Join,
    Op::IsAlive,
    Op::Terminate,
    Op::Unjoined,
    Op::LockAcquire,
    Op::LockRelease,
    Op::ValueGet,
    Op::ValueSet,
    Op::QueuePut,
    Op::QueueGet,
    Op::QueueIsEmpty,
    Op::Send,
    Op::Recv,
    Op::Poll,
    Op::Close,
    Op::Sleep,
    Op::Create,
    Op::Name,
    Op::Call,
    Op::Finished,
    Op::Panic,
];

const OUTCOMES: [Outcome; 9] = [
    Outcome::Done,
    Outcome::WouldBlock,
    Outcome::TimedOut,
    Outcome::Eof,
    Outcome::BrokenPipe,
    Outcome::OwnerDied,
    Outcome::AlreadyHeld,
    Outcome::NotHanded,
    Outcome::Failed,
];

const KINDS: [ObjectKind; 7] = [
    ObjectKind::Lock,
    ObjectKind::Value,
    ObjectKind::Queue,
    ObjectKind::Connection,
    ObjectKind::List,
    ObjectKind::Dict,
    ObjectKind::Kept,
];

fn object_id(dice: &mut Dice) -> ObjectId {
    ObjectId { creator: dice.of(&[0, 0, 1, 600]), ordinal: dice.of(&[1, 2, 3, 4]) }
}

fn event(dice: &mut Dice) -> Event {
    let outcome = if dice.throw(3) > 0 { Outcome::Done } else { dice.of(&OUTCOMES) };
    let begin = dice.throw(1000);
    Event {
        op: dice.of(&OPS),
        outcome,
        flags: dice.of(&[0, flags::FLOAT, flags::BOOLEAN, flags::UNSIGNED, flags::OTHER, flags::UNCHANGED]),
        object: (dice.throw(8) > 0).then(|| object_id(dice)),
        kind: dice.of(&KINDS),
        place: (dice.throw(4) > 0).then(|| at(dice.of(&[1, 2, 3]))),
        begin,
        end: begin + dice.throw(50),
        version: number(dice),
        value: number(dice),
        extra: number(dice),
        label: dice.of(&[None, Some("Dato"), Some("Fin"), Some("salida")]).map(str::to_owned),
        method: Method::from_number(u8::try_from(dice.throw(22)).unwrap_or(0)),
        part: (dice.throw(3) == 0).then(|| object_id(dice)),
    }
}

fn damaged(dice: &mut Dice) -> Run {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.start(child, "nieta");
    let [_, _] = story.start_some();
    story.result("n", number(dice)).result("veces", 2).result("total", 1).result("esperado", dice.throw(2));
    story
        .result("lista", json!([1]))
        .result("esperada", json!([1, 2]))
        .result("listas", json!([[1, 2], [2, "a"]]));
    let endings = [Ending::Exited(0), Ending::Exited(1), Ending::NoProgress, Ending::Signalled(9)];
    let mut run = story.cut(dice.of(&endings));
    for ordinal in 1..5 {
        let object = Object {
            kind: dice.of(&KINDS),
            driver_name: (dice.throw(3) == 0).then(|| "salida".to_owned()),
            variable: None,
            made_at: None,
            detail: number(dice),
            peer: (dice.throw(2) == 0).then(|| object_id(dice)),
            part_of: (dice.throw(3) == 0).then(|| object_id(dice)),
        };
        run.trace.objects.insert(ObjectId { creator: 0, ordinal }, object);
    }
    for process in &mut run.trace.processes {
        process.events.extend((0..dice.throw(40)).map(|_| event(dice)));
        process.exit_code = dice.of(&[None, Some(0), Some(1), Some(101)]);
        process.exists = dice.throw(9) > 0;
        process.pending = (dice.throw(2) == 0).then(|| Pending {
            op: dice.of(&OPS),
            object: (dice.throw(3) > 0).then(|| object_id(dice)),
            place: None,
            blocked: dice.throw(4) > 0,
            timed: false,
            since: number(dice),
            detail: number(dice),
        });
    }
    run.trace.truncated = dice.throw(8) == 0;
    run.cpu_time = Duration::from_secs(dice.throw(5));
    run
}

#[test]
fn every_claim_gets_the_same_verdict_twice() {
    let mut dice = Dice::new(3);
    let claims = every_claim();
    for _ in 0..3_000 {
        let run = damaged(&mut dice);
        let found = verdicts(&claims, &run);
        assert_eq!(found.len(), claims.len());
        assert_eq!(found, verdicts(&claims, &run));
    }
}
