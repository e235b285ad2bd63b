//! The trace: how children are held back at their beginning.

use std::io::{PipeReader, PipeWriter, Read, Write};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use procesos::{Process, Queue, Result};
use procesos_trace::layout::process;
use procesos_trace::{Event, Op, Release};

use crate::case::{Case, case};
use crate::region::Region;
use crate::run::Observed;

const CHILDREN: usize = 4;
/// How long `procesos` holds a child at most, and how much later a busy machine may let it go on.
const LONGEST_HOLD: Duration = Duration::from_millis(300);

pub(crate) fn cases() -> Vec<Case> {
    let (together, in_order, reverse) = (Release::Together, Release::InOrder, Release::Reverse);
    vec![
        case!(free_children_begin_while_the_parent_computes).traced(Release::Free, it_begins_before_the_join),
        case!(together_holds_all_until_the_parent_joins).traced(together, all_begin_after_the_parent_waits),
        case!(together_lets_them_go_when_the_parent_waits_for_a_message)
            .traced(together, all_begin_after_the_parent_waits),
        case!(together_lets_them_go_when_the_parent_polls).traced(together, all_begin_after_the_first_look),
        case!(together_lets_them_go_when_the_parents_work_ended)
            .traced(together, all_begin_after_the_parent_waits),
        case!(a_sleep_of_the_parent_lets_nobody_go).traced(together, all_begin_after_the_parent_waits),
        case!(in_order_lets_one_go_when_those_before_it_have_ended).traced(in_order, they_begin_in_order),
        case!(reverse_lets_the_last_one_go_first).traced(reverse, they_begin_in_reverse),
        case!(in_order_lets_one_go_when_those_before_it_wait).traced(in_order, the_waiting_began_first),
        case!(reverse_lets_one_go_when_those_after_it_wait).traced(reverse, the_last_began_first),
        case!(grandchildren_are_held_by_their_own_parent).traced(in_order, |_| ()),
        case!(a_held_child_is_seen_as_held).traced(together, |_| ()).watched(one_is_held),
        case!(no_child_is_held_for_ever).traced(in_order, it_begins_before_the_join),
    ]
}

fn put(out: Queue<usize>, number: usize) -> Result<()> {
    out.put(&number)
}

fn start_all(out: &Queue<usize>) -> Result<Vec<procesos::Child>> {
    (0..CHILDREN).map(|number| Process::new(put, (out.clone(), number)).start()).collect()
}

fn begins(observed: &Observed) -> Vec<Event> {
    (1..observed.trace.processes.len()).map(|slot| observed.events(slot, Op::Begin)[0]).collect()
}

/// A pipe that the library does not know.
static OUTSIDE: OnceLock<(PipeReader, PipeWriter)> = OnceLock::new();

fn outside() -> &'static (PipeReader, PipeWriter) {
    OUTSIDE.get_or_init(|| std::io::pipe().expect("there are descriptors left"))
}

fn write_outside() {
    (&outside().1).write_all(&[1]).expect("the reader is here");
}

/// Waits for the child in a way that cannot be told from computing.
fn wait_outside() -> Result<()> {
    outside();
    let child = Process::new(write_outside, ()).start()?;
    (&outside().0).read_exact(&mut [0]).expect("the child writes");
    child.join().map(drop)
}

fn free_children_begin_while_the_parent_computes() -> Result<()> {
    wait_outside()
}

fn it_begins_before_the_join(observed: &Observed) {
    assert!(begins(observed)[0].end <= observed.events(0, Op::Join)[0].begin);
}

fn no_child_is_held_for_ever() -> Result<()> {
    wait_outside()
}

fn together_holds_all_until_the_parent_joins() -> Result<()> {
    let out = Queue::bounded(CHILDREN)?;
    let children = start_all(&out)?;
    assert!(out.is_empty());
    for child in children {
        assert!(child.join()?.success());
    }
    Ok(())
}

/// Every child began after the parent's first operation that waited.
fn all_begin_after_the_parent_waits(observed: &Observed) {
    let waits = [Op::Join, Op::QueueGet].into_iter().flat_map(|op| observed.events(0, op));
    let first = waits.map(|event| event.begin).min().expect("it waited");
    let begins = begins(observed);
    assert_eq!(begins.len(), CHILDREN);
    assert!(begins.iter().all(|begin| begin.begin > first), "a child did not wait for its parent");
}

fn together_lets_them_go_when_the_parent_waits_for_a_message() -> Result<()> {
    let out = Queue::bounded(CHILDREN)?;
    let _children = start_all(&out)?;
    (0..CHILDREN).try_for_each(|_| out.get().map(drop))
}

fn together_lets_them_go_when_the_parent_polls() -> Result<()> {
    let out = Queue::bounded(CHILDREN)?;
    let _children = start_all(&out)?;
    while out.is_empty() {}
    Ok(())
}

fn all_begin_after_the_first_look(observed: &Observed) {
    let looks = observed.events(0, Op::QueueIsEmpty);
    assert!(begins(observed).iter().all(|begin| begin.begin > looks[0].begin));
    // Not by the limit: by polls, of which there are a few hundred.
    assert!(looks.len() >= 500, "{} looks", looks.len());
}

fn together_lets_them_go_when_the_parents_work_ended() -> Result<()> {
    start_all(&Queue::bounded(CHILDREN)?).map(drop)
}

fn a_sleep_of_the_parent_lets_nobody_go() -> Result<()> {
    let out = Queue::bounded(CHILDREN)?;
    let children = start_all(&out)?;
    procesos::sleep(LONGEST_HOLD / 10);
    assert!(out.is_empty());
    for child in children {
        assert!(child.join()?.success());
    }
    Ok(())
}

fn in_order_lets_one_go_when_those_before_it_have_ended() -> Result<()> {
    let out = Queue::bounded(CHILDREN)?;
    let _children = start_all(&out)?;
    for number in 0..CHILDREN {
        assert_eq!(out.get()?, number);
    }
    Ok(())
}

fn exits(observed: &Observed) -> Vec<Event> {
    (1..observed.trace.processes.len()).map(|slot| observed.events(slot, Op::Exit)[0]).collect()
}

fn they_begin_in_order(observed: &Observed) {
    for (before, after) in exits(observed).iter().zip(&begins(observed)[1..]) {
        assert!(before.begin < after.begin, "one began before those before it had ended");
    }
}

fn reverse_lets_the_last_one_go_first() -> Result<()> {
    let out = Queue::bounded(CHILDREN)?;
    let _children = start_all(&out)?;
    for number in (0..CHILDREN).rev() {
        assert_eq!(out.get()?, number);
    }
    Ok(())
}

fn they_begin_in_reverse(observed: &Observed) {
    for (before, after) in begins(observed).iter().zip(&exits(observed)[1..]) {
        assert!(after.begin < before.begin, "one began before those after it had ended");
    }
}

/// The first waits for the second, and tells in which order they came.
fn wait_or_put(come: Queue<usize>, line: Queue<()>, number: usize) -> Result<()> {
    come.put(&number)?;
    if number == 0 { line.get() } else { line.put(&()) }
}

fn start_pair(numbers: [usize; 2]) -> Result<[usize; 2]> {
    let (come, line) = (Queue::bounded(2)?, Queue::bounded(1)?);
    for number in numbers {
        Process::new(wait_or_put, (come.clone(), line.clone(), number)).start()?;
    }
    Ok([come.get()?, come.get()?])
}

fn in_order_lets_one_go_when_those_before_it_wait() -> Result<()> {
    assert_eq!(start_pair([0, 1])?, [0, 1]);
    Ok(())
}

fn the_waiting_began_first(observed: &Observed) {
    let waits = observed.events(1, Op::QueueGet)[0];
    assert!(waits.begin < begins(observed)[1].begin);
}

fn reverse_lets_one_go_when_those_after_it_wait() -> Result<()> {
    assert_eq!(start_pair([1, 0])?, [0, 1]);
    Ok(())
}

fn the_last_began_first(observed: &Observed) {
    let waits = observed.events(2, Op::QueueGet)[0];
    assert!(waits.begin < begins(observed)[0].begin);
}

fn grandchildren_are_held_by_their_own_parent() -> Result<()> {
    fn start_two(out: Queue<usize>, first: usize) -> Result<()> {
        let start = |number| Process::new(put, (out.clone(), number)).start();
        let children = [start(first)?, start(first + 1)?];
        for child in children {
            assert!(child.join()?.success());
        }
        Ok(())
    }
    let out = Queue::bounded(4)?;
    let children = [
        Process::new(start_two, (out.clone(), 0)).start()?,
        Process::new(start_two, (out.clone(), 2)).start()?,
    ];
    for child in children {
        assert!(child.join()?.success());
    }
    let mut seen = Vec::new();
    while let Some(number) = out.try_get()? {
        seen.push(number);
    }
    let of = |first: usize| -> Vec<usize> { seen.iter().copied().filter(|n| n / 2 == first / 2).collect() };
    assert_eq!((of(0), of(2)), (vec![0, 1], vec![2, 3]));
    Ok(())
}

fn a_held_child_is_seen_as_held() -> Result<()> {
    let child = Process::new(|| (), ()).start()?;
    // Computes for as long as a child may be held.
    let begun = Instant::now();
    while begun.elapsed() < LONGEST_HOLD {}
    child.join().map(drop)
}

fn one_is_held(region: &Region) {
    region.until(|processes| processes.get(1).filter(|r| r.pending.phase == process::PHASE_HELD).map(drop));
    region.until(|processes| (processes[1].state == process::STATE_EXITED).then_some(()));
}
