//! Which language messages are in. Decided once a process tree, from the environment.

use std::sync::OnceLock;

use procesos_trace::LANGUAGE_VARIABLE;

/// The languages of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Spanish,
    English,
}

impl Language {
    /// What the grader asked for, else the locale, else Spanish.
    pub(crate) fn current() -> Self {
        static CURRENT: OnceLock<Language> = OnceLock::new();
        *CURRENT.get_or_init(|| {
            let chosen = [LANGUAGE_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"]
                .into_iter()
                .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
            match chosen {
                Some(value) if value.starts_with("en") => Self::English,
                _ => Self::Spanish,
            }
        })
    }

    /// The text in this language.
    pub(crate) fn choose<'a>(self, spanish: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Spanish => spanish,
            Self::English => english,
        }
    }
}
