//! Rounds, medians and ratios. Never says what a figure means, and compares only figures of one run.

use std::time::{Duration, Instant};

use procesos::Result;

use super::ways;

/// Rounds when nobody says how many: enough for a median that a few disturbances do not move.
pub(crate) const ROUNDS: usize = 7;
/// On a machine that is so busy that it takes longer, no further round begins, once there are enough for a median.
const LIMIT: Duration = Duration::from_secs(4);
const ENOUGH: usize = 3;
/// How long one round of one figure is to take. All figures and rounds together take a second or two.
const ROUND: Duration = Duration::from_millis(12);
/// Times in the trial that finds how many fit in a round; it also warms up.
const TRIAL: u32 = 40;
/// After a slow trial or round something is still measured, and a quick one is not trusted blindly.
const FEWEST: u32 = 20;
const MOST: u32 = 200_000;

/// Bytes of a short message and of a long one.
const SHORT: usize = 64;
const LONG: usize = 64 * 1024;

/// The ways to communicate, in the order of the notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Queue,
    Pipe,
    Shared,
    Event,
    Manager,
}

impl Way {
    pub(crate) const ALL: [Self; 5] = [Self::Queue, Self::Pipe, Self::Shared, Self::Event, Self::Manager];
}

/// What is measured of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Datum,
    Short,
    Long,
}

impl What {
    pub(crate) const ALL: [Self; 3] = [Self::Datum, Self::Short, Self::Long];

    /// Bytes of a message; `None` where their number is not the point.
    pub(crate) fn bytes(self) -> Option<usize> {
        match self {
            Self::Datum => None,
            Self::Short => Some(SHORT),
            Self::Long => Some(LONG),
        }
    }
}

/// One figure: seconds for one datum or message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) way: Way,
    pub(crate) what: What,
    pub(crate) seconds: f64,
}

/// All figures of one run.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    /// Of how many rounds each is the median.
    pub(crate) rounds: usize,
    figures: Vec<Figure>,
}

impl Figures {
    pub(crate) fn new(rounds: usize, figures: Vec<Figure>) -> Self {
        Self { rounds, figures }
    }

    /// Seconds for one; `None` where there is nothing to measure.
    pub(crate) fn seconds(&self, way: Way, what: What) -> Option<f64> {
        self.figures
            .iter()
            .find(|figure| (figure.way, figure.what) == (way, what))
            .map(|figure| figure.seconds)
    }

    /// Bytes a second; `None` where their number is not the point.
    pub(crate) fn rate(&self, way: Way, what: What) -> Option<f64> {
        Some(what.bytes()? as f64 / self.seconds(way, what)?)
    }

    /// How many times as long as the quickest way takes for the same.
    pub(crate) fn ratio(&self, way: Way, what: What) -> Option<f64> {
        let same = self.figures.iter().filter(|figure| figure.what == what).map(|figure| figure.seconds);
        Some(self.seconds(way, what)? / same.min_by(f64::total_cmp)?)
    }

    /// Every time, of whatever.
    pub(crate) fn times(&self) -> impl Iterator<Item = f64> {
        self.figures.iter().map(|figure| figure.seconds)
    }
}

/// What is run for a figure: for how many times, how long it takes.
type Run = fn(u32) -> Result<Duration>;

/// A figure to be: what it is of, its run, and how many times the thing happens each time.
type Row = (Way, What, Run, f64);

/// Every figure there is. There and back are two times; so are the additions of two processes, and a set and a get.
const ROWS: [Row; 13] = [
    (Way::Queue, What::Datum, ways::queue_there_and_back, 2.0),
    (Way::Pipe, What::Datum, ways::pipe_there_and_back, 2.0),
    (Way::Shared, What::Datum, ways::both_add, 2.0),
    (Way::Event, What::Datum, ways::event_there_and_back, 2.0),
    (Way::Manager, What::Datum, ways::manager_two_calls, 2.0),
    (Way::Queue, What::Short, |count| ways::queue_messages(count, SHORT), 1.0),
    (Way::Pipe, What::Short, |count| ways::pipe_messages(count, SHORT), 1.0),
    (Way::Shared, What::Short, |count| ways::array_blocks(count, SHORT), 1.0),
    (Way::Manager, What::Short, |count| ways::manager_blocks(count, SHORT), 1.0),
    (Way::Queue, What::Long, |count| ways::queue_messages(count, LONG), 1.0),
    (Way::Pipe, What::Long, |count| ways::pipe_messages(count, LONG), 1.0),
    (Way::Shared, What::Long, |count| ways::array_blocks(count, LONG), 1.0),
    (Way::Manager, What::Long, |count| ways::manager_blocks(count, LONG), 1.0),
];

/// Measures everything, in rounds in which all take turns: a machine that is busy for a while is busy for all of them.
///
/// As many rounds as asked for, or else [`ROUNDS`], fewer on a machine that is too busy for them.
pub(crate) fn all(asked: Option<usize>) -> Result<Figures> {
    let begun = Instant::now();
    let trial = |row: &Row| (row.2)(TRIAL).map(|time| times_in_a_round(TRIAL, time));
    let mut counts = ROWS.iter().map(trial).collect::<Result<Vec<_>>>()?;
    let mut seen = vec![Vec::new(); ROWS.len()];
    let mut rounds = 0;
    while rounds < asked.unwrap_or(ROUNDS) && (asked.is_some() || rounds < ENOUGH || begun.elapsed() < LIMIT)
    {
        for ((row, count), seen) in ROWS.iter().zip(&mut counts).zip(&mut seen) {
            let time = (row.2)(*count)?;
            seen.push(time.as_secs_f64() / (f64::from(*count) * row.3));
            *count = times_in_a_round(*count, time);
        }
        rounds += 1;
    }
    let figure = |(row, seen): (&Row, Vec<f64>)| Figure { way: row.0, what: row.1, seconds: median(seen) };
    Ok(Figures::new(rounds, ROWS.iter().zip(seen).map(figure).collect()))
}

/// How many times fit in a round, after `count` times took so long.
fn times_in_a_round(count: u32, time: Duration) -> u32 {
    let fit = ROUND.as_nanos() * u128::from(count) / time.as_nanos().max(1);
    u32::try_from(fit).unwrap_or(MOST).clamp(FEWEST, MOST)
}

/// The one in the middle; of an even number, the mean of the two there. There is at least one round.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    if figures.len().is_multiple_of(2) {
        f64::midpoint(figures[middle - 1], figures[middle])
    } else {
        figures[middle]
    }
}
