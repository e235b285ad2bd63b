//! The tables of docs/python-semantics*.md stay true: every test that they name is there, and every behaviour that holds has one.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders of tests, by what stands before the file in a name.
const FOLDERS: [(&str, &str); 3] = [
    ("", "procesos/tests/primitives"),
    ("control", "procesos/tests/control"),
    ("judge", "grader/src/judge/tests"),
];
/// Behaviours of each document that are gone through: fewer were lost on the way.
const DOCUMENTS: [(&str, usize); 3] =
    [("python-semantics.md", 80), ("python-semantics-shared.md", 70), ("python-semantics-servers.md", 55)];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// What stands between single backquotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The tests that a text names: `file::function`, with the folder before it where that is not the usual one.
fn tests(text: &str) -> Vec<&str> {
    let word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let is_test = |name: &&str| {
        let parts: Vec<&str> = name.split("::").collect();
        // What is called of the library or of std has parentheses or a short path.
        (2..=3).contains(&parts.len()) && parts.iter().all(|part| word(part)) && !name.starts_with("std::")
    };
    quoted(text).into_iter().filter(is_test).collect()
}

/// The types whose doc tests a text names.
fn doc_tests(text: &str) -> Vec<&str> {
    text.split("doc test of `").skip(1).filter_map(|rest| rest.split('`').next()).collect()
}

fn has_test(name: &str) -> bool {
    let parts: Vec<&str> = name.split("::").collect();
    let (folder, file, function) = match parts[..] {
        [file, function] => ("", file, function),
        [folder, file, function] => (folder, file, function),
        _ => return false,
    };
    let Some((_, folder)) = FOLDERS.iter().find(|(prefix, _)| *prefix == folder) else { return false };
    let source = fs::read_to_string(root().join(folder).join(format!("{file}.rs"))).unwrap_or_default();
    source.contains(&format!("\nfn {function}()"))
}

/// Whether the documentation of a type has an example that must not compile.
fn has_doc_test(name: &str) -> bool {
    let sources = sources(&root().join("procesos/src"));
    sources.iter().any(|source| {
        let Some(at) = source.find(&format!("\npub struct {name}")) else { return false };
        // That of a type, or of what it has.
        let before = source[..at].rfind("\n\n").map_or(&source[..at], |from| &source[from..at]);
        before.contains("compile_fail") || source[at..].contains("compile_fail")
    })
}

fn sources(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder of sources").flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => sources(&path),
            path => fs::read_to_string(path).into_iter().collect(),
        })
        .collect()
}

/// The rows of the tables of a document: in Python, and here.
fn rows(document: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("docs").join(document)).expect("the document");
    let table = text.lines().filter(|line| line.starts_with('|') && !line.starts_with("|--"));
    table
        .filter_map(|line| {
            let (python, here) = line.trim_matches('|').split_once(" | ")?;
            Some((python.trim().to_owned(), here.trim().to_owned()))
        })
        .filter(|(python, _)| python != "in Python")
        .collect()
}

#[test]
fn every_test_that_is_named_is_there() {
    for (document, _) in DOCUMENTS {
        for (python, here) in rows(document) {
            for name in tests(&here) {
                assert!(has_test(name), "{document}: {python}: there is no test {name}");
            }
            for name in doc_tests(&here) {
                assert!(
                    has_doc_test(name),
                    "{document}: {python}: {name} has no example that must not compile"
                );
            }
        }
    }
}

#[test]
fn every_behaviour_has_a_verdict_and_those_that_hold_a_test() {
    for (document, fewest) in DOCUMENTS {
        let rows = rows(document);
        assert!(rows.len() >= fewest, "{document} has {} rows", rows.len());
        for (python, here) in rows {
            let shown = !tests(&here).is_empty() || !doc_tests(&here).is_empty();
            match here.split([':', ',', ' ', ';']).next().unwrap_or_default() {
                "holds" => assert!(shown, "{document}: {python}: holds, and no test shows it"),
                "compile" | "differs" | "does" => {}
                // The last table is of what does not apply.
                _ => assert!(python.contains("Test"), "{document}: {python}: neither holds nor differs"),
            }
        }
    }
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    assert!(has_test("event::wait_returns_at_once_while_it_is_set"));
    assert!(!has_test("event::wait_returns_at_once") && !has_test("nowhere::wait") && !has_test("a::b::c"));
    assert!(has_doc_test("LockGuard") && !has_doc_test("Nothing"));
    assert_eq!(
        tests("`a::b_1`, `std::mem::drop`, `A::b`, `x()`, `control::c::d`"),
        ["a::b_1", "control::c::d"]
    );
}
