//! What is wrong with a file of the course: the place, the line with a caret, the cause. Its sentences are in `text`.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

/// Something wrong in a TOML file of the course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The file, as people see it.
    pub(crate) file: String,
    /// Where in it; `None` when the file as a whole is meant.
    pub(crate) place: Option<Place>,
    /// What is wrong.
    pub(crate) cause: Cause,
}

/// A place in a file, with its line to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Line, from 1.
    pub(crate) line: usize,
    /// Column in characters, from 1.
    pub(crate) column: usize,
    /// The line and, below it, carets; with a gutter, as compilers do.
    pub(crate) excerpt: String,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Not TOML, or not of the expected shape: what the parser says, and the known name that was probably meant.
    Toml { message: String, nearest: Option<String> },
    /// A name that does not exist.
    Unknown { what: Thing, name: String, nearest: Option<String>, known: Vec<String> },
    /// The same id twice.
    Duplicate { what: Thing, name: String },
    /// An id that is not written as ids of its sort are.
    BadId { what: Thing, name: String },
    /// A list that must not be empty.
    NoneOf { what: Thing },
    /// A claim lacks a key.
    MissingKey { claim: String, key: &'static str },
    /// A claim has a key that it does not take.
    StrayKey { claim: String, key: &'static str },
    /// A goal that no scenario claims anything for: nobody could earn it.
    GoalWithoutClaims { goal: String },
    /// A goal without points.
    NoPoints { goal: String },
    /// A key that says how orders are tried, in a scenario that is run as it comes.
    NeedsExplore { key: &'static str },
    /// Not the id of a process that another one starts.
    BadProcess { name: String },
    /// `{x}` without a range in `draw`.
    Undrawn { name: String },
    /// A range in `draw` that no argument uses.
    UnusedDraw { name: String },
    /// A range that ends before it begins.
    EmptyRange { name: String },
    /// A sentence that would not fit in its column.
    TooWide { columns: usize, limit: usize },
    /// The package is not called as its folder is.
    PackageName { folder: String, package: String },
    /// A dependency that is renamed with `package = "..."`.
    RenamedDependency { name: String },
}

/// What a name is a name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    Exercise,
    Goal,
    Scenario,
    Claim,
    Races,
}

/// A file and its text, to turn byte ranges into places.
pub(crate) struct Document<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl Document<'_> {
    /// A problem at a byte range of the text.
    pub(crate) fn problem(&self, range: Range<usize>, cause: Cause) -> Box<Problem> {
        Box::new(Problem { file: self.file.to_owned(), place: Some(self.place(&range)), cause })
    }

    /// A problem that the TOML parser or serde reported.
    pub(crate) fn toml_problem(&self, error: &toml::de::Error) -> Box<Problem> {
        let cause = Cause::Toml {
            message: error.message().trim_end().to_owned(),
            nearest: nearest_in(error.message()),
        };
        Box::new(Problem {
            file: self.file.to_owned(),
            place: error.span().map(|range| self.place(&range)),
            cause,
        })
    }

    fn place(&self, range: &Range<usize>) -> Place {
        let start = floor_boundary(self.text, range.start);
        let end = floor_boundary(self.text, range.end).max(start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        let line = self.text[..line_start].matches('\n').count() + 1;
        let before = &self.text[line_start..start];
        let marked = &self.text[start..end.min(line_end)];
        let gutter = " ".repeat(line.to_string().len());
        let excerpt = format!(
            "{gutter} |\n{line} | {}\n{gutter} | {}{}",
            self.text[line_start..line_end].replace('\t', " "),
            " ".repeat(before.width()),
            "^".repeat(marked.width().max(1)),
        );
        Place { line, column: before.chars().count() + 1, excerpt }
    }
}

/// The nearest character boundary at or before a byte position.
fn floor_boundary(text: &str, position: usize) -> usize {
    (0..=position.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The name nearest to the unknown one, from serde's sentence "unknown field `x`, expected one of `a`, `b`".
///
/// Serde tells the names only in its sentence.
fn nearest_in(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field ").or_else(|| message.strip_prefix("unknown variant "))?;
    let mut names = rest.split('`').skip(1).step_by(2);
    let unknown = names.next()?;
    super::nearest(unknown, names).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: Document<'_> = Document { file: "f.toml", text: "uno = 1\nañó = \"x\"\n" };

    #[test]
    fn a_place_shows_its_line_with_carets_below() {
        let at = DOCUMENT.text.find("\"x\"").unwrap();
        let place = DOCUMENT.place(&(at..at + 3));
        assert_eq!((place.line, place.column), (2, 7));
        assert_eq!(place.excerpt, "  |\n2 | añó = \"x\"\n  |       ^^^");
    }

    #[test]
    fn places_outside_the_text_or_inside_a_character_do_not_panic() {
        assert_eq!(DOCUMENT.place(&(500..600)).line, 3);
        let inside = DOCUMENT.text.find('ñ').unwrap() + 1;
        assert_eq!(DOCUMENT.place(&(inside..inside)).line, 2);
        assert_eq!(Document { file: "", text: "" }.place(&(0..0)).line, 1);
    }

    #[test]
    fn serdes_sentence_yields_the_nearest_name() {
        assert_eq!(
            nearest_in("unknown field `titel`, expected one of `order`, `title`"),
            Some("title".into())
        );
        assert_eq!(nearest_in("unknown field `e`, expected `es` or `en`"), Some("es".into()));
        assert_eq!(nearest_in("missing field `order`"), None);
    }
}
