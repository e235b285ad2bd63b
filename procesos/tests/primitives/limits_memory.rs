//! What is said, and what is left, when there is no memory to share or for a message.

use std::fs;

use nix::sys::resource::Resource;
use procesos::{
    Array, Barrier, Condition, Error, Event, Lock, Manager, Pool, Queue, RLock, Result, Semaphore, Value,
    pipe,
};

use crate::case::{Case, Text, case};
use crate::limits::{LARGE, has_no_children, mapped_pages, refused, unlimit, use_up_memory};
use crate::parcel::Parcel;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(every_constructor_says_that_there_is_no_memory),
        case!(the_end_of_memory_is_told_in_spanish).in_spanish(),
        // A worker that has no memory for its work may say so.
        case!(a_pool_is_made_whole_or_not_at_all).stderr(Text::Judged),
        case!(a_message_that_there_is_no_memory_for_is_refused),
        case!(an_item_that_there_is_no_memory_for_stays_in_the_queue),
    ]
}

const NO_MEMORY: &str = "no memory is left, or there are too many shared objects at once: drop those that you no longer use, or raise the limit (ulimit -v; of objects, vm.max_map_count)";

/// What each constructor says, by its name.
fn all_constructors(lock: &Lock) -> [(&'static str, Option<Error>); 13] {
    [
        ("Lock::new", Lock::new().err()),
        ("RLock::new", RLock::new().err()),
        ("Value::new", Value::new(1).err()),
        ("Array::new", Array::new(&[1; 3]).err()),
        ("Event::new", Event::new().err()),
        ("Semaphore::new", Semaphore::new(1).err()),
        ("Semaphore::new", Semaphore::bounded(1).err()),
        ("Condition::new", Condition::new(lock).err()),
        ("Barrier::new", Barrier::new(2).err()),
        ("Queue::bounded", Queue::<u8>::bounded(2).err()),
        ("pipe", pipe::<u8, u8>().err()),
        ("Pool::new", Pool::new(2).err()),
        ("Manager::start", Manager::start().err()),
    ]
}

fn every_constructor_says_that_there_is_no_memory() -> Result<()> {
    let lock = Lock::new()?;
    let descriptors = || fs::read_dir("/proc/self/fd").expect("this is Linux").count();
    let (open, mapped) = (descriptors(), mapped_pages());
    use_up_memory(0);
    for _ in 0..50 {
        for (name, error) in all_constructors(&lock) {
            let error = error.expect("there is no memory to share");
            assert!(error.is_exhausted());
            assert_eq!(error.to_string(), format!("{name}: {NO_MEMORY}"));
        }
    }
    unlimit(Resource::RLIMIT_AS);
    assert!(has_no_children());
    // What the allocator took before the limit is its own.
    assert!(descriptors() == open && mapped_pages() <= mapped + 300, "{mapped} became {}", mapped_pages());
    assert!(all_constructors(&lock).iter().all(|(_, error)| error.is_none()));
    Ok(())
}

fn the_end_of_memory_is_told_in_spanish() -> Result<()> {
    use_up_memory(0);
    assert_eq!(
        refused(Lock::new()).to_string(),
        "Lock::new: no queda memoria, o hay demasiados objetos compartidos a la vez: suelta los que ya no uses, o sube el límite (ulimit -v; de objetos, vm.max_map_count)"
    );
    let message = "x".repeat(100);
    unlimit(Resource::RLIMIT_AS);
    let (large, queue) = (message.repeat(LARGE / 100), Queue::bounded(1)?);
    use_up_memory(0);
    assert_eq!(
        refused(queue.put(&large)).to_string(),
        "Serialize: no queda memoria para un mensaje de 40000004 bytes: envía mensajes más chicos"
    );
    Ok(())
}

fn a_pool_is_made_whole_or_not_at_all() -> Result<()> {
    let before = mapped_pages();
    // Each of its parts is the first that there is no memory for.
    let mut room = 1 << 20;
    loop {
        use_up_memory(room);
        let made = Pool::new(2);
        unlimit(Resource::RLIMIT_AS);
        match made {
            Ok(pool) => {
                assert_eq!(pool.workers(), 2);
                break;
            }
            Err(error) => assert_eq!(error.to_string(), format!("Pool::new: {NO_MEMORY}")),
        }
        assert!(has_no_children() && mapped_pages() <= before + 300);
        room += 1 << 20;
    }
    assert!(room > 1 << 21, "there was memory for all of it at once");
    assert!(has_no_children());
    Ok(())
}

fn a_message_that_there_is_no_memory_for_is_refused() -> Result<()> {
    let (queue, large, small) = (Queue::bounded(2)?, "x".repeat(LARGE), "y".to_owned());
    queue.put(&small)?;
    use_up_memory(0);
    let error = refused(queue.put(&large));
    assert!(error.is_exhausted());
    let told = "Serialize: no memory is left for a message of 40000004 bytes: send smaller messages";
    assert_eq!(error.to_string(), told);
    queue.put(&small)?;
    assert_eq!((queue.get()?, queue.get()?), ("y".to_owned(), "y".to_owned()));
    unlimit(Resource::RLIMIT_AS);
    queue.put(&large)?;
    assert_eq!(queue.get()?.len(), LARGE);
    Ok(())
}

fn an_item_that_there_is_no_memory_for_stays_in_the_queue() -> Result<()> {
    let queue = Queue::bounded(2)?;
    queue.put(&Parcel::new(1, 1, LARGE))?;
    use_up_memory(0);
    for _ in 0..3 {
        let error = refused(queue.get());
        assert!(error.is_exhausted());
        assert!(error.to_string().starts_with("Queue: no memory is left for a message of 400000"), "{error}");
    }
    unlimit(Resource::RLIMIT_AS);
    assert_eq!(queue.get().map(|parcel| (parcel.is_whole(), parcel.number))?, (true, 1));
    Ok(())
}
