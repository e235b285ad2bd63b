//! The wire format that a traced program and the grader share.
//!
//! A trace is one shared memory region: a header, a table of processes, a table of texts (source
//! places, labels) and chunks of fixed-size events. Each process appends to chunks of its own, so a
//! process that is killed leaves everything it committed. This crate decides the layout and decodes
//! it; it never maps memory and never judges. The writer is `procesos`, the reader is `grader`.
//!
//! Identity is deterministic: a process is the path of start ordinals from the first process, an
//! object is its creator and the ordinal of its creation there. Raw pids and addresses only serve to
//! look things up in the system and in debug information.

mod decode;
mod event;
pub mod layout;
mod method;
mod reader;

pub use decode::{
    DecodeError, PendingRecord, ProcessRecord, RawTrace, TextEntry, decode, decode_processes, decode_texts,
};
pub use event::{Event, ObjectId, ObjectKind, Op, Outcome, Tasks, flags};
pub use method::Method;
pub use reader::Reader;

/// The environment variable that carries the descriptor number of the trace region.
pub const TRACE_VARIABLE: &str = "PROCESOS_TRACE";
/// The environment variable that carries the descriptor number of the driver's results.
pub const RESULTS_VARIABLE: &str = "PROCESOS_RESULTS";
/// The environment variable that names the language of messages: `es` or `en`.
pub const LANGUAGE_VARIABLE: &str = "PROCESOS_LANG";
