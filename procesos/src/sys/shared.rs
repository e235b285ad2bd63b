//! Memory shared by a process and everything forked from it.

use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64};

use zerocopy::{FromBytes, IntoBytes};

use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap, mmap_anonymous, munmap};

/// A shared mapping, unmapped on drop. Every access is checked against its bounds.
///
/// Its content changes under the feet of a process, so it is reached only through atomics and copies,
/// never through a plain reference.
#[derive(Debug)]
pub(crate) struct Shared {
    base: NonNull<u8>,
    bytes: usize,
}

// SAFETY: the mapping is reached only through atomics and bounds-checked copies of bytes; the copies are
// ordered by the locks and counters of the object that lives in it.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    /// Maps `bytes` of zeroed memory that forked processes share; pages are taken when they are touched.
    pub(crate) fn anonymous(bytes: usize) -> io::Result<Self> {
        let length = NonZeroUsize::new(bytes).ok_or(io::ErrorKind::InvalidInput)?;
        let flags = MapFlags::MAP_SHARED | MapFlags::MAP_NORESERVE;
        // SAFETY: a new mapping at an address that the kernel chooses aliases nothing.
        let base =
            unsafe { mmap_anonymous(None, length, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, flags)? };
        Ok(Self { base: base.cast(), bytes })
    }

    /// Maps the first `bytes` of `file`, shared.
    pub(crate) fn of_file(file: &File, bytes: usize) -> io::Result<Self> {
        let length = NonZeroUsize::new(bytes).ok_or(io::ErrorKind::InvalidInput)?;
        if file.metadata()?.len() < bytes as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at an address that the kernel chooses aliases nothing; the file is long enough.
        let base = unsafe { mmap(None, length, protection, MapFlags::MAP_SHARED, file, 0)? };
        Ok(Self { base: base.cast(), bytes })
    }

    /// Address of `length` bytes at `at`, aligned to `align`.
    ///
    /// # Panics
    /// When the range is outside the mapping or not aligned: a layout error of this library.
    #[inline]
    fn address(&self, at: usize, length: usize, align: usize) -> NonNull<u8> {
        assert!(at.is_multiple_of(align) && at.checked_add(length).is_some_and(|end| end <= self.bytes));
        // SAFETY: `at` is within the mapping, as just checked.
        unsafe { self.base.add(at) }
    }

    /// The 32-bit atomic at byte `at`.
    #[inline]
    pub(crate) fn u32(&self, at: usize) -> &AtomicU32 {
        // SAFETY: in bounds, aligned, alive as long as `self`, and never reached except as an atomic.
        unsafe { AtomicU32::from_ptr(self.address(at, 4, 4).cast().as_ptr()) }
    }

    /// The 64-bit atomic at byte `at`.
    #[inline]
    pub(crate) fn u64(&self, at: usize) -> &AtomicU64 {
        // SAFETY: in bounds, aligned, alive as long as `self`, and never reached except as an atomic.
        unsafe { AtomicU64::from_ptr(self.address(at, 8, 8).cast().as_ptr()) }
    }

    /// So many 64-bit atomics in a row, the first at byte `at`.
    #[inline]
    pub(crate) fn u64s(&self, at: usize, count: usize) -> &[AtomicU64] {
        let first = self.address(at, count.saturating_mul(8), 8).cast::<AtomicU64>();
        // SAFETY: as a single one.
        unsafe { std::slice::from_raw_parts(first.as_ptr(), count) }
    }

    /// Copies `source` to byte `at`.
    pub(crate) fn copy_in(&self, at: usize, source: &[u8]) {
        let target = self.address(at, source.len(), 1);
        // SAFETY: the target is in bounds, and a private slice never overlaps the mapping.
        unsafe { std::ptr::copy_nonoverlapping(source.as_ptr(), target.as_ptr(), source.len()) }
    }

    /// Appends the `length` bytes at byte `at` to `target`.
    pub(crate) fn copy_out(&self, at: usize, length: usize, target: &mut Vec<u8>) {
        let source = self.address(at, length, 1);
        target.reserve(length);
        let old = target.len();
        // SAFETY: the source is in bounds; the target has room for `length` more bytes, which the copy initialises.
        unsafe {
            std::ptr::copy_nonoverlapping(source.as_ptr(), target.as_mut_ptr().add(old), length);
            target.set_len(old + length);
        }
    }

    /// The `T` at byte `at`, of which the caller is the only user for as long as it is borrowed.
    ///
    /// Whoever calls this has a token that only one process has at a time, and that is handed over by atomics.
    #[expect(clippy::mut_from_ref, reason = "the memory is not that of `self`; the token keeps others out")]
    pub(crate) fn exclusive<T: FromBytes + IntoBytes>(&self, at: usize) -> &mut T {
        // SAFETY: in bounds, aligned, alive as long as `self`; any bytes are a `T`; the caller's token keeps everybody else
        // out, and handing it over orders the accesses.
        unsafe { self.address(at, size_of::<T>(), align_of::<T>()).cast::<T>().as_mut() }
    }

    /// Gives the whole pages within `at..at + length` back to the system; they read as zeros afterwards.
    pub(crate) fn discard(&self, at: usize, length: usize) {
        const PAGE: usize = 4096;
        let start = at.next_multiple_of(PAGE);
        let end = (at + length) / PAGE * PAGE;
        if start >= end {
            return;
        }
        let address = self.address(start, end - start, PAGE).cast();
        // SAFETY: whole pages within the mapping; the caller owns their content. Failing keeps the memory: no harm.
        let _ = unsafe { madvise(address, end - start, MmapAdvise::MADV_REMOVE) };
    }

    /// Raw address of `length` bytes at `at`, for the mutex beside this file.
    pub(super) fn raw(&self, at: usize, length: usize) -> NonNull<u8> {
        self.address(at, length, 8)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and no reference into it outlives `self`.
        let _ = unsafe { munmap(self.base.cast(), self.bytes) };
    }
}
