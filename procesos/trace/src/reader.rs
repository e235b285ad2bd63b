//! Reads a region from its file: only what is used of it, and texts only when there are new ones.
//!
//! A program that serves one execution after another keeps its texts, so most readings need none.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::decode::{self, ProcessRecord, RawTrace, TextEntry};
use crate::layout::{self, chunk, header};

/// Bytes of a chunk that are read before it is known how many are used.
const FIRST_PIECE: usize = 4096;

/// See the module.
#[derive(Debug)]
pub struct Reader {
    file: File,
    /// As the region; what was never read is zero, and what is stale is beyond what the rest counts.
    bytes: Vec<u8>,
    /// How many texts had been written when they were read.
    texts_written: usize,
}

impl Reader {
    /// A reader of the region in `file`; nothing is read yet.
    #[must_use]
    pub fn new(file: File) -> Self {
        Self { file, bytes: Vec::new(), texts_written: 0 }
    }

    /// The file of the region.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The table of processes as it is now.
    ///
    /// # Errors
    /// When the file cannot be read or is not a region.
    pub fn processes(&mut self) -> io::Result<Vec<ProcessRecord>> {
        self.fetch(0, layout::HEADER_BYTES)?;
        let count = self.number(header::NEXT_PROCESS).min(layout::MAX_PROCESSES);
        self.fetch(layout::PROCESSES_AT, count * layout::PROCESS_BYTES)?;
        decode::decode_processes(&self.bytes).map_err(io::Error::other)
    }

    /// Everything that was recorded but the texts.
    ///
    /// # Errors
    /// When the file cannot be read, is not a region, or is damaged.
    pub fn read(&mut self) -> io::Result<RawTrace> {
        let processes = self.processes()?;
        self.fetch(layout::STOPS_AT, processes.len() * layout::STOP_BYTES)?;
        let chunks = self.number(header::NEXT_CHUNK).min(layout::MAX_CHUNKS);
        for index in 0..chunks {
            let base = layout::CHUNKS_AT + index * layout::CHUNK_BYTES;
            self.fetch(base, FIRST_PIECE)?;
            let used = (self.number(base + chunk::COUNT).min(layout::CHUNK_EVENTS) + 1) * layout::EVENT_BYTES;
            if used > FIRST_PIECE {
                self.fetch(base + FIRST_PIECE, used - FIRST_PIECE)?;
            }
        }
        decode::decode_with(processes, &self.bytes).map_err(io::Error::other)
    }

    /// The table of texts, if any was written since the last time; an event's `place` and `label` are indices plus one.
    ///
    /// # Errors
    /// When the file cannot be read or is not a region.
    pub fn new_texts(&mut self) -> io::Result<Option<Vec<Option<TextEntry>>>> {
        self.fetch(0, layout::HEADER_BYTES)?;
        let written = self.number(header::TEXTS_WRITTEN);
        if written == self.texts_written {
            return Ok(None);
        }
        self.fetch(layout::TEXTS_AT, layout::MAX_TEXTS * layout::TEXT_BYTES)?;
        self.texts_written = written;
        decode::decode_texts(&self.bytes).map(Some).map_err(io::Error::other)
    }

    fn fetch(&mut self, at: usize, length: usize) -> io::Result<()> {
        if self.bytes.len() < at + length {
            self.bytes.resize(at + length, 0);
        }
        self.file.read_exact_at(&mut self.bytes[at..at + length], at as u64)
    }

    /// A number of the region that has been read.
    fn number(&self, at: usize) -> usize {
        let raw = [0, 1, 2, 3].map(|index| self.bytes.get(at + index).copied().unwrap_or(0));
        u32::from_le_bytes(raw) as usize
    }
}
