//! How a value that goes to a manager looks, for the trace: a number as bits, anything else as text. Without a trace nobody looks.

use std::io::{self, Write};

use procesos_trace::flags;
use procesos_trace::layout::text::BODY_BYTES;
use serde::Serialize;

use crate::recorder;

/// What ends a text that was cut.
const CUT: &str = "…";

/// A value as bytes, with its look where somebody records.
#[derive(Debug)]
pub(super) struct Coded {
    pub(super) bytes: Vec<u8>,
    text: Option<String>,
}

impl Coded {
    pub(super) fn new(bytes: Vec<u8>, value: &impl Serialize) -> Self {
        let text = recorder::is_active().then(|| text_of(value));
        Self { bytes, text }
    }

    /// Its text entry as a key: keys that look the same because they were cut have different ones.
    pub(super) fn key_entry(&self) -> u32 {
        self.text.as_ref().map_or(0, |text| recorder::key_entry(&self.bytes, text))
    }

    pub(super) fn look(&self) -> Look {
        let hash = recorder::hash(&self.bytes);
        let Some(text) = &self.text else { return Look { hash, ..Look::default() } };
        let plain = |bits: u64, flags: u16| Look { bits, flags, label: 0, hash };
        if let Ok(number) = text.parse::<i64>() {
            return plain(number.cast_unsigned(), 0);
        }
        if let Ok(number) = text.parse::<u64>() {
            return plain(number, flags::UNSIGNED);
        }
        if let Ok(truth) = text.parse::<bool>() {
            return plain(truth.into(), flags::BOOLEAN);
        }
        match text.parse::<f64>() {
            Ok(number) => plain(number.to_bits(), flags::FLOAT),
            Err(_) => Look { bits: hash, flags: flags::OTHER, label: recorder::label_entry(text), hash },
        }
    }
}

/// What an event tells of a value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    pub(super) bits: u64,
    pub(super) flags: u16,
    pub(super) label: u32,
    /// Of its bytes.
    pub(super) hash: u64,
}

/// A value in JSON, cut where it is longer than a text of the trace.
fn text_of(value: &impl Serialize) -> String {
    let mut head = Head(Vec::new());
    let whole = serde_json::to_writer(&mut head, value).is_ok();
    let text = String::from_utf8_lossy(&head.0);
    let text = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
    if whole { text.to_owned() } else { format!("{text}{CUT}") }
}

/// Takes as much as there is room for, then refuses: a large value is not written to its end.
struct Head(Vec<u8>);

impl Write for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = BODY_BYTES - CUT.len() - self.0.len();
        if room == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(room);
        self.0.extend(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
