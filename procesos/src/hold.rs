//! Holding a child back at its beginning, when a traced run asks for it.
//!
//! The system starts a child whenever it likes, often late enough to hide that the parent did not wait for it, or
//! early enough to hide the opposite. A [`Release`] makes the rarer order happen for certain. It only delays: whatever a
//! program does is still one of its own possible orders.

use std::time::{Duration, Instant};

use nix::sched::sched_yield;
use procesos_trace::layout::{MAX_PROCESSES, process};
use procesos_trace::{Op, Release};

use crate::identity;
use crate::recorder::{self, Glimpse};
use crate::sys;

/// A process that has begun this many operations since is polling: it waits for the held one in its own way.
const POLLS: u64 = 500;
/// No child is held longer: a process that waits outside the library cannot be told from one that computes.
const LONGEST: Duration = Duration::from_millis(300);
/// How long to sleep between looks, once yielding has not helped.
const LOOK_EVERY: Duration = Duration::from_micros(200);

/// Returns when this child may begin.
pub(crate) fn until_released() {
    let release = recorder::release();
    if release == Release::Free || !recorder::is_active() {
        return;
    }
    recorder::show_phase(process::PHASE_HELD);
    let slot = identity::slot();
    let Some(own) = recorder::glimpse(slot) else { return };
    let begun = Instant::now();
    let mut watches: Vec<Watch> = vec![Watch::new(own.parent)];
    while begun.elapsed() < LONGEST {
        if watches[0].parent_waits() && predecessors(slot, own, release, &mut watches) {
            break;
        }
        if begun.elapsed() < LOOK_EVERY {
            let _ = sched_yield();
        } else {
            sys::nap(LOOK_EVERY);
        }
    }
    recorder::show_phase(process::PHASE_RUNNING);
}

/// Whether the siblings that come before this one wait or have ended.
fn predecessors(slot: usize, own: Glimpse, release: Release, watches: &mut Vec<Watch>) -> bool {
    if release == Release::Together {
        return true;
    }
    (1..MAX_PROCESSES).map_while(|other| recorder::glimpse(other).map(|seen| (other, seen))).all(
        |(other, seen)| {
            let sibling = other != slot && seen.parent == own.parent;
            let before = match release {
                Release::Reverse => seen.ordinal > own.ordinal,
                _ => seen.ordinal < own.ordinal,
            };
            if !(sibling && before) {
                return true;
            }
            let known = watches[1..].iter().position(|watch| watch.slot == other);
            let index = known.map_or_else(
                || {
                    watches.push(Watch::new(other));
                    watches.len() - 1
                },
                |position| position + 1,
            );
            watches[index].sibling_waits()
        },
    )
}

/// Another process, and how many operations it had begun when its watching began to count.
struct Watch {
    slot: usize,
    operations: Option<u64>,
}

impl Watch {
    fn new(slot: usize) -> Self {
        Self { slot, operations: None }
    }

    fn look(&mut self) -> Option<(Glimpse, bool)> {
        let seen = recorder::glimpse(self.slot)?;
        if seen.phase == process::PHASE_HELD {
            self.operations = None;
            return Some((seen, false));
        }
        let first = *self.operations.get_or_insert(seen.operations);
        Some((seen, seen.operations.saturating_sub(first) >= POLLS))
    }

    /// Whether the parent cannot or need not go on before the held child. A sleep is not a wait for anybody.
    fn parent_waits(&mut self) -> bool {
        let Some((seen, polls)) = self.look() else { return true };
        let blocked = seen.phase == process::PHASE_BLOCKED && seen.op != u32::from(Op::Sleep as u8);
        polls || blocked || has_ended(seen)
    }

    /// Whether a sibling that goes first is done for now. One with a time limit goes on by itself.
    fn sibling_waits(&mut self) -> bool {
        let Some((seen, polls)) = self.look() else { return true };
        polls || (seen.phase == process::PHASE_BLOCKED && !seen.timed) || has_ended(seen)
    }
}

fn has_ended(seen: Glimpse) -> bool {
    matches!(seen.state, process::STATE_EXITED | process::STATE_FAILED)
}
