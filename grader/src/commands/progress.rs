//! One line of progress on stderr, only where it is a terminal.

use std::io::{IsTerminal, Write};

use crate::Language;
use crate::grading::Progress;

/// The line; nothing is written where stderr is not a terminal.
pub(super) struct ProgressLine {
    language: Language,
    terminal: bool,
    dirty: bool,
}

impl ProgressLine {
    pub(super) fn new(language: Language) -> Self {
        Self { language, terminal: std::io::stderr().is_terminal(), dirty: false }
    }

    /// Shows a step in place of the last one.
    pub(super) fn show(&mut self, step: &Progress<'_>) {
        let spanish = self.language == Language::Spanish;
        self.write(&match step {
            Progress::Building(exercise) if spanish => format!("{}: compilando", exercise.id),
            Progress::Building(exercise) => format!("{}: compiling", exercise.id),
            Progress::Running(exercise, index, total) if spanish => {
                format!("{}: caso {index} de {total}", exercise.id)
            }
            Progress::Running(exercise, index, total) => format!("{}: case {index} of {total}", exercise.id),
            Progress::Done(done, total) if spanish => format!("{done} de {total}"),
            Progress::Done(done, total) => format!("{done} of {total}"),
        });
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
