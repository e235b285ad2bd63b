//! Grades exercises about processes: takes what a student wrote, builds it, runs it as real child
//! processes, and says what the program did on the student's own lines.
//!
//! Data flows one way: [`course`] and [`intake`] -> [`build`] -> run (observation only) -> judge
//! (pure) -> report (pure). The commands of [`cli`] put these rooms together.

pub mod build;
pub mod calls;
pub mod cli;
pub mod commands;
pub mod corpus;
pub mod course;
pub mod diagram;
pub mod error;
pub mod exit_status;
pub mod explore;
pub mod grading;
pub mod intake;
mod interrupt;
pub mod judge;
pub mod language;
mod memory;
pub mod report;
pub mod run;
pub mod seed;
pub mod story;
mod terminal;
pub mod text;

pub use calls::Calls;
pub use error::{Error, Result};
pub use exit_status::ExitStatus;
pub use language::Language;
