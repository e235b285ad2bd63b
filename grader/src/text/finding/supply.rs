//! What had been put into a queue in which somebody waits for more: which of the messages marked the end, and whether
//! there was one for each consumer.

use crate::judge::Heard;

/// What was put into a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Supply {
    /// Nothing.
    Nothing,
    /// Messages, and none of them marks an end, as far as can be told.
    NoMark {
        /// How many of which variant, `None` for messages without variants.
        put: Vec<(Option<String>, usize)>,
    },
    /// Fewer end marks than consumers.
    FewMarks {
        /// The variant.
        mark: String,
        /// How many there were.
        count: usize,
        /// Whether it is the variant that was put last.
        last: bool,
    },
    /// An end mark for each consumer, which was not enough for them.
    EnoughMarks {
        /// The variant.
        mark: String,
        /// How many there were.
        count: usize,
        /// Whether it is the variant that was put last.
        last: bool,
    },
}

/// Names that end marks have; a variant that appeared last beside another one is taken for one too.
const MARKS: [&str; 12] =
    ["fin", "end", "stop", "none", "cierre", "alto", "final", "terminar", "done", "quit", "eof", "exit"];

/// Whether a variant's name says that it marks an end.
pub(super) fn is_mark(name: &str) -> bool {
    MARKS.contains(&name.to_lowercase().as_str())
}

/// Who received a message that marks an end, and waits for more.
pub(super) fn past_the_end(heard: &[Heard]) -> Option<&Heard> {
    heard.iter().find(|heard| is_mark(&heard.label))
}

impl Supply {
    /// Tells messages from end marks. `put` is in order of first appearance.
    pub(super) fn of(put: &[(Option<String>, usize)], consumers: usize) -> Self {
        if put.iter().all(|(_, count)| *count == 0) {
            return Self::Nothing;
        }
        let named =
            |(variant, _): &&(Option<String>, usize)| variant.as_ref().is_some_and(|name| is_mark(name));
        let by_place = put.last().filter(|_| put.len() > 1);
        let Some((Some(mark), count)) = put.iter().find(named).or(by_place) else {
            return Self::NoMark { put: put.to_vec() };
        };
        let last = put.last().is_some_and(|(variant, _)| variant.as_ref() == Some(mark));
        let (mark, count) = (mark.clone(), *count);
        if count < consumers {
            Self::FewMarks { mark, count, last }
        } else {
            Self::EnoughMarks { mark, count, last }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(messages: &[(&str, usize)]) -> Vec<(Option<String>, usize)> {
        messages.iter().map(|(name, count)| (Some((*name).to_owned()), *count)).collect()
    }

    #[test]
    fn a_known_name_or_the_last_of_several_variants_marks_the_end() {
        let few = Supply::of(&put(&[("Dato", 9), ("Fin", 1)]), 3);
        assert_eq!(few, Supply::FewMarks { mark: "Fin".into(), count: 1, last: true });
        let early = Supply::of(&put(&[("Fin", 2), ("Dato", 1)]), 2);
        assert_eq!(early, Supply::EnoughMarks { mark: "Fin".into(), count: 2, last: false });
        let only = Supply::of(&put(&[("Fin", 1)]), 2);
        assert_eq!(only, Supply::FewMarks { mark: "Fin".into(), count: 1, last: true });
        let other = Supply::of(&put(&[("Dato", 9), ("Basta", 1)]), 2);
        assert_eq!(other, Supply::FewMarks { mark: "Basta".into(), count: 1, last: true });
    }

    #[test]
    fn without_a_mark_nothing_is_guessed() {
        assert_eq!(Supply::of(&[], 2), Supply::Nothing);
        assert!(matches!(Supply::of(&put(&[("Dato", 2)]), 3), Supply::NoMark { .. }));
        assert!(matches!(Supply::of(&[(None, 5)], 3), Supply::NoMark { .. }));
    }
}
