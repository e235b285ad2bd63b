//! From the bytes of a trace to the trace that the judge reads.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use procesos_trace::layout::process;
use procesos_trace::{Method, ObjectId, ObjectKind, Op, Outcome, ProcessRecord, RawTrace, TextEntry, flags};

use super::symbols::Symbols;
use super::{Event, Object, Pending, Place, Process, Trace, parts};

/// Builds the trace.
pub(super) fn trace_of(raw: &RawTrace, texts: &Texts<'_>) -> Trace {
    let mut processes: Vec<Process> = Vec::with_capacity(raw.processes.len());
    let mut parts: Vec<Vec<u32>> = Vec::with_capacity(raw.processes.len());
    for (slot, record) in raw.processes.iter().enumerate() {
        let events = raw.events.get(slot).map(Vec::as_slice).unwrap_or_default();
        let (events, own) =
            events.iter().filter_map(|event| Some((read_event(event, texts)?, event.part))).unzip();
        parts.push(own);
        let path = path_of(&raw.processes, slot);
        processes.push(Process {
            name: record.name.clone(),
            function: last_segment(&record.function),
            parent: (record.parent as usize).min(slot),
            started_at: None,
            events,
            pending: read_pending(record, texts),
            stopped: raw.stops.get(slot).is_some_and(|addresses| !addresses.is_empty()),
            last_seen: raw.stops.get(slot).and_then(|addresses| texts.symbols.first_of_student(addresses)),
            exit_code: (record.state == process::STATE_EXITED).then_some(record.exit_code),
            of_library: record.role != process::ROLE_OWN,
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
    let mut objects = objects_of(&processes, texts.symbols, &columns_of(raw, texts));
    let elements = parts::of_arrays(&processes, &objects);
    objects.extend(elements);
    parts::of_managers(&mut processes, &mut objects, &parts, |entry| texts.label(entry));
    Trace { processes, objects, truncated: raw.truncated }
}

/// Columns of the calls that made each object.
fn columns_of(raw: &RawTrace, texts: &Texts<'_>) -> HashMap<ObjectId, u32> {
    let made = raw.events.iter().flatten().filter(|event| event.op == Op::Create as u8);
    made.filter_map(|event| Some((event.object(), texts.column(event.place)?))).collect()
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
        let object = Object {
            kind: event.kind,
            driver_name: None,
            variable,
            made_at,
            detail: event.value,
            peer,
            part_of: None,
        };
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

/// What the texts of a trace stand for. A text never changes, so each is looked up once for all executions of a program.
#[derive(Debug)]
pub(super) struct Texts<'a> {
    symbols: &'a Symbols,
    known: Vec<Option<Text>>,
}

/// What a text stands for.
#[derive(Debug)]
enum Text {
    /// A place, `None` where the debug information does not tell one; and its column, where the compiler told it.
    Place(Option<Place>, Option<u32>),
    Label(String),
}

impl<'a> Texts<'a> {
    /// No texts yet; places of addresses will be looked up in `symbols`.
    pub(super) fn new(symbols: &'a Symbols) -> Self {
        Self { symbols, known: Vec::new() }
    }

    /// Takes note of what is new in the table.
    pub(super) fn keep_up(&mut self, table: &[Option<TextEntry>]) {
        if self.known.len() < table.len() {
            self.known.resize_with(table.len(), || None);
        }
        for (known, entry) in self.known.iter_mut().zip(table) {
            if let (None, Some(entry)) = (&known, entry) {
                *known = Some(match entry {
                    TextEntry::Place { file, line, column } => {
                        Text::Place(Some(self.symbols.place(file, *line)), Some(*column))
                    }
                    TextEntry::Addresses(addresses) => {
                        Text::Place(self.symbols.first_of_student(addresses), None)
                    }
                    TextEntry::Label(label) => Text::Label(label.clone()),
                });
            }
        }
    }

    fn text(&self, index: u32) -> Option<&Text> {
        self.known.get((index as usize).checked_sub(1)?)?.as_ref()
    }

    fn place(&self, index: u32) -> Option<Place> {
        match self.text(index) {
            Some(Text::Place(place, _)) => place.clone(),
            _ => None,
        }
    }

    fn column(&self, index: u32) -> Option<u32> {
        match self.text(index) {
            Some(Text::Place(_, column)) => *column,
            _ => None,
        }
    }

    fn label(&self, index: u32) -> Option<String> {
        match self.text(index) {
            Some(Text::Label(label)) => Some(label.clone()),
            _ => None,
        }
    }
}

fn some_object(id: ObjectId) -> Option<ObjectId> {
    (id.ordinal != 0).then_some(id)
}

fn read_event(event: &procesos_trace::Event, texts: &Texts<'_>) -> Option<Event> {
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
        method: Method::from_number(event.method),
        part: None,
    })
}

fn read_pending(record: &ProcessRecord, texts: &Texts<'_>) -> Option<Pending> {
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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;
    use std::path::Path;

    use procesos_trace::Reader;
    use procesos_trace::layout::{self, chunk, header, text};

    use super::*;
    use crate::run::launch;

    fn region() -> File {
        let file = launch::trace_file().expect("a region");
        let process = layout::PROCESSES_AT;
        for (at, number) in [
            (header::NEXT_PROCESS, 1),
            (header::NEXT_CHUNK, 2),
            (process + process::STATE, process::STATE_RUNNING),
            (process + process::FIRST_CHUNK, 1),
            (layout::CHUNKS_AT + chunk::COUNT, u32::try_from(layout::CHUNK_EVENTS).expect("few")),
            (layout::CHUNKS_AT + chunk::NEXT, 2),
            (layout::CHUNKS_AT + layout::CHUNK_BYTES + chunk::COUNT, 3),
        ] {
            put(&file, at, number);
        }
        file
    }

    fn put(file: &File, at: usize, number: u32) {
        file.write_all_at(&number.to_le_bytes(), at as u64).expect("written");
    }

    fn put_label(file: &File, index: usize, label: &str) {
        let base = layout::TEXTS_AT + index * layout::TEXT_BYTES;
        put(file, base + text::KIND, text::KIND_LABEL);
        put(file, base + text::LENGTH, u32::try_from(label.len()).expect("short"));
        file.write_all_at(label.as_bytes(), (base + text::BODY) as u64).expect("written");
        put(file, base + text::READY, 1);
    }

    #[test]
    fn a_chain_of_chunks_is_read_to_its_end() {
        let trace = Reader::new(region()).read().expect("whole");
        assert_eq!(trace.events[0].len(), layout::CHUNK_EVENTS + 3);
    }

    #[test]
    fn texts_are_read_when_there_are_new_ones() {
        let mut reader = Reader::new(region());
        assert!(reader.new_texts().expect("read").is_none());
        put_label(reader.file(), 7, "Fin");
        put(reader.file(), header::TEXTS_WRITTEN, 1);
        let symbols = Symbols::of(Path::new("/"), "", "");
        let mut texts = Texts::new(&symbols);
        texts.keep_up(&reader.new_texts().expect("read").expect("new"));
        assert!(reader.new_texts().expect("read").is_none());
        put_label(reader.file(), 2, "Dato");
        put(reader.file(), header::TEXTS_WRITTEN, 2);
        texts.keep_up(&reader.new_texts().expect("read").expect("new"));
        assert_eq!((texts.label(8).as_deref(), texts.label(3).as_deref()), (Some("Fin"), Some("Dato")));
        assert_eq!(texts.label(0), None);
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        let symbols = Symbols::of(Path::new("/"), "", "");
        let places = (0..64).chain(layout::PROCESSES_AT..layout::PROCESSES_AT + 80);
        for at in places.chain(layout::CHUNKS_AT..layout::CHUNKS_AT + 8).step_by(4) {
            for number in [u32::MAX, 1 << 20, 2] {
                let mut reader = Reader::new(region());
                put(reader.file(), at, number);
                let read = reader.read();
                let mut texts = Texts::new(&symbols);
                texts.keep_up(&reader.new_texts().ok().flatten().unwrap_or_default());
                if let Ok(raw) = read {
                    let trace = trace_of(&raw, &texts);
                    assert_eq!(trace.processes.len(), raw.processes.len());
                }
            }
        }
        let looping = region();
        put(&looping, layout::CHUNKS_AT + layout::CHUNK_BYTES + chunk::NEXT, 1);
        assert!(Reader::new(looping).read().is_err());
    }
}
