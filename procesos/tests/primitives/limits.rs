//! What the cases of limits have in common: how a limit is set, and what is left.

use std::fs;

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use procesos::{Error, Result};

/// Larger than what travels in a packet, and than what the allocator ever keeps at hand.
pub(crate) const LARGE: usize = 40_000_000;

/// Lowers a limit of this process, as far as it was raised again.
pub(crate) fn limit(resource: Resource, soft: rlim_t) {
    let (_, hard) = getrlimit(resource).expect("limits can be read");
    setrlimit(resource, soft.min(hard), hard).expect("a soft limit is free to move");
}

pub(crate) fn unlimit(resource: Resource) {
    limit(resource, rlim_t::MAX);
}

pub(crate) fn mapped_pages() -> rlim_t {
    let told = fs::read_to_string("/proc/self/statm").expect("this is Linux");
    told.split(' ').next().and_then(|pages| pages.parse().ok()).expect("the kernel tells it")
}

/// From here on nothing can be mapped beyond so many bytes.
pub(crate) fn use_up_memory(but: rlim_t) {
    // What small errors and names take is at hand.
    drop((0..1000).map(|n| vec![0_u8; 16 + n % 200]).collect::<Vec<_>>());
    limit(Resource::RLIMIT_AS, mapped_pages() * 4096 + but);
}

/// Whether this process has neither children nor dead ones to reap.
pub(crate) fn has_no_children() -> bool {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    waitid(Id::All, flags) == Err(Errno::ECHILD)
}

pub(crate) fn refused<T>(made: Result<T>) -> Error {
    made.err().expect("there is nothing left to make it of")
}
