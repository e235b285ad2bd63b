//! One order of one scenario in one word, so that it can be repeated: `v1.dos-por-uno.7f3a.0:3,1:1,2:2.9c41e0`.
//!
//! After the version come the scenario, the seed of its arguments, who is picked how often in a row, and the fingerprint
//! of the steps that this came to. A process is named by the starts that lead to it: `0` is the first one, `1` the first one
//! that it starts, `1.2` the second one that `1` starts. After the last pick nobody is interrupted. Between the picks may
//! stand `t` (time limits pass early) and `x1.2:5` (process 1.2 is killed before its step 5).

use std::fmt;
use std::str::FromStr;

use procesos_schedule::{Fault, Kind, Order, Segment, path_of};

use super::Witness;
use super::steps::Fingerprint;
use crate::seed::Seed;

/// The form of the word; one of another form is not understood.
const VERSION: &str = "v1";
/// Stands where nobody is picked.
const NOTHING: &str = "-";
/// Longest path of a process. Far above what any exercise starts.
const MOST_ORDINALS: usize = 16;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Id of the scenario.
    pub scenario: String,
    /// The seed that drew its arguments.
    pub seed: Seed,
    /// Who is picked.
    pub picks: Vec<Pick>,
    /// Whether time limits may pass while others could go on.
    pub early_timers: bool,
    /// A process that is killed: its path and before which of its steps.
    pub fault: Option<(Vec<u32>, u64)>,
    /// The steps that it came to.
    pub fingerprint: Fingerprint,
}

/// A process, by its path, and how often it is picked in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// Ordinals of the starts that lead to it; none for the first one.
    pub path: Vec<u32>,
    /// How often; at least once.
    pub times: u32,
}

/// A part of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The version at its beginning.
    Version,
    /// The scenario's id.
    Scenario,
    /// The seed.
    Seed,
    /// Who is picked.
    Picks,
    /// The fingerprint at its end.
    Fingerprint,
}

/// What is wrong with a token: which part, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The part.
    pub part: Part,
    /// What stands there; empty where it is missing.
    pub seen: String,
}

impl Token {
    /// The token of an order of a scenario in which a claim is broken.
    ///
    /// `None` when the plan names a process that the run does not have.
    #[must_use]
    pub fn of_witness(scenario: &str, seed: Seed, witness: &Witness) -> Option<Self> {
        let Witness { plan, run, early_timer, fault, .. } = witness;
        let path = |number: u64| {
            let mut processes = run.trace.processes.iter();
            processes.find(|process| path_of(&process.path) == number).map(|process| process.path.clone())
        };
        let picks =
            plan.iter().map(|segment| Some(Pick { path: path(segment.process)?, times: segment.picks }));
        Some(Self {
            scenario: scenario.to_owned(),
            seed,
            picks: picks.collect::<Option<Vec<_>>>()?,
            early_timers: *early_timer,
            fault: fault.and_then(|fault| Some((path(fault.process)?, fault.step))),
            fingerprint: Fingerprint::of(&run.trace),
        })
    }

    /// The order that it stands for.
    #[must_use]
    pub fn order(&self) -> Order {
        let plan = self.picks.iter().map(|pick| Segment { process: path_of(&pick.path), picks: pick.times });
        Order {
            plan: plan.collect(),
            early_timers: self.early_timers,
            fault: self.fault.as_ref().map(|(path, step)| Fault { process: path_of(path), step: *step }),
            ..Order::new(Kind::Plan, 0)
        }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words: Vec<String> =
            self.picks.iter().map(|pick| format!("{}:{}", shown(&pick.path), pick.times)).collect();
        words.extend(self.early_timers.then(|| "t".to_owned()));
        words.extend(self.fault.iter().map(|(path, step)| format!("x{}:{step}", shown(path))));
        if words.is_empty() {
            words.push(NOTHING.to_owned());
        }
        write!(f, "{VERSION}.{}.{}.{}.{}", self.scenario, self.seed, words.join(","), self.fingerprint)
    }
}

/// `0`, `1`, `1.2`.
fn shown(path: &[u32]) -> String {
    if path.is_empty() {
        return "0".to_owned();
    }
    path.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

impl FromStr for Token {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = |part, seen: &str| Malformed { part, seen: seen.to_owned() };
        let mut parts = text.trim().splitn(4, '.');
        let mut next = || parts.next().unwrap_or_default();
        let (version, scenario, seed, rest) = (next(), next(), next(), next());
        if version != VERSION {
            return Err(wrong(Part::Version, version));
        }
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if scenario.is_empty() || !scenario.chars().all(is_id) {
            return Err(wrong(Part::Scenario, scenario));
        }
        let number = hexadecimal(seed).ok_or_else(|| wrong(Part::Seed, seed))?;
        let seed = Seed::from(number);
        let (picks, print) = rest.rsplit_once('.').unwrap_or((rest, ""));
        let mut token = Self {
            scenario: scenario.to_owned(),
            seed,
            picks: Vec::new(),
            early_timers: false,
            fault: None,
            fingerprint: Fingerprint(0),
        };
        if picks != NOTHING {
            for word in picks.split(',') {
                token.take(word).ok_or_else(|| wrong(Part::Picks, word))?;
            }
        }
        let print = Some(print).filter(|print| print.len() == 6).and_then(hexadecimal);
        let print = print.filter(|number| *number <= Fingerprint::MOST);
        let seen = || wrong(Part::Fingerprint, rest.rsplit_once('.').map_or("", |(_, print)| print));
        token.fingerprint = Fingerprint(print.ok_or_else(seen)?);
        Ok(token)
    }
}

impl Token {
    /// Takes in one word of the picks; `None` when it is none.
    fn take(&mut self, word: &str) -> Option<()> {
        if word == "t" && !self.early_timers {
            self.early_timers = true;
            return Some(());
        }
        let (killed, word) = word.strip_prefix('x').map_or((false, word), |rest| (true, rest));
        let (path, number) = word.split_once(':')?;
        let path = read_path(path)?;
        if killed {
            let earlier = self.fault.replace((path, decimal(number)?));
            return earlier.is_none().then_some(());
        }
        let times = u32::try_from(decimal(number)?).ok().filter(|times| *times > 0)?;
        self.picks.push(Pick { path, times });
        Some(())
    }
}

fn read_path(text: &str) -> Option<Vec<u32>> {
    if text == "0" {
        return Some(Vec::new());
    }
    let ordinal = |word: &str| decimal(word).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let path: Option<Vec<u32>> = text.split('.').map(ordinal).collect();
    path.filter(|path| path.len() <= MOST_ORDINALS)
}

/// A number of digits only: `parse` would take a sign too.
fn decimal(text: &str) -> Option<u64> {
    text.chars().all(|c| c.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn hexadecimal(text: &str) -> Option<u32> {
    text.chars().all(|c| c.is_ascii_hexdigit()).then(|| u32::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token {
            scenario: "dos-por-uno".into(),
            seed: Seed::from(0x7f3a),
            picks: vec![
                Pick { path: vec![], times: 3 },
                Pick { path: vec![1], times: 1 },
                Pick { path: vec![1, 2], times: 4 },
            ],
            early_timers: false,
            fault: None,
            fingerprint: Fingerprint(0x00_9c41),
        }
    }

    #[test]
    fn a_token_is_a_word_that_can_be_typed_back() {
        let plain = token();
        assert_eq!(plain.to_string(), "v1.dos-por-uno.7f3a.0:3,1:1,1.2:4.009c41");
        let timed = Token { early_timers: true, fault: Some((vec![1, 2], 5)), ..token() };
        assert_eq!(timed.to_string(), "v1.dos-por-uno.7f3a.0:3,1:1,1.2:4,t,x1.2:5.009c41");
        let calm = Token { picks: Vec::new(), ..token() };
        assert_eq!(calm.to_string(), "v1.dos-por-uno.7f3a.-.009c41");
        let killed = Token { picks: Vec::new(), fault: Some((vec![], 0)), ..token() };
        for token in [plain, timed, calm, killed] {
            assert_eq!(token.to_string().parse(), Ok(token));
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let wrong = |text: &str| {
            let Malformed { part, seen } = text.parse::<Token>().expect_err(text);
            (part, seen)
        };
        let told = |part, seen: &str| (part, seen.to_owned());
        assert_eq!(wrong(""), told(Part::Version, ""));
        assert_eq!(wrong("v2.a.1.0:1.000000"), told(Part::Version, "v2"));
        assert_eq!(wrong("v1"), told(Part::Scenario, ""));
        assert_eq!(wrong("v1.A b.1.0:1.000000"), told(Part::Scenario, "A b"));
        assert_eq!(wrong("v1.a.xyz.0:1.000000"), told(Part::Seed, "xyz"));
        assert_eq!(wrong("v1.a.1.0:0.000000"), told(Part::Picks, "0:0"));
        assert_eq!(wrong("v1.a.1.0:3,1.0:1.000000"), told(Part::Picks, "1.0:1"));
        assert_eq!(wrong("v1.a.1.0:3,,1:1.000000"), told(Part::Picks, ""));
        assert_eq!(wrong("v1.a.1.0:+3.000000"), told(Part::Picks, "0:+3"));
        assert_eq!(wrong("v1.a.1.x1:2,x1:3.000000"), told(Part::Picks, "x1:3"));
        assert_eq!(wrong("v1.a.1.0:1"), told(Part::Fingerprint, ""));
        assert_eq!(wrong("v1.a.1.0:1.9c41"), told(Part::Fingerprint, "9c41"));
        assert_eq!(wrong("v1.a.1.0:1.00000g"), told(Part::Fingerprint, "00000g"));
    }

    #[test]
    fn nothing_that_anybody_types_is_too_much() {
        for text in
            ["v1.a.1.99999999999:1.000000", "v1.a.1.0:99999999999.000000", "v1.a.fffffffff.0:1.000000"]
        {
            assert!(text.parse::<Token>().is_err(), "{text}");
        }
        let deep = vec!["1"; MOST_ORDINALS + 1].join(".");
        assert!(format!("v1.a.1.{deep}:1.000000").parse::<Token>().is_err());
    }

    #[test]
    fn a_token_stands_for_its_order() {
        let order = Token { early_timers: true, fault: Some((vec![1], 2)), ..token() }.order();
        assert_eq!(order.strategy, Kind::Plan);
        assert!(order.early_timers);
        assert_eq!(order.plan[1], Segment { process: path_of(&[1]), picks: 1 });
        assert_eq!(order.fault, Some(Fault { process: path_of(&[1]), step: 2 }));
    }
}
