//! One line of progress on stderr, only where it is a terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::Language;
use crate::grading::Progress;

/// Time between two orders that are told of.
const BETWEEN: Duration = Duration::from_millis(80);

/// The line; nothing is written where stderr is not a terminal.
pub(super) struct ProgressLine {
    language: Language,
    terminal: bool,
    dirty: bool,
    /// When it last told of an order: hundreds of them pass in a second.
    shown: Option<Instant>,
}

impl ProgressLine {
    pub(super) fn new(language: Language) -> Self {
        Self { language, terminal: std::io::stderr().is_terminal(), dirty: false, shown: None }
    }

    /// Shows a step in place of the last one.
    pub(super) fn show(&mut self, step: &Progress<'_>) {
        let spanish = self.language == Language::Spanish;
        let text = match step {
            Progress::Building(exercise) if spanish => format!("{}: compilando", exercise.id),
            Progress::Building(exercise) => format!("{}: compiling", exercise.id),
            Progress::Running(exercise, index, total) if spanish => {
                format!("{}: caso {index} de {total}", exercise.id)
            }
            Progress::Running(exercise, index, total) => format!("{}: case {index} of {total}", exercise.id),
            Progress::Exploring(exercise, scenario, tried, total) => {
                if tried != total && self.shown.is_some_and(|shown| shown.elapsed() < BETWEEN) {
                    return;
                }
                self.shown = Some(Instant::now());
                let (order, of) = if spanish { ("orden", "de") } else { ("order", "of") };
                format!("{}  {}  {order} {tried} {of} {total}", exercise.id, scenario.id)
            }
            Progress::Done(done, total) if spanish => format!("{done} de {total}"),
            Progress::Done(done, total) => format!("{done} of {total}"),
        };
        self.write(&text);
    }

    fn write(&mut self, text: &str) {
        if self.terminal {
            self.dirty = true;
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(std::io::stderr(), "\r\x1b[K{text}");
            let _ = std::io::stderr().flush();
        }
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.dirty) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
            let _ = std::io::stderr().flush();
        }
    }
}
