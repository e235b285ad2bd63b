//! Pools: what their tasks order, and that their workers are nobody's children.

use procesos_trace::{Op, Outcome, Tasks};

use super::story::{P0, Story, assert_before, assert_unordered, at};
use super::{assert_kept, assert_vacuous, broken, no_race};
use crate::course::Claim;
use crate::judge::finding::Finding;
use crate::run::Ending;

const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;

fn tasks(first: u32, count: u32) -> Tasks {
    Tasks { first, count }
}

#[test]
fn what_comes_before_giving_tasks_is_before_each_of_them() {
    let mut story = Story::new();
    let (pool, [one, other]) = story.pool("pool");
    let first = story.submit(P0, pool, 1).last();
    let given = story.submit(P0, pool, 3).last();
    let later = story.sleep(P0).last();
    let early = story.take_task(one, pool, 0).last();
    let taken = story.take_task(other, pool, 3).last();
    assert_before(&story, first, early);
    assert_unordered(&story, given, early);
    assert_before(&story, given, taken);
    assert_unordered(&story, later, taken);
}

#[test]
fn a_task_is_before_its_result_and_not_before_that_of_another() {
    let mut story = Story::new();
    let (pool, [one, other]) = story.pool("pool");
    story.submit(P0, pool, 2).take_task(one, pool, 0).take_task(other, pool, 1);
    let ones = story.give_result(one, pool, 0).last();
    let after = story.sleep(one).last();
    let others = story.give_result(other, pool, 1).last();
    let got = story.get_results(P0, pool, tasks(1, 1), Outcome::Done).last();
    assert_before(&story, others, got);
    assert_unordered(&story, ones, got);
    let both = story.get_results(P0, pool, tasks(0, 2), Outcome::TaskFailed).last();
    assert_before(&story, ones, both);
    assert_unordered(&story, after, both);
}

#[test]
fn seeing_that_a_result_is_there_orders_and_seeing_that_it_is_not_does_not() {
    let mut story = Story::new();
    let (pool, [worker]) = story.pool("pool");
    story.submit(P0, pool, 1).take_task(worker, pool, 0);
    let not_yet = story.are_ready(P0, pool, tasks(0, 1), false).last();
    let done = story.give_result(worker, pool, 0).last();
    let seen = story.are_ready(P0, pool, tasks(0, 1), true).last();
    assert_unordered(&story, done, not_yet);
    assert_before(&story, done, seen);
}

#[test]
fn a_limit_that_passed_orders_nothing() {
    let mut story = Story::new();
    let (pool, [worker]) = story.pool("pool");
    story.submit(P0, pool, 1).take_task(worker, pool, 0);
    let done = story.give_result(worker, pool, 0).last();
    let asked = story.get_results(P0, pool, tasks(0, 1), Outcome::TimedOut).last();
    assert_unordered(&story, done, asked);
}

#[test]
fn what_a_killed_worker_did_is_before_the_news() {
    let mut story = Story::new();
    let (pool, [killed, other]) = story.pool("pool");
    story.submit(P0, pool, 2).take_task(killed, pool, 0).take_task(other, pool, 1);
    let last = story.sleep(killed).last();
    let others = story.sleep(other).last();
    let told = story.get_results(P0, pool, tasks(0, 2), Outcome::WorkerDied).last();
    story.exit(other, 0);
    assert_before(&story, last, told);
    assert_unordered(&story, others, told);
}

#[test]
fn tasks_that_add_without_a_lock_lose_updates() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let (pool, [one, other]) = story.pool("pool");
    story.submit(P0, pool, 2).take_task(one, pool, 0).add(one, value, 1).give_result(one, pool, 0);
    story.take_task(other, pool, 1).add(other, value, 1).give_result(other, pool, 1);
    story.get_results(P0, pool, tasks(0, 2), Outcome::Done).result_is_last_write();
    assert!(matches!(broken(&no_race(), &story.run()), Finding::LostUpdate { .. }));
}

#[test]
fn a_task_that_is_given_after_the_result_of_the_other_loses_nothing() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let (pool, [one, other]) = story.pool("pool");
    story.submit(P0, pool, 1).take_task(one, pool, 0).add(one, value, 1).give_result(one, pool, 0);
    story.get_results(P0, pool, tasks(0, 1), Outcome::Done).submit(P0, pool, 1);
    story.take_task(other, pool, 1).add(other, value, 1).give_result(other, pool, 1);
    story.get_results(P0, pool, tasks(1, 1), Outcome::Done).result_is_last_write();
    assert_kept(&no_race(), &story.run());
}

/// What the owner of a pool does to a value that a task adds to: before it gives the task, once it has the result, in between.
fn owner_adds(moment: usize) -> crate::run::Run {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    let (pool, [worker]) = story.pool("pool");
    let add_at = |story: &mut Story, now: usize| {
        if now == moment {
            story.add(P0, value, 1);
        }
    };
    add_at(&mut story, 0);
    story.submit(P0, pool, 1);
    add_at(&mut story, 1);
    story.take_task(worker, pool, 0).add(worker, value, 1).give_result(worker, pool, 0);
    story.get_results(P0, pool, tasks(0, 1), Outcome::Done);
    add_at(&mut story, 2);
    story.result_is_last_write();
    story.run()
}

#[test]
fn what_the_owner_adds_before_a_task_and_after_its_result_is_safe() {
    assert_kept(&no_race(), &owner_adds(0));
    assert_kept(&no_race(), &owner_adds(2));
}

#[test]
fn what_the_owner_adds_while_a_task_may_be_done_can_be_lost() {
    assert!(matches!(broken(&no_race(), &owner_adds(1)), Finding::LostUpdate { .. }));
}

/// A pool whose workers were terminated, as when it is dropped.
fn dropped() -> Story {
    let mut story = Story::new();
    let (pool, workers): (_, [usize; 2]) = story.pool("pool");
    story.submit(P0, pool, 1).take_task(workers[0], pool, 0).give_result(workers[0], pool, 0);
    story.get_results(P0, pool, tasks(0, 1), Outcome::Done);
    for worker in workers {
        story.join_with(P0, worker, -SIGTERM);
    }
    story
}

#[test]
fn workers_are_no_children() {
    let run = |wanted: u64| {
        let mut story = dropped();
        story.result("n", wanted);
        story.run()
    };
    match broken(&Claim::Processes { at_least: "n".into() }, &run(1)) {
        Finding::TooFewProcesses { wanted, started } => assert_eq!((wanted, started), (1, 0)),
        other => panic!("{other:?}"),
    }
    match broken(&Claim::StartedBeforeJoin { at_least: "n".into() }, &run(2)) {
        Finding::TooFewProcesses { started, .. } => assert_eq!(started, 0),
        other => panic!("{other:?}"),
    }
    assert_vacuous(&Claim::Joined, &run(0));
    assert_vacuous(&Claim::Prints, &run(0));
}

#[test]
fn workers_that_were_terminated_are_no_failure() {
    assert_kept(&Claim::Ends, &dropped().run());
}

#[test]
fn a_worker_that_died_is_the_failure_of_who_did_not_deal_with_it() {
    let dies = || {
        let mut story = Story::new();
        let (pool, [worker]) = story.pool("pool");
        story.submit(P0, pool, 1).take_task(worker, pool, 0);
        story.get_results(P0, pool, tasks(0, 1), Outcome::WorkerDied).line(12);
        story.join_with(P0, worker, -SIGKILL);
        story
    };
    assert_kept(&Claim::Ends, &dies().run());
    let mut story = dies();
    story.run.ending = Ending::Exited(1);
    let mut run = story.run();
    // Its last words come before the joins of the library.
    run.trace.processes[P0].events.iter_mut().filter(|e| e.op == Op::Join).for_each(|e| e.place = None);
    match broken(&Claim::Ends, &run) {
        Finding::EndedInError { who, operation, .. } => {
            assert!(who.first);
            assert_eq!(operation, Some((Op::PoolGet, Outcome::WorkerDied, Some(at(12)))));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_panic_in_a_task_is_told_where_it_was() {
    let mut story = Story::new();
    let (pool, [one, other]) = story.pool("pool");
    story.submit(P0, pool, 2).take_task(other, pool, 1).panic(other, "demasiadas").line(8);
    story.give_result(other, pool, 1).take_task(one, pool, 0).panic(one, "demasiadas").line(7);
    story.give_result(one, pool, 0).get_results(P0, pool, tasks(0, 2), Outcome::TaskFailed);
    story.complain(P0, "la tarea 0 del Pool terminó en pánico: demasiadas\n");
    story.run.ending = Ending::Exited(1);
    match broken(&Claim::Ends, &story.run()) {
        Finding::Panicked { who, place, message } => {
            assert_eq!((who.name.as_str(), place, message.as_str()), ("pool-1", Some(at(7)), "demasiadas"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_waits_for_a_result_waits_for_the_worker_that_has_the_task() {
    let mut story = Story::new();
    let (pool, [one, other, idle]) = story.pool("pool");
    let queue = story.queue("cola", 1);
    story.submit(P0, pool, 2).take_task(one, pool, 0).give_result(one, pool, 0).take_task(other, pool, 1);
    story.stuck(other, Op::QueueGet, Some(queue), 21);
    story.stuck(one, Op::PoolTake, Some(pool), 0).stuck(idle, Op::PoolTake, Some(pool), 0);
    story.stuck(P0, Op::PoolGet, Some(pool), 34);
    story.run.trace.processes[P0].pending.as_mut().expect("it is stuck").detail = tasks(0, 2).pack();
    match broken(&Claim::Ends, &story.cut(Ending::NoProgress)) {
        Finding::Deadlock { waiting, .. } => {
            let told: Vec<_> = waiting
                .iter()
                .map(|one| (one.who.name.as_str(), one.on.as_ref().map(|on| on.name.as_str())))
                .collect();
            assert_eq!(told, [("pool-2", None), ("principal", Some("pool-2"))]);
        }
        other => panic!("{other:?}"),
    }
}
