//! The command `list`: the exercises in order, with the points of the last grading and what is still to be written.

use std::fs;

use unicode_width::UnicodeWidthStr;

use crate::course::{Course, Exercise, functions};
use crate::memory::Memory;
use crate::text::interface::commands as text;
use crate::{Calls, Language};

/// Where the points of the last grading of this workspace are remembered.
pub(super) const PROGRESS: &str = "progress.txt";

/// The list, as lines for people.
#[must_use]
pub fn list(course: &Course, language: Language, calls: &Calls) -> String {
    let points = course.exercises.iter().map(Exercise::points).sum();
    let progress = Memory::of(course, PROGRESS);
    let recalled: Vec<usize> = course.exercises.iter().filter_map(|e| progress.recall(&e.id)).collect();
    let earned = (!recalled.is_empty()).then(|| recalled.iter().sum());
    let mut lines = vec![text::list_title(language, course.exercises.len(), earned, points), String::new()];
    let id_columns = course.exercises.iter().map(|exercise| exercise.id.width()).max().unwrap_or(0);
    for exercise in &course.exercises {
        let row = Row { exercise, id_columns, earned: progress.recall(&exercise.id) };
        lines.push(row.first_line(language));
        lines.extend(row.second_line(language, calls));
    }
    lines.push(String::new());
    lines.join("\n")
}

struct Row<'a> {
    exercise: &'a Exercise,
    id_columns: usize,
    /// Points of the last grading here, if there was one.
    earned: Option<usize>,
}

impl Row<'_> {
    fn first_line(&self, language: Language) -> String {
        let Exercise { order, id, summary, .. } = self.exercise;
        let (columns, points) = (self.id_columns, self.exercise.points());
        let earned = self.earned.map_or_else(String::new, |earned| format!("{earned}/"));
        let points = format!("{earned}{points}");
        format!("  {order:>2}  {id:columns$}  {points:>5}   {}", summary.get(language)).trim_end().to_owned()
    }

    /// What is still to be written, or how the file comes back, below the summary.
    fn second_line(&self, language: Language, calls: &Calls) -> Option<String> {
        let told = match fs::read_to_string(self.exercise.student_file()) {
            Err(_) => text::no_student_file(language, &calls.reset(&self.exercise.id)),
            Ok(source) => {
                let names: Vec<String> =
                    functions::pending_functions(&source).into_iter().map(|(name, _)| name).collect();
                if names.is_empty() {
                    return None;
                }
                text::still_to_write(language, &names)
            }
        };
        let margin = " ".repeat(self.id_columns + 16);
        Some(told.lines().map(|line| format!("{margin}{line}")).collect::<Vec<_>>().join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::tests::exercise;

    #[test]
    fn each_exercise_says_what_is_still_to_be_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let exercises = vec![exercise("uno", folder.path()), exercise("otro_largo", folder.path())];
        let file = exercises[0].student_file();
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, "fn a() { todo!() }\nfn b() {}\nfn c() { todo!() }\n").expect("written");
        let course = Course { root: folder.path().to_owned(), exercises };
        let told = list(&course, Language::English, &Calls::default());
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], "Process workshop · 2 exercises · 0 points");
        assert_eq!(lines[3].trim(), "to write: a, c");
        assert!(lines[6].contains("reset otro_largo"), "{told}");
        assert_eq!(lines[3].find('t'), lines[5].find('s'));
    }
}
