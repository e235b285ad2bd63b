//! Says why a program does not compile. Pure: it looks at what the compiler said and at names, never at the system.

use std::collections::BTreeSet;
use std::env;
use std::path::Path;

use super::compile::Part;
use super::diagnostics::{CompilerMessage, Diagnostic, errors, item_names};
use super::rustc::{Ended, Outcome};
use crate::Language;
use crate::text::interface;

/// A compilation that failed, and the names by which people know the two files.
pub(super) struct Failure<'a> {
    pub(super) part: Part,
    pub(super) outcome: &'a Outcome,
    pub(super) shown_path: &'a str,
    pub(super) shown_driver: &'a str,
}

/// Who may be at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blame {
    /// The student's own lines, certainly.
    OwnLines,
    /// The driver does not compile against the student's file: somebody changed what it uses, or the course is broken.
    Driver,
    /// The compiler broke down or told no line: the submission, the course or the machine.
    Unclear,
}

/// Which files an error may show: a submission must not have others read to it by the compiler.
pub(super) struct Foreign {
    allowed: Vec<String>,
}

impl Foreign {
    /// Allows the sources of the standard library, of the library and of its dependencies.
    pub(super) fn new(sysroot: &Path) -> Self {
        let home = env::var_os("CARGO_HOME")
            .map(Into::into)
            .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        let registry = home.map(|home: std::path::PathBuf| home.join("registry"));
        let folders = [Some(sysroot.to_owned()), registry];
        let folders = folders.into_iter().flatten().map(|folder| format!("{}/", folder.display()));
        // As they are written in the library: standard library, workspace, macros without a file.
        Self { allowed: folders.chain(["/rustc/", "procesos/", "<"].map(str::to_owned)).collect() }
    }

    /// The first file of an error that it must not show.
    fn find<'e>(&self, error: &'e CompilerMessage, own: &[&str]) -> Option<&'e str> {
        let allowed = |file: &str| {
            own.contains(&file)
                || !file.contains("/../")
                    && self.allowed.iter().any(|allowed| file.starts_with(allowed.as_str()))
        };
        error.files.iter().map(String::as_str).find(|file| !allowed(file))
    }
}

/// The diagnostics of a failure, and who may be at fault. Those for [`Blame::Driver`] come from [`explain_driver`].
pub(super) fn explain(
    failure: &Failure<'_>,
    foreign: &Foreign,
    language: Language,
) -> (Vec<Diagnostic>, Blame) {
    let own = [failure.shown_path, failure.shown_driver];
    let errors = failure.errors();
    if let Some(file) = errors.iter().find_map(|error| foreign.find(error, &own)) {
        let message = interface::other_file(language, file);
        return (vec![Diagnostic::own(failure.shown_path, 1, message)], Blame::OwnLines);
    }
    let refused = failure.outcome.ended == Ended::Refused;
    let on_own_lines =
        |error: &CompilerMessage| error.place.as_ref().is_some_and(|(file, _)| file == failure.shown_path);
    if refused && errors.iter().any(on_own_lines) {
        let told = errors.into_iter().map(|error| Diagnostic::of_message(error, failure.shown_path));
        return (told.collect(), Blame::OwnLines);
    }
    if refused && failure.part == Part::Driver && !errors.is_empty() {
        return (Vec::new(), Blame::Driver);
    }
    let first = errors.into_iter().next();
    let said = first.as_ref().map(|error| error.message.as_str());
    let message = interface::compiler_ended(language, failure.outcome.ended, said);
    let rendered = first.map(|error| error.rendered).unwrap_or_default();
    (vec![Diagnostic { rendered, ..Diagnostic::own(failure.shown_path, 1, message) }], Blame::Unclear)
}

/// Errors of the driver, one for each item of the stub that it misses.
pub(super) fn explain_driver(failure: &Failure<'_>, stub: &str, language: Language) -> Vec<Diagnostic> {
    let items = item_names(stub);
    let mut told = BTreeSet::new();
    let mut diagnostics = Vec::new();
    for error in failure.errors() {
        let subject = error.subject(&items);
        if told.insert(subject.clone()) {
            let message = interface::driver_broken(language, subject.as_deref());
            diagnostics.push(Diagnostic {
                message,
                driver: true,
                ..Diagnostic::of_message(error, failure.shown_driver)
            });
        }
    }
    diagnostics
}

impl Failure<'_> {
    fn errors(&self) -> Vec<CompilerMessage> {
        let (student, driver) = (self.shown_path, self.shown_driver);
        match self.part {
            Part::Student => errors(&self.outcome.said, &[student]),
            Part::Driver => errors(&self.outcome.said, &[driver, student]),
        }
    }
}

impl Diagnostic {
    /// A diagnostic of the grader's own, about which the compiler said nothing.
    pub(super) fn own(file: &str, line: u32, message: String) -> Self {
        Self { file: file.to_owned(), line, message, code: None, rendered: String::new(), driver: false }
    }

    /// A diagnostic of the compiler's; line 1 of `file` when it has no place.
    pub(super) fn of_message(said: CompilerMessage, file: &str) -> Self {
        let (file, line) = said.place.unwrap_or_else(|| (file.to_owned(), 1));
        Self { file, line, message: said.message, code: said.code, rendered: said.rendered, driver: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUB: &str = "pub struct Conteo;\npub fn contar(n: u8) -> u8 { todo!() }";

    fn span(file: &str, line: u32) -> String {
        format!(r#"{{"file_name":"{file}","line_start":{line},"is_primary":true,"text":[]}}"#)
    }

    fn error(message: &str, spans: &[String], notes: &[String]) -> String {
        let (spans, notes) = (spans.join(","), notes.join(","));
        format!(
            r#"{{"message":"{message}","level":"error","spans":[{spans}],"children":[{{"spans":[{notes}]}}],"rendered":"r"}}"#
        )
    }

    fn explained(part: Part, ended: Ended, said: String) -> (Vec<Diagnostic>, Blame) {
        let outcome = Outcome { ended, said };
        let failure = Failure { part, outcome: &outcome, shown_path: "e/lib.rs", shown_driver: "e/main.rs" };
        let (mut diagnostics, blame) =
            explain(&failure, &Foreign::new(Path::new("/toolchain")), Language::English);
        if blame == Blame::Driver {
            diagnostics = explain_driver(&failure, STUB, Language::English);
        }
        assert!(!diagnostics.is_empty());
        (diagnostics, blame)
    }

    #[test]
    fn an_error_on_the_students_lines_is_the_students() {
        let said =
            error("mismatched types", &[span("e/lib.rs", 7)], &[span("/rustc/1/library/core/x.rs", 1)]);
        let (diagnostics, blame) = explained(Part::Student, Ended::Refused, said);
        assert_eq!(blame, Blame::OwnLines);
        assert_eq!(
            (diagnostics[0].file.as_str(), diagnostics[0].line, diagnostics[0].driver),
            ("e/lib.rs", 7, false)
        );
    }

    #[test]
    fn an_error_in_the_driver_names_what_was_changed_once() {
        let said = [
            error("unresolved import `x::Conteo`", &[span("e/main.rs", 3)], &[]),
            error("no `Conteo` in scope", &[span("e/main.rs", 9)], &[]),
            error("wrong arguments to `contar`", &[span("e/main.rs", 12)], &[span("e/lib.rs", 2)]),
        ];
        let (diagnostics, blame) = explained(Part::Driver, Ended::Refused, said.join("\n"));
        assert_eq!(blame, Blame::Driver);
        let told: Vec<(u32, bool)> =
            diagnostics.iter().map(|d| (d.line, d.message.contains("`Conteo`"))).collect();
        assert_eq!(told, [(3, true), (12, false)]);
        assert!(diagnostics.iter().all(|d| d.driver && d.file == "e/main.rs"));
    }

    #[test]
    fn another_file_is_not_shown() {
        for file in ["/etc/shadow", "src/../../../secreto", "procesos/../secreto", "notas.txt"] {
            let said = error("expected one of `!`", &[span(file, 1)], &[span("e/lib.rs", 2)]);
            let (diagnostics, blame) = explained(Part::Student, Ended::Refused, said);
            assert_eq!(blame, Blame::OwnLines);
            assert!(diagnostics[0].message.contains(file) && diagnostics[0].rendered.is_empty());
        }
        for file in ["procesos/src/process.rs", "/toolchain/lib/rustlib/src/x.rs", "<anon>"] {
            let said = error("m", &[span("e/lib.rs", 1)], &[span(file, 1)]);
            assert_eq!(explained(Part::Student, Ended::Refused, said).0[0].message, "m");
        }
    }

    #[test]
    fn a_compiler_that_broke_down_blames_nobody_yet() {
        for ended in [Ended::Crashed, Ended::MemoryLimit, Ended::TimeLimit, Ended::OutputLimit] {
            assert_eq!(explained(Part::Student, ended, "no json".into()).1, Blame::Unclear);
        }
        let said = error("could not write output", &[], &[]);
        let (diagnostics, blame) = explained(Part::Student, Ended::Refused, said);
        assert_eq!(blame, Blame::Unclear);
        assert!(diagnostics[0].message.contains("could not write output"));
    }
}
