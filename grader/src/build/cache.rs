//! Programs that were built before. A program is named by everything that it depends on, so one found is never stale.

use std::collections::BTreeSet;
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::error::{Doing, Error, Result};
use crate::intake::hexadecimal;

/// Programs that are kept, some 5 MiB each; the ones used longest ago go first.
const MAX_PROGRAMS: usize = 64;
/// A program used so recently may be about to be started by another grader.
const IN_USE: Duration = Duration::from_secs(15 * 60);
/// Staging folders that are older were left by a grader that was killed.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// The folder of built programs.
pub(super) struct Cache {
    programs: PathBuf,
    staging: PathBuf,
    kept: PathBuf,
    used: Mutex<BTreeSet<PathBuf>>,
}

impl Cache {
    /// Makes the folders, and removes what killed graders left.
    ///
    /// # Errors
    /// A fault when a folder cannot be made.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let cache = Self {
            programs: folder.join("programs"),
            staging: folder.join("staging"),
            kept: folder.join("incremental"),
            used: Mutex::default(),
        };
        for folder in [&cache.programs, &cache.staging] {
            fs::create_dir_all(folder).map_err(|source| Error::io(Doing::MakeFolder, folder, source))?;
        }
        for (path, used_at) in listing(&cache.staging) {
            if is_older(used_at, ABANDONED) {
                // Another grader may be removing it too.
                let _ = fs::remove_dir_all(path);
            }
        }
        Ok(cache)
    }

    /// The folder in which programs are compiled; on the same file system, so that they can be renamed into the cache.
    pub(super) fn staging(&self) -> &Path {
        &self.staging
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

    /// Whether the program is there. If so it is kept for as long as this process lives.
    pub(super) fn holds(&self, place: &Path) -> bool {
        self.keep(place);
        File::open(place)
            .and_then(|file| file.set_times(FileTimes::new().set_modified(SystemTime::now())))
            .is_ok()
    }

    /// Takes a program in under its place, and removes those that are too many.
    ///
    /// # Errors
    /// A fault when it cannot be moved there.
    pub(super) fn take_in(&self, program: &Path, place: &Path) -> Result<()> {
        self.keep(place);
        fs::rename(program, place).map_err(|source| Error::io(Doing::Write, place, source))?;
        self.remove_oldest(MAX_PROGRAMS, IN_USE);
        Ok(())
    }

    fn keep(&self, place: &Path) {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(place.to_owned());
    }

    fn remove_oldest(&self, kept: usize, in_use: Duration) {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let mut programs = listing(&self.programs);
        programs.sort_by_key(|(_, used_at)| std::cmp::Reverse(*used_at));
        for (path, used_at) in programs.into_iter().skip(kept) {
            if !used.contains(&path) && is_older(used_at, in_use) {
                // Another grader may have removed it.
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// What a folder holds, with the time of the last change.
fn listing(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.path(), entry.metadata().ok()?.modified().ok()?))).collect()
}

fn is_older(time: SystemTime, age: Duration) -> bool {
    time.elapsed().is_ok_and(|elapsed| elapsed > age)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path()).expect("opened");
        (folder, cache)
    }

    fn program(cache: &Cache, id: &str) -> PathBuf {
        let built = cache.staging().join("program");
        fs::write(&built, id).expect("written");
        let place = cache.place(id, &[id]);
        cache.take_in(&built, &place).expect("taken");
        place
    }

    #[test]
    fn a_program_is_found_by_its_parts_only() {
        let (_folder, cache) = setting();
        let place = program(&cache, "uno");
        assert!(cache.holds(&place));
        assert_eq!(cache.place("uno", &["uno"]), place);
        for other in
            [cache.place("uno", &["dos"]), cache.place("uno", &["un", "o"]), cache.place("uno", &["uno", ""])]
        {
            assert!(!cache.holds(&other));
        }
    }

    #[test]
    fn the_oldest_go_but_never_those_in_use() {
        let (folder, cache) = setting();
        let used = program(&cache, "usado");
        let old: Vec<PathBuf> = (0..5)
            .map(|age| {
                let path = folder.path().join("programs").join(format!("viejo-{age}"));
                fs::write(&path, "").expect("written");
                let time = SystemTime::now() - Duration::from_secs(3600 + age);
                File::open(&path)
                    .expect("there")
                    .set_times(FileTimes::new().set_modified(time))
                    .expect("set");
                path
            })
            .collect();
        cache.remove_oldest(3, Duration::from_secs(7200));
        assert!(old.iter().all(|path| path.exists()), "another grader may be using them");
        cache.remove_oldest(3, Duration::from_secs(60));
        assert!(used.exists() && old[0].exists() && old[1].exists());
        assert!(!old[2].exists() && !old[4].exists());
        cache.remove_oldest(0, Duration::ZERO);
        assert!(used.exists());
    }

    #[test]
    fn abandoned_staging_folders_are_removed() {
        let (folder, cache) = setting();
        let left = cache.staging().join("uno-x");
        fs::create_dir(&left).expect("made");
        let time = SystemTime::now() - ABANDONED - Duration::from_secs(1);
        File::open(&left).expect("there").set_times(FileTimes::new().set_modified(time)).expect("set");
        let _again = Cache::open(folder.path()).expect("opened");
        assert!(!left.exists());
    }
}
