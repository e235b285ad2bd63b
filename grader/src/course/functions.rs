//! The functions of a source file: which lines they take, and which are still to be written (their body holds a `todo!`).
//!
//! It reads tokens, not syntax: a file that somebody is in the middle of editing rarely parses, and a parser
//! recurses, so that a file nested deeply on purpose could end the grader.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The functions whose body holds a `todo!`, with the line of their name, in the order of the file.
///
/// Empty when the text is not even a sequence of Rust tokens.
#[must_use]
pub fn pending_functions(source: &str) -> Vec<(String, u32)> {
    let pending = functions(source).into_iter().filter(|function| function.pending);
    let mut pending: Vec<_> = pending.map(|function| (function.name, function.line)).collect();
    pending.sort_by_key(|(_, line)| *line);
    pending
}

/// Which lines belong to which function of a file: read once, asked for every place of every run.
#[derive(Debug, Clone, Default)]
pub struct Outline(Vec<Function>);

impl Outline {
    /// Reads a file; empty when the text is not even a sequence of Rust tokens.
    #[must_use]
    pub fn of(source: &str) -> Self {
        Self(functions(source))
    }

    /// The name of the innermost function that holds a line; `None` outside of them.
    #[must_use]
    pub fn function_at(&self, line: u32) -> Option<&str> {
        let holding = self.0.iter().filter(|f| (f.line..=f.last_line).contains(&line));
        holding
            .min_by_key(|function| function.last_line - function.line)
            .map(|function| function.name.as_str())
    }
}

/// Every function of a file.
fn functions(source: &str) -> Vec<Function> {
    let Ok(tokens) = source.parse::<TokenStream>() else { return Vec::new() };
    // Groups that are still to be looked into; a list and not recursion, which would follow the file's nesting.
    let mut groups = vec![(tokens, None::<usize>)];
    let mut functions: Vec<Function> = Vec::new();
    while let Some((tokens, inside)) = groups.pop() {
        scan(tokens, inside, &mut functions, &mut groups);
    }
    functions
}

#[derive(Debug, Clone)]
struct Function {
    name: String,
    line: u32,
    last_line: u32,
    pending: bool,
}

fn line_number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// Reads one level of tokens: notes its functions, marks the enclosing one at a `todo!`, queues its groups.
fn scan(
    tokens: TokenStream,
    inside: Option<usize>,
    functions: &mut Vec<Function>,
    groups: &mut Vec<(TokenStream, Option<usize>)>,
) {
    let mut tokens = tokens.into_iter().peekable();
    // The function whose signature is being read: its body is the next braces of this level.
    let mut signature = None;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "fn" => {
                if let Some(TokenTree::Ident(name)) = tokens.peek() {
                    let line = line_number(name.span().start().line);
                    functions.push(Function {
                        name: name.to_string(),
                        line,
                        last_line: line,
                        pending: false,
                    });
                    signature = Some(functions.len() - 1);
                }
            }
            TokenTree::Ident(word) if word == "todo" => {
                let called = matches!(tokens.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == '!');
                if let Some(function) = inside.filter(|_| called).and_then(|index| functions.get_mut(index)) {
                    function.pending = true;
                }
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => signature = None,
            TokenTree::Group(group) => {
                let is_body = signature.is_some() && group.delimiter() == Delimiter::Brace;
                if let Some(function) =
                    signature.filter(|_| is_body).and_then(|index| functions.get_mut(index))
                {
                    function.last_line = line_number(group.span_close().end().line);
                }
                let owner = if is_body { signature.take() } else { inside };
                groups.push((group.stream(), owner));
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Vec<String> {
        pending_functions(source).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_body_with_todo_is_pending_wherever_the_todo_stands() {
        let source =
            "pub fn uno() -> u8 { todo!() }\nfn dos() {}\nfn tres(x: [u8; 2]) { if true { todo!(\"b\") } }\n";
        assert_eq!(pending_functions(source), [("uno".to_owned(), 1), ("tres".to_owned(), 3)]);
    }

    #[test]
    fn comments_strings_and_names_are_not_todos() {
        let source = "/// todo!()\nfn uno() { // todo!()\n let a = \"todo!()\"; let todo = 1; f(todo) }\n";
        assert!(names(source).is_empty());
    }

    #[test]
    fn methods_nested_functions_and_function_pointers() {
        let source = "impl A { fn uno(f: fn(u8) -> u8) { todo!(); fn dentro() {} } }\ntrait T { fn sin_cuerpo(); }\nmod m { fn dos() { fn dentro() { todo!() } } }";
        assert_eq!(names(source), ["uno", "dentro"]);
    }

    #[test]
    fn a_file_that_does_not_parse_still_tells() {
        assert_eq!(names("fn uno() { let = ; todo!() }\nfn dos( {}\n"), Vec::<String>::new());
        assert_eq!(names("fn uno() { let = ; todo!() }\nlet fn 3"), ["uno"]);
        assert!(names("\"").is_empty());
    }

    #[test]
    fn a_line_belongs_to_the_innermost_function() {
        let source = "fn fuera() {\n    fn dentro() {\n        x();\n    }\n    y();\n}\nstatic Z: u8 = 0;\n";
        let outline = Outline::of(source);
        assert_eq!(outline.function_at(3), Some("dentro"));
        assert_eq!(outline.function_at(5), Some("fuera"));
        assert_eq!(outline.function_at(7), None);
        assert_eq!(Outline::of("fn (").function_at(1), None);
    }

    #[test]
    fn nesting_does_not_end_the_grader() {
        let deep = format!("fn uno() {{ {}todo!(){} }}", "(".repeat(50_000), ")".repeat(50_000));
        assert_eq!(names(&deep), ["uno"]);
        assert!(names(&"!".repeat(100_000)).is_empty());
    }
}
