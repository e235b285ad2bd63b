//! `Queue`: order, capacity, and what each operation says when it cannot go on.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use procesos::{Connection, Lock, Process, Queue, Result, Value, pipe};
use serde::{Deserialize, Serialize};

use crate::case::{Case, Text, case};

/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
/// A limit that is not reached.
const AGES: Duration = Duration::from_secs(600);

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(items_come_out_in_the_order_in_which_they_were_put),
        case!(a_clone_is_another_handle_on_the_same_queue),
        case!(capacity_0_is_refused),
        case!(capacity_0_is_refused_in_spanish).in_spanish(),
        case!(capacity_is_what_was_asked_for),
        case!(a_queue_of_capacity_1_alternates),
        case!(put_waits_on_a_full_queue_until_a_get),
        case!(get_waits_on_an_empty_queue_until_a_put),
        case!(try_put_says_whether_it_did),
        case!(try_get_is_none_on_an_empty_queue),
        case!(put_timeout_gives_up_after_its_limit),
        case!(get_timeout_gives_up_after_its_limit),
        case!(get_timeout_gets_what_comes_in_time),
        case!(is_empty_is_true_before_the_first_put_and_after_the_last_get),
        case!(every_kind_of_serde_data_travels),
        case!(a_message_that_takes_no_bytes_is_an_item),
        case!(a_handle_inside_a_message_is_refused),
        case!(a_handle_inside_a_message_is_refused_in_spanish).in_spanish(),
        case!(a_message_that_cannot_be_serialised_is_an_error_of_put_and_not_an_item),
        case!(a_queue_from_a_static_is_refused_in_a_child),
        case!(is_empty_from_a_static_panics_in_a_child).stderr(Text::Has(&[NOT_HANDED])),
        case!(items_outlive_the_process_that_put_them),
    ]
}

fn items_come_out_in_the_order_in_which_they_were_put() -> Result<()> {
    let queue = Queue::bounded(100)?;
    for number in 0..100 {
        queue.put(&number)?;
    }
    for number in 0..100 {
        assert_eq!(queue.get()?, number);
    }
    Ok(())
}

fn a_clone_is_another_handle_on_the_same_queue() -> Result<()> {
    let queue = Queue::bounded(2)?;
    let clone = queue.clone();
    queue.put(&'a')?;
    clone.put(&'b')?;
    assert!(!queue.try_put(&'c')?);
    assert_eq!((clone.get()?, queue.get()?), ('a', 'b'));
    Ok(())
}

fn capacity_0_is_refused() -> Result<()> {
    let told = Queue::<u8>::bounded(0).expect_err("0 is no capacity").to_string();
    assert_eq!(told, "the capacity of a queue is at least 1");
    Ok(())
}

fn capacity_0_is_refused_in_spanish() -> Result<()> {
    let told = Queue::<u8>::bounded(0).expect_err("0 is no capacity").to_string();
    assert_eq!(told, "la capacidad de una cola es de al menos 1");
    Ok(())
}

fn capacity_is_what_was_asked_for() -> Result<()> {
    for capacity in [1, 2, 16, 1000, 1 << 20] {
        assert_eq!(Queue::<u8>::bounded(capacity)?.capacity(), capacity);
    }
    assert_eq!(Queue::<u8>::bounded(usize::MAX)?.capacity(), 1 << 20);
    Ok(())
}

fn a_queue_of_capacity_1_alternates() -> Result<()> {
    fn count(out: Queue<u32>) -> Result<()> {
        (0..2000).try_for_each(|number| out.put(&number))
    }
    let queue = Queue::bounded(1)?;
    let child = Process::new(count, (queue.clone(),)).start()?;
    for number in 0..2000 {
        assert_eq!(queue.get()?, number);
    }
    assert!(child.join()?.success());
    Ok(())
}

fn put_waits_on_a_full_queue_until_a_get() -> Result<()> {
    fn put_three(queue: Queue<u8>, done: Queue<()>) -> Result<()> {
        (1..=3).try_for_each(|number| queue.put(&number))?;
        done.put(&())
    }
    let (queue, done) = (Queue::bounded(2)?, Queue::bounded(1)?);
    let child = Process::new(put_three, (queue.clone(), done.clone())).start()?;
    assert_eq!(done.get_timeout(MOMENT)?, None);
    assert_eq!(queue.get()?, 1);
    done.get()?;
    assert_eq!((queue.get()?, queue.get()?), (2, 3));
    assert!(child.join()?.success());
    Ok(())
}

fn get_waits_on_an_empty_queue_until_a_put() -> Result<()> {
    fn pass_on(from: Queue<u8>, to: Queue<u8>) -> Result<()> {
        to.put(&from.get()?)
    }
    let (from, to) = (Queue::bounded(1)?, Queue::bounded(1)?);
    let child = Process::new(pass_on, (from.clone(), to.clone())).start()?;
    assert_eq!(to.get_timeout(MOMENT)?, None);
    from.put(&5)?;
    assert_eq!(to.get()?, 5);
    assert!(child.join()?.success());
    Ok(())
}

fn try_put_says_whether_it_did() -> Result<()> {
    let queue = Queue::bounded(1)?;
    assert!(queue.try_put(&1)?);
    assert!(!queue.try_put(&2)?);
    assert_eq!(queue.get()?, 1);
    assert!(queue.try_put(&3)?);
    Ok(())
}

fn try_get_is_none_on_an_empty_queue() -> Result<()> {
    let queue = Queue::bounded(1)?;
    assert_eq!(queue.try_get()?, None);
    queue.put(&Some(1))?;
    assert_eq!(queue.try_get()?, Some(Some(1)));
    assert_eq!(queue.try_get()?, None);
    Ok(())
}

fn put_timeout_gives_up_after_its_limit() -> Result<()> {
    let queue = Queue::bounded(1)?;
    assert!(queue.put_timeout(&1, MOMENT)?);
    let begun = Instant::now();
    assert!(!queue.put_timeout(&2, MOMENT)?);
    assert!(begun.elapsed() >= MOMENT);
    assert!(!queue.put_timeout(&2, Duration::ZERO)?);
    assert_eq!((queue.get()?, queue.try_get()?), (1, None));
    Ok(())
}

fn get_timeout_gives_up_after_its_limit() -> Result<()> {
    let queue = Queue::<u8>::bounded(1)?;
    let begun = Instant::now();
    assert_eq!(queue.get_timeout(MOMENT)?, None);
    assert!(begun.elapsed() >= MOMENT);
    assert_eq!(queue.get_timeout(Duration::ZERO)?, None);
    Ok(())
}

fn get_timeout_gets_what_comes_in_time() -> Result<()> {
    fn put_later(queue: Queue<u8>) -> Result<()> {
        procesos::sleep(MOMENT);
        queue.put(&1)
    }
    let queue = Queue::bounded(1)?;
    let child = Process::new(put_later, (queue.clone(),)).start()?;
    assert_eq!(queue.get_timeout(AGES)?, Some(1));
    assert!(queue.put_timeout(&2, Duration::MAX)?);
    assert_eq!(queue.get_timeout(Duration::MAX)?, Some(2));
    assert!(child.join()?.success());
    Ok(())
}

fn is_empty_is_true_before_the_first_put_and_after_the_last_get() -> Result<()> {
    let queue = Queue::bounded(2)?;
    assert!(queue.is_empty());
    queue.put(&1)?;
    assert!(!queue.is_empty());
    queue.get()?;
    assert!(queue.is_empty());
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Message {
    Fin,
    Dato(i128, f64),
    Texto { text: String, parts: Vec<Option<Message>> },
}

fn every_kind_of_serde_data_travels() -> Result<()> {
    let messages = [
        Message::Fin,
        Message::Dato(i128::MIN, -0.0),
        Message::Dato(i128::MAX, f64::INFINITY),
        Message::Texto { text: "ñ\0🦀".to_owned(), parts: vec![None, Some(Message::Fin)] },
        Message::Texto { text: String::new(), parts: Vec::new() },
    ];
    let queue = Queue::bounded(messages.len())?;
    for message in &messages {
        queue.put(message)?;
    }
    for message in messages {
        assert_eq!(queue.get()?, message);
    }
    Ok(())
}

fn a_message_that_takes_no_bytes_is_an_item() -> Result<()> {
    let queue = Queue::bounded(3)?;
    for () in [(), (), ()] {
        queue.put(&())?;
    }
    assert!(!queue.try_put(&())?);
    for () in [(), (), ()] {
        queue.get()?;
    }
    assert_eq!(queue.try_get()?, None);
    Ok(())
}

/// Tells the refusals of every kind of handle.
fn refusals() -> Result<Vec<String>> {
    let (here, _there) = pipe::<u8, u8>()?;
    let told = [
        Queue::bounded(1)?.put(&vec![Queue::<u8>::bounded(1)?]),
        Queue::bounded(1)?.try_put(&Some(Lock::new()?)).map(drop),
        Queue::bounded(1)?.put_timeout(&(1, Value::new(1)?), AGES).map(drop),
        Queue::<Connection<u8, u8>>::bounded(1)?.put(&here),
        pipe::<Value<i8>, ()>()?.0.send(&Value::new(1)?),
    ];
    Ok(told.into_iter().map(|refused| refused.expect_err("a handle does not travel").to_string()).collect())
}

fn a_handle_inside_a_message_is_refused() -> Result<()> {
    for (told, what) in refusals()?.iter().zip(["Queue", "Lock", "Value", "Connection", "Value"]) {
        let expected =
            format!("a {what} does not travel in a message: pass it as an argument of Process::new");
        assert_eq!(*told, expected);
    }
    Ok(())
}

fn a_handle_inside_a_message_is_refused_in_spanish() -> Result<()> {
    let told = refusals()?.swap_remove(0);
    assert_eq!(told, "un Queue no viaja en un mensaje: pásalo como argumento de Process::new");
    Ok(())
}

/// A message with a stubborn part.
struct Stays;

impl Serialize for Stays {
    fn serialize<S: serde::Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("it stays"))
    }
}

fn a_message_that_cannot_be_serialised_is_an_error_of_put_and_not_an_item() -> Result<()> {
    let queue = Queue::<(u8, Option<Stays>)>::bounded(1)?;
    let told = queue.put(&(1, Some(Stays))).expect_err("it stays").to_string();
    assert!(told.starts_with("the message cannot be serialised: "), "{told}");
    assert!(queue.is_empty());
    queue.put(&(1, None))?;
    assert!(!queue.is_empty());
    Ok(())
}

const NOT_HANDED: &str = "this Queue was not handed to this process: pass it as an argument of Process::new";
static GLOBAL: OnceLock<Queue<u8>> = OnceLock::new();

fn global() -> &'static Queue<u8> {
    GLOBAL.get_or_init(|| Queue::bounded(4).expect("there is memory"))
}

fn a_queue_from_a_static_is_refused_in_a_child() -> Result<()> {
    fn use_global() {
        let queue = global();
        let told = [
            queue.put(&1).map(drop),
            queue.try_put(&1).map(drop),
            queue.put_timeout(&1, AGES).map(drop),
            queue.get().map(drop),
            queue.try_get().map(drop),
            queue.get_timeout(AGES).map(drop),
            Process::new(|_: Queue<u8>| (), (queue.clone(),)).start().map(drop),
        ];
        for refused in told {
            assert_eq!(refused.expect_err("it was not handed over").to_string(), NOT_HANDED);
        }
    }
    global().put(&3)?;
    assert!(Process::new(use_global, ()).start()?.join()?.success());
    assert_eq!((global().get()?, global().try_get()?), (3, None));
    Ok(())
}

fn is_empty_from_a_static_panics_in_a_child() -> Result<()> {
    global();
    let status = Process::new(|| assert!(global().is_empty()), ()).start()?.join()?;
    assert_eq!(status.code(), Some(101));
    Ok(())
}

fn items_outlive_the_process_that_put_them() -> Result<()> {
    let queue = Queue::bounded(3)?;
    let child = Process::new(|out: Queue<String>| out.put(&"left".to_owned()), (queue.clone(),)).start()?;
    assert!(child.join()?.success());
    assert_eq!(queue.get()?, "left");
    Ok(())
}
