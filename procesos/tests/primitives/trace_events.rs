//! The trace: what each operation leaves in it.

use std::sync::OnceLock;
use std::time::Duration;

use procesos::{Connection, Lock, Process, Queue, Result, Value, pipe};
use procesos_trace::{Event, ObjectKind, Op, Outcome, flags};

use crate::case::{Case, case};
use crate::queue_death::slay;
use crate::run::Observed;

const MOMENT: Duration = Duration::from_millis(5);

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(puts_and_gets_pair_by_index).traced(puts_pair_with_gets),
        case!(acquisitions_and_releases_pair_by_version).traced(acquisitions_pair_with_releases),
        case!(a_get_has_the_version_of_the_set_that_it_saw).traced(versions_of_values),
        case!(values_leave_their_bits_and_what_they_are).traced(bits_of_values),
        case!(sends_and_receipts_pair_by_index_in_each_direction).traced(sends_pair_with_receipts),
        case!(every_outcome_is_told).traced(outcomes_are_told),
        case!(flags_tell_who_had_to_wait_and_who_would_not).traced(flags_are_told),
        case!(questions_leave_their_answers).traced(answers_are_told),
        case!(an_end_is_closed_once_and_by_who_had_it).traced(closes_are_told),
        case!(ten_thousand_events_stay_in_order).traced(all_are_in_order),
    ]
}

fn versions(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.version).collect()
}

fn get_all(from: Queue<String>, count: u32) -> Result<()> {
    (0..count).try_for_each(|_| from.get().map(drop))
}

fn puts_and_gets_pair_by_index() -> Result<()> {
    let queue = Queue::bounded(2)?;
    let child = Process::new(get_all, (queue.clone(), 5)).start()?;
    for length in 0..5 {
        queue.put(&"x".repeat(length))?;
    }
    assert!(child.join()?.success());
    assert!(queue.is_empty());
    Ok(())
}

fn puts_pair_with_gets(observed: &Observed) {
    let (puts, gets) = (observed.events(0, Op::QueuePut), observed.events(1, Op::QueueGet));
    assert_eq!(versions(&puts), [0, 1, 2, 3, 4]);
    assert_eq!(versions(&gets), [0, 1, 2, 3, 4]);
    let created = observed.events(0, Op::Create)[0];
    assert_eq!((created.kind, created.value), (ObjectKind::Queue as u8, 2));
    for (put, get) in puts.iter().zip(&gets) {
        assert_eq!((put.object(), get.object()), (created.object(), created.object()));
        // A text of n bytes is encoded in n + 1.
        assert_eq!((put.value, get.value), (put.version + 1, put.version + 1));
        assert!(put.begin <= put.end && get.begin <= get.end);
        assert!(put.begin <= get.end, "what was put later was not got before");
    }
    let asked = observed.events(0, Op::QueueIsEmpty)[0];
    assert_eq!((asked.version, asked.extra), (5, 1));
    assert!(!observed.trace.truncated);
}

fn take_often(lock: Lock, times: u32) -> Result<()> {
    (0..times).try_for_each(|_| lock.acquire().map(procesos::LockGuard::release).map_err(Into::into))
}

fn acquisitions_and_releases_pair_by_version() -> Result<()> {
    let lock = Lock::new()?;
    for _ in 0..3 {
        Process::new(take_often, (lock.clone(), 200)).start()?;
    }
    take_often(lock, 200)
}

fn acquisitions_pair_with_releases(observed: &Observed) {
    for slot in 0..4 {
        let own = (observed.events(slot, Op::LockAcquire), observed.events(slot, Op::LockRelease));
        assert_eq!(versions(&own.0), versions(&own.1));
        assert!(versions(&own.0).is_sorted_by(|a, b| a < b));
    }
    let (mut taken, mut freed) = (observed.all_events(Op::LockAcquire), observed.all_events(Op::LockRelease));
    taken.sort_by_key(|event| event.version);
    freed.sort_by_key(|event| event.version);
    assert_eq!(versions(&taken), (1..=800).collect::<Vec<_>>());
    for (freed, next) in freed.iter().zip(&taken[1..]) {
        assert!(freed.begin <= next.end, "it was taken before it was freed");
    }
}

fn a_get_has_the_version_of_the_set_that_it_saw() -> Result<()> {
    fn set_and_get(value: Value<u64>, from: u64) {
        for number in from..from + 300 {
            value.set(number);
            let _ = value.get();
        }
    }
    let value = Value::new(0)?;
    for from in [1000, 2000] {
        Process::new(set_and_get, (value.clone(), from)).start()?;
    }
    set_and_get(value, 3000);
    Ok(())
}

fn versions_of_values(observed: &Observed) {
    let mut sets = observed.all_events(Op::ValueSet);
    sets.sort_by_key(|event| event.version);
    assert_eq!(versions(&sets), (1..=900).collect::<Vec<_>>());
    for get in observed.all_events(Op::ValueGet) {
        let index = usize::try_from(get.version).expect("it is small") - 1;
        assert_eq!(get.value, sets[index].value);
    }
}

fn values_leave_their_bits_and_what_they_are() -> Result<()> {
    Value::new(-2_i8)?.set(-3);
    Value::new(250_u8)?.set(251);
    Value::new(0.5_f32)?.set(-0.25);
    Value::new(false)?.set(true);
    Ok(())
}

fn bits_of_values(observed: &Observed) {
    let seen: Vec<(u64, u16)> =
        observed.events(0, Op::ValueSet).iter().map(|event| (event.value, event.flags)).collect();
    let expected = [
        ((-3_i64).cast_unsigned(), 0),
        (251, flags::UNSIGNED),
        ((-0.25_f64).to_bits(), flags::FLOAT),
        (1, flags::BOOLEAN),
    ];
    assert_eq!(seen, expected);
    let created: Vec<(u64, u16)> =
        observed.events(0, Op::Create).iter().map(|event| (event.value, event.flags)).collect();
    let expected = [
        ((-2_i64).cast_unsigned(), 0),
        (250, flags::UNSIGNED),
        (0.5_f64.to_bits(), flags::FLOAT),
        (0, flags::BOOLEAN),
    ];
    assert_eq!(created, expected);
}

fn sends_and_receipts_pair_by_index_in_each_direction() -> Result<()> {
    fn answer(line: Connection<u8, String>) -> Result<()> {
        (0..3).try_for_each(|number| {
            line.recv()?;
            line.send(&number)
        })
    }
    let (here, there) = pipe()?;
    let child = Process::new(answer, (there,)).start()?;
    for text in ["a", "bb", "ccc"] {
        here.send(&text.to_owned())?;
        here.recv()?;
    }
    child.join().map(drop)
}

fn sends_pair_with_receipts(observed: &Observed) {
    let created = observed.events(0, Op::Create);
    let ends = [created[0], created[1]];
    assert_eq!([ends[0].value, ends[1].value], [u64::from(ends[1].ordinal), u64::from(ends[0].ordinal)]);
    for slot in [0, 1] {
        let (sent, received) = (observed.events(slot, Op::Send), observed.events(1 - slot, Op::Recv));
        assert_eq!((versions(&sent), versions(&received)), (vec![0, 1, 2], vec![0, 1, 2]));
        for (sent, received) in sent.iter().zip(&received) {
            assert_eq!((sent.object(), received.object()), (ends[slot].object(), ends[1 - slot].object()));
            assert_eq!(sent.value, received.value);
            assert!(sent.begin <= received.end);
        }
    }
}

static GLOBAL: OnceLock<Lock> = OnceLock::new();

/// Does one thing for every outcome, in the order of [`outcomes_are_told`].
fn every_outcome_is_told() -> Result<()> {
    let queue = Queue::<Queue<u8>>::bounded(1)?;
    assert!(queue.try_get()?.is_none());
    assert!(queue.get_timeout(MOMENT)?.is_none());
    let (here, there) = pipe::<u8, u8>()?;
    drop(there);
    assert!(here.recv().is_err());
    assert!(here.send(&1).is_err());
    let (lock, held) = (Lock::new()?, Queue::bounded(1)?);
    let holder = Process::new(
        |lock: Lock, held: Queue<()>| -> Result<()> {
            let _guard = lock.acquire()?;
            held.put(&())?;
            procesos::sleep(Duration::MAX);
            Ok(())
        },
        (lock.clone(), held.clone()),
    );
    let holder = holder.start()?;
    held.get()?;
    slay(holder)?;
    let inherited = lock.acquire();
    assert!(inherited.is_err());
    assert!(lock.acquire().is_err());
    drop(inherited);
    assert!(GLOBAL.set(lock.clone()).is_ok());
    let stranger = Process::new(|| assert!(GLOBAL.get().is_some_and(|lock| lock.acquire().is_err())), ());
    assert!(stranger.start()?.join()?.success());
    Ok(())
}

fn outcomes_are_told(observed: &Observed) {
    let seen =
        |slot, op| -> Vec<u8> { observed.events(slot, op).iter().map(|event| event.outcome).collect() };
    let expected =
        |outcomes: &[Outcome]| -> Vec<u8> { outcomes.iter().map(|outcome| *outcome as u8).collect() };
    let queue = expected(&[Outcome::WouldBlock, Outcome::TimedOut, Outcome::Done]);
    assert_eq!(seen(0, Op::QueueGet), queue);
    assert_eq!(seen(0, Op::Recv), expected(&[Outcome::Eof]));
    assert_eq!(seen(0, Op::Send), expected(&[Outcome::BrokenPipe]));
    assert_eq!(seen(0, Op::LockAcquire), expected(&[Outcome::OwnerDied, Outcome::AlreadyHeld]));
    assert_eq!(seen(2, Op::LockAcquire), expected(&[Outcome::NotHanded]));
}

fn flags_tell_who_had_to_wait_and_who_would_not() -> Result<()> {
    let queue = Queue::bounded(1)?;
    queue.put(&1)?;
    assert!(!queue.try_put(&2)?);
    assert!(!queue.put_timeout(&2, MOMENT)?);
    let later = |queue: Queue<i32>| {
        procesos::sleep(MOMENT);
        queue.get().map(drop)
    };
    Process::new(later, (queue.clone(),)).start()?;
    queue.put(&3)
}

fn flags_are_told(observed: &Observed) {
    let seen: Vec<u16> = observed.events(0, Op::QueuePut).iter().map(|event| event.flags).collect();
    assert_eq!(seen, [0, flags::NON_BLOCKING, flags::TIMED | flags::WAITED, flags::WAITED]);
}

fn questions_leave_their_answers() -> Result<()> {
    let (here, there) = pipe::<u8, u8>()?;
    let stay = |line: Connection<u8, u8>| assert!(line.recv().is_err_and(|e| e.is_eof()));
    let mut child = Process::new(stay, (there,)).start()?;
    assert!(child.is_alive()? && !here.poll(Duration::ZERO)?);
    child.terminate()?;
    assert!(here.poll(Duration::MAX)?);
    while child.is_alive()? {}
    let queue = Queue::bounded(1)?;
    assert!(queue.is_empty());
    queue.put(&1)?;
    assert!(!queue.is_empty());
    Ok(())
}

fn answers_are_told(observed: &Observed) {
    let seen = |op| -> Vec<(u64, u8)> {
        observed.events(0, op).iter().map(|event| (event.extra, event.outcome)).collect()
    };
    let (done, would_block) = (Outcome::Done as u8, Outcome::WouldBlock as u8);
    let alive = seen(Op::IsAlive);
    assert_eq!((alive.first(), alive.last()), (Some(&(1, done)), Some(&(0, done))));
    assert_eq!(seen(Op::Poll), [(0, would_block), (1, done)]);
    assert_eq!(seen(Op::QueueIsEmpty), [(1, done), (0, done)]);
    assert_eq!(observed.events(0, Op::Terminate)[0].value, 1);
}

fn an_end_is_closed_once_and_by_who_had_it() -> Result<()> {
    fn drop_first(first: Connection<u8, u8>, second: Connection<u8, u8>) -> Result<()> {
        drop(first);
        second.send(&1)?;
        assert!(second.recv().is_err_and(|e| e.is_eof()));
        Ok(())
    }
    let ((here, there), (here_too, there_too)) = (pipe()?, pipe()?);
    let child = Process::new(drop_first, (there, there_too)).start()?;
    here_too.recv()?;
    drop(here_too);
    drop(here);
    child.join().map(drop)
}

fn closes_are_told(observed: &Observed) {
    let created: Vec<u32> = observed.events(0, Op::Create).iter().map(|event| event.ordinal).collect();
    let closed =
        |slot| -> Vec<u32> { observed.events(slot, Op::Close).iter().map(|event| event.ordinal).collect() };
    assert_eq!(closed(0), [created[2], created[0]], "the parent closes what it kept");
    assert_eq!(closed(1), [created[1], created[3]], "the child closes what it was handed");
}

fn ten_thousand_events_stay_in_order() -> Result<()> {
    fn set_often(value: Value<u32>) {
        (0..10_000).for_each(|number| value.set(number));
    }
    Process::new(set_often, (Value::new(0)?,)).start()?;
    set_often(Value::new(0)?);
    Ok(())
}

fn all_are_in_order(observed: &Observed) {
    for slot in [0, 1] {
        let numbers = observed.events(slot, Op::ValueSet).into_iter().map(|event| event.value);
        assert!(numbers.eq(0..10_000));
    }
    assert!(!observed.trace.truncated);
}
