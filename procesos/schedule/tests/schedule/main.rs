//! The rules and strategies, on models of programs whose every order is known.

#[path = "../model/mod.rs"]
mod model;

mod brute;
mod counting;
mod examples;
mod outcomes;
mod plans;
mod polling;
mod sampling;
mod strategies;
