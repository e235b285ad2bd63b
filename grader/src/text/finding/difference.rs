//! In what a result differs from the one expected, in as few words as possible.

use serde_json::Value as Json;

use crate::text::phrase;

/// Widest value in a sentence.
const VALUE_COLUMNS: usize = 36;
/// Most pieces of a list that are told: numbers, and texts, which are longer.
const PIECES: (usize, usize) = (4, 2);

/// In what two results differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Difference {
    /// Two lists of different lengths: what one lacks and what it has too many.
    Lists {
        /// What is missing.
        missing: Vec<Piece>,
        /// What is too many.
        extra: Vec<Piece>,
    },
    /// Two lists of the same length: the first position (from 1) at which they differ.
    Position {
        /// Which one.
        position: usize,
        /// Expected there.
        expected: String,
        /// Seen there.
        seen: String,
    },
    /// Anything else.
    Values {
        /// Expected.
        expected: String,
        /// Seen.
        seen: String,
    },
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// One item.
    One(String),
    /// Whole numbers that follow one another, both ends included.
    Run(i64, i64),
    /// There are more.
    More,
}

/// Compares two results written in JSON.
pub(super) fn between(expected: &str, seen: &str) -> Difference {
    let lists = (serde_json::from_str(expected), serde_json::from_str(seen));
    let (Ok(Json::Array(wanted)), Ok(Json::Array(got))) = lists else {
        let shown = |text| phrase::json(text, VALUE_COLUMNS);
        return Difference::Values { expected: shown(expected), seen: shown(seen) };
    };
    if let ([wanted], [got]) = (wanted.as_slice(), got.as_slice()) {
        return Difference::Values { expected: one(wanted), seen: one(got) };
    }
    if wanted.len() == got.len() {
        let position = wanted.iter().zip(&got).position(|(a, b)| a != b).unwrap_or(0);
        let shown = |list: &[Json]| list.get(position).map(one).unwrap_or_default();
        return Difference::Position { position: position + 1, expected: shown(&wanted), seen: shown(&got) };
    }
    let missing = pieces(&without(&wanted, &got));
    let extra = pieces(&without(&got, &wanted));
    Difference::Lists { missing, extra }
}

/// Whether a result is a list of more than one item.
pub(super) fn is_longer_list(text: &str) -> bool {
    matches!(serde_json::from_str(text), Ok(Json::Array(items)) if items.len() > 1)
}

/// The items of a list that another one lacks, each as often as it lacks it.
fn without<'a>(list: &'a [Json], other: &[Json]) -> Vec<&'a Json> {
    let mut counts = std::collections::HashMap::<String, usize>::new();
    for item in other {
        *counts.entry(item.to_string()).or_default() += 1;
    }
    let is_left = |item: &&Json| match counts.get_mut(&item.to_string()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    list.iter().filter(is_left).collect()
}

fn pieces(items: &[&Json]) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = items;
    let most = if items.iter().all(|item| item.is_number()) { PIECES.0 } else { PIECES.1 };
    while let [first, tail @ ..] = rest {
        if found.len() == most {
            found.push(Piece::More);
            break;
        }
        let following = first.as_i64().map_or(0, |start| {
            let follows = |(item, number): &(&&Json, i64)| item.as_i64() == Some(*number);
            tail.iter().zip((start..=i64::MAX).skip(1)).take_while(follows).count()
        });
        let end = tail.get(following.wrapping_sub(1)).and_then(|item| item.as_i64());
        match (first.as_i64(), end) {
            (Some(start), Some(end)) if following >= 2 => {
                found.push(Piece::Run(start, end));
                rest = &tail[following..];
            }
            _ => {
                found.push(Piece::One(one(first)));
                rest = tail;
            }
        }
    }
    found
}

fn one(item: &Json) -> String {
    phrase::json(&item.to_string(), VALUE_COLUMNS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_different_lengths_differ_in_items() {
        let difference = between("[2,3,4,5,6,9,12]", "[2,3,3]");
        let missing = vec![Piece::Run(4, 6), Piece::One("9".into()), Piece::One("12".into())];
        assert_eq!(difference, Difference::Lists { missing, extra: vec![Piece::One("3".into())] });
    }

    #[test]
    fn long_differences_are_cut() {
        let Difference::Lists { missing, .. } = between("[1,3,5,7,9,11]", "[]") else { panic!("lists") };
        assert_eq!(missing.len(), PIECES.0 + 1);
        assert_eq!(missing.last(), Some(&Piece::More));
    }

    #[test]
    fn lists_of_one_length_differ_in_a_position() {
        let difference = between("[\"A\",\"B\"]", "[\"A\",\"b\"]");
        let (expected, seen) = ("«B»".to_owned(), "«b»".to_owned());
        assert_eq!(difference, Difference::Position { position: 2, expected, seen });
    }

    #[test]
    fn other_values_are_shown_whole() {
        let values =
            |expected: &str, seen: &str| Difference::Values { expected: expected.into(), seen: seen.into() };
        assert_eq!(between("400", "212"), values("400", "212"));
        assert_eq!(between("[1]", "\"x\""), values("[1]", "«x»"));
        assert_eq!(between("[\"Fin\"]", "[\"cierre\"]"), values("«Fin»", "«cierre»"));
        assert_eq!(between("[1", "]"), values("[1", "]"));
    }

    #[test]
    fn numbers_at_the_edge_do_not_overflow() {
        let edge = format!("[{0},{0}]", i64::MAX);
        assert!(matches!(between(&edge, "[]"), Difference::Lists { .. }));
    }
}
