//! Writes the trace: events, places and the pending slot of this process. Without a grader it does nothing.
//!
//! What it never does: decide, wait, or fail the program. What does not fit marks the trace as truncated.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{BuildHasherDefault, Hasher};
use std::os::fd::RawFd;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use procesos_trace::layout::{self, chunk, header, process, stop, text};
use procesos_trace::{Event, ObjectId, Op, TRACE_VARIABLE};
use zerocopy::IntoBytes;

use crate::identity;
use crate::sys::{self, Shared};

/// Texts after which no new label is taken.
const MOST_TEXTS_WITH_LABELS: usize = layout::MAX_TEXTS / 4 * 3;

static REGION: OnceLock<Shared> = OnceLock::new();
static ACTIVE: AtomicBool = AtomicBool::new(false);
static APPENDER: Mutex<Option<Appender>> = Mutex::new(None);

/// Where an operation was called from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At {
    /// The caller, as the compiler tells it.
    Caller(&'static Location<'static>),
    /// Not told by the compiler (a drop): look at the return addresses.
    Unwound,
    /// Nowhere in the program: the library's own step.
    Library,
}

impl At {
    /// The caller of the function that calls this, when both are `#[track_caller]`.
    #[track_caller]
    pub(crate) fn caller() -> Self {
        Self::Caller(Location::caller())
    }
}

/// Keys are pointers or hashes already: no need to hash them again.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = fnv(self.0, bytes);
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// This process's position in the region.
#[derive(Default)]
struct Appender {
    /// Chunk plus one; 0 before the first event.
    chunk: usize,
    /// Events in it.
    used: usize,
    /// Text entries this process has looked up, by key.
    texts: HashMap<u64, u32, BuildHasherDefault<KeyHasher>>,
}

/// FNV-1a, to key texts by their content.
fn fnv(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Whether events are recorded.
#[inline]
pub(crate) fn is_active() -> bool {
    ACTIVE.load(Ordering::Relaxed)
}

fn region() -> Option<&'static Shared> {
    if is_active() { REGION.get() } else { None }
}

/// A 32-bit number for the region; the sizes it stores are bounded far below.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Takes over the region that a grader handed to this program, if one did, and closes its descriptor.
pub(crate) fn adopt_region() {
    let Some(number) = std::env::var(TRACE_VARIABLE).ok().and_then(|v| v.parse::<RawFd>().ok()) else {
        return;
    };
    sys::remove_variable(TRACE_VARIABLE);
    let Some(file) = sys::adopt_descriptor(number) else { return };
    let Some(region) = map_region(&file) else { return };
    region.u64(header::LOAD_BIAS).store(sys::load_bias(), Ordering::Relaxed);
    if REGION.set(region).is_ok() {
        ACTIVE.store(true, Ordering::Relaxed);
        *APPENDER.lock().unwrap_or_else(PoisonError::into_inner) = Some(Appender::default());
        if let Some(slot) = claim_process(0, 0, "", "", process::ROLE_OWN) {
            confirm_process(slot, std::process::id());
        }
        sys::on_stop(keep_stop);
    }
}

/// Whether the process of this slot was told to stop and told where it was.
pub(crate) fn was_stopped(slot: usize) -> bool {
    let count = layout::STOPS_AT + slot * layout::STOP_BYTES + stop::COUNT;
    region().is_some_and(|region| region.u32(count).load(Ordering::Acquire) != 0)
}

/// Keeps where this process is when it is told to stop. Runs in a signal handler: it only stores numbers.
fn keep_stop(addresses: &[u64]) {
    let Some(region) = region() else { return };
    let base = layout::STOPS_AT + identity::slot() * layout::STOP_BYTES;
    let kept = &addresses[..addresses.len().min(stop::MOST)];
    for (index, address) in kept.iter().enumerate() {
        region.u64(base + stop::ADDRESSES + index * 8).store(*address, Ordering::Relaxed);
    }
    region.u32(base + stop::COUNT).store(small(kept.len()), Ordering::Release);
}

fn map_region(file: &File) -> Option<Shared> {
    let region = Shared::of_file(file, layout::REGION_BYTES).ok()?;
    let known = region.u64(header::MAGIC).load(Ordering::Relaxed) == layout::MAGIC
        && region.u32(header::VERSION).load(Ordering::Relaxed) == layout::VERSION;
    known.then_some(region)
}

fn mark_truncated(region: &Shared) {
    region.u32(header::TRUNCATED).store(1, Ordering::Relaxed);
}

fn process_base(slot: usize) -> usize {
    layout::PROCESSES_AT + slot * layout::PROCESS_BYTES
}

/// Takes a slot for a process that is about to exist; `None` without a trace or when the table is full.
pub(crate) fn claim_process(
    parent: usize,
    ordinal: u32,
    name: &str,
    function: &str,
    role: u32,
) -> Option<usize> {
    let region = region()?;
    let slot = region.u32(header::NEXT_PROCESS).fetch_add(1, Ordering::Relaxed) as usize;
    if slot >= layout::MAX_PROCESSES {
        region.u32(header::NEXT_PROCESS).store(small(layout::MAX_PROCESSES), Ordering::Relaxed);
        mark_truncated(region);
        return None;
    }
    let base = process_base(slot);
    region.u32(base + process::PARENT).store(small(parent), Ordering::Relaxed);
    region.u32(base + process::ORDINAL).store(ordinal, Ordering::Relaxed);
    region.u32(base + process::ROLE).store(role, Ordering::Relaxed);
    region.copy_in(base + process::NAME, head(name, process::TEXT_BYTES));
    region.copy_in(base + process::FUNCTION, tail(function, process::TEXT_BYTES));
    region.u32(base + process::STATE).store(process::STATE_CLAIMED, Ordering::Release);
    Some(slot)
}

/// The process of this slot exists. Told by its parent and by itself: by the time of the second it may have ended.
pub(crate) fn confirm_process(slot: usize, pid: u32) {
    let Some(region) = region() else { return };
    let base = process_base(slot);
    region.u32(base + process::PID).store(pid, Ordering::Relaxed);
    let state = region.u32(base + process::STATE);
    let running = process::STATE_RUNNING;
    // Refused when the other one told it first.
    let _ = state.compare_exchange(process::STATE_CLAIMED, running, Ordering::Release, Ordering::Relaxed);
}

/// The process of this slot never came to be.
pub(crate) fn withdraw_process(slot: usize) {
    let Some(region) = region() else { return };
    region.u32(process_base(slot) + process::STATE).store(process::STATE_FAILED, Ordering::Release);
}

/// This process ends now with `code`.
pub(crate) fn record_exit(code: i32) {
    let Some(region) = region() else { return };
    let base = process_base(identity::slot());
    region.u32(base + process::EXIT_CODE).store(code.cast_unsigned(), Ordering::Relaxed);
    region.u32(base + process::STATE).store(process::STATE_EXITED, Ordering::Release);
}

/// Forgets the processes and events of the last execution; texts stay, since the next one has the same.
pub(crate) fn reset() {
    let Some(region) = region() else { return };
    let processes = region.u32(header::NEXT_PROCESS).load(Ordering::Relaxed) as usize;
    let empty = [0; layout::PROCESS_BYTES];
    for slot in 0..processes.min(layout::MAX_PROCESSES) {
        region.copy_in(process_base(slot), &empty);
        region.u32(layout::STOPS_AT + slot * layout::STOP_BYTES + stop::COUNT).store(0, Ordering::Relaxed);
    }
    let chunks = region.u32(header::NEXT_CHUNK).load(Ordering::Relaxed) as usize;
    for index in 0..chunks.min(layout::MAX_CHUNKS) {
        region.copy_in(layout::CHUNKS_AT + index * layout::CHUNK_BYTES, &empty[..layout::EVENT_BYTES]);
    }
    region.u32(header::NEXT_CHUNK).store(0, Ordering::Relaxed);
    region.u32(header::TRUNCATED).store(0, Ordering::Relaxed);
    region.u32(header::NEXT_PROCESS).store(0, Ordering::Relaxed);
    claim_process(0, 0, "", "", process::ROLE_OWN);
}

/// After a fork, in the child: start a chain of events of its own.
pub(crate) fn become_child() {
    if is_active() {
        *APPENDER.lock().unwrap_or_else(PoisonError::into_inner) = Some(Appender::default());
    }
}

/// What an operation shows while it is under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pending {
    pub(crate) op: Op,
    pub(crate) object: ObjectId,
    pub(crate) place: u32,
    pub(crate) flags: u16,
    pub(crate) since: u64,
    pub(crate) detail: u64,
}

/// Shows in the pending slot that an operation begins.
pub(crate) fn show_pending(pending: Pending) {
    let Some(region) = region() else { return };
    let base = process_base(identity::slot());
    region.u32(base + process::PENDING_OP).store(u32::from(pending.op as u8), Ordering::Relaxed);
    region.u64(base + process::PENDING_OBJECT).store(pending.object.pack(), Ordering::Relaxed);
    region.u32(base + process::PENDING_PLACE).store(pending.place, Ordering::Relaxed);
    region.u32(base + process::PENDING_FLAGS).store(u32::from(pending.flags), Ordering::Relaxed);
    region.u64(base + process::PENDING_SINCE).store(pending.since, Ordering::Relaxed);
    region.u64(base + process::PENDING_DETAIL).store(pending.detail, Ordering::Relaxed);
    region.u64(base + process::OPERATIONS).fetch_add(1, Ordering::Relaxed);
    region.u32(base + process::PHASE).store(process::PHASE_OPERATING, Ordering::Release);
}

/// Shows in the pending slot what phase the operation is in.
pub(crate) fn show_phase(phase: u32) {
    if let Some(region) = region() {
        region.u32(process_base(identity::slot()) + process::PHASE).store(phase, Ordering::Release);
    }
}

/// Appends an event of this process.
pub(crate) fn commit(event: &Event) {
    let Some(region) = region() else { return };
    let mut guard = APPENDER.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(appender) = guard.as_mut() else { return };
    appender.append(region, event);
}

impl Appender {
    fn append(&mut self, region: &Shared, event: &Event) {
        if (self.chunk == 0 || self.used == layout::CHUNK_EVENTS) && !self.extend(region) {
            mark_truncated(region);
            return;
        }
        let base = layout::CHUNKS_AT + (self.chunk - 1) * layout::CHUNK_BYTES;
        region.copy_in(base + (self.used + 1) * layout::EVENT_BYTES, event.as_bytes());
        self.used += 1;
        region.u32(base + chunk::COUNT).store(small(self.used), Ordering::Release);
    }

    /// Takes a further chunk and links it.
    fn extend(&mut self, region: &Shared) -> bool {
        let taken = region.u32(header::NEXT_CHUNK).fetch_add(1, Ordering::Relaxed) as usize;
        if taken >= layout::MAX_CHUNKS {
            region.u32(header::NEXT_CHUNK).store(small(layout::MAX_CHUNKS), Ordering::Relaxed);
            return false;
        }
        let link = match self.chunk {
            0 => process_base(identity::slot()) + process::FIRST_CHUNK,
            current => layout::CHUNKS_AT + (current - 1) * layout::CHUNK_BYTES + chunk::NEXT,
        };
        region.u32(link).store(small(taken + 1), Ordering::Release);
        self.chunk = taken + 1;
        self.used = 0;
        true
    }
}

/// The first `bytes` of a text, cut at a character.
fn head(value: &str, bytes: usize) -> &[u8] {
    &value.as_bytes()[..value.floor_char_boundary(bytes)]
}

/// The last `bytes` of a text, cut at a character.
fn tail(value: &str, bytes: usize) -> &[u8] {
    &value.as_bytes()[value.ceil_char_boundary(value.len().saturating_sub(bytes))..]
}

/// Whether a place is in the standard library's sources, so that the frame chain has to tell the program's own line.
fn is_of_std(location: &Location<'_>) -> bool {
    let file = location.file();
    file.starts_with("/rustc/") || file.contains("/library/core/") || file.contains("/library/alloc/")
}

/// The text entry of a place, plus one; 0 for none.
pub(crate) fn place_entry(at: At) -> u32 {
    if !is_active() {
        return 0;
    }
    match at {
        At::Caller(location) if !is_of_std(location) => {
            let key = std::ptr::from_ref(location).addr() as u64;
            entry(key, text::KIND_PLACE, || {
                (location.line(), location.column(), location.file().as_bytes().to_vec())
            })
        }
        At::Caller(_) | At::Unwound => {
            let mut addresses = [0; sys::MAX_FRAMES];
            let count = sys::return_addresses(&mut addresses);
            let bytes = addresses[..count].as_bytes();
            entry(fnv(1, bytes), text::KIND_ADDRESSES, || (0, 0, bytes.to_vec()))
        }
        At::Library => 0,
    }
}

/// A hash of some bytes, never 0.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    fnv(3, bytes) | 1
}

/// The text entry of a key, plus one; 0 for none. Other bytes have another one, also where their texts are the same.
pub(crate) fn key_entry(bytes: &[u8], text: &str) -> u32 {
    if !is_active() {
        return 0;
    }
    entry(hash(bytes), text::KIND_LABEL, || (0, 0, head(text, text::BODY_BYTES).to_vec()))
}

/// The text entry of a label, plus one; 0 for none.
pub(crate) fn label_entry(label: &str) -> u32 {
    if !is_active() {
        return 0;
    }
    entry(fnv(2, label.as_bytes()), text::KIND_LABEL, || (0, 0, head(label, text::BODY_BYTES).to_vec()))
}

/// Looks an entry up by key, writing it where nobody has; returns its index plus one, 0 when the table is full.
fn entry(key: u64, kind: u32, content: impl FnOnce() -> (u32, u32, Vec<u8>)) -> u32 {
    let key = key.max(2);
    let Some(region) = region() else { return 0 };
    let mut guard = APPENDER.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(appender) = guard.as_mut() else { return 0 };
    if let Some(found) = appender.texts.get(&key) {
        return *found;
    }
    let index = find_entry(region, key, kind, content).map_or(0, |index| small(index + 1));
    appender.texts.insert(key, index);
    index
}

fn find_entry(
    region: &Shared,
    key: u64,
    kind: u32,
    content: impl FnOnce() -> (u32, u32, Vec<u8>),
) -> Option<usize> {
    let (claimed, written) = (key & !1, key | 1);
    let mask = layout::MAX_TEXTS - 1;
    // Messages of panics may differ in every execution. Places must always find room: without them a trace is not whole.
    let texts = region.u32(header::TEXTS_WRITTEN).load(Ordering::Relaxed) as usize;
    let is_refused = kind == text::KIND_LABEL && texts > MOST_TEXTS_WITH_LABELS;
    let start = usize::try_from(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40).unwrap_or(0);
    for step in 0..layout::MAX_TEXTS {
        let index = (start + step) & mask;
        let slot = region.u64(layout::KEYS_AT + index * 8);
        // Looking comes first: it does not make the page this process's own to write.
        let found = match slot.load(Ordering::Acquire) {
            0 if is_refused => return None,
            0 => slot
                .compare_exchange(0, claimed, Ordering::AcqRel, Ordering::Acquire)
                .err()
                .unwrap_or(claimed),
            found => found,
        };
        if found == written {
            return Some(index);
        }
        if found != claimed {
            continue;
        }
        // Whoever comes first writes it; a second writer of the same key writes the same bytes.
        let base = layout::TEXTS_AT + index * layout::TEXT_BYTES;
        let (line, column, body) = content();
        let body = &body[body.len().saturating_sub(text::BODY_BYTES)..];
        let length = if kind == text::KIND_ADDRESSES { body.len() / 8 } else { body.len() };
        region.u32(base + text::KIND).store(kind, Ordering::Relaxed);
        region.u32(base + text::LINE).store(line, Ordering::Relaxed);
        region.u32(base + text::COLUMN).store(column, Ordering::Relaxed);
        region.u32(base + text::LENGTH).store(small(length), Ordering::Relaxed);
        region.copy_in(base + text::BODY, body);
        region.u32(base + text::READY).store(1, Ordering::Release);
        region.u32(header::TEXTS_WRITTEN).fetch_add(1, Ordering::Release);
        slot.store(written, Ordering::Release);
        return Some(index);
    }
    mark_truncated(region);
    None
}
