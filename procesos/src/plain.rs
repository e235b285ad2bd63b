//! The types that fit a `Value` or an element of an `Array`, and how they are bits.

use procesos_trace::flags;

mod sealed {
    /// Keeps [`super::Plain`] closed.
    pub trait Sealed {}
}

/// A type that fits a [`Value`](crate::Value) or an element of an [`Array`](crate::Array): a number of up to 64 bits, or
/// `bool`. Sealed. What the letters of `Value('i', 0)` say in Python.
///
/// ```
/// fn suma<T: procesos::Plain + std::iter::Sum>(tabla: &procesos::Array<T>) -> T {
///     tabla.iter().sum()
/// }
/// # fn main() -> procesos::Result<()> {
/// assert_eq!(suma(&procesos::Array::new(&[1, 2, 3])?), 6);
/// # Ok(())
/// # }
/// ```
pub trait Plain: sealed::Sealed + Copy + 'static {
    #[doc(hidden)]
    const FLAGS: u16;
    #[doc(hidden)]
    fn to_bits64(self) -> u64;
    #[doc(hidden)]
    fn from_bits64(bits: u64) -> Self;
}

/// Implements [`Plain`] for integers, by sign or zero extension.
macro_rules! plain_integer {
    ($($type:ty, $flags:expr, $wide:ty);* $(;)?) => {
        $(
            impl sealed::Sealed for $type {}
            impl Plain for $type {
                const FLAGS: u16 = $flags;
                #[inline]
                fn to_bits64(self) -> u64 {
                    u64::from_ne_bytes(<$wide>::from(self).to_ne_bytes())
                }
                #[expect(clippy::allow_attributes, reason = "whether a cast is needed depends on the type")]
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap,
                    reason = "the bits were made from this very type")]
                #[inline]
                fn from_bits64(bits: u64) -> Self {
                    bits as $type
                }
            }
        )*
    };
}

plain_integer! {
    i8, 0, i64; i16, 0, i64; i32, 0, i64; i64, 0, i64;
    u8, flags::UNSIGNED, u64; u16, flags::UNSIGNED, u64; u32, flags::UNSIGNED, u64; u64, flags::UNSIGNED, u64;
}

impl sealed::Sealed for usize {}
impl Plain for usize {
    const FLAGS: u16 = flags::UNSIGNED;
    #[inline]
    fn to_bits64(self) -> u64 {
        self as u64
    }
    #[inline]
    fn from_bits64(bits: u64) -> Self {
        usize::try_from(bits).unwrap_or(usize::MAX)
    }
}

impl sealed::Sealed for bool {}
impl Plain for bool {
    const FLAGS: u16 = flags::BOOLEAN;
    #[inline]
    fn to_bits64(self) -> u64 {
        u64::from(self)
    }
    #[inline]
    fn from_bits64(bits: u64) -> Self {
        bits != 0
    }
}

impl sealed::Sealed for f64 {}
impl Plain for f64 {
    const FLAGS: u16 = flags::FLOAT;
    #[inline]
    fn to_bits64(self) -> u64 {
        self.to_bits()
    }
    #[inline]
    fn from_bits64(bits: u64) -> Self {
        Self::from_bits(bits)
    }
}

impl sealed::Sealed for f32 {}
impl Plain for f32 {
    const FLAGS: u16 = flags::FLOAT;
    #[inline]
    fn to_bits64(self) -> u64 {
        f64::from(self).to_bits()
    }
    #[expect(clippy::cast_possible_truncation, reason = "the bits were made from an f32")]
    #[inline]
    fn from_bits64(bits: u64) -> Self {
        f64::from_bits(bits) as Self
    }
}
