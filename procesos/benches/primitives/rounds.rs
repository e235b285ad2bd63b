//! Rounds in which all who are compared take turns, so that a machine that is busy for a while is busy for all of them.

use procesos::Result;

use super::others::Others;
use super::rows::{Goal, Rival, Row};

/// What came of a row.
pub(super) struct Figures {
    /// Microseconds an operation: ours, one a round.
    ours: Vec<f64>,
    /// Of each rival, in the order of [`Rival::ALL`]; none in a round that failed or took too long.
    rivals: [Vec<Option<f64>>; Rival::ALL.len()],
}

impl Figures {
    pub(super) fn take(row: &Row, rounds: usize, others: &Others) -> Result<Self> {
        let mut figures = Self { ours: Vec::new(), rivals: Default::default() };
        for _ in 0..rounds {
            figures.ours.push((row.ours)()?);
            for (rival, taken) in Rival::ALL.into_iter().zip(&mut figures.rivals) {
                taken.push(match rival {
                    Rival::Raw => row.raw.map(|(_, round)| round()),
                    Rival::Python => others.python(row.figure),
                    peer if row.peers.contains(&peer) => others.peer(peer, row.figure),
                    _ => None,
                });
            }
        }
        Ok(figures)
    }

    fn of(&self, rival: Rival) -> &[Option<f64>] {
        let index = Rival::ALL.into_iter().position(|other| other == rival);
        index.map_or(&[], |index| &self.rivals[index])
    }

    pub(super) fn ours(&self) -> Option<f64> {
        median(self.ours.iter().copied())
    }

    pub(super) fn rival(&self, rival: Rival) -> Option<f64> {
        median(self.of(rival).iter().flatten().copied())
    }

    /// How many times as long as the library a rival takes: the median of the ratios of single rounds.
    pub(super) fn ratio(&self, rival: Rival) -> Option<f64> {
        let pairs = self.ours.iter().zip(self.of(rival));
        median(pairs.filter_map(|(ours, theirs)| Some((*theirs)? / ours)))
    }

    /// How a goal is met: what is reached, in words, and whether that is enough. `None` where the rival is not here.
    pub(super) fn judge(&self, goal: Goal) -> Option<(String, bool)> {
        Some(match goal {
            Goal::Faster(rival, least) => {
                let ratio = self.ratio(rival)?;
                (format!("{ratio:.1} x as fast as {} (to reach: {least})", rival.name()), ratio >= least)
            }
            Goal::Within(rival, most) => {
                let ratio = 1.0 / self.ratio(rival)?;
                (format!("{ratio:.1} x as long as {} (to reach: {most})", rival.name()), ratio <= most)
            }
        })
    }
}

pub(super) fn median(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}
