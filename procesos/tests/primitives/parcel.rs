//! Messages whose content follows from their number, so that one that is torn, lost or doubled is seen.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How far apart the places are in which a parcel's bytes tell where they belong.
const STAMP_EVERY: usize = 1024;

/// Bytes that are encoded as a whole: a vector would go through serde byte by byte.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Bytes {
    /// A block whose encoding (with its length before it) takes exactly `length` bytes, of 256 to 16,385.
    pub(crate) fn encoded_in(length: usize) -> Self {
        // A length of 128 to 16,383 takes two bytes.
        Self(vec![7; length - 2])
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor)
    }
}

struct BytesVisitor;

impl Visitor<'_> for BytesVisitor {
    type Value = Bytes;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }
    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }
}

/// The parcel of a number from a sender.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Parcel {
    pub(crate) sender: u32,
    pub(crate) number: u64,
    length: usize,
    content: Bytes,
}

impl Parcel {
    pub(crate) fn new(sender: u32, number: u64, length: usize) -> Self {
        Self { sender, number, length, content: Bytes(content(sender, number, length)) }
    }

    /// Checks that the content is that of its number.
    pub(crate) fn is_whole(&self) -> bool {
        self.content.0 == content(self.sender, self.number, self.length)
    }
}

fn content(sender: u32, number: u64, length: usize) -> Vec<u8> {
    let fill = u8::try_from((number + u64::from(sender) * 31) % 251).unwrap_or(0) + 1;
    let mut bytes = vec![fill; length];
    for at in (0..length.saturating_sub(8)).step_by(STAMP_EVERY) {
        bytes[at..at + 8].copy_from_slice(&(number ^ ((at as u64) << 32)).to_le_bytes());
    }
    bytes
}
