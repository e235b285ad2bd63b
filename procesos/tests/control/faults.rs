//! Every process of small programs is killed before every step that it makes: what the others learn of it.

use libtest_mimic::Trial;
use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use procesos::{AcquireError, Connection, Lock, Process, Queue, Result, Value, pipe};
use procesos_schedule::{Fault, Kind, ROOT, Stop, path_of};
use procesos_trace::Op;

use crate::controller::{Controller, Execution, order};
use crate::programs::WITHOUT_DESCRIPTORS;
use crate::test;

const SEEDS: u64 = 3;
const SIGKILL: i32 = 9;
const QUESTIONS: i64 = 3;
const ITEMS: i64 = 4;
const TIMES: i64 = 2;

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test!(whoever_converses_with_a_killed_process_learns_it),
        test!(whoever_wants_the_lock_of_a_killed_process_gets_it),
        test!(what_a_killed_process_had_put_is_whole_and_who_waits_in_vain_is_told),
        test!(whoever_serves_a_program_without_descriptors_takes_nobody_for_dead),
        test!(nothing_outlives_a_first_process_that_was_killed),
    ]
}

type Asking = Connection<i64, i64>;
type Answering = Connection<i64, i64>;

fn answer(connection: Answering) -> Result<()> {
    loop {
        match connection.recv() {
            Ok(question) => connection.send(&(question * 2))?,
            Err(end) if end.is_eof() => return Ok(()),
            Err(other) => return Err(other),
        }
    }
}

fn ask(connection: Asking, answered: Value<i64>) -> Result<()> {
    for number in 1..=QUESTIONS {
        connection.send(&number)?;
        assert_eq!(connection.recv()?, number * 2, "no answer is torn or taken for another");
        answered.set(number);
    }
    Ok(())
}

/// Two children converse.
pub(crate) fn conversation() -> Result<()> {
    let (one, other) = pipe()?;
    let answered = Value::new(0)?;
    let children =
        [Process::new(ask, (one, answered.clone())).start()?, Process::new(answer, (other,)).start()?];
    for child in children {
        child.join()?;
    }
    answered.set(answered.get());
    Ok(())
}

fn add(sum: Value<i64>, lock: Lock) {
    for _ in 0..TIMES {
        let guard = match lock.acquire() {
            Ok(guard) | Err(AcquireError::OwnerDied(guard)) => guard,
            Err(other) => panic!("{other}"),
        };
        sum.set(sum.get() + 1);
        guard.release();
    }
}

/// Three children add under a lock.
pub(crate) fn locked_sum() -> Result<()> {
    let (sum, lock) = (Value::new(0)?, Lock::new()?);
    let start = |_| Process::new(add, (sum.clone(), lock.clone())).start();
    for child in (0..3).map(start).collect::<Result<Vec<_>>>()? {
        child.join()?;
    }
    sum.set(sum.get());
    Ok(())
}

fn produce(queue: Queue<Option<i64>>) -> Result<()> {
    for number in 1..=ITEMS {
        queue.put(&Some(number))?;
    }
    queue.put(&None)
}

fn consume(queue: Queue<Option<i64>>, last: Value<i64>) -> Result<()> {
    while let Some(number) = queue.get()? {
        last.set(number);
    }
    Ok(())
}

/// A producer and a consumer, with less room than items.
pub(crate) fn belt() -> Result<()> {
    let (queue, last) = (Queue::bounded(2)?, Value::new(0)?);
    let children =
        [Process::new(produce, (queue.clone(),)).start()?, Process::new(consume, (queue, last)).start()?];
    for child in children {
        child.join()?;
    }
    Ok(())
}

/// Operations that are steps of the process in `slot`.
fn steps(execution: &Execution, slot: usize) -> u64 {
    let scheduled = |op: u8| Op::from_number(op).is_some_and(Op::is_scheduled);
    execution.events(slot).iter().filter(|event| scheduled(event.op)).count() as u64
}

/// Runs a program with the process in each slot killed before each of its steps, in several orders.
pub(crate) fn kill_everywhere(program: &str, check: impl Fn(&Execution, usize)) {
    let mut controller = Controller::start(program);
    let calm = controller.execute(&order(Kind::Calm, 0));
    let (mut killed, mut longest) = (0, calm.took);
    for slot in 1..calm.trace.events.len() {
        for step in 0..steps(&calm, slot) {
            for seed in 0..SEEDS {
                let kind = if seed == 0 { Kind::Calm } else { Kind::Random };
                let path = path_of(&[u32::try_from(slot).expect("a slot is small")]);
                let fault = Some(Fault { process: path, step });
                let execution = controller.execute(&procesos_schedule::Order { fault, ..order(kind, seed) });
                let report = &execution.report;
                assert!(matches!(report.stop, Stop::Finished | Stop::Deadlock), "{slot} {step}: {report:?}");
                assert!(!report.external && !execution.trace.truncated, "{slot} {step}: {report:?}");
                let ended = !execution.of(slot, Op::Exit).is_empty();
                assert!(ended || steps(&execution, slot) == step, "it was killed before this step");
                check(&execution, slot);
                killed += 1;
                longest = longest.max(execution.took);
            }
        }
    }
    println!("{program}: {killed} killed, the longest execution took {longest:?}");
    assert!(killed > 20, "only {killed} were killed");
    let again = controller.execute(&order(Kind::Calm, 0));
    assert_eq!((again.report.stop, again.story()), (calm.report.stop, calm.story()), "nothing was left");
}

/// Everybody was joined, and the process in `slot` had been killed.
pub(crate) fn is_over(execution: &Execution, slot: usize) {
    assert_eq!((execution.report.stop, execution.report.code), (Stop::Finished, Some(0)));
    let joined = execution.joined();
    assert!(joined.contains(&(slot as u64, i64::from(-SIGKILL))), "{joined:?}");
}

/// The value that the first process looked at in the end.
pub(crate) fn seen_at_the_end(execution: &Execution) -> i64 {
    execution.of(0, Op::ValueGet).last().expect("it looks").value.cast_signed()
}

fn whoever_converses_with_a_killed_process_learns_it() {
    kill_everywhere("conversation", |execution, slot| {
        is_over(execution, slot);
        let answered = execution.of(1, Op::ValueSet).last().map_or(0, |last| last.value.cast_signed());
        assert!(answered <= QUESTIONS);
        if slot == 2 && answered < QUESTIONS {
            assert!(execution.joined().contains(&(1, 1)), "who asked ends with an error");
        }
    });
}

fn whoever_wants_the_lock_of_a_killed_process_gets_it() {
    kill_everywhere("locked_sum", |execution, slot| {
        is_over(execution, slot);
        let sum = seen_at_the_end(execution);
        assert!((2 * TIMES..=3 * TIMES).contains(&sum), "{sum}: nobody else loses an addition");
    });
}

fn whoever_serves_a_program_without_descriptors_takes_nobody_for_dead() {
    kill_everywhere(&format!("locked_sum{WITHOUT_DESCRIPTORS}"), |execution, slot| {
        is_over(execution, slot);
        let sum = seen_at_the_end(execution);
        assert!((2 * TIMES..=3 * TIMES).contains(&sum), "{sum}: nobody else loses an addition");
    });
}

fn what_a_killed_process_had_put_is_whole_and_who_waits_in_vain_is_told() {
    kill_everywhere("belt", |execution, slot| {
        let got = execution.of(2, Op::ValueSet).len() as u64;
        let put = execution.of(1, Op::QueuePut).len() as u64;
        assert!(got <= put);
        match execution.report.stop {
            // Everything that was put is taken before anybody waits in vain.
            Stop::Deadlock if slot == 1 => assert_eq!(got, put.min(ITEMS.unsigned_abs())),
            Stop::Deadlock => assert!(put - got >= 2, "the producer waits for room"),
            _ => is_over(execution, slot),
        }
    });
}

fn nothing_outlives_a_first_process_that_was_killed() {
    for program in
        ["conversation", "locked_sum", "belt", "pool_maps", "pool_ends", "manager_list", "manager_counts"]
    {
        let mut controller = Controller::start(program);
        let calm = controller.execute(&order(Kind::Calm, 0));
        for step in 0..steps(&calm, 0) {
            let fault = Some(Fault { process: ROOT, step });
            let execution =
                controller.execute(&procesos_schedule::Order { fault, ..order(Kind::Random, step) });
            assert_eq!((execution.report.stop, execution.report.signal), (Stop::Finished, Some(SIGKILL)));
            for left in &execution.report.leftovers {
                let pid = Pid::from_raw(left.pid.cast_signed());
                assert_eq!(kill(pid, None), Err(Errno::ESRCH), "{left:?}");
            }
        }
    }
}
