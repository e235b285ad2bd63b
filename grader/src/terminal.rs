//! One line on the terminal that says what is being done and is gone when it is done. Where people do not watch stderr,
//! nothing is written.

use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::text::clean;

/// Columns of a terminal that does not tell.
const USUAL_COLUMNS: usize = 80;

static LINE: Mutex<Line> = Mutex::new(Line { shown: false, closed: false });

struct Line {
    /// Whether something stands in it.
    shown: bool,
    /// Whether it stays empty from now on.
    closed: bool,
}

/// Whether people watch stderr on a terminal that can take a line back.
pub(crate) fn is_watched() -> bool {
    stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Shows a text in place of the last one, cut to the width: what ran over into a second line could not be taken back.
pub(crate) fn show(text: &str) {
    let mut line = line();
    if !line.closed && is_watched() {
        line.shown = true;
        let columns = terminal_size::terminal_size_of(stderr()).map_or(USUAL_COLUMNS, |(w, _)| w.0.into());
        write(&clean::line(text, columns.saturating_sub(1)));
    }
}

/// Takes the line away.
pub(crate) fn clear() {
    let mut line = line();
    if std::mem::take(&mut line.shown) {
        write("");
    }
}

/// Takes the line away for good: the grader ends.
pub(crate) fn close() {
    clear();
    line().closed = true;
}

fn line() -> MutexGuard<'static, Line> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(text: &str) {
    let mut stderr = stderr().lock();
    // Progress that cannot be shown is no reason to stop.
    let _ = write!(stderr, "\r\x1b[K{text}");
    let _ = stderr.flush();
}
