//! The command `hint`: one hint more at each call. How many were shown is remembered in a text file.

use crate::course::Course;
use crate::error::Result;
use crate::memory::Memory;
use crate::text::interface::commands as text;
use crate::{Calls, Language};

/// The hints that were shown before and one more; all of them when asked so. Remembers how many.
///
/// Where nothing can be remembered it is the first one again.
///
/// # Errors
/// Wrong usage when the exercise does not exist.
pub fn hint(course: &Course, id: &str, all: bool, language: Language, calls: &Calls) -> Result<String> {
    let exercise = course.exercise(id)?;
    let total = exercise.hints.len();
    if total == 0 {
        return Ok(text::no_hints(language, id) + "\n");
    }
    let memory = Memory::of(course, "hints.txt");
    let shown = if all { total } else { (memory.recall(id).unwrap_or(0) + 1).min(total) };
    memory.remember(id, shown);
    let mut told = String::new();
    for (number, sentence) in exercise.hints.iter().take(shown).enumerate() {
        let heading = text::hint_heading(language, id, number + 1, total);
        let options =
            textwrap::Options::new(78).initial_indent("  ").subsequent_indent("  ").break_words(false);
        told += &format!("{heading}\n{}\n\n", textwrap::fill(sentence.get(language), options));
    }
    Ok(told + &text::hint_next(language, &calls.hint(id), total - shown) + "\n")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::course::tests::exercise;
    use crate::course::{Bilingual, Exercise};

    fn course(root: &std::path::Path) -> Course {
        let hint = |en: &str| Bilingual { es: format!("{en}-es"), en: en.to_owned() };
        let hints = vec![hint("first"), hint("second")];
        let exercise = Exercise { hints, ..exercise("uno", root) };
        Course { root: root.to_owned(), exercises: vec![exercise] }
    }

    #[test]
    fn each_call_shows_one_more_and_the_earlier_ones() {
        let folder = tempfile::tempdir().expect("a folder");
        let course = course(folder.path());
        let ask = || hint(&course, "uno", false, Language::English, &Calls::default()).expect("there");
        let first = ask();
        assert!(
            first.contains("first") && !first.contains("second") && first.contains("hint uno"),
            "{first}"
        );
        let second = ask();
        assert!(second.contains("first") && second.contains("hint 2 of 2\n  second"), "{second}");
        assert!(second.contains("no more"));
        assert_eq!(ask(), second);
    }

    #[test]
    fn all_hints_at_once_and_a_damaged_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let course = course(folder.path());
        fs::create_dir_all(course.grader_folder()).expect("made");
        fs::write(course.grader_folder().join("hints.txt"), "uno muchas\n\nbasura").expect("written");
        assert!(
            !hint(&course, "uno", false, Language::English, &Calls::default())
                .expect("there")
                .contains("second")
        );
        assert!(
            hint(&course, "uno", true, Language::Spanish, &Calls::default())
                .expect("there")
                .contains("second-es")
        );
        assert!(hint(&course, "dos", false, Language::Spanish, &Calls::default()).is_err());
    }
}
