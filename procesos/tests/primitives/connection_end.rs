//! `Connection`: the end of the conversation is seen, however it comes.

use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procesos::{CREDIT_MESSAGES, Connection, Process, Queue, Result, pipe};

use crate::case::{Case, case};
use crate::parcel::Parcel;
use crate::queue_death::slay;
use crate::random::Random;

type Line = Connection<u64, u64>;

/// An end that does not come within this never comes.
const HANG: Duration = Duration::from_secs(20);
const PEERS_KILLED: u64 = 200;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(dropping_an_end_is_seen_as_the_end_by_the_other),
        case!(the_end_of_the_other_process_is_seen),
        case!(the_death_of_the_other_process_is_seen),
        case!(a_child_that_drops_its_end_and_lives_on_has_closed_it),
        case!(an_end_that_a_child_handed_on_is_closed_in_it),
        case!(sending_to_a_dropped_end_is_a_broken_pipe),
        case!(a_sender_that_waits_learns_that_the_other_end_was_dropped),
        case!(a_sender_that_waits_learns_that_the_other_process_died),
        case!(unread_messages_come_before_the_end),
        case!(unread_messages_come_before_the_end_of_a_side_that_left_ours_unread),
        case!(siblings_forked_in_between_keep_no_end_open),
        case!(grandchildren_keep_no_end_open),
        case!(an_end_in_a_static_is_closed_in_a_child_and_refused),
        case!(dropping_an_inherited_end_closes_nothing_of_the_childs_own),
        case!(killing_the_other_side_at_any_moment_gives_whole_messages_and_then_the_end),
    ]
}

fn is_eof(line: &Line) -> bool {
    matches!(line.recv_timeout(HANG), Err(error) if error.is_eof())
}

fn dropping_an_end_is_seen_as_the_end_by_the_other() -> Result<()> {
    let (here, there) = pipe()?;
    drop(there);
    assert!(is_eof(&here) && is_eof(&here));
    assert!(here.try_recv().is_err_and(|e| e.is_eof()));
    let told = here.recv().expect_err("it ended").to_string();
    assert_eq!(told, "the other end is closed and nothing is left to receive");
    Ok(())
}

fn ignore(_line: Line) {}

fn the_end_of_the_other_process_is_seen() -> Result<()> {
    for _ in 0..50 {
        let (here, there) = pipe()?;
        let child = Process::new(ignore, (there,)).start()?;
        assert!(is_eof(&here));
        assert!(child.join()?.success());
    }
    Ok(())
}

/// Says that it is there, and stays until the other end is closed.
fn stay(line: Line) -> Result<()> {
    line.send(&0)?;
    assert!(line.recv().is_err_and(|e| e.is_eof()));
    Ok(())
}

fn the_death_of_the_other_process_is_seen() -> Result<()> {
    let (here, there) = pipe()?;
    let child = Process::new(stay, (there,)).start()?;
    assert_eq!(here.recv()?, 0);
    slay(child)?;
    assert!(is_eof(&here));
    assert!(here.send(&1).is_err_and(|e| e.is_broken_pipe()));
    Ok(())
}

fn a_child_that_drops_its_end_and_lives_on_has_closed_it() -> Result<()> {
    fn drop_and_stay(line: Line, other: Line) -> Result<()> {
        drop(line);
        stay(other)
    }
    let ((here, there), (held, other)) = (pipe()?, pipe()?);
    let child = Process::new(drop_and_stay, (there, other)).start()?;
    assert_eq!(held.recv()?, 0);
    assert!(is_eof(&here), "the child dropped it");
    assert!(here.send(&1).is_err_and(|e| e.is_broken_pipe()));
    drop(held);
    assert!(child.join()?.success());
    Ok(())
}

fn an_end_that_a_child_handed_on_is_closed_in_it() -> Result<()> {
    fn hand_on(line: Line, own: Line) -> Result<()> {
        assert!(Process::new(ignore, (line,)).start()?.join()?.success());
        stay(own)
    }
    let ((here, there), (held, own)) = (pipe()?, pipe()?);
    let child = Process::new(hand_on, (there, own)).start()?;
    assert_eq!(held.recv()?, 0);
    assert!(is_eof(&here), "the grandchild had it and has ended");
    drop(held);
    assert!(child.join()?.success());
    Ok(())
}

fn sending_to_a_dropped_end_is_a_broken_pipe() -> Result<()> {
    let (here, there) = pipe::<Parcel, ()>()?;
    drop(there);
    for length in [1, 60_000, 200_000] {
        let told = here.send(&Parcel::new(1, 1, length)).expect_err("nobody receives");
        assert!(told.is_broken_pipe(), "{told}");
        assert_eq!(told.to_string(), "the other end is closed: nobody will receive this message");
    }
    Ok(())
}

/// Sends until it is told that nobody receives, then tells so.
fn send_until_broken(line: Line, sending: Queue<()>, told: Queue<bool>) -> Result<()> {
    let refused = loop {
        match line.send(&1) {
            Ok(()) => sending.try_put(&()).map(drop)?,
            Err(error) => break error,
        }
    };
    told.put(&refused.is_broken_pipe())
}

fn a_sender_that_waits_learns_that_the_other_end_was_dropped() -> Result<()> {
    let (here, there) = pipe()?;
    let (sending, told) = (Queue::bounded(1000)?, Queue::bounded(1)?);
    Process::new(send_until_broken, (there, sending.clone(), told.clone())).start()?;
    (0..CREDIT_MESSAGES).try_for_each(|_| sending.get())?;
    assert_eq!(told.try_get()?, None);
    drop(here);
    assert_eq!(told.get_timeout(HANG)?, Some(true));
    Ok(())
}

fn a_sender_that_waits_learns_that_the_other_process_died() -> Result<()> {
    let (left, right) = pipe()?;
    let (sending, told) = (Queue::bounded(1000)?, Queue::bounded(1)?);
    let receiver = Process::new(|line: Line| drop(line.poll(HANG).map(|_| procesos::sleep(HANG))), (left,));
    let receiver = receiver.start()?;
    Process::new(send_until_broken, (right, sending.clone(), told.clone())).start()?;
    (0..CREDIT_MESSAGES).try_for_each(|_| sending.get())?;
    slay(receiver)?;
    assert_eq!(told.get_timeout(HANG)?, Some(true));
    Ok(())
}

fn unread_messages_come_before_the_end() -> Result<()> {
    fn send_and_end(line: Connection<Parcel, ()>, count: u64, length: usize) -> Result<()> {
        (0..count).try_for_each(|number| line.send(&Parcel::new(1, number, length)))
    }
    for (count, length) in [(1, 0), (CREDIT_MESSAGES, 10), (1, 3_000_000)] {
        let (here, there) = pipe()?;
        let child = Process::new(send_and_end, (there, count, length)).start()?;
        assert!(child.join()?.success());
        for number in 0..count {
            let parcel = here.recv()?;
            assert!(parcel.is_whole() && parcel.number == number);
        }
        assert!(here.recv().is_err_and(|e| e.is_eof()));
    }
    Ok(())
}

fn unread_messages_come_before_the_end_of_a_side_that_left_ours_unread() -> Result<()> {
    let (here, there) = pipe::<u64, u64>()?;
    here.send(&1)?;
    there.send(&2)?;
    there.send(&3)?;
    drop(there);
    assert!(here.poll(Duration::ZERO)?);
    assert_eq!((here.recv()?, here.recv()?), (2, 3));
    assert!(is_eof(&here));
    assert!(here.send(&4).is_err_and(|e| e.is_broken_pipe()));
    Ok(())
}

fn siblings_forked_in_between_keep_no_end_open() -> Result<()> {
    let (held, own) = pipe()?;
    let before = Process::new(stay, (own,)).start()?;
    let (here, there) = pipe()?;
    let (held_too, own) = pipe()?;
    let between = Process::new(stay, (own,)).start()?;
    let child = Process::new(ignore, (there,)).start()?;
    assert!(is_eof(&here), "a sibling holds the other end");
    let (here, there) = pipe::<u64, u64>()?;
    let (held_last, own) = pipe()?;
    let after = Process::new(stay, (own,)).start()?;
    drop(here);
    assert!(is_eof(&there), "a sibling holds this end");
    for line in [held, held_too, held_last] {
        assert_eq!(line.recv()?, 0);
    }
    for sibling in [before, between, child, after] {
        assert!(sibling.join()?.success());
    }
    Ok(())
}

fn grandchildren_keep_no_end_open() -> Result<()> {
    fn start_one_and_leave(line: Line, own: Line) -> Result<()> {
        let grandchild = Process::new(stay, (own,)).start()?;
        drop(line);
        assert!(grandchild.join()?.success());
        Ok(())
    }
    let ((here, there), (held, own)) = (pipe()?, pipe()?);
    let child = Process::new(start_one_and_leave, (there, own)).start()?;
    assert_eq!(held.recv()?, 0);
    assert!(is_eof(&here), "the grandchild holds the other end");
    drop(held);
    assert!(child.join()?.success());
    Ok(())
}

static GLOBAL: OnceLock<Mutex<Option<Line>>> = OnceLock::new();

fn take_global() -> Option<Line> {
    GLOBAL.get()?.lock().expect("one thread").take()
}

fn an_end_in_a_static_is_closed_in_a_child_and_refused() -> Result<()> {
    fn use_global(own: Line) -> Result<()> {
        let line = take_global().expect("it was set before the fork");
        let expected =
            "this Connection was not handed to this process: pass it as an argument of Process::new";
        for refused in
            [line.send(&1), line.recv().map(drop), line.try_recv().map(drop), line.poll(HANG).map(drop)]
        {
            assert_eq!(refused.expect_err("it is not its own").to_string(), expected);
        }
        stay(own)
    }
    let ((here, there), (held, own)) = (pipe()?, pipe()?);
    assert!(GLOBAL.set(Mutex::new(Some(there))).is_ok());
    let child = Process::new(use_global, (own,)).start()?;
    assert_eq!(held.recv()?, 0);
    drop(take_global());
    assert!(is_eof(&here), "the child holds what it was not given");
    drop(held);
    assert!(child.join()?.success());
    Ok(())
}

fn dropping_an_inherited_end_closes_nothing_of_the_childs_own() -> Result<()> {
    fn reuse_numbers() -> Result<()> {
        // These take the numbers of the descriptors that the start closed here.
        let lines = [pipe::<u64, u64>()?, pipe::<u64, u64>()?];
        drop(take_global());
        for (left, right) in lines {
            left.send(&1)?;
            assert_eq!(right.recv()?, 1);
            drop(left);
            assert!(is_eof(&right));
        }
        Ok(())
    }
    let (here, there) = pipe()?;
    assert!(GLOBAL.set(Mutex::new(Some(there))).is_ok());
    assert!(Process::new(reuse_numbers, ()).start()?.join()?.success());
    here.send(&1)?;
    assert_eq!(take_global().map(|there| there.recv()).transpose()?, Some(1));
    Ok(())
}

fn killing_the_other_side_at_any_moment_gives_whole_messages_and_then_the_end() -> Result<()> {
    fn babble(line: Connection<Parcel, Parcel>, longest: usize) -> Result<()> {
        let mut random = Random::new(11);
        (0..).try_for_each(|number| {
            line.send(&Parcel::new(1, number, random.length(longest)))?;
            line.try_recv().map(drop)
        })
    }
    let mut random = Random::new(10);
    for round in 0..PEERS_KILLED {
        let (here, there) = pipe::<Parcel, Parcel>()?;
        let longest = if round % 2 == 0 { 500 } else { 200_000 };
        let child = Process::new(babble, (there, longest)).start()?;
        let pid = Pid::from_raw(child.pid().cast_signed());
        let (mut number, last) = (0, random.below(30));
        let end = loop {
            match here.recv_timeout(HANG) {
                Ok(Some(parcel)) => assert!(parcel.is_whole() && parcel.number == number, "message {number}"),
                Ok(None) => panic!("neither a message nor the end comes"),
                Err(error) => break error,
            }
            number += 1;
            here.send(&Parcel::new(2, number, 20))
                .or_else(|e| if e.is_broken_pipe() { Ok(()) } else { Err(e) })?;
            if number == last + 1 {
                random.dawdle(Duration::from_micros(300));
                kill(pid, Signal::SIGKILL).expect("it is not joined yet");
            }
        };
        assert!(end.is_eof(), "{end}");
        assert!(number > last);
        assert_eq!(child.join()?.signal(), Some(9));
    }
    Ok(())
}
