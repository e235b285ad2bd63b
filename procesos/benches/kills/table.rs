//! The table of the roles.

use crate::roles::Role;
use crate::tally::Tally;

/// An error or a result comes within this time.
const TO_REACH: u64 = 100_000_000;

pub(crate) fn head() -> String {
    format!(
        "{:<26}{:<23}{:>6}{:>8}{:>7}{:>7}{:>9}{:>9}{:>9}{:>9}",
        "", "who dies", "kills", "result", "error", "wrong", "median", "99 %", "slowest", "> 100 ms"
    )
}

pub(crate) fn line(role: &Role, tally: &mut Tally) -> String {
    tally.after.sort_unstable();
    format!(
        "{:<26}{:<23}{:>6}{:>8}{:>7}{:>7}{:>9}{:>9}{:>9}{:>9}",
        role.primitive,
        role.name,
        tally.kills,
        tally.right,
        tally.told,
        tally.wrong.len(),
        milliseconds(&tally.after, 1, 2),
        milliseconds(&tally.after, 99, 100),
        milliseconds(&tally.after, 1, 1),
        late(tally),
    )
}

/// How many were told after more than the time to reach.
pub(crate) fn late(tally: &Tally) -> usize {
    tally.after.iter().filter(|after| **after > TO_REACH).count()
}

/// The one below which this part of them is.
fn milliseconds(sorted: &[u64], part: usize, of: usize) -> String {
    let last = sorted.len().saturating_sub(1);
    let nanoseconds = sorted.get((sorted.len() * part / of).min(last));
    nanoseconds.map_or("-".to_owned(), |n| format!("{}.{:02}", n / 1_000_000, n % 1_000_000 / 10_000))
}
