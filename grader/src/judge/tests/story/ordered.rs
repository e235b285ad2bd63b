//! What is ordered in a story, and what is not.

use super::Story;
use crate::judge::happens_before::{At, HappensBefore, Rules};

impl Story {
    /// A story in which the orders that the owners of locks make do not count.
    pub(in crate::judge::tests) fn without_locks() -> Self {
        Self { rules: Rules { locks: false, turns: None }, ..Self::new() }
    }
}

pub(in crate::judge::tests) fn ordered(story: &Story, a: At, b: At) -> bool {
    HappensBefore::of(&story.run.trace, &story.rules).ordered(a, b)
}

#[track_caller]
pub(in crate::judge::tests) fn assert_before(story: &Story, a: At, b: At) {
    assert!(ordered(story, a, b) && !ordered(story, b, a));
}

#[track_caller]
pub(in crate::judge::tests) fn assert_unordered(story: &Story, a: At, b: At) {
    assert!(!ordered(story, a, b) && !ordered(story, b, a));
}
