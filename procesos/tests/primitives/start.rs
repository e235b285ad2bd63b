//! `Process::start`: which functions and arguments it takes, and what it refuses.

use std::fmt;
use std::sync::mpsc;
use std::thread;

use procesos::{Lock, Process, Queue, Result, Value, pipe};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::case::{Case, Text, case};
use crate::parcel::Parcel;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(function_pointers_in_a_loop_each_run),
        case!(a_closure_without_captures_runs),
        case!(a_closure_that_captures_as_much_as_a_pointer_is_refused),
        case!(eight_arguments_travel),
        case!(handles_travel_in_structs_vectors_and_options),
        case!(large_arguments_travel_with_handles_before_and_after_them),
        case!(one_queue_given_twice_is_one_queue),
        case!(a_start_with_a_second_thread_is_refused),
        case!(a_start_right_after_joining_a_thread_is_allowed),
        case!(a_start_from_a_second_thread_is_refused),
        case!(the_refusals_are_told_in_spanish).in_spanish(),
        case!(an_argument_that_cannot_be_serialised_is_an_error_of_start),
        case!(an_argument_that_cannot_be_read_back_is_exit_code_1)
            .stderr(Text::Has(&["take-1: the message cannot be read as the type asked for"])),
        case!(a_thousand_children_at_once_all_end),
    ]
}

fn put_one(out: Queue<i32>) -> Result<()> {
    out.put(&1)
}

fn put_two(out: Queue<i32>) -> Result<()> {
    out.put(&2)
}

fn function_pointers_in_a_loop_each_run() -> Result<()> {
    let out = Queue::bounded(2)?;
    let targets: [fn(Queue<i32>) -> Result<()>; 2] = [put_one, put_two];
    for target in targets {
        assert!(Process::new(target, (out.clone(),)).start()?.join()?.success());
    }
    assert_eq!((out.get()?, out.get()?), (1, 2));
    Ok(())
}

fn a_closure_without_captures_runs() -> Result<()> {
    let out = Queue::bounded(1)?;
    let child = Process::new(|out: Queue<i32>, n: i32| out.put(&(n * 2)), (out.clone(), 21)).start()?;
    assert!(child.join()?.success());
    assert_eq!(out.get()?, 42);
    Ok(())
}

fn a_closure_that_captures_as_much_as_a_pointer_is_refused() -> Result<()> {
    let captured = 7_usize;
    let refused = Process::new(move || println!("{captured}"), ()).start();
    let told = refused.expect_err("it captures").to_string();
    assert!(told.starts_with("the target of a process captures no variables (primitives::start::"), "{told}");
    assert!(told.ends_with("): pass them as arguments"), "{told}");
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "eight is what is tested")]
fn add_eight(a: i8, b: u16, c: i64, d: f32, e: bool, f: char, g: String, sum: Value<i64>) {
    let whole = i64::from(a) + i64::from(b) + c + i64::from(e);
    assert_eq!((d, f, g.as_str()), (0.5, 'ñ', "texto"));
    sum.set(whole);
}

fn eight_arguments_travel() -> Result<()> {
    let sum = Value::new(0)?;
    let args = (-1, 65_535, i64::from(i32::MIN), 0.5, true, 'ñ', "texto".to_owned(), sum.clone());
    assert!(Process::new(add_eight, args).start()?.join()?.success());
    assert_eq!(sum.get(), -1 + 65_535 + i64::from(i32::MIN) + 1);
    Ok(())
}

#[derive(Serialize, Deserialize)]
struct Shared {
    queues: Vec<Queue<usize>>,
    lock: Option<Lock>,
    value: (Value<bool>, Option<Value<u8>>),
}

fn use_shared(shared: Shared) -> Result<()> {
    let lock = shared.lock.expect("it was given");
    let guard = lock.acquire()?;
    for (index, queue) in shared.queues.iter().enumerate() {
        queue.put(&index)?;
    }
    guard.release();
    shared.value.0.set(true);
    assert!(shared.value.1.is_none());
    Ok(())
}

fn handles_travel_in_structs_vectors_and_options() -> Result<()> {
    let queues = (0..5).map(|_| Queue::bounded(1)).collect::<Result<Vec<_>>>()?;
    let (lock, done) = (Lock::new()?, Value::new(false)?);
    let shared = Shared { queues: queues.clone(), lock: Some(lock.clone()), value: (done.clone(), None) };
    assert!(Process::new(use_shared, (shared,)).start()?.join()?.success());
    for (index, queue) in queues.iter().enumerate() {
        assert_eq!(queue.get()?, index);
    }
    assert!(done.get());
    lock.acquire()?.release();
    Ok(())
}

fn large_arguments_travel_with_handles_before_and_after_them() -> Result<()> {
    fn check(before: Queue<u64>, parcel: Parcel, after: Queue<u64>) -> Result<()> {
        assert!(parcel.is_whole());
        before.put(&parcel.number)?;
        after.put(&(parcel.number + 1))
    }
    let (before, after) = (Queue::bounded(1)?, Queue::bounded(1)?);
    let args = (before.clone(), Parcel::new(1, 40, 5 << 20), after.clone());
    assert!(Process::new(check, args).start()?.join()?.success());
    assert_eq!((before.get()?, after.get()?), (40, 41));
    Ok(())
}

fn one_queue_given_twice_is_one_queue() -> Result<()> {
    let queue = Queue::bounded(1)?;
    let child = Process::new(
        |first: Queue<u8>, second: Queue<u8>| {
            first.put(&9).expect("there is room");
            assert_eq!(second.get().expect("it was put"), 9);
        },
        (queue.clone(), queue),
    );
    assert!(child.start()?.join()?.success());
    Ok(())
}

/// Runs `step` while a second thread waits.
fn with_second_thread<R>(step: impl FnOnce() -> R) -> R {
    let (release, held) = mpsc::channel::<()>();
    let thread = thread::spawn(move || held.recv().is_err());
    let result = step();
    drop(release);
    assert!(thread.join().expect("it does not panic"));
    result
}

fn a_start_with_a_second_thread_is_refused() -> Result<()> {
    let told = with_second_thread(|| Process::new(put_one, (Queue::bounded(1)?,)).start());
    let told = told.expect_err("there were two threads").to_string();
    assert_eq!(told, "this process has 2 threads: start processes before threads");
    Ok(())
}

fn a_start_right_after_joining_a_thread_is_allowed() -> Result<()> {
    let out = Queue::bounded(1)?;
    for _ in 0..300 {
        with_second_thread(|| ());
        assert!(Process::new(put_one, (out.clone(),)).start()?.join()?.success());
        assert_eq!(out.get()?, 1);
    }
    Ok(())
}

fn a_start_from_a_second_thread_is_refused() -> Result<()> {
    let started = thread::spawn(|| Process::new(|| (), ()).start().is_ok());
    assert!(!started.join().expect("it does not panic"));
    Ok(())
}

fn the_refusals_are_told_in_spanish() -> Result<()> {
    let threads = with_second_thread(|| Process::new(|| (), ()).start()).expect_err("two threads");
    assert_eq!(threads.to_string(), "este proceso tiene 2 hilos: inicia los procesos antes que los hilos");
    let captured = 7_usize;
    let captures =
        Process::new(move || println!("{captured}"), ()).start().expect_err("it captures").to_string();
    assert!(captures.starts_with("la función de un proceso no captura variables ("), "{captures}");
    Ok(())
}

/// Encodes and decodes as its flag says.
#[derive(Debug)]
struct Stubborn {
    encodes: bool,
}

impl Serialize for Stubborn {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        if self.encodes { serializer.serialize_unit() } else { Err(S::Error::custom("it stays")) }
    }
}

impl<'de> Deserialize<'de> for Stubborn {
    fn deserialize<D: Deserializer<'de>>(_: D) -> std::result::Result<Self, D::Error> {
        Err(D::Error::custom("it does not arrive"))
    }
}

impl fmt::Display for Stubborn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stubborn")
    }
}

fn take(stubborn: Stubborn) -> std::result::Result<(), Stubborn> {
    Err(stubborn)
}

fn an_argument_that_cannot_be_serialised_is_an_error_of_start() -> Result<()> {
    let refused = Process::new(take, (Stubborn { encodes: false },)).start();
    let told = refused.expect_err("it cannot be encoded").to_string();
    assert!(told.starts_with("the message cannot be serialised: "), "{told}");
    // What was given with it is let go, and nothing of the attempt is left.
    let (here, there) = pipe::<u8, u8>()?;
    let both = |_: procesos::Connection<u8, u8>, stubborn: Stubborn| take(stubborn);
    assert!(Process::new(both, (there, Stubborn { encodes: false })).start().is_err());
    assert!(here.recv().is_err_and(|e| e.is_eof()));
    assert!(Process::new(|| (), ()).start()?.join()?.success());
    Ok(())
}

fn an_argument_that_cannot_be_read_back_is_exit_code_1() -> Result<()> {
    let status = Process::new(take, (Stubborn { encodes: true },)).start()?.join()?;
    assert_eq!(status.code(), Some(1));
    Ok(())
}

fn a_thousand_children_at_once_all_end() -> Result<()> {
    let count = Value::new(0_u32)?;
    let lock = Lock::new()?;
    fn add(count: Value<u32>, lock: Lock) -> Result<()> {
        let guard = lock.acquire()?;
        count.set(count.get() + 1);
        guard.release();
        Ok(())
    }
    let start = |_| Process::new(add, (count.clone(), lock.clone())).start();
    let children = (0..1000).map(start).collect::<Result<Vec<_>>>()?;
    for child in children {
        assert!(child.join()?.success());
    }
    assert_eq!(count.get(), 1000);
    Ok(())
}
