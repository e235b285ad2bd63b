//! The programs beside a solution: what the head of a wrong one says that it breaks.

use std::collections::BTreeSet;
use std::fmt;

use crate::course::{Bilingual, Exercise};
use crate::intake::Source;

/// A claim of a goal, as heads name it: `total.result`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Id of the goal.
    pub goal: String,
    /// Name of the claim.
    pub claim: String,
}

/// What a program of the course has to come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// A stub: pending, nothing broken.
    Pending,
    /// A solution or a right program.
    AllPoints,
    /// A wrong program.
    Breaks {
        /// Broken in some scenario, every time.
        always: BTreeSet<Pair>,
        /// Broken in certain interleavings only: not judged for certain in free runs.
        sometimes: BTreeSet<Pair>,
    },
    /// Ruled out by the types, with the compiler's first error code.
    DoesNotCompile(String),
}

/// The head of a wrong program: its first comment lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Which mistake it is.
    pub error: String,
    /// What it has to come to.
    pub expectation: Expectation,
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.goal, self.claim)
    }
}

impl Header {
    /// Reads the head of a wrong program of an exercise.
    ///
    /// # Errors
    /// A sentence with place and mend when a key is missing or a pair is not a claim of the exercise.
    pub fn read(source: &Source, exercise: &Exercise) -> Result<Self, Bilingual> {
        let comments = || source.text.lines().map_while(|line| line.strip_prefix("//"));
        let key = |name: &str| {
            comments().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':').map(str::trim))
        };
        let missing = |what: &str| Bilingual {
            es: format!("{}: falta «// {what}: ...» al comienzo", source.shown_path),
            en: format!("{}: the line \"// {what}: ...\" is missing at the top", source.shown_path),
        };
        let error = key("error").ok_or_else(|| missing("error"))?.to_owned();
        if let Some(code) = key("no_compila") {
            return Ok(Self { error, expectation: Expectation::DoesNotCompile(code.to_owned()) });
        }
        let pairs =
            |name| key(name).map_or_else(|| Ok(BTreeSet::new()), |list| read_pairs(list, source, exercise));
        let (always, sometimes) = (pairs("rompe")?, pairs("segun_orden")?);
        if always.is_empty() && sometimes.is_empty() {
            return Err(missing("rompe"));
        }
        Ok(Self { error, expectation: Expectation::Breaks { always, sometimes } })
    }
}

fn read_pairs(list: &str, source: &Source, exercise: &Exercise) -> Result<BTreeSet<Pair>, Bilingual> {
    list.split([',', ' '])
        .filter(|word| !word.is_empty())
        .map(|word| {
            let known = exercise.scenarios.iter().flat_map(|scenario| &scenario.claims);
            let mut pairs = known.map(|c| Pair { goal: c.goal.clone(), claim: c.claim.name().to_owned() });
            pairs.find(|pair| pair.to_string() == word).ok_or_else(|| Bilingual {
                es: format!("{}: «{word}» no es una comprobación de {}", source.shown_path, exercise.id),
                en: format!("{}: \"{word}\" is no claim of {}", source.shown_path, exercise.id),
            })
        })
        .collect()
}
