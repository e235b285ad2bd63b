//! The steps of a run under control: what had its turn, in the order in which it took effect.

use procesos_trace::{ObjectId, Op};
use sha2::{Digest, Sha256};

use crate::run::{Event, Trace};

/// A step: index of its process, and of its event there.
pub type At = (usize, usize);

/// The steps of all processes, in the order in which they took effect.
///
/// Under control no two moments are alike, and between an effect and its record nobody else has a turn.
#[must_use]
pub fn in_order(trace: &Trace) -> Vec<At> {
    events_in_order(trace, Op::is_scheduled)
}

/// The events of all processes whose operation is `meant`, in the order in which they took effect.
pub(crate) fn events_in_order(trace: &Trace, meant: impl Fn(Op) -> bool) -> Vec<At> {
    let mut steps: Vec<(u64, At)> = Vec::new();
    for (p, process) in trace.processes.iter().enumerate() {
        let own = process.events.iter().enumerate().filter(|(_, event)| meant(event.op));
        steps.extend(own.map(|(i, event)| (event.end, (p, i))));
    }
    steps.sort_unstable();
    steps.into_iter().map(|(_, at)| at).collect()
}

/// What the steps of a run are, in one short number: who did what to which object, how it ended, on which line, in
/// which order. Values are not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub(super) u32);

impl Fingerprint {
    /// Bits of the number.
    const BITS: u32 = 24;
    /// Largest number.
    pub(super) const MOST: u32 = (1 << Self::BITS) - 1;

    /// The fingerprint of the steps of a run.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        let mut hash = Sha256::new();
        for (p, i) in in_order(trace) {
            let process = &trace.processes[p];
            let Event { op, outcome, object, ref place, .. } = process.events[i];
            let line = place.as_ref().map_or(0, |place| place.line);
            let (creator, ordinal) = object.map_or((String::new(), 0), |id| name_of(trace, id));
            let step = (process.id(), op as u8, outcome as u8, creator, ordinal, line);
            // Written out, since the layout of a tuple is nobody's promise.
            hash.update(format!("{step:?}\n"));
        }
        let [a, b, c, ..] = <[u8; 32]>::from(hash.finalize());
        Self(u32::from_be_bytes([0, a, b, c]))
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:06x}", self.0)
    }
}

/// An object by who made it and as its how many-eth: slots depend on the order in which processes started.
fn name_of(trace: &Trace, id: ObjectId) -> (String, u32) {
    let creator = trace.processes.get(usize::from(id.creator));
    (creator.map(crate::run::Process::id).unwrap_or_default(), id.ordinal)
}

/// Whether somebody interrupted a process between two consecutive steps: it could have gone on.
pub(crate) fn is_interrupted(trace: &Trace, before: At, after: At) -> bool {
    let (p, i) = before;
    if p == after.0 {
        return false;
    }
    let process = &trace.processes[p];
    let next = process.events[i + 1..].iter().find(|event| event.op.is_scheduled());
    match next {
        // It had to wait before somebody else had gone on.
        Some(next) => next.flags & procesos_trace::flags::WAITED == 0,
        None => {
            process.exit_code.is_none() && process.pending.as_ref().is_none_or(|pending| !pending.blocked)
        }
    }
}

/// How often a process was interrupted that could have gone on.
#[must_use]
pub fn interruptions(trace: &Trace) -> usize {
    let steps = in_order(trace);
    steps.windows(2).filter(|pair| is_interrupted(trace, pair[0], pair[1])).count()
}
