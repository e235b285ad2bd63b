use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};

use super::*;
use crate::judge::{LostCause, MissingCause, Step, Thing};
use crate::run::{Object, Process};

const OBJECT: ObjectId = ObjectId { creator: 0, ordinal: 1 };

fn at(line: u32) -> Option<Place> {
    Some(Place { file: "src/lib.rs".into(), line, of_student: true, function: None })
}

/// What two children do to one object, in this order: who, what, with which value or message, on which line.
fn trace(kind: ObjectKind, steps: &[(usize, Op, u64, u32)]) -> Trace {
    let process = |path: &[u32]| Process { path: path.to_vec(), exists: true, ..Process::default() };
    let mut processes = vec![process(&[]), process(&[1]), process(&[2])];
    for (moment, (p, op, value, line)) in steps.iter().enumerate() {
        let end = moment as u64 + 1;
        processes[*p].events.push(Event {
            op: *op,
            outcome: Outcome::Done,
            flags: 0,
            object: Some(OBJECT),
            kind,
            place: at(*line),
            begin: end,
            end,
            version: *value,
            value: *value,
            extra: u64::from(*op == Op::QueueIsEmpty),
            label: (*op == Op::QueuePut).then(|| "Dato".to_owned()),
            method: None,
            part: None,
        });
    }
    let object = Object {
        kind,
        driver_name: None,
        variable: Some("cosa".into()),
        made_at: None,
        detail: 0,
        peer: None,
        part_of: None,
    };
    Trace { processes, objects: [(OBJECT, object)].into(), truncated: false }
}

fn lost() -> Finding {
    let who = Who { id: "P1".into(), name: String::new(), first: false };
    let step =
        Step { who, op: Op::ValueGet, method: None, value: "0".into(), after: "0".into(), place: at(10) };
    let value = Thing { kind: ObjectKind::Value, name: None, made_at: None };
    Finding::LostUpdate { value, cause: LostCause::NoLock, steps: vec![step], left: None }
}

/// The rows, each as who, what, how often, and what is in the object afterwards.
fn rows(story: &Story) -> Vec<String> {
    let row = |row: &Row| match row {
        Row::More(steps) => format!("{steps} more"),
        Row::Told(told) => {
            let ops: Vec<String> = told.doing.iter().map(|doing| format!("{:?}", doing.op)).collect();
            let after = match &told.after {
                Some(State::Value(value)) => value.clone(),
                Some(State::Messages(messages)) => messages.len().to_string(),
                Some(State::Set(set)) => set.to_string(),
                Some(State::Holder(_)) | None => String::new(),
            };
            let switch = if told.interrupted.is_some() { " <>" } else { "" };
            format!("{} {} {} x{} = {after}{switch}", told.number, told.who.id, ops.join("+"), told.times)
        }
    };
    story.rows.iter().map(row).collect()
}

fn told(finding: &Finding, trace: &Trace) -> Story {
    let plot = finding::plot(finding, trace).expect("steps explain it");
    tell(trace, &plot, Some(FAILURE_ROWS))
}

#[test]
fn a_lost_update_begins_at_the_first_read_and_ends_at_the_write_that_overwrites() {
    use Op::{ValueGet, ValueSet};
    let trace = trace(
        ObjectKind::Value,
        &[
            (1, ValueGet, 0, 10),
            (2, ValueGet, 0, 10),
            (2, ValueSet, 1, 11),
            (1, ValueSet, 1, 11),
            (1, ValueGet, 1, 10),
            (1, ValueSet, 2, 11),
        ],
    );
    let story = told(&lost(), &trace);
    let expected =
        ["1 P1 ValueGet x1 = 0", "2 P2 ValueGet x1 = 0 <>", "3 P2 ValueSet x1 = 1", "4 P1 ValueSet x1 = 1"];
    assert_eq!(rows(&story), expected);
    assert_eq!(story.told().last().and_then(|told| told.note), Some(Note::Overwrites(3)));
    let Some(Finding::LostUpdate { steps, left, .. }) = witnessed(&lost(), &trace) else { panic!("seen") };
    assert_eq!(steps.iter().map(|step| step.who.id.as_str()).collect::<Vec<_>>(), ["P1", "P2", "P2", "P1"]);
    assert_eq!(left, Some(("2".to_owned(), "1".to_owned())));
}

#[test]
fn rounds_of_a_loop_are_one_row_and_the_steps_that_matter_stand_alone() {
    use Op::{ValueGet, ValueSet};
    let mut steps = vec![(1, ValueGet, 0, 10)];
    for value in 0..5 {
        steps.extend([(2, ValueGet, value, 10), (2, ValueSet, value + 1, 11)]);
    }
    steps.push((1, ValueSet, 1, 11));
    let story = told(&lost(), &trace(ObjectKind::Value, &steps));
    let expected = [
        "1 P1 ValueGet x1 = 0",
        "2 P2 ValueGet+ValueSet x4 = 4 <>",
        "3 P2 ValueGet x1 = 4",
        "4 P2 ValueSet x1 = 5",
        "5 P1 ValueSet x1 = 1",
    ];
    assert_eq!(rows(&story), expected);
}

#[test]
fn an_order_in_which_nothing_was_lost_has_no_story() {
    use Op::{ValueGet, ValueSet};
    let one_after_another =
        [(1, ValueGet, 0, 10), (1, ValueSet, 1, 11), (2, ValueGet, 1, 10), (2, ValueSet, 2, 11)];
    let trace = trace(ObjectKind::Value, &one_after_another);
    assert_eq!(finding::plot(&lost(), &trace), None);
    assert_eq!(witnessed(&lost(), &trace), None);
}

#[test]
fn messages_that_nobody_got_are_marked_and_the_look_that_came_too_early() {
    use Op::{QueueGet, QueueIsEmpty, QueuePut};
    let trace = trace(
        ObjectKind::Queue,
        &[(1, QueuePut, 0, 10), (2, QueueGet, 0, 20), (2, QueueIsEmpty, 1, 21), (1, QueuePut, 1, 10)],
    );
    let who = Who { id: "P2".into(), name: String::new(), first: false };
    let cause = MissingCause::EmptyTakenForEnd { who, place: at(21) };
    let missing = Finding::ItemsMissing { expected: 2, missing: 1, examples: Vec::new(), cause };
    let story = told(&missing, &trace);
    let expected = [
        "1 P1 QueuePut x1 = 1",
        "2 P2 QueueGet x1 = 0 <>",
        "3 P2 QueueIsEmpty x1 = 0",
        "4 P1 QueuePut x1 = 1",
    ];
    assert_eq!(rows(&story), expected);
    let notes: Vec<Option<Note>> = story.told().map(|told| told.note).collect();
    assert_eq!(notes, [None, None, Some(Note::TooEarly(4)), Some(Note::NotReceived)]);
}

#[test]
fn a_long_story_keeps_its_twelve_rows() {
    use Op::{ValueGet, ValueSet};
    let mut steps = vec![(1, ValueGet, 0, 10)];
    for line in 0..40 {
        steps.extend([(2, ValueGet, 0, 20 + line), (2, ValueSet, 1, 80 + line)]);
    }
    steps.push((1, ValueSet, 1, 11));
    let story = told(&lost(), &trace(ObjectKind::Value, &steps));
    assert!(story.rows.len() <= FAILURE_ROWS, "{:#?}", rows(&story));
    assert!(story.rows.iter().any(|row| matches!(row, Row::More(steps) if *steps > 60)));
    assert_eq!(story.told().next().map(|told| told.who.id.as_str()), Some("P1"));
}
