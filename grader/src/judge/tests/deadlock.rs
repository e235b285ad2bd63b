//! `ends` when nobody can go on: who waits, and what came first, for queues.

use procesos_trace::{ObjectId, Op};

use super::broken;
use super::story::{P0, Story, at};
use crate::course::Claim;
use crate::judge::finding::{Cause, Finding, Waiting};
use crate::run::Ending;

#[track_caller]
fn deadlock(story: Story) -> (Vec<Waiting>, Cause) {
    match broken(&Claim::Ends, &story.cut(Ending::NoProgress)) {
        Finding::Deadlock { waiting, cause } => (waiting, cause),
        other => panic!("{other:?}"),
    }
}

/// Three consumers of a queue, and where they wait.
fn consumers(story: &mut Story) -> (ObjectId, [usize; 3]) {
    let queue = story.queue("cola", 4);
    (queue, story.start_some())
}

#[test]
fn those_who_wait_are_told_with_place_object_and_time_children_first() {
    let mut story = Story::new();
    let queue = story.queue("cola", 4);
    let child = story.start(P0, "consumidor-0");
    story.stuck_in_join(P0, child, 34).stuck(child, Op::QueueGet, Some(queue), 27);
    let (waiting, _) = deadlock(story);
    let told: Vec<(&str, Op, Option<u32>)> = waiting
        .iter()
        .map(|one| (one.who.id.as_str(), one.op, one.place.as_ref().map(|place| place.line)))
        .collect();
    assert_eq!(told, [("P1", Op::QueueGet, Some(27)), ("P0", Op::Join, Some(34))]);
    assert_eq!(waiting[0].thing.as_ref().and_then(|thing| thing.name.as_deref()), Some("cola"));
    assert_eq!(waiting[0].on, None);
    assert_eq!(waiting[1].on.as_ref().map(|who| who.name.as_str()), Some("consumidor-0"));
    assert_eq!([waiting[0].milliseconds, waiting[1].milliseconds], [0, 1]);
}

#[test]
fn those_who_do_not_wait_are_not_told() {
    let mut story = Story::new();
    let (queue, children) = consumers(&mut story);
    story.done(children[0]).stuck(children[1], Op::QueueGet, Some(queue), 27);
    story.stuck(children[2], Op::QueueGet, Some(queue), 27);
    story.run.trace.processes[children[2]].pending.as_mut().expect("it waits").blocked = false;
    assert_eq!(deadlock(story).0.len(), 1);
}

#[test]
fn one_end_mark_for_three_is_too_few() {
    let mut story = Story::new();
    let (queue, children) = consumers(&mut story);
    story.put(P0, queue, "Dato").line(18).put(P0, queue, "Dato").line(18).put(P0, queue, "Fin").line(45);
    story.take(children[1], queue).take(children[2], queue).take(children[0], queue).done(children[0]);
    story.stuck(children[1], Op::QueueGet, Some(queue), 27);
    story.stuck(children[2], Op::QueueGet, Some(queue), 27);
    story.stuck_in_join(P0, children[1], 50);
    match deadlock(story).1 {
        Cause::NobodyPuts { queue, getters, consumers, put, last_put } => {
            assert_eq!((queue.name.as_deref(), getters, consumers), (Some("cola"), 2, 3));
            assert_eq!(put, [(Some("Dato".to_owned()), 2), (Some("Fin".to_owned()), 1)]);
            assert_eq!(last_put, Some(at(45)));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_last_end_mark_is_told_and_those_of_other_queues_are_not_counted() {
    let mut story = Story::new();
    let (queue, children) = consumers(&mut story);
    let other = story.queue("otra", 4);
    story.put(P0, queue, "Fin").line(44).put(P0, queue, "Fin").line(45).put(P0, other, "Fin").line(46);
    story.take(children[0], queue).take(children[1], queue).done(children[0]).done(children[1]);
    story.take(P0, other).stuck(P0, Op::QueueGet, Some(other), 30);
    story.stuck(children[2], Op::QueueGet, Some(queue), 27);
    match deadlock(story).1 {
        Cause::NobodyPuts { getters, consumers, put, last_put, .. } => {
            assert_eq!((getters, consumers, last_put), (1, 3, Some(at(45))));
            assert_eq!(put, [(Some("Fin".to_owned()), 2)]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_queue_that_nobody_ever_put_into() {
    let mut story = Story::new();
    let (queue, children) = consumers(&mut story);
    for child in children {
        story.stuck(child, Op::QueueGet, Some(queue), 27);
    }
    match deadlock(story).1 {
        Cause::NobodyPuts { getters: 3, consumers: 3, put, last_put: None, .. } => {
            assert_eq!(put, []);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_put_into_a_queue_from_which_nobody_gets_is_told_where_nothing_came() {
    let mut story = Story::new();
    let (used, wrong, queue) = (story.queue("listos", 4), story.queue("cola", 4), story.queue("cola", 4));
    let [producer, consumer] = story.start_some();
    story.put(producer, used, "Dato").take(P0, used).put(producer, wrong, "Dato").put(producer, wrong, "Fin");
    story.done(producer).stuck(consumer, Op::QueueGet, Some(queue), 27);
    let made_at = story.known(wrong).made_at.clone();
    let Cause::PutElsewhere { other, put, .. } = deadlock(story).1 else { panic!() };
    assert_eq!((other, put), (made_at, 2));
}

#[test]
fn the_parent_that_waits_for_a_message_is_a_consumer_too() {
    let mut story = Story::new();
    let queue = story.queue("listos", 4);
    let child = story.start(P0, "tarea");
    story.done(child).stuck(P0, Op::QueueGet, Some(queue), 27);
    assert!(matches!(deadlock(story).1, Cause::NobodyPuts { getters: 1, consumers: 1, .. }));
}

#[test]
fn a_full_queue_that_nobody_empties() {
    let mut story = Story::new();
    let queue = story.queue("cola", 1);
    let [one, other] = story.start_some();
    story.put(one, queue, "Dato").stuck(one, Op::QueuePut, Some(queue), 18);
    story.stuck(other, Op::QueuePut, Some(queue), 18).stuck_in_join(P0, one, 41);
    match deadlock(story).1 {
        Cause::NobodyGets { queue, capacity, putters, join } => {
            assert_eq!((queue.name.as_deref(), capacity, putters, join), (Some("cola"), 1, 2, Some(at(41))));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_join_of_another_one_than_the_parent_is_not_the_parents() {
    let mut story = Story::new();
    let queue = story.queue("cola", 1);
    let child = story.start(P0, "coordinador");
    let grandchild = story.start(child, "productor");
    story.put(grandchild, queue, "Dato").stuck(grandchild, Op::QueuePut, Some(queue), 18);
    story.stuck_in_join(child, grandchild, 9);
    assert!(matches!(deadlock(story).1, Cause::NobodyGets { join: None, .. }));
}

#[test]
fn a_full_queue_comes_before_an_empty_one() {
    let mut story = Story::new();
    let (full, empty) = (story.queue("cola", 1), story.queue("otra", 1));
    let [producer, consumer] = story.start_some();
    story.put(producer, full, "Dato").stuck(producer, Op::QueuePut, Some(full), 18);
    story.stuck(consumer, Op::QueueGet, Some(empty), 27);
    assert!(matches!(deadlock(story).1, Cause::NobodyGets { .. }));
}

#[test]
fn an_object_that_is_not_known_has_no_cause() {
    for op in [Op::QueueGet, Op::QueuePut] {
        let mut story = Story::new();
        let child = story.start(P0, "tarea");
        let unknown = ObjectId { creator: 9, ordinal: 9 };
        story.stuck(child, op, Some(unknown), 18).stuck_in_join(P0, child, 20);
        let (waiting, cause) = deadlock(story);
        assert_eq!((waiting[0].thing.clone(), cause), (None, Cause::Other));
    }
}

#[test]
fn joins_alone_have_no_cause() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.stuck_in_join(P0, child, 20);
    assert_eq!(deadlock(story).1, Cause::Other);
    let mut nonsense = Story::new();
    nonsense.stuck_in_join(P0, usize::MAX, 20);
    let (waiting, cause) = deadlock(nonsense);
    assert_eq!((waiting[0].on.clone(), cause), (None, Cause::Other));
}
