//! What the server of a manager keeps: lists, dictionaries and single values of bytes. Pure.

use std::collections::{BTreeMap, HashMap};

use super::wire::{Action, Reply, Request};

/// An object, with how often it has been changed.
#[derive(Debug)]
struct Kept {
    version: u64,
    thing: Thing,
}

#[derive(Debug)]
enum Thing {
    List(Vec<Vec<u8>>),
    Dict(Dict),
    Value(Vec<u8>),
}

/// Entries in the order in which their keys came.
#[derive(Debug, Default)]
struct Dict {
    places: HashMap<Vec<u8>, u64>,
    entries: BTreeMap<u64, (Vec<u8>, Vec<u8>)>,
    next: u64,
}

/// Everything, by number.
#[derive(Debug, Default)]
pub(super) struct Store {
    objects: HashMap<u64, Kept>,
    made: u64,
}

impl Store {
    /// Does what is asked; nothing is found where there is no such object, or one of another kind.
    pub(super) fn answer(&mut self, request: Request) -> Reply {
        let thing = match request.action {
            Action::NewList => Thing::List(request.parts),
            Action::NewDict => Thing::Dict(Dict::of(request.parts)),
            Action::NewValue => Thing::Value(request.parts.into_iter().next().unwrap_or_default()),
            _ => return self.act(request),
        };
        self.made += 1;
        self.objects.insert(self.made, Kept { version: 0, thing });
        Reply { found: true, number: self.made, ..Reply::default() }
    }

    fn act(&mut self, request: Request) -> Reply {
        let Some(kept) = self.objects.get_mut(&request.object) else { return Reply::default() };
        let (changes, is_default) = (request.action.changes(), request.action == Action::DictSetDefault);
        let reply = match &mut kept.thing {
            Thing::List(list) => of_list(list, request),
            Thing::Dict(dict) => dict.answer(request),
            Thing::Value(value) => of_value(value, request),
        };
        let Some(mut reply) = reply else { return Reply::default() };
        // A default that was not needed changes nothing.
        let changed = changes && reply.found && (!is_default || reply.number == 1);
        kept.version += u64::from(changed);
        reply.version = kept.version;
        reply
    }
}

fn found(parts: Vec<Vec<u8>>) -> Option<Reply> {
    Some(Reply { found: true, parts, ..Reply::default() })
}

fn counted(number: usize) -> Option<Reply> {
    Some(Reply { found: true, number: number as u64, ..Reply::default() })
}

/// Nothing is there; how many there are.
fn missing(number: usize) -> Option<Reply> {
    Some(Reply { number: number as u64, ..Reply::default() })
}

fn of_list(list: &mut Vec<Vec<u8>>, request: Request) -> Option<Reply> {
    let place = usize::try_from(request.place).unwrap_or(usize::MAX);
    let length = list.len();
    let mut parts = request.parts.into_iter();
    match request.action {
        Action::ListAppend => list.extend(parts),
        // Beyond the end is at the end, as in Python.
        Action::ListInsert => list.insert(place.min(length), parts.next()?),
        Action::ListClear => list.clear(),
        Action::ListLen => return counted(length),
        Action::ListAll => return found(list.clone()),
        Action::ListHas => {
            let wanted = parts.next()?;
            return counted(usize::from(list.contains(&wanted)));
        }
        Action::ListPop => {
            return list.pop().map_or_else(|| missing(0), |last| found(vec![last]));
        }
        Action::ListGet | Action::ListSet | Action::ListRemove if place >= length => return missing(length),
        Action::ListGet => return found(vec![list[place].clone()]),
        Action::ListSet => list[place] = parts.next()?,
        Action::ListRemove => return found(vec![list.remove(place)]),
        _ => return None,
    }
    counted(list.len())
}

fn of_value(value: &mut Vec<u8>, request: Request) -> Option<Reply> {
    match request.action {
        Action::ValueGet => found(vec![value.clone()]),
        Action::ValueSet => {
            *value = request.parts.into_iter().next()?;
            found(Vec::new())
        }
        _ => None,
    }
}

impl Dict {
    /// The keys and values by turns.
    fn of(parts: Vec<Vec<u8>>) -> Self {
        let mut dict = Self::default();
        let mut parts = parts.into_iter();
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            dict.set(key, value);
        }
        dict
    }

    fn get(&self, key: &[u8]) -> Option<&Vec<u8>> {
        self.entries.get(self.places.get(key)?).map(|(_, value)| value)
    }

    /// A key that is there keeps its place.
    fn set(&mut self, key: Vec<u8>, value: Vec<u8>) -> Option<Vec<u8>> {
        if let Some(entry) = self.places.get(&key).and_then(|place| self.entries.get_mut(place)) {
            return Some(std::mem::replace(&mut entry.1, value));
        }
        self.places.insert(key.clone(), self.next);
        self.entries.insert(self.next, (key, value));
        self.next += 1;
        None
    }

    fn remove(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        let place = self.places.remove(key)?;
        self.entries.remove(&place).map(|(_, value)| value)
    }

    fn answer(&mut self, request: Request) -> Option<Reply> {
        let mut parts = request.parts.into_iter();
        match request.action {
            Action::DictLen => counted(self.entries.len()),
            Action::DictAll => {
                found(self.entries.values().flat_map(|(key, value)| [key.clone(), value.clone()]).collect())
            }
            Action::DictClear => {
                *self = Self { next: self.next, ..Self::default() };
                counted(0)
            }
            Action::DictHas => counted(usize::from(self.get(&parts.next()?).is_some())),
            Action::DictGet => {
                let value = self.get(&parts.next()?);
                value.map_or_else(|| missing(0), |value| found(vec![value.clone()]))
            }
            Action::DictSet => {
                // Several at once, in their order; what the last one replaced.
                let mut before = None;
                while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                    before = self.set(key, value);
                }
                found(before.into_iter().collect())
            }
            Action::DictSetDefault => {
                let (key, value) = (parts.next()?, parts.next()?);
                if let Some(there) = self.get(&key) {
                    return found(vec![there.clone()]);
                }
                self.set(key, value.clone());
                Some(Reply { found: true, number: 1, parts: vec![value], ..Reply::default() })
            }
            Action::DictRemove => {
                let value = self.remove(&parts.next()?);
                value.map_or_else(|| missing(0), |value| found(vec![value]))
            }
            _ => None,
        }
    }
}
