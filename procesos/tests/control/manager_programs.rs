//! Programs under control that share what a manager keeps.

use procesos::{DictProxy, ListProxy, Lock, Manager, Process, Queue, Result, ValueProxy};

/// The program of this name, if it is one of these.
pub(crate) fn find(name: &str) -> Option<fn() -> Result<()>> {
    Some(match name {
        "manager_list" => list,
        "manager_survives" => survives,
        "manager_counts" => || counts(None),
        "manager_counts_with_lock" => || counts(Some(Lock::new()?)),
        "manager_polled" => polled,
        "manager_never_set" => never_set,
        "manager_in_child" => in_child,
        "manager_and_deadlock" => and_deadlock,
        "manager_forgotten" => forgotten,
        "manager_killed" => killed,
        _ => return None,
    })
}

const CHILDREN: u32 = 2;

/// Two append; each its own in its order.
fn list() -> Result<()> {
    fn append(list: ListProxy<u32>, from: u32) -> Result<()> {
        (from..from + 2).try_for_each(|number| list.append(&number))
    }
    let manager = Manager::start()?;
    let list = manager.list()?;
    let start = |number| Process::new(append, (list.clone(), number * 10)).start();
    for child in (0..CHILDREN).map(start).collect::<Result<Vec<_>>>()? {
        assert!(child.join()?.success());
    }
    let all = list.to_vec()?;
    for number in 0..CHILDREN {
        let of_one: Vec<u32> = all.iter().copied().filter(|n| n / 10 == number).collect();
        assert_eq!(of_one, [number * 10, number * 10 + 1]);
    }
    assert_eq!(all.len(), 4);
    Ok(())
}

/// Right whatever happens to one of the children: what it had appended is there, in its order.
fn survives() -> Result<()> {
    fn append(list: ListProxy<u32>, from: u32) -> Result<()> {
        (from..from + 3).try_for_each(|number| list.append(&number))
    }
    let manager = Manager::start()?;
    let list = manager.list()?;
    let start = |number| Process::new(append, (list.clone(), number * 10)).start();
    let children = (0..CHILDREN).map(start).collect::<Result<Vec<_>>>()?;
    let succeeded = children.into_iter().map(|child| child.join().map(procesos::ExitStatus::success));
    let succeeded = succeeded.collect::<Result<Vec<_>>>()?;
    let all = list.to_vec()?;
    for (number, succeeded) in (0..CHILDREN).zip(succeeded) {
        let of_one: Vec<u32> = all.iter().copied().filter(|n| n / 10 == number).collect();
        let whole = [number * 10, number * 10 + 1, number * 10 + 2];
        assert_eq!(of_one, whole[..of_one.len()]);
        assert!(!succeeded || of_one.len() == whole.len());
    }
    Ok(())
}

/// Reads and writes are two steps: without a lock an update may be lost. The exit code is what came out.
fn counts(lock: Option<Lock>) -> Result<()> {
    fn count(dict: DictProxy<String, i32>, lock: Option<Lock>) -> Result<()> {
        let key = "total".to_owned();
        let guard = lock.as_ref().map(Lock::acquire).transpose()?;
        dict.set(&key, &(dict.get(&key)?.unwrap_or(0) + 1))?;
        drop(guard);
        Ok(())
    }
    let total = {
        let manager = Manager::start()?;
        let dict = manager.dict()?;
        let start = |_| Process::new(count, (dict.clone(), lock.clone())).start();
        for child in (0..CHILDREN).map(start).collect::<Result<Vec<_>>>()? {
            assert!(child.join()?.success());
        }
        dict.get(&"total".to_owned())?
    };
    std::process::exit(total.unwrap_or(0))
}

/// A loop of questions ends when another process has changed the answer.
fn polled() -> Result<()> {
    let manager = Manager::start()?;
    let state = manager.value(&false)?;
    let child = Process::new(|state: ValueProxy<bool>| state.set(&true), (state.clone(),)).start()?;
    while !state.get()? {}
    assert!(child.join()?.success());
    Ok(())
}

fn never_set() -> Result<()> {
    let manager = Manager::start()?;
    let state = manager.value(&false)?;
    while !state.get()? {}
    Ok(())
}

fn in_child() -> Result<()> {
    fn child(sum: Queue<usize>) -> Result<()> {
        let manager = Manager::start()?;
        let list = manager.list_of(&[1_u8])?;
        let own = Process::new(|list: ListProxy<u8>| list.append(&2), (list.clone(),)).start()?;
        assert!(own.join()?.success());
        sum.put(&list.len()?)
    }
    let sum = Queue::bounded(2)?;
    let children =
        [Process::new(child, (sum.clone(),)).start()?, Process::new(child, (sum.clone(),)).start()?];
    for child in children {
        assert!(child.join()?.success());
    }
    assert_eq!(sum.get()? + sum.get()?, 4);
    Ok(())
}

/// The server waits too, but for nobody.
fn and_deadlock() -> Result<()> {
    let manager = Manager::start()?;
    manager.list_of(&[1])?;
    Queue::<u8>::bounded(1)?.get().map(|_| ())
}

/// Ends with the program although nobody ends it.
fn forgotten() -> Result<()> {
    let manager = Manager::start()?;
    manager.list_of(&[1])?;
    std::mem::forget(manager);
    Ok(())
}

/// The server is killed by a child while others use it.
fn killed() -> Result<()> {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    let manager = Manager::start()?;
    let list = manager.list()?;
    let pid = manager.pid().expect("it has a process").cast_signed();
    let murderer = Process::new(
        |pid: i32, list: ListProxy<u8>| {
            kill(Pid::from_raw(pid), Signal::SIGKILL).expect("it is not joined yet");
            list.append(&1).expect_err("it is gone");
        },
        (pid, list.clone()),
    );
    let murderer = murderer.start()?;
    match list.append(&2) {
        Ok(()) => {}
        Err(error) => assert!(error.is_server_died()),
    }
    assert!(murderer.join()?.success());
    assert!(list.len().is_err_and(|e| e.is_server_died()));
    Ok(())
}
