//! What `verify` says.

use crate::Language;
use crate::corpus::{Expectation, Pair};

/// The counts below the table.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    /// Stubs.
    pub stubs: usize,
    /// Solutions and right programs.
    pub full: usize,
    /// Wrong programs.
    pub wrong: usize,
    /// Wrong programs of which nothing is judged for certain in free runs.
    pub in_some_orders: usize,
    /// How often each was graded.
    pub times: u32,
    /// Programs that did not come to what they should.
    pub failed: usize,
}

fn list<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> String {
    pairs.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What a program has to come to.
#[must_use]
pub fn expected(language: Language, expectation: &Expectation) -> String {
    let spanish = language == Language::Spanish;
    match expectation {
        Expectation::Pending => if spanish { "pendiente" } else { "pending" }.to_owned(),
        Expectation::AllPoints => if spanish { "todos los puntos" } else { "all points" }.to_owned(),
        Expectation::DoesNotCompile(code) if spanish => format!("no compila: {code}"),
        Expectation::DoesNotCompile(code) => format!("does not compile: {code}"),
        Expectation::Breaks { always, sometimes } => {
            let mut parts = Vec::new();
            if !always.is_empty() {
                parts.push(format!("{} {}", if spanish { "rompe" } else { "breaks" }, list(always)));
            }
            if !sometimes.is_empty() {
                let word = if spanish { "según el orden" } else { "in some orders" };
                parts.push(format!("({word}: {})", list(sometimes)));
            }
            parts.join(" ")
        }
    }
}

/// What a program came to instead.
#[must_use]
pub fn instead(language: Language, expectation: &Expectation, seen: &str) -> String {
    let expected = expected(language, expectation);
    match language {
        Language::Spanish => format!("se esperaba: {expected}; se vio: {seen}"),
        Language::English => format!("expected: {expected}; seen: {seen}"),
    }
}

/// A claim that no wrong program breaks proves nothing.
#[must_use]
pub fn never_broken(language: Language, pair: &str) -> String {
    match language {
        Language::Spanish => format!("{pair}: ningún programa de wrong/ la rompe"),
        Language::English => format!("{pair}: no program of wrong/ breaks it"),
    }
}

/// The lines below the table.
#[must_use]
pub fn summary(language: Language, counts: &Counts) -> String {
    let Counts { stubs, full, wrong, in_some_orders, times, failed } = *counts;
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    match language {
        Language::Spanish => {
            let stubs = count(stubs, "plantilla pendiente", "plantillas pendientes");
            let full = count(full, "programa", "programas");
            let wrong = count(wrong, "programa malo", "programas malos");
            let times = count(times as usize, "vez", "veces");
            let failed = match failed {
                0 => "Todo dio lo esperado.".to_owned(),
                _ => count(failed, "no dio lo esperado.", "no dieron lo esperado."),
            };
            format!(
                "{stubs}, {full} con todos los puntos, {wrong} ({in_some_orders} solo según el orden); \
                 cada uno {times}.\n{failed}\n"
            )
        }
        Language::English => {
            let stubs = count(stubs, "stub pending", "stubs pending");
            let full = count(full, "program", "programs");
            let wrong = count(wrong, "wrong program", "wrong programs");
            let times = count(times as usize, "time", "times");
            let failed = match failed {
                0 => "All came to what they should.".to_owned(),
                _ => format!("{failed} did not come to what they should."),
            };
            format!(
                "{stubs}, {full} with all points, {wrong} ({in_some_orders} only in some orders); \
                 each {times}.\n{failed}\n"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_their_words() {
        let counts = Counts { stubs: 1, full: 2, wrong: 1, in_some_orders: 0, times: 1, failed: 0 };
        assert_eq!(
            summary(Language::Spanish, &counts),
            "1 plantilla pendiente, 2 programas con todos los puntos, 1 programa malo (0 solo según el orden); \
             cada uno 1 vez.\nTodo dio lo esperado.\n"
        );
        let counts = Counts { failed: 1, times: 20, ..counts };
        assert!(summary(Language::Spanish, &counts).ends_with("20 veces.\n1 no dio lo esperado.\n"));
        assert!(
            summary(Language::English, &counts).ends_with("20 times.\n1 did not come to what they should.\n")
        );
    }
}
