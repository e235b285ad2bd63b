//! Numbers that look random and are the same in every run, for moments and sizes.

use std::time::{Duration, Instant};

/// Xorshift of 64 bits (Marsaglia, 2003).
pub(crate) struct Random(u64);

impl Random {
    /// A sequence of its own for every seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    /// A length below `bound`.
    pub(crate) fn length(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).unwrap_or(0)
    }

    /// Computes for a while of less than `longest`, so that what follows happens at any moment of another process.
    pub(crate) fn dawdle(&mut self, longest: Duration) {
        let nanoseconds = self.below(u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX));
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_nanos(nanoseconds) {
            std::hint::spin_loop();
        }
    }
}
