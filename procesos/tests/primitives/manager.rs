//! `Manager` and its proxies: what they keep, who may use them, and what happens when the process ends.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use procesos::{DictProxy, ListProxy, Lock, Manager, Process, Queue, Result, ValueProxy};
use serde::{Deserialize, Serialize};

use crate::case::{Case, case};

const PROCESSES: u32 = 4;
const TIMES: u32 = 200;
const LARGE_BYTES: usize = 3 << 20;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(a_list_is_changed_as_a_vector_is),
        case!(an_index_that_is_not_there_is_an_error),
        case!(an_index_that_is_not_there_is_told_in_spanish).in_spanish(),
        case!(a_dictionary_keeps_the_order_of_its_keys),
        case!(a_dictionary_is_changed_as_a_map_is),
        case!(a_value_of_any_type_is_kept),
        case!(every_process_uses_the_same_objects),
        case!(a_grandchild_uses_what_it_was_given),
        case!(several_steps_need_a_lock),
        case!(what_is_got_is_a_copy),
        case!(proxies_are_kept_in_objects_of_the_same_manager),
        case!(handles_of_others_are_refused_within),
        case!(a_proxy_does_not_travel_in_a_message),
        case!(a_proxy_that_was_not_handed_over_is_refused),
        case!(a_manager_belongs_to_its_process),
        case!(two_managers_are_two_processes),
        case!(large_values_go_both_ways),
        case!(after_shutdown_every_call_is_an_error),
        case!(a_dropped_manager_leaves_no_process),
        case!(a_forgotten_manager_ends_with_the_program),
        case!(a_forgotten_manager_ends_with_its_process_without_a_frame).plain(),
        case!(a_child_has_a_manager_of_its_own),
    ]
}

fn a_list_is_changed_as_a_vector_is() -> Result<()> {
    let manager = Manager::start()?;
    let list = manager.list::<i32>()?;
    assert!(list.is_empty()? && list.to_vec()?.is_empty());
    assert_eq!(list.pop()?, None);
    list.append(&1)?;
    list.extend(&[2, 3, 4])?;
    list.insert(0, &0)?;
    list.insert(99, &5)?;
    assert_eq!((list.to_vec()?, list.len()?), (vec![0, 1, 2, 3, 4, 5], 6));
    list.set(2, &20)?;
    assert_eq!((list.get(2)?, list.remove(2)?, list.get(2)?), (20, 20, 3));
    assert_eq!((list.contains(&4)?, list.contains(&20)?), (true, false));
    assert_eq!((list.pop()?, list.len()?), (Some(5), 4));
    list.clear()?;
    assert!(list.is_empty()?);
    assert_eq!(manager.list_of(&["a".to_owned(), "b".to_owned()])?.to_vec()?, ["a", "b"]);
    Ok(())
}

fn an_index_that_is_not_there_is_an_error() -> Result<()> {
    let manager = Manager::start()?;
    let list = manager.list_of(&[1, 2])?;
    let told = "index 2 is out of the list, which has 2 elements: 0 to 1";
    assert_eq!(list.get(2).expect_err("there are two").to_string(), told);
    assert_eq!(list.set(2, &0).expect_err("there are two").to_string(), told);
    assert_eq!(list.remove(2).expect_err("there are two").to_string(), told);
    assert_eq!(list.to_vec()?, [1, 2]);
    Ok(())
}

fn an_index_that_is_not_there_is_told_in_spanish() -> Result<()> {
    let manager = Manager::start()?;
    let list = manager.list::<i32>()?;
    let told = list.get(0).expect_err("there are none").to_string();
    assert_eq!(told, "el índice 0 está fuera de la lista, que está vacía");
    manager.shutdown()?;
    let told = list.get(0).expect_err("it has ended").to_string();
    assert_eq!(told, "el proceso del Manager terminó: sus objetos ya no existen");
    Ok(())
}

fn a_dictionary_keeps_the_order_of_its_keys() -> Result<()> {
    let manager = Manager::start()?;
    let dict = manager.dict::<String, u32>()?;
    for (number, key) in ["z", "a", "m"].into_iter().enumerate() {
        dict.set(&key.to_owned(), &u32::try_from(number).unwrap_or(0))?;
    }
    dict.set(&"z".to_owned(), &9)?;
    assert_eq!((dict.keys()?, dict.values()?), (vec!["z".into(), "a".into(), "m".into()], vec![9, 1, 2]));
    dict.remove(&"z".to_owned())?;
    dict.set(&"z".to_owned(), &3)?;
    assert_eq!(dict.items()?, [("a".into(), 1), ("m".into(), 2), ("z".into(), 3)]);
    Ok(())
}

fn a_dictionary_is_changed_as_a_map_is() -> Result<()> {
    let manager = Manager::start()?;
    let dict = manager.dict::<u32, String>()?;
    assert!(dict.is_empty()?);
    assert_eq!((dict.get(&1)?, dict.remove(&1)?, dict.contains_key(&1)?), (None, None, false));
    dict.set(&1, &"one".to_owned())?;
    assert_eq!(dict.set_default(&1, &"other".to_owned())?, "one");
    assert_eq!(dict.set_default(&2, &"two".to_owned())?, "two");
    let more = BTreeMap::from([(2, "zwei".to_owned()), (3, "drei".to_owned())]);
    dict.update(&more)?;
    assert_eq!(dict.values()?, ["one", "zwei", "drei"]);
    assert_eq!((dict.len()?, dict.contains_key(&3)?), (3, true));
    assert_eq!(dict.remove(&2)?.as_deref(), Some("zwei"));
    assert_eq!(dict.keys()?, [1, 3]);
    dict.clear()?;
    assert_eq!((dict.len()?, dict.items()?), (0, vec![]));
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Progress {
    Waiting,
    Half { done: Vec<String> },
}

fn a_value_of_any_type_is_kept() -> Result<()> {
    let manager = Manager::start()?;
    let value = manager.value(&Progress::Waiting)?;
    assert_eq!(value.get()?, Progress::Waiting);
    let half = Progress::Half { done: vec!["one".to_owned(), "two".to_owned()] };
    value.set(&half)?;
    assert_eq!(value.clone().get()?, half);
    Ok(())
}

fn note(
    list: ListProxy<u32>,
    dict: DictProxy<u32, u32>,
    value: ValueProxy<String>,
    number: u32,
) -> Result<()> {
    for step in 0..TIMES {
        list.append(&(number * TIMES + step))?;
    }
    dict.set(&number, &procesos::pid())?;
    value.set(&format!("{number} was here"))
}

fn every_process_uses_the_same_objects() -> Result<()> {
    let manager = Manager::start()?;
    let (list, dict, value) = (manager.list()?, manager.dict()?, manager.value(&String::new())?);
    let start = |number| Process::new(note, (list.clone(), dict.clone(), value.clone(), number)).start();
    let children = (0..PROCESSES).map(start).collect::<Result<Vec<_>>>()?;
    let pids: Vec<u32> = children.iter().map(procesos::Child::pid).collect();
    for child in children {
        assert!(child.join()?.success());
    }
    let mut all = list.to_vec()?;
    for number in 0..PROCESSES {
        let of_one = all.iter().filter(|n| **n / TIMES == number);
        assert!(of_one.copied().eq(number * TIMES..(number + 1) * TIMES), "each came in its order");
        assert_eq!(dict.get(&number)?, Some(pids[number as usize]));
    }
    all.sort_unstable();
    assert!(all.into_iter().eq(0..PROCESSES * TIMES));
    assert!(value.get()?.ends_with("was here"));
    Ok(())
}

fn a_grandchild_uses_what_it_was_given() -> Result<()> {
    fn pass_on(list: ListProxy<u32>, depth: u32) -> Result<()> {
        list.append(&depth)?;
        if depth > 0 {
            assert!(Process::new(pass_on, (list.clone(), depth - 1)).start()?.join()?.success());
        }
        list.append(&depth)
    }
    let manager = Manager::start()?;
    let list = manager.list()?;
    assert!(Process::new(pass_on, (list.clone(), 2)).start()?.join()?.success());
    assert_eq!(list.to_vec()?, [2, 1, 0, 0, 1, 2]);
    Ok(())
}

fn several_steps_need_a_lock() -> Result<()> {
    fn count(dict: DictProxy<String, u32>, lock: Lock) -> Result<()> {
        let key = "total".to_owned();
        for _ in 0..TIMES {
            let guard = lock.acquire()?;
            dict.set(&key, &(dict.get(&key)?.unwrap_or(0) + 1))?;
            guard.release();
        }
        Ok(())
    }
    let manager = Manager::start()?;
    let (dict, lock) = (manager.dict()?, Lock::new()?);
    let start = |_| Process::new(count, (dict.clone(), lock.clone())).start();
    for child in (0..PROCESSES).map(start).collect::<Result<Vec<_>>>()? {
        assert!(child.join()?.success());
    }
    assert_eq!(dict.get(&"total".to_owned())?, Some(PROCESSES * TIMES));
    Ok(())
}

fn what_is_got_is_a_copy() -> Result<()> {
    let manager = Manager::start()?;
    let dict = manager.dict::<String, Vec<u32>>()?;
    let key = "notas".to_owned();
    dict.set(&key, &vec![7])?;
    let mut copy = dict.get(&key)?.expect("just set");
    copy.push(8);
    assert_eq!(dict.get(&key)?, Some(vec![7]), "the mutation is not seen");
    dict.set(&key, &copy)?;
    assert_eq!(dict.get(&key)?, Some(vec![7, 8]));
    Ok(())
}

fn proxies_are_kept_in_objects_of_the_same_manager() -> Result<()> {
    fn add(dict: DictProxy<String, ListProxy<u32>>, number: u32) -> Result<()> {
        dict.get(&"primes".to_owned())?.expect("it is there").append(&number)
    }
    let manager = Manager::start()?;
    let dict = manager.dict::<String, ListProxy<u32>>()?;
    let primes = manager.list_of(&[2, 3])?;
    dict.set(&"primes".to_owned(), &primes)?;
    assert!(Process::new(add, (dict.clone(), 5)).start()?.join()?.success());
    assert_eq!(primes.to_vec()?, [2, 3, 5], "what is nested is the object itself");
    let rows = manager.list_of(&[manager.list_of(&[1])?, manager.list::<i32>()?])?;
    rows.get(1)?.append(&9)?;
    let all: Result<Vec<Vec<i32>>> = rows.to_vec()?.iter().map(ListProxy::to_vec).collect();
    assert_eq!(all?, [[1], [9]]);
    let kept = manager.value(&(7, Some(dict.clone())))?;
    assert_eq!(kept.get()?.1.expect("it was put there").len()?, 1);
    Ok(())
}

fn handles_of_others_are_refused_within() -> Result<()> {
    let (manager, other) = (Manager::start()?, Manager::start()?);
    let told = manager.value(&other.list::<u8>()?).expect_err("of another").to_string();
    assert!(told.starts_with("a ListProxy does not travel in a message"), "{told}");
    let told = manager.list::<Queue<u8>>()?.append(&Queue::bounded(1)?).expect_err("not of it").to_string();
    assert!(told.starts_with("a Queue does not travel in a message"), "{told}");
    Ok(())
}

fn a_proxy_does_not_travel_in_a_message() -> Result<()> {
    let manager = Manager::start()?;
    let queue = Queue::<ListProxy<u8>>::bounded(1)?;
    let told = queue.put(&manager.list()?).expect_err("it is a handle").to_string();
    assert!(told.starts_with("a ListProxy does not travel in a message"), "{told}");
    Ok(())
}

static LIST: OnceLock<ListProxy<u32>> = OnceLock::new();
static MANAGER: OnceLock<Manager> = OnceLock::new();

fn a_proxy_that_was_not_handed_over_is_refused() -> Result<()> {
    let manager = Manager::start()?;
    LIST.set(manager.list_of(&[1])?).expect("set once");
    let child = |told: Queue<String>| {
        let list = LIST.get().expect("it was there at the fork");
        told.put(&list.get(0).expect_err("it was not handed over").to_string())
    };
    let told = Queue::bounded(1)?;
    assert!(Process::new(child, (told.clone(),)).start()?.join()?.success());
    assert!(told.get()?.starts_with("this ListProxy was not handed to this process"));
    Ok(())
}

fn a_manager_belongs_to_its_process() -> Result<()> {
    MANAGER.set(Manager::start()?).expect("set once");
    let child = |told: Queue<String>| -> Result<()> {
        let manager = MANAGER.get().expect("it was there at the fork");
        told.put(&manager.list::<u8>().expect_err("it is not this process's").to_string())?;
        told.put(&manager.shutdown().expect_err("it is not this process's").to_string())
    };
    let told = Queue::bounded(2)?;
    assert!(Process::new(child, (told.clone(),)).start()?.join()?.success());
    for _ in 0..2 {
        assert!(told.get()?.starts_with("this Manager was not handed to this process"));
    }
    MANAGER.get().expect("set above").list::<u8>()?.append(&1)
}

fn two_managers_are_two_processes() -> Result<()> {
    let (one, other) = (Manager::start()?, Manager::start()?);
    assert_ne!(one.pid(), other.pid());
    let (ones, others) = (one.list_of(&[1])?, other.list_of(&[2])?);
    one.shutdown()?;
    assert!(ones.len().is_err_and(|e| e.is_server_died()));
    assert_eq!(others.to_vec()?, [2]);
    Ok(())
}

fn large_values_go_both_ways() -> Result<()> {
    let manager = Manager::start()?;
    let list = manager.list::<String>()?;
    for letter in ["a", "b", "c"] {
        list.append(&letter.repeat(LARGE_BYTES))?;
    }
    let all = list.to_vec()?;
    assert!(all.iter().zip(["a", "b", "c"]).all(|(text, letter)| *text == letter.repeat(LARGE_BYTES)));
    Ok(())
}

fn after_shutdown_every_call_is_an_error() -> Result<()> {
    let manager = Manager::start()?;
    let (list, dict) = (manager.list_of(&[1])?, manager.dict::<u8, u8>()?);
    let value = manager.value(&1)?;
    manager.shutdown()?;
    manager.shutdown()?;
    assert_eq!(manager.pid(), None);
    assert!(list.get(0).is_err_and(|e| e.is_server_died()));
    assert!(dict.set(&1, &1).is_err_and(|e| e.is_server_died()));
    assert!(value.get().is_err_and(|e| e.is_server_died()));
    assert!(manager.list::<u8>().is_err_and(|e| e.is_server_died()));
    let child = |list: ListProxy<i32>| assert!(list.len().is_err_and(|e| e.is_server_died()));
    assert!(Process::new(child, (list,)).start()?.join()?.success());
    Ok(())
}

fn a_dropped_manager_leaves_no_process() -> Result<()> {
    let manager = Manager::start()?;
    let pid = manager.pid().expect("it has a process");
    let list = manager.list_of(&[1])?;
    drop(manager);
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "it was joined");
    assert!(list.len().is_err());
    Ok(())
}

fn a_forgotten_manager_ends_with_the_program() -> Result<()> {
    let manager = Manager::start()?;
    manager.list_of(&[1])?;
    std::mem::forget(manager);
    Ok(())
}

fn a_forgotten_manager_ends_with_its_process_without_a_frame() -> Result<()> {
    std::mem::forget(Manager::start()?);
    Ok(())
}

fn a_child_has_a_manager_of_its_own() -> Result<()> {
    let child = |sum: Queue<usize>| -> Result<()> {
        let manager = Manager::start()?;
        let list = manager.list_of(&[1_u8, 2])?;
        let own = |list: ListProxy<u8>| list.append(&3);
        assert!(Process::new(own, (list.clone(),)).start()?.join()?.success());
        sum.put(&list.len()?)
    };
    let sum = Queue::bounded(1)?;
    assert!(Process::new(child, (sum.clone(),)).start()?.join()?.success());
    assert_eq!(sum.get()?, 3);
    Ok(())
}
