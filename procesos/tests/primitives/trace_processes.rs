//! The trace: the table of processes, what they are doing now, and what the dead leave.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procesos::{Connection, Lock, Process, Queue, Result, Value, pipe};
use procesos_trace::layout::{MAX_PROCESSES, process};
use procesos_trace::{ObjectId, Op, flags};

use crate::case::{Case, Text, case};
use crate::queue_death::slay;
use crate::region::{Region, is_blocked_in};
use crate::run::Observed;

const SHORT_LIVES: usize = 300;
const AGES: Duration = Duration::from_secs(600);

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(the_table_tells_who_each_process_is).traced(the_table_is_right).stderr(Text::Judged),
        case!(joins_leave_the_exit_code_or_the_signal).traced(joins_are_told).stderr(Text::Judged),
        case!(every_exit_is_told_however_short_the_life).traced(every_one_exited),
        case!(children_that_nobody_joined_are_told).traced(unjoined_are_told).watched(ends_the_last_one),
        case!(a_killed_child_leaves_its_events).traced(the_dead_left_its_events),
        case!(a_stopped_child_leaves_where_it_was)
            .traced(the_stopped_left_its_frames)
            .watched(stops_the_child),
        case!(more_processes_than_the_table_holds_are_refused).traced(the_table_is_full),
        case!(a_process_waits_in_get).traced(|_| ()).watched(waits_in_get).killed(),
        case!(a_process_waits_in_put).traced(|_| ()).watched(waits_in_put).killed(),
        case!(a_process_waits_in_recv).traced(|_| ()).watched(waits_in_recv).killed(),
        case!(a_process_waits_in_send).traced(|_| ()).watched(waits_in_send).killed(),
        case!(a_process_waits_in_acquire).traced(|_| ()).watched(waits_in_acquire).killed(),
        case!(a_process_waits_in_join).traced(|_| ()).watched(waits_in_join).killed(),
        case!(a_process_waits_with_a_limit).traced(|_| ()).watched(waits_with_a_limit).killed(),
        case!(a_process_that_was_woken_waits_no_more).traced(|_| ()).watched(wakes_from_get),
    ]
}

fn leave(code: i32) {
    std::process::exit(code);
}

fn nest(queue: Queue<u8>) -> Result<()> {
    Process::new(put_one, (queue,)).name("nieto").start()?.join().map(drop)
}

fn put_one(queue: Queue<u8>) -> Result<()> {
    queue.put(&1)
}

fn fail() -> std::result::Result<(), &'static str> {
    Err("no")
}

fn the_table_tells_who_each_process_is() -> Result<()> {
    let queue = Queue::bounded(4)?;
    Process::new(nest, (queue.clone(),)).start()?.join()?;
    Process::new(fail, ()).name("ñandú").start()?.join()?;
    Process::new(put_one as fn(Queue<u8>) -> Result<()>, (queue,)).start()?.join()?;
    Ok(())
}

fn the_table_is_right(observed: &Observed) {
    let seen: Vec<_> = observed
        .trace
        .processes
        .iter()
        .map(|record| (record.name.as_str(), record.parent, record.ordinal, record.exit_code))
        .collect();
    assert_eq!(
        seen,
        [("", 0, 0, 0), ("nest-1", 0, 1, 0), ("nieto", 1, 1, 0), ("ñandú", 0, 2, 1), ("proceso-1", 0, 3, 0)]
    );
    let functions: Vec<&str> =
        observed.trace.processes.iter().map(|record| record.function.as_str()).collect();
    let module = "primitives::trace_processes";
    let expected = [
        String::new(),
        format!("{module}::nest"),
        format!("{module}::put_one"),
        format!("{module}::fail"),
        String::new(),
    ];
    assert_eq!(functions, expected);
    assert!(
        observed.trace.processes.iter().all(|record| record.state == process::STATE_EXITED && record.pid > 0)
    );
    for slot in 0..5 {
        assert_eq!((observed.events(slot, Op::Begin).len(), observed.events(slot, Op::Exit).len()), (1, 1));
    }
    let started: Vec<u64> = observed.all_events(Op::Start).iter().map(|event| event.value).collect();
    assert_eq!(started, [1, 3, 4, 2]);
    let created = observed.events(0, Op::Create)[0];
    assert_eq!(observed.events(2, Op::QueuePut)[0].object(), created.object());
}

fn joins_leave_the_exit_code_or_the_signal() -> Result<()> {
    Process::new(fail, ()).start()?.join()?;
    Process::new(leave, (7,)).start()?.join()?;
    let (_here, there) = pipe()?;
    slay(Process::new(wait_for_line, (there,)).start()?)
}

fn joins_are_told(observed: &Observed) {
    let seen: Vec<(u64, i64)> =
        observed.events(0, Op::Join).iter().map(|event| (event.value, event.extra.cast_signed())).collect();
    assert_eq!(seen, [(1, 1), (2, 7), (3, -9)]);
    // Only the first recorded its exit by itself.
    let states: Vec<u32> = observed.trace.processes.iter().map(|record| record.state).collect();
    assert_eq!(states[1..], [process::STATE_EXITED, process::STATE_RUNNING, process::STATE_RUNNING]);
}

fn every_exit_is_told_however_short_the_life() -> Result<()> {
    for _ in 0..SHORT_LIVES {
        Process::new(|| (), ()).start()?;
    }
    Ok(())
}

fn every_one_exited(observed: &Observed) {
    let records = &observed.trace.processes;
    assert_eq!(records.len(), SHORT_LIVES + 1);
    let running: Vec<&str> = records
        .iter()
        .filter(|record| record.state != process::STATE_EXITED)
        .map(|record| record.name.as_str())
        .collect();
    assert_eq!(running, Vec::<&str>::new(), "they ended and the table does not say so");
}

fn children_that_nobody_joined_are_told() -> Result<()> {
    let (here, there) = pipe()?;
    Process::new(wait_for_line, (there,)).start()?;
    let mut ended = Process::new(|| (), ()).start()?;
    while ended.is_alive()? {}
    Process::new(|| (), ()).start()?.join()?;
    // The first child goes on, since this end is never dropped, until the watch sees that it is waited for.
    std::mem::forget(here);
    Ok(())
}

fn ends_the_last_one(region: &Region) {
    region.until(|processes| {
        let awaited = processes
            .first()
            .is_some_and(|first| is_blocked_in(first, Op::Join) && first.pending.detail == 1);
        awaited
            .then(|| kill(Pid::from_raw(processes[1].pid.cast_signed()), Signal::SIGKILL).expect("it waits"))
    });
}

fn unjoined_are_told(observed: &Observed) {
    let seen: Vec<(u64, u64)> =
        observed.events(0, Op::Unjoined).iter().map(|event| (event.value, event.extra)).collect();
    assert_eq!(seen, [(1, 1), (2, 0)]);
}

fn wait_for_line(line: Connection<u8, u8>) -> Result<()> {
    line.recv().map(drop)
}

fn a_killed_child_leaves_its_events() -> Result<()> {
    fn work(queue: Queue<u32>, line: Connection<u8, u8>) -> Result<()> {
        (0..2500).try_for_each(|number| {
            queue.put(&number)?;
            queue.get().map(drop)
        })?;
        line.send(&1)?;
        line.send(&2)?;
        line.recv().map(drop)
    }
    let (here, there) = pipe()?;
    let child = Process::new(work, (Queue::bounded(1)?, there)).start()?;
    // Who has sent the second message has recorded the first.
    assert_eq!((here.recv()?, here.recv()?), (1, 2));
    slay(child)
}

fn the_dead_left_its_events(observed: &Observed) {
    for op in [Op::QueuePut, Op::QueueGet] {
        let indices = observed.events(1, op).into_iter().map(|event| event.version);
        assert!(indices.eq(0..2500));
    }
    assert!(!observed.events(1, Op::Send).is_empty() && observed.events(1, Op::Exit).is_empty());
    assert_eq!(observed.trace.processes[1].state, process::STATE_RUNNING);
}

fn more_processes_than_the_table_holds_are_refused() -> Result<()> {
    let mut started = 1;
    let refused = loop {
        match Process::new(|| (), ()).start() {
            Ok(child) => child.join().map(drop)?,
            Err(error) => break error,
        }
        started += 1;
    };
    assert_eq!(started, MAX_PROCESSES);
    let expected = "the program started too many processes: does a child start children without end?";
    assert_eq!(refused.to_string(), expected);
    Ok(())
}

fn the_table_is_full(observed: &Observed) {
    assert_eq!(observed.trace.processes.len(), MAX_PROCESSES);
    assert!(observed.trace.truncated);
}

fn a_process_waits_in_get() -> Result<()> {
    let (_first, queue) = (Queue::<u8>::bounded(1)?, Queue::<u8>::bounded(1)?);
    queue.get().map(drop)
}

fn waits_in_get(region: &Region) {
    let record = region.until_blocked(0, Op::QueueGet);
    assert_eq!(record.pending.object, ObjectId { creator: 0, ordinal: 2 });
    assert_eq!(record.pending.flags, 0);
    assert!(record.pending.place > 0 && record.pending.since > 0);
}

fn a_process_waits_in_put() -> Result<()> {
    let queue = Queue::bounded(1)?;
    queue.put(&1)?;
    Process::new(|queue: Queue<i32>| queue.put(&2), (queue,)).start()?.join().map(drop)
}

fn waits_in_put(region: &Region) {
    let record = region.until_blocked(1, Op::QueuePut);
    assert_eq!(record.pending.object, ObjectId { creator: 0, ordinal: 1 });
    assert_eq!(region.until_blocked(0, Op::Join).pending.detail, 1);
}

fn a_process_waits_in_recv() -> Result<()> {
    let (_here, there) = pipe()?;
    wait_for_line(there)
}

fn waits_in_recv(region: &Region) {
    assert_eq!(region.until_blocked(0, Op::Recv).pending.object, ObjectId { creator: 0, ordinal: 2 });
}

fn a_process_waits_in_send() -> Result<()> {
    let (here, _there) = pipe::<u8, u8>()?;
    loop {
        here.send(&1)?;
    }
}

fn waits_in_send(region: &Region) {
    region.until_blocked(0, Op::Send);
}

fn a_process_waits_in_acquire() -> Result<()> {
    let lock = Lock::new()?;
    let _guard = lock.acquire()?;
    let target = |lock: Lock| lock.acquire().map(procesos::LockGuard::release).map_err(procesos::Error::from);
    Process::new(target, (lock.clone(),)).start()?.join().map(drop)
}

fn waits_in_acquire(region: &Region) {
    assert_eq!(region.until_blocked(1, Op::LockAcquire).pending.object, ObjectId { creator: 0, ordinal: 1 });
}

fn a_process_waits_in_join() -> Result<()> {
    let ((_here, there), (_here_too, there_too)) = (pipe()?, pipe()?);
    Process::new(wait_for_line, (there,)).start()?;
    Process::new(wait_for_line, (there_too,)).start()?.join().map(drop)
}

fn waits_in_join(region: &Region) {
    assert_eq!(region.until_blocked(0, Op::Join).pending.detail, 2);
    for slot in [1, 2] {
        region.until_blocked(slot, Op::Recv);
    }
}

fn a_process_waits_with_a_limit() -> Result<()> {
    Queue::<u8>::bounded(1)?.get_timeout(AGES).map(drop)
}

fn waits_with_a_limit(region: &Region) {
    assert_eq!(region.until_blocked(0, Op::QueueGet).pending.flags, u32::from(flags::TIMED));
}

fn a_process_that_was_woken_waits_no_more() -> Result<()> {
    let queue = Queue::bounded(1)?;
    let (here, there) = pipe::<u8, u8>()?;
    let target = |queue: Queue<u8>, line: Connection<u8, u8>| {
        assert!(line.recv().is_err_and(|e| e.is_eof()));
        queue.put(&1)
    };
    Process::new(target, (queue.clone(), there)).start()?;
    // The watch sees this one wait, and kills it.
    let keeper = |line: Connection<u8, u8>| -> Result<()> {
        procesos::sleep(AGES);
        drop(line);
        Ok(())
    };
    Process::new(keeper, (here,)).start()?;
    queue.get().map(drop)
}

fn wakes_from_get(region: &Region) {
    region.until_blocked(0, Op::QueueGet);
    let keeper = region.until_blocked(2, Op::Sleep);
    kill(Pid::from_raw(keeper.pid.cast_signed()), Signal::SIGKILL).expect("it sleeps");
    region.until(|processes| (!is_blocked_in(&processes[0], Op::QueueGet)).then_some(()));
}

fn turn(rounds: Value<u64>) {
    loop {
        rounds.set(std::hint::black_box(rounds.get() + 1));
    }
}

fn a_stopped_child_leaves_where_it_was() -> Result<()> {
    let rounds = Value::new(0)?;
    let status = Process::new(turn, (rounds,)).start()?.join()?;
    assert_eq!(status.signal(), Some(Signal::SIGXCPU as i32));
    Ok(())
}

fn stops_the_child(region: &Region) {
    let pid = region.until(|processes| {
        let turning = processes.get(1).filter(|record| record.operations > 100);
        turning.map(|record| record.pid)
    });
    kill(Pid::from_raw(pid.cast_signed()), Signal::SIGXCPU).expect("it turns");
}

fn the_stopped_left_its_frames(observed: &Observed) {
    let stops = &observed.trace.stops;
    assert!(stops[0].is_empty());
    // The instruction at least: this program need not have been built with frame pointers.
    assert!(!stops[1].is_empty(), "{stops:x?}");
    assert_eq!(observed.events(0, Op::Join)[0].extra.cast_signed(), -24);
}
