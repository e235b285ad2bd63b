//! The programs that are put under control.

use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::{Signal, kill, raise};
use nix::unistd::Pid;
use procesos::{AcquireError, Child, Connection, Lock, Process, Queue, Result, Value, pipe};

use crate::faults;

/// Processes of `crowd`, the first one included: more than can be controlled.
const CROWD: usize = procesos_schedule::MAX_PROCESSES + 6;

/// Behind the name of a program: it may open no descriptors from its beginning on, nor may who serves its executions.
pub(crate) const WITHOUT_DESCRIPTORS: &str = " without descriptors";

/// A soft limit of more descriptors than the tests that run beside this one have open, so that what this program inherited is below.
const DESCRIPTORS: rlim_t = 256;

/// From here on no descriptor can be opened, but for one, when that of the trace is closed: the server opens it at its beginning.
fn use_up_descriptors() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("limits can be read");
    setrlimit(Resource::RLIMIT_NOFILE, DESCRIPTORS, hard).expect("a limit can be lowered");
    while let Ok(open) = File::open("/dev/null") {
        std::mem::forget(open);
    }
}

pub(crate) fn perform(name: &str) -> ExitCode {
    let program = name.strip_suffix(WITHOUT_DESCRIPTORS);
    if program.is_some() {
        use_up_descriptors();
    }
    let name = program.unwrap_or(name);
    procesos::program(|_| match name {
        "race" => race(),
        "messages" => messages(),
        "aborts" => ends_by(|| std::process::abort()),
        "killed" => ends_by(|| raise(Signal::SIGKILL).expect("a process may kill itself")),
        "exits" => ends_by(|| std::process::exit(3)),
        "panics" => ends_by(|| panic!("on purpose")),
        "owner_dies" => owner_dies(),
        "crossed" => crossed(),
        "nothing_comes" => nothing_comes(),
        "after_you" => after_you(),
        "second_thread" => second_thread(),
        "computing_thread" => computing_thread(),
        "three_levels" => three_levels(),
        "crowd" => crowd(),
        "outside" => outside(),
        "ends_outside" => ends_outside(),
        "exits_after_outside" => exits_after_outside(),
        "terminated" => terminated(),
        "leaves_daemon" => leaves_daemon(),
        "leaves_files" => leaves_files(),
        "many_messages" => many_messages(),
        "naps" => naps(),
        "conversation" => faults::conversation(),
        "locked_sum" => faults::locked_sum(),
        "belt" => faults::belt(),
        other => {
            let find = crate::signal_programs::find(other);
            let find = find.or_else(|| crate::pool_programs::find(other));
            let find = find.or_else(|| crate::manager_programs::find(other));
            find.expect("a program of that name")()
        }
    })
}

fn join_all(children: Vec<Child>) -> Result<()> {
    for child in children {
        child.join()?;
    }
    Ok(())
}

fn add(counter: Value<i64>, times: u32) {
    for _ in 0..times {
        counter.set(counter.get() + 1);
    }
}

/// Three children add without a lock.
fn race() -> Result<()> {
    let counter = Value::new(0)?;
    let start = |_| Process::new(add, (counter.clone(), 3)).start();
    join_all((0..3).map(start).collect::<Result<_>>()?)
}

/// A queue, a pipe, time limits and sleeps.
fn messages() -> Result<()> {
    let queue = Queue::bounded(2)?;
    let (ours, theirs) = pipe::<u32, u32>()?;
    let producer = Process::new(
        |queue: Queue<u32>| {
            (0..4).try_for_each(|number| {
                procesos::sleep(Duration::from_millis(u64::from(number % 2)));
                queue.put(&number)
            })
        },
        (queue.clone(),),
    );
    let relay = |queue: Queue<u32>, end: Connection<u32, u32>| -> Result<()> {
        let mut left = 4;
        while left > 0 {
            if let Some(number) = queue.get_timeout(Duration::from_millis(2))? {
                end.send(&number)?;
                end.recv()?;
                left -= 1;
            }
        }
        Ok(())
    };
    let relay = Process::new(relay, (queue, theirs));
    let children = vec![producer.start()?, relay.start()?];
    for _ in 0..4 {
        let number = ours.recv()?;
        ours.send(&(number + 1))?;
    }
    join_all(children)
}

/// Of three children the second one ends in its midst; the others go on.
fn ends_by(end: fn()) -> Result<()> {
    // A function pointer travels as a number only within one program, so the child finds it here.
    static END: OnceLock<fn()> = OnceLock::new();
    let _ = END.set(end);
    let counter = Value::new(0)?;
    let child = |counter: Value<i64>, number: u32| {
        add(counter.clone(), 2);
        if number == 1
            && let Some(end) = END.get()
        {
            end();
        }
        add(counter, 2);
    };
    let start = |number| Process::new(child, (counter.clone(), number)).start();
    join_all((0..3).map(start).collect::<Result<_>>()?)
}

/// The first child dies with the lock; each of the others says by its exit code whether it was told.
fn owner_dies() -> Result<()> {
    let (lock, held) = (Lock::new()?, Queue::bounded(1)?);
    let owner = Process::new(
        |lock: Lock, held: Queue<()>| -> Result<()> {
            let _guard = lock.acquire()?;
            held.put(&())?;
            raise(Signal::SIGKILL).expect("a process may kill itself");
            Ok(())
        },
        (lock.clone(), held.clone()),
    )
    .start()?;
    held.get()?;
    let heir = |lock: Lock| -> Result<()> {
        match lock.acquire() {
            Ok(_guard) => Ok(()),
            Err(AcquireError::OwnerDied(_guard)) => std::process::exit(7),
            Err(AcquireError::Other(error)) => Err(error),
        }
    };
    let start = |_| Process::new(heir, (lock.clone(),)).start();
    let heirs = (0..2).map(start).collect::<Result<Vec<_>>>()?;
    owner.join()?;
    join_all(heirs)
}

/// Two locks in both orders.
fn crossed() -> Result<()> {
    let (one, two) = (Lock::new()?, Lock::new()?);
    let child = |first: Lock, second: Lock| -> Result<()> {
        let _first = first.acquire()?;
        let _second = second.acquire()?;
        Ok(())
    };
    join_all(vec![
        Process::new(child, (one.clone(), two.clone())).start()?,
        Process::new(child, (two, one)).start()?,
    ])
}

fn nothing_comes() -> Result<()> {
    let queue = Queue::<u32>::bounded(1)?;
    let child = |queue: Queue<u32>| queue.get().map(drop);
    join_all(vec![Process::new(child, (queue.clone(),)).start()?, Process::new(child, (queue,)).start()?])
}

/// Each waits, asking, for the other to be first.
fn after_you() -> Result<()> {
    let (one, two) = (Value::new(false)?, Value::new(false)?);
    let child = |own: Value<bool>, other: Value<bool>| {
        while !other.get() {
            std::hint::spin_loop();
        }
        own.set(true);
    };
    join_all(vec![
        Process::new(child, (one.clone(), two.clone())).start()?,
        Process::new(child, (two, one)).start()?,
    ])
}

fn second_thread() -> Result<()> {
    let child = |queue: Queue<u32>| {
        let put = queue.clone();
        let thread = std::thread::spawn(move || put.put(&1).is_ok());
        let _ = queue.get();
        let _ = thread.join();
    };
    join_all(vec![Process::new(child, (Queue::bounded(1)?,)).start()?])
}

/// A thread computes for longer than the server looks away, while the first one waits for it.
fn computing_thread() -> Result<()> {
    let child = |counter: Value<i64>| {
        let thread = std::thread::spawn(|| {
            let begun = std::time::Instant::now();
            let mut sum = 0u64;
            while begun.elapsed() < Duration::from_millis(30) {
                sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(7));
            }
            sum
        });
        let _ = thread.join();
        add(counter, 1);
    };
    let counter = Value::new(0)?;
    let start = |_| Process::new(child, (counter.clone(),)).start();
    join_all((0..2).map(start).collect::<Result<_>>()?)
}

/// Each starts two below it, down to the third level.
fn three_levels() -> Result<()> {
    fn node(counter: Value<i64>, level: u32) -> Result<()> {
        add(counter.clone(), 1);
        if level == 0 {
            return Ok(());
        }
        let start = |_| Process::new(node, (counter.clone(), level - 1)).start();
        join_all((0..2).map(start).collect::<Result<_>>()?)
    }
    node(Value::new(0)?, 3)
}

fn crowd() -> Result<()> {
    let start = |_| Process::new(|| (), ()).start();
    join_all((1..CROWD).map(start).collect::<Result<_>>()?)
}

static PIPE: OnceLock<(PipeReader, PipeWriter)> = OnceLock::new();

/// A child waits in a pipe of the system, which no handle of the library is; the other one writes to it.
fn outside() -> Result<()> {
    PIPE.get_or_init(|| std::io::pipe().expect("a pipe"));
    let (read, written) = (Value::new(0)?, Value::new(0)?);
    let reader = |counter: Value<i64>| {
        let mut from = &PIPE.get().expect("the parent made it").0;
        let mut byte = [0];
        from.read_exact(&mut byte).expect("the sibling writes");
        add(counter, 2);
    };
    let writer = |counter: Value<i64>| {
        add(counter.clone(), 3);
        let mut to = &PIPE.get().expect("the parent made it").1;
        to.write_all(&[1]).expect("the sibling reads");
        add(counter, 3);
    };
    let children = vec![
        Process::new(reader, (read.clone(),)).start()?,
        Process::new(writer, (written.clone(),)).start()?,
    ];
    join_all(children)?;
    assert_eq!((read.get(), written.get()), (2, 6));
    Ok(())
}

/// A child waits outside, and is killed there by another one; their parent waits for it alone.
fn ends_outside() -> Result<()> {
    let sleeper = Process::new(|| drop(Command::new("sleep").arg("1000").status()), ()).start()?;
    let pid = sleeper.pid().cast_signed();
    // It sleeps on after its killer has ended, until the killer's own child has killed it.
    let killer = |pid: i32| {
        let pid = Pid::from_raw(pid);
        std::thread::spawn(move || {
            really_nap(Duration::from_millis(20));
            kill(pid, Signal::SIGKILL)
        })
        .join()
        .expect("the thread does not panic")
        .map_err(|error| error.to_string())
    };

    let killer = Process::new(killer, (pid,)).start()?;
    sleeper.join()?;
    killer.join().map(drop)
}

/// Really sleeps, also where the library's sleep is virtual.
fn really_nap(time: Duration) {
    let _ = nix::poll::poll(&mut [], u16::try_from(time.as_millis()).unwrap_or(u16::MAX));
}

/// A child that was outside leaves by `exit`, without another operation.
fn exits_after_outside() -> Result<()> {
    let child = || -> Result<()> {
        really_nap(Duration::from_millis(30));
        std::process::exit(5)
    };
    let other = Process::new(add, (Value::new(0)?, 3)).start()?;
    join_all(vec![Process::new(child, ()).start()?, other])
}

fn terminated() -> Result<()> {
    let counter = Value::new(0)?;
    let endless = |counter: Value<i64>| -> Result<()> {
        loop {
            counter.set(counter.get() + 1);
            procesos::sleep(Duration::from_millis(1));
        }
    };
    let mut child = Process::new(endless, (counter.clone(),)).start()?;
    while counter.get() < 3 {
        procesos::sleep(Duration::from_millis(1));
    }
    child.terminate()?;
    child.join().map(drop)
}

/// Leaves a daemon (a session of its own) and an orphan, which nobody waits for.
fn leaves_daemon() -> Result<()> {
    let child = || drop(Command::new("sh").args(["-c", "setsid sleep 1000 & sleep 1000 & exit 0"]).status());
    join_all(vec![Process::new(child, ()).start()?])
}

fn leaves_files() -> Result<()> {
    let child = |number: u32| {
        std::fs::create_dir_all(format!("folder-{number}/inner")).expect("the folder is ours");
        std::fs::write(format!("folder-{number}/inner/file"), "x").expect("the folder is ours");
        std::fs::write(format!("file-{number}"), "x").expect("the folder is ours");
    };
    assert_eq!(
        std::fs::read_dir(".").expect("there is a folder").count(),
        0,
        "what another one left is here"
    );
    join_all((0..2).map(|number| Process::new(child, (number,)).start()).collect::<Result<_>>()?)
}

/// Panics that are caught, each with another message.
fn many_messages() -> Result<()> {
    let child = || {
        for number in 0..100 {
            let message = format!("{} in {}", number, std::process::id());
            assert!(std::panic::catch_unwind(|| panic!("{message}")).is_err());
        }
    };
    join_all((0..2).map(|_| Process::new(child, ()).start()).collect::<Result<_>>()?)
}

/// Three children that wait outside again and again, about as long as it takes until the server gives up waiting for them.
fn naps() -> Result<()> {
    let child = |counter: Value<i64>, number: u64| {
        for round in 0..4 {
            let nap = Duration::from_millis(4 + (number + round) % 4);
            // In every second round a thread naps, and the first one waits for it.
            if round % 2 == 0 {
                really_nap(nap);
            } else {
                let _ = std::thread::spawn(move || really_nap(nap)).join();
            }
            add(counter.clone(), 1);
        }
    };
    let counter = Value::new(0)?;
    join_all(
        (0..3).map(|number| Process::new(child, (counter.clone(), number)).start()).collect::<Result<_>>()?,
    )
}
