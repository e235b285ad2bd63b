//! Notices that a run stands still outside the library: every process waits, without a time limit, for what only another
//! one could do, and none has taken a step for a while. Pure decisions on what was read; reading is in `tree`.
//!
//! Unlike [`super::watch`] it cannot name what is waited for, and so it never breaks a claim: it saves the time that
//! waiting for the wall limit would take.

use std::time::{Duration, Instant};

use procesos_trace::layout::process;
use procesos_trace::{ProcessRecord, flags};

use super::tree::{self, Sleeper};

/// What one process shows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stand {
    /// It waits in the library, having begun so many operations. (It wakes up now and then to look for itself.)
    InLibrary { pid: u32, operations: u64 },
    /// All its threads sleep outside.
    Outside { pid: u32, threads: Vec<Sleeper> },
}

/// Remembers since when a run has shown the same picture.
#[derive(Debug)]
pub(super) struct Stillness {
    /// For how long the picture must not change.
    settled: Duration,
    looked: Instant,
    picture: Option<(Vec<Stand>, Instant)>,
}

/// How often to look: the system's table of processes is long.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Stillness {
    pub(super) fn new(settled: Duration, now: Instant) -> Self {
        Self { settled, looked: now, picture: None }
    }

    /// Whether it is time to look again.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        now.duration_since(self.looked) >= LOOK_EVERY
    }

    /// Looks at the processes below `supervisor` when it is time to; true when they have stood still for long enough.
    pub(super) fn reached(&mut self, supervisor: u32, records: &[ProcessRecord], now: Instant) -> bool {
        if !self.is_due(now) {
            return false;
        }
        self.looked = now;
        self.see(standing(&tree::running_below(supervisor), records, tree::thread_count, tree::sleepers), now)
    }

    fn see(&mut self, picture: Option<Vec<Stand>>, now: Instant) -> bool {
        match (&self.picture, picture) {
            (Some((known, since)), Some(picture)) if *known == picture => {
                now.duration_since(*since) >= self.settled
            }
            (_, picture) => {
                self.picture = picture.map(|picture| (picture, now));
                false
            }
        }
    }
}

/// The picture of a run in which nobody goes on by itself; `None` when somebody may.
fn standing(
    pids: &[u32],
    records: &[ProcessRecord],
    thread_count: impl Fn(u32) -> usize,
    sleepers: impl Fn(u32) -> Option<Vec<Sleeper>>,
) -> Option<Vec<Stand>> {
    let stand = |pid: &u32| {
        let waits = |record: &&ProcessRecord| {
            let running = record.pid == *pid && record.state == process::STATE_RUNNING;
            running && record.pending.phase == process::PHASE_BLOCKED
        };
        // One thread in the library tells nothing of the others.
        match records.iter().find(waits).filter(|_| thread_count(*pid) == 1) {
            Some(record) if record.pending.flags & u32::from(flags::TIMED) != 0 => None,
            Some(record) => Some(Stand::InLibrary { pid: *pid, operations: record.operations }),
            None => Some(Stand::Outside { pid: *pid, threads: sleepers(*pid)? }),
        }
    };
    let picture: Vec<Stand> = pids.iter().map(stand).collect::<Option<_>>()?;
    picture.iter().any(|stand| matches!(stand, Stand::Outside { .. })).then_some(picture)
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

    fn asleep(_: u32) -> Option<Vec<Sleeper>> {
        Some(Vec::new())
    }

    #[test]
    fn one_outside_and_the_others_in_the_library_stand_still() {
        let records = [record(1, process::PHASE_BLOCKED, 0), record(2, process::PHASE_RUNNING, 0)];
        assert!(standing(&[1, 2], &records, |_| 1, asleep).is_some());
        assert!(standing(&[1, 2, 3], &records, |_| 1, asleep).is_some());
    }

    #[test]
    fn whoever_runs_or_has_a_limit_may_go_on() {
        let records = [record(1, process::PHASE_BLOCKED, flags::TIMED), record(2, process::PHASE_RUNNING, 0)];
        assert!(standing(&[1, 2], &records, |_| 1, asleep).is_none());
        assert!(standing(&[2], &records, |_| 1, |_| None).is_none());
    }

    #[test]
    fn a_second_thread_may_work_while_the_first_waits_in_the_library() {
        let records = [record(1, process::PHASE_BLOCKED, 0), record(2, process::PHASE_RUNNING, 0)];
        let second = |pid| usize::from(pid == 1) + 1;
        assert!(standing(&[1, 2], &records, second, |pid| asleep(pid).filter(|_| pid == 2)).is_none());
    }

    #[test]
    fn a_wait_in_the_library_alone_is_not_for_this_watch() {
        assert!(standing(&[1], &[record(1, process::PHASE_BLOCKED, 0)], |_| 1, asleep).is_none());
        assert!(standing(&[], &[], |_| 1, asleep).is_none());
    }

    #[test]
    fn only_a_picture_that_does_not_change_is_still() {
        let (begun, settled) = (Instant::now(), Duration::from_secs(2));
        let mut stillness = Stillness::new(settled, begun);
        let picture = |operations| Some(vec![Stand::InLibrary { pid: 1, operations }]);
        assert!(!stillness.see(picture(1), begun));
        assert!(!stillness.see(picture(2), begun + settled));
        assert!(!stillness.see(picture(2), begun + settled + settled / 2));
        assert!(stillness.see(picture(2), begun + settled * 2));
        assert!(!stillness.see(None, begun + settled * 3));
        assert!(!stillness.see(picture(2), begun + settled * 4));
    }
}
