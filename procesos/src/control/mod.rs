//! Control: under a grader that asks for it, one process at a time runs, and every operation asks who goes next.
//!
//! Three parts: `server` forks an execution for every order of the grader and watches it; `execution` is what every
//! process of an execution does before, in and after an operation; `region` is the memory that all of them share. Who is picked
//! is decided by the rules and strategies of `procesos_schedule`; nothing here decides it.

mod execution;
#[cfg(procesos_intercept)]
pub(crate) mod intercepted;
mod region;
mod server;
mod shape;

use crate::sys;
use execution::Execution;
pub(crate) use execution::Turn;
pub(crate) use server::{Role, Server};

/// The turn of this thread's operation; `None` without control.
pub(crate) fn turn() -> Option<Turn> {
    Execution::operating().map(Turn::of)
}

/// Monotonic nanoseconds: virtual ones under control.
pub(crate) fn now() -> u64 {
    Execution::current().map_or_else(sys::monotonic_nanos, Execution::tick)
}

/// Whether this thread is under control.
pub(crate) fn is_on() -> bool {
    Execution::current().is_some()
}

/// In the parent, right after a fork: enters the child of slot `slot`, and waits until it has closed what it was not given.
pub(crate) fn child_started(slot: usize, pid: u32, ordinal: u32) {
    if let Some(execution) = Execution::current() {
        execution.enter_child(slot, pid, ordinal);
    }
}

/// In the parent, right after a fork: the child of slot `slot` is a server, which takes no turns. Waits until it is set up.
pub(crate) fn server_started(slot: usize, pid: u32) {
    if let Some(execution) = Execution::current() {
        execution.enter_server(slot, pid);
    }
}

/// In the parent: the server of slot `slot` has ended and was reaped.
pub(crate) fn server_ended(slot: usize) {
    if let Some(execution) = Execution::current() {
        execution.forget_server(slot);
    }
}

/// In a server, once it has closed what it was not given: it is under control no more.
pub(crate) fn stand_aside() {
    if let Some(execution) = Execution::current() {
        execution.stand_aside();
    }
}

/// In a child, once it has closed what it was not given: waits for its first turn.
pub(crate) fn first_turn() {
    if let Some(execution) = Execution::current() {
        execution.settle();
    }
}

/// This process ends without further operations: whoever goes next may go as soon as the system has taken it away.
pub(crate) fn last_turn() {
    if let Some(execution) = Execution::current() {
        execution.say_goodbye();
    }
}

/// A child of this process was sent a signal to end: waits for its death, which is part of the step.
pub(crate) fn child_was_ended(slot: usize, pid: u32) {
    if let Some(execution) = Execution::current() {
        execution.child_ended(slot, pid);
    }
}
