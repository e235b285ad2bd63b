//! Lines for a terminal: wrapped to its width, coloured only where that was asked for.

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSplitter};
use unicode_width::UnicodeWidthStr;

use crate::calls::Call;

/// What a piece of text is, and so how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    /// A title or a message.
    Strong,
    /// What is beside the point.
    Dim,
    Good,
    Bad,
    Partial,
    /// A word before something to do.
    Label,
}

impl Tone {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| colour.on_default();
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Good => colour(AnsiColor::Green),
            Self::Bad => colour(AnsiColor::Red).bold(),
            Self::Partial => colour(AnsiColor::Yellow),
            Self::Label => colour(AnsiColor::Cyan).bold(),
        }
    }
}

/// A text that is being written line by line.
#[derive(Debug)]
pub(super) struct Page {
    color: bool,
    width: usize,
    text: String,
}

impl Page {
    pub(super) fn new(color: bool, width: usize) -> Self {
        Self { color, width, text: String::new() }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn color(&self) -> bool {
        self.color
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// The text with its look.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        let style = tone.style();
        if self.color && style != Style::new() && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// A line as it is; what is painted in it was painted by [`Page::paint`].
    pub(super) fn line(&mut self, line: &str) {
        self.text += line.trim_end();
        self.text.push('\n');
    }

    /// An empty line, unless there is one, or nothing above.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A text in as many lines as it takes, after a word that stands in the first one; the others stand `indent` in.
    pub(super) fn paragraph(&mut self, paragraph: Paragraph<'_>) {
        let Paragraph { before, word, word_tone, indent, text, tone } = paragraph;
        let word_width = word.width();
        let first = " ".repeat(before + if word.is_empty() { 0 } else { word_width + 1 });
        for (index, line) in wrap(text, &first, indent, self.width).into_iter().enumerate() {
            let body = line.trim_start();
            let margin = line.len() - body.len();
            let body = self.paint(tone, body);
            if index == 0 && !word.is_empty() {
                let word = self.paint(word_tone, word);
                self.line(&format!("{}{word} {body}", " ".repeat(before)));
            } else {
                self.line(&format!("{}{body}", " ".repeat(margin)));
            }
        }
    }

    /// A command after a word: beside it where there is room, else below, in lines that can be copied together.
    pub(super) fn command(&mut self, word: &str, call: &Call) {
        let (before, indent) = (4, 6);
        let beside = call.to_string();
        if before + word.width() + 1 + beside.width() <= self.width {
            return self.paragraph(Paragraph::labelled(word, &beside));
        }
        self.line(&format!("{}{}", " ".repeat(before), self.paint(Tone::Label, word)));
        self.command_lines(indent, &call.lines(self.width - indent, self.width - indent - CONTINUED));
    }

    /// The lines of a command, those after the first a little further in.
    pub(super) fn command_lines(&mut self, indent: usize, lines: &[String]) {
        for (index, line) in lines.iter().enumerate() {
            let indent = indent + if index == 0 { 0 } else { CONTINUED };
            self.line(&format!("{}{line}", " ".repeat(indent)));
        }
    }
}

/// Columns by which the lines of a command after its first are further in.
pub(super) const CONTINUED: usize = 2;

/// A text and how it stands on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paragraph<'a> {
    /// Columns before the word.
    pub(super) before: usize,
    /// A mark or a word at the beginning.
    pub(super) word: &'a str,
    pub(super) word_tone: Tone,
    /// Columns before the lines that follow the first.
    pub(super) indent: usize,
    pub(super) text: &'a str,
    pub(super) tone: Tone,
}

impl<'a> Paragraph<'a> {
    /// A plain paragraph, so many columns in.
    pub(super) fn plain(indent: usize, text: &'a str) -> Self {
        Self { before: indent, word: "", word_tone: Tone::Plain, indent, text, tone: Tone::Plain }
    }

    /// A message after its mark.
    pub(super) fn marked(word: &'a str, word_tone: Tone, text: &'a str) -> Self {
        Self { before: 2, word, word_tone, indent: 4, text, tone: Tone::Strong }
    }

    /// A word and what follows it, as `Probar: ...`.
    pub(super) fn labelled(word: &'a str, text: &'a str) -> Self {
        Self { before: 4, word, word_tone: Tone::Label, indent: 6, text, tone: Tone::Plain }
    }

    /// What is beside the point.
    pub(super) fn aside(indent: usize, text: &'a str) -> Self {
        Self { tone: Tone::Dim, ..Self::plain(indent, text) }
    }
}

/// A row of a table in as many lines as it takes: what does not fit stands at the right end of the next one.
pub(super) fn wrap_row(row: &str, indent: usize, width: usize) -> Vec<String> {
    let line = format!("{}{row}", " ".repeat(indent));
    if line.width() <= width {
        return vec![line];
    }
    let fits = |at: &usize| line[..*at].trim_end().width() <= width;
    let gaps = line.match_indices("  ").map(|(at, _)| at).filter(|at| !line[..*at].trim().is_empty());
    let Some(gap) = gaps.filter(fits).last() else {
        return wrap(row, &" ".repeat(indent), indent + 2, width);
    };
    let (head, tail) = (line[..gap].trim_end(), line[gap..].trim());
    let mut lines = vec![head.to_owned()];
    let margin = width.saturating_sub(tail.width()).max(indent);
    lines.extend(wrap(tail, &" ".repeat(margin), indent, width));
    lines
}

/// Breaks a text at blanks only, so that names, places and commands stay whole, and not within short pieces of code.
pub(super) fn wrap(text: &str, first: &str, indent: usize, width: usize) -> Vec<String> {
    let others = " ".repeat(indent);
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(&others)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    let glued = glue_code(text);
    textwrap::wrap(&glued, options).into_iter().map(|line| line.replace(GLUE, " ")).collect()
}

/// Stands for a blank at which no line is broken.
const GLUE: char = '\u{2007}';
/// Widest piece of code that stays in one line.
const CODE_COLUMNS: usize = 32;

/// The text with the blanks between two backquotes glued.
fn glue_code(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    let last = pieces.len() - 1;
    let glue = |(index, piece): (usize, &&str)| {
        let is_code = index % 2 == 1 && index < last && piece.width() <= CODE_COLUMNS;
        if is_code { piece.replace(' ', &GLUE.to_string()) } else { (*piece).to_owned() }
    };
    pieces.iter().enumerate().map(glue).collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_names_stay_whole() {
        assert_eq!(wrap("aquí `let _ =` y más", "", 0, 10), ["aquí", "`let _ =`", "y más"]);
        assert_eq!(wrap("uno dos-tres-cuatro", "", 2, 8), ["uno", "  dos-tres-cuatro"]);
        assert_eq!(wrap("un ` suelto aquí", "", 0, 8), ["un `", "suelto", "aquí"]);
    }

    #[test]
    fn a_row_that_does_not_fit_ends_at_the_right_of_the_next_line() {
        assert_eq!(wrap_row("uno  dos  tres", 2, 20), ["  uno  dos  tres"]);
        assert_eq!(wrap_row("uno  dos  tres", 2, 12), ["  uno  dos", "        tres"]);
        assert_eq!(wrap_row("palabras sin columnas", 2, 12), ["  palabras", "    sin", "    columnas"]);
    }
}
