//! What is used and let go leaves nothing: descriptors, mappings and memory stay flat.

use std::fs;
use std::time::Duration;

use procesos::{
    Array, Barrier, Condition, Event, Lock, Manager, Pool, Process, Queue, RLock, Result, Semaphore, Value,
    pipe,
};

use crate::case::{Case, case};
use crate::parcel::Parcel;
use crate::queue_death::slay;

const STARTS: usize = 2000;
const OBJECTS: usize = 20_000;
const KILLED: usize = 200;
/// More than what the allocator ever keeps of what was freed.
const LARGE: usize = 40_000_000;
const LARGE_MESSAGES: u64 = 2;
/// The allocator's own growth, and the kernel's in reading `/proc`.
const SLACK_KIBIBYTES: usize = 2048;
const SLACK_MAPPINGS: usize = 4;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(starts_leave_nothing),
        case!(starts_that_hand_pipes_over_leave_nothing),
        case!(starts_that_fail_leave_nothing),
        case!(killed_children_leave_nothing),
        case!(pipes_leave_nothing),
        case!(queues_leave_nothing),
        case!(a_queue_with_room_for_many_takes_memory_for_those_in_it),
        case!(locks_and_values_leave_nothing),
        case!(events_barriers_and_the_like_leave_nothing),
        case!(tasks_and_calls_leave_nothing),
        case!(pools_and_managers_leave_nothing),
        case!(looking_for_the_dead_leaves_nothing),
        case!(large_messages_leave_nothing),
        case!(a_child_has_only_the_descriptors_that_it_was_given),
    ]
}

/// What this process holds.
#[derive(Debug)]
struct Holdings {
    descriptors: usize,
    mappings: usize,
    kibibytes: usize,
}

impl Holdings {
    fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").expect("this is Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the kernel tells it");
        Self {
            descriptors: descriptors(),
            mappings: fs::read_to_string("/proc/self/maps").expect("this is Linux").lines().count(),
            kibibytes: line.trim().trim_end_matches(" kB").parse().expect("it is a number"),
        }
    }
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").expect("this is Linux").count()
}

/// Runs `step` a few times to warm up, then `times` times, and checks that nothing is left.
fn leaves_nothing(times: usize, mut step: impl FnMut(usize) -> Result<()>) -> Result<()> {
    (0..20).try_for_each(&mut step)?;
    let before = Holdings::now();
    (0..times).try_for_each(&mut step)?;
    let after = Holdings::now();
    let flat = after.descriptors == before.descriptors
        && after.mappings <= before.mappings + SLACK_MAPPINGS
        && after.kibibytes <= before.kibibytes + SLACK_KIBIBYTES;
    assert!(flat, "{before:?} became {after:?}");
    Ok(())
}

fn starts_leave_nothing() -> Result<()> {
    leaves_nothing(STARTS, |_| {
        Process::new(|| (), ()).start()?.join().map(|status| assert!(status.success()))
    })
}

fn starts_that_hand_pipes_over_leave_nothing() -> Result<()> {
    fn answer(line: procesos::Connection<usize, usize>, done: Queue<()>) -> Result<()> {
        line.send(&(line.recv()? + 1))?;
        done.put(&())
    }
    leaves_nothing(STARTS / 4, |round| {
        let ((here, there), done) = (pipe()?, Queue::bounded(1)?);
        let child = Process::new(answer, (there, done.clone())).start()?;
        here.send(&round)?;
        assert_eq!(here.recv()?, round + 1);
        done.get()?;
        child.join().map(drop)
    })
}

fn tasks_and_calls_leave_nothing() -> Result<()> {
    let (pool, manager) = (Pool::new(2)?, Manager::start()?);
    let list = manager.list_of(&[vec![0; 100]])?;
    // The rings of a pool come to the size that they keep.
    (0..OBJECTS / 4).try_for_each(|round| pool.apply(|n: usize| vec![n; 100], round).map(drop))?;
    leaves_nothing(OBJECTS / 4, |round| {
        assert_eq!(pool.apply(|n: usize| vec![n; 100], round)?.len(), 100);
        // Nobody asks for these.
        drop(pool.map_async(|n: usize| vec![n; 100], [round, round])?);
        list.set(0, &vec![round; 100])?;
        assert_eq!(list.get(0)?.len(), 100);
        Ok(())
    })
}

fn pools_and_managers_leave_nothing() -> Result<()> {
    leaves_nothing(STARTS / 10, |round| {
        let (pool, manager) = (Pool::new(2)?, Manager::start()?);
        let list = manager.list_of(&pool.map(|n: usize| n + 1, [round, round])?)?;
        assert_eq!(list.pop()?, Some(round + 1));
        if round % 2 == 0 {
            pool.close()?;
            pool.join()?;
            manager.shutdown()?;
        }
        Ok(())
    })
}

fn starts_that_fail_leave_nothing() -> Result<()> {
    leaves_nothing(STARTS, |round| {
        let (here, there) = pipe::<u8, u8>()?;
        let refused =
            Process::new(move |_: procesos::Connection<u8, u8>| println!("{round}"), (there,)).start();
        assert!(refused.is_err());
        assert!(here.recv().is_err_and(|e| e.is_eof()));
        Ok(())
    })
}

fn killed_children_leave_nothing() -> Result<()> {
    fn work(line: procesos::Connection<u8, u8>, queue: Queue<Vec<u8>>, lock: Lock) -> Result<()> {
        let _guard = lock.acquire()?;
        line.send(&1)?;
        loop {
            queue.put(&vec![1; 100])?;
        }
    }
    leaves_nothing(KILLED, |_| {
        let (queue, lock, (here, there)) = (Queue::bounded(4)?, Lock::new()?, pipe()?);
        let child = Process::new(work, (there, queue.clone(), lock.clone())).start()?;
        here.recv()?;
        queue.get()?;
        slay(child)?;
        drop(lock.acquire());
        Ok(())
    })
}

fn pipes_leave_nothing() -> Result<()> {
    leaves_nothing(OBJECTS, |_| {
        let (here, there) = pipe::<u8, u8>()?;
        here.send(&1)?;
        there.recv().map(drop)
    })
}

fn queues_leave_nothing() -> Result<()> {
    leaves_nothing(OBJECTS, |_| {
        let queue = Queue::bounded(3)?;
        queue.put(&1)?;
        queue.clone().put(&2)?;
        queue.get().map(drop)
    })
}

fn a_queue_with_room_for_many_takes_memory_for_those_in_it() -> Result<()> {
    let queue = Queue::bounded(1 << 20)?;
    // Once through the room for bytes that is kept.
    (0..OBJECTS * 2).try_for_each(|round| queue.put(&round).and_then(|()| queue.get().map(drop)))?;
    leaves_nothing(OBJECTS * 10, |round| {
        queue.put(&round)?;
        assert_eq!(queue.get()?, round);
        Ok(())
    })
}

fn locks_and_values_leave_nothing() -> Result<()> {
    leaves_nothing(OBJECTS, |_| {
        let (lock, value) = (Lock::new()?, Value::new(1)?);
        let guard = lock.acquire()?;
        value.set(value.get() + 1);
        guard.release();
        Ok(())
    })
}

fn events_barriers_and_the_like_leave_nothing() -> Result<()> {
    leaves_nothing(OBJECTS / 4, |_| {
        let (event, semaphore, lock) = (Event::new()?, Semaphore::new(1)?, Lock::new()?);
        let (condition, barrier, rlock) = (Condition::new(&lock)?, Barrier::new(1)?, RLock::new()?);
        event.set();
        event.wait()?;
        semaphore.acquire()?.release();
        barrier.wait()?;
        let guard = lock.acquire()?;
        condition.notify_all(&guard)?;
        guard.release();
        drop((rlock.acquire()?, rlock.acquire()?));
        assert_eq!(Array::new(&[1, 2, 3])?.to_vec(), [1, 2, 3]);
        Ok(())
    })
}

fn looking_for_the_dead_leaves_nothing() -> Result<()> {
    fn hold(semaphore: Semaphore, held: Event) -> Result<()> {
        let _permit = semaphore.acquire()?;
        held.set();
        loop {
            procesos::sleep(Duration::MAX);
        }
    }
    leaves_nothing(KILLED, |_| {
        let (semaphore, held) = (Semaphore::new(1)?, Event::new()?);
        let child = Process::new(hold, (semaphore.clone(), held.clone())).start()?;
        held.wait()?;
        // It lives, is looked at, and has it.
        assert!(semaphore.acquire_timeout(Duration::from_millis(1))?.is_none());
        slay(child)?;
        assert!(semaphore.acquire().is_err());
        Ok(())
    })
}

fn large_messages_leave_nothing() -> Result<()> {
    let (queue, (here, there)) = (Queue::bounded(2)?, pipe::<Parcel, ()>()?);
    let before = Holdings::now().kibibytes;
    for number in 0..LARGE_MESSAGES {
        queue.put(&Parcel::new(1, number, LARGE))?;
        assert!(queue.get()?.is_whole());
        here.send(&Parcel::new(1, number, LARGE))?;
        assert!(there.recv()?.is_whole());
    }
    let after = Holdings::now().kibibytes;
    assert!(after <= before + LARGE / 1024 / 2, "{before} KiB became {after} KiB");
    Ok(())
}

fn a_child_has_only_the_descriptors_that_it_was_given() -> Result<()> {
    fn count(line: procesos::Connection<usize, ()>) -> Result<()> {
        line.send(&descriptors())
    }
    let _pipes = (0..50).map(|_| pipe::<u8, u8>()).collect::<Result<Vec<_>>>()?;
    let (here, there) = pipe()?;
    Process::new(count, (there,)).start()?;
    // Neither the pipes nor the parent's end, but its own.
    let of_the_parent = descriptors();
    assert_eq!(here.recv()?, of_the_parent - 2 * 50);
    Ok(())
}
