//! How long a program may take in its next case, after what it took in those before.
//!
//! A program that has never run into a limit has all of every one: this takes nothing from one that is right. One that
//! has, loses at most what it would show in a later case only by taking far longer than any right program does.

use std::time::Duration;

use crate::judge::{Finding, Unseen, Verdict};
use crate::run::{Ending, Settings};

/// CPU time of each process once a process has used up all of the usual.
///
/// Five times what a reference solution takes in any case (57 ms, measured beside four busy loops on two processors; the
/// longest of the unusual but right programs, which takes a megabyte apart letter by letter, 165 ms).
const SHORT_CPU_LIMIT: Duration = Duration::from_millis(300);
/// Wall time of a case once one was given up because it did not end.
const SHORT_WALL_LIMIT: Duration = Duration::from_secs(3);
/// For how long everybody stands still in such a case.
const SHORT_STILLNESS: Duration = Duration::from_millis(500);
/// Wall time that all such cases may wait in vain together; what comes after it is not tried.
const VAIN_TIME: Duration = Duration::from_secs(20);

/// What was learnt of a program so far.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// Some process used up its CPU time.
    spent: bool,
    /// The verdict of the case that was given up last, if one was.
    given_up: Option<Unseen>,
    /// Wall time of the cases given up after the first one.
    in_vain: Duration,
}

impl Patience {
    /// The settings of the next case; an error with the verdict of its claims when it is not to be tried any more.
    pub(super) fn settings(&self, usual: Settings) -> Result<Settings, Unseen> {
        let cpu_limit = if self.spent { SHORT_CPU_LIMIT } else { usual.cpu_limit };
        let Some(unseen) = &self.given_up else { return Ok(Settings { cpu_limit, ..usual }) };
        let wall_limit = SHORT_WALL_LIMIT.min(VAIN_TIME.saturating_sub(self.in_vain));
        if wall_limit < SHORT_WALL_LIMIT {
            return Err(unseen.clone());
        }
        Ok(Settings { cpu_limit, wall_limit, second_chance: 0, still_for: SHORT_STILLNESS, ..usual })
    }

    /// Takes the verdicts of a case into account: how its run ended, where it was one run, and how long it took.
    pub(super) fn learn<'v>(
        &mut self,
        ending: Option<Ending>,
        wall_time: Duration,
        verdicts: impl IntoIterator<Item = &'v Verdict>,
    ) {
        let mut given_up = None;
        for verdict in verdicts {
            match verdict {
                Verdict::Broken(Finding::CpuLimit { .. }) => self.spent = true,
                Verdict::Unseen(unseen @ (Unseen::WallLimit { .. } | Unseen::Still { .. })) => {
                    given_up = Some(unseen.clone());
                }
                _ => {}
            }
        }
        self.spent |= ending == Some(Ending::CpuLimit);
        // Where somebody failed meanwhile, that is what the claims of this case are about, but not those of the others.
        let without_a_word = matches!(ending, Some(Ending::WallLimit | Ending::Still));
        let given_up = given_up.or_else(|| without_a_word.then_some(Unseen::Still { outside: None }));
        if given_up.is_none() {
            return;
        }
        if self.given_up.is_some() {
            self.in_vain += wall_time;
        }
        self.given_up = given_up;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    fn usual() -> Settings {
        Settings::new(Language::Spanish)
    }

    #[test]
    fn whoever_runs_into_no_limit_has_all_of_each() {
        let mut patience = Patience::default();
        for _ in 0..100 {
            patience.learn(Some(Ending::Exited(0)), Duration::from_secs(9), &[Verdict::Kept]);
            patience.learn(Some(Ending::NoProgress), Duration::from_secs(9), &[]);
        }
        let settings = patience.settings(usual()).unwrap();
        assert_eq!((settings.cpu_limit, settings.wall_limit), (usual().cpu_limit, usual().wall_limit));
        assert_eq!(settings.second_chance, usual().second_chance);
    }

    #[test]
    fn whoever_used_up_its_cpu_time_has_less_of_that_alone() {
        let mut patience = Patience::default();
        patience.learn(Some(Ending::CpuLimit), Duration::ZERO, &[]);
        let settings = patience.settings(usual()).unwrap();
        assert_eq!((settings.cpu_limit, settings.wall_limit), (SHORT_CPU_LIMIT, usual().wall_limit));
    }

    #[test]
    fn what_waits_in_vain_is_bounded_in_sum_and_the_first_case_does_not_count() {
        for ending in [Ending::WallLimit, Ending::Still] {
            let mut patience = Patience::default();
            patience.learn(Some(ending), Duration::from_secs(30), &[]);
            let mut waited = Duration::ZERO;
            while let Ok(settings) = patience.settings(usual()) {
                assert_eq!((settings.wall_limit, settings.second_chance), (SHORT_WALL_LIMIT, 0));
                patience.learn(Some(Ending::Exited(0)), Duration::from_secs(1), &[]);
                patience.learn(Some(ending), settings.wall_limit, &[]);
                waited += settings.wall_limit;
            }
            assert!(waited > VAIN_TIME - SHORT_WALL_LIMIT && waited <= VAIN_TIME, "{waited:?}");
            let unseen = Unseen::Still { outside: None };
            assert_eq!(patience.settings(usual()).unwrap_err(), unseen);
        }
    }
}
