//! `Pool`: calls done by workers, in order and out of it, errors of tasks, and the end of a pool.

use std::collections::BTreeSet;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::num::ParseIntError;
use std::sync::OnceLock;
use std::time::Duration;

use procesos::{Pool, Process, Queue, Result, Value};
use serde::{Deserialize, Serialize};

use crate::case::{Case, Text, case};

/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
const HANG: Duration = Duration::from_secs(20);
const MANY: u64 = 100_000;
const LARGE_BYTES: usize = 3 << 20;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(map_gives_the_values_in_the_order_of_the_items),
        case!(map_of_nothing_gives_nothing),
        case!(a_tuple_is_spread_over_the_parameters_or_passed_whole),
        case!(function_pointers_are_tasks),
        case!(a_function_pointer_in_disguise_is_refused),
        case!(tasks_are_done_by_the_workers_several_at_once),
        case!(a_handle_is_asked_and_waited_for),
        case!(results_come_as_they_are_done),
        case!(results_come_in_the_order_of_the_items),
        case!(the_first_error_in_the_order_of_the_items_is_told),
        case!(what_travels_is_a_value_even_if_it_is_an_error),
        case!(a_panic_is_an_error_with_the_index_of_its_task)
            .stderr(Text::Has(&["too large: 3", "too large: 7"])),
        case!(errors_come_one_by_one_with_the_others),
        case!(errors_are_told_in_spanish).in_spanish().stderr(Text::Judged),
        case!(a_handle_does_not_travel_to_a_task_nor_back),
        case!(large_messages_go_both_ways),
        case!(results_that_nobody_asks_for_stop_nothing),
        case!(a_closed_pool_does_what_it_was_given_and_takes_nothing_more),
        case!(a_pool_is_not_joined_while_it_is_open),
        case!(a_terminated_pool_gives_errors_for_what_it_had_not_done),
        case!(a_dropped_pool_ends_its_workers),
        case!(a_forgotten_pool_ends_with_the_program),
        case!(a_forgotten_pool_ends_with_its_process_without_a_frame).plain(),
        case!(a_pool_of_no_workers_is_refused),
        case!(a_pool_belongs_to_its_process),
        case!(tasks_start_processes_and_pools_of_their_own),
        case!(a_child_has_a_pool_of_its_own),
        case!(what_a_task_writes_is_written_before_its_result_is_there).stdout(Text::Is("1 2 3\n4 5 6\n")),
        case!(workers_keep_what_was_there_when_they_were_started),
    ]
}

fn square(n: u64) -> u64 {
    n * n
}

fn map_gives_the_values_in_the_order_of_the_items() -> Result<()> {
    for workers in [1, 2, 5] {
        let pool = Pool::new(workers)?;
        assert_eq!(pool.workers(), workers);
        for count in [1, 2, 3, 19, 20, 21, 100] {
            let expected: Vec<u64> = (0..count).map(|n| n * n).collect();
            assert_eq!(pool.map(square, 0..count)?, expected);
        }
    }
    let squares = Pool::new(2)?.map(square, 0..MANY)?;
    assert!((0..MANY).map(|n| n * n).eq(squares));
    Ok(())
}

fn map_of_nothing_gives_nothing() -> Result<()> {
    let pool = Pool::new(2)?;
    assert!(pool.map(square, [])?.is_empty());
    assert!(pool.map_async(square, [])?.ready());
    let mut nothing = pool.imap_unordered(square, [])?;
    let results = pool.imap_unordered(square, [3])?;
    assert!(nothing.next().is_none());
    drop(nothing);
    assert_eq!(results.collect::<Result<Vec<_>>>()?, [9]);
    Ok(())
}

fn a_tuple_is_spread_over_the_parameters_or_passed_whole() -> Result<()> {
    fn add(a: i64, b: i64) -> i64 {
        a + b
    }
    fn sum(pair: (i64, i64)) -> i64 {
        pair.0 + pair.1
    }
    fn pi() -> f64 {
        3.5
    }
    let pool = Pool::new(2)?;
    assert_eq!(pool.map(add, [(1, 2), (3, 4)])?, [3, 7]);
    assert_eq!(pool.map(sum, [(1, 2), (3, 4)])?, [3, 7]);
    assert_eq!(pool.apply(add, (5, 6))?, 11);
    assert_eq!(pool.apply(square, 5)?, 25);
    assert!((pool.apply(pi, ())? - 3.5).abs() < f64::EPSILON);
    let joined =
        pool.apply(|a: String, b: u8, c: Option<char>| format!("{a}{b}{c:?}"), ("x".to_owned(), 1, None))?;
    assert_eq!(joined, "x1None");
    Ok(())
}

fn function_pointers_are_tasks() -> Result<()> {
    let pool = Pool::new(2)?;
    let tasks: [fn(i64) -> i64; 3] = [|n| n + 1, |n| n * 2, |n| -n];
    let handles = tasks.map(|task| pool.apply_async(task, 10));
    let values = handles.into_iter().map(|handle| handle?.get()).collect::<Result<Vec<_>>>()?;
    assert_eq!(values, [11, 20, -10]);
    Ok(())
}

fn a_function_pointer_in_disguise_is_refused() -> Result<()> {
    let pool = Pool::new(1)?;
    let hidden: &'static fn(u64) -> u64 = &(square as fn(u64) -> u64);
    let captured = 7_u64;
    let refused = pool.apply(move |n: u64| n + captured, 1).expect_err("it captures");
    assert!(refused.to_string().contains("captures no variables"), "{refused}");
    assert!(pool.apply(hidden, 3).is_err());
    assert_eq!(pool.apply(square, 3)?, 9);
    Ok(())
}

/// The ends of pipes of the system, which every worker has by being forked.
static PIPES: OnceLock<[(PipeReader, PipeWriter); 2]> = OnceLock::new();

/// Comes back when the task of the other number is under way too.
fn meet(own: usize) -> u32 {
    let pipes = PIPES.get().expect("it was there when the worker was started");
    (&pipes[own].1).write_all(b"!").expect("the other one reads");
    (&pipes[1 - own].0).read_exact(&mut [0]).expect("the other one writes");
    procesos::pid()
}

fn tasks_are_done_by_the_workers_several_at_once() -> Result<()> {
    PIPES.set([std::io::pipe().expect("a pipe"), std::io::pipe().expect("a pipe")]).expect("set once");
    let pool = Pool::new(2)?;
    let pids = pool.map(meet, [0, 1])?;
    assert_ne!(pids[0], pids[1]);
    assert_eq!(BTreeSet::from_iter(pids), BTreeSet::from_iter(pool.pids()));
    Ok(())
}

fn nap(milliseconds: u64) -> u64 {
    procesos::sleep(Duration::from_millis(milliseconds));
    milliseconds
}

fn a_handle_is_asked_and_waited_for() -> Result<()> {
    let pool = Pool::new(1)?;
    let (slow, next) = (pool.apply_async(nap, 60_000)?, pool.apply_async(square, 4)?);
    assert!(!slow.ready());
    assert_eq!(slow.get_timeout(MOMENT)?, None);
    assert!(!next.wait_timeout(MOMENT)?, "the one worker is asleep");
    pool.terminate()?;
    let pool = Pool::new(2)?;
    let handle = pool.map_async(square, 0..10)?;
    handle.wait()?;
    assert!(handle.ready() && handle.wait_timeout(Duration::ZERO)?);
    for _ in 0..2 {
        assert_eq!(handle.get()?.iter().sum::<u64>(), 285);
        assert_eq!(handle.get_timeout(Duration::ZERO)?.map(|all| all.len()), Some(10));
    }
    // A pool may be gone before what came of it is read.
    drop(pool);
    assert_eq!(handle.get()?.len(), 10);
    Ok(())
}

fn results_come_as_they_are_done() -> Result<()> {
    let pool = Pool::new(2)?;
    let mut results = pool.imap_unordered(nap, [60_000, 0, 1, 2])?;
    for expected in [0, 1, 2] {
        assert_eq!(results.next().expect("there are four")?, expected, "the first one is still asleep");
    }
    pool.terminate()?;
    assert!(results.next().expect("there are four").is_err_and(|e| e.is_closed()));
    assert!(results.next().is_none());
    let pool = Pool::new(3)?;
    let all = pool.imap_unordered(square, 0..500)?.collect::<Result<BTreeSet<_>>>()?;
    assert_eq!(all, (0..500).map(square).collect());
    Ok(())
}

fn results_come_in_the_order_of_the_items() -> Result<()> {
    let pool = Pool::new(2)?;
    let mut results = pool.imap(nap, [3, 0, 60_000, 1])?;
    // The last one is done long before the third.
    assert_eq!((results.next().transpose()?, results.next().transpose()?), (Some(3), Some(0)));
    pool.terminate()?;
    assert!(results.next().expect("there are four").is_err());
    let pool = Pool::new(3)?;
    assert!((0..500).map(square).eq(pool.imap(square, 0..500)?.collect::<Result<Vec<_>>>()?));
    let failed = pool.imap(small, 0..6)?.map(|result| result.map_err(|e| e.task()));
    assert_eq!(failed.collect::<Vec<_>>(), [Ok(0), Ok(1), Ok(2), Err(Some(3)), Ok(4), Ok(5)]);
    Ok(())
}

fn small(n: u32) -> std::result::Result<u32, ParseIntError> {
    if n % 4 == 3 { "no".parse() } else { Ok(n) }
}

fn the_first_error_in_the_order_of_the_items_is_told() -> Result<()> {
    for workers in [1, 3] {
        let pool = Pool::new(workers)?;
        assert_eq!(pool.map(small, [4, 8])?, [4, 8]);
        for _ in 0..20 {
            let error = pool.map(small, 0..50).expect_err("3 fails");
            assert!(error.is_task_failed() && !error.is_worker_died());
            assert_eq!(error.task(), Some(3));
            assert_eq!(error.to_string(), "task 3 of the Pool failed: invalid digit found in string");
        }
        let handle = pool.apply_async(small, 7)?;
        handle.wait()?;
        assert_eq!(handle.get().expect_err("7 fails").task(), Some(0));
    }
    // The errors of this library and boxed ones are errors too.
    let pool = Pool::new(1)?;
    let failed = pool.apply(|n: usize| Queue::<u8>::bounded(n).map(|_| ()), 0).expect_err("0 is refused");
    assert_eq!(failed.to_string(), "task 0 of the Pool failed: the capacity of a queue is at least 1");
    let boxed = |text: String| -> std::result::Result<i32, Box<dyn std::error::Error>> { Ok(text.parse()?) };
    assert_eq!(pool.map(boxed, ["1".to_owned(), "x".to_owned()]).expect_err("x fails").task(), Some(1));
    Ok(())
}

fn what_travels_is_a_value_even_if_it_is_an_error() -> Result<()> {
    fn half(n: u32) -> std::result::Result<u32, String> {
        if n.is_multiple_of(2) { Ok(n / 2) } else { Err(format!("{n} is odd")) }
    }
    assert_eq!(Pool::new(2)?.map(half, [4, 5])?, [Ok(2), Err("5 is odd".to_owned())]);
    Ok(())
}

fn careful(n: u32) -> u32 {
    assert!(n % 4 != 3, "too large: {n}");
    n
}

fn a_panic_is_an_error_with_the_index_of_its_task() -> Result<()> {
    let pool = Pool::new(1)?;
    let before = pool.pids();
    let error = pool.map(careful, 2..8).expect_err("3 panics");
    assert_eq!((error.task(), error.worker()), (Some(1), None));
    assert_eq!(error.to_string(), "task 1 of the Pool panicked: too large: 3");
    // The worker goes on.
    assert_eq!(pool.apply(|_: ()| procesos::pid(), ())?, before[0]);
    assert_eq!(pool.map(careful, 0..3)?, [0, 1, 2]);
    Ok(())
}

fn errors_come_one_by_one_with_the_others() -> Result<()> {
    let pool = Pool::new(2)?;
    let (mut values, mut failed) = (BTreeSet::new(), BTreeSet::new());
    for result in pool.imap_unordered(small, 0..8)? {
        match result {
            Ok(value) => assert!(values.insert(value)),
            Err(error) => assert!(failed.insert(error.task())),
        }
    }
    assert_eq!(values, BTreeSet::from([0, 1, 2, 4, 5, 6]));
    assert_eq!(failed, BTreeSet::from([Some(3), Some(7)]));
    Ok(())
}

fn errors_are_told_in_spanish() -> Result<()> {
    let pool = Pool::new(1)?;
    let told = |result: Result<Vec<u32>>| result.expect_err("it fails").to_string();
    assert_eq!(told(pool.map(careful, [3])), "la tarea 0 del Pool terminó en pánico: too large: 3");
    assert_eq!(told(pool.map(small, [3])), "la tarea 0 del Pool falló: invalid digit found in string");
    let died = pool.map(|_: u32| -> u32 { std::process::exit(3) }, [0]);
    assert_eq!(told(died), "el proceso 1 del Pool terminó (exit code 3) sin acabar la tarea 0");
    assert_eq!(told(pool.map(small, [0])), "nadie hará la tarea 0 del Pool: todos sus procesos terminaron");
    pool.close()?;
    let closed = "el Pool ya está cerrado: da las tareas antes de close() o terminate()";
    assert_eq!(told(pool.map(small, [0])), closed);
    Ok(())
}

#[derive(Serialize, Deserialize)]
struct Parcel {
    queue: Option<Queue<u8>>,
}

fn a_handle_does_not_travel_to_a_task_nor_back() -> Result<()> {
    let pool = Pool::new(1)?;
    let queue = Some(Queue::bounded(1)?);
    let refused = pool.apply(|parcel: Parcel| parcel.queue.is_some(), Parcel { queue }).expect_err("refused");
    assert!(refused.to_string().contains("does not travel in a message"), "{refused}");
    let make = |_: ()| Parcel { queue: Queue::bounded(1).ok() };
    let refused = pool.apply(make, ()).err().expect("refused there");
    assert!(refused.is_task_failed() && refused.to_string().contains("does not travel"), "{refused}");
    assert_eq!(pool.apply(square, 2)?, 4);
    Ok(())
}

fn large_messages_go_both_ways() -> Result<()> {
    let pool = Pool::new(2)?;
    let texts: Vec<String> =
        (0..6_u8).map(|n| char::from(b'a' + n).to_string().repeat(LARGE_BYTES)).collect();
    let back = pool.map(|text: String| text.to_uppercase(), texts.clone())?;
    assert!(texts.iter().zip(&back).all(|(sent, back)| sent.to_uppercase() == *back));
    Ok(())
}

fn results_that_nobody_asks_for_stop_nothing() -> Result<()> {
    let pool = Pool::new(2)?;
    for n in 0..3_000 {
        drop(pool.apply_async(square, n)?);
        drop(pool.imap_unordered(square, [n, n])?);
    }
    assert_eq!(pool.map(square, [9, 10])?, [81, 100]);
    Ok(())
}

fn a_closed_pool_does_what_it_was_given_and_takes_nothing_more() -> Result<()> {
    let pool = Pool::new(2)?;
    let handles = (0..200).map(|n| pool.apply_async(square, n)).collect::<Result<Vec<_>>>()?;
    pool.close()?;
    pool.close()?;
    assert!(pool.map(square, [1]).is_err_and(|e| e.is_closed()));
    assert!(pool.apply_async(square, 1).is_err_and(|e| e.is_closed()));
    pool.join()?;
    pool.join()?;
    for (n, handle) in (0..200).zip(handles) {
        assert_eq!(handle.get()?, square(n));
    }
    Ok(())
}

fn a_pool_is_not_joined_while_it_is_open() -> Result<()> {
    let pool = Pool::new(1)?;
    let told = pool.join().expect_err("it is open").to_string();
    assert_eq!(told, "the Pool is still open: call close() or terminate() before join()");
    assert_eq!(pool.apply(square, 3)?, 9);
    Ok(())
}

fn a_terminated_pool_gives_errors_for_what_it_had_not_done() -> Result<()> {
    let pool = Pool::new(2)?;
    let done = pool.apply_async(square, 3)?;
    done.wait()?;
    let asleep = pool.map_async(nap, [60_000; 8])?;
    pool.terminate()?;
    pool.terminate()?;
    assert!(asleep.get().is_err_and(|e| e.is_closed()));
    assert!(asleep.wait().is_err_and(|e| e.is_closed()));
    pool.join()?;
    assert_eq!(done.get()?, 9);
    assert!(pool.map(square, [1]).is_err_and(|e| e.is_closed()));
    pool.close()
}

fn a_dropped_pool_ends_its_workers() -> Result<()> {
    let pool = Pool::new(3)?;
    let pids = pool.pids();
    let handle = pool.apply_async(nap, 60_000)?;
    drop(pool);
    for pid in pids {
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "it was joined");
    }
    assert!(handle.get().is_err());
    Ok(())
}

fn a_forgotten_pool_ends_with_the_program() -> Result<()> {
    let pool = Pool::new(2)?;
    pool.apply_async(nap, 60_000)?;
    std::mem::forget(pool);
    Ok(())
}

fn a_forgotten_pool_ends_with_its_process_without_a_frame() -> Result<()> {
    let pool = Pool::new(2)?;
    assert_eq!(pool.apply(square, 2)?, 4);
    std::mem::forget(pool);
    Ok(())
}

fn a_pool_of_no_workers_is_refused() -> Result<()> {
    let told = Pool::new(0).expect_err("nobody would work").to_string();
    assert_eq!(told, "a Pool has at least 1 worker");
    Ok(())
}

static POOL: OnceLock<Pool> = OnceLock::new();

fn a_pool_belongs_to_its_process() -> Result<()> {
    fn foreign(told: Queue<String>) -> Result<()> {
        let pool = POOL.get().expect("it was there at the fork");
        told.put(&pool.map(square, [1]).expect_err("it is not this process's").to_string())?;
        told.put(&pool.join().expect_err("it is not this process's").to_string())
    }
    POOL.set(Pool::new(1)?).expect("set once");
    let told = Queue::bounded(2)?;
    let child = Process::new(foreign, (told.clone(),)).start()?;
    assert!(child.join()?.success());
    for _ in 0..2 {
        assert!(told.get()?.starts_with("this Pool was not handed to this process"));
    }
    assert_eq!(POOL.get().expect("set above").apply(square, 2)?, 4);
    Ok(())
}

fn tasks_start_processes_and_pools_of_their_own() -> Result<()> {
    fn nested(n: u64) -> Result<u64> {
        let value = Value::new(0_u64)?;
        let child = Process::new(|value: Value<u64>, n: u64| value.set(n), (value.clone(), n)).start()?;
        assert!(child.join()?.success());
        Ok(Pool::new(2)?.map(square, 0..value.get())?.iter().sum())
    }
    assert_eq!(Pool::new(2)?.map(nested, [2, 3, 4])?, [1, 5, 14]);
    Ok(())
}

fn a_child_has_a_pool_of_its_own() -> Result<()> {
    let child = |sum: Value<u64>| -> Result<()> {
        sum.set(Pool::new(2)?.map(square, 0..5)?.iter().sum());
        Ok(())
    };
    let sum = Value::new(0)?;
    assert!(Process::new(child, (sum.clone(),)).start()?.join()?.success());
    assert_eq!(sum.get(), 30);
    Ok(())
}

fn what_a_task_writes_is_written_before_its_result_is_there() -> Result<()> {
    let pool = Pool::new(1)?;
    pool.map(|text: String| print!("{text}"), ["1 2 ", "3\n", "4 "].map(str::to_owned))?;
    // Terminated: what had not been written out by now would be lost.
    pool.terminate()?;
    pool.join()?;
    println!("5 6");
    Ok(())
}

static SETTING: OnceLock<u32> = OnceLock::new();

fn workers_keep_what_was_there_when_they_were_started() -> Result<()> {
    let setting = |_: ()| SETTING.get().copied();
    let early = Pool::new(1)?;
    SETTING.set(7).expect("set once");
    let late = Pool::new(1)?;
    assert_eq!((early.apply(setting, ())?, late.apply(setting, ())?), (None, Some(7)));
    assert_eq!(late.apply_async(setting, ())?.get_timeout(HANG)?, Some(Some(7)));
    Ok(())
}
