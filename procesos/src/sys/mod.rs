//! Everything unsafe of the library, behind safe functions: shared memory, robust mutexes, futexes, fork, frame walking,
//! the signal that stops a process.
//!
//! What it decides: how to ask the system. What it never does: policy, retries beyond `EINTR`, recording.
//! No other module of the workspace contains `unsafe`.

#![expect(unsafe_code, reason = "the one module that talks to the system without a safe crate in between")]

mod death;
mod frames;
mod function;
mod futex;
#[cfg(procesos_intercept)]
mod intercept;
mod mutex;
mod process;
mod shared;
mod stop;

pub(crate) use death::{has_ended, wait_for_death, wait_for_exit};
pub(crate) use frames::{MAX_FRAMES, end_stack_at, load_bias, return_addresses};
pub(crate) use function::{FUNCTION_BYTES, Job, call, fits, function_bytes};
pub(crate) use futex::{futex_wait, futex_wake};
pub(crate) use mutex::{MUTEX_BYTES, MutexState, RobustMutex};
pub(crate) use process::{
    Forked, adopt_descriptor, at_exit, close_number, current_processor, exit_now, fork, monotonic_nanos, nap,
    own_received, remove_variable, thread_count,
};
pub(crate) use shared::Shared;
pub(crate) use stop::on_stop;
