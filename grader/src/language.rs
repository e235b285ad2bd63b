//! The language in which the grader speaks: chosen once, from the command line or the locale.

use serde::{Deserialize, Serialize};

/// A language that every sentence exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
pub enum Language {
    /// Spanish, the language of the course.
    #[default]
    #[serde(rename = "es")]
    #[value(name = "es")]
    Spanish,
    /// English.
    #[serde(rename = "en")]
    #[value(name = "en")]
    English,
}

impl Language {
    /// The language of the locale in this process's environment.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::from_locale(|name| std::env::var(name).ok())
    }

    /// The language of a locale: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty, as POSIX orders them.
    ///
    /// A locale that is neither English nor set (`C`, `fr_FR`) gives Spanish.
    #[must_use]
    pub fn from_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|v| !v.is_empty()));
        match locale {
            Some(name) if name == "en" || name.starts_with("en_") || name.starts_with("en.") => Self::English,
            _ => Self::Spanish,
        }
    }

    /// Two-letter code: `es` or `en`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Spanish => "es",
            Self::English => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Language {
        Language::from_locale(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert_eq!(of(&[("LC_ALL", "en_GB.UTF-8"), ("LANG", "es_CO.UTF-8")]), Language::English);
        assert_eq!(
            of(&[("LC_ALL", ""), ("LC_MESSAGES", "es_CO.UTF-8"), ("LANG", "en_US.UTF-8")]),
            Language::Spanish
        );
        assert_eq!(of(&[("LANG", "en_US.UTF-8")]), Language::English);
    }

    #[test]
    fn anything_else_is_spanish() {
        assert_eq!(of(&[]), Language::Spanish);
        assert_eq!(of(&[("LANG", "C.UTF-8")]), Language::Spanish);
        assert_eq!(of(&[("LANG", "enochian")]), Language::Spanish);
    }
}
