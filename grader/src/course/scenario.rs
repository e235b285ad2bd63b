//! A scenario: one way to run the driver, and what must hold of that run.

use std::collections::BTreeMap;

use super::Claim;
use crate::seed::Seed;

/// One way to run an exercise's driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// Id, in kebab-case, unique in its exercise.
    pub id: String,
    /// Arguments of the driver; `{x}` stands for a drawn number.
    pub args: Vec<String>,
    /// The inclusive range of every drawn number.
    pub draw: BTreeMap<String, (i64, i64)>,
    /// Whether it is run in many orders, under control, instead of once as it comes.
    pub explore: bool,
    /// Whether, in some of those orders, sleeps end and time limits of up to a second pass while others could still go on.
    pub early_timers: bool,
    /// Path of the process that is killed before one of its operations, in each order before another one.
    pub killed: Option<Vec<u32>>,
    /// What must hold.
    pub claims: Vec<ScenarioClaim>,
}

/// A claim and the goal that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioClaim {
    /// Id of the goal.
    pub goal: String,
    /// What must hold.
    pub claim: Claim,
}

impl Scenario {
    /// The driver's arguments with every `{x}` replaced by its draw from the seed.
    #[must_use]
    pub fn arguments(&self, seed: Seed) -> Vec<String> {
        let number = |name: &str| {
            let (low, high) = self.draw.get(name).copied().unwrap_or_default();
            seed.draw(&self.id, name, low, high).to_string()
        };
        self.args.iter().map(|arg| fill(arg, number)).collect()
    }
}

/// The names in an argument's `{x}`, each with its byte range, braces included.
///
/// Braces around anything but a name are text.
pub(super) fn placeholders(arg: &str) -> Vec<(std::ops::Range<usize>, &str)> {
    let mut found = Vec::new();
    for (open, _) in arg.match_indices('{') {
        let rest = &arg[open + 1..];
        let Some(length) = rest.find('}') else { break };
        let name = &rest[..length];
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if is_name {
            found.push((open..open + length + 2, name));
        }
    }
    found
}

fn fill(arg: &str, number: impl Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut copied = 0;
    for (range, name) in placeholders(arg) {
        filled.push_str(&arg[copied..range.start]);
        filled.push_str(&number(name));
        copied = range.end;
    }
    filled.push_str(&arg[copied..]);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_are_replaced_and_other_braces_are_text() {
        let number = |name: &str| format!("<{name}>");
        assert_eq!(fill("{p}", number), "<p>");
        assert_eq!(fill("a{p}b{v2}", number), "a<p>b<v2>");
        assert_eq!(fill(r#"{"x": {p}} {"#, number), r#"{"x": <p>} {"#);
        assert_eq!(fill("{} {P} ñ", number), "{} {P} ñ");
    }

    #[test]
    fn arguments_come_from_the_seed() {
        let scenario = Scenario {
            id: "uno".into(),
            args: vec!["contar".into(), "{p}".into()],
            draw: BTreeMap::from([("p".to_owned(), (2, 4))]),
            explore: false,
            early_timers: false,
            killed: None,
            claims: Vec::new(),
        };
        let seed = Seed::of_submission("x", "y");
        let arguments = scenario.arguments(seed);
        assert_eq!(arguments, scenario.arguments(seed));
        assert!((2..=4).contains(&arguments[1].parse::<i64>().unwrap()));
    }
}
