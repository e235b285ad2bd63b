//! Sleeping on a word of shared memory.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::libc;

/// Sleeps while the low half of `word` is that of `seen`, at most `limit`. May return early: check and call again.
pub(crate) fn futex_wait(word: &AtomicU64, seen: u64, limit: Duration) {
    let timeout = libc::timespec {
        tv_sec: libc::time_t::try_from(limit.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(limit.subsec_nanos()),
    };
    if word.load(Ordering::SeqCst) != seen {
        return;
    }
    // SAFETY: the address is that of a live atomic; the kernel only compares and sleeps. Every error means
    // "look again", which is what callers do.
    unsafe {
        libc::syscall(libc::SYS_futex, low_half(word), libc::FUTEX_WAIT, low_bits(seen), &raw const timeout);
    }
}

/// Wakes up to `count` sleepers on `word`.
pub(crate) fn futex_wake(word: &AtomicU64, count: i32) {
    // SAFETY: the address is that of a live atomic; the kernel only uses it as a key.
    unsafe {
        libc::syscall(libc::SYS_futex, low_half(word), libc::FUTEX_WAKE, count);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a futex is 32 bits wide; the low half is what is meant")]
fn low_bits(value: u64) -> u32 {
    value as u32
}

fn low_half(word: &AtomicU64) -> *const u32 {
    let base = word.as_ptr().cast::<u32>().cast_const();
    if cfg!(target_endian = "big") { base.wrapping_add(1) } else { base }
}
