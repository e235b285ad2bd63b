//! What a process tells when it is stopped: where it is, at the moment of the signal for too much CPU time.

use std::sync::OnceLock;

use nix::libc;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

use super::frames::{self, MAX_FRAMES};

/// Who keeps the addresses.
static KEEP: OnceLock<fn(&[u64])> = OnceLock::new();

/// Has `keep` called with the addresses where this process (or one forked from it) is when it is told to stop by SIGXCPU,
/// innermost first; then it ends by that signal, as it would have.
///
/// `keep` runs in a signal handler: atomics and copies, no lock, no memory, no panic. Only the stack of the calling thread
/// is walked; of another thread only its instruction is told.
pub(crate) fn on_stop(keep: fn(&[u64])) {
    if KEEP.set(keep).is_err() {
        return;
    }
    frames::learn_stack();
    // Reset on entry, so that the signal sent by the handler itself ends the process. On the alternate stack, where the
    // thread has one: its own may be used up.
    let flags = SaFlags::SA_SIGINFO | SaFlags::SA_RESETHAND | SaFlags::SA_ONSTACK;
    let action = SigAction::new(SigHandler::SigAction(tell_and_end), flags, SigSet::empty());
    // SAFETY: the handler does only what a signal handler may. A refusal leaves the default, which ends the process too.
    let _ = unsafe { sigaction(Signal::SIGXCPU, &action) };
}

extern "C" fn tell_and_end(_: libc::c_int, _: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let mut addresses = [0; MAX_FRAMES];
    // SAFETY: the kernel hands a context to a handler that was installed with SA_SIGINFO.
    let count = unsafe { context.cast::<libc::ucontext_t>().as_ref() }
        .map_or(0, |context| frames::interrupted_addresses(context, &mut addresses));
    if let Some(keep) = KEEP.get() {
        keep(&addresses[..count]);
    }
    // SAFETY: allowed in a handler. The signal is held back until this returns, and then has its default effect.
    unsafe { libc::raise(libc::SIGXCPU) };
}
