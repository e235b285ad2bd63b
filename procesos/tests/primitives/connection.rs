//! `pipe` and `Connection`: messages both ways, their credit, and the operations with a limit.

use std::time::{Duration, Instant};

use procesos::{CREDIT_BYTES, CREDIT_MESSAGES, Connection, Process, Queue, Result, pipe};

use crate::case::{Case, case};
use crate::parcel::{Bytes, Parcel};
use crate::random::Random;

/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
/// A limit that is not reached.
const AGES: Duration = Duration::from_secs(600);
const MEBI: usize = 1 << 20;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(messages_of_two_types_go_both_ways),
        case!(messages_arrive_in_order),
        case!(messages_of_1_mebibyte_go_both_ways),
        case!(messages_of_64_mebibytes_go_both_ways),
        case!(every_size_around_the_largest_packet_arrives_whole),
        case!(a_message_that_takes_no_bytes_arrives),
        case!(sixty_four_messages_may_be_on_their_way),
        case!(bytes_on_their_way_are_bounded),
        case!(a_larger_message_travels_alone),
        case!(credit_is_counted_for_each_direction),
        case!(poll_tells_whether_recv_would_wait),
        case!(poll_is_woken_by_a_message),
        case!(try_recv_is_none_until_a_message_came),
        case!(recv_timeout_gives_up_after_its_limit),
        case!(an_end_is_handed_on_to_a_grandchild),
        case!(both_ends_are_handed_to_siblings),
        case!(many_pipes_at_once_do_not_mix),
    ]
}

fn messages_of_two_types_go_both_ways() -> Result<()> {
    fn measure(line: Connection<usize, String>) -> Result<()> {
        loop {
            match line.recv() {
                Ok(text) => line.send(&text.len())?,
                Err(error) if error.is_eof() => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
    let (here, there) = pipe()?;
    let child = Process::new(measure, (there,)).start()?;
    for text in ["", "hola", "ñandú", &"x".repeat(5000)] {
        here.send(&text.to_owned())?;
        assert_eq!(here.recv()?, text.len());
    }
    drop(here);
    assert!(child.join()?.success());
    Ok(())
}

fn count_up(line: Connection<u64, u64>, count: u64) -> Result<()> {
    (0..count).try_for_each(|number| line.send(&number))
}

fn messages_arrive_in_order() -> Result<()> {
    let (here, there) = pipe()?;
    let child = Process::new(count_up, (there, 10_000)).start()?;
    for number in 0..10_000 {
        assert_eq!(here.recv()?, number);
    }
    assert!(child.join()?.success());
    Ok(())
}

/// Sends every parcel back under its number plus one.
fn mirror(line: Connection<Parcel, Parcel>, length: usize) -> Result<()> {
    loop {
        let parcel = match line.recv() {
            Err(error) if error.is_eof() => return Ok(()),
            received => received?,
        };
        assert!(parcel.is_whole());
        line.send(&Parcel::new(2, parcel.number + 1, length))?;
    }
}

fn exchange(rounds: u64, length: usize) -> Result<()> {
    let (here, there) = pipe()?;
    let child = Process::new(mirror, (there, length)).start()?;
    for number in 0..rounds {
        here.send(&Parcel::new(1, number, length))?;
        let back = here.recv()?;
        assert_eq!((back.sender, back.number), (2, number + 1));
        assert!(back.is_whole());
    }
    drop(here);
    assert!(child.join()?.success());
    Ok(())
}

fn messages_of_1_mebibyte_go_both_ways() -> Result<()> {
    exchange(15, MEBI)
}

fn messages_of_64_mebibytes_go_both_ways() -> Result<()> {
    exchange(1, 64 * MEBI)
}

fn every_size_around_the_largest_packet_arrives_whole() -> Result<()> {
    let (here, there) = pipe::<Parcel, ()>()?;
    for length in (65_500..65_560).chain([1, 4095, 4096, 131_071, 131_073, 212_992, 213_000]) {
        here.send(&Parcel::new(1, 1, length))?;
        assert!(there.recv()?.is_whole(), "{length}");
    }
    Ok(())
}

fn a_message_that_takes_no_bytes_arrives() -> Result<()> {
    let (here, there) = pipe::<(), ()>()?;
    here.send(&())?;
    here.send(&())?;
    there.recv()?;
    drop(here);
    there.recv()?;
    assert!(there.recv().is_err_and(|e| e.is_eof()));
    Ok(())
}

/// Sends the messages one by one, each told in `sent`.
fn tell_sent(line: Connection<Bytes, ()>, lengths: Vec<usize>, sent: Queue<usize>) -> Result<()> {
    for (index, length) in lengths.into_iter().enumerate() {
        line.send(&Bytes::encoded_in(length))?;
        sent.put(&index)?;
    }
    Ok(())
}

/// Checks that of messages of these lengths just so many leave at once, and one more with every one received.
fn expect_credit(lengths: &[usize], at_once: usize) -> Result<()> {
    let ((here, there), sent) = (pipe()?, Queue::bounded(lengths.len())?);
    let child = Process::new(tell_sent, (there, lengths.to_vec(), sent.clone())).start()?;
    for index in 0..at_once {
        assert_eq!(sent.get()?, index);
    }
    for index in at_once..lengths.len() {
        assert_eq!(sent.get_timeout(MOMENT)?, None, "message {index} left before another was received");
        here.recv()?;
        assert_eq!(sent.get()?, index);
    }
    assert!(child.join()?.success());
    Ok(())
}

fn sixty_four_messages_may_be_on_their_way() -> Result<()> {
    let many = usize::try_from(CREDIT_MESSAGES).expect("it is small");
    expect_credit(&vec![256; many + 3], many)
}

fn bytes_on_their_way_are_bounded() -> Result<()> {
    let quarter = usize::try_from(CREDIT_BYTES / 4).expect("it is small");
    expect_credit(&[quarter; 7], 4)?;
    expect_credit(&[quarter, quarter, quarter, quarter + 1], 3)
}

fn a_larger_message_travels_alone() -> Result<()> {
    fn send_two(line: Connection<Parcel, ()>, sent: Queue<u64>) -> Result<()> {
        for number in 0..2 {
            line.send(&Parcel::new(1, number, if number == 0 { MEBI } else { 1 }))?;
            sent.put(&number)?;
        }
        Ok(())
    }
    let ((here, there), sent) = (pipe()?, Queue::bounded(2)?);
    let child = Process::new(send_two, (there, sent.clone())).start()?;
    assert_eq!(sent.get()?, 0);
    assert_eq!(sent.get_timeout(MOMENT)?, None);
    assert!(here.recv()?.is_whole());
    assert_eq!(sent.get()?, 1);
    assert!(child.join()?.success());
    Ok(())
}

fn credit_is_counted_for_each_direction() -> Result<()> {
    let (here, there) = pipe::<u64, u64>()?;
    for number in 0..CREDIT_MESSAGES {
        here.send(&number)?;
        there.send(&number)?;
    }
    for number in 0..CREDIT_MESSAGES {
        assert_eq!((here.recv()?, there.recv()?), (number, number));
    }
    Ok(())
}

fn poll_tells_whether_recv_would_wait() -> Result<()> {
    let (here, there) = pipe::<u8, u8>()?;
    assert!(!there.poll(Duration::ZERO)?);
    let begun = Instant::now();
    assert!(!there.poll(MOMENT)?);
    assert!(begun.elapsed() >= MOMENT);
    here.send(&1)?;
    assert!(there.poll(Duration::ZERO)? && there.poll(AGES)?);
    there.recv()?;
    assert!(!there.poll(Duration::ZERO)?);
    drop(here);
    assert!(there.poll(Duration::ZERO)? && there.poll(AGES)?, "the end does not wait");
    Ok(())
}

fn poll_is_woken_by_a_message() -> Result<()> {
    fn send_later(line: Connection<u8, u8>) -> Result<()> {
        procesos::sleep(MOMENT);
        line.send(&1)?;
        assert!(line.recv().is_err_and(|e| e.is_eof()));
        Ok(())
    }
    let (here, there) = pipe()?;
    let child = Process::new(send_later, (there,)).start()?;
    assert!(here.poll(AGES)?);
    assert_eq!(here.try_recv()?, Some(1));
    drop(here);
    assert!(child.join()?.success());
    Ok(())
}

fn try_recv_is_none_until_a_message_came() -> Result<()> {
    let (here, there) = pipe::<Option<u8>, ()>()?;
    assert_eq!(there.try_recv()?, None);
    here.send(&None)?;
    assert_eq!(there.try_recv()?, Some(None));
    assert_eq!(there.try_recv()?, None);
    drop(here);
    assert!(there.try_recv().is_err_and(|e| e.is_eof()));
    Ok(())
}

fn recv_timeout_gives_up_after_its_limit() -> Result<()> {
    let (here, there) = pipe::<u8, ()>()?;
    let begun = Instant::now();
    assert_eq!(there.recv_timeout(MOMENT)?, None);
    assert!(begun.elapsed() >= MOMENT);
    assert_eq!(there.recv_timeout(Duration::ZERO)?, None);
    here.send(&1)?;
    assert_eq!(there.recv_timeout(AGES)?, Some(1));
    here.send(&2)?;
    assert_eq!(there.recv_timeout(Duration::MAX)?, Some(2));
    Ok(())
}

fn an_end_is_handed_on_to_a_grandchild() -> Result<()> {
    fn hand_on(line: Connection<u64, u64>, depth: u32) -> Result<()> {
        if depth == 0 {
            return line.send(&(line.recv()? + 1));
        }
        assert!(Process::new(hand_on, (line, depth - 1)).start()?.join()?.success());
        Ok(())
    }
    let (here, there) = pipe()?;
    let child = Process::new(hand_on, (there, 5)).start()?;
    here.send(&41)?;
    assert_eq!(here.recv()?, 42);
    assert!(here.recv().is_err_and(|e| e.is_eof()));
    assert!(child.join()?.success());
    Ok(())
}

fn both_ends_are_handed_to_siblings() -> Result<()> {
    fn sum(line: Connection<u64, u64>, total: Queue<u64>) -> Result<()> {
        let mut sum = 0;
        loop {
            match line.recv() {
                Ok(number) => sum += number,
                Err(error) if error.is_eof() => return total.put(&sum),
                Err(error) => return Err(error),
            }
        }
    }
    let ((left, right), total) = (pipe()?, Queue::bounded(1)?);
    Process::new(sum, (left, total.clone())).start()?;
    Process::new(count_up, (right, 1000)).start()?;
    assert_eq!(total.get()?, 499_500);
    Ok(())
}

fn many_pipes_at_once_do_not_mix() -> Result<()> {
    fn add(line: Connection<u64, u64>, number: u64) -> Result<()> {
        line.send(&(line.recv()? + number))
    }
    let mut random = Random::new(9);
    let mut lines = Vec::new();
    for number in 0..100 {
        let (here, there) = pipe()?;
        Process::new(add, (there, number)).start()?;
        lines.push((here, number, random.below(1000)));
    }
    for (line, _, start) in &lines {
        line.send(start)?;
    }
    for (line, number, start) in lines {
        assert_eq!(line.recv()?, start + number);
    }
    Ok(())
}
