//! Programs under control in which processes wait for what others say: events, permits, notifications, barriers, tasks.

use std::time::Duration;

use procesos::{
    AcquireError, Array, Barrier, Child, Condition, Event, Lock, Process, Queue, RLock, Result, Semaphore,
    Value,
};

/// The program of this name, if it is one of these.
pub(crate) fn find(name: &str) -> Option<fn() -> Result<()>> {
    Some(match name {
        "start_signal" => start_signal,
        "stop_signal" => stop_signal,
        "pulse" => pulse,
        "nobody_sets" => nobody_sets,
        "nobody_sets_and_all_ask" => nobody_sets_and_all_ask,
        "two_at_once" => two_at_once,
        "permits_crossed" => permits_crossed,
        "counted_signals" => counted_signals,
        "permit_dies" => permit_dies,
        "lock_again" => lock_again,
        "buffer" => buffer,
        "notified_too_early" => notified_too_early,
        "lockstep" => lockstep,
        "barrier_gives_up" => barrier_gives_up,
        "waiter_dies" => waiter_dies,
        "tasks" => tasks,
        "tasks_forgotten" => tasks_forgotten,
        "limits" => limits,
        "elements" => elements,
        "sum_with_permits" => sum_with_permits,
        "sum_with_rlock" => sum_with_rlock,
        "turns" => turns,
        "rendezvous" => rendezvous,
        _ => return None,
    })
}

fn all_succeed(children: Vec<Child>) -> Result<()> {
    for child in children {
        assert!(child.join()?.success());
    }
    Ok(())
}

/// Nobody runs before the signal, which comes after the value.
fn start_signal() -> Result<()> {
    let (signal, value) = (Event::new()?, Value::new(0)?);
    let child = |signal: Event, value: Value<u32>| -> Result<()> {
        signal.wait()?;
        assert_eq!(value.get(), 7);
        signal.wait()
    };
    let start = |_| Process::new(child, (signal.clone(), value.clone())).start();
    let children = (0..2).map(start).collect::<Result<_>>()?;
    value.set(7);
    signal.set();
    signal.set();
    all_succeed(children)
}

/// A worker asks before each round; what it had done when it was told to stop stays.
fn stop_signal() -> Result<()> {
    let (stop, rounds) = (Event::new()?, Value::new(0)?);
    let child = |stop: Event, rounds: Value<u32>| {
        while !stop.is_set() {
            rounds.set(rounds.get() + 1);
        }
    };
    let worker = Process::new(child, (stop.clone(), rounds.clone())).start()?;
    while rounds.get() < 2 {
        procesos::sleep(Duration::from_millis(1));
    }
    stop.set();
    all_succeed(vec![worker])
}

/// Set and cleared at once: who has not seen it by then waits for ever.
fn pulse() -> Result<()> {
    let (signal, ready) = (Event::new()?, Event::new()?);
    let child = |signal: Event, ready: Event| {
        ready.set();
        signal.wait()
    };
    let child = Process::new(child, (signal.clone(), ready.clone())).start()?;
    ready.wait()?;
    signal.set();
    signal.clear();
    all_succeed(vec![child])
}

fn nobody_sets() -> Result<()> {
    let signal = Event::new()?;
    let child = Process::new(|signal: Event| signal.wait(), (signal.clone(),)).start()?;
    all_succeed(vec![child])?;
    signal.set();
    Ok(())
}

fn nobody_sets_and_all_ask() -> Result<()> {
    let signal = Event::new()?;
    let child = |signal: Event| {
        while !signal.is_set() {
            std::hint::spin_loop();
        }
    };
    let start = |_| Process::new(child, (signal.clone(),)).start();
    all_succeed((0..2).map(start).collect::<Result<_>>()?)
}

/// Of three, two are inside; one that finds nobody inside knows that it is alone.
fn two_at_once() -> Result<()> {
    let (places, inside) = (Semaphore::new(2)?, Array::new(&[false; 3])?);
    let child = |places: Semaphore, inside: Array<bool>, own: usize| -> Result<()> {
        let permit = places.acquire()?;
        inside.set(own, true);
        assert!(inside.iter().filter(|is_in| *is_in).count() <= 2);
        inside.set(own, false);
        permit.release();
        Ok(())
    };
    let start = |own| Process::new(child, (places.clone(), inside.clone(), own)).start();
    all_succeed((0..3).map(start).collect::<Result<_>>()?)?;
    assert_eq!(places.available(), 2);
    Ok(())
}

fn permits_crossed() -> Result<()> {
    let (one, two) = (Semaphore::new(1)?, Semaphore::new(1)?);
    let child = |first: Semaphore, second: Semaphore| -> Result<()> {
        let _first = first.acquire()?;
        let _second = second.acquire()?;
        Ok(())
    };
    all_succeed(vec![
        Process::new(child, (one.clone(), two.clone())).start()?,
        Process::new(child, (two, one)).start()?,
    ])
}

/// As many go on as signals were given.
fn counted_signals() -> Result<()> {
    let signals = Semaphore::new(0)?;
    let child = |signals: Semaphore| -> Result<()> {
        signals.acquire()?.consume();
        Ok(())
    };
    let start = |_| Process::new(child, (signals.clone(),)).start();
    let children = (0..3).map(start).collect::<Result<_>>()?;
    (0..3).try_for_each(|_| signals.release())?;
    all_succeed(children)?;
    assert!(signals.try_acquire()?.is_none());
    Ok(())
}

/// The first child dies with the only permit; each of the others says by its exit code whether it was told.
fn permit_dies() -> Result<()> {
    let (places, held) = (Semaphore::new(1)?, Event::new()?);
    let owner = |places: Semaphore, held: Event| -> Result<()> {
        let _permit = places.acquire()?;
        held.set();
        nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL).expect("a process may kill itself");
        Ok(())
    };
    let owner = Process::new(owner, (places.clone(), held.clone())).start()?;
    held.wait()?;
    let heir = |places: Semaphore| -> Result<()> {
        match places.acquire() {
            Ok(_permit) => Ok(()),
            Err(AcquireError::OwnerDied(permit)) => {
                permit.release();
                std::process::exit(7)
            }
            Err(AcquireError::Other(error)) => Err(error),
        }
    };
    let start = |_| Process::new(heir, (places.clone(),)).start();
    let heirs = (0..2).map(start).collect::<Result<Vec<_>>>()?;
    owner.join()?;
    heirs.into_iter().try_for_each(|heir| heir.join().map(drop))
}

fn lock_again() -> Result<()> {
    fn add(lock: &RLock, total: &Value<u32>, depth: u32) -> Result<()> {
        let guard = lock.acquire()?;
        if depth > 0 {
            add(lock, total, depth - 1)?;
        }
        total.set(total.get() + 1);
        guard.release();
        Ok(())
    }
    let (lock, total) = (RLock::new()?, Value::new(0)?);
    let child = |lock: RLock, total: Value<u32>| add(&lock, &total, 2);
    let start = |_| Process::new(child, (lock.clone(), total.clone())).start();
    all_succeed((0..2).map(start).collect::<Result<_>>()?)?;
    assert_eq!(total.get(), 6);
    Ok(())
}

/// A place for one number, guarded by a condition.
fn buffer() -> Result<()> {
    let (change, place) = (Condition::new(&Lock::new()?)?, Value::new(0)?);
    let child = |change: Condition, place: Value<u32>| -> Result<()> {
        for number in 1..=2 {
            let mut guard = change.acquire()?;
            change.wait_for(&mut guard, || place.get() == 0)?;
            place.set(number);
            change.notify_all(&guard)?;
            guard.release();
        }
        Ok(())
    };
    let child = Process::new(child, (change.clone(), place.clone())).start()?;
    for number in 1..=2 {
        let mut guard = change.acquire()?;
        change.wait_for(&mut guard, || place.get() != 0)?;
        assert_eq!(place.get(), number);
        place.set(0);
        change.notify_all(&guard)?;
        guard.release();
    }
    all_succeed(vec![child])
}

/// It waits without asking whether it has to: when the notification has come before, for ever.
fn notified_too_early() -> Result<()> {
    let lock = Lock::new()?;
    let change = Condition::new(&lock)?;
    let child = |change: Condition| -> Result<()> {
        let mut guard = change.acquire()?;
        change.wait(&mut guard)?;
        guard.release();
        Ok(())
    };
    let child = Process::new(child, (change.clone(),)).start()?;
    let guard = lock.acquire()?;
    change.notify(&guard, 1)?;
    guard.release();
    all_succeed(vec![child])
}

fn lockstep() -> Result<()> {
    let (all, rounds) = (Barrier::new(3)?, Array::new(&[0; 3])?);
    let child = |all: Barrier, rounds: Array<u32>, own: usize| -> Result<()> {
        for round in 1..=2 {
            rounds.set(own, round);
            all.wait()?;
            assert!(rounds.iter().all(|other| other == round));
            assert!(all.wait()? < 3);
        }
        Ok(())
    };
    let start = |own| Process::new(child, (all.clone(), rounds.clone(), own)).start();
    all_succeed((0..3).map(start).collect::<Result<_>>()?)
}

/// One gives up waiting for a third that never comes: the other one is told.
fn barrier_gives_up() -> Result<()> {
    let all = Barrier::new(3)?;
    let patient = Process::new(
        |all: Barrier| assert!(all.wait().is_err_and(|e| e.is_broken_barrier())),
        (all.clone(),),
    );
    let patient = patient.start()?;
    assert!(all.wait_timeout(Duration::from_millis(5)).is_err_and(|e| e.is_broken_barrier()));
    all_succeed(vec![patient])?;
    all.reset()?;
    assert!(!all.is_broken());
    Ok(())
}

/// Two wait for the parent; one of them may be killed at any step.
fn waiter_dies() -> Result<()> {
    let all = Barrier::new(3)?;
    let child = |all: Barrier| -> Result<()> {
        match all.wait() {
            Ok(_) => Ok(()),
            Err(error) if error.is_broken_barrier() => std::process::exit(7),
            Err(error) => Err(error),
        }
    };
    let start = |_| Process::new(child, (all.clone(),)).start();
    let children = (0..2).map(start).collect::<Result<Vec<_>>>()?;
    let _ = all.wait();
    children.into_iter().try_for_each(|child| child.join().map(drop))
}

fn tasks() -> Result<()> {
    let (tasks, sums) = (Queue::bounded(1)?, Array::new(&[0; 2])?);
    let worker = |tasks: Queue<u32>, sums: Array<u32>, own: usize| -> Result<()> {
        loop {
            let task = tasks.get()?;
            sums.set(own, sums.get(own) + task);
            tasks.task_done()?;
            if task == 0 {
                return Ok(());
            }
        }
    };
    let start = |own| Process::new(worker, (tasks.clone(), sums.clone(), own)).start();
    let workers = (0..2).map(start).collect::<Result<_>>()?;
    (1..=3).try_for_each(|task| tasks.put(&task))?;
    tasks.join()?;
    assert_eq!(sums.iter().sum::<u32>(), 6);
    (0..2).try_for_each(|_| tasks.put(&0))?;
    all_succeed(workers)
}

/// The worker says of the last one not that it is done.
fn tasks_forgotten() -> Result<()> {
    let tasks = Queue::bounded(2)?;
    let worker = |tasks: Queue<u32>| -> Result<()> {
        tasks.get()?;
        tasks.task_done()?;
        tasks.get().map(drop)
    };
    let worker = Process::new(worker, (tasks.clone(),)).start()?;
    (0..2).try_for_each(|task| tasks.put(&task))?;
    tasks.join()?;
    all_succeed(vec![worker])
}

/// Every wait with a limit, which passes or does not.
fn limits() -> Result<()> {
    const LIMIT: Duration = Duration::from_millis(3);
    let (signal, places, lock) = (Event::new()?, Semaphore::new(1)?, Lock::new()?);
    let change = Condition::new(&lock)?;
    let child = |signal: Event, places: Semaphore, change: Condition| -> Result<()> {
        let permit = places.acquire_timeout(LIMIT)?;
        let was_set = signal.wait_timeout(LIMIT)?;
        assert!(!was_set || signal.is_set());
        drop(permit);
        let mut guard = change.acquire()?;
        let _ = change.wait_timeout(&mut guard, LIMIT)?;
        guard.release();
        Ok(())
    };
    let start = |_| Process::new(child, (signal.clone(), places.clone(), change.clone())).start();
    let children = (0..2).map(start).collect::<Result<_>>()?;
    procesos::sleep(LIMIT);
    signal.set();
    let guard = lock.acquire()?;
    change.notify(&guard, 1)?;
    guard.release();
    all_succeed(children)
}

/// Without a lock: what is added to the second element may be lost, what is added to the others is not.
fn elements() -> Result<()> {
    let table = Array::new(&[0; 3])?;
    let child = |table: Array<u32>, own: usize| {
        for index in [own, 1] {
            table.set(index, table.get(index) + 1);
        }
    };
    let start = |own| Process::new(child, (table.clone(), own)).start();
    all_succeed([0, 2].into_iter().map(start).collect::<Result<_>>()?)?;
    let sums = table.to_vec();
    assert_eq!((sums[0], sums[2]), (1, 1));
    std::process::exit(i32::from(sums[1] == 1))
}

/// Starts three of a kind, joins them however they end, and looks at the sum.
fn sum_of(sum: &Value<i64>, start: impl Fn() -> Result<Child>) -> Result<()> {
    for child in (0..3).map(|_| start()).collect::<Result<Vec<_>>>()? {
        child.join()?;
    }
    sum.set(sum.get());
    Ok(())
}

/// Three children add twice, with a permit each time.
fn sum_with_permits() -> Result<()> {
    fn add(sum: Value<i64>, turn: Semaphore) {
        for _ in 0..2 {
            let permit = match turn.acquire() {
                Ok(permit) | Err(AcquireError::OwnerDied(permit)) => permit,
                Err(other) => panic!("{other}"),
            };
            sum.set(sum.get() + 1);
            permit.release();
        }
    }
    let (sum, turn) = (Value::new(0)?, Semaphore::new(1)?);
    sum_of(&sum, || Process::new(add, (sum.clone(), turn.clone())).start())
}

/// The same with a lock that each takes twice.
fn sum_with_rlock() -> Result<()> {
    fn add(sum: Value<i64>, lock: RLock) {
        for _ in 0..2 {
            let outer = match lock.acquire() {
                Ok(guard) | Err(AcquireError::OwnerDied(guard)) => guard,
                Err(other) => panic!("{other}"),
            };
            let inner = lock.acquire().expect("it is its own");
            sum.set(sum.get() + 1);
            outer.release();
            inner.release();
        }
    }
    let (sum, lock) = (Value::new(0)?, RLock::new()?);
    sum_of(&sum, || Process::new(add, (sum.clone(), lock.clone())).start())
}

/// Two children by turns, twice each; whoever finds the lock of a dead one goes on with it.
fn turns() -> Result<()> {
    fn take_turns(change: Condition, turn: Value<u32>, own: u32) -> Result<()> {
        for _ in 0..2 {
            let mut guard = match change.acquire() {
                Ok(guard) | Err(AcquireError::OwnerDied(guard)) => guard,
                Err(other) => panic!("{other}"),
            };
            while turn.get() % 2 != own {
                match change.wait(&mut guard) {
                    Ok(()) => {}
                    Err(error) if error.is_owner_died() => {}
                    Err(other) => return Err(other),
                }
            }
            turn.set(turn.get() + 1);
            change.notify_all(&guard)?;
            guard.release();
        }
        Ok(())
    }
    let (change, turn) = (Condition::new(&Lock::new()?)?, Value::new(0)?);
    let start = |own| Process::new(take_turns, (change.clone(), turn.clone(), own)).start();
    for child in (0..2).map(start).collect::<Result<Vec<_>>>()? {
        child.join()?;
    }
    Ok(())
}

/// Three children meet three times; who is told that one will not come goes.
fn rendezvous() -> Result<()> {
    fn meet(all: Barrier) -> Result<()> {
        for _ in 0..3 {
            match all.wait() {
                Ok(_) => {}
                Err(error) if error.is_broken_barrier() => return Ok(()),
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
    let all = Barrier::new(3)?;
    let start = |_| Process::new(meet, (all.clone(),)).start();
    for child in (0..3).map(start).collect::<Result<Vec<_>>>()? {
        child.join()?;
    }
    Ok(())
}
