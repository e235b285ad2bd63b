//! Messages and arguments as bytes: serde with postcard, which does here what pickle does in Python.

use std::cell::RefCell;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Kind, Result};
use crate::handover;
use crate::sys::Shared;

/// First size of the scratch buffer; it doubles as messages ask for it.
const FIRST_SCRATCH: usize = 4096;
/// Bytes of a message that is encoded where it belongs, without the scratch buffer.
const SMALL: usize = 64;
/// A buffer that grew beyond this is given back: one large message does not cost its memory for ever.
const MOST_SCRATCH: usize = 1 << 20;

thread_local! {
    /// Reused between messages: encoding into a slice is several times faster than growing a vector byte by byte.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// Reused for what is received.
    static RECEIVED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Passes on an empty buffer that has room already for what was received before.
pub(crate) fn with_buffer<R>(use_buffer: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    // Taken out, not borrowed: a message's own Deserialize might receive something.
    let mut buffer = RECEIVED.take();
    let result = use_buffer(&mut buffer);
    if buffer.capacity() <= MOST_SCRATCH {
        buffer.clear();
        RECEIVED.set(buffer);
    }
    result
}

/// Encodes `message` and passes its bytes on.
///
/// # Errors
/// [`Kind::HandleInMessage`] when it contains a handle, [`Kind::Encode`] when its `Serialize` fails.
pub(crate) fn with_encoded<R>(message: &impl Serialize, use_bytes: impl FnOnce(&[u8]) -> R) -> Result<R> {
    // Taken out, not borrowed: a message's own Serialize might send something.
    let mut scratch = SCRATCH.take();
    if scratch.is_empty() {
        scratch.resize(FIRST_SCRATCH, 0);
    }
    let result = loop {
        match postcard::to_slice(message, &mut scratch) {
            Ok(bytes) => break Ok(use_bytes(bytes)),
            Err(postcard::Error::SerializeBufferFull) => {
                let bytes = scratch.len() * 2;
                if scratch.try_reserve_exact(bytes - scratch.len()).is_err() {
                    let bytes = postcard::experimental::serialized_size(message).unwrap_or(bytes);
                    break Err(Kind::NoMemory { doing: "Serialize", bytes }.into());
                }
                scratch.resize(bytes, 0);
            }
            Err(error) => break Err(encoding_error(&error)),
        }
    };
    if scratch.len() <= MOST_SCRATCH {
        SCRATCH.set(scratch);
    }
    result
}

/// Encodes into a vector of its own.
///
/// # Errors
/// As [`with_encoded`].
pub(crate) fn encode(message: &impl Serialize) -> Result<Vec<u8>> {
    with_encoded(message, <[u8]>::to_vec)
}

/// Makes sure that a message of so many bytes can be taken in, and what is made of it be made: that is about as large, and Rust ends a
/// process that has no memory for it.
///
/// # Errors
/// [`Kind::NoMemory`]. Nothing has been taken by then.
pub(crate) fn make_room(doing: &'static str, bytes: usize, into: &mut Vec<u8>) -> Result<()> {
    // Tried apart from the heap, which would keep what it was asked for.
    let fits = || bytes <= MOST_SCRATCH || Shared::anonymous(bytes).is_ok();
    if into.try_reserve(bytes).is_ok() && fits() {
        Ok(())
    } else {
        Err(Kind::NoMemory { doing, bytes }.into())
    }
}

/// Encodes `message` behind what is there already; nothing is added when that fails.
///
/// # Errors
/// As [`with_encoded`].
pub(crate) fn append(message: &impl Serialize, into: &mut Vec<u8>) -> Result<()> {
    let used = into.len();
    into.resize(used + SMALL, 0);
    let length = postcard::to_slice(message, &mut into[used..]).map(|bytes| bytes.len());
    into.truncate(used + length.as_ref().unwrap_or(&0));
    match length {
        Ok(_) => Ok(()),
        Err(_) => with_encoded(message, |bytes| into.extend_from_slice(bytes)),
    }
}

fn encoding_error(error: &postcard::Error) -> Error {
    handover::take_refusal().unwrap_or_else(|| Kind::Encode(error.to_string())).into()
}

/// Decodes a message.
///
/// # Errors
/// [`Kind::Decode`] when the bytes are not a `T`.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    postcard::from_bytes(bytes).map_err(|error| Kind::Decode(error.to_string()).into())
}

/// Decodes the message that the bytes begin with; also returns the rest.
///
/// # Errors
/// As [`decode`].
pub(crate) fn decode_next<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8])> {
    postcard::take_from_bytes(bytes).map_err(|error| Kind::Decode(error.to_string()).into())
}
