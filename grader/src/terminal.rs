//! What people see on stderr beside the answer: one line that says what is being done and is gone when it is done (and
//! nothing where nobody watches), and how messages fit the terminal.

use std::borrow::Cow;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::text::clean;

/// Columns of a terminal that does not tell.
pub(crate) const USUAL_COLUMNS: usize = 80;

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
        write(&clean::line(text, columns().unwrap_or(USUAL_COLUMNS).saturating_sub(1)));
    }
}

/// A message as it is written to stderr: on a terminal no line is broken within a word.
pub(crate) fn wrapped(message: &str) -> String {
    columns().map_or_else(|| message.to_owned(), |columns| folded(message, columns))
}

/// The same of what is written to stdout.
pub(crate) fn wrapped_for_stdout(text: &str) -> String {
    let columns = terminal_size::terminal_size_of(stdout()).map(|(columns, _)| columns.0.into());
    columns.map_or_else(|| text.to_owned(), |columns| folded(text, columns))
}

/// Lines of at most so many columns, broken at blanks; what goes on stands a little further in.
fn folded(text: &str, columns: usize) -> String {
    let lines = text.lines().flat_map(|line| {
        let margin = " ".repeat(line.len() - line.trim_start().len() + 2);
        let options = textwrap::Options::new(columns).subsequent_indent(&margin).break_words(false);
        let options = options.word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::wrap(line, options).into_iter().map(Cow::into_owned).collect::<Vec<_>>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Columns of the terminal on stderr, if it is one.
pub(crate) fn columns() -> Option<usize> {
    terminal_size::terminal_size_of(stderr()).map(|(columns, _)| columns.0.into())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_blanks_and_go_on_further_in() {
        let text = "error: uno dos tres\n  Probar: cuatro/cinco seis";
        assert_eq!(folded(text, 16), "error: uno dos\n  tres\n  Probar:\n    cuatro/cinco\n    seis");
        assert_eq!(folded(text, 80), text);
        assert_eq!(folded("una_palabra_larga", 8), "una_palabra_larga");
    }
}
