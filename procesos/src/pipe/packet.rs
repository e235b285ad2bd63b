//! A message as the kernel carries it: one packet, whole or not at all.
//!
//! A small one is in the packet itself, a large one in a file in memory that travels with it.

use std::cell::RefCell;
use std::fs::File;
use std::io::{IoSlice, IoSliceMut, Read, Seek, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};

use crate::codec;
use crate::error::{Error, Kind, Result};
use crate::sys;

/// First byte of a packet: the message follows. There is always a first byte: an empty packet would look like the end.
const INLINE: u8 = 0;
/// First byte of a packet: the message is in the file that comes with it.
const IN_FILE: u8 = 1;
/// Largest message that travels in a packet.
const MAX_INLINE: usize = 64 * 1024;

thread_local! {
    /// Room for one packet, cleared once.
    static PACKET: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Hands one message to the socket with this number; false when it has no room now.
pub(super) fn send(number: RawFd, bytes: &[u8]) -> Result<bool> {
    let flags = MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT;
    let result = if bytes.len() <= MAX_INLINE {
        let parts = [IoSlice::new(&[INLINE]), IoSlice::new(bytes)];
        retried(|| sendmsg::<()>(number, &parts, &[], flags, None))
    } else {
        let file = in_memory_file(bytes)?;
        let parts = [IoSlice::new(&[IN_FILE])];
        let descriptors = [file.as_raw_fd()];
        let control = [ControlMessage::ScmRights(&descriptors)];
        retried(|| sendmsg::<()>(number, &parts, &control, flags, None))
    };
    match result {
        Ok(_) => Ok(true),
        Err(Errno::EAGAIN) => Ok(false),
        Err(Errno::EPIPE | Errno::ECONNRESET) => Err(Kind::BrokenPipe.into()),
        Err(error) => Err(Error::system("Connection::send", error)),
    }
}

/// Makes sure that a large message of so many bytes can be received by this socket: what the kernel has no descriptor for it drops.
pub(super) fn make_room(socket: &OwnedFd, bytes: u64, into: &mut Vec<u8>) -> Result<()> {
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    codec::make_room("Connection::recv", bytes, into)?;
    // Closed again at once: its number is free then.
    socket.try_clone().map(drop).map_err(|error| Error::system("Connection::recv", error))
}

/// Takes one packet from the socket with this number and appends its message; false when none is there.
pub(super) fn receive(number: RawFd, into: &mut Vec<u8>) -> Result<bool> {
    PACKET.with_borrow_mut(|packet| receive_by_way_of(packet, number, into))
}

fn receive_by_way_of(packet: &mut Vec<u8>, number: RawFd, into: &mut Vec<u8>) -> Result<bool> {
    let mut header = [0];
    packet.resize(MAX_INLINE, 0);
    let mut control = nix::cmsg_space!(RawFd);
    let (length, file) = loop {
        let mut parts = [IoSliceMut::new(&mut header), IoSliceMut::new(packet)];
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_CMSG_CLOEXEC;
        match recvmsg::<()>(number, &mut parts, Some(&mut control), flags) {
            Ok(message) => {
                let file = received_file(message.cmsgs().map_err(|e| Error::system("Connection::recv", e))?);
                break (message.bytes, file);
            }
            Err(Errno::EAGAIN) => return Ok(false),
            // The other side closed with messages of ours unread: its own messages can still be received.
            Err(Errno::ECONNRESET | Errno::EINTR) => {}
            Err(error) => return Err(Error::system("Connection::recv", error)),
        }
    };
    let Some(bytes) = length.checked_sub(1) else { return Err(Kind::Eof.into()) };
    into.extend_from_slice(&packet[..bytes]);
    if header == [IN_FILE] {
        let mut file = file.ok_or_else(|| Kind::Decode("a message came without its file".to_owned()))?;
        file.rewind()
            .and_then(|()| file.read_to_end(into))
            .map_err(|e| Error::system("Connection::recv", e))?;
    }
    Ok(true)
}

/// Repeats a call that a signal interrupted.
fn retried<R>(mut call: impl FnMut() -> nix::Result<R>) -> nix::Result<R> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            other => return other,
        }
    }
}

/// A message too large for a packet, as a file that only the two sides can see: it travels whole or not at all.
fn in_memory_file(bytes: &[u8]) -> Result<File> {
    let descriptor = memfd_create(c"procesos-message", MFdFlags::MFD_CLOEXEC)
        .map_err(|e| Error::system("Connection::send", e))?;
    let mut file = File::from(descriptor);
    file.write_all(bytes).map_err(|e| Error::system("Connection::send", e))?;
    Ok(file)
}

/// The file that came with a packet.
fn received_file(control: impl Iterator<Item = ControlMessageOwned>) -> Option<File> {
    let numbers = control.filter_map(|message| match message {
        ControlMessageOwned::ScmRights(numbers) => Some(numbers),
        _ => None,
    });
    numbers.flatten().map(|number| File::from(sys::own_received(number))).last()
}
