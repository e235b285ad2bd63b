//! Lines of the compiler's that are wider than the page. They are aligned by columns, so each kind is folded in its own way.
//!
//! ```text
//! error[E0382]: a heading, which may go on          in the next line
//!    |
//! 26 |     source, which may go on                  below, beside the gutter
//!    |     ---- a label below a piece of it         below, where it began
//!    = note: a note, which may go on               below its first word
//! ```

use std::borrow::Cow;

use textwrap::{Options, WordSplitter};
use unicode_width::UnicodeWidthStr;

use crate::text::clean;

/// Least columns for a label where it stands; with less it stands on a line of its own.
const LEAST_ROOM: usize = 24;
/// How much further in source goes on.
const SOURCE_MARGIN: usize = 4;

/// A line in lines of the page's width; there may be codes for colour in it.
pub(super) fn fold(line: &str, width: usize) -> Vec<String> {
    let plain = clean::block(line);
    if plain.width() <= width {
        return vec![line.to_owned()];
    }
    match plain.split_once('|') {
        Some((gutter, marks)) if gutter.trim().is_empty() => fold_label(line, gutter, marks, width),
        Some((gutter, source)) if gutter.trim().parse::<u32>().is_ok() => {
            let blanks = source.len() - source.trim_start().len() + SOURCE_MARGIN;
            wrap(line, &format!("{}|{}", " ".repeat(gutter.width()), " ".repeat(blanks)), width)
        }
        _ => {
            let note = plain.trim_start().strip_prefix("= ").and_then(|note| note.find(": "));
            let margin = note.map_or(2, |word| plain.find("= ").unwrap_or(0) + word + "= : ".len());
            wrap(line, &" ".repeat(margin), width)
        }
    }
}

/// A line of marks below source, with what the compiler says of what they mark. Marks alone that do not fit mark nothing
/// that is still there.
fn fold_label(line: &str, gutter: &str, marks: &str, width: usize) -> Vec<String> {
    let Some(before) = marks.find(|c: char| c.is_alphanumeric() || c == '`') else { return Vec::new() };
    let blanks = marks[..before].width();
    let label = marks[before..].width();
    let column = gutter.width() + 1 + blanks;
    if column + label.min(LEAST_ROOM) <= width {
        return wrap(line, &format!("{gutter}|{}", " ".repeat(blanks)), width);
    }
    let (head, label_text) = split_at_column(line, column);
    let margin = width.saturating_sub(gutter.width() + 1 + label.min(width)).max(1);
    let first = format!("{gutter}|{}", " ".repeat(margin));
    let head = if clean::block(head).trim_end().width() <= width { head.trim_end() } else { "" };
    let below = wrap(&format!("{first}{label_text}"), &first, width);
    std::iter::once(head.to_owned()).filter(|head| !head.is_empty()).chain(below).collect()
}

fn wrap(line: &str, margin: &str, width: usize) -> Vec<String> {
    let options = Options::new(width).subsequent_indent(margin).break_words(false);
    let options = options.word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(line, options).into_iter().map(Cow::into_owned).collect()
}

/// The line before and from a column; codes for colour take none.
fn split_at_column(line: &str, column: usize) -> (&str, &str) {
    let mut columns = 0;
    let mut in_code = false;
    for (at, c) in line.char_indices() {
        if c == '\u{1b}' {
            in_code = true;
        } else if in_code {
            in_code = !c.is_ascii_alphabetic();
        } else if columns >= column {
            return line.split_at(at);
        } else {
            columns += unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
        }
    }
    (line, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(line: &str) -> String {
        fold(line, 40).join("\n")
    }

    #[test]
    fn what_the_compiler_says_is_wrapped_at_blanks() {
        assert_eq!(
            folded("error[E0277]: the trait bound `Range<u64>: Copy` is not satisfied"),
            "error[E0277]: the trait bound\n  `Range<u64>: Copy` is not satisfied"
        );
        assert_eq!(
            folded("   = help: the trait `Copy` is not implemented for it"),
            "   = help: the trait `Copy` is not\n           implemented for it"
        );
    }

    #[test]
    fn a_label_goes_on_below_where_it_began_or_stands_on_its_own_line() {
        assert_eq!(
            folded("   |     ---- move occurs because `a` is of type `T`"),
            "   |     ---- move occurs because `a` is\n   |          of type `T`"
        );
        assert_eq!(
            folded("   |                            ---- value moved here"),
            "   |                            ----\n   |                    value moved here"
        );
    }

    #[test]
    fn source_goes_on_beside_the_gutter_and_marks_that_do_not_fit_are_left_out() {
        assert_eq!(
            folded("12 |     let larga = otra_funcion(con, muchos);"),
            "12 |     let larga = otra_funcion(con,\n   |         muchos);"
        );
        assert_eq!(folded("   |                                         +++"), "");
    }

    #[test]
    fn colours_take_no_columns() {
        let line = "\u{1b}[1merror\u{1b}[0m: breve";
        assert_eq!(fold(line, 12), [line]);
        let label =
            "\u{1b}[94m   |\u{1b}[0m                            \u{1b}[91m---- value moved here\u{1b}[0m";
        let plain: Vec<String> = fold(label, 40).iter().map(|line| clean::block(line)).collect();
        assert_eq!(
            plain,
            ["   |                            ----", "   |                    value moved here"]
        );
    }
}
