//! The trace: the texts that events refer to — places, return addresses, variants, names, messages of panics.

use std::time::Duration;

use procesos::{Lock, Process, Queue, Result, Value, pipe};
use procesos_trace::{Event, Op, TextEntry};
use serde::{Deserialize, Serialize};

use crate::announce::{announce, announced};
use crate::case::{Case, Text, case};
use crate::run::Observed;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(messages_that_are_enums_leave_their_variant).traced(variants_are_labels),
        case!(operations_leave_the_line_that_called_them).traced(places_are_lines),
        case!(a_guard_that_is_dropped_leaves_return_addresses).traced(a_drop_is_found),
        case!(a_panic_leaves_its_message).traced(panics_are_told).stderr(Text::Judged),
        case!(the_driver_leaves_names_and_calls).plain().traced(names_and_calls_are_told),
    ]
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
    let expected = [Some("Dato"), Some("Par"), Some("Fin"), Some("Fin"), Some("Some"), Some("None"), None];
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
            assert!(file.ends_with("trace_texts.rs") && *column > 1, "{file}:{line}:{column}");
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
