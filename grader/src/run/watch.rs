//! Notices that nobody in a run can go on any more. Pure decisions on what was read; reading is in `tree`.
//!
//! A program makes no progress when every process of it sleeps inside an operation of the library that has no time
//! limit: whoever could wake one is asleep too. That is seen by facts, not by how long it takes: the grader only looks
//! again long enough for a process whose waker was killed to have looked for itself.

use std::time::{Duration, Instant};

use procesos_trace::layout::process;
use procesos_trace::{Op, ProcessRecord, flags};

use super::tree;

/// The picture must not change for this long: more than twice what a sleeping operation takes to look again.
const SETTLED: Duration = Duration::from_millis(120);

/// What one process shows, as far as progress is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stand {
    pid: u32,
    operations: u64,
}

/// Remembers since when a run has shown the same picture of waiting.
#[derive(Debug, Default)]
pub(super) struct Watch {
    picture: Option<(Vec<Stand>, Instant)>,
}

impl Watch {
    /// Takes a look at the records; true when nobody can go on.
    pub(super) fn nobody_can_go_on(&mut self, records: &[ProcessRecord], now: Instant) -> bool {
        let Some(picture) = standstill(records, state_of) else {
            self.picture = None;
            return false;
        };
        match &self.picture {
            Some((known, since)) if *known == picture => now.duration_since(*since) >= SETTLED,
            _ => {
                self.picture = Some((picture, now));
                false
            }
        }
    }
}

/// The picture of a run in which every living process sleeps without a limit; `None` when somebody may go on.
fn standstill(
    records: &[ProcessRecord],
    state_of: impl Fn(&ProcessRecord) -> Option<char>,
) -> Option<Vec<Stand>> {
    let mut picture = Vec::new();
    for record in records {
        let has_said_its_last = match record.state {
            process::STATE_EXITED | process::STATE_FAILED => true,
            process::STATE_RUNNING => false,
            _ => return None,
        };
        match state_of(record) {
            // Ended, with a word or without (a signal): nobody to wait for.
            None | Some('Z' | 'X') => continue,
            // Its end is still to come, however long a busy machine takes for it, and somebody may wait for that.
            Some(_) if has_said_its_last => return None,
            Some('S') => {}
            Some(_) => return None,
        }
        let unlimited = record.pending.flags & u32::from(flags::TIMED) == 0;
        if record.pending.phase != process::PHASE_BLOCKED || !unlimited {
            return None;
        }
        picture.push(Stand { pid: record.pid, operations: record.operations });
    }
    (!picture.is_empty()).then_some(picture)
}

/// State letter of a process; that of one that runs where a second thread of it may go on.
fn state_of(record: &ProcessRecord) -> Option<char> {
    let (state, _) = tree::state_and_parent(record.pid)?;
    if tree::thread_count(record.pid) <= 1 {
        return Some(state);
    }
    // A thread that waits in the library in one of these looks for itself now and then; in its other waits it does not.
    let looks = [
        Op::LockAcquire,
        Op::QueueGet,
        Op::QueuePut,
        Op::Send,
        Op::EventWait,
        Op::SemaphoreAcquire,
        Op::ConditionWait,
        Op::BarrierWait,
        Op::QueueJoin,
        Op::PoolTake,
        Op::PoolGet,
        Op::ManagerServe,
    ];
    let looks = looks.iter().any(|op| record.pending.op == u32::from(*op as u8));
    let others = tree::restless_threads(record.pid).saturating_sub(usize::from(looks));
    // The first thread may be gone before the others, of which the end of the process waits.
    Some(if others == 0 && state != 'Z' { state } else { 'R' })
}

#[cfg(test)]
mod tests {
    use procesos_trace::{ObjectId, PendingRecord};

    use super::*;

    fn record(pid: u32, phase: u32, flags: u16) -> ProcessRecord {
        let pending = PendingRecord {
            phase,
            op: 0,
            object: ObjectId::NONE,
            place: 0,
            flags: u32::from(flags),
            since: 0,
            detail: 0,
        };
        ProcessRecord::new(process::STATE_RUNNING, pid, pending)
    }

    #[test]
    fn all_asleep_without_limit_is_a_standstill() {
        let records = [record(1, process::PHASE_BLOCKED, 0), record(2, process::PHASE_BLOCKED, 0)];
        assert!(standstill(&records, |_| Some('S')).is_some());
    }

    #[test]
    fn one_that_runs_or_has_a_limit_may_go_on() {
        let blocked = || record(1, process::PHASE_BLOCKED, 0);
        assert!(standstill(&[blocked(), record(2, process::PHASE_RUNNING, 0)], |_| Some('S')).is_none());
        assert!(
            standstill(&[blocked(), record(2, process::PHASE_BLOCKED, flags::TIMED)], |_| Some('S'))
                .is_none()
        );
        assert!(standstill(&[blocked(), blocked()], |_| Some('R')).is_none());
    }

    #[test]
    fn one_that_is_about_to_end_may_let_others_go_on() {
        let mut ending = record(2, process::PHASE_RUNNING, 0);
        ending.state = process::STATE_EXITED;
        let records = [record(1, process::PHASE_BLOCKED, 0), ending];
        assert!(standstill(&records, |_| Some('S')).is_none());
        let gone = |record: &ProcessRecord| Some(if record.pid == 2 { 'Z' } else { 'S' });
        assert!(standstill(&records, gone).is_some());
    }

    #[test]
    fn the_dead_do_not_count() {
        let records = [record(1, process::PHASE_BLOCKED, 0), record(2, process::PHASE_RUNNING, 0)];
        assert!(standstill(&records, |record| Some(if record.pid == 2 { 'Z' } else { 'S' })).is_some());
        assert!(standstill(&records, |_| None).is_none());
    }
}
