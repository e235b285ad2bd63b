//! The trace: what each operation leaves in it.

use std::sync::OnceLock;
use std::time::Duration;

use procesos::{Connection, Lock, Process, Queue, Result, Value, pipe};
use procesos_trace::{Event, ObjectKind, Op, Outcome, Release, TextEntry, flags};
use serde::{Deserialize, Serialize};

use crate::announce::{announce, announced};
use crate::case::{Case, Text, case};
use crate::queue_death::slay;
use crate::run::Observed;

const MOMENT: Duration = Duration::from_millis(5);

pub(crate) fn cases() -> Vec<Case> {
    let free = Release::Free;
    vec![
        case!(puts_and_gets_pair_by_index).traced(free, puts_pair_with_gets),
        case!(acquisitions_and_releases_pair_by_version).traced(free, acquisitions_pair_with_releases),
        case!(a_get_has_the_version_of_the_set_that_it_saw).traced(free, versions_of_values),
        case!(values_leave_their_bits_and_what_they_are).traced(free, bits_of_values),
        case!(sends_and_receipts_pair_by_index_in_each_direction).traced(free, sends_pair_with_receipts),
        case!(messages_that_are_enums_leave_their_variant).traced(free, variants_are_labels),
        case!(operations_leave_the_line_that_called_them).traced(free, places_are_lines),
        case!(a_guard_that_is_dropped_leaves_return_addresses).traced(free, a_drop_is_found),
        case!(every_outcome_is_told).traced(free, outcomes_are_told),
        case!(flags_tell_who_had_to_wait_and_who_would_not).traced(free, flags_are_told),
        case!(an_end_is_closed_once_and_by_who_had_it).traced(free, closes_are_told),
        case!(a_panic_leaves_its_message).traced(free, panics_are_told).stderr(Text::Judged),
        case!(the_driver_leaves_names_and_calls).plain().traced(free, names_and_calls_are_told),
        case!(ten_thousand_events_stay_in_order).traced(free, all_are_in_order),
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

#[derive(Serialize, Deserialize)]
enum Message {
    Dato(u32),
    Par { left: u8, right: u8 },
    Fin,
}

#[derive(Serialize, Deserialize)]
struct Wrapped(Message);

fn messages_that_are_enums_leave_their_variant() -> Result<()> {
    let queue = Queue::bounded(8)?;
    queue.put(&Message::Dato(1))?;
    queue.put(&Message::Par { left: 1, right: 2 })?;
    queue.put(&Message::Fin)?;
    let wrapped = Queue::bounded(1)?;
    wrapped.put(&Wrapped(Message::Fin))?;
    let options = Queue::bounded(2)?;
    options.put(&Some(1))?;
    options.put(&None)?;
    let plain = Queue::bounded(2)?;
    plain.put(&(1, "text".to_owned()))?;
    let (here, _there) = pipe::<Message, ()>()?;
    here.send(&Message::Fin)
}

fn variants_are_labels(observed: &Observed) {
    let puts = observed.events(0, Op::QueuePut);
    let labels: Vec<Option<&str>> = puts.iter().map(|event| observed.label(event)).collect();
    let expected =
        [Some("Dato"), Some("Par"), Some("Fin"), Some("Fin"), Some("Some"), Some("None"), None];
    assert_eq!(labels, expected);
    assert_eq!(observed.label(&observed.events(0, Op::Send)[0]), Some("Fin"));
}

fn operations_leave_the_line_that_called_them() -> Result<()> {
    let queue = announce!("queue", Queue::<u8>::bounded(1))?;
    let lock = announce!("lock", Lock::new())?;
    let value = announce!("value", Value::new(0_u8))?;
    let (here, _there) = announce!("pipe", pipe::<u8, u8>())?;
    announce!("put", queue.put(&1))?;
    announce!("get", queue.get())?;
    announce!("is_empty", queue.is_empty());
    let guard = announce!("acquire", lock.acquire())?;
    announce!("release", guard.release());
    announce!("set", value.set(1));
    announce!("value_get", value.get());
    announce!("send", here.send(&1))?;
    announce!("poll", here.poll(Duration::ZERO))?;
    announce!("recv", here.try_recv())?;
    announce!("sleep", procesos::sleep(Duration::ZERO));
    let process = Process::new(|| (), ());
    let mut child = announce!("start", process.start())?;
    announce!("is_alive", child.is_alive())?;
    announce!("terminate", child.terminate())?;
    announce!("join", child.join())?;
    Ok(())
}

fn places_are_lines(observed: &Observed) {
    let line_of = |event: &Event| match observed.text(event.place) {
        Some(TextEntry::Place { file, line, column }) => {
            assert!(file.ends_with("trace_events.rs") && *column > 1, "{file}:{line}:{column}");
            *line
        }
        other => panic!("{other:?} is no place"),
    };
    let created = observed.events(0, Op::Create);
    for (event, name) in created.iter().zip(["queue", "lock", "value", "pipe", "pipe"]) {
        assert_eq!(line_of(event), announced(&observed.stdout, name), "{name}");
    }
    let single = [
        ("put", Op::QueuePut),
        ("get", Op::QueueGet),
        ("is_empty", Op::QueueIsEmpty),
        ("acquire", Op::LockAcquire),
        ("release", Op::LockRelease),
        ("set", Op::ValueSet),
        ("value_get", Op::ValueGet),
        ("send", Op::Send),
        ("poll", Op::Poll),
        ("recv", Op::Recv),
        ("sleep", Op::Sleep),
        ("start", Op::Start),
        ("is_alive", Op::IsAlive),
        ("terminate", Op::Terminate),
        ("join", Op::Join),
    ];
    for (name, op) in single {
        assert_eq!(line_of(&observed.events(0, op)[0]), announced(&observed.stdout, name), "{name}");
    }
}

#[inline(never)]
fn a_guard_that_is_dropped_leaves_return_addresses() -> Result<()> {
    let lock = Lock::new()?;
    let guard = lock.acquire()?;
    drop(guard);
    Ok(())
}

/// Where this program's image is loaded: the lowest mapping of its file.
fn image_base() -> u64 {
    let program = std::env::current_exe().expect("this is Linux");
    let maps = std::fs::read_to_string("/proc/self/maps").expect("this is Linux");
    let line = maps.lines().find(|line| line.ends_with(&*program.to_string_lossy())).expect("it is mapped");
    let digits = line.split('-').next().expect("a line begins with an address");
    u64::from_str_radix(digits, 16).expect("it is a number")
}

fn a_drop_is_found(observed: &Observed) {
    /// The case is a few lines long.
    const LONGEST_FUNCTION: u64 = 4096;
    let freed = observed.events(0, Op::LockRelease)[0];
    let Some(TextEntry::Addresses(addresses)) = observed.text(freed.place) else {
        panic!("a drop has no place, so it has addresses")
    };
    // Without frame pointers the chain ends at once; a grader builds with them.
    if !option_env!("RUSTFLAGS").is_some_and(|flags| flags.contains("force-frame-pointers=yes")) {
        return;
    }
    let body: fn() -> Result<()> = a_guard_that_is_dropped_leaves_return_addresses;
    let begin = (body as *const ()).addr() as u64 - image_base();
    let within = begin..begin + LONGEST_FUNCTION;
    assert!(addresses.iter().any(|address| within.contains(address)), "{begin:x} is not in {addresses:x?}");
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
    let seen = |slot, op| -> Vec<u8> { observed.events(slot, op).iter().map(|event| event.outcome).collect() };
    let expected = |outcomes: &[Outcome]| -> Vec<u8> { outcomes.iter().map(|outcome| *outcome as u8).collect() };
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
    let closed = |slot| -> Vec<u32> { observed.events(slot, Op::Close).iter().map(|event| event.ordinal).collect() };
    assert_eq!(closed(0), [created[2], created[0]], "the parent closes what it kept");
    assert_eq!(closed(1), [created[1], created[3]], "the child closes what it was handed");
}

fn stumble() {
    panic!("se acabó");
}

fn a_panic_leaves_its_message() -> Result<()> {
    assert_eq!(Process::new(stumble, ()).start()?.join()?.code(), Some(101));
    Ok(())
}

fn panics_are_told(observed: &Observed) {
    let panics = observed.events(1, Op::Panic);
    assert_eq!(panics.iter().map(|event| observed.label(event)).collect::<Vec<_>>(), [Some("se acabó")]);
    assert_eq!(observed.events(1, Op::Exit)[0].value, 101);
}

fn the_driver_leaves_names_and_calls() -> Result<()> {
    procesos::program(|driver| {
        let queue = Queue::<u8>::bounded(1)?;
        driver.name("salida", &queue);
        let returned = driver.call("contar", || queue.capacity());
        driver.result("capacidad", returned);
        Ok(())
    });
    Ok(())
}

fn names_and_calls_are_told(observed: &Observed) {
    let created = observed.events(0, Op::Create)[0];
    let named = observed.events(0, Op::Name)[0];
    assert_eq!((named.object(), observed.label(&named)), (created.object(), Some("salida")));
    for op in [Op::Call, Op::Returned] {
        assert_eq!(observed.label(&observed.events(0, op)[0]), Some("contar"));
    }
    assert_eq!(observed.events(0, Op::Finished)[0].extra, 0);
    assert_eq!(observed.stdout, "capacidad: 1\n");
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
