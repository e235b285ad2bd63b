//! What clap found wrong with a command line, in terms that exist in both languages.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::WrongUse;

/// What is wrong.
pub(super) fn wrong_use(error: &clap::Error) -> WrongUse {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let allowed = || match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let option = context(ContextKind::InvalidArg);
    let name = option.as_deref().map(|option| bare(option).to_owned());
    let value = context(ContextKind::InvalidValue).filter(|value| !value.is_empty());
    match (error.kind(), name, value) {
        (ErrorKind::UnknownArgument, Some(word), _) if !word.starts_with('-') => {
            WrongUse::Extra { word, runs_program: usage.contains("ARGS") }
        }
        (ErrorKind::UnknownArgument, Some(option), _) => {
            WrongUse::UnknownOption { option, nearest: context(ContextKind::SuggestedArg) }
        }
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, Some(option), Some(value)) => {
            WrongUse::BadValue { option, value, allowed: allowed() }
        }
        (ErrorKind::InvalidValue, Some(option), None) => WrongUse::NoValue { option },
        (ErrorKind::MissingRequiredArgument, Some(_), _) => WrongUse::NoExercise,
        (ErrorKind::ArgumentConflict, Some(option), _) => WrongUse::Conflict { option },
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            WrongUse::Other { message: first.strip_prefix("error: ").unwrap_or(first).to_owned() }
        }
    }
}

/// An option without the name of its value: `--format <FORMAT>` is `--format`.
fn bare(option: &str) -> &str {
    option.split(' ').next().unwrap_or(option)
}
