//! The trace of what is asked of managers: which part of which object, what was written, and by what a reader is known to have got that.

use std::collections::BTreeSet;

use procesos::{Manager, Result};
use procesos_trace::{Event as Recorded, Method, Op, TextEntry, flags};

use crate::case::{Case, case};
use crate::run::Observed;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(calls_tell_their_method_and_part).traced(methods_and_parts_are_told),
        case!(what_is_written_is_told_by_its_type).traced(types_are_told),
        case!(who_reads_tells_who_wrote).traced(reads_pair_with_writes),
        case!(several_values_in_one_step_are_told_one_by_one).traced(parts_are_told),
        case!(what_changes_nothing_is_told_so).traced(unchanged_is_told),
        case!(a_long_value_is_cut).traced(long_values_are_cut),
    ]
}

/// What was called, in order.
fn called(observed: &Observed, op: Op) -> Vec<Recorded> {
    observed.events(0, op)
}

fn methods(events: &[Recorded]) -> Vec<Option<Method>> {
    events.iter().map(|event| Method::from_number(event.method)).collect()
}

fn text(observed: &Observed, entry: u32) -> Option<String> {
    match observed.text(entry) {
        Some(TextEntry::Label(label)) => Some(label.clone()),
        _ => None,
    }
}

fn calls_tell_their_method_and_part() -> Result<()> {
    let manager = Manager::start()?;
    let list = manager.list::<u8>()?;
    list.extend(&[1, 2])?;
    list.set(1, &3)?;
    assert_eq!((list.get(0)?, list.len()?), (1, 2));
    let dict = manager.dict::<String, u8>()?;
    dict.set(&"Ada".to_owned(), &1)?;
    assert!(dict.contains_key(&"Ada".to_owned())? && dict.get(&"Alan".to_owned())?.is_none());
    Ok(())
}

fn methods_and_parts_are_told(observed: &Observed) {
    let (set, get) = (called(observed, Op::ManagerSet), called(observed, Op::ManagerGet));
    let (new, extend, write) = (Some(Method::New), Some(Method::Extend), Some(Method::Set));
    assert_eq!(methods(&set), [new, extend, write, new, write]);
    let (read, asked) = (Some(Method::Get), Some(Method::ContainsKey));
    assert_eq!(methods(&get), [read, Some(Method::Len), asked, read]);
    assert_eq!((set[2].part, get[0].part, get[1].part), (2, 1, 0), "indices from 1");
    assert_eq!(set[4].part, get[2].part);
    assert_eq!(text(observed, set[4].part).as_deref(), Some("\"Ada\""));
    assert_eq!(text(observed, get[3].part).as_deref(), Some("\"Alan\""));
    assert_eq!((get[2].value, get[3].flags & flags::OTHER), (1, flags::OTHER));
}

fn what_is_written_is_told_by_its_type() -> Result<()> {
    let manager = Manager::start()?;
    manager.value(&0_i8)?.set(&-5)?;
    manager.value(&0_u64)?.set(&u64::MAX)?;
    manager.value(&0.0)?.set(&1.5)?;
    manager.value(&false)?.set(&true)?;
    manager.value(&Vec::new())?.set(&vec![1, 2])?;
    manager.value(&None)?.set(&Some("uno"))
}

fn types_are_told(observed: &Observed) {
    let set = called(observed, Op::ManagerSet);
    let set = set.iter().filter(|event| event.method == Method::Set as u8);
    let told: Vec<(u16, u64, Option<String>)> = set
        .map(|event| {
            let bits = if event.flags & flags::OTHER == 0 { event.value } else { 0 };
            (event.flags, bits, text(observed, event.label))
        })
        .collect();
    let label = |shown: &str| Some(shown.to_owned());
    assert_eq!(
        told,
        [
            (0, (-5_i64).cast_unsigned(), None),
            (flags::UNSIGNED, u64::MAX, None),
            (flags::FLOAT, 1.5_f64.to_bits(), None),
            (flags::BOOLEAN, 1, None),
            (flags::OTHER, 0, label("[1,2]")),
            (flags::OTHER, 0, label("\"uno\"")),
        ]
    );
}

fn who_reads_tells_who_wrote() -> Result<()> {
    let manager = Manager::start()?;
    let list = manager.list_of(&[7, 8])?;
    list.append(&9)?;
    assert_eq!((list.get(2)?, list.get(0)?), (9, 7));
    let value = manager.value(&"antes")?;
    value.set(&"después")?;
    manager.shutdown()
}

fn reads_pair_with_writes(observed: &Observed) {
    let (parts, get) = (called(observed, Op::ManagerPart), called(observed, Op::ManagerGet));
    let append = called(observed, Op::ManagerSet)[1];
    assert_eq!((append.method, append.value), (Method::Append as u8, 9));
    assert_eq!((get[0].extra, get[1].extra), (append.extra, parts[0].extra));
    let hashes: BTreeSet<u64> = parts.iter().chain([&append]).map(|event| event.extra).collect();
    assert_eq!(
        (parts.len(), hashes.len()),
        (3, 4),
        "two elements and a value were made, and each has another hash"
    );
    assert_eq!((parts[0].value, parts[1].value), (7, 8));
}

fn several_values_in_one_step_are_told_one_by_one() -> Result<()> {
    let manager = Manager::start()?;
    let dict = manager.dict::<u8, u8>()?;
    dict.update([(&1, &10), (&2, &20)])?;
    assert_eq!(dict.values()?, [10, 20]);
    Ok(())
}

fn parts_are_told(observed: &Observed) {
    let parts = called(observed, Op::ManagerPart);
    let told: Vec<_> = parts.iter().map(|event| (text(observed, event.part), event.value)).collect();
    assert_eq!(told, [(Some("1".to_owned()), 10), (Some("2".to_owned()), 20)]);
    assert_eq!(methods(&parts), [Some(Method::Update); 2]);
}

fn what_changes_nothing_is_told_so() -> Result<()> {
    let manager = Manager::start()?;
    let dict = manager.dict::<u8, u8>()?;
    assert_eq!((dict.set_default(&1, &5)?, dict.set_default(&1, &6)?), (5, 5));
    assert_eq!((dict.remove(&1)?, dict.remove(&1)?), (Some(5), None));
    assert_eq!(manager.list::<u8>()?.pop()?, None);
    assert_eq!(dict.len()?, 0);
    Ok(())
}

fn unchanged_is_told(observed: &Observed) {
    let set = called(observed, Op::ManagerSet);
    let changed: Vec<bool> = set.iter().map(|event| event.flags & flags::UNCHANGED == 0).collect();
    assert_eq!(changed, [true, true, false, true, false, true, false]);
    let read = called(observed, Op::ManagerGet);
    assert_eq!(read[0].version, 2, "a default that was put, and a key that was removed");
}

fn a_long_value_is_cut() -> Result<()> {
    let manager = Manager::start()?;
    let value = manager.value(&String::new())?;
    value.set(&"ñ".repeat(100_000))?;
    value.set(&format!("{}!", "ñ".repeat(100_000)))
}

fn long_values_are_cut(observed: &Observed) {
    let set = called(observed, Op::ManagerSet);
    let (one, other) = (set[1], set[2]);
    let shown = text(observed, one.label).expect("it has a label");
    assert!(shown.starts_with("\"ñ") && shown.ends_with("ñ…") && shown.len() > 200, "{shown}");
    assert_eq!(text(observed, other.label), Some(shown));
    assert_ne!((one.value, one.extra), (other.value, other.extra), "they look the same and are not");
}
