//! From the bytes of a trace to the trace that the judge reads.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use procesos_trace::layout::process;
use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, ProcessRecord, RawTrace, TextEntry, flags};

use super::symbols::Symbols;
use super::{Event, Object, Pending, Place, Process, Trace};

/// Builds the trace; places of addresses are looked up in `symbols`.
pub(super) fn trace_of(raw: &RawTrace, symbols: &Symbols) -> Trace {
    let mut texts = Texts { raw, symbols, places: HashMap::new() };
    let mut processes: Vec<Process> = Vec::with_capacity(raw.processes.len());
    for (slot, record) in raw.processes.iter().enumerate() {
        let events = raw.events.get(slot).map(Vec::as_slice).unwrap_or_default();
        let events = events.iter().filter_map(|event| read_event(event, &mut texts)).collect();
        let path = path_of(&raw.processes, slot);
        processes.push(Process {
            name: record.name.clone(),
            function: last_segment(&record.function),
            parent: (record.parent as usize).min(slot),
            started_at: None,
            events,
            pending: read_pending(record, &mut texts),
            stopped: raw.stops.get(slot).is_some_and(|addresses| !addresses.is_empty()),
            last_seen: raw.stops.get(slot).and_then(|addresses| symbols.first_of_student(addresses)),
            exit_code: (record.state == process::STATE_EXITED).then_some(record.exit_code),
            exists: record.state != process::STATE_FAILED && !(slot > 0 && path.is_empty()),
            path,
        });
    }
    for slot in 1..processes.len() {
        let place = processes[processes[slot].parent]
            .events
            .iter()
            .find(|event| {
                event.op == Op::Start && event.outcome == Outcome::Done && event.value == slot as u64
            })
            .and_then(|event| event.place.clone());
        processes[slot].started_at = place;
    }
    let objects = objects_of(&processes, symbols, &columns_of(raw));
    Trace { processes, objects, truncated: raw.truncated }
}

/// Columns of the calls that made each object.
fn columns_of(raw: &RawTrace) -> HashMap<ObjectId, u32> {
    let column = |place: u32| match raw.texts.get((place as usize).checked_sub(1)?)? {
        Some(TextEntry::Place { column, .. }) => Some(*column),
        _ => None,
    };
    let made = raw.events.iter().flatten().filter(|event| event.op == Op::Create as u8);
    made.filter_map(|event| Some((event.object(), column(event.place)?))).collect()
}

/// Everything that was made, with what the driver and the source call it.
fn objects_of(
    processes: &[Process],
    symbols: &Symbols,
    columns: &HashMap<ObjectId, u32>,
) -> BTreeMap<ObjectId, Object> {
    // Calls on one line, from left to right.
    let mut calls: HashMap<&Place, BTreeSet<u32>> = HashMap::new();
    for event in processes.iter().flat_map(|process| &process.events).filter(|event| event.op == Op::Create) {
        let column = event.object.and_then(|id| columns.get(&id));
        if let (Some(place), Some(column)) = (&event.place, column) {
            calls.entry(place).or_default().insert(*column);
        }
    }
    let call = |place: &Place, id: ObjectId| {
        let column = columns.get(&id)?;
        calls.get(place)?.iter().position(|other| other == column)
    };
    let events = || processes.iter().flat_map(|process| &process.events);
    let mut objects = BTreeMap::new();
    for event in events().filter(|event| event.op == Op::Create) {
        let Some(id) = event.object else { continue };
        let peer = u32::try_from(event.value).ok().filter(|_| event.kind == ObjectKind::Connection);
        let peer = peer.map(|ordinal| ObjectId { ordinal, ..id });
        // Of the two ends of a pipe, the one made first is the first of the pattern.
        let end = peer.map(|peer| usize::from(peer.ordinal < id.ordinal));
        let variable = event
            .place
            .as_ref()
            .and_then(|place| symbols.variable_at(place, end.or_else(|| call(place, id)).unwrap_or(0)));
        let made_at = event.place.clone();
        let object =
            Object { kind: event.kind, driver_name: None, variable, made_at, detail: event.value, peer };
        objects.insert(id, object);
    }
    for event in events().filter(|event| event.op == Op::Name) {
        if let Some(object) = event.object.and_then(|id| objects.get_mut(&id)) {
            object.driver_name.clone_from(&event.label);
        }
    }
    objects
}

/// Ordinals from the first process down to this one.
fn path_of(records: &[ProcessRecord], slot: usize) -> Vec<u32> {
    let mut path = Vec::new();
    let mut at = slot;
    // A parent always has a smaller slot than its child, so this ends.
    while at != 0 {
        let Some(record) = records.get(at) else { break };
        path.push(record.ordinal);
        at = (record.parent as usize).min(at - 1);
    }
    path.reverse();
    path
}

fn last_segment(path: &str) -> String {
    path.rsplit("::").find(|part| !part.starts_with('{')).unwrap_or("").to_owned()
}

struct Texts<'a> {
    raw: &'a RawTrace,
    symbols: &'a Symbols,
    places: HashMap<u32, Option<Place>>,
}

impl Texts<'_> {
    fn entry(&self, index: u32) -> Option<&TextEntry> {
        self.raw.texts.get((index as usize).checked_sub(1)?)?.as_ref()
    }

    fn place(&mut self, index: u32) -> Option<Place> {
        if let Some(known) = self.places.get(&index) {
            return known.clone();
        }
        let found = match self.entry(index) {
            Some(TextEntry::Place { file, line, .. }) => Some(self.symbols.place(file, *line)),
            Some(TextEntry::Addresses(addresses)) => self.symbols.first_of_student(addresses),
            _ => None,
        };
        self.places.insert(index, found.clone());
        found
    }

    fn label(&self, index: u32) -> Option<String> {
        match self.entry(index) {
            Some(TextEntry::Label(label)) => Some(label.clone()),
            _ => None,
        }
    }
}

fn some_object(id: ObjectId) -> Option<ObjectId> {
    (id.ordinal != 0).then_some(id)
}

fn read_event(event: &procesos_trace::Event, texts: &mut Texts<'_>) -> Option<Event> {
    Some(Event {
        op: Op::from_number(event.op)?,
        outcome: Outcome::from_number(event.outcome)?,
        flags: event.flags,
        object: some_object(event.object()),
        kind: ObjectKind::from_number(event.kind)?,
        place: texts.place(event.place),
        begin: event.begin,
        end: event.end,
        version: event.version,
        value: event.value,
        extra: event.extra,
        label: texts.label(event.label),
    })
}

fn read_pending(record: &ProcessRecord, texts: &mut Texts<'_>) -> Option<Pending> {
    let pending = &record.pending;
    let blocked = pending.phase == process::PHASE_BLOCKED;
    if record.state == process::STATE_EXITED || !(blocked || pending.phase == process::PHASE_OPERATING) {
        return None;
    }
    Some(Pending {
        op: Op::from_number(u8::try_from(pending.op).ok()?)?,
        object: some_object(pending.object),
        place: texts.place(pending.place),
        blocked,
        timed: pending.flags & u32::from(flags::TIMED) != 0,
        since: pending.since,
        detail: pending.detail,
    })
}
