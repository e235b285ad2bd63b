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

/// The line below the table.
#[must_use]
pub fn summary(language: Language, counts: &Counts) -> String {
    let Counts { stubs, full, wrong, in_some_orders, times, failed } = counts;
    match language {
        Language::Spanish => format!(
            "{stubs} plantillas pendientes, {full} programas con todos los puntos, {wrong} programas malos \
             ({in_some_orders} solo según el orden); cada uno {times} {}.\n{failed} no dieron lo esperado.\n",
            if *times == 1 { "vez" } else { "veces" }
        ),
        Language::English => format!(
            "{stubs} stubs pending, {full} programs with all points, {wrong} wrong programs ({in_some_orders} only \
             in some orders); each {times} {}.\n{failed} did not come to what they should.\n",
            if *times == 1 { "time" } else { "times" }
        ),
    }
}
