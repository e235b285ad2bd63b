//! The trace of what processes say to each other: by which numbers the two sides of an edge are found.

use std::time::Duration;

use procesos::{Array, Barrier, Condition, Event, Lock, Process, Queue, RLock, Result, Semaphore};
use procesos_trace::{Event as Recorded, ObjectKind, Op, Outcome};

use crate::case::{Case, case};
use crate::run::Observed;

const MOMENT: Duration = Duration::from_millis(5);
const TIMES: u32 = 100;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(waits_have_the_version_of_their_set).traced(sets_pair_with_waits),
        case!(permits_are_counted_on_both_sides).traced(permits_pair),
        case!(nested_holdings_tell_their_depth).traced(depths_are_told),
        case!(a_wait_for_a_notification_is_three_steps).traced(notifications_pair),
        case!(arrivals_and_departures_have_a_generation).traced(generations_pair),
        case!(tasks_are_counted).traced(tasks_pair),
        case!(elements_are_objects_of_their_own).traced(elements_are_told),
        case!(what_went_wrong_is_told).traced(outcomes_are_told),
    ]
}

fn versions(events: &[Recorded]) -> Vec<u64> {
    events.iter().map(|event| event.version).collect()
}

fn extras(events: &[Recorded]) -> Vec<u64> {
    events.iter().map(|event| event.extra).collect()
}

fn waits_have_the_version_of_their_set() -> Result<()> {
    let (ask, answer) = (Event::new()?, Event::new()?);
    let child = |ask: Event, answer: Event| -> Result<()> {
        for _ in 0..TIMES {
            ask.wait()?;
            ask.clear();
            answer.set();
        }
        Ok(())
    };
    Process::new(child, (ask.clone(), answer.clone())).start()?;
    for _ in 0..TIMES {
        ask.set();
        answer.wait()?;
        answer.clear();
    }
    answer.clear();
    assert!(!answer.is_set());
    Ok(())
}

fn sets_pair_with_waits(observed: &Observed) {
    let odd: Vec<u64> = (0..u64::from(TIMES)).map(|n| 2 * n + 1).collect();
    for (setter, waiter) in [(0, 1), (1, 0)] {
        let (sets, waits) = (observed.events(setter, Op::EventSet), observed.events(waiter, Op::EventWait));
        assert_eq!((versions(&sets), versions(&waits)), (odd.clone(), odd.clone()));
        assert!(
            sets.iter().zip(&waits).all(|(set, wait)| set.begin <= wait.end && set.object() == wait.object())
        );
        assert!(extras(&sets).iter().all(|changed| *changed == 1));
    }
    let last = observed.events(0, Op::EventClear);
    assert_eq!(last.last().map(|clear| (clear.version, clear.extra)), Some((2 * u64::from(TIMES), 0)));
    assert_eq!(extras(&observed.events(0, Op::EventIsSet)), [0]);
}

fn permits_are_counted_on_both_sides() -> Result<()> {
    let semaphore = Semaphore::new(2)?;
    let child = |semaphore: Semaphore| -> Result<()> {
        for _ in 0..TIMES {
            semaphore.acquire()?.release();
        }
        Ok(())
    };
    for _ in 0..3 {
        Process::new(child, (semaphore.clone(),)).start()?;
    }
    semaphore.acquire()?.consume();
    semaphore.release()
}

fn permits_pair(observed: &Observed) {
    let count = u64::from(3 * TIMES) + 1;
    let sorted = |op| {
        let mut events = observed.all_events(op);
        events.sort_by_key(|event| event.version);
        events
    };
    let (taken, given) = (sorted(Op::SemaphoreAcquire), sorted(Op::SemaphoreRelease));
    let all: Vec<u64> = (0..count).collect();
    assert_eq!((versions(&taken), versions(&given)), (all.clone(), all));
    // The third that is taken needs the first that was given.
    for (given, taken) in given.iter().zip(&taken[2..]) {
        assert!(given.begin <= taken.end, "it was taken before it was given");
    }
    assert_eq!(observed.events(0, Op::Create)[0].value, 2);
    assert_eq!(
        (observed.events(0, Op::SemaphoreConsume).len(), extras(&observed.events(0, Op::SemaphoreRelease))),
        (1, vec![0])
    );
    assert!(extras(&observed.events(1, Op::SemaphoreRelease)).iter().all(|of_permit| *of_permit == 1));
}

fn nested_holdings_tell_their_depth() -> Result<()> {
    let lock = RLock::new()?;
    let (outer, inner) = (lock.acquire()?, lock.acquire()?);
    outer.release();
    inner.release();
    lock.acquire()?.release();
    Ok(())
}

fn depths_are_told(observed: &Observed) {
    let (taken, freed) = (observed.events(0, Op::LockAcquire), observed.events(0, Op::LockRelease));
    assert_eq!((versions(&taken), extras(&taken)), (vec![1, 1, 2], vec![1, 2, 1]));
    assert_eq!((versions(&freed), extras(&freed)), (vec![1, 1, 2], vec![2, 1, 1]));
    assert!(taken.iter().all(|event| event.kind == ObjectKind::RLock as u8));
}

fn a_wait_for_a_notification_is_three_steps() -> Result<()> {
    let (lock, waits) = (Lock::new()?, Queue::bounded(2)?);
    let change = Condition::new(&lock)?;
    let child = |change: Condition, waits: Queue<()>| -> Result<()> {
        let mut guard = change.acquire()?;
        waits.put(&())?;
        change.wait(&mut guard)?;
        guard.release();
        Ok(())
    };
    for _ in 0..2 {
        Process::new(child, (change.clone(), waits.clone())).start()?;
    }
    waits.get()?;
    waits.get()?;
    let mut guard = lock.acquire()?;
    change.notify_all(&guard)?;
    change.notify(&guard, 1)?;
    assert!(!change.wait_timeout(&mut guard, MOMENT)?);
    guard.release();
    Ok(())
}

fn notifications_pair(observed: &Observed) {
    let given = observed.events(0, Op::ConditionNotify);
    assert_eq!((versions(&given), extras(&given)), (vec![0, 2], vec![2, 0]));
    assert_eq!(given.iter().map(|event| event.value).collect::<Vec<_>>(), [0, 1]);
    let mut woken =
        versions(&[observed.events(1, Op::ConditionWait), observed.events(2, Op::ConditionWait)].concat());
    woken.sort_unstable();
    assert_eq!(woken, [0, 1]);
    for slot in [1, 2] {
        let steps = observed.trace.events[slot].iter().filter_map(|event| Op::from_number(event.op));
        let steps: Vec<Op> = steps.filter(|op| !matches!(op, Op::Begin | Op::QueuePut | Op::Exit)).collect();
        let whole = [Op::LockAcquire, Op::LockRelease, Op::ConditionWait, Op::LockAcquire, Op::LockRelease];
        assert_eq!(steps, whole);
    }
    assert_eq!(observed.events(0, Op::ConditionWait)[0].outcome, Outcome::TimedOut as u8);
}

fn arrivals_and_departures_have_a_generation() -> Result<()> {
    let all = Barrier::new(3)?;
    let child = |all: Barrier| (0..TIMES).try_for_each(|_| all.wait().map(drop));
    for _ in 0..2 {
        Process::new(child, (all.clone(),)).start()?;
    }
    child(all)
}

fn generations_pair(observed: &Observed) {
    let generations: Vec<u64> = (0..u64::from(TIMES)).collect();
    for slot in 0..3 {
        let (came, left) = (observed.events(slot, Op::BarrierArrive), observed.events(slot, Op::BarrierWait));
        assert_eq!((versions(&came), versions(&left)), (generations.clone(), generations.clone()));
    }
    let mut came = observed.all_events(Op::BarrierArrive);
    came.sort_by_key(|event| (event.version, event.extra));
    let left = observed.all_events(Op::BarrierWait);
    for (generation, came) in came.chunks(3).enumerate() {
        assert_eq!(extras(came), [0, 1, 2]);
        let mut left = left.iter().filter(|event| event.version == generation as u64);
        assert!(left.all(|left| came.iter().all(|came| came.begin <= left.end)));
    }
}

fn tasks_are_counted() -> Result<()> {
    let tasks = Queue::bounded(3)?;
    (0..3).try_for_each(|task| tasks.put(&task))?;
    let child = |tasks: Queue<i32>| -> Result<()> {
        tasks.get()?;
        tasks.task_done()
    };
    for _ in 0..3 {
        Process::new(child, (tasks.clone(),)).start()?;
    }
    tasks.join()
}

fn tasks_pair(observed: &Observed) {
    let mut done = versions(&observed.all_events(Op::TaskDone));
    done.sort_unstable();
    assert_eq!((done, versions(&observed.events(0, Op::QueueJoin))), (vec![0, 1, 2], vec![3]));
}

fn elements_are_objects_of_their_own() -> Result<()> {
    let array = Array::new(&[-5_i16, 6])?;
    array.set(1, 7);
    array.set(1, 8);
    assert_eq!(array.to_vec(), [-5, 8]);
    Lock::new().map(drop)
}

fn elements_are_told(observed: &Observed) {
    let created = observed.events(0, Op::Create);
    let array = created[0];
    assert_eq!(
        (array.kind, array.value, array.extra),
        (ObjectKind::Array as u8, 2, (-5_i64).cast_unsigned())
    );
    let told = |events: &[Recorded]| -> Vec<(u32, u64, u64)> {
        events.iter().map(|event| (event.ordinal - array.ordinal, event.version, event.value)).collect()
    };
    assert_eq!(told(&observed.events(0, Op::ValueSet)), [(2, 1, 7), (2, 2, 8)]);
    assert_eq!(told(&observed.events(0, Op::ValueGet)), [(1, 0, (-5_i64).cast_unsigned()), (2, 2, 8)]);
    assert_eq!(created[1].ordinal, array.ordinal + 3, "nothing else has the numbers of elements");
}

fn what_went_wrong_is_told() -> Result<()> {
    let barrier = Barrier::new(2)?;
    assert!(barrier.wait_timeout(MOMENT).is_err());
    assert!(barrier.wait().is_err());
    assert!(Semaphore::bounded(0)?.release().is_err());
    assert!(Queue::<u8>::bounded(1)?.task_done().is_err());
    Ok(())
}

fn outcomes_are_told(observed: &Observed) {
    let seen = |op| -> Vec<u8> { observed.events(0, op).iter().map(|event| event.outcome).collect() };
    assert_eq!(seen(Op::BarrierArrive), [Outcome::Done as u8, Outcome::Broken as u8]);
    assert_eq!(seen(Op::BarrierWait), [Outcome::TimedOut as u8]);
    assert_eq!(seen(Op::BarrierAbort), [Outcome::Done as u8]);
    assert_eq!(seen(Op::SemaphoreRelease), [Outcome::TooMany as u8]);
    assert_eq!(seen(Op::TaskDone), [Outcome::TooMany as u8]);
}
