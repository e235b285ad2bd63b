//! The region that a traced case writes to, as a grader makes it; here it is only read.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use nix::sys::memfd::{MFdFlags, memfd_create};
use procesos_trace::layout::{self, header, process};
use procesos_trace::{Op, ProcessRecord, RawTrace, Reader, TextEntry};

/// What a watch waits for comes in milliseconds, or never.
const WATCH_LIMIT: Duration = Duration::from_secs(30);

/// A region in memory.
pub(crate) struct Region {
    file: File,
}

impl Region {
    /// Makes an empty region that the program may adopt.
    pub(crate) fn new() -> io::Result<Self> {
        // Without CLOEXEC: the program inherits it.
        let file = File::from(memfd_create(c"trace", MFdFlags::empty())?);
        file.set_len(layout::REGION_BYTES as u64)?;
        file.write_all_at(&layout::MAGIC.to_le_bytes(), header::MAGIC as u64)?;
        file.write_all_at(&layout::VERSION.to_le_bytes(), header::VERSION as u64)?;
        Ok(Self { file })
    }

    /// The descriptor that the program inherits.
    pub(crate) fn inherited(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// Everything that was recorded: the trace, and its texts.
    pub(crate) fn read(self) -> io::Result<(RawTrace, Vec<Option<TextEntry>>)> {
        let mut reader = Reader::new(self.file);
        let trace = reader.read()?;
        let texts = reader.new_texts()?.unwrap_or_default();
        Ok((trace, texts))
    }

    /// Looks at the processes until `look` sees what it waits for.
    pub(crate) fn until<R>(&self, look: impl Fn(&[ProcessRecord]) -> Option<R>) -> R {
        let begun = Instant::now();
        loop {
            let mut bytes = vec![0; layout::TEXTS_AT];
            self.file.read_exact_at(&mut bytes, 0).expect("the region is as long as its tables");
            let processes =
                procesos_trace::decode_processes(&bytes).expect("the program keeps the header whole");
            if let Some(seen) = look(&processes) {
                return seen;
            }
            assert!(begun.elapsed() < WATCH_LIMIT, "not seen in time; the processes are {processes:#?}");
            std::thread::yield_now();
        }
    }

    /// Waits until the process of this slot sleeps in an operation, and returns its record.
    pub(crate) fn until_blocked(&self, slot: usize, op: Op) -> ProcessRecord {
        self.until(|processes| processes.get(slot).filter(|record| is_blocked_in(record, op)).cloned())
    }
}

/// Whether a process sleeps in an operation.
pub(crate) fn is_blocked_in(record: &ProcessRecord, op: Op) -> bool {
    record.pending.phase == process::PHASE_BLOCKED && record.pending.op == u32::from(op as u8)
}
