//! `Event`: who waits, who goes on, and what is seen of it.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use procesos::{Event, Process, Queue, Result, Value};

use crate::case::{Case, Text, case};
use crate::queue_death::slay;
use crate::random::Random;

/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
/// A limit that is not reached.
const AGES: Duration = Duration::from_secs(600);
const ROUNDS: u64 = 2_000;
const KILLED: u64 = 150;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(an_event_is_not_set_when_it_is_made),
        case!(set_and_clear_are_seen_by_every_handle),
        case!(wait_returns_at_once_while_it_is_set),
        case!(wait_timeout_says_whether_it_was_set),
        case!(set_lets_everybody_go_on_who_waits),
        case!(what_was_written_before_set_is_read_after_wait),
        case!(two_processes_signal_each_other_many_times),
        case!(killing_waiters_keeps_nobody_from_going_on),
        case!(killing_who_sets_and_clears_wedges_nothing),
        case!(an_event_from_a_static_is_refused_in_a_child)
            .stderr(Text::Has(&["this Event was not handed to this process"])),
    ]
}

fn an_event_is_not_set_when_it_is_made() -> Result<()> {
    let event = Event::new()?;
    assert!(!event.is_set());
    assert!(!event.wait_timeout(Duration::ZERO)?);
    Ok(())
}

fn set_and_clear_are_seen_by_every_handle() -> Result<()> {
    let event = Event::new()?;
    let other = event.clone();
    for _ in 0..2 {
        // The second time it is set already, and cleared already.
        event.set();
        assert!(other.is_set());
    }
    let child = Process::new(|event: Event| assert!(event.is_set()), (event.clone(),));
    assert!(child.start()?.join()?.success());
    for _ in 0..2 {
        other.clear();
        assert!(!event.is_set());
    }
    Ok(())
}

fn wait_returns_at_once_while_it_is_set() -> Result<()> {
    let event = Event::new()?;
    event.set();
    event.wait()?;
    event.wait()?;
    assert!(event.wait_timeout(AGES)?);
    assert!(event.wait_timeout(Duration::ZERO)?);
    assert!(event.is_set(), "waiting does not clear it");
    Ok(())
}

fn wait_timeout_says_whether_it_was_set() -> Result<()> {
    let event = Event::new()?;
    let begun = Instant::now();
    assert!(!event.wait_timeout(MOMENT)?);
    assert!(begun.elapsed() >= MOMENT);
    let child = Process::new(|event: Event| event.set(), (event.clone(),)).start()?;
    assert!(event.wait_timeout(Duration::MAX)?);
    assert!(child.join()?.success());
    Ok(())
}

fn wait_and_tell(event: Event, waits: Queue<()>, gone_on: Queue<()>) -> Result<()> {
    waits.put(&())?;
    event.wait()?;
    gone_on.put(&())
}

fn set_lets_everybody_go_on_who_waits() -> Result<()> {
    let (event, waits, gone_on) = (Event::new()?, Queue::bounded(5)?, Queue::bounded(5)?);
    for _ in 0..5 {
        Process::new(wait_and_tell, (event.clone(), waits.clone(), gone_on.clone())).start()?;
    }
    (0..5).try_for_each(|_| waits.get())?;
    assert_eq!(gone_on.get_timeout(MOMENT)?, None);
    event.set();
    (0..5).try_for_each(|_| gone_on.get())
}

fn what_was_written_before_set_is_read_after_wait() -> Result<()> {
    fn write(value: Value<u64>, written: Event, read: Event) -> Result<()> {
        for number in 1..=ROUNDS {
            value.set(number);
            written.set();
            read.wait()?;
            read.clear();
        }
        Ok(())
    }
    let (value, written, read) = (Value::new(0)?, Event::new()?, Event::new()?);
    let child = Process::new(write, (value.clone(), written.clone(), read.clone())).start()?;
    for number in 1..=ROUNDS {
        written.wait()?;
        written.clear();
        assert_eq!(value.get(), number);
        read.set();
    }
    assert!(child.join()?.success());
    Ok(())
}

fn two_processes_signal_each_other_many_times() -> Result<()> {
    fn answer(ask: Event, answer: Event) -> Result<()> {
        for _ in 0..ROUNDS {
            ask.wait()?;
            ask.clear();
            answer.set();
        }
        Ok(())
    }
    let (ask, answered) = (Event::new()?, Event::new()?);
    let child = Process::new(answer, (ask.clone(), answered.clone())).start()?;
    for _ in 0..ROUNDS {
        ask.set();
        answered.wait()?;
        answered.clear();
    }
    assert!(child.join()?.success());
    Ok(())
}

fn killing_waiters_keeps_nobody_from_going_on() -> Result<()> {
    let mut random = Random::new(3);
    for _ in 0..KILLED {
        let (event, waits, gone_on) = (Event::new()?, Queue::bounded(3)?, Queue::bounded(3)?);
        let start = |_| Process::new(wait_and_tell, (event.clone(), waits.clone(), gone_on.clone())).start();
        let mut children = (0..3).map(start).collect::<Result<Vec<_>>>()?;
        (0..3).try_for_each(|_| waits.get())?;
        random.dawdle(Duration::from_micros(300));
        slay(children.swap_remove(random.length(3)))?;
        event.set();
        assert!(gone_on.get_timeout(AGES)?.is_some() && gone_on.get_timeout(AGES)?.is_some());
        for child in children {
            assert!(child.join()?.success());
        }
    }
    Ok(())
}

fn killing_who_sets_and_clears_wedges_nothing() -> Result<()> {
    fn flicker(event: Event) {
        loop {
            event.set();
            event.clear();
        }
    }
    let (event, mut random) = (Event::new()?, Random::new(4));
    for _ in 0..KILLED {
        let child = Process::new(flicker, (event.clone(),)).start()?;
        event.wait()?;
        random.dawdle(Duration::from_micros(300));
        slay(child)?;
    }
    event.set();
    assert!(event.is_set());
    event.clear();
    assert!(!event.wait_timeout(Duration::ZERO)?);
    Ok(())
}

fn an_event_from_a_static_is_refused_in_a_child() -> Result<()> {
    static KEPT: OnceLock<Event> = OnceLock::new();
    let _ = KEPT.set(Event::new()?);
    let wait = || KEPT.get().map_or(Ok(()), Event::wait);
    assert_eq!(Process::new(wait, ()).start()?.join()?.code(), Some(1));
    assert!(!KEPT.get().is_some_and(Event::is_set));
    Ok(())
}
