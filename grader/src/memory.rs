//! What the grader remembers of a student between two calls: a number an exercise, by the exercise's stable name.
//!
//! Kept as text in the grader's own folder. Losing it is no harm.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use crate::course::Course;

/// A small text file of "id number" lines.
#[derive(Debug)]
pub(crate) struct Memory {
    file: PathBuf,
}

impl Memory {
    /// The one of this name, among what the grader keeps for a course.
    pub(crate) fn of(course: &Course, name: &str) -> Self {
        Self { file: course.grader_folder().join(name) }
    }

    /// The number that was remembered for an exercise.
    pub(crate) fn recall(&self, id: &str) -> Option<usize> {
        self.read().into_iter().find(|(known, _)| known == id).map(|(_, number)| number)
    }

    /// Forgetting is no harm: what cannot be written is not.
    pub(crate) fn remember(&self, id: &str, number: usize) {
        self.change(id, Some(number));
    }

    /// As if nothing had been remembered for an exercise.
    pub(crate) fn forget(&self, id: &str) {
        self.change(id, None);
    }

    fn change(&self, id: &str, number: Option<usize>) {
        let mut lines = self.read();
        lines.retain(|(known, _)| known != id);
        lines.extend(number.map(|number| (id.to_owned(), number)));
        lines.sort();
        let text: String = lines.iter().map(|(id, number)| format!("{id} {number}\n")).collect();
        let Some(folder) = self.file.parent() else { return };
        // Renamed into place, so that a reader never sees half of it.
        let written = fs::create_dir_all(folder).and_then(|()| {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.persist(&self.file).map_err(|error| error.error)
        });
        drop(written);
    }

    fn read(&self) -> Vec<(String, usize)> {
        let text = fs::read_to_string(&self.file).unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        lines.filter_map(|(id, number)| Some((id.to_owned(), number.parse().ok()?))).collect()
    }
}
