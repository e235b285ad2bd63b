//! `Manager` when its process, its owner or its clients are killed at any moment: an error or a right answer, never a hang.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procesos::{ListProxy, Manager, Process, Queue, Result, Value};

use crate::case::{Case, case};
use crate::queue_death::slay;
use crate::random::Random;

/// Longest time after which somebody is killed.
const LONGEST_WORK: Duration = Duration::from_micros(700);
const SERVERS_KILLED: u64 = 80;
const CLIENTS_KILLED: u64 = 150;
const CLIENTS: usize = 3;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(killing_the_process_at_any_moment_is_an_error_for_all_clients),
        case!(killing_clients_at_any_moment_never_wedges_the_manager),
        case!(killing_clients_with_large_values_tears_nothing),
        case!(the_process_ends_when_its_owner_is_killed),
        case!(a_killed_process_is_no_obstacle_to_the_end_of_its_manager),
    ]
}

fn murder(pid: u32) {
    kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL).expect("it is not joined yet");
}

/// Appends numbers until the manager is gone.
fn append_until_the_end(list: ListProxy<u64>, begun: Queue<()>) -> Result<()> {
    list.append(&0)?;
    begun.put(&())?;
    for number in 1.. {
        match list.append(&number) {
            Ok(()) => {}
            Err(error) if error.is_server_died() => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn killing_the_process_at_any_moment_is_an_error_for_all_clients() -> Result<()> {
    let mut random = Random::new(21);
    for _ in 0..SERVERS_KILLED {
        let manager = Manager::start()?;
        let list = manager.list()?;
        let begun = Queue::bounded(CLIENTS)?;
        let start = |_| Process::new(append_until_the_end, (list.clone(), begun.clone())).start();
        let children = (0..CLIENTS).map(start).collect::<Result<Vec<_>>>()?;
        (0..CLIENTS).try_for_each(|_| begun.get())?;
        random.dawdle(LONGEST_WORK);
        murder(manager.pid().expect("it has a process"));
        for child in children {
            assert!(child.join()?.success());
        }
        assert!(list.to_vec().is_err_and(|e| e.is_server_died()));
        assert!(manager.dict::<u8, u8>().is_err_and(|e| e.is_server_died()));
    }
    Ok(())
}

/// Appends numbers from where the last one ended, and tells after each that it is there.
fn append_and_tell(list: ListProxy<u64>, told: Value<u64>) -> Result<()> {
    for number in told.get().. {
        list.append(&number)?;
        told.set(number + 1);
    }
    Ok(())
}

fn killing_clients_at_any_moment_never_wedges_the_manager() -> Result<()> {
    let manager = Manager::start()?;
    let mut random = Random::new(22);
    for _ in 0..CLIENTS_KILLED {
        let (list, told) = (manager.list::<u64>()?, Value::new(0)?);
        let child = Process::new(append_and_tell, (list.clone(), told.clone())).start()?;
        random.dawdle(LONGEST_WORK);
        slay(child)?;
        let all = list.to_vec()?;
        let count = all.len() as u64;
        assert!(all.into_iter().eq(0..count), "nothing is torn, and nothing came twice");
        // What was asked for is done, whether the answer was read or not.
        assert!(count == told.get() || count == told.get() + 1);
    }
    Ok(())
}

fn killing_clients_with_large_values_tears_nothing() -> Result<()> {
    fn replace(list: ListProxy<Vec<u64>>, longest: usize) -> Result<()> {
        for number in 0.. {
            list.set(
                0,
                &vec![number; 1 + longest * 7 % (1 + usize::try_from(number).unwrap_or(0) % 50_000)],
            )?;
        }
        Ok(())
    }
    let manager = Manager::start()?;
    let list = manager.list_of(&[vec![0_u64; 4]])?;
    let mut random = Random::new(23);
    for _ in 0..CLIENTS_KILLED / 5 {
        let child = Process::new(replace, (list.clone(), random.length(40_000))).start()?;
        random.dawdle(LONGEST_WORK * 4);
        slay(child)?;
        let value = list.get(0)?;
        assert!(value.iter().all(|number| *number == value[0]));
    }
    Ok(())
}

fn the_process_ends_when_its_owner_is_killed() -> Result<()> {
    fn own(begun: Queue<()>) -> Result<()> {
        let manager = Manager::start()?;
        let list = manager.list_of(&[1])?;
        begun.put(&())?;
        loop {
            list.append(&1)?;
        }
    }
    // The frame of every case waits until all that it started has ended.
    let begun = Queue::bounded(1)?;
    let owner = Process::new(own, (begun.clone(),)).start()?;
    begun.get()?;
    slay(owner)
}

fn a_killed_process_is_no_obstacle_to_the_end_of_its_manager() -> Result<()> {
    let (dropped, shut) = (Manager::start()?, Manager::start()?);
    murder(dropped.pid().expect("it has a process"));
    murder(shut.pid().expect("it has a process"));
    drop(dropped);
    shut.shutdown()
}
