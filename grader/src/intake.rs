//! Takes what was submitted: only each exercise's `src/lib.rs`, opened without following links. Everything else is ignored.
//!
//! It decides which bytes the compiler will see and under which name people see them. It never builds and never runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat};
use sha2::{Digest, Sha256};

use crate::course::{Course, Exercise};
use crate::error::{Doing, Error, Kind, Result};

/// Largest file that is taken. The longest solutions have about 10 KiB.
const MAX_BYTES: u64 = 256 * 1024;
/// The file that is taken of an exercise's folder.
const FILE: &str = "src/lib.rs";
/// Files that are looked at to count the ignored ones; a submission with more has "at least" so many.
const MAX_WALKED: usize = 2_000;
/// Folders below each other that are looked into for that count.
const MAX_DEPTH: usize = 8;

/// One submitted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The exercise that it is for.
    pub id: String,
    /// Its content.
    pub text: String,
    /// The student's path, relative to the current folder where it is below it: `exercises/contador_con_lock/src/lib.rs`.
    pub shown_path: String,
    /// Sha256 of the content, in hexadecimal.
    pub hash: String,
}

impl Source {
    /// A file's content for an exercise, under the name by which people know it.
    #[must_use]
    pub fn new(id: &str, text: String, shown_path: String) -> Self {
        let hash = hexadecimal(&Sha256::digest(text.as_bytes()));
        Self { id: id.to_owned(), text, shown_path, hash }
    }
}

/// What was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Submission {
    /// The files that were taken, by exercise. An exercise that is not here is missing.
    pub sources: BTreeMap<String, Source>,
    /// The files that are not taken, by exercise: that exercise has nothing to grade, the others do.
    pub refused: BTreeMap<String, Refusal>,
    /// Where each exercise's file is or would be, as people see it.
    pub files: BTreeMap<String, String>,
    /// How many other files there are (bounded; not counted in the course's own workspace).
    pub ignored: usize,
}

/// A file that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The file, or the folder on the way to it, as people see it.
    pub path: String,
    /// Why.
    pub(crate) reason: RefusalReason,
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RefusalReason {
    /// A symbolic link: what it names might not be the student's.
    SymbolicLink,
    /// A folder, device, pipe or socket.
    NotRegular,
    /// Another name leads to the same file.
    HardLinks,
    /// Too large.
    TooLarge { limit_kib: u64 },
    /// Not UTF-8, so not Rust.
    NotUtf8,
    /// A name on its way has a `=`, with which the compiler cannot be told how to call the file.
    EqualsSign,
    /// The exercise is there twice: which one counts?
    Twice { other: String },
    /// The system does not let it be read.
    Unreadable { error: String },
}

impl Submission {
    /// Takes the files of every exercise of the course from a folder of `<id>/src/lib.rs` or `exercises/<id>/src/lib.rs`.
    ///
    /// `folder` is relative to `current`, from where people see paths.
    ///
    /// # Errors
    /// Wrong usage when the folder cannot be read, is one exercise's own folder, or holds several submissions. A file that
    /// must not be taken is no error: it is told with its exercise.
    pub fn read(course: &Course, folder: &Path, current: &Path) -> Result<Self> {
        let typed = current.join(folder);
        let root = open_root(&typed)?;
        let folder = tidy(&typed);
        let mut refused = BTreeMap::new();
        let mut sources = BTreeMap::new();
        for exercise in &course.exercises {
            match take(&root, &folder, &exercise.id, current) {
                Ok(Some(source)) => drop(sources.insert(exercise.id.clone(), source)),
                Ok(None) => {}
                Err(refusal) => drop(refused.insert(exercise.id.clone(), refusal)),
            }
        }
        let nested = folder.join("exercises").is_dir();
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        for Exercise { id, .. } in &course.exercises {
            let file =
                || Exercise::shown(&folder.join(layouts(id)[usize::from(!nested)].join(FILE)), current);
            let taken = sources.get(id).map(|source: &Source| source.shown_path.clone());
            files.insert(id.clone(), taken.unwrap_or_else(file));
        }
        let own = same_folder(&folder, &course.root);
        if sources.is_empty() && refused.is_empty() && !own {
            if folder.join("src/lib.rs").is_file() {
                return Err(Error::of(Kind::OneExercise { folder }));
            }
            if let Some(inside) = submission_inside(course, &folder) {
                return Err(Error::of(Kind::SeveralSubmissions { folder, inside }));
            }
        }
        // Everything else in the course's own workspace is the course.
        let ignored = if own { 0 } else { count_files(&folder).saturating_sub(sources.len()) };
        Ok(Self { sources, refused, files, ignored })
    }

    /// Takes the files of the course's own workspace.
    ///
    /// # Errors
    /// As [`Submission::read`]; a fault when there is no current folder.
    pub fn of_workspace(course: &Course) -> Result<Self> {
        let current = std::env::current_dir().map_err(|source| Error::io(Doing::Read, ".", source))?;
        Self::read(course, &course.root, &current)
    }
}

/// A folder below that looks like somebody's submission, where the folder itself is none.
fn submission_inside(course: &Course, folder: &Path) -> Option<PathBuf> {
    let mut below: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.take(MAX_WALKED).filter_map(|entry| Some(entry.ok()?.path())).collect();
    below.sort();
    let holds = |folder: &Path, id: &str| {
        [folder.join(id), folder.join("exercises").join(id)].iter().any(|e| e.join("src/lib.rs").is_file())
    };
    below.into_iter().find(|inside| course.exercises.iter().any(|exercise| holds(inside, &exercise.id)))
}

fn open_root(folder: &Path) -> Result<OwnedFd> {
    // The root itself may be a link: whoever typed it chose it.
    let opened = nix::fcntl::open(folder, OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty());
    opened.map_err(|errno| {
        Error::of(Kind::Submission { folder: folder.to_owned(), source: io::Error::from(errno) })
    })
}

/// The folders in which an exercise may be, in a submission.
fn layouts(id: &str) -> [PathBuf; 2] {
    [PathBuf::from("exercises").join(id), PathBuf::from(id)]
}

/// The file of one exercise, if it is there, in one of the two layouts.
fn take(root: &OwnedFd, folder: &Path, id: &str, current: &Path) -> Result<Option<Source>, Refusal> {
    let mut taken: Option<Source> = None;
    for layout in layouts(id) {
        let relative = layout.join(FILE);
        let Some(file) = open_beneath(root, folder, &relative, current)? else { continue };
        let shown_path = Exercise::shown(&folder.join(&relative), current);
        if shown_path.contains('=') {
            return Err(Refusal { path: shown_path, reason: RefusalReason::EqualsSign });
        }
        if let Some(other) = taken {
            return Err(Refusal {
                path: shown_path,
                reason: RefusalReason::Twice { other: other.shown_path },
            });
        }
        let text = read_source(file, &shown_path)?;
        taken = Some(Source::new(id, text, shown_path));
    }
    Ok(taken)
}

/// Opens a path below the root one component after another, none of which may be a link. `None` when it is not there.
fn open_beneath(
    root: &OwnedFd,
    folder: &Path,
    relative: &Path,
    current: &Path,
) -> Result<Option<OwnedFd>, Refusal> {
    let mut opened: Option<OwnedFd> = None;
    let mut walked = folder.to_owned();
    let components: Vec<Component<'_>> = relative.components().collect();
    for (index, component) in components.iter().enumerate() {
        walked.push(component);
        let refuse = |reason| Err(Refusal { path: Exercise::shown(&walked, current), reason });
        let last = index + 1 == components.len();
        // Without waiting: opening a named pipe would wait for its writer.
        let wanted = if last { OFlag::O_NONBLOCK } else { OFlag::O_DIRECTORY };
        let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NOCTTY | wanted;
        let from = opened.as_ref().unwrap_or(root);
        match openat(from, component.as_os_str(), flags, Mode::empty()) {
            Ok(file) => opened = Some(file),
            Err(Errno::ENOENT) => return Ok(None),
            Err(_) if is_link(&walked) => return refuse(RefusalReason::SymbolicLink),
            // A file where a folder would be is another file, which is ignored.
            Err(Errno::ENOTDIR) => return Ok(None),
            // Sockets and devices without a driver cannot be opened.
            Err(Errno::ENXIO | Errno::ENODEV) => return refuse(RefusalReason::NotRegular),
            Err(errno) => return refuse(RefusalReason::Unreadable { error: errno.desc().to_owned() }),
        }
    }
    Ok(opened)
}

/// Reads an opened file, if it is one that may be taken.
fn read_source(file: OwnedFd, shown_path: &str) -> Result<String, Refusal> {
    let refuse = |reason| Err(Refusal { path: shown_path.to_owned(), reason });
    let unreadable =
        |error: String| Refusal { path: shown_path.to_owned(), reason: RefusalReason::Unreadable { error } };
    let about = fstat(&file).map_err(|errno| unreadable(errno.desc().to_owned()))?;
    if !is_regular(&about) {
        return refuse(RefusalReason::NotRegular);
    }
    if about.st_nlink > 1 {
        return refuse(RefusalReason::HardLinks);
    }
    let mut bytes = Vec::new();
    // One byte more than allowed tells that there is more, whatever size the system reported.
    let read = File::from(file).take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > MAX_BYTES {
        return refuse(RefusalReason::TooLarge { limit_kib: MAX_BYTES / 1024 });
    }
    String::from_utf8(bytes).or_else(|_| refuse(RefusalReason::NotUtf8))
}

fn is_regular(about: &FileStat) -> bool {
    SFlag::from_bits_truncate(about.st_mode) & SFlag::S_IFMT == SFlag::S_IFREG
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.file_type().is_symlink())
}

fn same_folder(a: &Path, b: &Path) -> bool {
    a == b || fs::canonicalize(a).is_ok_and(|a| fs::canonicalize(b).is_ok_and(|b| a == b))
}

/// Counts files (and whatever is not a folder) below a folder, following no link, within the bounds above.
fn count_files(folder: &Path) -> usize {
    let mut folders = vec![(folder.to_owned(), 0)];
    let mut seen = BTreeSet::new();
    let mut walked = 0;
    while let Some((folder, depth)) = folders.pop() {
        let Ok(listing) = fs::read_dir(&folder) else { continue };
        for entry in listing.flatten() {
            walked += 1;
            if walked > MAX_WALKED {
                return seen.len();
            }
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if !is_folder {
                seen.insert(entry.path());
            } else if depth < MAX_DEPTH {
                folders.push((entry.path(), depth + 1));
            }
        }
    }
    seen.len()
}

/// The path of a folder without `.` and `..`, with the links that were typed where that still leads to the same folder.
fn tidy(folder: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in folder.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(tidy.pop()),
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => tidy.push(component),
        }
    }
    // After a link, `..` is not the folder before it.
    if same_folder(&tidy, folder) {
        tidy
    } else {
        fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
