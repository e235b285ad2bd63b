//! What people are told about a finding: one explanation for each, in Spanish and English.
//!
//! The sentences are in `es` and `en`; tables, places and the key that folds repetitions are common to both.

mod details;
mod difference;
mod en;
mod es;
mod kind;
mod locations;
mod panic_kind;
mod race;
mod race_table;
mod roles;
mod sentence;
pub(crate) mod story_table;
mod supply;
mod table;

use sentence::Sentence;

use crate::Language;
use crate::judge::{Finding, Outside, Unseen, Verdict, Who};
use crate::run::Place;
use crate::story::Story;
use crate::text::phrase;

/// What people are told about one claim.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// What was expected, what was seen, where; empty for a claim that holds.
    pub message: String,
    /// Lines of a table, to be shown as they are.
    pub details: Vec<String>,
    /// The next step, without the word before it.
    pub hint: Option<String>,
    /// Places that the message tells of, the most telling one first, each with the process that was there.
    pub locations: Vec<(Place, Option<Who>)>,
    /// What kind of finding it is, for programs: `lost_update`; empty where nothing was found.
    pub kind: &'static str,
    /// Equal for two findings that come from the same mistake, in whatever case.
    pub cause: String,
}

/// An order in which something was found.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Its steps.
    pub story: &'a Story,
    /// Two of them, by number: with the second one before the first it comes out right, which was tried.
    pub flip: Option<(usize, usize)>,
}

/// What people are told about a finding.
#[must_use]
pub fn explain(finding: &Finding, language: Language) -> Explanation {
    explain_seen(finding, None, language)
}

/// What people are told about a finding, with the order in which it was made where there is one.
#[must_use]
pub fn explain_seen(finding: &Finding, seen: Option<Seen<'_>>, language: Language) -> Explanation {
    let finding = &*roles::with_roles(finding);
    let Sentence { message, hint } = match language {
        Language::Spanish => es::finding(finding),
        Language::English => en::finding(finding),
    };
    let details = details::of(finding, seen, language);
    Explanation {
        message: phrase::with_quotation_marks(&message, language),
        details: details.iter().map(|line| phrase::with_quotation_marks(line, language)).collect(),
        hint,
        locations: locations::of(finding, seen),
        kind: kind::of(finding),
        cause: kind::cause(finding),
    }
}

/// What people are told about a claim that could not be seen.
#[must_use]
pub fn explain_unseen(unseen: &Unseen, language: Language) -> Explanation {
    let unseen = &match unseen {
        Unseen::DidNotEnd(why) => Unseen::DidNotEnd(Box::new(roles::with_roles(why).into_owned())),
        other => other.clone(),
    };
    let Sentence { message, hint } = match language {
        Language::Spanish => es::unseen(unseen),
        Language::English => en::unseen(unseen),
    };
    let plain = |kind: &'static str, cause: String| Explanation {
        message: message.clone(),
        hint: hint.clone(),
        kind,
        cause,
        ..Explanation::default()
    };
    match unseen {
        Unseen::DidNotEnd(finding) => Explanation { message, hint, ..explain(finding, language) },
        Unseen::WallLimit { outside, .. } => {
            waiting(plain("wall_limit", "wall_limit".to_owned()), outside.as_deref())
        }
        Unseen::Still { outside } => waiting(plain("still", "still".to_owned()), outside.as_deref()),
        Unseen::TooLong => plain("too_long", "too_long".to_owned()),
        Unseen::Threads => plain("threads", "threads".to_owned()),
        Unseen::Truncated => plain("truncated", "truncated".to_owned()),
        Unseen::NoResult { name } => plain("no_result", format!("no_result {name}")),
    }
}

/// The same with the place of somebody who waits outside the library.
fn waiting(explanation: Explanation, outside: Option<&Outside>) -> Explanation {
    let place = |outside: &Outside| Some((outside.place.clone()?, Some(outside.who.clone())));
    Explanation { locations: outside.and_then(place).into_iter().collect(), ..explanation }
}

/// Whom the grader killed, and before which of its operations, from 1.
#[must_use]
pub fn killed(name: &str, id: &str, step: u64, language: Language) -> String {
    let who = if name.is_empty() { id.to_owned() } else { format!("{id} {}", phrase::name(name)) };
    match language {
        Language::Spanish => format!("El evaluador mató a {who} antes de su operación {step}."),
        Language::English => format!("The grader killed {who} before its operation {step}."),
    }
}

/// What people are told about a claim that waits for a function to be written.
#[must_use]
pub fn explain_pending(function: Option<&str>, place: Option<&Place>, language: Language) -> Explanation {
    let Sentence { message, hint } = match language {
        Language::Spanish => es::pending(function, place),
        Language::English => en::pending(function, place),
    };
    let locations = place.map(|place| (place.clone(), None)).into_iter().collect();
    Explanation { message, hint, locations, ..Explanation::default() }
}

/// What people are told about a verdict.
#[must_use]
pub fn explain_verdict(verdict: &Verdict, language: Language) -> Explanation {
    match verdict {
        Verdict::Kept => Explanation::default(),
        Verdict::Vacuous => {
            let Sentence { message, hint } = match language {
                Language::Spanish => es::vacuous(),
                Language::English => en::vacuous(),
            };
            Explanation { message, hint, ..Explanation::default() }
        }
        Verdict::Broken(finding) => explain(finding, language),
        Verdict::Pending { function, place } => {
            explain_pending(function.as_deref(), place.as_ref(), language)
        }
        Verdict::Unseen(unseen) => explain_unseen(unseen, language),
    }
}

#[cfg(test)]
pub(crate) mod catalogue;
#[cfg(test)]
mod tests;
