//! A small generator whose whole state is one number, so that it can lie in shared memory (splitmix64).

/// A stream of pseudo-random numbers.
#[derive(Debug)]
pub struct Random<'a>(pub &'a mut u64);

impl Random<'_> {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        *self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(*self.0)
    }

    /// A number below `bound` (0 when there is none below).
    pub fn below(&mut self, bound: u64) -> u64 {
        // The high half of the product: the bias is below one in 2^50 for the few processes of a program.
        u64::try_from((u128::from(self.number()) * u128::from(bound)) >> 64).unwrap_or(0)
    }
}

/// Spreads the bits of a number.
pub(crate) fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
