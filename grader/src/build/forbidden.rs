//! What a submitted file must not contain, because the compiler itself would do it: read other files, embed machine code.
//!
//! `-F unsafe_code` refuses the rest. This reads tokens, so that comments and strings do not matter; what it misses
//! by renaming is found afterwards in the compiler's list of the files that it read.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// Something that must not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Forbidden {
    /// As the student wrote it.
    pub(super) name: String,
    /// Line, from 1.
    pub(super) line: u32,
}

/// Macros that read another file while compiling, and one that is machine code in safe clothing. Nobody has another use for the names.
const MACROS: [&str; 3] = ["include_str", "include_bytes", "naked_asm"];

/// The first forbidden thing of a file; `None` when there is none, or when the text is not Rust, which the compiler will say.
pub(super) fn find(source: &str) -> Option<Forbidden> {
    let tokens = source.parse::<TokenStream>().ok()?;
    let mut found: Vec<Forbidden> = Vec::new();
    // A list and not recursion, which would follow the file's nesting.
    let mut groups = vec![(tokens, false)];
    while let Some((tokens, in_attribute)) = groups.pop() {
        scan(tokens, in_attribute, &mut found, &mut groups);
    }
    found.into_iter().min_by_key(|forbidden| forbidden.line)
}

fn scan(
    tokens: TokenStream,
    in_attribute: bool,
    found: &mut Vec<Forbidden>,
    groups: &mut Vec<(TokenStream, bool)>,
) {
    let mut tokens = tokens.into_iter().peekable();
    let mut before = None;
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Ident(word) => {
                let name = plain(word);
                let after = punctuation(tokens.peek());
                // A variable may be called `include` or `path`.
                let renamed = matches!(tokens.peek(), Some(TokenTree::Ident(word)) if word == "as");
                let include = name == "include" && (after == Some('!') || before == Some(':') || renamed);
                let attribute =
                    in_attribute && (name == "debugger_visualizer" || name == "path" && after == Some('='));
                if include || attribute || MACROS.contains(&name.as_str()) {
                    found.push(Forbidden { name, line: line(word.span()) });
                }
            }
            TokenTree::Group(group) => {
                groups.push((group.stream(), in_attribute || is_attribute(group, before)));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        // The `!` of an inner attribute `#![..]` stands between the `#` and the brackets.
        let mark = punctuation(Some(&token));
        before = if before == Some('#') && mark == Some('!') { before } else { mark };
    }
}

fn is_attribute(group: &Group, before: Option<char>) -> bool {
    before == Some('#') && group.delimiter() == Delimiter::Bracket
}

fn punctuation(token: Option<&TokenTree>) -> Option<char> {
    match token {
        Some(TokenTree::Punct(mark)) => Some(mark.as_char()),
        _ => None,
    }
}

fn plain(word: &Ident) -> String {
    let word = word.to_string();
    word.strip_prefix("r#").map_or(word.clone(), str::to_owned)
}

fn line(span: Span) -> u32 {
    u32::try_from(span.start().line).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(source: &str) -> Option<String> {
        find(source).map(|forbidden| forbidden.name)
    }

    #[test]
    fn macros_that_read_files_are_found_however_they_are_written() {
        assert_eq!(
            find("\nconst A: &str = include_str!(\"x\");"),
            Some(Forbidden { name: "include_str".into(), line: 2 })
        );
        assert_eq!(name("const A: &str = std::r#include_str!(\"x\");").as_deref(), Some("include_str"));
        assert_eq!(name("use std::include_bytes as leer;").as_deref(), Some("include_bytes"));
        assert_eq!(name("fn f() { if a { include!(\"x\") } }").as_deref(), Some("include"));
        assert_eq!(name("use std::{include as a};").as_deref(), Some("include"));
        assert_eq!(name("use core::arch::{naked_asm as a};").as_deref(), Some("naked_asm"));
    }

    #[test]
    fn attributes_that_read_files_are_found() {
        assert_eq!(name("#[path = \"/etc/passwd\"] mod a;").as_deref(), Some("path"));
        assert_eq!(name("#[cfg_attr(all(), path = \"x\")] mod a;").as_deref(), Some("path"));
        assert_eq!(
            name("#![debugger_visualizer(gdb_script_file = \"x\")]").as_deref(),
            Some("debugger_visualizer")
        );
    }

    #[test]
    fn ordinary_programs_may_use_the_words() {
        let source = "// include!(\"x\")\nfn include(path: &str) { let path = \"include_str!\"; let include = path; f(include) }
            #[derive(Debug)] struct A { path: String }
            use std::env; fn g() { let a = vec![path = 1]; env::args(); }";
        assert_eq!(name(source), None);
        assert_eq!(name("\""), None);
    }
}
