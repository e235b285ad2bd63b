//! The workspace in which cargo builds the library: the course's manifests, and an empty crate for each exercise.
//!
//! Cargo then works out an exercise's dependencies as it would for the exercise itself, but never sees what a student
//! wrote: compiling that is the grader's business, and building it would be running it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

use toml::{Table, Value};

use super::waiting::Waiting;
use crate::Language;
use crate::course::{Course, Exercise};
use crate::error::{Doing, Error, Result};

/// The workspace, locked as long as this lives.
pub(super) struct Workspace {
    pub(super) folder: PathBuf,
    _lock: File,
}

impl Workspace {
    /// Makes the workspace with some exercises, or brings it up to date. Waits while another grader uses it, and says so
    /// when that takes a while.
    ///
    /// # Errors
    /// A fault when a manifest of the course is wrong or a file cannot be written.
    pub(super) fn stage(course: &Course, exercises: &[&Exercise], language: Language) -> Result<Self> {
        let folder = course.grader_folder().join("library");
        fs::create_dir_all(&folder).map_err(|source| Error::io(Doing::MakeFolder, &folder, source))?;
        let lock = lock(&folder.join("lock"), language)?;
        let path = course.root.join("Cargo.toml");
        let manifest: Table = read(&path)?.parse().map_err(|error: toml::de::Error| {
            Error::io(Doing::Read, &path, io::Error::other(error.message().to_owned()))
        })?;
        for name in path_folders(&manifest) {
            let link = folder.join(&name);
            let target = course.root.join(&name);
            link_to(&target, &link).map_err(|source| Error::io(Doing::Write, &link, source))?;
        }
        let manifest = with_members(manifest, exercises).to_string();
        write(&folder.join("Cargo.toml"), &manifest)?;
        copy_versions(&course.root, &folder, &manifest)?;
        for exercise in exercises {
            let here = folder.join("exercises").join(&exercise.id);
            write(&here.join("Cargo.toml"), &read(&exercise.folder.join("Cargo.toml"))?)?;
            write(&here.join("src").join("lib.rs"), "")?;
        }
        Ok(Self { folder, _lock: lock })
    }
}

fn lock(path: &Path, language: Language) -> Result<File> {
    let failed = |source| Error::io(Doing::Write, path, source);
    let lock = File::create(path).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let _waiting = Waiting::begin(language);
            lock.lock().map_err(failed)?;
        }
        // A file system without locks: two graders at once are then the user's business.
        Err(TryLockError::Error(_)) => {}
    }
    Ok(lock)
}

/// The course's manifest with these exercises for members; what they depend on by path joins by itself.
fn with_members(mut manifest: Table, exercises: &[&Exercise]) -> Table {
    let members =
        exercises.iter().map(|exercise| Value::from(format!("exercises/{}", exercise.id))).collect();
    if let Some(workspace) = manifest.get_mut("workspace").and_then(Value::as_table_mut) {
        workspace.remove("default-members");
        workspace.insert("members".to_owned(), Value::Array(members));
    }
    manifest
}

/// The folders of the course in which packages are that are named by their path.
fn path_folders(manifest: &Table) -> Vec<PathBuf> {
    let workspace = manifest.get("workspace").and_then(Value::as_table);
    let dependencies = workspace.and_then(|table| table.get("dependencies")).and_then(Value::as_table);
    let paths =
        dependencies.into_iter().flat_map(Table::values).filter_map(|value| value.get("path")?.as_str());
    let mut folders: Vec<PathBuf> = paths
        .filter_map(|path| match Path::new(path).components().next() {
            Some(Component::Normal(name)) => Some(PathBuf::from(name)),
            _ => None,
        })
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

fn link_to(target: &Path, link: &Path) -> io::Result<()> {
    match fs::read_link(link) {
        Ok(present) if present == target => return Ok(()),
        // The course was moved.
        Ok(_) => fs::remove_file(link)?,
        Err(_) => {}
    }
    symlink(target, link)
}

/// Takes over the versions of the course. Cargo leaves out of its copy what these members do not need; so that it
/// need not do that each time, and never misses what other members need, it is kept what was copied for which manifest.
fn copy_versions(root: &Path, folder: &Path, manifest: &str) -> Result<()> {
    let Ok(versions) = fs::read_to_string(root.join("Cargo.lock")) else { return Ok(()) };
    let copied = folder.join("Cargo.lock.copied");
    let now = format!("{manifest}\n{versions}");
    if fs::read_to_string(&copied).is_ok_and(|before| before == now) {
        return Ok(());
    }
    write(&folder.join("Cargo.lock"), &versions)?;
    write(&copied, &now)
}

/// Writes a file whose content changed; cargo takes the time of a file for its state.
fn write(path: &Path, content: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|source| Error::io(Doing::MakeFolder, folder, source))?;
    fs::write(path, content).map_err(|source| Error::io(Doing::Write, path, source))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| Error::io(Doing::Read, path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
[workspace]
resolver = "3"
members = ["procesos", "exercises/*"]
[workspace.dependencies]
procesos = { path = "procesos" }
procesos-trace = { path = "procesos/trace" }
serde = { version = "1", features = ["derive"] }
fuera = { path = "../fuera" }
[profile.grading]
inherits = "dev"
"#;

    #[test]
    fn only_the_members_change() {
        let manifest: Table = MANIFEST.parse().expect("valid");
        assert_eq!(path_folders(&manifest), [PathBuf::from("procesos")]);
        let staged = with_members(manifest.clone(), &[]);
        assert_eq!(staged["workspace"]["members"], Value::Array(Vec::new()));
        assert_eq!(staged["profile"], manifest["profile"]);
        assert_eq!(staged["workspace"]["dependencies"], manifest["workspace"]["dependencies"]);
        assert_eq!(staged.to_string().parse::<Table>().expect("valid"), staged);
    }

    #[test]
    fn a_link_is_made_kept_and_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("link");
        for target in ["uno", "uno", "dos"] {
            link_to(&folder.path().join(target), &link).expect("linked");
            assert_eq!(fs::read_link(&link).expect("a link"), folder.path().join(target));
        }
    }

    #[test]
    fn versions_are_copied_when_they_or_the_members_change() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("Cargo.lock");
        for (versions, manifest, again) in
            [("uno", "a", true), ("uno", "a", false), ("uno", "b", true), ("dos", "b", true)]
        {
            fs::write(root.path().join("Cargo.lock"), versions).expect("written");
            fs::write(&copy, "pruned by cargo").expect("written");
            copy_versions(root.path(), folder.path(), manifest).expect("copied");
            let expected = if again { versions } else { "pruned by cargo" };
            assert_eq!(fs::read_to_string(&copy).expect("there"), expected);
        }
    }
}
