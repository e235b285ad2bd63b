//! The command `reset`: an exercise's file becomes the stub again. What was there is kept, under a name that is new.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::list::PROGRESS;
use crate::Language;
use crate::course::{Course, Exercise};
use crate::error::{Doing, Error, Result};
use crate::memory::Memory;
use crate::text::interface::commands as text;

/// Copies of one file; beyond it something is wrong, and the user is asked to tidy up.
const MAX_COPIES: u32 = 1000;

/// Puts the stub in the student's place and says where the copy is.
///
/// # Errors
/// Wrong usage when the exercise does not exist or has too many copies; a fault when a file cannot be read or written.
/// Nothing was replaced then.
pub fn reset(course: &Course, id: &str, language: Language) -> Result<String> {
    let exercise = course.exercise(id)?;
    let (template, file) = (exercise.template(), exercise.student_file());
    let stub = fs::read(&template).map_err(|source| Error::io(Doing::Read, &template, source))?;
    let base = std::env::current_dir().unwrap_or_default();
    let shown = Exercise::shown(&file, &base);
    let before = match fs::read(&file) {
        Ok(content) => Some(content),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(Error::io(Doing::Read, &file, source)),
    };
    if before.as_deref() == Some(&stub) {
        return Ok(text::reset_nothing(language, &shown) + "\n");
    }
    let copy = before.map(|content| keep_copy(&file, &content)).transpose()?;
    replace(&file, &stub).map_err(|source| Error::io(Doing::Write, &file, source))?;
    // They were those of what is no longer there.
    Memory::of(course, PROGRESS).forget(id);
    let copy = copy.map(|copy| Exercise::shown(&copy, &base));
    Ok(text::reset_done(language, &shown, copy.as_deref()) + "\n")
}

/// Writes the content under the first free name beside the file: `lib.rs.bak-1`, `lib.rs.bak-2`, …
fn keep_copy(file: &Path, content: &[u8]) -> Result<PathBuf> {
    for number in 1..=MAX_COPIES {
        let copy = file.with_added_extension(format!("bak-{number}"));
        match OpenOptions::new().write(true).create_new(true).open(&copy) {
            Ok(mut opened) => {
                let written = opened.write_all(content).and_then(|()| opened.sync_all());
                return written
                    .map(|()| copy.clone())
                    .map_err(|source| Error::io(Doing::Write, &copy, source));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(Error::io(Doing::Write, copy, source)),
        }
    }
    let folder = file.parent().unwrap_or(file).display().to_string();
    Err(Error::usage(text::too_many_copies(&folder)))
}

/// Replaces a file by renaming, so that it is never half written.
fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = tempfile::Builder::new().permissions(readable()).tempfile_in(folder)?;
    new.write_all(content)?;
    new.persist(file)?;
    Ok(())
}

/// As an editor would make it; a temporary file is its owner's only.
fn readable() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o644)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::tests::exercise;

    fn setting() -> (tempfile::TempDir, Course) {
        let folder = tempfile::tempdir().expect("a folder");
        let exercise = exercise("uno", folder.path());
        fs::create_dir_all(exercise.folder.join("src")).expect("made");
        fs::write(exercise.template(), "stub").expect("written");
        let course = Course { root: folder.path().to_owned(), exercises: vec![exercise] };
        (folder, course)
    }

    #[test]
    fn what_was_there_is_kept_under_a_new_name_each_time() {
        let (_folder, course) = setting();
        let file = course.exercises[0].student_file();
        for (number, content) in [(1, "uno"), (2, "dos")] {
            fs::write(&file, content).expect("written");
            Memory::of(&course, PROGRESS).remember("uno", 10);
            let told = reset(&course, "uno", Language::English).expect("reset");
            let copy = file.with_file_name(format!("lib.rs.bak-{number}"));
            assert!(told.contains(&copy.display().to_string()), "{told}");
            assert_eq!(fs::read_to_string(copy).expect("kept"), content);
            assert_eq!(Memory::of(&course, PROGRESS).recall("uno"), None);
            assert_eq!(fs::read_to_string(&file).expect("there"), "stub");
        }
        assert_eq!(fs::read_to_string(file.with_file_name("lib.rs.bak-1")).expect("kept"), "uno");
    }

    #[test]
    fn a_stub_stays_and_a_missing_file_comes_back() {
        let (_folder, course) = setting();
        let file = course.exercises[0].student_file();
        reset(&course, "uno", Language::English).expect("made");
        assert_eq!(fs::read_to_string(&file).expect("there"), "stub");
        reset(&course, "uno", Language::English).expect("nothing to do");
        assert_eq!(fs::read_dir(file.parent().expect("a folder")).expect("read").count(), 1);
    }
}
