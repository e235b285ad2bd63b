//! Tests of control with real processes: a small controller here speaks to a program as a grader does.
//!
//! The program is this binary again, with the name of one of `programs` in [`controller::VARIABLE`]: it serves
//! executions, each in the order that the test asks for. Times are printed and never asserted tightly.

#![expect(clippy::needless_pass_by_value, reason = "a process owns what it is given")]

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

#[path = "control/controller.rs"]
mod controller;
#[path = "control/endings.rs"]
mod endings;
#[path = "control/faults.rs"]
mod faults;
#[path = "control/manager_programs.rs"]
mod manager_programs;
#[path = "control/managers.rs"]
mod managers;
#[path = "control/orders.rs"]
mod orders;
#[path = "control/outside.rs"]
mod outside;
#[path = "control/pool_programs.rs"]
mod pool_programs;
#[path = "control/pools.rs"]
mod pools;
#[path = "control/programs.rs"]
mod programs;
#[path = "control/repeat.rs"]
mod repeat;
#[path = "control/signal_programs.rs"]
mod signal_programs;
#[path = "control/signals.rs"]
mod signals;
#[path = "control/traces_left.rs"]
mod traces_left;

/// A test by the name of its function, which is a sentence.
macro_rules! test {
    ($body:ident) => {
        libtest_mimic::Trial::test(stringify!($body), || {
            $body();
            Ok(())
        })
    };
}
pub(crate) use test;

fn main() -> ExitCode {
    if let Ok(name) = std::env::var(controller::VARIABLE) {
        return programs::perform(&name);
    }
    let trials: Vec<Trial> = [
        orders::tests(),
        endings::tests(),
        outside::tests(),
        faults::tests(),
        signals::tests(),
        pools::tests(),
        managers::tests(),
        traces_left::tests(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
