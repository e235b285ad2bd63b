//! A claim as `exercise.toml` writes it: one flat table with a name and the keys that this name takes.
//!
//! It is not a tagged serde enum because that would lose the place of a wrong key.

use serde::Deserialize;
use toml::Spanned;

use super::claim::{Claim, Races};
use super::manifest::unknown;
use super::problem::{Cause, Document, Problem, Thing};
use super::scenario::ScenarioClaim;

/// Every key that some claim takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimTable {
    goal: Spanned<String>,
    claim: Spanned<String>,
    name: Option<Spanned<String>>,
    expected: Option<Spanned<String>>,
    races: Option<Spanned<String>>,
    at_least: Option<Spanned<String>>,
    queue: Option<Spanned<String>>,
    count: Option<Spanned<String>>,
    capacity: Option<Spanned<String>>,
    each: Option<Spanned<String>>,
    processes: Option<Spanned<String>>,
    messages: Option<Spanned<String>>,
}

impl ClaimTable {
    /// The claim, if its goal and name exist and its keys are those that it takes.
    pub(super) fn read(
        mut self,
        document: &Document<'_>,
        goals: &[&str],
    ) -> Result<ScenarioClaim, Box<Problem>> {
        if !goals.contains(&self.goal.get_ref().as_str()) {
            return Err(unknown(document, &self.goal, Thing::Goal, goals));
        }
        let claim = self.take_claim(document)?;
        self.refuse_stray_keys(document)?;
        Ok(ScenarioClaim { goal: self.goal.into_inner(), claim })
    }

    /// Builds the claim, taking away the keys that it uses.
    fn take_claim(&mut self, document: &Document<'_>) -> Result<Claim, Box<Problem>> {
        let missing = |key| {
            let cause = Cause::MissingKey { claim: self.claim.get_ref().clone(), key };
            document.problem(self.claim.span(), cause)
        };
        let take = |slot: &mut Option<Spanned<String>>, key| {
            slot.take().map(Spanned::into_inner).ok_or_else(|| missing(key))
        };
        Ok(match self.claim.get_ref().as_str() {
            "ends" => Claim::Ends,
            "result" => Claim::Result {
                name: take(&mut self.name, "name")?,
                expected: take(&mut self.expected, "expected")?,
                races: self.races.take().map_or(Ok(Races::default()), |word| read_races(document, &word))?,
            },
            "same_items" => Claim::SameItems {
                name: take(&mut self.name, "name")?,
                expected: take(&mut self.expected, "expected")?,
            },
            "increasing" => Claim::Increasing { name: take(&mut self.name, "name")? },
            "processes" => Claim::Processes { at_least: take(&mut self.at_least, "at_least")? },
            "by_children" => Claim::ByChildren { queue: take(&mut self.queue, "queue")? },
            "own_process" => Claim::OwnProcess {
                queue: take(&mut self.queue, "queue")?,
                count: take(&mut self.count, "count")?,
            },
            "capacity" => Claim::Capacity { capacity: take(&mut self.capacity, "capacity")? },
            "children_add" => Claim::ChildrenAdd {
                each: take(&mut self.each, "each")?,
                processes: take(&mut self.processes, "processes")?,
            },
            "started_before_join" => {
                Claim::StartedBeforeJoin { at_least: take(&mut self.at_least, "at_least")? }
            }
            "locks_released" => Claim::LocksReleased,
            "joined" => Claim::Joined,
            "prints" => Claim::Prints,
            "converses" => Claim::Converses { messages: take(&mut self.messages, "messages")? },
            _ => return Err(unknown(document, &self.claim, Thing::Claim, &Claim::NAMES)),
        })
    }

    fn refuse_stray_keys(&self, document: &Document<'_>) -> Result<(), Box<Problem>> {
        let left = [
            ("name", &self.name),
            ("expected", &self.expected),
            ("races", &self.races),
            ("at_least", &self.at_least),
            ("queue", &self.queue),
            ("count", &self.count),
            ("capacity", &self.capacity),
            ("each", &self.each),
            ("processes", &self.processes),
            ("messages", &self.messages),
        ];
        let stray = left.into_iter().find_map(|(key, slot)| slot.as_ref().map(|value| (key, value.span())));
        stray.map_or(Ok(()), |(key, range)| {
            let cause = Cause::StrayKey { claim: self.claim.get_ref().clone(), key };
            Err(document.problem(range, cause))
        })
    }
}

fn read_races(document: &Document<'_>, word: &Spanned<String>) -> Result<Races, Box<Problem>> {
    match word.get_ref().as_str() {
        "allowed" => Ok(Races::Allowed),
        "forbidden" => Ok(Races::Forbidden),
        _ => Err(unknown(document, word, Thing::Races, &["allowed", "forbidden"])),
    }
}
