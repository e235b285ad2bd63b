//! Tiny programs for tests/races, in pairs: one that is safe by an edge of happens-before, and one that lacks it.
//!
//! Each comes to a total of which two processes add a share. Nothing else says who comes first.

use procesos::{
    Array, Barrier, Child, Condition, DictProxy, Driver, Error, Event, ListProxy, Lock, Manager, Process,
    Queue, Result, Semaphore, Value, ValueProxy,
};

/// Does the program that the driver names.
pub fn perform(driver: &mut Driver) -> Result<()> {
    match driver.arg(0).unwrap_or_default() {
        "event_wait" => event(driver, |salida, total| salida.wait().map(|()| add(total))),
        "event_not_waited" => event(driver, |salida, total| {
            add(total);
            salida.wait()
        }),
        "event_is_set" => event(driver, |salida, total| {
            while !salida.is_set() {}
            add(total);
            Ok(())
        }),
        "event_asked_once" => event(driver, |salida, total| {
            let _ = salida.is_set();
            add(total);
            Ok(())
        }),
        "semaphore_signal" => signal(driver, true),
        "semaphore_signal_too_early" => signal(driver, false),
        "semaphore_of_one" => permits(driver, 1),
        "semaphore_of_two" => permits(driver, 2),
        "barrier" => barrier(driver, true),
        "barrier_for_nothing" => barrier(driver, false),
        "condition" => condition(driver, true),
        "condition_not_awaited" => condition(driver, false),
        "tasks_joined" => tasks(driver, true),
        "tasks_not_joined" => tasks(driver, false),
        "array_with_lock" => array(driver, Some(Lock::new()?), [0, 0]),
        "array_without_lock" => array(driver, None, [0, 0]),
        "array_of_their_own" => array(driver, None, [0, 1]),
        "element_with_lock" => element(driver, Some(Lock::new()?), [1, 1]),
        "element_without_lock" => element(driver, None, [1, 1]),
        "element_of_their_own" => element(driver, None, [0, 1]),
        "key_with_lock" => key(driver, Some(Lock::new()?), ["Ada", "Ada"]),
        "key_without_lock" => key(driver, None, ["Ada", "Ada"]),
        "key_of_their_own" => key(driver, None, ["Ada", "Alan"]),
        "kept_with_lock" => kept(driver, Some(Lock::new()?)),
        "kept_without_lock" => kept(driver, None),
        "absent_key_with_lock" => absent_key(driver, Some(Lock::new()?)),
        "absent_key_without_lock" => absent_key(driver, None),
        "default_with_lock" => default(driver, Some(Lock::new()?)),
        "default_without_lock" => default(driver, None),
        "whole_with_lock" => whole(driver, Some(Lock::new()?)),
        "whole_without_lock" => whole(driver, None),
        "updated_with_lock" => updated(driver, Some(Lock::new()?)),
        "updated_without_lock" => updated(driver, None),
        "appended" => appended(driver),
        "filled_once" => filled_once(driver),
        "taken_out" => taken_out(driver),
        "flag_of_a_manager" => flag_of_a_manager(driver, true),
        "manager_orders_nothing" => flag_of_a_manager(driver, false),
        "mailbox" => mailbox(driver),
        "conversation" => conversation(driver),
        "copy_written_back" => nested(driver, true),
        "copy_not_written" => nested(driver, false),
        other => Err(Error::usage(format!("no program is called {other}"))),
    }
}

/// Says what came out, and what should have.
fn report(driver: &mut Driver, total: impl serde::Serialize, expected: impl serde::Serialize) -> Result<()> {
    driver.result("total", total);
    driver.result("esperado", expected);
    Ok(())
}

fn join_all(children: impl IntoIterator<Item = Result<Child>>) -> Result<()> {
    let children = children.into_iter().collect::<Result<Vec<_>>>()?;
    children.into_iter().try_for_each(|child| child.join().map(drop))
}

fn add(total: &Value<i64>) {
    total.set(total.get() + 1);
}

/// One adds and sets the event; what the other does is given.
fn event(driver: &mut Driver, other: fn(&Event, &Value<i64>) -> Result<()>) -> Result<()> {
    fn first(event: Event, total: Value<i64>) {
        add(&total);
        event.set();
    }
    let (event, total) = (Event::new()?, Value::new(0)?);
    let child = Process::new(first, (event.clone(), total.clone())).start()?;
    other(&event, &total)?;
    child.join()?;
    report(driver, total.get(), 2)
}

/// One gives a permit after it has added, or before.
fn signal(driver: &mut Driver, after: bool) -> Result<()> {
    fn first(semaphore: Semaphore, total: Value<i64>, after: bool) -> Result<()> {
        if after {
            add(&total);
            return semaphore.release();
        }
        semaphore.release()?;
        add(&total);
        Ok(())
    }
    let (semaphore, total) = (Semaphore::new(0)?, Value::new(0)?);
    let child = Process::new(first, (semaphore.clone(), total.clone(), after)).start()?;
    semaphore.acquire()?.consume();
    add(&total);
    child.join()?;
    report(driver, total.get(), 2)
}

fn permits(driver: &mut Driver, permits: u32) -> Result<()> {
    fn guarded(semaphore: Semaphore, total: Value<i64>) -> Result<()> {
        let permit = semaphore.acquire()?;
        add(&total);
        permit.release();
        Ok(())
    }
    let (semaphore, total) = (Semaphore::new(permits)?, Value::new(0)?);
    join_all((0..2).map(|_| Process::new(guarded, (semaphore.clone(), total.clone())).start()))?;
    report(driver, total.get(), 2)
}

/// The child adds before the barrier; the parent after it, or before it too.
fn barrier(driver: &mut Driver, after: bool) -> Result<()> {
    fn first(barrier: Barrier, total: Value<i64>) -> Result<()> {
        add(&total);
        barrier.wait().map(drop)
    }
    let (barrier, total) = (Barrier::new(2)?, Value::new(0)?);
    let child = Process::new(first, (barrier.clone(), total.clone())).start()?;
    if !after {
        add(&total);
    }
    barrier.wait()?;
    if after {
        add(&total);
    }
    child.join()?;
    report(driver, total.get(), 2)
}

/// The child adds and notifies; the parent waits for that before it adds, or after. It adds without the lock.
fn condition(driver: &mut Driver, after: bool) -> Result<()> {
    fn first(changed: Condition, ready: Value<bool>, total: Value<i64>) -> Result<()> {
        add(&total);
        let guard = changed.acquire()?;
        ready.set(true);
        changed.notify_all(&guard)?;
        guard.release();
        Ok(())
    }
    let (lock, ready, total) = (Lock::new()?, Value::new(false)?, Value::new(0)?);
    let changed = Condition::new(&lock)?;
    let child = Process::new(first, (changed.clone(), ready.clone(), total.clone())).start()?;
    if !after {
        add(&total);
    }
    let mut guard = changed.acquire()?;
    changed.wait_for(&mut guard, || ready.get())?;
    guard.release();
    if after {
        add(&total);
    }
    child.join()?;
    report(driver, total.get(), 2)
}

/// A worker adds for its task; the parent adds when the tasks are done, or before.
fn tasks(driver: &mut Driver, after: bool) -> Result<()> {
    fn work(tasks: Queue<()>, total: Value<i64>) -> Result<()> {
        tasks.get()?;
        add(&total);
        tasks.task_done()
    }
    let (tasks, total) = (Queue::bounded(2)?, Value::new(0)?);
    tasks.put(&())?;
    let worker = Process::new(work, (tasks.clone(), total.clone())).start()?;
    if !after {
        add(&total);
    }
    tasks.join()?;
    if after {
        add(&total);
    }
    worker.join()?;
    report(driver, total.get(), 2)
}

/// Two add to elements of an array.
fn array(driver: &mut Driver, lock: Option<Lock>, indices: [usize; 2]) -> Result<()> {
    fn add_at(array: Array<i64>, index: usize, lock: Option<Lock>) -> Result<()> {
        let guard = lock.as_ref().map(Lock::acquire).transpose()?;
        array.set(index, array.get(index) + 1);
        drop(guard);
        Ok(())
    }
    let array = Array::new(&[0; 2])?;
    join_all(indices.map(|index| Process::new(add_at, (array.clone(), index, lock.clone())).start()))?;
    report(driver, array.iter().sum::<i64>(), 2)
}

/// Two add to elements of a manager's list.
fn element(driver: &mut Driver, lock: Option<Lock>, indices: [usize; 2]) -> Result<()> {
    fn add_at(list: ListProxy<i64>, index: usize, lock: Option<Lock>) -> Result<()> {
        let guard = lock.as_ref().map(Lock::acquire).transpose()?;
        list.set(index, &(list.get(index)? + 1))?;
        drop(guard);
        Ok(())
    }
    let manager = Manager::start()?;
    let list = manager.list_of(&[5, 7])?;
    join_all(indices.map(|index| Process::new(add_at, (list.clone(), index, lock.clone())).start()))?;
    report(driver, list.to_vec()?.iter().sum::<i64>(), 14)
}

/// Two add to what is at keys of a manager's dictionary.
fn key(driver: &mut Driver, lock: Option<Lock>, keys: [&str; 2]) -> Result<()> {
    fn add_at(dict: DictProxy<String, i64>, key: String, lock: Option<Lock>) -> Result<()> {
        let guard = lock.as_ref().map(Lock::acquire).transpose()?;
        dict.set(&key, &(dict.get(&key)?.unwrap_or(0) + 1))?;
        drop(guard);
        Ok(())
    }
    let manager = Manager::start()?;
    let dict = manager.dict()?;
    for key in keys {
        dict.set(&key.to_owned(), &1)?;
    }
    let expected = dict.len()? + 2;
    join_all(keys.map(|key| Process::new(add_at, (dict.clone(), key.to_owned(), lock.clone())).start()))?;
    report(driver, dict.values()?.iter().sum::<i64>(), expected)
}

/// Two add to a manager's value.
fn kept(driver: &mut Driver, lock: Option<Lock>) -> Result<()> {
    fn add_to(kept: ValueProxy<i64>, lock: Option<Lock>) -> Result<()> {
        let guard = lock.as_ref().map(Lock::acquire).transpose()?;
        kept.set(&(kept.get()? + 1))?;
        drop(guard);
        Ok(())
    }
    let manager = Manager::start()?;
    let kept = manager.value(&0)?;
    join_all((0..2).map(|_| Process::new(add_to, (kept.clone(), lock.clone())).start()))?;
    report(driver, kept.get()?, 2)
}

/// Two count at a key that is not there in the beginning.
fn absent_key(driver: &mut Driver, lock: Option<Lock>) -> Result<()> {
    fn count(dict: DictProxy<String, Vec<i64>>, own: i64, lock: Option<Lock>) -> Result<()> {
        let key = "votos".to_owned();
        let guard = lock.as_ref().map(Lock::acquire).transpose()?;
        let mut votes = dict.get(&key)?.unwrap_or_default();
        votes.push(own);
        dict.set(&key, &votes)?;
        drop(guard);
        Ok(())
    }
    let manager = Manager::start()?;
    let dict = manager.dict()?;
    join_all((1..3).map(|own| Process::new(count, (dict.clone(), own, lock.clone())).start()))?;
    let mut votes = dict.get(&"votos".to_owned())?.unwrap_or_default();
    votes.sort_unstable();
    report(driver, votes, [1, 2])
}

/// Two ask for what is at a key, with a default, and write one more.
fn default(driver: &mut Driver, lock: Option<Lock>) -> Result<()> {
    fn count(dict: DictProxy<u8, i64>, lock: Option<Lock>) -> Result<()> {
        let guard = lock.as_ref().map(Lock::acquire).transpose()?;
        dict.set(&1, &(dict.set_default(&1, &0)? + 1))?;
        drop(guard);
        Ok(())
    }
    let manager = Manager::start()?;
    let dict = manager.dict()?;
    join_all((0..2).map(|_| Process::new(count, (dict.clone(), lock.clone())).start()))?;
    report(driver, dict.get(&1)?, Some(2))
}

/// Two read all of a list and write one element.
fn whole(driver: &mut Driver, lock: Option<Lock>) -> Result<()> {
    fn count(list: ListProxy<i64>, lock: Option<Lock>) -> Result<()> {
        let guard = lock.as_ref().map(Lock::acquire).transpose()?;
        let all = list.to_vec()?;
        list.set(0, &(all[0] + 1))?;
        drop(guard);
        Ok(())
    }
    let manager = Manager::start()?;
    let list = manager.list_of(&[0, 9])?;
    join_all((0..2).map(|_| Process::new(count, (list.clone(), lock.clone())).start()))?;
    report(driver, list.get(0)?, 2)
}

/// Two read what is at two keys and write both in one step.
fn updated(driver: &mut Driver, lock: Option<Lock>) -> Result<()> {
    fn count(dict: DictProxy<u8, i64>, lock: Option<Lock>) -> Result<()> {
        let guard = lock.as_ref().map(Lock::acquire).transpose()?;
        let (one, two) = (dict.get(&1)?.unwrap_or(0) + 1, dict.get(&2)?.unwrap_or(0) + 1);
        dict.update([(&1, &one), (&2, &two)])?;
        drop(guard);
        Ok(())
    }
    let manager = Manager::start()?;
    let dict = manager.dict()?;
    dict.update([(&1, &0), (&2, &10)])?;
    join_all((0..2).map(|_| Process::new(count, (dict.clone(), lock.clone())).start()))?;
    report(driver, dict.values()?, [2, 12])
}

/// Appending is one step.
fn appended(driver: &mut Driver) -> Result<()> {
    fn append(list: ListProxy<i64>, own: i64) -> Result<()> {
        list.append(&own)?;
        list.append(&own)
    }
    let manager = Manager::start()?;
    let list = manager.list()?;
    join_all((1..3).map(|own| Process::new(append, (list.clone(), own)).start()))?;
    report(driver, list.to_vec()?.iter().sum::<i64>(), 6)
}

/// Whoever finds nothing puts what anybody else would put.
fn filled_once(driver: &mut Driver) -> Result<()> {
    fn look_up(known: DictProxy<i64, i64>, sum: Queue<i64>) -> Result<()> {
        let square = match known.get(&7)? {
            Some(square) => square,
            None => {
                known.set(&7, &49)?;
                49
            }
        };
        sum.put(&square)
    }
    let manager = Manager::start()?;
    let (known, sum) = (manager.dict()?, Queue::bounded(2)?);
    join_all((0..2).map(|_| Process::new(look_up, (known.clone(), sum.clone())).start()))?;
    report(driver, sum.get()? + sum.get()?, 98)
}

/// What is taken out of a list belongs to who took it.
fn taken_out(driver: &mut Driver) -> Result<()> {
    fn work(tasks: ListProxy<i64>, done: ListProxy<i64>) -> Result<()> {
        while let Some(task) = tasks.pop()? {
            done.append(&(task * 10))?;
        }
        Ok(())
    }
    let manager = Manager::start()?;
    let (tasks, done) = (manager.list_of(&[1, 2, 3])?, manager.list()?);
    join_all((0..2).map(|_| Process::new(work, (tasks.clone(), done.clone())).start()))?;
    report(driver, done.to_vec()?.iter().sum::<i64>(), 60)
}

/// The child adds, and then says so by a value of a manager; the parent waits for that, or only uses the manager, and adds.
fn flag_of_a_manager(driver: &mut Driver, waits: bool) -> Result<()> {
    fn first(ready: ValueProxy<bool>, notes: ListProxy<i64>, total: Value<i64>) -> Result<()> {
        notes.append(&1)?;
        add(&total);
        ready.set(&true)
    }
    let manager = Manager::start()?;
    let (ready, notes, total) = (manager.value(&false)?, manager.list()?, Value::new(0)?);
    let child = Process::new(first, (ready.clone(), notes.clone(), total.clone())).start()?;
    notes.append(&2)?;
    while waits && !ready.get()? {}
    add(&total);
    child.join()?;
    report(driver, total.get(), 2)
}

/// A place for one message: one puts when nothing is there, the other takes out.
fn mailbox(driver: &mut Driver) -> Result<()> {
    fn putter(place: DictProxy<String, String>) -> Result<()> {
        let slot = "slot".to_owned();
        for text in ["one", "two"] {
            while place.contains_key(&slot)? {}
            place.set(&slot, &text.to_owned())?;
        }
        Ok(())
    }
    let manager = Manager::start()?;
    let place = manager.dict()?;
    let child = Process::new(putter, (place.clone(),)).start()?;
    let mut got = Vec::new();
    while got.len() < 2 {
        got.extend(place.remove(&"slot".to_owned())?);
    }
    child.join()?;
    report(driver, got, ["one", "two"])
}

/// Each waits for the word of the other before it writes its own.
fn conversation(driver: &mut Driver) -> Result<()> {
    fn wait_for(state: &ValueProxy<String>, word: &str) -> Result<()> {
        while state.get()? != word {}
        Ok(())
    }
    fn answer(state: ValueProxy<String>) -> Result<()> {
        wait_for(&state, "ask")?;
        state.set(&"answer".to_owned())
    }
    let manager = Manager::start()?;
    let state = manager.value(&"begin".to_owned())?;
    let child = Process::new(answer, (state.clone(),)).start()?;
    state.set(&"ask".to_owned())?;
    wait_for(&state, "answer")?;
    state.set(&"end".to_owned())?;
    child.join()?;
    report(driver, state.get()?, "end")
}

/// What `get` gives is a copy.
fn nested(driver: &mut Driver, writes_back: bool) -> Result<()> {
    fn note(grades: DictProxy<String, Vec<i64>>, writes_back: bool) -> Result<()> {
        let key = "Ada".to_owned();
        let mut of_ada = grades.get(&key)?.unwrap_or_default();
        of_ada.push(9);
        if writes_back {
            grades.set(&key, &of_ada)?;
        }
        Ok(())
    }
    let manager = Manager::start()?;
    let grades = manager.dict()?;
    grades.set(&"Ada".to_owned(), &vec![10])?;
    let child = Process::new(note, (grades.clone(), writes_back)).start()?;
    child.join()?;
    report(driver, grades.get(&"Ada".to_owned())?, [10, 9])
}
