//! Notices that nobody in a run can go on any more. Pure decisions on what was read; reading is at the end.
//!
//! A program makes no progress when every process of it sleeps inside an operation of the library that has no time
//! limit: whoever could wake one is asleep too. That is seen by facts, not by how long it takes: the grader only looks
//! again long enough for a process whose waker was killed to have looked for itself.

use std::fs;
use std::time::{Duration, Instant};

use procesos_trace::layout::process;
use procesos_trace::{ProcessRecord, flags};

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
        let Some(picture) = standstill(records, |pid| state_and_parent(pid).map(|(state, _)| state)) else {
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
fn standstill(records: &[ProcessRecord], state_of: impl Fn(u32) -> Option<char>) -> Option<Vec<Stand>> {
    let mut picture = Vec::new();
    for record in records {
        match record.state {
            process::STATE_EXITED | process::STATE_FAILED => continue,
            process::STATE_RUNNING => {}
            _ => return None,
        }
        match state_of(record.pid) {
            // Ended without a word (a signal): nobody to wait for.
            None | Some('Z' | 'X') => continue,
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

/// State letter and parent of a process, from the kernel; `None` when there is no such process or it is hidden.
pub(super) fn state_and_parent(pid: u32) -> Option<(char, u32)> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command in parentheses may hold anything: the fields begin behind the last one.
    let mut fields = line[line.rfind(')')? + 1..].split_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((state, fields.next()?.parse().ok()?))
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
    fn the_dead_do_not_count() {
        let records = [record(1, process::PHASE_BLOCKED, 0), record(2, process::PHASE_RUNNING, 0)];
        assert!(standstill(&records, |pid| Some(if pid == 2 { 'Z' } else { 'S' })).is_some());
        assert!(standstill(&records, |_| None).is_none());
    }
}
