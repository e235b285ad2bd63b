//! Acceptance tests of the whole workspace: the real grader, real programs, real processes.
//!
//! They grade temporary copies, never the working copies that somebody may have edited.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod course;
mod grading;
mod hygiene;
mod instructors;
mod limits;
mod orders;
mod pictures;
mod screens;
mod students;
mod submission;
mod usage;
