//! Workers and owners of a `Pool`, servers, clients and owners of a `Manager`, and a child that is joined.

use std::time::Duration;

use nix::sys::wait::waitpid;
use nix::unistd::Pid;
use procesos::{ListProxy, Manager, Pool, Process, Queue, Result, Value};

use crate::stage::{HANG, Outcome, Stage, bury, dismiss, ensure, now};

const WITHIN: Duration = Duration::from_millis(1);
const TASKS: u64 = 24;

fn work(n: u64) -> u64 {
    (0..n % 7 * 5_000).fold(n, |sum, step| sum.wrapping_mul(31).wrapping_add(std::hint::black_box(step)))
}

/// A worker dies: its task is an error, all others are done.
pub(crate) fn worker(stage: &mut Stage) -> Result<Outcome> {
    let pool = Pool::new(2)?;
    let tasks = (0..TASKS).map(|n| pool.apply_async(work, n)).collect::<Result<Vec<_>>>()?;
    stage.condemn(pool.pids()[0], WITHIN)?;
    let (mut told, mut last) = (None, 0);
    for (n, task) in (0..).zip(tasks) {
        let result = task.get_timeout(HANG);
        last = now();
        match result {
            Ok(Some(value)) => ensure!(value == work(n), "task {n} has a wrong result"),
            Ok(None) => ensure!(false, "task {n} is waited for in vain"),
            Err(error) => {
                ensure!(error.is_worker_died(), "{error}");
                ensure!(told.is_none(), "one death cost two tasks");
                told = Some(last);
            }
        }
    }
    stage.await_death();
    ensure!(pool.map(work, 0..4)? == (0..4).map(work).collect::<Vec<_>>(), "the other worker does nothing");
    pool.close()?;
    pool.join()?;
    Ok(told.map_or_else(|| stage.right_at(last), |moment| stage.told_at(moment)))
}

/// A worker dies in the midst of a task that somebody waits for.
pub(crate) fn busy_worker(stage: &mut Stage) -> Result<Outcome> {
    fn sleep_long(begun: u64) -> u64 {
        procesos::sleep(Duration::from_secs(3_600));
        begun
    }
    let pool = Pool::new(2)?;
    let task = pool.apply_async(sleep_long, 0)?;
    // The other one goes on all the while.
    let others = pool.apply_async(sleep_long, 1)?;
    stage.random.dawdle(WITHIN);
    stage.condemn(pool.pids()[0], WITHIN)?;
    stage.await_death();
    // Whichever of them it had: it may have had none yet.
    loop {
        for handle in [&task, &others] {
            match handle.get_timeout(Duration::from_millis(1)) {
                Ok(None) => {}
                Ok(Some(_)) => ensure!(false, "nobody can have done it"),
                Err(error) => {
                    let moment = now();
                    ensure!(error.is_worker_died(), "{error}");
                    return Ok(stage.told_at(moment));
                }
            }
        }
        let waited = now() - stage.await_death();
        if waited > 500_000_000 {
            // It had none: then the other one has one, and the second is open.
            ensure!(pool.pids().len() == 2, "a worker is missing");
            return Ok(Outcome { after: None, ..stage.right_at(now()) });
        }
    }
}

fn own_a_pool(pids: Queue<Vec<u32>>) -> Result<()> {
    let pool = Pool::new(3)?;
    pids.put(&pool.pids())?;
    loop {
        pool.map(work, 0..TASKS)?;
    }
}

/// The owner of a pool dies: its workers end.
pub(crate) fn pool_owner(stage: &mut Stage) -> Result<Outcome> {
    let pids = Queue::bounded(1)?;
    let owner = Process::new(own_a_pool, (pids.clone(),)).start()?;
    let workers = pids.get()?;
    stage.condemn(owner.pid(), WITHIN)?;
    stage.await_death();
    bury(owner)?;
    // This process is their parent now.
    for pid in workers {
        let ended = waitpid(Pid::from_raw(pid.cast_signed()), None);
        ensure!(ended.is_ok(), "a worker went elsewhere: {ended:?}");
    }
    Ok(stage.told_at(now()))
}

fn append_until_the_end(list: ListProxy<u64>, begun: Queue<()>) -> Result<()> {
    begun.put(&())?;
    for number in 0.. {
        match list.append(&number) {
            Ok(()) => {}
            Err(error) if error.is_server_died() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The process of a manager dies: all clients are told.
pub(crate) fn server(stage: &mut Stage) -> Result<Outcome> {
    let manager = Manager::start()?;
    let (list, begun) = (manager.list::<u64>()?, Queue::bounded(2)?);
    let start = |_| Process::new(append_until_the_end, (list.clone(), begun.clone())).start();
    let clients = (0..2).map(start).collect::<Result<Vec<_>>>()?;
    begun.get()?;
    begun.get()?;
    let pid = manager.pid().unwrap_or_default();
    stage.condemn(pid, WITHIN)?;
    let error = loop {
        if let Err(error) = list.append(&0) {
            break error;
        }
    };
    let moment = now();
    ensure!(error.is_server_died(), "{error}");
    clients.into_iter().try_for_each(dismiss)?;
    ensure!(manager.list::<u8>().is_err_and(|e| e.is_server_died()), "it makes a list after its death");
    drop(manager);
    Ok(stage.told_at(moment))
}

fn append_and_tell(list: ListProxy<u64>, told: Value<u64>) -> Result<()> {
    for number in 0.. {
        list.append(&number)?;
        told.set(number + 1);
    }
    Ok(())
}

/// A client dies in the midst of a call: others are answered, and what it asked for was done whole or not at all.
pub(crate) fn client(stage: &mut Stage) -> Result<Outcome> {
    let manager = Manager::start()?;
    let (list, own, told) = (manager.list::<u64>()?, manager.value(&vec![0_u64; 100])?, Value::new(0)?);
    let child = Process::new(append_and_tell, (list.clone(), told.clone())).start()?;
    stage.condemn(child.pid(), WITHIN)?;
    let moment = (0..)
        .find_map(|number| {
            let values = vec![number; 100];
            let kept = own.set(&values).and_then(|()| own.get());
            let over = stage.death().map(|_| now());
            match kept {
                Ok(kept) if kept == values => over.map(Ok),
                Ok(_) => Some(Err(procesos::Error::usage("another's answer came"))),
                Err(error) => Some(Err(error)),
            }
        })
        .unwrap_or_else(|| Ok(now()))?;
    bury(child)?;
    let all = list.to_vec()?;
    let count = all.len() as u64;
    ensure!(all.into_iter().eq(0..count), "what it appended is torn");
    ensure!((told.get()..=told.get() + 1).contains(&count), "{count} are there of {}", told.get());
    manager.shutdown()?;
    Ok(stage.right_at(moment))
}

fn own_a_manager(pid: Queue<u32>) -> Result<()> {
    let manager = Manager::start()?;
    let list = manager.list_of(&[0_u64])?;
    pid.put(&manager.pid().unwrap_or_default())?;
    (0..).try_for_each(|number| list.set(0, &number))
}

/// The owner of a manager dies: its process ends.
pub(crate) fn manager_owner(stage: &mut Stage) -> Result<Outcome> {
    let pid = Queue::bounded(1)?;
    let owner = Process::new(own_a_manager, (pid.clone(),)).start()?;
    let server = pid.get()?;
    stage.condemn(owner.pid(), WITHIN)?;
    stage.await_death();
    bury(owner)?;
    let ended = waitpid(Pid::from_raw(server.cast_signed()), None);
    ensure!(ended.is_ok(), "the process went elsewhere: {ended:?}");
    Ok(stage.told_at(now()))
}

fn live_on() {
    loop {
        procesos::sleep(Duration::from_secs(1));
    }
}

/// A child dies that is joined.
fn joined(stage: &mut Stage, limited: bool) -> Result<Outcome> {
    let mut child = Process::new(live_on, ()).start()?;
    stage.condemn(child.pid(), WITHIN)?;
    let status = if limited { child.join_timeout(HANG)? } else { Some(child.join()?) };
    let moment = now();
    ensure!(
        status.is_some_and(|status| status.signal() == Some(9)),
        "it is told to have ended by {status:?}"
    );
    Ok(stage.right_at(moment))
}

pub(crate) fn joined_child(stage: &mut Stage) -> Result<Outcome> {
    joined(stage, false)
}

pub(crate) fn joined_child_with_limit(stage: &mut Stage) -> Result<Outcome> {
    joined(stage, true)
}

/// Tells by whom it was started, until that one is gone.
fn outlive(parent: Value<u32>, ended: Queue<u64>) -> Result<()> {
    parent.set(procesos::ppid());
    while procesos::ppid() == parent.get() {
        std::thread::yield_now();
    }
    ended.put(&now())
}

fn start_and_wait(parent: Value<u32>, ended: Queue<u64>) -> Result<()> {
    Process::new(outlive, (parent, ended)).start()?.join().map(drop)
}

/// Somebody dies who joins a child: the child goes on, and can be waited for by who is its parent then.
pub(crate) fn parent(stage: &mut Stage) -> Result<Outcome> {
    let (known, ended) = (Value::new(0_u32)?, Queue::bounded(1)?);
    let middle = Process::new(start_and_wait, (known.clone(), ended.clone())).start()?;
    while known.get() == 0 {
        std::thread::yield_now();
    }
    stage.condemn(middle.pid(), WITHIN)?;
    let Some(moment) = ended.get_timeout(HANG)? else {
        return Err(procesos::Error::usage("the child of who died does not go on"));
    };
    bury(middle)?;
    reap_everybody()?;
    Ok(stage.right_at(moment))
}

fn start_for_ever(gate: procesos::Lock) -> Result<()> {
    loop {
        let child = Process::new(|gate: procesos::Lock| drop(gate.acquire()), (gate.clone(),)).start()?;
        child.join()?;
    }
}

/// Somebody dies while it starts and joins others: none of them keeps what it had.
pub(crate) fn starter(stage: &mut Stage) -> Result<Outcome> {
    let gate = procesos::Lock::new()?;
    let middle = Process::new(start_for_ever, (gate.clone(),)).start()?;
    stage.condemn(middle.pid(), WITHIN)?;
    stage.await_death();
    bury(middle)?;
    reap_everybody()?;
    let taken = gate.acquire_timeout(HANG);
    let moment = now();
    ensure!(!matches!(taken, Ok(None)), "somebody who is gone holds the lock");
    Ok(stage.right_at(moment))
}

/// Waits for the end of those whose parent died; the executioner stays.
fn reap_everybody() -> Result<()> {
    let own = procesos::pid();
    let told = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children"));
    let children = told.map_err(|error| procesos::Error::usage(error.to_string()))?;
    for pid in children.split_whitespace().skip(1).filter_map(|pid| pid.parse().ok()) {
        let ended = waitpid(Pid::from_raw(pid), None);
        ensure!(ended.is_ok(), "a child went elsewhere: {ended:?}");
    }
    Ok(())
}
