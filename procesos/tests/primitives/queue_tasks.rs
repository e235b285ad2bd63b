//! `Queue` as a `JoinableQueue`: tasks that are done, and waiting for all of them.

use std::time::Duration;

use procesos::{Process, Queue, Result, Value};

use crate::case::{Case, case};

/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
const TASKS: u32 = 2_000;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(join_waits_until_every_task_is_done),
        case!(join_of_an_unused_queue_returns_at_once),
        case!(one_task_done_too_many_is_an_error),
        case!(the_error_is_told_in_spanish).in_spanish(),
        case!(what_workers_did_before_task_done_is_seen_after_join),
        case!(several_wait_for_the_same_tasks),
        case!(a_queue_is_joined_again_after_more_tasks),
    ]
}

fn join_and_tell(tasks: Queue<u32>, joined: Queue<()>) -> Result<()> {
    tasks.join()?;
    joined.put(&())
}

fn join_waits_until_every_task_is_done() -> Result<()> {
    let (tasks, joined) = (Queue::bounded(3)?, Queue::bounded(1)?);
    (0..3).try_for_each(|task| tasks.put(&task))?;
    let child = Process::new(join_and_tell, (tasks.clone(), joined.clone())).start()?;
    for _ in 0..3 {
        tasks.get()?;
        // Got is not done.
        assert_eq!(joined.get_timeout(MOMENT)?, None);
        tasks.task_done()?;
    }
    joined.get()?;
    assert!(child.join()?.success());
    Ok(())
}

fn join_of_an_unused_queue_returns_at_once() -> Result<()> {
    let tasks = Queue::<u32>::bounded(1)?;
    tasks.join()?;
    tasks.join()
}

fn one_task_done_too_many_is_an_error() -> Result<()> {
    let tasks = Queue::bounded(2)?;
    assert!(tasks.task_done().is_err_and(|e| e.is_too_many()));
    tasks.put(&1)?;
    tasks.task_done()?;
    assert!(tasks.task_done().is_err_and(|e| e.is_too_many()));
    tasks.join()
}

fn the_error_is_told_in_spanish() -> Result<()> {
    let told = Queue::<u8>::bounded(1)?.task_done().expect_err("nothing was put").to_string();
    assert_eq!(told, "hay más task_done que elementos puestos en la cola: llámalo una vez por cada get");
    Ok(())
}

fn work(tasks: Queue<u32>, sum: Value<u32>) -> Result<()> {
    loop {
        let task = tasks.get()?;
        sum.set(sum.get() + task);
        tasks.task_done()?;
        if task == 0 {
            return Ok(());
        }
    }
}

fn what_workers_did_before_task_done_is_seen_after_join() -> Result<()> {
    let tasks = Queue::bounded(16)?;
    let sums = [Value::new(0)?, Value::new(0)?, Value::new(0)?];
    let start = |sum: &Value<u32>| Process::new(work, (tasks.clone(), sum.clone())).start();
    let children = sums.iter().map(start).collect::<Result<Vec<_>>>()?;
    (1..=TASKS).try_for_each(|task| tasks.put(&task))?;
    tasks.join()?;
    assert_eq!(sums.iter().map(Value::get).sum::<u32>(), TASKS * (TASKS + 1) / 2);
    (0..3).try_for_each(|_| tasks.put(&0))?;
    for child in children {
        assert!(child.join()?.success());
    }
    tasks.join()
}

fn several_wait_for_the_same_tasks() -> Result<()> {
    let (tasks, joined) = (Queue::bounded(1)?, Queue::bounded(3)?);
    tasks.put(&1)?;
    for _ in 0..3 {
        Process::new(join_and_tell, (tasks.clone(), joined.clone())).start()?;
    }
    tasks.get()?;
    assert_eq!(joined.get_timeout(MOMENT)?, None);
    tasks.task_done()?;
    (0..3).try_for_each(|_| joined.get())
}

fn a_queue_is_joined_again_after_more_tasks() -> Result<()> {
    let tasks = Queue::bounded(1)?;
    for task in 0..5 {
        tasks.put(&task)?;
        assert_eq!(tasks.get()?, task);
        let child = Process::new(|tasks: Queue<u32>| tasks.join(), (tasks.clone(),)).start()?;
        tasks.task_done()?;
        assert!(child.join()?.success());
        tasks.join()?;
    }
    Ok(())
}
