//! The command line: what is asked, or what is wrong with it. Decides from the words alone and touches nothing.

use std::path::{Path, PathBuf};

use super::words::Language;

/// More would only take longer.
pub(crate) const MOST_ROUNDS: usize = 99;
/// Where the picture goes when nobody says where: into the current folder.
pub(crate) const PICTURE: &str = "comparacion.svg";
/// What a picture's name ends with. Anything else is refused, lest a slip of the hand overwrite another file.
const ENDING: &str = "svg";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Help,
    Compare { rounds: Option<usize>, picture: PathBuf },
}

/// What is wrong with a command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    Unknown(String),
    NoValue(&'static str),
    Language(String),
    Rounds(String),
    Ending(String),
    TwoPictures(String),
}

/// The language of the answer, also when the rest of the line is wrong: `--lang`, else the locale, else Spanish.
pub(crate) fn language(line: &[String], variable: impl Fn(&str) -> Option<String>) -> Language {
    let apart = line.windows(2).find(|pair| pair[0] == "--lang").and_then(|pair| Language::named(&pair[1]));
    let joined = || line.iter().find_map(|word| Language::named(word.strip_prefix("--lang=")?));
    apart.or_else(joined).unwrap_or_else(|| Language::from_locale(variable))
}

/// Reads the command line, without the program's name.
pub(crate) fn parse(line: &[String]) -> Result<Asked, Wrong> {
    let (mut rounds, mut picture) = (None, None);
    let mut words = line.iter();
    while let Some(word) = words.next() {
        let (name, joined) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
            _ => (word.as_str(), None),
        };
        let mut value = |name| joined.clone().or_else(|| words.next().cloned()).ok_or(Wrong::NoValue(name));
        match name {
            "--help" | "-h" => return Ok(Asked::Help),
            "--lang" => {
                let value = value("--lang")?;
                Language::named(&value).ok_or(Wrong::Language(value))?;
            }
            "--rounds" => {
                let value = value("--rounds")?;
                let number = value.parse().ok().filter(|number| (1..=MOST_ROUNDS).contains(number));
                rounds = Some(number.ok_or(Wrong::Rounds(value))?);
            }
            _ if name.starts_with('-') => return Err(Wrong::Unknown(word.clone())),
            _ if picture.is_some() => return Err(Wrong::TwoPictures(word.clone())),
            _ if Path::new(word).extension().is_none_or(|ending| ending != ENDING) => {
                return Err(Wrong::Ending(word.clone()));
            }
            _ => picture = Some(PathBuf::from(word)),
        }
    }
    Ok(Asked::Compare { rounds, picture: picture.unwrap_or_else(|| PathBuf::from(PICTURE)) })
}
