//! The rules and strategies, on models of programs whose every order is known.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../model/mod.rs"]
mod model;

mod brute;
mod counting;
mod examples;
mod outcomes;
mod plans;
mod polling;
mod proof;
mod sampling;
mod strategies;
