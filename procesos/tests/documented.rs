//! Every public item is documented in full: a sentence, its errors, its counterpart in Python, an example that runs. And the table
//! "Python -> procesos" is the same in the crate's documentation and in both readmes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Public items that there are at least: fewer would mean that they are not found.
const FEWEST: usize = 180;

/// A public item.
#[derive(Debug)]
struct Item {
    /// The type whose method it is.
    owner: Option<String>,
    name: String,
    is_function: bool,
    documentation: String,
    signature: String,
}

impl Item {
    fn path(&self) -> String {
        self.owner.iter().chain([&self.name]).cloned().collect::<Vec<_>>().join("::")
    }
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources").flatten().map(|entry| entry.path());
    let mut all: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    all.sort();
    all
}

/// The names that `lib.rs` makes public.
fn exported() -> BTreeSet<String> {
    let library = fs::read_to_string(sources().join("lib.rs")).expect("the library");
    let lines = library.lines().filter_map(|line| line.strip_prefix("pub use "));
    let names = lines.flat_map(|line| {
        let of_module = line.trim_end_matches(';').split_once("::").map_or("", |(_, names)| names);
        of_module.trim_matches(['{', '}']).split(", ").map(str::to_owned).collect::<Vec<_>>()
    });
    names.collect()
}

/// The type of an `impl` block of its own, not of a trait.
fn implemented(line: &str) -> Option<String> {
    let mut rest = line.strip_prefix("impl")?;
    if rest.starts_with('<') {
        let mut depth = 0;
        let end = rest.char_indices().find_map(|(at, letter)| {
            let is_arrow = rest[..at].ends_with('-');
            depth += i32::from(letter == '<') - i32::from(letter == '>' && !is_arrow);
            (depth == 0).then_some(at + 1)
        })?;
        rest = &rest[end..];
    }
    if line.contains(" for ") {
        return None;
    }
    let name: String =
        rest.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The items of one file, whether they are exported or not.
fn items_of(source: &str) -> Vec<Item> {
    let lines: Vec<&str> = source.lines().collect();
    let mut items = Vec::new();
    let (mut owner, mut documentation, mut attribute) = (None, String::new(), false);
    for (number, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        if line.starts_with('}') {
            owner = None;
        } else if line.starts_with("impl") {
            owner = implemented(line);
        }
        if let Some(text) = code.strip_prefix("///") {
            documentation += text.strip_prefix(' ').unwrap_or(text);
            documentation.push('\n');
            continue;
        }
        // An attribute may take several lines, and stands between.
        if attribute || code.starts_with("#[") {
            attribute = !code.ends_with(']');
            continue;
        }
        let documentation = std::mem::take(&mut documentation);
        let Some(declared) = code.strip_prefix("pub ") else { continue };
        let mut words = declared.split([' ', '(', '<', '{', ':', ';', '=']).filter(|word| !word.is_empty());
        let Some(kind @ ("fn" | "struct" | "enum" | "trait" | "type" | "const")) = words.next() else {
            continue;
        };
        let is_method = line.starts_with(' ');
        if is_method && owner.is_none() {
            continue;
        }
        let head = lines[number..].iter().take_while(|line| !line.contains('{')).take(12);
        let signature: Vec<&str> = head.copied().chain([*line]).collect();
        items.push(Item {
            owner: owner.clone().filter(|_| is_method),
            name: words.next().unwrap_or_default().to_owned(),
            is_function: kind == "fn",
            documentation,
            signature: signature.join(" "),
        });
    }
    items
}

/// The code of the examples in a documentation that are compiled and meant to run.
fn examples(documentation: &str) -> String {
    let mut code = String::new();
    let mut within: Option<bool> = None;
    for line in documentation.lines() {
        match (line.trim_start().strip_prefix("```"), within) {
            (Some(info), None) => {
                within = Some(!["compile_fail", "ignore", "no_run"].iter().any(|mark| info.contains(mark)));
            }
            (Some(_), Some(_)) => within = None,
            (None, Some(true)) => code += &format!("{line}\n"),
            _ => {}
        }
    }
    code
}

fn all() -> (Vec<Item>, String) {
    let exported = exported();
    let texts = files(&sources()).into_iter().filter_map(|path| fs::read_to_string(path).ok());
    let (mut items, mut code) = (Vec::new(), String::new());
    for text in texts {
        let module: String =
            text.lines().filter_map(|line| line.strip_prefix("//!")).collect::<Vec<_>>().join("\n");
        code += &examples(&module);
        for item in items_of(&text) {
            code += &examples(&item.documentation);
            if exported.contains(item.owner.as_ref().unwrap_or(&item.name)) {
                items.push(item);
            }
        }
    }
    (items, code)
}

/// Whether an example uses an item: calls a function, or names anything else where it has none of its own.
fn is_used(item: &Item, code: &str) -> bool {
    if !item.is_function && !examples(&item.documentation).is_empty() {
        return true;
    }
    let before = |at: usize| code[..at].chars().next_back();
    code.match_indices(&item.name).any(|(at, _)| {
        let after = &code[at + item.name.len()..];
        let is_whole = |letter: Option<char>| !letter.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let called = after.starts_with('(') || after.starts_with("::<");
        let reached = !item.is_function || item.owner.is_none() || matches!(before(at), Some('.' | ':'));
        is_whole(before(at)) && is_whole(after.chars().next()) && reached && (called || !item.is_function)
    })
}

#[test]
fn every_public_item_is_documented_in_full() {
    let (items, code) = all();
    assert!(items.len() >= FEWEST, "{} items", items.len());
    let mut lacking = Vec::new();
    for item in &items {
        let documentation = &item.documentation;
        let first = documentation.split("\n\n").next().unwrap_or_default().trim();
        let fails = item.signature.split("->").last().is_some_and(|returned| returned.contains("Result<"));
        let checks = [
            ("a sentence", first.ends_with(['.', ':']) && first.len() > 10),
            (
                "its errors",
                !(item.is_function && item.signature.contains("->") && fails)
                    || documentation.contains("# Errors"),
            ),
            (
                "its counterpart in Python",
                documentation.contains("Python")
                    || documentation.contains("multiprocessing.")
                    || documentation.contains("`manager."),
            ),
            ("an example", is_used(item, &code)),
        ];
        lacking.extend(
            checks.iter().filter(|(_, there)| !there).map(|(what, _)| format!("{}: {what}", item.path())),
        );
    }
    assert!(lacking.is_empty(), "{} lack something:\n{}", lacking.len(), lacking.join("\n"));
}

/// The code of each row of a table, the one of Python apart from the one here.
fn rows(text: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let lines = text.lines().map(|line| line.trim_start_matches("//! "));
    let table = lines
        .skip_while(|line| !line.starts_with("| Python |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let code = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    table.filter_map(|row| row.split_once(" | ")).map(|(python, here)| (code(python), code(here))).collect()
}

#[test]
fn the_table_for_those_who_know_python_is_the_same_everywhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| rows(&fs::read_to_string(root.join(path)).expect("a file of the workspace"));
    let library = read("procesos/src/lib.rs");
    assert!(library.len() > 35, "{} rows", library.len());
    // One word of a row is a language's own.
    let plain = |rows: Vec<(Vec<String>, Vec<String>)>| -> Vec<Vec<String>> {
        rows.into_iter().map(|(python, here)| python.into_iter().chain(here).collect()).collect()
    };
    let library = plain(library);
    for readme in ["README.md", "README.es.md"] {
        for (row, expected) in plain(read(readme)).into_iter().zip(&library) {
            assert_eq!(&row, expected, "{readme}");
        }
        assert_eq!(read(readme).len(), library.len(), "{readme}");
    }
}

#[test]
fn what_is_lacking_is_noticed() {
    let source = "impl<'a, T: Fn(u8) -> u8> Thing<T> {\n    /// Does it.\n    #[must_use = \"\n    really\"]\n    pub fn act(&self) -> Result<()> {\n    }\n}\n";
    let items = items_of(source);
    assert_eq!((items.len(), items[0].path().as_str()), (1, "Thing::act"));
    assert!(items[0].documentation.starts_with("Does it."));
    let code = examples("Text.\n\n```\nthing.act();\n```\n```compile_fail\nother.react();\n```\n");
    assert!(is_used(&items[0], &code) && !code.contains("react"));
    assert!(!is_used(&items[0], "thing.acts();") && !is_used(&items[0], "act();"));
}
