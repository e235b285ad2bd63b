//! What is said, and what is left, when there may be no more descriptors.

use std::fs;
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procesos::{
    AcquireError, Array, Barrier, Condition, Event, Lock, Manager, Pool, Process, Queue, RLock, Result,
    Semaphore, Value, pipe,
};

use crate::case::{Case, case};
use crate::limits::{LARGE, limit, refused, unlimit, use_up_memory};
use crate::parcel::Parcel;
use crate::queue_death::slay;

const MOMENT: Duration = Duration::from_millis(1);
/// Nothing waits so long unless it waits for ever.
const HANG: Duration = Duration::from_secs(20);

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(a_pipe_without_descriptors_is_an_error_that_says_so),
        case!(the_end_of_descriptors_is_told_in_spanish).in_spanish(),
        case!(what_needs_no_descriptor_is_made_without_any),
        case!(a_large_message_without_descriptors_is_refused_and_sent_later),
        case!(a_large_message_that_cannot_be_received_is_received_later),
        case!(deaths_are_told_without_descriptors),
        case!(deaths_are_told_where_no_limit_can_be_raised),
        case!(the_living_are_not_taken_for_dead_without_descriptors),
        case!(the_living_are_not_taken_for_dead_where_no_limit_can_be_raised),
    ]
}

/// From here on no descriptor can be opened.
fn use_up_descriptors() {
    let next = fs::File::open("/dev/null").expect("there is one more").as_raw_fd();
    limit(Resource::RLIMIT_NOFILE, rlim_t::try_from(next).expect("it is not negative"));
}

/// The same for good.
fn give_up_descriptors() {
    use_up_descriptors();
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE).expect("limits can be read");
    setrlimit(Resource::RLIMIT_NOFILE, soft, soft).expect("a hard limit can be lowered");
}

const NO_DESCRIPTORS: &str = "this process may open no more descriptors: drop connections and files that you no longer use, or raise the limit (ulimit -n)";

fn a_pipe_without_descriptors_is_an_error_that_says_so() -> Result<()> {
    use_up_descriptors();
    let error = refused(pipe::<u8, u8>());
    assert!(error.is_exhausted());
    assert_eq!(error.to_string(), format!("pipe: {NO_DESCRIPTORS}"));
    unlimit(Resource::RLIMIT_NOFILE);
    let (here, there) = pipe::<u8, u8>()?;
    here.send(&1)?;
    assert_eq!(there.recv()?, 1);
    Ok(())
}

fn the_end_of_descriptors_is_told_in_spanish() -> Result<()> {
    use_up_descriptors();
    assert_eq!(
        refused(pipe::<u8, u8>()).to_string(),
        "pipe: este proceso no puede abrir más descriptores: suelta las conexiones y los archivos que ya no uses, o sube el límite (ulimit -n)"
    );
    Ok(())
}

fn what_needs_no_descriptor_is_made_without_any() -> Result<()> {
    use_up_descriptors();
    let (queue, lock, value, array) =
        (Queue::bounded(2)?, Lock::new()?, Value::new(1)?, Array::new(&[1, 2])?);
    let (event, semaphore, rlock) = (Event::new()?, Semaphore::new(1)?, RLock::new()?);
    let (condition, barrier) = (Condition::new(&lock)?, Barrier::new(1)?);
    queue.put(&1)?;
    event.set();
    drop((lock.acquire()?, rlock.acquire()?, semaphore.acquire()?));
    condition.notify_all(&lock.acquire()?)?;
    assert_eq!((queue.get()?, value.get(), array.to_vec(), barrier.wait()?), (1, 1, vec![1, 2], 0));
    let pool = Pool::new(2)?;
    assert_eq!(pool.map(|n: i32| n * 2, 0..5)?, [0, 2, 4, 6, 8]);
    let manager = Manager::start()?;
    let list = manager.list_of(&[1])?;
    assert_eq!(list.pop()?, Some(1));
    manager.shutdown()?;
    let mut child = Process::new(|| (), ()).start()?;
    assert!(child.join_timeout(HANG)?.is_some_and(procesos::ExitStatus::success));
    Ok(())
}

fn a_large_message_without_descriptors_is_refused_and_sent_later() -> Result<()> {
    let (here, there) = pipe::<Parcel, ()>()?;
    let large = Parcel::new(1, 1, LARGE);
    use_up_descriptors();
    let error = here.send(&large).expect_err("it travels in a file");
    assert_eq!(error.to_string(), format!("Connection::send: {NO_DESCRIPTORS}"));
    here.send(&Parcel::new(1, 0, 100))?;
    assert!(there.recv()?.is_whole());
    unlimit(Resource::RLIMIT_NOFILE);
    here.send(&large)?;
    assert_eq!(there.recv().map(|parcel| (parcel.is_whole(), parcel.number))?, (true, 1));
    Ok(())
}

fn a_large_message_that_cannot_be_received_is_received_later() -> Result<()> {
    let (here, there) = pipe::<Parcel, ()>()?;
    here.send(&Parcel::new(1, 1, LARGE))?;
    use_up_descriptors();
    for _ in 0..3 {
        let error = refused(there.recv());
        assert_eq!(error.to_string(), format!("Connection::recv: {NO_DESCRIPTORS}"));
    }
    unlimit(Resource::RLIMIT_NOFILE);
    use_up_memory(0);
    let error = refused(there.try_recv());
    assert!(error.is_exhausted());
    assert!(
        error.to_string().starts_with("Connection::recv: no memory is left for a message of 400000"),
        "{error}"
    );
    unlimit(Resource::RLIMIT_AS);
    drop(here);
    assert_eq!(there.recv().map(|parcel| (parcel.is_whole(), parcel.number))?, (true, 1));
    assert!(there.recv().is_err_and(|e| e.is_eof()));
    Ok(())
}

fn hold_a_permit(semaphore: Semaphore, held: Event) -> Result<()> {
    let _permit = semaphore.acquire()?;
    held.set();
    loop {
        procesos::sleep(HANG);
    }
}

fn deaths_are_told_without_descriptors() -> Result<()> {
    use_up_descriptors();
    deaths_are_told()
}

fn deaths_are_told_where_no_limit_can_be_raised() -> Result<()> {
    give_up_descriptors();
    deaths_are_told()
}

fn deaths_are_told() -> Result<()> {
    fn arrive(barrier: Barrier) -> Result<()> {
        barrier.wait().map(drop)
    }
    /// Holds a permit in a process that is not this one's child, and that nobody reaps.
    fn have_one_held(semaphore: Semaphore, held: Event, pid: Value<u32>) -> Result<()> {
        let child = Process::new(hold_a_permit, (semaphore, held)).start()?;
        pid.set(child.pid());
        loop {
            procesos::sleep(HANG);
        }
    }
    let (semaphore, held) = (Semaphore::new(1)?, Event::new()?);
    let child = Process::new(hold_a_permit, (semaphore.clone(), held.clone())).start()?;
    held.wait()?;
    kill(Pid::from_raw(child.pid().cast_signed()), Signal::SIGKILL).expect("it is not joined yet");
    assert!(
        semaphore.acquire_timeout(HANG).is_err_and(|e| matches!(e, AcquireError::OwnerDied(_))),
        "a child"
    );
    assert_eq!(child.join()?.signal(), Some(9));

    held.clear();
    let pid = Value::new(0)?;
    let args = (semaphore.clone(), held.clone(), pid.clone());
    let parent = Process::new(have_one_held, args).start()?;
    held.wait()?;
    while pid.get() == 0 {
        std::thread::yield_now();
    }
    // Its parent goes on sleeping: the dead one stays to be reaped.
    kill(Pid::from_raw(pid.get().cast_signed()), Signal::SIGKILL).expect("nobody reaps it");
    assert!(
        semaphore.acquire_timeout(HANG).is_err_and(|e| matches!(e, AcquireError::OwnerDied(_))),
        "no child"
    );
    slay(parent)?;

    let barrier = Barrier::new(3)?;
    let child = Process::new(arrive, (barrier.clone(),)).start()?;
    while barrier.waiting() == 0 {
        std::thread::yield_now();
    }
    slay(child)?;
    // It would say the same after its limit, but not in time for the case.
    assert!(barrier.wait_timeout(Duration::from_secs(3_600)).is_err_and(|e| e.is_broken_barrier()));
    Ok(())
}

fn the_living_are_not_taken_for_dead_without_descriptors() -> Result<()> {
    use_up_descriptors();
    the_living_are_not_taken_for_dead()
}

fn the_living_are_not_taken_for_dead_where_no_limit_can_be_raised() -> Result<()> {
    give_up_descriptors();
    the_living_are_not_taken_for_dead()
}

fn the_living_are_not_taken_for_dead() -> Result<()> {
    fn wait_and_end(event: Event) -> Result<()> {
        event.wait()
    }
    let (semaphore, held) = (Semaphore::new(1)?, Event::new()?);
    let holder = Process::new(hold_a_permit, (semaphore.clone(), held.clone())).start()?;
    held.wait()?;
    assert!(semaphore.acquire_timeout(MOMENT)?.is_none());
    assert!(semaphore.try_acquire()?.is_none());
    let event = Event::new()?;
    let mut child = Process::new(wait_and_end, (event.clone(),)).start()?;
    assert!(child.join_timeout(3 * MOMENT)?.is_none());
    event.set();
    assert!(child.join_timeout(HANG)?.is_some_and(procesos::ExitStatus::success));
    slay(holder)
}
