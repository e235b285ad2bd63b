//! `ends` when nobody can go on: causes about locks.

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

fn waits(story: &mut Story, p: usize, lock: ObjectId) {
    story.stuck(p, Op::LockAcquire, Some(lock), 15);
}

#[track_caller]
fn assert_never_released(story: Story, holder: &str, line: u32) {
    match deadlock(story).1 {
        Cause::LockNeverReleased { holder: Some(who), taken_at } => {
            assert_eq!((who.id.as_str(), taken_at), (holder, Some(at(line))));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_parent_joins_while_it_holds_what_the_children_need() {
    let mut story = Story::new();
    let lock = story.lock("lock");
    story.acquire(P0, lock).line(30);
    let [one, other] = story.start_some();
    waits(&mut story, one, lock);
    waits(&mut story, other, lock);
    story.stuck_in_join(P0, one, 34);
    let told = |story: &Story| story.run.trace.processes.len();
    assert_eq!(told(&story), 3);
    assert_never_released(story, "P0", 30);
}

#[test]
fn who_waits_for_a_lock_is_told_who_holds_it() {
    let mut story = Story::new();
    let lock = story.lock("lock");
    story.acquire(P0, lock);
    let child = story.start(P0, "tarea");
    waits(&mut story, child, lock);
    story.stuck_in_join(P0, child, 34);
    let (waiting, _) = deadlock(story);
    assert_eq!(waiting[0].on.as_ref().map(|who| who.id.as_str()), Some("P0"));
}

#[test]
fn two_locks_in_two_orders() {
    let mut story = Story::new();
    let (left, right) = (story.lock("a"), story.lock("b"));
    let [one, other] = story.start_some();
    story.acquire(one, left).acquire(other, right);
    waits(&mut story, one, right);
    waits(&mut story, other, left);
    story.stuck_in_join(P0, one, 34);
    assert_eq!(deadlock(story).1, Cause::LockOrder);
}

#[test]
fn three_locks_in_a_circle() {
    let mut story = Story::new();
    let locks = [story.lock("a"), story.lock("b"), story.lock("c")];
    let children: [usize; 3] = story.start_some();
    for (child, lock) in children.into_iter().zip(locks) {
        story.acquire(child, lock);
    }
    for (i, child) in children.into_iter().enumerate() {
        waits(&mut story, child, locks[(i + 1) % 3]);
    }
    assert_eq!(deadlock(story).1, Cause::LockOrder);
}

/// The first waits for the second, who waits for the parent, who joins: that is no circle of locks.
#[test]
fn a_row_of_locks_ends_at_who_holds_the_last_one() {
    let mut story = Story::new();
    let (left, right) = (story.lock("a"), story.lock("b"));
    story.acquire(P0, right).line(30);
    let [one, other] = story.start_some();
    story.acquire(other, left);
    waits(&mut story, one, left);
    waits(&mut story, other, right);
    story.stuck_in_join(P0, one, 34);
    assert_never_released(story, "P0", 30);
}

#[test]
fn a_lock_of_which_nobody_is_known_to_hold_it() {
    let mut story = Story::new();
    let lock = story.lock("lock");
    let child = story.start(P0, "tarea");
    waits(&mut story, child, lock);
    story.stuck_in_join(P0, child, 34);
    assert_eq!(deadlock(story).1, Cause::LockNeverReleased { holder: None, taken_at: None });
}

/// One consumer holds the lock of all consumers while it waits for a message that nobody sends.
#[test]
fn a_lock_around_get_is_not_to_blame_for_a_missing_end_mark() {
    let mut story = Story::new();
    let (queue, turn) = (story.queue("cola", 4), story.lock("turno"));
    let [one, other] = story.start_some();
    story.put(P0, queue, "Fin").acquire(other, turn).take(other, queue).release(other, turn);
    story.acquire(one, turn).stuck(one, Op::QueueGet, Some(queue), 27);
    waits(&mut story, other, turn);
    story.stuck_in_join(P0, one, 40);
    assert!(matches!(deadlock(story).1, Cause::NobodyPuts { getters: 1, .. }));
}

/// The consumer holds the lock that the producer needs to put.
#[test]
fn a_lock_around_get_that_the_producer_needs_is_to_blame() {
    let mut story = Story::new();
    let (queue, lock) = (story.queue("cola", 4), story.lock("lock"));
    let [consumer, producer] = story.start_some();
    story.run.trace.processes[producer].function = "productor".into();
    story.acquire(consumer, lock).line(26).stuck(consumer, Op::QueueGet, Some(queue), 27);
    waits(&mut story, producer, lock);
    story.stuck_in_join(P0, producer, 40);
    assert_never_released(story, "P1", 26);
}

#[test]
fn one_of_the_same_kind_that_has_put_before_could_put_again() {
    let mut story = Story::new();
    let (queue, lock) = (story.queue("cola", 4), story.lock("lock"));
    let [holder, other] = story.start_some();
    story.put(other, queue, "").take(holder, queue);
    story.acquire(holder, lock).line(26).stuck(holder, Op::QueueGet, Some(queue), 27);
    waits(&mut story, other, lock);
    assert_never_released(story, "P1", 26);
}

/// The producers take turns to put, and nobody gets.
#[test]
fn a_lock_around_put_is_not_to_blame_for_a_full_queue() {
    let mut story = Story::new();
    let (queue, lock) = (story.queue("cola", 1), story.lock("lock"));
    let [one, other] = story.start_some();
    story.put(one, queue, "Dato").acquire(one, lock).stuck(one, Op::QueuePut, Some(queue), 18);
    waits(&mut story, other, lock);
    story.stuck_in_join(P0, one, 41);
    assert!(matches!(deadlock(story).1, Cause::NobodyGets { .. }));
}

/// What a holder waits for, and who else waits for the lock: each with the same function.
fn holder_waits(op: Op, has_done: Option<Op>, others: usize) -> Cause {
    let mut story = Story::new();
    let ((here, there), queue, lock) = (story.pipe(), story.queue("cola", 1), story.lock("lock"));
    let holder = story.start(P0, "tarea");
    let waiters: Vec<usize> = (0..others).map(|_| story.start(P0, "tarea")).collect();
    match has_done {
        Some(Op::QueuePut) => {
            story.put(waiters[0], queue, "").take(P0, queue);
        }
        Some(Op::QueueGet) => {
            story.put(P0, queue, "").take(waiters[0], queue);
        }
        Some(Op::Send) => {
            story.send(waiters[0], here).recv(holder, there);
        }
        Some(Op::Recv) => {
            story.send(holder, there).recv(waiters[0], here);
        }
        _ => {}
    }
    let object = if matches!(op, Op::Send | Op::Recv) { there } else { queue };
    story.acquire(holder, lock).line(26).stuck(holder, op, Some(object), 27);
    for waiter in waiters {
        waits(&mut story, waiter, lock);
    }
    deadlock(story).1
}

#[test]
fn others_of_the_same_kind_would_do_the_same_and_not_help() {
    for others in [1, 2] {
        let cause = |op| holder_waits(op, None, others);
        assert!(matches!(cause(Op::QueueGet), Cause::NobodyPuts { .. }));
        assert!(matches!(cause(Op::QueuePut), Cause::NobodyGets { .. }));
        assert!(matches!(cause(Op::Recv), Cause::NobodySends));
        assert!(matches!(cause(Op::Send), Cause::NobodyReceives { .. }));
    }
}

#[test]
fn one_that_did_before_what_the_holder_needs_could_do_it_again() {
    let pairs = [
        (Op::QueueGet, Op::QueuePut),
        (Op::QueuePut, Op::QueueGet),
        (Op::Recv, Op::Send),
        (Op::Send, Op::Recv),
    ];
    for (op, before) in pairs {
        for others in [1, 2] {
            let found = holder_waits(op, Some(before), others);
            assert!(matches!(found, Cause::LockNeverReleased { .. }), "{op:?} after {before:?}: {found:?}");
        }
    }
}

/// The first process has no function of its own to be compared by.
#[test]
fn one_that_got_before_would_get_again() {
    let mut story = Story::new();
    let (queue, lock) = (story.queue("cola", 4), story.lock("lock"));
    let child = story.start(P0, "consumidor");
    story.put(child, queue, "").take(P0, queue);
    story.acquire(child, lock).stuck(child, Op::QueueGet, Some(queue), 27);
    waits(&mut story, P0, lock);
    assert!(matches!(deadlock(story).1, Cause::NobodyPuts { .. }));
}

/// The child holds the lock while it waits for the question that the parent would send with the lock.
#[test]
fn a_lock_around_recv_that_the_sender_needs_is_to_blame() {
    let mut story = Story::new();
    let ((here, there), lock) = (story.pipe(), story.lock("lock"));
    let child = story.start(P0, "hijo");
    story.send(P0, here).recv(child, there);
    story.acquire(child, lock).line(11).stuck(child, Op::Recv, Some(there), 12);
    waits(&mut story, P0, lock);
    assert_never_released(story, "P1", 11);
}
