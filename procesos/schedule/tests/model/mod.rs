//! Small programs for the rules and strategies: what they say, what they do, and how they run under a `State`.
//!
//! `program` is the language; `world`, with `signs`, is what its operations do, without any rule of who goes when; `execution` takes the
//! turns exactly as the library does under control; `steps` tells the proof of them, `notebook` tells orderings apart without it.
//! `brute` looks at every choice in a world, and knows nothing of `State`.

pub(crate) mod execution;
pub(crate) mod notebook;
pub(crate) mod program;
pub(crate) mod signs;
pub(crate) mod steps;
pub(crate) mod world;

pub(crate) use execution::{End, Outcome, run};
pub(crate) use program::{Model, Op, Test, Value};
