//! What the compiler said, as data: its JSON lines become diagnostics on the student's own lines.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use serde::{Deserialize, Serialize};

/// Most errors that are kept of one program; nobody reads the twenty-first.
const MAX_DIAGNOSTICS: usize = 20;
/// Most bytes of one error as the compiler prints it.
const MAX_RENDERED_BYTES: usize = 16 * 1024;

/// Why a program does not compile, or what the compiler warns of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The file, as the student knows it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The compiler's code (`E0382`) or its lint (`unused_must_use`), where it has one.
    pub code: Option<String>,
    /// As the compiler prints it, with colour codes if asked; empty when it said nothing.
    pub rendered: String,
    /// The error is in `main.rs`, which nobody edits: `lib.rs` no longer offers what it uses.
    pub driver: bool,
}

/// An error or a warning of the compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CompilerMessage {
    pub(super) message: String,
    pub(super) code: Option<String>,
    pub(super) rendered: String,
    /// File and line, where it has a place.
    pub(super) place: Option<(String, u32)>,
    /// Every file that it shows or points to.
    pub(super) files: BTreeSet<String>,
    /// The source text that it marks.
    marked: String,
    /// What stands after that, in its last line.
    pub(super) after: String,
}

#[derive(Deserialize)]
struct Line {
    message: String,
    code: Option<Code>,
    level: String,
    #[serde(default)]
    spans: Vec<Span>,
    #[serde(default)]
    children: Vec<Note>,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Note {
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: u32,
    is_primary: bool,
    #[serde(default)]
    text: Vec<SpanText>,
    expansion: Option<Box<Expansion>>,
}

/// The use of a macro that a span comes from.
#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

#[derive(Deserialize)]
struct SpanText {
    text: String,
    highlight_start: usize,
    highlight_end: usize,
}

/// The errors among what the compiler said, each with its place in the first of `files` in which it has one.
///
/// Warnings, summaries and what is not JSON are left out.
pub(super) fn errors(said: &str, files: &[&str]) -> Vec<CompilerMessage> {
    lines(said)
        .filter(|line| line.level.starts_with("error") && !is_summary(line))
        .take(MAX_DIAGNOSTICS)
        .map(|line| CompilerMessage::from_line(line, files))
        .collect()
}

/// The warnings among what the compiler said, each with its place in `file` if it has one there.
pub(super) fn warnings(said: &str, file: &str) -> Vec<CompilerMessage> {
    let warnings = lines(said).filter(|line| line.level == "warning");
    warnings.map(|line| CompilerMessage::from_line(line, &[file])).collect()
}

fn lines(said: &str) -> impl Iterator<Item = Line> {
    said.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok())
}

/// "aborting due to 2 previous errors" says nothing new.
fn is_summary(line: &Line) -> bool {
    line.spans.is_empty() && line.message.starts_with("aborting due to")
}

impl CompilerMessage {
    fn from_line(line: Line, files: &[&str]) -> Self {
        // An error inside a macro or a generic function has its place elsewhere; the student's line is among the notes.
        let (first, rest): (Vec<&Span>, Vec<&Span>) = line.spans.iter().partition(|span| span.is_primary);
        let notes = line.children.iter().flat_map(|note| &note.spans);
        let spans: Vec<&Span> =
            first.into_iter().chain(rest).chain(notes).flat_map(Span::with_expansions).collect();
        let in_files = files.iter().find_map(|file| spans.iter().find(|span| span.file_name == *file));
        let span = in_files.or(spans.first());
        let rendered = line.rendered.as_deref().map(tidy).unwrap_or_default();
        let told_only =
            || files.iter().find_map(|file| Some(((*file).to_owned(), line_told_of(file, &rendered)?)));
        let place = if in_files.is_some() { None } else { told_only() };
        Self {
            place: place.or_else(|| span.map(|span| (span.file_name.clone(), span.line_start))),
            files: spans.iter().map(|span| span.file_name.clone()).collect(),
            marked: span.map(|span| span.marked()).unwrap_or_default(),
            after: span.and_then(|span| span.after()).unwrap_or_default(),
            message: line.message,
            code: line.code.map(|code| code.code),
            rendered,
        }
    }

    /// The item of the exercise that the error is about: named in its sentence, or else in the marked text.
    pub(super) fn subject(&self, items: &BTreeSet<String>) -> Option<String> {
        let quoted = self.message.split('`').skip(1).step_by(2);
        quoted
            .chain([self.marked.as_str()])
            .find_map(|text| words(text).find(|word| items.contains(*word)))
            .map(str::to_owned)
    }
}

/// What the compiler prints, without the offer to look at a file that is not kept, and not longer than anybody reads.
fn tidy(rendered: &str) -> String {
    const ABOUT_THE_FILE: [&str; 2] =
        ["the full name for the type has been written to", "consider using `--verbose`"];
    let mut tidy = String::new();
    for line in rendered.lines().filter(|line| !ABOUT_THE_FILE.iter().any(|words| line.contains(words))) {
        if tidy.len() + line.len() > MAX_RENDERED_BYTES {
            tidy += "…\n";
            break;
        }
        tidy += line;
        tidy.push('\n');
    }
    tidy
}

/// The line of a file that a text mentions as `file:line`: where a closure was written, for an error in what it was given to.
fn line_told_of(file: &str, text: &str) -> Option<u32> {
    let after =
        text.match_indices(file).find_map(|(at, found)| text[at + found.len()..].strip_prefix(':'))?;
    let digits = after.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

impl Span {
    /// The span, and the uses of macros that it comes from, outwards.
    fn with_expansions(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |span| span.expansion.as_ref().map(|expansion| &expansion.span))
    }

    /// The text that it marks, by columns in characters.
    fn marked(&self) -> String {
        let pieces = self.text.iter().map(|line| {
            let length = line.highlight_end.saturating_sub(line.highlight_start);
            line.text.chars().skip(line.highlight_start.saturating_sub(1)).take(length).collect::<String>()
        });
        pieces.collect::<Vec<_>>().join("\n")
    }

    /// What stands after the text that it marks.
    fn after(&self) -> Option<String> {
        let line = self.text.last()?;
        Some(line.text.chars().skip(line.highlight_end.saturating_sub(1)).collect())
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The names of a stub's own items: what `main.rs` may use, and what a student may have changed.
pub(super) fn item_names(stub: &str) -> BTreeSet<String> {
    const KEYWORDS: [&str; 8] = ["fn", "struct", "enum", "type", "const", "static", "trait", "union"];
    let mut names = BTreeSet::new();
    let mut before: Option<String> = None;
    for token in stub.parse::<TokenStream>().unwrap_or_default() {
        let word = match token {
            TokenTree::Ident(word) => Some(word.to_string()),
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
        };
        if let (Some(keyword), Some(name)) = (&before, &word)
            && KEYWORDS.contains(&keyword.as_str())
        {
            names.insert(name.clone());
        }
        before = word;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = concat!(
        r#"{"$message_type":"diagnostic","message":"unused variable","code":null,"level":"warning","spans":[],"children":[],"rendered":"warning"}"#,
        "\n",
        r#"{"$message_type":"diagnostic","message":"unresolved import `contador::Conteo`","code":{"code":"E0432","explanation":"long"},"level":"error","spans":[{"file_name":"exercises/contador/src/main.rs","line_start":7,"is_primary":true,"text":[{"text":"use contador::Conteo;","highlight_start":5,"highlight_end":21}]}],"children":[],"rendered":"error[E0432]: unresolved"}"#,
        "\n",
        r#"{"$message_type":"diagnostic","message":"mismatched types","code":{"code":"E0308"},"level":"error","spans":[{"file_name":"a","line_start":1,"is_primary":false,"text":[]},{"file_name":"b","line_start":2,"is_primary":true,"text":[{"text":"  contar(1)","highlight_start":3,"highlight_end":12}]}],"rendered":"r"}"#,
        "\n",
        r#"{"$message_type":"diagnostic","message":"aborting due to 1 previous error","code":null,"level":"error","spans":[],"rendered":"error"}"#,
        "\nthread 'rustc' panicked\n",
    );

    #[test]
    fn only_errors_are_kept_with_their_place() {
        let errors = errors(SAID, &["b"]);
        assert_eq!(errors.len(), 2);
        assert_eq!(errors[0].code.as_deref(), Some("E0432"));
        assert_eq!(errors[0].place, Some(("exercises/contador/src/main.rs".to_owned(), 7)));
        assert_eq!(errors[1].place, Some(("b".to_owned(), 2)));
    }

    #[test]
    fn a_place_in_the_students_file_is_preferred_even_in_a_note_or_behind_a_macro() {
        let said = r#"{"message":"m","level":"error","spans":[{"file_name":"std.rs","line_start":1,"is_primary":true,"expansion":{"span":{"file_name":"a.rs","line_start":9,"is_primary":false}}}],"children":[{"spans":[{"file_name":"b.rs","line_start":5,"is_primary":true}]}]}"#;
        for (file, line) in [("std.rs", 1), ("a.rs", 9), ("b.rs", 5)] {
            assert_eq!(errors(said, &[file])[0].place, Some((file.to_owned(), line)));
        }
        assert_eq!(errors(said, &["b.rs", "a.rs"])[0].place, Some(("b.rs".to_owned(), 5)));
        assert_eq!(errors(said, &["c.rs"])[0].place, Some(("std.rs".to_owned(), 1)));
    }

    #[test]
    fn the_changed_item_is_found_in_the_sentence_or_in_the_marked_text() {
        let items =
            item_names("pub struct Conteo { fn_x: u8 }\npub fn contar(n: u8) -> u8 { fn dentro() {} }");
        assert_eq!(items.iter().map(String::as_str).collect::<Vec<_>>(), ["Conteo", "contar"]);
        let errors = errors(SAID, &["b"]);
        assert_eq!(errors[0].subject(&items).as_deref(), Some("Conteo"));
        assert_eq!(errors[1].subject(&items).as_deref(), Some("contar"));
        assert_eq!(errors[1].subject(&BTreeSet::new()), None);
    }

    #[test]
    fn the_line_of_a_closure_is_found_in_the_words_of_an_error_elsewhere() {
        let said = r#"{"message":"m","level":"error","spans":[{"file_name":"core.rs","line_start":62,"is_primary":true}],"rendered":"error: m\n = note: `new::<{closure@a/lib.rs:30:86: 30:99}>`\n = note: the full name for the type has been written to 'x'\n"}"#;
        let error = errors(said, &["a/lib.rs"]).remove(0);
        assert_eq!(error.place, Some(("a/lib.rs".to_owned(), 30)));
        assert!(!error.rendered.contains("full name"), "{}", error.rendered);
    }

    #[test]
    fn floods_are_cut() {
        let line = SAID
            .lines()
            .nth(1)
            .expect("an error")
            .replace("error[E0432]", &"ñ\\n".repeat(MAX_RENDERED_BYTES));
        let flood = vec![line; MAX_DIAGNOSTICS + 5].join("\n");
        let errors = errors(&flood, &[]);
        assert_eq!(errors.len(), MAX_DIAGNOSTICS);
        assert!(errors[0].rendered.len() < MAX_RENDERED_BYTES + 5);
    }
}
