//! Where drawn numbers come from: the exercise and what was submitted, so that nobody's luck differs.
//!
//! A seed is short enough to be typed from a report. It never comes from a clock or from the system.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// A seed, written in hexadecimal (`5c1e`) in reports and on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seed(u32);

impl Seed {
    /// The seed of an exercise and the sha256 of the file that was submitted for it.
    #[must_use]
    pub fn of_submission(exercise: &str, source_hash: &str) -> Self {
        let [high, low, ..] = digest(&[exercise, source_hash]);
        Self(u32::from(u16::from_be_bytes([high, low])))
    }

    /// The seed as a number.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }

    /// Draws a number of `low..=high` for a name in a scenario; the same for the same seed and names.
    ///
    /// `low` when the range is empty.
    #[must_use]
    pub fn draw(self, scenario: &str, name: &str, low: i64, high: i64) -> i64 {
        let Some(count) =
            high.checked_sub(low).and_then(|span| u64::try_from(span).ok()).map(|span| span + 1)
        else {
            return low;
        };
        let bytes = digest(&[&self.to_string(), scenario, name]);
        let [a, b, c, d, e, f, g, h, ..] = bytes;
        let drawn = u64::from_be_bytes([a, b, c, d, e, f, g, h]) % count;
        low.saturating_add_unsigned(drawn)
    }
}

/// The digest of a sequence of texts, each ended so that ("ab", "c") is not ("a", "bc").
fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().into()
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}", self.0)
    }
}

impl From<u32> for Seed {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

impl FromStr for Seed {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u32::from_str_radix(text, 16).map(Self)
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_stays_in_its_range_and_is_repeatable() {
        let seed = Seed::of_submission("contador_con_lock", "00ff");
        for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            let drawn = seed.draw("dos", name, -2, 3);
            assert!((-2..=3).contains(&drawn), "{drawn}");
            assert_eq!(drawn, seed.draw("dos", name, -2, 3));
        }
        assert_eq!(seed.draw("dos", "a", 7, 7), 7);
    }

    #[test]
    fn ranges_at_the_edges_do_not_overflow() {
        let seed = Seed(1);
        let _ = seed.draw("s", "n", i64::MIN, i64::MAX);
        let _ = seed.draw("s", "n", 0, i64::MAX);
        assert_eq!(seed.draw("s", "n", 5, 2), 5);
    }

    #[test]
    fn other_content_or_another_exercise_gives_another_seed() {
        let seed = Seed::of_submission("a", "1");
        assert_ne!(seed, Seed::of_submission("a", "2"));
        assert_ne!(seed, Seed::of_submission("b", "1"));
    }

    #[test]
    fn a_printed_seed_can_be_typed_back() {
        for seed in [Seed(0x5c1e), Seed(0), Seed(u32::MAX)] {
            assert_eq!(seed.to_string().parse::<Seed>(), Ok(seed));
        }
        assert!("xyz".parse::<Seed>().is_err());
    }
}
