//! A signal with a handler interrupts what waits; the library waits on.

use std::io::{PipeReader, PipeWriter, Read, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nix::libc::c_int;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, kill, sigaction};
use nix::unistd::Pid;
use procesos::{
    Barrier, CREDIT_MESSAGES, Condition, Connection, Error, Event, Lock, LockGuard, Process, Queue, Result,
    Semaphore, pipe,
};

use crate::case::{Case, case};

const SIGNALS: u32 = 200;
const AGES: Duration = Duration::from_secs(600);

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(get_waits_through_signals),
        case!(put_waits_through_signals),
        case!(recv_waits_through_signals),
        case!(send_waits_through_signals),
        case!(poll_waits_through_signals),
        case!(acquire_waits_through_signals),
        case!(join_waits_through_signals),
        case!(waits_for_what_others_say_go_through_signals),
        case!(operations_with_a_limit_wait_through_signals),
        case!(limits_are_kept_through_signals),
    ]
}

static CAUGHT: AtomicU32 = AtomicU32::new(0);
/// The handler's receipts, which the sender waits for: signals that come faster than they are handled become one.
static RECEIPTS: OnceLock<(PipeReader, PipeWriter)> = OnceLock::new();

extern "C" fn count_signal(_: c_int) {
    CAUGHT.fetch_add(1, Ordering::Relaxed);
    if let Some((_, receipts)) = RECEIPTS.get() {
        // What cannot be written is missed by the sender, and so by the case.
        let _ = (&mut &*receipts).write(&[1]);
    }
}

/// Counts SIGUSR1 from now on, without `SA_RESTART`: every call that waits is interrupted by it.
#[expect(unsafe_code, reason = "nix has no safe way to set a handler")]
fn count_signals() {
    RECEIPTS.get_or_init(|| std::io::pipe().expect("there are descriptors left"));
    let action = SigAction::new(SigHandler::Handler(count_signal), SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler adds to an atomic and writes to a pipe, which any handler may.
    unsafe { sigaction(Signal::SIGUSR1, &action) }.expect("the signal may be handled");
}

/// Sends the parent one signal after the other, each when the last one was handled.
fn pester() {
    let parent = Pid::from_raw(procesos::ppid().cast_signed());
    let (receipts, _) = RECEIPTS.get().expect("the parent made it");
    for _ in 0..SIGNALS {
        kill(parent, Signal::SIGUSR1).expect("the parent lives");
        (&mut &*receipts).read_exact(&mut [0]).expect("the handler writes");
    }
}

fn assert_pestered() {
    assert!(CAUGHT.load(Ordering::Relaxed) >= SIGNALS);
}

fn get_waits_through_signals() -> Result<()> {
    count_signals();
    let queue = Queue::bounded(1)?;
    let target = |queue: Queue<u8>| {
        pester();
        queue.put(&1)
    };
    Process::new(target, (queue.clone(),)).start()?;
    assert_eq!(queue.get()?, 1);
    assert_pestered();
    Ok(())
}

fn put_waits_through_signals() -> Result<()> {
    count_signals();
    let queue = Queue::bounded(1)?;
    queue.put(&1)?;
    let target = |queue: Queue<u8>| {
        pester();
        queue.get().map(drop)
    };
    Process::new(target, (queue.clone(),)).start()?;
    queue.put(&2)?;
    assert_pestered();
    assert_eq!(queue.get()?, 2);
    Ok(())
}

fn recv_waits_through_signals() -> Result<()> {
    count_signals();
    let (here, there) = pipe::<(), u8>()?;
    let target = |line: Connection<u8, ()>| {
        pester();
        line.send(&1)
    };
    Process::new(target, (there,)).start()?;
    assert_eq!(here.recv()?, 1);
    assert_pestered();
    Ok(())
}

fn send_waits_through_signals() -> Result<()> {
    count_signals();
    let (here, there) = pipe::<u64, ()>()?;
    let target = |line: Connection<(), u64>| {
        pester();
        (0..=CREDIT_MESSAGES).try_for_each(|number| {
            assert_eq!(line.recv()?, number);
            Ok::<(), Error>(())
        })
    };
    let child = Process::new(target, (there,)).start()?;
    (0..=CREDIT_MESSAGES).try_for_each(|number| here.send(&number))?;
    assert_pestered();
    assert!(child.join()?.success());
    Ok(())
}

fn poll_waits_through_signals() -> Result<()> {
    count_signals();
    let (here, there) = pipe::<(), u8>()?;
    let target = |line: Connection<u8, ()>| {
        pester();
        line.send(&1)
    };
    Process::new(target, (there,)).start()?;
    assert!(here.poll(AGES)?);
    assert_pestered();
    Ok(())
}

fn acquire_waits_through_signals() -> Result<()> {
    count_signals();
    let (lock, held) = (Lock::new()?, Queue::bounded(1)?);
    let target = |lock: Lock, held: Queue<()>| {
        let guard = lock.acquire()?;
        held.put(&())?;
        pester();
        guard.release();
        Ok::<(), Error>(())
    };
    for limited in [false, true] {
        Process::new(target, (lock.clone(), held.clone())).start()?;
        held.get()?;
        if limited {
            assert!(lock.acquire_timeout(AGES).map(|guard| guard.map(LockGuard::release))?.is_some());
        } else {
            lock.acquire()?.release();
        }
        assert_pestered();
    }
    Ok(())
}

fn join_waits_through_signals() -> Result<()> {
    count_signals();
    assert!(Process::new(pester, ()).start()?.join()?.success());
    assert_pestered();
    let mut child = Process::new(pester, ()).start()?;
    assert!(child.join_timeout(AGES)?.is_some_and(procesos::ExitStatus::success));
    Ok(())
}

fn waits_for_what_others_say_go_through_signals() -> Result<()> {
    count_signals();
    let (event, semaphore, lock, barrier) =
        (Event::new()?, Semaphore::new(0)?, Lock::new()?, Barrier::new(2)?);
    let (condition, tasks) = (Condition::new(&lock)?, Queue::bounded(1)?);
    tasks.put(&1_u8)?;
    let target =
        |event: Event, semaphore: Semaphore, condition: Condition, barrier: Barrier, tasks: Queue<u8>| {
            pester();
            event.set();
            pester();
            semaphore.release()?;
            pester();
            let guard = condition.acquire()?;
            condition.notify_all(&guard)?;
            guard.release();
            pester();
            barrier.wait()?;
            pester();
            tasks.task_done()
        };
    let mut guard = lock.acquire()?;
    let arguments = (event.clone(), semaphore.clone(), condition.clone(), barrier.clone(), tasks.clone());
    let child = Process::new(target, arguments).start()?;
    event.wait()?;
    semaphore.acquire()?.consume();
    condition.wait(&mut guard)?;
    guard.release();
    barrier.wait()?;
    tasks.join()?;
    assert!(CAUGHT.load(Ordering::Relaxed) >= 5 * SIGNALS);
    assert!(child.join()?.success());
    Ok(())
}

fn operations_with_a_limit_wait_through_signals() -> Result<()> {
    count_signals();
    let (queue, (here, there)) = (Queue::bounded(1)?, pipe::<(), u8>()?);
    let target = |queue: Queue<u8>, line: Connection<u8, ()>| {
        pester();
        queue.put(&1)?;
        pester();
        queue.put(&2)?;
        pester();
        line.send(&3)
    };
    Process::new(target, (queue.clone(), there)).start()?;
    assert_eq!(queue.get_timeout(AGES)?, Some(1));
    assert_eq!(queue.get_timeout(AGES)?, Some(2));
    assert_eq!(here.recv_timeout(AGES)?, Some(3));
    assert_pestered();
    Ok(())
}

fn limits_are_kept_through_signals() -> Result<()> {
    count_signals();
    let moment = Duration::from_millis(40);
    let (queue, (here, _there)) = (Queue::<u8>::bounded(1)?, pipe::<(), u8>()?);
    let mut child = Process::new(|| (0..40).for_each(|_| pester()), ()).start()?;
    let waits: [&mut dyn FnMut() -> Result<bool>; 5] = [
        &mut || queue.get_timeout(moment).map(|got| got.is_none()),
        &mut || here.recv_timeout(moment).map(|got| got.is_none()),
        &mut || here.poll(moment).map(|ready| !ready),
        &mut || {
            procesos::sleep(moment);
            Ok(true)
        },
        &mut || child.join_timeout(moment).map(|_| true),
    ];
    for (index, wait) in waits.into_iter().enumerate() {
        let begun = Instant::now();
        assert!(wait()?);
        // A join may well come before its limit.
        assert!(index == 4 || begun.elapsed() >= moment, "wait {index} ended early");
        assert!(begun.elapsed() < AGES);
    }
    child.terminate()
}
