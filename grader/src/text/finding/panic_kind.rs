//! Which of the common panics a message tells of, so that the next step can be said.

/// A common panic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PanicKind {
    /// An operation whose result does not fit its type.
    Overflow,
    /// An index or a range outside.
    Index,
    /// A division by zero.
    DivisionByZero,
    /// `unwrap` or `expect` on `None`.
    UnwrapNone,
    /// `unwrap` or `expect` on an error.
    UnwrapError,
    /// `unwrap` or `expect` on the error of `recv` at a closed pipe.
    Eof,
    /// `assert!`.
    Assertion,
    /// Any other.
    Other,
}

impl PanicKind {
    /// The kind, by the words that the standard library and ours use.
    pub(super) fn of(message: &str) -> Self {
        let says = |words: &str| message.contains(words);
        if says("divide by zero") || says("divisor of zero") {
            Self::DivisionByZero
        } else if says("with overflow") {
            Self::Overflow
        } else if says("out of bounds")
            || says("out of range")
            || says("out of the Array")
            || says("fuera del Array")
        {
            Self::Index
        } else if says("on a `None` value") {
            Self::UnwrapNone
        } else if says("Error(Eof)") {
            Self::Eof
        } else if says("on an `Err` value") {
            Self::UnwrapError
        } else if says("assertion") {
            Self::Assertion
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_standard_library_are_known() {
        assert_eq!(PanicKind::of("attempt to subtract with overflow"), PanicKind::Overflow);
        assert_eq!(PanicKind::of("attempt to divide by zero"), PanicKind::DivisionByZero);
        assert_eq!(PanicKind::of("index out of bounds: the len is 3"), PanicKind::Index);
        assert_eq!(PanicKind::of("range end index 9 out of range for slice of length 3"), PanicKind::Index);
        assert_eq!(PanicKind::of("index 3 is out of the Array, which has 3 elements"), PanicKind::Index);
        assert_eq!(
            PanicKind::of("el índice 3 está fuera del Array, que tiene 3 elementos"),
            PanicKind::Index
        );
        assert_eq!(PanicKind::of("called `Option::unwrap()` on a `None` value"), PanicKind::UnwrapNone);
        assert_eq!(
            PanicKind::of("called `Result::unwrap()` on an `Err` value: Error"),
            PanicKind::UnwrapError
        );
        assert_eq!(PanicKind::of("el padre envía algo: Error(Eof)"), PanicKind::Eof);
        assert_eq!(PanicKind::of("assertion `left == right` failed"), PanicKind::Assertion);
        assert_eq!(PanicKind::of("ay"), PanicKind::Other);
    }
}
