//! What each language makes of a finding: a message and the next step.

/// A message and what to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// What was expected, what was seen, where.
    pub(super) message: String,
    /// The next step, without the word before it.
    pub(super) hint: Option<String>,
}

impl Sentence {
    /// A message with a next step.
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: Some(hint.into()) }
    }

    /// A message that speaks for itself.
    pub(super) fn only(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }
}
