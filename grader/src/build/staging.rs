//! The folder in which a program is compiled: a new one, or the one that an exercise's own file keeps to be quick.
//!
//! The compiler recognises what it did before (`-C incremental`) only in the same folder under the same names. That
//! pays for the file that somebody edits again and again in this workspace (about half the time), and costs for
//! anybody else's file, which is compiled once.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::course::Exercise;
use crate::error::{Doing, Error, Result};

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
