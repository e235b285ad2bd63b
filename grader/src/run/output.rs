//! Standard output and standard error of a run, with the writer of each piece.
//!
//! The program writes to a stream socket, and the kernel labels what arrives with the pid that wrote it. Nothing here
//! waits for the end of the stream: a process that outlives the program may hold it open for ever.

use std::io::IoSliceMut;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::sockopt::PassCred;
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockType, UnixCredentials, recvmsg, setsockopt,
    socketpair,
};

use crate::Result;
use crate::error::{Doing, Error};

/// Bytes read at once.
const PIECE: usize = 16 * 1024;
/// Bytes kept of each stream; more is told, and ends the run.
pub(super) const MOST_BYTES: usize = 32 << 20;

/// One stream of a run.
#[derive(Debug)]
pub(super) struct Stream {
    socket: OwnedFd,
    pieces: Vec<(u32, Vec<u8>)>,
    bytes: usize,
}

impl Stream {
    /// A stream, and the end that the program writes to.
    pub(super) fn open() -> Result<(Self, OwnedFd)> {
        let failed = |error: Errno| Error::io(Doing::Start, "socketpair", error.into());
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)
            .map_err(failed)?;
        setsockopt(&ours, PassCred, &true).map_err(failed)?;
        Ok((Self { socket: ours, pieces: Vec::new(), bytes: 0 }, theirs))
    }

    /// The descriptor to poll.
    pub(super) fn descriptor(&self) -> &OwnedFd {
        &self.socket
    }

    /// Whether the program wrote more than is kept.
    pub(super) fn overflowed(&self) -> bool {
        self.bytes > MOST_BYTES
    }

    /// Takes what is there now, without waiting; false when nothing more can come.
    pub(super) fn drain(&mut self) -> bool {
        let mut buffer = vec![0; PIECE];
        while !self.overflowed() {
            let mut control = cmsg_space!(UnixCredentials);
            let mut parts = [IoSliceMut::new(&mut buffer)];
            let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_CMSG_CLOEXEC;
            let (length, pid) =
                match recvmsg::<()>(self.socket.as_raw_fd(), &mut parts, Some(&mut control), flags) {
                    Ok(message) => (message.bytes, writer(message.cmsgs().ok().into_iter().flatten())),
                    Err(Errno::EINTR) => continue,
                    Err(Errno::EAGAIN) => return true,
                    Err(_) => return false,
                };
            if length == 0 {
                return false;
            }
            self.bytes += length;
            match self.pieces.last_mut() {
                Some((last, bytes)) if *last == pid => bytes.extend_from_slice(&buffer[..length]),
                _ => self.pieces.push((pid, buffer[..length].to_vec())),
            }
        }
        true
    }

    /// What was written since the last time, in order: pid of the writer (0 when it is not known) and text.
    pub(super) fn take(&mut self) -> Vec<(u32, String)> {
        self.bytes = 0;
        let pieces = std::mem::take(&mut self.pieces).into_iter();
        pieces.map(|(pid, bytes)| (pid, String::from_utf8_lossy(&bytes).into_owned())).collect()
    }
}

fn writer(control: impl Iterator<Item = ControlMessageOwned>) -> u32 {
    control
        .filter_map(|message| match message {
            ControlMessageOwned::ScmCredentials(credentials) => Some(credentials.pid().cast_unsigned()),
            _ => None,
        })
        .last()
        .unwrap_or(0)
}
