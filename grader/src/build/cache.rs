//! Programs that were built before. A program is named by everything that it depends on, so one found is never stale.

use std::fs::{self, File, FileTimes, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::diagnostics::Diagnostic;
use super::staging::Own;
use crate::error::{Doing, Error, Result};
use crate::intake::hexadecimal;

/// Programs that are kept, some 6 MiB each; the ones used longest ago go first.
const MAX_PROGRAMS: usize = 64;

/// The folder of built programs.
pub(super) struct Cache {
    programs: PathBuf,
    staging: Own,
    kept: PathBuf,
}

/// Keeps a program from being removed, by this grader or another: a shared lock on its file.
#[derive(Debug, Clone)]
pub(super) struct InUse(
    #[expect(dead_code, reason = "frees the lock when the last one is dropped")] Arc<File>,
);

impl Cache {
    /// Makes the folders, and removes what killed graders left.
    ///
    /// # Errors
    /// A fault when a folder cannot be made.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let programs = folder.join("programs");
        fs::create_dir_all(&programs).map_err(|source| Error::io(Doing::MakeFolder, &programs, source))?;
        let staging = Own::new_in(&folder.join("staging"))?;
        Ok(Self { programs, staging, kept: folder.join("incremental") })
    }

    /// The folder in which programs are compiled; on the same file system, so that they can be renamed into the cache.
    pub(super) fn staging(&self) -> &Path {
        self.staging.path()
    }

    /// The folder of the folders that exercises keep to be compiled in.
    pub(super) fn kept(&self) -> &Path {
        &self.kept
    }

    /// Where a program of these parts is, or would be.
    pub(super) fn place(&self, id: &str, parts: &[&str]) -> PathBuf {
        let mut hash = Sha256::new();
        for part in parts {
            // The length first, so that parts cannot be mistaken for one another.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let key = hexadecimal(&hash.finalize());
        self.programs.join(format!("{id}-{}", &key[..32]))
    }

    /// The program at a place, if it is there.
    pub(super) fn find(&self, place: &Path) -> Option<InUse> {
        let file = File::open(place).ok()?;
        protect(&file);
        // It may have been removed before the lock was there.
        let there = file.metadata().is_ok_and(|about| about.nlink() > 0);
        // A time that cannot be set only makes it go earlier.
        let _ = file.set_times(FileTimes::new().set_modified(SystemTime::now()));
        there.then(|| InUse(Arc::new(file)))
    }

    /// What the compiler warned of when the program at a place was compiled. None, where that was lost.
    pub(super) fn warnings(&self, place: &Path) -> Vec<Diagnostic> {
        let kept = fs::read(beside(place)).unwrap_or_default();
        serde_json::from_slice(&kept).unwrap_or_default()
    }

    /// Takes a program in under its place, with its warnings, and removes those that are too many.
    ///
    /// # Errors
    /// A fault when it cannot be moved there.
    pub(super) fn take_in(&self, program: &Path, place: &Path, warnings: &[Diagnostic]) -> Result<InUse> {
        let failed = |source| Error::io(Doing::Write, place, source);
        if !warnings.is_empty() {
            fs::write(beside(place), serde_json::to_vec(warnings).map_err(Error::json)?).map_err(failed)?;
        }
        let file = File::open(program).map_err(failed)?;
        protect(&file);
        fs::rename(program, place).map_err(failed)?;
        self.remove_oldest(MAX_PROGRAMS);
        Ok(InUse(Arc::new(file)))
    }

    fn remove_oldest(&self, kept: usize) {
        let mut programs = listing(&self.programs);
        programs.retain(|(path, _)| path.extension().is_none());
        programs.sort_by_key(|(_, used_at)| std::cmp::Reverse(*used_at));
        for (path, _) in programs.into_iter().skip(kept) {
            // Another grader may have removed it, or be about to start it.
            let Ok(file) = File::open(&path) else { continue };
            match file.try_lock() {
                Ok(()) => {
                    // Most have no warnings beside them.
                    let _ = (fs::remove_file(beside(&path)), fs::remove_file(path));
                }
                Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
            }
        }
    }
}

/// Where the warnings of the program at a place are.
fn beside(place: &Path) -> PathBuf {
    place.with_extension("json")
}

/// Takes the lock of [`InUse`]. On a file system without locks nothing is protected, and nothing else changes.
fn protect(file: &File) {
    let _ = file.lock_shared();
}

/// What a folder holds, with the time of the last change.
fn listing(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.path(), entry.metadata().ok()?.modified().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn setting() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path()).expect("opened");
        (folder, cache)
    }

    fn warning() -> Diagnostic {
        Diagnostic { code: Some("unused_must_use".into()), ..Diagnostic::own("a.rs", 1, "unused".into()) }
    }

    fn program(cache: &Cache, id: &str) -> (PathBuf, InUse) {
        let built = cache.staging().join("program");
        fs::write(&built, id).expect("written");
        let place = cache.place(id, &[id]);
        let in_use = cache.take_in(&built, &place, &[warning()]).expect("taken");
        (place, in_use)
    }

    #[test]
    fn a_program_is_found_by_its_parts_only() {
        let (_folder, cache) = setting();
        let (place, _) = program(&cache, "uno");
        assert!(cache.find(&place).is_some());
        assert_eq!(cache.place("uno", &["uno"]), place);
        assert_eq!(cache.warnings(&place), [warning()]);
        assert!(cache.warnings(&cache.place("uno", &["otro"])).is_empty());
        for parts in [&["dos"][..], &["un", "o"], &["uno", ""]] {
            assert!(cache.find(&cache.place("uno", parts)).is_none());
        }
    }

    #[test]
    fn those_used_longest_ago_go_but_never_one_in_use() {
        let (folder, cache) = setting();
        let (used, in_use) = program(&cache, "usado");
        let age = |path: &Path, seconds| {
            let time = SystemTime::now() - Duration::from_secs(seconds);
            File::open(path).expect("there").set_times(FileTimes::new().set_modified(time)).expect("set");
        };
        age(&used, 9000);
        let others: Vec<PathBuf> = (0..4)
            .map(|number| {
                let path = folder.path().join("programs").join(format!("otro-{number}"));
                fs::write(&path, "").expect("written");
                age(&path, 1000 + number);
                path
            })
            .collect();
        cache.remove_oldest(2);
        assert_eq!(others.iter().map(|path| path.exists()).collect::<Vec<_>>(), [true, true, false, false]);
        assert!(used.exists());
        drop(in_use);
        cache.remove_oldest(2);
        assert!(!used.exists());
        assert!(cache.find(&used).is_none() && cache.warnings(&used).is_empty());
    }
}
