//! The order in which prefixes are tried, and when two executions are in the same state.

use grader::run::{Event, Process, Trace};
use procesos_schedule::{ROOT, child_of};
use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};

use crate::history::History;
use crate::orders::{Waiting, picks_of, segments};

#[test]
fn picks_become_segments_and_picks_again() {
    let picks = [1, 1, 7, 1, 9, 9, 9];
    assert_eq!(segments(&picks).len(), 4);
    assert_eq!(picks_of(&segments(&picks)), picks);
}

#[test]
fn few_interruptions_come_first_and_then_whoever_waits_longest() {
    let mut waiting = Waiting::default();
    for (interruptions, pick) in [(1, 1), (0, 2), (2, 3), (0, 4), (1, 5)] {
        waiting.add(interruptions, vec![pick]);
    }
    let order: Vec<u64> = std::iter::from_fn(|| waiting.next()).map(|(_, prefix)| prefix[0]).collect();
    assert_eq!(order, [2, 4, 1, 5, 3]);
}

fn event(op: Op, object: u32, end: u64) -> Event {
    Event {
        op,
        outcome: Outcome::Done,
        flags: 0,
        object: (object > 0).then_some(ObjectId { creator: 0, ordinal: object }),
        kind: ObjectKind::Value,
        place: None,
        begin: end,
        end,
        version: 0,
        value: 0,
        extra: 0,
        label: None,
        method: None,
        part: None,
    }
}

/// A first process that is there from the beginning and does the first operation, and a child of it that does the second.
fn trace(first: Event, second: Event) -> Trace {
    let start = Event { value: 1, ..event(Op::Start, 0, 1) };
    let first = Process { events: vec![start, first], exists: true, ..Process::default() };
    let child = Process { path: vec![1], events: vec![second], exists: true, ..Process::default() };
    Trace { processes: vec![first, child], ..Trace::default() }
}

/// The states after both orders of two operations.
fn after_both(first: (Op, u32), second: (Op, u32)) -> (u64, u64) {
    let child = child_of(ROOT, 1);
    let state = |ends: (u64, u64), picks: &[u64]| {
        let trace = trace(event(first.0, first.1, ends.0), event(second.0, second.1, ends.1));
        History::of(&trace, picks, false).state(picks.len())
    };
    (state((5, 6), &[ROOT, child, ROOT, child]), state((6, 5), &[ROOT, child, child, ROOT]))
}

#[test]
fn what_does_not_meet_leads_to_the_same_state_in_either_order() {
    for (first, second) in [
        ((Op::ValueSet, 1), (Op::ValueSet, 2)),
        ((Op::ValueGet, 1), (Op::ValueGet, 1)),
        ((Op::ValueSet, 1), (Op::QueueIsEmpty, 2)),
    ] {
        let (one, other) = after_both(first, second);
        assert_eq!(one, other, "{first:?} {second:?}");
    }
}

#[test]
fn what_meets_leads_to_another_state_in_the_other_order() {
    for (first, second) in [
        ((Op::ValueSet, 1), (Op::ValueSet, 1)),
        ((Op::ValueSet, 1), (Op::ValueGet, 1)),
        ((Op::ValueGet, 1), (Op::ValueSet, 1)),
    ] {
        let (one, other) = after_both(first, second);
        assert_ne!(one, other, "{first:?} {second:?}");
    }
}

#[test]
fn who_is_picked_in_vain_cannot_go_on_before_somebody_has_done_something() {
    let child = child_of(ROOT, 1);
    let trace = trace(event(Op::ValueSet, 1, 5), event(Op::ValueSet, 1, 6));
    // The child begins, is picked in vain, and the first process goes on.
    let history = History::of(&trace, &[ROOT, child, child, ROOT, child], false);
    assert!(history.may_go_on(2).contains(&child));
    assert_eq!(history.may_go_on(3), [ROOT]);
    assert!(history.may_go_on(4).contains(&child));
    assert_eq!(history.state(2), history.state(3));
}
