//! The folder in which a program is compiled: a new one, or the one that an exercise's own file keeps to be quick.
//!
//! The compiler recognises what it did before (`-C incremental`) only in the same folder under the same names. That
//! pays for the file that somebody edits again and again in this workspace (about half the time), and costs for
//! anybody else's file, which is compiled once.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::course::Exercise;
use crate::error::{Doing, Error, Result};
use crate::interrupt::{self, Undone};

/// Folders of a file system without locks that are older were left by a grader that was killed.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// The folder in which this grader makes its staging folders. A lock on it says that the grader lives, so that the next
/// one can remove what a killed one left.
pub(super) struct Own {
    // In this order: the folder goes first, the lock last.
    folder: TempDir,
    _undone: Undone,
    _lock: File,
}

impl Own {
    /// Removes what killed graders left below `parent`, and makes this one's.
    ///
    /// # Errors
    /// A fault when it cannot be made.
    pub(super) fn new_in(parent: &Path) -> Result<Self> {
        let failed = |source| Error::io(Doing::MakeFolder, parent, source);
        fs::create_dir_all(parent).map_err(failed)?;
        // One grader after the other, so that no folder is seen between its making and its lock. On a file system
        // without locks it is as if nobody else were there.
        let turn = File::open(parent).map_err(failed)?;
        let _ = turn.lock();
        remove_abandoned(parent);
        let folder = tempfile::Builder::new().tempdir_in(parent).map_err(failed)?;
        let undone = interrupt::removes(folder.path().to_owned());
        let lock = File::open(folder.path()).map_err(failed)?;
        let _ = lock.lock();
        Ok(Self { folder, _undone: undone, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders of which no living grader holds the lock.
fn remove_abandoned(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let abandoned = match File::open(entry.path()).map(|folder| folder.try_lock()) {
            Ok(Ok(())) => true,
            Ok(Err(TryLockError::WouldBlock)) | Err(_) => false,
            Ok(Err(TryLockError::Error(_))) => is_old(&entry),
        };
        if abandoned {
            // What cannot be removed is tried again by the next one.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_old(entry: &fs::DirEntry) -> bool {
    let modified = entry.metadata().and_then(|about| about.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > ABANDONED))
}

/// A folder to compile in, as long as this lives.
pub(super) struct Staging {
    folder: PathBuf,
    /// Where the compiler keeps what it did, if it may.
    pub(super) incremental: Option<PathBuf>,
    _held: Held,
}

/// What ends with the staging.
enum Held {
    /// The folder itself.
    Folder(#[expect(dead_code, reason = "removes the folder when it is dropped")] TempDir),
    /// The lock on the folder.
    Lock(#[expect(dead_code, reason = "frees the lock when it is dropped")] File),
}

impl Staging {
    /// A new folder, removed afterwards.
    ///
    /// # Errors
    /// A fault when it cannot be made.
    pub(super) fn new_in(parent: &Path, exercise: &Exercise) -> Result<Self> {
        let made = tempfile::Builder::new().prefix(&format!("{}-", exercise.id)).tempdir_in(parent);
        let folder = made.map_err(|source| Error::io(Doing::MakeFolder, parent, source))?;
        Ok(Self { folder: folder.path().to_owned(), incremental: None, _held: Held::Folder(folder) })
    }

    /// The folder that the exercise keeps below `parent`; `None` while somebody else compiles there, or where a file
    /// system without locks cannot tell.
    ///
    /// # Errors
    /// A fault when it cannot be made.
    pub(super) fn kept_in(parent: &Path, exercise: &Exercise) -> Result<Option<Self>> {
        let folder = parent.join(&exercise.id);
        fs::create_dir_all(&folder).map_err(|source| Error::io(Doing::MakeFolder, &folder, source))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(|source| Error::io(Doing::Write, &path, source))?;
        match lock.try_lock() {
            Ok(()) => {
                remove_long_types(&folder);
                let incremental = Some(folder.join("incremental"));
                Ok(Some(Self { folder, incremental, _held: Held::Lock(lock) }))
            }
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => Ok(None),
        }
    }

    /// Removes what the compiler remembers.
    pub(super) fn forget(&self) -> std::io::Result<()> {
        self.incremental.as_ref().map_or(Ok(()), fs::remove_dir_all)
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Removes the files in which the compiler left the names of types that are too long to print.
fn remove_long_types(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "txt") {
            // One that stays does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_grader_left_is_removed_and_what_a_living_one_uses_is_not() {
        let parent = tempfile::tempdir().expect("a folder");
        let left = parent.path().join("muerto");
        fs::create_dir_all(left.join("contador-x/src")).expect("made");
        let living = Own::new_in(parent.path()).expect("made");
        assert!(!left.exists());
        let second = Own::new_in(parent.path()).expect("made");
        assert!(living.path().exists() && second.path().exists());
        drop((living, second));
        assert_eq!(fs::read_dir(parent.path()).expect("there").count(), 0);
    }
}
