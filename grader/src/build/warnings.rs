//! Which of the compiler's warnings are worth a hint: those that often are the mistake itself. The others are taste.

use super::diagnostics::{CompilerMessage, Diagnostic, warnings};
use crate::course::functions::{Outline, pending_functions};

/// The lints that matter, the most telling one first.
const LINTS: [&str; 3] = ["unused_must_use", "unreachable_code", "unused_variables"];
/// What is beside a variable that is a handle on something shared, or is made from one. A guard is not: to hold it is its use.
const HANDLES: [&str; 8] =
    ["Lock", "Queue", "Value", "Connection", "Child", "Process::new", "pipe::<", ".clone()"];
/// Most warnings that are kept of one program.
const MOST: usize = 10;

/// The warnings that matter about a student's file, in the order in which they matter.
pub(super) fn worth_telling(said: &str, shown_path: &str, source: &str) -> Vec<Diagnostic> {
    let pending: Vec<String> = pending_functions(source).into_iter().map(|(name, _)| name).collect();
    // Of what is not written yet everything is unused.
    let outline = Outline::of(source);
    let is_written =
        |line: u32| outline.function_at(line).is_none_or(|name| !pending.iter().any(|other| other == name));
    let mut found: Vec<(usize, Diagnostic)> = warnings(said, shown_path)
        .into_iter()
        .filter_map(|warning| {
            let rank = LINTS.iter().position(|lint| warning.code.as_deref() == Some(*lint))?;
            let about_handle = LINTS[rank] != "unused_variables" || is_handle(&warning);
            Some((rank, Diagnostic::of_message(warning, shown_path))).filter(|_| about_handle)
        })
        .filter(|(_, told)| told.file == shown_path && is_written(told.line))
        .collect();
    found.sort_by_key(|(rank, told)| (*rank, told.line));
    found.into_iter().map(|(_, told)| told).take(MOST).collect()
}

/// Whether a variable is a handle, by what stands after its name: its type, or what it is made of.
fn is_handle(unused: &CompilerMessage) -> bool {
    let own = unused.after.split(',').next().unwrap_or("");
    HANDLES.iter().any(|word| own.contains(word)) && !own.contains(".acquire(")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
fn escrita(lock: Lock, veces: u32) {
    let guardia = lock.acquire();
    cola.put(&1);
    return;
    cola.put(&2);
}
fn pendiente(lock: Lock) {
    todo!()
}
";

    /// A warning of the compiler about the first place of a word in a line.
    fn warning(lint: &str, line: usize, word: &str) -> String {
        let text = SOURCE.lines().nth(line - 1).expect("a line");
        let start = text.find(word).expect("a word") + 1;
        let text = serde_json::json!([{
            "text": text, "highlight_start": start, "highlight_end": start + word.len()
        }]);
        let spans = serde_json::json!([{
            "file_name": "a.rs", "line_start": line, "is_primary": true, "text": text
        }]);
        serde_json::json!({
            "message": format!("about `{word}`"), "code": {"code": lint}, "level": "warning", "spans": spans
        })
        .to_string()
    }

    fn told(said: &[String]) -> Vec<(String, u32)> {
        let told = worth_telling(&said.join("\n"), "a.rs", SOURCE);
        told.into_iter().map(|one| (one.code.unwrap_or_default(), one.line)).collect()
    }

    #[test]
    fn what_is_lost_comes_before_what_is_not_reached_and_not_used() {
        let said = [
            warning("unused_variables", 1, "lock"),
            warning("dead_code", 1, "escrita"),
            warning("unreachable_code", 5, "cola.put(&2)"),
            warning("unused_must_use", 3, "cola.put(&1)"),
        ];
        let expected = [("unused_must_use", 3), ("unreachable_code", 5), ("unused_variables", 1)];
        assert_eq!(told(&said), expected.map(|(lint, line)| (lint.to_owned(), line)));
    }

    #[test]
    fn of_variables_only_handles_matter_and_a_guard_is_none() {
        assert_eq!(told(&[warning("unused_variables", 1, "veces")]), []);
        assert_eq!(told(&[warning("unused_variables", 2, "guardia")]), []);
        assert_eq!(told(&[warning("unused_variables", 1, "lock")]).len(), 1);
    }

    #[test]
    fn nothing_is_told_of_a_function_that_is_still_to_be_written() {
        assert_eq!(told(&[warning("unused_variables", 7, "lock")]), []);
    }

    #[test]
    fn a_warning_about_another_file_is_not_the_students() {
        assert_eq!(told(&[warning("unused_must_use", 3, "cola.put(&1)").replace("a.rs", "b.rs")]), []);
    }
}
