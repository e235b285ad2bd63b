//! Who goes next: the rules and strategies by which the processes of a program take turns under a grader.
//!
//! Under control one process at a time has the token, and runs. Before every operation it asks [`State::choose`] who
//! goes next, and hands the token over. Everything that this needs is in one [`State`] without pointers, so that it can
//! lie in shared memory; nothing here knows of memory, processes or the system, so all of it is tested on models.
//!
//! The grader says by an [`Order`] how an execution is to go, and learns from a [`Report`] how it went.

mod order;
mod path;
mod process;
pub mod proof;
mod random;
mod state;
pub mod strategy;

pub use order::{Fault, Leftover, Order, Report, Segment, Stop};
pub use path::{ROOT, child_of, object_of, path_of};
pub use process::{Access, Next, Process, Status, Step};
pub use random::Random;
pub use state::{Choice, MAX_PROCESSES, State};
pub use strategy::{Kind, Strategy};

/// Environment variable with the number of the control socket: a program that finds it serves executions.
pub const CONTROL_VARIABLE: &str = "PROCESOS_CONTROL";
