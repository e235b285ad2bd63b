//! `Queue` under load: large messages, sizes that wrap around, many processes on both sides.

use std::time::Duration;

use nix::sys::resource::{Resource, setrlimit};
use procesos::{Process, Queue, Result};
use serde::{Deserialize, Serialize};

use crate::case::{Case, case};
use crate::parcel::{Bytes, Parcel};
use crate::random::Random;

const MEBI: usize = 1 << 20;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(a_long_queue_that_is_full_keeps_every_item_through_many_rounds),
        case!(a_long_queue_between_processes_keeps_every_item_through_many_rounds),
        case!(messages_of_1_mebibyte_arrive_whole),
        case!(a_message_of_64_mebibytes_arrives_whole),
        case!(the_queue_blocks_on_items_and_never_on_bytes),
        case!(messages_that_do_not_fit_in_memory_are_an_error_and_the_queue_goes_on),
        case!(mixed_sizes_that_wrap_many_times_arrive_whole_and_in_order),
        case!(producers_and_consumers_lose_and_double_nothing),
        case!(many_processes_on_a_queue_of_capacity_1_all_get_their_turn),
        case!(a_process_that_waits_is_woken_by_every_way_to_put),
        case!(a_full_queue_of_small_messages_stays_fast_and_small),
    ]
}

fn send_parcels(out: Queue<Parcel>, sender: u32, count: u64, length: usize) -> Result<()> {
    (0..count).try_for_each(|number| out.put(&Parcel::new(sender, number, length)))
}

fn expect_parcels(from: &Queue<Parcel>, count: u64) -> Result<()> {
    for number in 0..count {
        let parcel = from.get()?;
        assert_eq!(parcel.number, number);
        assert!(parcel.is_whole(), "parcel {number} is torn");
    }
    Ok(())
}

fn messages_of_1_mebibyte_arrive_whole() -> Result<()> {
    let queue = Queue::bounded(4)?;
    let child = Process::new(send_parcels, (queue.clone(), 1, 40, MEBI)).start()?;
    expect_parcels(&queue, 40)?;
    assert!(child.join()?.success());
    Ok(())
}

fn a_message_of_64_mebibytes_arrives_whole() -> Result<()> {
    let queue = Queue::bounded(1)?;
    let child = Process::new(send_parcels, (queue.clone(), 1, 1, 64 * MEBI)).start()?;
    expect_parcels(&queue, 1)?;
    assert!(child.join()?.success());
    Ok(())
}

fn the_queue_blocks_on_items_and_never_on_bytes() -> Result<()> {
    let queue = Queue::bounded(32)?;
    for number in 0..32 {
        assert!(queue.try_put(&Parcel::new(1, number, MEBI))?);
    }
    assert!(!queue.try_put(&Parcel::new(1, 32, 1))?);
    expect_parcels(&queue, 32)
}

fn messages_that_do_not_fit_in_memory_are_an_error_and_the_queue_goes_on() -> Result<()> {
    // A small address space leaves the queue a small room: 16 MiB, where it would have 1 GiB.
    let limit = 64 * MEBI as u64;
    setrlimit(Resource::RLIMIT_AS, limit, limit).expect("a limit may be lowered");
    let queue = Queue::bounded(100)?;
    let mut put = 0;
    let told = loop {
        match queue.put(&Parcel::new(1, put, 3 * MEBI)) {
            Ok(()) => put += 1,
            Err(error) => break error.to_string(),
        }
        assert!(put < 10, "the room is bounded");
    };
    assert!(told.contains("does not fit the queue") && told.ends_with("send smaller messages"), "{told}");
    for number in 0..3 * put {
        let parcel = queue.get()?;
        assert!(parcel.is_whole() && parcel.number == number);
        queue.put(&Parcel::new(1, put + number, 2 * MEBI))?;
    }
    Ok(())
}

fn mixed_sizes_that_wrap_many_times_arrive_whole_and_in_order() -> Result<()> {
    fn send_mixed(out: Queue<Parcel>, count: u64) -> Result<()> {
        let mut random = Random::new(5);
        (0..count).try_for_each(|number| {
            let bound = [10, 200, 5_000, 150_000, 700_000][random.length(5)];
            out.put(&Parcel::new(1, number, random.length(bound)))
        })
    }
    for (capacity, count) in [(1, 500), (7, 1500), (64, 1500)] {
        let queue = Queue::bounded(capacity)?;
        let child = Process::new(send_mixed, (queue.clone(), count)).start()?;
        expect_parcels(&queue, count)?;
        assert!(child.join()?.success());
    }
    Ok(())
}

#[derive(Debug, Serialize, Deserialize)]
enum Work {
    Item(u32, u64),
    End,
}

/// What a consumer got: from each producer how many, and their sum; in order from each.
type Account = Vec<(u64, u64)>;

fn produce(out: Queue<Work>, producer: u32, count: u64) -> Result<()> {
    (1..=count).try_for_each(|number| out.put(&Work::Item(producer, number)))
}

fn consume(from: Queue<Work>, accounts: Queue<Account>, producers: usize) -> Result<()> {
    let mut account = vec![(0, 0); producers];
    let mut last = vec![0; producers];
    while let Work::Item(producer, number) = from.get()? {
        let index = producer as usize;
        assert!(number > last[index], "the items of one producer stay in order");
        last[index] = number;
        account[index].0 += 1;
        account[index].1 += number;
    }
    accounts.put(&account)
}

fn run_workers(producers: u32, consumers: u32, capacity: usize, count: u64) -> Result<()> {
    let (work, accounts) = (Queue::bounded(capacity)?, Queue::bounded(consumers as usize)?);
    let start_producer = |producer| Process::new(produce, (work.clone(), producer, count)).start();
    let sources = (0..producers).map(start_producer).collect::<Result<Vec<_>>>()?;
    for _ in 0..consumers {
        Process::new(consume, (work.clone(), accounts.clone(), producers as usize)).start()?;
    }
    for source in sources {
        assert!(source.join()?.success());
    }
    (0..consumers).try_for_each(|_| work.put(&Work::End))?;
    let mut total = vec![(0, 0); producers as usize];
    for _ in 0..consumers {
        for (sum, part) in total.iter_mut().zip(accounts.get()?) {
            *sum = (sum.0 + part.0, sum.1 + part.1);
        }
    }
    assert_eq!(total, vec![(count, count * (count + 1) / 2); producers as usize]);
    Ok(())
}

fn producers_and_consumers_lose_and_double_nothing() -> Result<()> {
    for (producers, consumers, capacity) in [(1, 4, 3), (4, 1, 16), (3, 3, 2), (4, 4, 100)] {
        run_workers(producers, consumers, capacity, 2000)?;
    }
    Ok(())
}

fn many_processes_on_a_queue_of_capacity_1_all_get_their_turn() -> Result<()> {
    run_workers(12, 12, 1, 60)
}

fn a_process_that_waits_is_woken_by_every_way_to_put() -> Result<()> {
    fn echo(from: Queue<u32>, to: Queue<u32>) -> Result<()> {
        (0..300).try_for_each(|_| to.put(&from.get()?))
    }
    let (there, back) = (Queue::bounded(2)?, Queue::bounded(2)?);
    let child = Process::new(echo, (there.clone(), back.clone())).start()?;
    let limit = Duration::from_secs(600);
    for number in 0..300 {
        let put = match number % 3 {
            0 => there.put(&number).map(|()| true)?,
            1 => there.try_put(&number)?,
            _ => there.put_timeout(&number, limit)?,
        };
        assert!(put);
        let got = if number % 2 == 0 { back.get()? } else { back.get_timeout(limit)?.expect("it comes") };
        assert_eq!(got, number);
    }
    assert!(child.join()?.success());
    Ok(())
}

/// Kibibytes of shared memory that this process has touched.
fn shared_kibibytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("RssShmem:")).expect("the kernel tells it");
    line.trim().trim_end_matches(" kB").parse().expect("it is a number")
}

fn a_full_queue_of_small_messages_stays_fast_and_small() -> Result<()> {
    // A length below 128 takes one byte: 64 in all.
    let message = Bytes(vec![1; 63]);
    // The part of the room that is reused in preference, of 1 MiB: filled to its last bytes, and a little too small.
    for capacity in [16_383, 19_000] {
        let queue = Queue::bounded(capacity)?;
        for _ in 0..capacity {
            assert!(queue.try_put(&message)?);
        }
        // Looking for room among all items at every put would take minutes, and never coming back fill a gigabyte.
        for _ in 0..10 * capacity {
            assert_eq!(queue.get()?, message);
            assert!(queue.try_put(&message)?);
        }
        let kibibytes = shared_kibibytes();
        assert!(kibibytes < 8 * 1024, "1.2 MB of messages take {kibibytes} KiB");
    }
    Ok(())
}

/// So long that its places go back to the system as they are got.
const LONG: u64 = 5_000;
const ROUNDS: u64 = 6;

fn a_long_queue_that_is_full_keeps_every_item_through_many_rounds() -> Result<()> {
    let queue = Queue::bounded(usize::try_from(LONG).unwrap_or(0))?;
    (0..LONG).try_for_each(|number| queue.put(&number))?;
    for number in 0..LONG * ROUNDS {
        assert!(!queue.try_put(&0)?);
        assert_eq!(queue.get()?, number);
        queue.put(&(number + LONG))?;
    }
    Ok(())
}

fn a_long_queue_between_processes_keeps_every_item_through_many_rounds() -> Result<()> {
    fn count(to: Queue<u64>) -> Result<()> {
        (0..LONG * ROUNDS).try_for_each(|number| to.put(&number))
    }
    let queue = Queue::bounded(usize::try_from(LONG).unwrap_or(0))?;
    let child = Process::new(count, (queue.clone(),)).start()?;
    for number in 0..LONG * ROUNDS {
        assert_eq!(queue.get()?, number);
    }
    assert!(child.join()?.success());
    Ok(())
}
