//! A process is named by the path of start ordinals that leads to it, which is the same in every execution.

use crate::random::mixed;

/// The first process.
pub const ROOT: u64 = 1;

/// The process that `parent` starts as its `ordinal`th, from 1.
#[must_use]
pub fn child_of(parent: u64, ordinal: u32) -> u64 {
    mixed(parent ^ u64::from(ordinal).rotate_left(32)).max(2)
}

/// Keeps the numbers of objects apart from those of processes.
const OBJECT: u32 = 1 << 31;

/// The object that the process with path `creator` makes as its `ordinal`th, from 1.
#[must_use]
pub fn object_of(creator: u64, ordinal: u32) -> u64 {
    child_of(creator, OBJECT | ordinal)
}

/// The process at the end of a path of ordinals.
#[must_use]
pub fn path_of(ordinals: &[u32]) -> u64 {
    ordinals.iter().fold(ROOT, |parent, ordinal| child_of(parent, *ordinal))
}
