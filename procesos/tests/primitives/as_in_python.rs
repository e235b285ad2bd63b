//! Behaviours that CPython's tests of multiprocessing show and no other test here does; docs/python-semantics.md names them.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::memfd::MFdFlags;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{Uid, dup2_stdin, dup2_stdout, setuid};
use procesos::{Array, Child, Connection, Event, Manager, Pool, Process, Queue, Result, Value, pipe};
use serde::{Deserialize, Serialize};

use crate::case::{Case, case};

/// A limit that is not reached.
const AGES: Duration = Duration::from_secs(600);
const NOBODY: Uid = Uid::from_raw(65_534);
/// Children that are started and ended at once.
const MANY: usize = 100;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(a_tree_of_processes_tells_itself_in_its_order),
        case!(an_orphan_sees_that_its_parent_has_ended),
        case!(children_that_have_just_started_are_terminated),
        case!(the_threads_of_a_child_end_with_it),
        case!(a_child_without_a_standard_output_ends_well),
        case!(a_child_reads_the_standard_input_of_its_parent),
        case!(a_file_of_the_program_stays_open_in_a_child),
        case!(items_put_before_and_after_a_start_come_in_order),
        case!(polling_takes_nothing_and_messages_are_not_merged),
        case!(an_end_does_not_travel_in_a_message),
        case!(a_child_doubles_values_of_every_kind),
        case!(a_pool_that_cannot_have_all_its_workers_leaves_none),
        case!(a_manager_is_started_again_after_the_end_of_another),
    ]
}

/// Tells its place, then starts two children, one after the other.
fn branch(place: Vec<u8>, told: Queue<Vec<u8>>) -> Result<()> {
    told.put(&place)?;
    if place.len() < 2 {
        for number in 0..2 {
            let place = [&place[..], &[number]].concat();
            assert!(Process::new(branch, (place, told.clone())).start()?.join()?.success());
        }
    }
    Ok(())
}

fn a_tree_of_processes_tells_itself_in_its_order() -> Result<()> {
    let told = Queue::bounded(8)?;
    branch(Vec::new(), told.clone())?;
    let all: Vec<Vec<u8>> = std::iter::from_fn(|| told.try_get().transpose()).collect::<Result<_>>()?;
    let expected: [&[u8]; 7] = [&[], &[0], &[0, 0], &[0, 1], &[1], &[1, 0], &[1, 1]];
    assert_eq!(all, expected);
    Ok(())
}

fn an_orphan_sees_that_its_parent_has_ended() -> Result<()> {
    fn orphan(line: Connection<bool, ()>, parent: u32) -> Result<()> {
        line.send(&(procesos::ppid() == parent))?;
        while procesos::ppid() == parent {
            std::thread::yield_now();
        }
        line.send(&false)
    }
    fn parent(line: Connection<bool, ()>, ended: Event) -> Result<()> {
        let _child = Process::new(orphan, (line, procesos::pid())).start()?;
        ended.wait()
    }
    let (here, there) = pipe()?;
    let mut child = Process::new(parent, (there, Event::new()?)).start()?;
    assert!(here.recv()?);
    child.terminate()?;
    assert_eq!(child.join()?.signal(), Some(15));
    assert!(!here.recv()?);
    Ok(())
}

fn children_that_have_just_started_are_terminated() -> Result<()> {
    fn wait(never: Event) -> Result<()> {
        never.wait()
    }
    let never = Event::new()?;
    let mut children = Vec::new();
    for _ in 0..MANY {
        children.push(Process::new(wait, (never.clone(),)).start()?);
    }
    children.iter_mut().try_for_each(Child::terminate)?;
    for child in children {
        assert_eq!(child.join()?.signal(), Some(15));
    }
    Ok(())
}

fn the_threads_of_a_child_end_with_it() -> Result<()> {
    fn leaves_a_thread() {
        std::thread::spawn(|| {
            loop {
                std::thread::park();
            }
        });
    }
    assert!(Process::new(leaves_a_thread, ()).start()?.join()?.success());
    Ok(())
}

fn a_child_without_a_standard_output_ends_well() -> Result<()> {
    fn speaks(heard: Event) {
        let full = File::options().write(true).open("/dev/full").expect("the system has it");
        dup2_stdout(full).expect("two descriptors");
        // A line would be written at once, and fail here; this waits until the end of the process.
        let _ = std::io::stdout().write(b"for nobody");
        heard.set();
    }
    let heard = Event::new()?;
    assert!(Process::new(speaks, (heard.clone(),)).start()?.join()?.success());
    assert!(heard.is_set());
    Ok(())
}

fn a_child_reads_the_standard_input_of_its_parent() -> Result<()> {
    fn reads(line: Connection<String, ()>) -> Result<()> {
        let mut text = String::new();
        std::io::stdin().read_line(&mut text).expect("there is a line");
        line.send(&text)
    }
    let (from, to) = nix::unistd::pipe().expect("a pipe of the system");
    dup2_stdin(from).expect("two descriptors");
    File::from(to).write_all("hola\n".as_bytes()).expect("it has room");
    let (here, there) = pipe()?;
    Process::new(reads, (there,)).start()?;
    assert_eq!(here.recv()?, "hola\n");
    Ok(())
}

fn a_file_of_the_program_stays_open_in_a_child() -> Result<()> {
    fn reads(descriptor: i32, line: Connection<String, ()>) -> Result<()> {
        let text = std::fs::read_to_string(format!("/proc/self/fd/{descriptor}"));
        line.send(&text.unwrap_or_default())
    }
    let file = File::from(nix::sys::memfd::memfd_create(c"own", MFdFlags::MFD_CLOEXEC).expect("memory"));
    (&file).write_all(b"own").expect("it has room");
    let (here, there) = pipe()?;
    Process::new(reads, (file.as_raw_fd(), there)).start()?;
    assert_eq!(here.recv()?, "own");
    Ok(())
}

fn items_put_before_and_after_a_start_come_in_order() -> Result<()> {
    fn puts(items: Queue<u8>) -> Result<()> {
        (10..20).try_for_each(|item| items.put(&item))
    }
    let items = Queue::bounded(32)?;
    (0..10).try_for_each(|item| items.put(&item))?;
    let child = Process::new(puts, (items.clone(),)).start()?;
    for item in 0..20 {
        assert_eq!(items.get()?, item);
    }
    assert_eq!(items.try_get()?, None);
    assert!(child.join()?.success());
    Ok(())
}

fn polling_takes_nothing_and_messages_are_not_merged() -> Result<()> {
    fn sends(line: Connection<String, ()>) -> Result<()> {
        ["a", "", "b", "cd"].iter().try_for_each(|text| line.send(&(*text).to_owned()))
    }
    let (here, there) = pipe()?;
    Process::new(sends, (there,)).start()?;
    for expected in ["a", "", "b", "cd"] {
        assert!(here.poll(AGES)? && here.poll(AGES)? && here.poll(Duration::ZERO)?);
        assert_eq!(here.recv()?, expected);
    }
    Ok(())
}

fn an_end_does_not_travel_in_a_message() -> Result<()> {
    let (here, _there) = pipe::<Connection<u8, u8>, u8>()?;
    let (end, _other) = pipe::<u8, u8>()?;
    let refused = here.send(&end).expect_err("an end goes with a start, or stays");
    assert!(refused.to_string().contains("does not travel in a message"), "{refused}");
    Ok(())
}

/// What a structure of ctypes holds in Python.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: f64,
}

fn a_child_doubles_values_of_every_kind() -> Result<()> {
    type Kinds = (Value<i32>, Value<f64>, Value<i64>, Array<f64>);
    fn double((small, real, large, list): Kinds, point: procesos::ValueProxy<Point>) -> Result<()> {
        small.set(small.get() * 2);
        real.set(real.get() * 2.0);
        large.set(large.get() * 2);
        for index in 0..list.len() {
            list.set(index, list.get(index) * 2.0);
        }
        let Point { x, y } = point.get()?;
        point.set(&Point { x: x * 2, y: y * 2.0 })
    }
    let list: Vec<f64> = (0..10_u8).map(f64::from).collect();
    let kinds: Kinds = (Value::new(7)?, Value::new(1.0 / 3.0)?, Value::new(1_i64 << 33)?, Array::new(&list)?);
    let manager = Manager::start()?;
    let point = manager.value(&Point { x: 3, y: 2.0 })?;
    let (small, real, large, doubled) = kinds.clone();
    assert!(Process::new(double, (kinds, point.clone())).start()?.join()?.success());
    assert_eq!((small.get(), large.get()), (14, 1 << 34));
    assert!((real.get() - 2.0 / 3.0).abs() < f64::EPSILON);
    assert!(doubled.iter().zip(list).all(|(two, one)| (two - 2.0 * one).abs() < f64::EPSILON));
    assert_eq!(point.get()?, Point { x: 6, y: 4.0 });
    Ok(())
}

fn a_pool_that_cannot_have_all_its_workers_leaves_none() -> Result<()> {
    let children = || std::fs::read_to_string(format!("/proc/self/task/{}/children", procesos::pid()));
    // Nobody has other processes, so some of the workers can be started.
    if nix::unistd::geteuid().is_root() {
        setuid(NOBODY).expect("root may be anybody");
    }
    let (soft, hard) = getrlimit(Resource::RLIMIT_NPROC).expect("there is a limit");
    setrlimit(Resource::RLIMIT_NPROC, MANY as u64 / 2, hard).expect("it is lower");
    assert!(Pool::new(MANY).is_err());
    setrlimit(Resource::RLIMIT_NPROC, soft, hard).expect("it was so");
    assert_eq!(children().expect("the system shows children"), "");
    assert_eq!(Pool::new(1)?.map(|n: u8| n + 1, [1, 2])?, [2, 3]);
    Ok(())
}

fn a_manager_is_started_again_after_the_end_of_another() -> Result<()> {
    let mut pids = Vec::new();
    for round in 0..3 {
        let manager = Manager::start()?;
        pids.extend(manager.pid());
        let list = manager.list_of(&[round])?;
        assert_eq!(list.to_vec()?, [round]);
        manager.shutdown()?;
        assert!(list.len().is_err_and(|e| e.is_server_died()));
    }
    pids.dedup();
    assert_eq!(pids.len(), 3, "each has a process of its own");
    Ok(())
}
