//! Reads a region's bytes back. Nothing here trusts them: a number out of range is an error, never a panic.

use std::fmt;

use zerocopy::FromBytes;

use crate::layout::{self, chunk, header, process, stop, text};
use crate::{Event, ObjectId};

/// A region that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// Shorter than the tables that its header announces.
    TooShort,
    /// Not a region, or of another version.
    WrongFormat,
    /// A chunk chain that leaves the region or loops.
    BrokenChain,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "the trace is shorter than its tables",
            Self::WrongFormat => "not a trace of this version",
            Self::BrokenChain => "a chain of event chunks is damaged",
        })
    }
}

impl std::error::Error for DecodeError {}

/// What a process is doing at the moment of reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRecord {
    /// One of `layout::process::PHASE_*`.
    pub phase: u32,
    /// Number of the operation.
    pub op: u32,
    /// Its object.
    pub object: ObjectId,
    /// Its place, as in an event.
    pub place: u32,
    /// Its flags, as in an event.
    pub flags: u32,
    /// Monotonic nanoseconds at which it began.
    pub since: u64,
    /// Its detail (the slot of the child in a join).
    pub detail: u64,
}

/// One process of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessRecord {
    /// One of `layout::process::STATE_*`.
    pub state: u32,
    /// The system's pid (0 while it is not known).
    pub pid: u32,
    /// Slot of the parent.
    pub parent: u32,
    /// Ordinal of the start within the parent.
    pub ordinal: u32,
    /// Exit code, valid once exited.
    pub exit_code: i32,
    /// One of `layout::process::ROLE_*`.
    pub role: u32,
    /// Operations begun.
    pub operations: u64,
    /// What it is doing.
    pub pending: PendingRecord,
    /// Name for display.
    pub name: String,
    /// Path of the target function.
    pub function: String,
    first_chunk: u32,
}

impl ProcessRecord {
    /// A record with nothing but a state, a pid and what it is doing, for tests of readers.
    #[must_use]
    pub fn new(state: u32, pid: u32, pending: PendingRecord) -> Self {
        Self {
            state,
            pid,
            parent: 0,
            ordinal: 0,
            exit_code: 0,
            role: process::ROLE_OWN,
            operations: 0,
            pending,
            name: String::new(),
            function: String::new(),
            first_chunk: 0,
        }
    }
}

/// An entry of the text table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextEntry {
    /// A source place.
    Place {
        /// File, as the compiler was told.
        file: String,
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
    },
    /// Return addresses, innermost first, already relative to the program's image.
    Addresses(Vec<u64>),
    /// A label.
    Label(String),
}

/// Everything a region holds of a run but its texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawTrace {
    /// Processes by slot.
    pub processes: Vec<ProcessRecord>,
    /// Events of each process, by slot, in the order of the program.
    pub events: Vec<Vec<Event>>,
    /// Where each process was when it was told to end, by slot: addresses as in [`TextEntry::Addresses`]; mostly none.
    pub stops: Vec<Vec<u64>>,
    /// Something did not fit: absence proves nothing.
    pub truncated: bool,
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, DecodeError> {
    let raw = bytes.get(at..at + 4).ok_or(DecodeError::TooShort)?;
    Ok(u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]))
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64, DecodeError> {
    Ok(u64::from(u32_at(bytes, at)?) | (u64::from(u32_at(bytes, at + 4)?) << 32))
}

fn padded_text(bytes: &[u8], at: usize, length: usize) -> Result<String, DecodeError> {
    let raw = bytes.get(at..at + length).ok_or(DecodeError::TooShort)?;
    let end = raw.iter().position(|b| *b == 0).unwrap_or(length);
    Ok(String::from_utf8_lossy(&raw[..end]).into_owned())
}

fn check_header(bytes: &[u8]) -> Result<(), DecodeError> {
    if u64_at(bytes, header::MAGIC)? != layout::MAGIC || u32_at(bytes, header::VERSION)? != layout::VERSION {
        return Err(DecodeError::WrongFormat);
    }
    Ok(())
}

fn decode_process(bytes: &[u8], base: usize) -> Result<ProcessRecord, DecodeError> {
    Ok(ProcessRecord {
        state: u32_at(bytes, base + process::STATE)?,
        pid: u32_at(bytes, base + process::PID)?,
        parent: u32_at(bytes, base + process::PARENT)?,
        ordinal: u32_at(bytes, base + process::ORDINAL)?,
        exit_code: u32_at(bytes, base + process::EXIT_CODE)?.cast_signed(),
        role: u32_at(bytes, base + process::ROLE)?,
        operations: u64_at(bytes, base + process::OPERATIONS)?,
        pending: PendingRecord {
            phase: u32_at(bytes, base + process::PHASE)?,
            op: u32_at(bytes, base + process::PENDING_OP)?,
            object: ObjectId::unpack(u64_at(bytes, base + process::PENDING_OBJECT)?),
            place: u32_at(bytes, base + process::PENDING_PLACE)?,
            flags: u32_at(bytes, base + process::PENDING_FLAGS)?,
            since: u64_at(bytes, base + process::PENDING_SINCE)?,
            detail: u64_at(bytes, base + process::PENDING_DETAIL)?,
        },
        name: padded_text(bytes, base + process::NAME, process::TEXT_BYTES)?,
        function: padded_text(bytes, base + process::FUNCTION, process::TEXT_BYTES)?,
        first_chunk: u32_at(bytes, base + process::FIRST_CHUNK)?,
    })
}

/// Reads the table of processes; `bytes` needs to hold the region up to `layout::TEXTS_AT` only.
///
/// # Errors
/// [`DecodeError`] when the bytes are not a region of this version or too few.
pub fn decode_processes(bytes: &[u8]) -> Result<Vec<ProcessRecord>, DecodeError> {
    check_header(bytes)?;
    let count = (u32_at(bytes, header::NEXT_PROCESS)? as usize).min(layout::MAX_PROCESSES);
    (0..count)
        .map(|slot| decode_process(bytes, layout::PROCESSES_AT + slot * layout::PROCESS_BYTES))
        .collect()
}

/// Addresses relative to the program's image.
fn decode_addresses(bytes: &[u8], at: usize, count: usize, bias: u64) -> Result<Vec<u64>, DecodeError> {
    (0..count).map(|i| u64_at(bytes, at + i * 8).map(|address| address.wrapping_sub(bias))).collect()
}

fn decode_stop(bytes: &[u8], slot: usize, bias: u64) -> Result<Vec<u64>, DecodeError> {
    let base = layout::STOPS_AT + slot * layout::STOP_BYTES;
    let count = (u32_at(bytes, base + stop::COUNT)? as usize).min(stop::MOST);
    decode_addresses(bytes, base + stop::ADDRESSES, count, bias)
}

fn decode_text(bytes: &[u8], base: usize, bias: u64) -> Result<Option<TextEntry>, DecodeError> {
    if u32_at(bytes, base + text::READY)? == 0 {
        return Ok(None);
    }
    let length = u32_at(bytes, base + text::LENGTH)? as usize;
    let body = base + text::BODY;
    Ok(match u32_at(bytes, base + text::KIND)? {
        text::KIND_PLACE => Some(TextEntry::Place {
            file: padded_text(bytes, body, length.min(text::BODY_BYTES))?,
            line: u32_at(bytes, base + text::LINE)?,
            column: u32_at(bytes, base + text::COLUMN)?,
        }),
        text::KIND_ADDRESSES => {
            let count = length.min(text::BODY_BYTES / 8);
            Some(TextEntry::Addresses(decode_addresses(bytes, body, count, bias)?))
        }
        text::KIND_LABEL => Some(TextEntry::Label(padded_text(bytes, body, length.min(text::BODY_BYTES))?)),
        _ => None,
    })
}

/// The events of one process, chunk by chunk.
fn decode_chain(bytes: &[u8], first: u32, chunks: usize) -> Result<Vec<Event>, DecodeError> {
    let mut events = Vec::new();
    let mut next = first as usize;
    let mut visited = 0;
    while next != 0 {
        if next > chunks || visited > chunks {
            return Err(DecodeError::BrokenChain);
        }
        visited += 1;
        let base = layout::CHUNKS_AT + (next - 1) * layout::CHUNK_BYTES;
        let count = (u32_at(bytes, base + chunk::COUNT)? as usize).min(layout::CHUNK_EVENTS);
        let start = base + layout::EVENT_BYTES;
        let raw = bytes.get(start..start + count * layout::EVENT_BYTES).ok_or(DecodeError::TooShort)?;
        for piece in raw.chunks_exact(layout::EVENT_BYTES) {
            events.push(Event::read_from_bytes(piece).map_err(|_| DecodeError::TooShort)?);
        }
        next = u32_at(bytes, base + chunk::NEXT)? as usize;
    }
    Ok(events)
}

/// Reads the table of texts; an event's `place` and `label` are indices plus one.
///
/// # Errors
/// [`DecodeError`] when the bytes are not a region of this version or too few.
pub fn decode_texts(bytes: &[u8]) -> Result<Vec<Option<TextEntry>>, DecodeError> {
    check_header(bytes)?;
    let bias = u64_at(bytes, header::LOAD_BIAS)?;
    (0..layout::MAX_TEXTS)
        .map(|index| decode_text(bytes, layout::TEXTS_AT + index * layout::TEXT_BYTES, bias))
        .collect()
}

/// Reads the events of processes whose table has been read; of the region only what they use needs to be there.
pub(crate) fn decode_with(processes: Vec<ProcessRecord>, bytes: &[u8]) -> Result<RawTrace, DecodeError> {
    let bias = u64_at(bytes, header::LOAD_BIAS)?;
    let chunks = (u32_at(bytes, header::NEXT_CHUNK)? as usize).min(layout::MAX_CHUNKS);
    let events: Result<Vec<_>, _> =
        processes.iter().map(|record| decode_chain(bytes, record.first_chunk, chunks)).collect();
    let stops: Result<Vec<_>, _> = (0..processes.len()).map(|slot| decode_stop(bytes, slot, bias)).collect();
    Ok(RawTrace {
        events: events?,
        stops: stops?,
        processes,
        truncated: u32_at(bytes, header::TRUNCATED)? != 0,
    })
}

/// Reads a whole region but its texts.
///
/// # Errors
/// [`DecodeError`] when the bytes are not a region of this version, too few, or damaged.
pub fn decode(bytes: &[u8]) -> Result<RawTrace, DecodeError> {
    decode_with(decode_processes(bytes)?, bytes)
}
