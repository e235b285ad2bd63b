//! How long a run may take: what counts is the time in which it waits, not that in which it uses the processor.
//!
//! A program that computes has a limit of CPU time, which it reaches late on a busy machine: the wall limit must not come
//! first and call it waiting.

use std::time::Duration;

/// A run that uses less than this part of the time waits. (A loop of short sleeps uses less, a process among many that all
/// want the processor more.)
const WAITS_BELOW: u32 = 50;
/// However much it computes, a run may not take longer than so many times its limit.
const LONGEST: u32 = 6;

/// The wall limit of a run.
#[derive(Debug)]
pub(super) struct Deadline {
    limit: Duration,
    /// When to decide next.
    next: Duration,
    /// When it was decided last, and the CPU time used up to then.
    last: (Duration, Duration),
}

impl Deadline {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, next: limit, last: (Duration::ZERO, Duration::ZERO) }
    }

    /// Whether a run that has taken `elapsed` has waited for too long; `cpu_time` tells what its processes have used.
    pub(super) fn passed(&mut self, elapsed: Duration, cpu_time: impl FnOnce() -> Duration) -> bool {
        if elapsed < self.next {
            return false;
        }
        let used = cpu_time();
        let (since, before) = self.last;
        self.last = (elapsed, used);
        self.next = elapsed + self.limit / 2;
        let waits = used.saturating_sub(before) * WAITS_BELOW < elapsed.saturating_sub(since);
        waits || elapsed >= self.limit * LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn whoever_waits_has_its_limit_and_no_more() {
        let mut deadline = Deadline::new(10 * SECOND);
        assert!(!deadline.passed(9 * SECOND, || unreachable!("not yet")));
        assert!(deadline.passed(10 * SECOND, || SECOND / 10));
    }

    #[test]
    fn whoever_gets_little_of_a_busy_processor_goes_on_while_it_does() {
        let mut deadline = Deadline::new(10 * SECOND);
        assert!(!deadline.passed(10 * SECOND, || SECOND));
        assert!(!deadline.passed(14 * SECOND, || unreachable!("not yet")));
        assert!(!deadline.passed(15 * SECOND, || SECOND * 3 / 2));
        assert!(deadline.passed(20 * SECOND, || SECOND * 3 / 2));
    }

    #[test]
    fn nobody_goes_on_for_ever() {
        let mut deadline = Deadline::new(SECOND);
        let passed = (1..100).find(|half| deadline.passed(SECOND / 2 * *half, || SECOND * *half));
        assert_eq!(passed, Some(12));
    }
}
