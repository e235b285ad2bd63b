//! The driver of the bench's program, with the raw mechanisms to compare with: the same executable, so that forks cost the same.
//!
//! ```text
//! count 4 5        4 processes that add 5 times each
//! raw 5 60 100     an execution of 5 processes and 60 hand-offs by hand, 100 times: prints microseconds of each
//! trace 100000     so many operations on a value: prints nanoseconds of one
//! ring 4           4 processes that hold a lock each, and then want that of the next one: nobody can go on
//! items 4          4 processes that wait for an item that nobody sends
//! ```

use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use nix::libc;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork};
use procesos::{Driver, Lock, Process, Queue, Result, Value};
use subject::count;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    if args.get(1).is_some_and(|mode| mode == "raw") {
        let number = |index: usize| args[index].parse::<u16>().expect("a number");
        for micros in raw(number(2).into(), number(3).into(), number(4).into()) {
            println!("{micros}");
        }
        return ExitCode::SUCCESS;
    }
    procesos::program(|driver| match driver.arg(0) {
        Some("trace") => trace(driver),
        Some("ring") => ring(driver.number(1, 2)?),
        Some("items") => items(driver.number(1, 2)?),
        _ => {
            let (processes, times) = (driver.number(1, 4)?, driver.number(2, 5)?);
            let total = driver.call("count", || count(processes, times))?;
            driver.result("total", total);
            driver.result("expected", i64::from(processes) * i64::from(times));
            Ok(())
        }
    })
}

/// Nanoseconds of one operation, traced if this program is.
fn trace(driver: &mut Driver) -> Result<()> {
    let operations: u32 = driver.number(1, 100_000)?;
    let value = Value::new(0i64)?;
    let begun = Instant::now();
    for _ in 0..operations {
        std::hint::black_box(value.get());
    }
    driver.result("nanoseconds", begun.elapsed().as_nanos() as f64 / f64::from(operations));
    Ok(())
}

/// Processes that hold a lock each, and then want that of the next one.
fn ring(processes: usize) -> Result<()> {
    let locks = (0..processes).map(|_| Lock::new()).collect::<Result<Vec<Lock>>>()?;
    let (held, go) = (Queue::bounded(processes)?, Queue::bounded(processes)?);
    let mut children = Vec::new();
    for own in 0..processes {
        let both = (locks[own].clone(), locks[(own + 1) % processes].clone());
        children.push(Process::new(hold_and_want, (both.0, both.1, held.clone(), go.clone())).start()?);
    }
    for _ in 0..processes {
        held.get()?;
    }
    for _ in 0..processes {
        go.put(&())?;
    }
    for child in children {
        stamp();
        child.join()?;
    }
    Ok(())
}

fn hold_and_want(own: Lock, next: Lock, held: Queue<()>, go: Queue<()>) -> Result<()> {
    let own = own.acquire()?;
    held.put(&())?;
    go.get()?;
    stamp();
    next.acquire()?.release();
    own.release();
    Ok(())
}

/// Processes that wait for an item that nobody sends.
fn items(processes: usize) -> Result<()> {
    let queue = Queue::bounded(1)?;
    let mut children = Vec::new();
    for _ in 0..processes {
        children.push(Process::new(want_one, (queue.clone(),)).start()?);
    }
    for child in children {
        stamp();
        child.join()?;
    }
    Ok(())
}

fn want_one(queue: Queue<()>) -> Result<()> {
    stamp();
    queue.get()
}

/// Prints the machine's own monotonic nanoseconds: under control the C library would tell virtual ones.
fn stamp() {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::syscall(libc::SYS_clock_gettime, libc::CLOCK_MONOTONIC, &raw mut now) };
    println!("{}", now.tv_sec * 1_000_000_000 + now.tv_nsec);
}

/// Microseconds of executions by hand: forks, hand-offs of a token round and round, exits and waits.
fn raw(processes: usize, handoffs: usize, executions: u32) -> Vec<f64> {
    let mut one = CpuSet::new();
    let here = usize::try_from(unsafe { libc::sched_getcpu() }).expect("a processor");
    one.set(here).expect("in range");
    sched_setaffinity(Pid::from_raw(0), &one).expect("pinned");
    let length = 4096.try_into().expect("not 0");
    let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    let memory = unsafe { mmap_anonymous(None, length, protection, MapFlags::MAP_SHARED) }.expect("memory");
    let turns = unsafe { std::slice::from_raw_parts(memory.cast::<AtomicU32>().as_ptr(), processes) };
    let execution = |_| {
        let begun = Instant::now();
        turns.iter().for_each(|turn| turn.store(0, Ordering::SeqCst));
        let root = forked(|| {
            let others: Vec<Pid> = (1..processes)
                .map(|own| forked(|| take_turns(turns, own, handoffs)))
                .collect();
            turns[0].store(1, Ordering::SeqCst);
            take_turns(turns, 0, handoffs);
            others.into_iter().for_each(|child| drop(waitpid(child, None).expect("waited")));
        });
        waitpid(root, None).expect("waited");
        begun.elapsed().as_secs_f64() * 1e6
    };
    (0..executions).map(execution).collect()
}

/// The turns of one process: hand-off `index` is from process `index % n` to the next one.
fn take_turns(turns: &[AtomicU32], own: usize, handoffs: usize) {
    let next = &turns[(own + 1) % turns.len()];
    for _ in (own..handoffs).step_by(turns.len()) {
        while turns[own].load(Ordering::SeqCst) == 0 {
            unsafe {
                libc::syscall(libc::SYS_futex, turns[own].as_ptr(), libc::FUTEX_WAIT, 0, std::ptr::null::<()>());
            }
        }
        turns[own].store(0, Ordering::SeqCst);
        next.store(1, Ordering::SeqCst);
        unsafe { libc::syscall(libc::SYS_futex, next.as_ptr(), libc::FUTEX_WAKE, 1) };
    }
}

fn forked(child: impl FnOnce()) -> Pid {
    match unsafe { fork() }.expect("forked") {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            child();
            unsafe { libc::_exit(0) }
        }
    }
}
