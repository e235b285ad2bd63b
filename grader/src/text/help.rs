//! What `--help` says, of the grader and of each command.

mod en;
mod es;

use crate::Language;

/// The help of a command; of the grader when there is none.
pub(crate) fn of(language: Language, command: Option<&str>) -> String {
    match language {
        Language::Spanish => es::of(command),
        Language::English => en::of(command),
    }
}
