//! A step that is done again and again, and what it leaves.

use procesos::Result;
use serde::{Deserialize, Serialize};

use crate::holdings::Holdings;

/// One of so many steps warms up: the allocator, and the library, keep some things.
const WARM_UP: u64 = 5;

/// What the allocator may keep of 200 KB at once, and the kernel of reading `/proc`.
const KEPT_KIBIBYTES: usize = 2 * 1_024;
/// The same of a process that may only begin to work after the warm-up: then the part of the two rings of a pool that stays in
/// memory is new to it.
const KEPT_BY_OTHERS_KIBIBYTES: usize = 5 * 1_024;

/// What a process held before and after.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) before: Holdings,
    pub(crate) after: Holdings,
    /// KiB of memory that may be kept.
    kept: usize,
}

impl Seen {
    pub(crate) fn grown(&self) -> Vec<String> {
        self.after.beyond(&self.before, self.kept)
    }
}

/// Does `step` so many times, after some that warm up; what this process, and those with `pids`, hold before and after.
pub(crate) fn steady(times: u64, pids: &[u32], mut step: impl FnMut(u64) -> Result<()>) -> Result<Vec<Seen>> {
    let all: Vec<u32> = std::iter::once(std::process::id()).chain(pids.iter().copied()).collect();
    let look = || all.iter().map(|pid| Holdings::of(*pid)).collect::<Vec<_>>();
    (0..times / WARM_UP + 1).try_for_each(&mut step)?;
    let before = look();
    (0..times).try_for_each(&mut step)?;
    let after = look();
    let kept = std::iter::once(KEPT_KIBIBYTES).chain(std::iter::repeat(KEPT_BY_OTHERS_KIBIBYTES));
    let seen = before.into_iter().zip(after).zip(kept);
    Ok(seen.map(|((before, after), kept)| Seen { before, after, kept }).collect())
}
