//! Parts of objects that are judged like shared values of their own: elements of arrays, and of what managers keep the elements and
//! what is at keys.
//!
//! Who reads from a manager tells a hash of what it got, since it knows no type: who wrote that told what it looks like.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use procesos_trace::{Method, ObjectId, ObjectKind, Op, Outcome, flags};

use super::{Event, Object, Process};

/// Ordinals of the parts of managers' objects: no process makes so many objects.
const FIRST_PART: u32 = 1 << 31;
/// What is read where nothing is.
const NOTHING: &str = "None";

/// The elements of arrays that somebody used: each is a value, named after its array.
pub(super) fn of_arrays(
    processes: &[Process],
    objects: &BTreeMap<ObjectId, Object>,
) -> Vec<(ObjectId, Object)> {
    let events = || processes.iter().flat_map(|process| &process.events);
    let firsts: HashMap<ObjectId, u64> = events()
        .filter(|event| event.op == Op::Create && event.kind == ObjectKind::Array)
        .filter_map(|event| Some((event.object?, event.extra)))
        .collect();
    if firsts.is_empty() {
        return Vec::new();
    }
    // What was read before the first write is what it was made with; else it is taken to be as the first element was.
    let mut used: BTreeMap<ObjectId, Option<u64>> = BTreeMap::new();
    let accesses = events().filter(|event| matches!(event.op, Op::ValueGet | Op::ValueSet));
    for (id, event) in accesses.filter_map(|event| Some((event.object?, event))) {
        let is_first = event.op == Op::ValueGet && event.outcome == Outcome::Done && event.version == 0;
        let known = used.entry(id).or_default();
        *known = known.or(is_first.then_some(event.value));
    }
    let element = |id: ObjectId, read: Option<u64>| {
        let (array, of) = objects.range(..id).next_back()?;
        let index = u64::from(id.ordinal.checked_sub(array.ordinal + 1)?);
        let first = firsts.get(array).filter(|_| array.creator == id.creator && index < of.detail)?;
        let named = |name: &Option<String>| name.as_ref().map(|name| format!("{name}[{index}]"));
        Some(Object {
            kind: ObjectKind::Value,
            driver_name: named(&of.driver_name),
            variable: named(&of.variable),
            made_at: of.made_at.clone(),
            detail: read.unwrap_or(*first),
            peer: None,
            part_of: None,
        })
    };
    let elements = used.into_iter().filter(|(id, _)| !objects.contains_key(id));
    elements.filter_map(|(id, read)| Some((id, element(id, read)?))).collect()
}

/// Gives what the objects of managers consist of their own places in `objects`, and events the part that they are about. `parts` are the
/// numbers that the events have for them.
pub(super) fn of_managers(
    processes: &mut [Process],
    objects: &mut BTreeMap<ObjectId, Object>,
    parts: &[Vec<u32>],
    key: impl Fn(u32) -> Option<String>,
) {
    if !objects.values().any(|object| object.kind == ObjectKind::Manager) {
        return;
    }
    let looks = looks(processes);
    let moved = moved(processes);
    let mut found: BTreeMap<Part, Vec<(usize, usize)>> = BTreeMap::new();
    for (p, process) in processes.iter_mut().enumerate() {
        let mut version = 0;
        for (i, event) in process.events.iter_mut().enumerate() {
            let Some(object) = event.object.filter(|_| event.method.is_some()) else { continue };
            // What several values were written by is one step.
            match event.op {
                Op::ManagerPart => {
                    event.version = version;
                    // What a value was made with.
                    if let Some(value) =
                        objects.get_mut(&object).filter(|object| object.kind == ObjectKind::Kept)
                    {
                        value.detail = event.value;
                    }
                }
                _ => version = event.version,
            }
            tell_what_was_read(event, &looks);
            let number = parts[p][i];
            let of = match event.kind {
                ObjectKind::List if number > 0 && !moved.contains(&object) => Some(Of::Index(number - 1)),
                ObjectKind::Dict if number > 0 => Some(Of::Key(key(number).unwrap_or_default(), number)),
                _ => None,
            };
            if let Some(of) = of {
                found.entry(Part { object, of }).or_default().push((p, i));
            }
        }
    }
    for (part, events) in found {
        let Some(whole) = objects.get(&part.object) else { continue };
        let taken = objects.range(..=ObjectId { ordinal: u32::MAX, ..part.object }).next_back();
        let last =
            taken.map_or(0, |(last, _)| if last.creator == part.object.creator { last.ordinal } else { 0 });
        let id = ObjectId { ordinal: last.max(FIRST_PART - 1).saturating_add(1), ..part.object };
        let named = |name: &Option<String>| name.as_ref().map(|name| format!("{name}[{}]", part.of.shown()));
        let first = events.iter().map(|(p, i)| &processes[*p].events[*i]).min_by_key(|event| event.version);
        let is_number = |event: &&Event| event.method == Some(Method::Get) && event.flags & flags::OTHER == 0;
        let made = Object {
            kind: whole.kind,
            driver_name: named(&whole.driver_name),
            variable: named(&whole.variable),
            made_at: whole.made_at.clone(),
            detail: first.filter(is_number).map_or(0, |read| read.value),
            peer: None,
            part_of: Some(part.object),
        };
        objects.insert(id, made);
        events.into_iter().for_each(|(p, i)| processes[p].events[i].part = Some(id));
    }
}

/// A part of a manager's object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    object: ObjectId,
    of: Of,
}

/// Which one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Index(u32),
    /// What it looks like, and the number of its text, by which keys that look the same differ.
    Key(String, u32),
}

impl Of {
    fn shown(&self) -> String {
        match self {
            Self::Index(index) => index.to_string(),
            Self::Key(key, _) => key.clone(),
        }
    }
}

/// What values look like: bits, flags and a text.
type Look = (u64, u16, Option<String>);

/// What everything that was ever written to managers' objects looks like, by the hash of its bytes.
fn looks(processes: &[Process]) -> HashMap<(ObjectId, u64), Look> {
    let events = processes.iter().flat_map(|process| &process.events);
    let written = events.filter(|event| matches!(event.op, Op::ManagerSet | Op::ManagerPart));
    written
        .filter(|event| event.extra != 0 && event.method != Some(Method::SetDefault))
        .filter_map(|event| {
            Some(((event.object?, event.extra), (event.value, event.flags, event.label.clone())))
        })
        .collect()
}

/// The lists out of which something was taken, or put into their midst: what is at an index there is not always the same.
fn moved(processes: &[Process]) -> BTreeSet<ObjectId> {
    let events = processes.iter().flat_map(|process| &process.events);
    let moving = events.filter(|event| {
        event.kind == ObjectKind::List
            && event.outcome == Outcome::Done
            && event.flags & flags::UNCHANGED == 0
            && event.method.is_some_and(Method::moves_elements)
    });
    moving.filter_map(|event| event.object).collect()
}

/// Completes an event that reads with what was read.
fn tell_what_was_read(event: &mut Event, looks: &HashMap<(ObjectId, u64), Look>) {
    match event.method {
        Some(Method::Get | Method::SetDefault) if event.extra != 0 => {
            let known = event.object.and_then(|object| looks.get(&(object, event.extra)));
            let unknown = || (event.extra, flags::OTHER, None);
            let (value, flags, label) = known.cloned().unwrap_or_else(unknown);
            (event.value, event.label) = (value, label);
            event.flags |= flags;
        }
        Some(Method::Get) => event.label = Some(NOTHING.to_owned()),
        Some(Method::ContainsKey) => event.label = Some((event.value == 1).to_string()),
        Some(Method::Remove | Method::Clear) => {
            (event.flags, event.label) = (event.flags | flags::OTHER, Some(NOTHING.to_owned()));
        }
        // What was copied is not told.
        Some(Method::ToVec | Method::Values | Method::Items) => event.flags |= flags::OTHER,
        _ => {}
    }
}
