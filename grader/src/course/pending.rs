//! Which functions are still to be written: those whose body holds a `todo!`.
//!
//! It reads tokens, not syntax: a file that somebody is in the middle of editing rarely parses, and a parser
//! recurses, so that a file nested deeply on purpose could end the grader.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The functions whose body holds a `todo!`, with the line of their name, in the order of the file.
///
/// Empty when the text is not even a sequence of Rust tokens.
#[must_use]
pub fn pending_functions(source: &str) -> Vec<(String, u32)> {
    let Ok(tokens) = source.parse::<TokenStream>() else { return Vec::new() };
    let mut pending = Vec::new();
    // Groups that are still to be looked into; a list and not recursion, which would follow the file's nesting.
    let mut groups = vec![(tokens, None::<usize>)];
    let mut functions: Vec<Function> = Vec::new();
    while let Some((tokens, inside)) = groups.pop() {
        scan(tokens, inside, &mut functions, &mut groups);
    }
    for function in functions.iter().filter(|function| function.pending) {
        pending.push((function.name.clone(), function.line));
    }
    pending.sort_by_key(|(_, line)| *line);
    pending
}

struct Function {
    name: String,
    line: u32,
    pending: bool,
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
                    let line = u32::try_from(name.span().start().line).unwrap_or(u32::MAX);
                    functions.push(Function { name: name.to_string(), line, pending: false });
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
    fn nesting_does_not_end_the_grader() {
        let deep = format!("fn uno() {{ {}todo!(){} }}", "(".repeat(50_000), ")".repeat(50_000));
        assert_eq!(names(&deep), ["uno"]);
        assert!(names(&"!".repeat(100_000)).is_empty());
    }
}
