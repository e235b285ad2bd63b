//! Sizes and byte offsets of the region. Every number is little-endian and naturally aligned.

/// First eight bytes of a region.
pub const MAGIC: u64 = u64::from_le_bytes(*b"PROCTRZ1");
/// Format version; a reader refuses any other.
pub const VERSION: u32 = 7;

/// Bytes of the header.
pub const HEADER_BYTES: usize = 4096;
/// Processes that a region can describe; a start beyond it is refused, which also bounds a fork bomb.
pub const MAX_PROCESSES: usize = 512;
/// Bytes of a process record.
pub const PROCESS_BYTES: usize = 256;
/// Entries of the text table (a power of two: it is a hash table with linear probing).
pub const MAX_TEXTS: usize = 4096;
/// Bytes of a text entry.
pub const TEXT_BYTES: usize = 256;
/// Bytes of an event.
pub const EVENT_BYTES: usize = 64;
/// Bytes of a chunk: one header of the size of an event, then events.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of what a process tells when it is stopped.
pub const STOP_BYTES: usize = 256;
/// Events in a chunk.
pub const CHUNK_EVENTS: usize = CHUNK_BYTES / EVENT_BYTES - 1;
/// Chunks in a region (about a million events); beyond it the trace is marked truncated.
pub const MAX_CHUNKS: usize = 1024;

/// Offset of the process table.
pub const PROCESSES_AT: usize = HEADER_BYTES;
/// Offset of the keys of the text table: `u64` each, 0 for a free entry; the lowest bit is set when the entry is written. They
/// stand apart so that looking up needs few pages: every process of a run looks up the same texts.
pub const KEYS_AT: usize = PROCESSES_AT + MAX_PROCESSES * PROCESS_BYTES;
/// Offset of the text table.
pub const TEXTS_AT: usize = KEYS_AT + MAX_TEXTS * 8;
/// Offset of the table of stops, one for each process.
pub const STOPS_AT: usize = TEXTS_AT + MAX_TEXTS * TEXT_BYTES;
/// Offset of the chunks.
pub const CHUNKS_AT: usize = STOPS_AT + MAX_PROCESSES * STOP_BYTES;
/// Bytes of a whole region (sparse: only what is used takes memory).
pub const REGION_BYTES: usize = CHUNKS_AT + MAX_CHUNKS * CHUNK_BYTES;

/// Offsets within the header.
pub mod header {
    /// `u64`: [`super::MAGIC`].
    pub const MAGIC: usize = 0;
    /// `u32`: [`super::VERSION`].
    pub const VERSION: usize = 8;
    /// `u32`: slots of the process table handed out.
    pub const NEXT_PROCESS: usize = 16;
    /// `u32`: chunks handed out.
    pub const NEXT_CHUNK: usize = 20;
    /// `u32`: not 0 when something did not fit.
    pub const TRUNCATED: usize = 24;
    /// `u32`: grows whenever a text entry has been written, so that a reader knows when to read them again.
    pub const TEXTS_WRITTEN: usize = 28;
    /// `u64`: address at which the program's image is loaded, to look return addresses up.
    pub const LOAD_BIAS: usize = 32;
}

/// Offsets within a process record.
pub mod process {
    /// `u32`: one of the `STATE_` numbers.
    pub const STATE: usize = 0;
    /// `u32`: the system's pid.
    pub const PID: usize = 4;
    /// `u32`: slot of the parent (its own slot for the first process).
    pub const PARENT: usize = 8;
    /// `u32`: ordinal of its start within the parent, from 1 (0 for the first process).
    pub const ORDINAL: usize = 12;
    /// `u32`: first chunk plus one, 0 for none.
    pub const FIRST_CHUNK: usize = 16;
    /// `i32`: exit code, valid in [`STATE_EXITED`].
    pub const EXIT_CODE: usize = 20;
    /// `u32`: one of the `ROLE_` numbers: whose process it is.
    pub const ROLE: usize = 24;
    /// `u32`: one of the `PHASE_` numbers: what the process is doing now.
    pub const PHASE: usize = 32;
    /// `u32`: the operation it is in.
    pub const PENDING_OP: usize = 36;
    /// `u64`: object of the operation, packed by [`crate::ObjectId::pack`].
    pub const PENDING_OBJECT: usize = 40;
    /// `u32`: place of the operation.
    pub const PENDING_PLACE: usize = 48;
    /// `u32`: event flags of the operation ([`crate::flags::TIMED`] when it has a time limit).
    pub const PENDING_FLAGS: usize = 52;
    /// `u64`: nanoseconds of the monotonic clock at which the operation began.
    pub const PENDING_SINCE: usize = 56;
    /// `u64`: operations begun so far.
    pub const OPERATIONS: usize = 64;
    /// `u64`: the operation's own detail (the slot of the child in a join).
    pub const PENDING_DETAIL: usize = 72;
    /// 64 bytes: the name, padded with zeros.
    pub const NAME: usize = 96;
    /// 64 bytes: the target function's path, padded with zeros.
    pub const FUNCTION: usize = 160;
    /// Bytes of each of the two texts.
    pub const TEXT_BYTES: usize = 64;

    /// The program's own: it was started as a process.
    pub const ROLE_OWN: u32 = 0;
    /// The library's: it works for a pool.
    pub const ROLE_WORKER: u32 = 1;
    /// The library's: it serves the objects of a manager.
    pub const ROLE_SERVER: u32 = 2;

    /// The slot is handed out; the process may not exist.
    pub const STATE_CLAIMED: u32 = 1;
    /// The process runs.
    pub const STATE_RUNNING: u32 = 2;
    /// The process recorded its exit.
    pub const STATE_EXITED: u32 = 3;
    /// The start failed: there never was a process.
    pub const STATE_FAILED: u32 = 4;

    /// In the program's own code.
    pub const PHASE_RUNNING: u32 = 0;
    /// Inside an operation of the library, trying.
    pub const PHASE_OPERATING: u32 = 1;
    /// Inside an operation of the library, asleep until somebody else acts (or its limit passes).
    pub const PHASE_BLOCKED: u32 = 2;
}

/// Offsets within a text entry.
pub mod text {
    /// `u32`: not 0 when the rest is written.
    pub const READY: usize = 8;
    /// `u32`: one of the `KIND_` numbers.
    pub const KIND: usize = 12;
    /// `u32`: line, for a place.
    pub const LINE: usize = 16;
    /// `u32`: column, for a place.
    pub const COLUMN: usize = 20;
    /// `u32`: bytes of text, or number of addresses.
    pub const LENGTH: usize = 24;
    /// The text (a tail of it when it is longer), or `u64` return addresses.
    pub const BODY: usize = 32;
    /// Bytes of the body.
    pub const BODY_BYTES: usize = super::TEXT_BYTES - BODY;

    /// A source place: file, line, column.
    pub const KIND_PLACE: u32 = 1;
    /// Return addresses, innermost first.
    pub const KIND_ADDRESSES: u32 = 2;
    /// A label: the name of an enum variant, an object or a function.
    pub const KIND_LABEL: u32 = 3;
}

/// Offsets within a stop: where a process was when it was told to end.
pub mod stop {
    /// `u32`: number of addresses; 0 when it told nothing.
    pub const COUNT: usize = 0;
    /// `u64` addresses, innermost first, each behind the instruction that it is about (as a return address is).
    pub const ADDRESSES: usize = 8;
    /// Most addresses.
    pub const MOST: usize = (super::STOP_BYTES - ADDRESSES) / 8;
}

/// Offsets within a chunk's header.
pub mod chunk {
    /// `u32`: next chunk plus one, 0 for none.
    pub const NEXT: usize = 0;
    /// `u32`: events committed in this chunk.
    pub const COUNT: usize = 4;
}
