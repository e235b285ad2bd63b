use std::os::unix::fs::symlink;

use super::*;
use crate::course::tests::exercise;
use crate::text::interface::refused;
use crate::{ExitStatus, Language};

/// A course of two exercises somewhere else, and a folder for a submission.
struct Setting {
    folder: tempfile::TempDir,
    course: Course,
}

impl Setting {
    fn new() -> Self {
        let root = Path::new("/nowhere");
        let exercises = vec![exercise("uno", root), exercise("dos", root)];
        let course = Course { root: root.to_owned(), exercises };
        Self { folder: tempfile::tempdir().expect("a folder"), course }
    }

    fn path(&self, relative: &str) -> PathBuf {
        let path = self.folder.path().join(relative);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        path
    }

    fn file(&self, relative: &str, content: &[u8]) {
        fs::write(self.path(relative), content).expect("written");
    }

    fn read(&self) -> Result<Submission> {
        Submission::read(&self.course, Path::new(""), self.folder.path())
    }

    #[track_caller]
    fn refused(&self, path: &str, words: &str) {
        let submission = self.read().expect("read");
        let told: Vec<String> =
            submission.refused.values().map(|refusal| refused(Language::English, refusal)).collect();
        let fits = |message: &String| message.contains(path) && message.contains(words);
        assert!(told.iter().any(fits), "{told:?}");
    }
}

#[test]
fn both_layouts_are_taken_and_the_rest_is_counted() {
    let setting = Setting::new();
    setting.file("uno/src/lib.rs", b"// uno");
    setting.file("exercises/dos/src/lib.rs", b"// dos");
    setting.file("uno/src/main.rs", b"fn main() {}");
    setting.file("notas.txt", b"");
    let submission = setting.read().expect("taken");
    assert_eq!(submission.sources["uno"].text, "// uno");
    assert_eq!(submission.sources["uno"].shown_path, "uno/src/lib.rs");
    assert_eq!(submission.sources["dos"].shown_path, "exercises/dos/src/lib.rs");
    assert_eq!(submission.sources["uno"].hash.len(), 64);
    assert_eq!(submission.ignored, 2);
}

#[test]
fn what_is_not_there_is_missing() {
    let setting = Setting::new();
    setting.file("uno", b"a file where a folder would be");
    assert!(setting.read().expect("read").sources.is_empty());
}

#[test]
fn an_exercise_in_both_layouts_is_refused() {
    let setting = Setting::new();
    setting.file("uno/src/lib.rs", b"");
    setting.file("exercises/uno/src/lib.rs", b"");
    setting.refused("uno/src/lib.rs", "exercises/uno/src/lib.rs");
}

#[test]
fn links_are_refused_at_every_component() {
    for link in ["uno", "uno/src", "uno/src/lib.rs", "exercises"] {
        let setting = Setting::new();
        let outside = tempfile::tempdir().expect("a folder");
        symlink(outside.path(), setting.path(link)).expect("linked");
        setting.refused(link, "symbolic link");
    }
}

#[test]
fn hard_links_are_refused() {
    let setting = Setting::new();
    setting.file("secreto", b"");
    fs::hard_link(setting.path("secreto"), setting.path("uno/src/lib.rs")).expect("linked");
    setting.refused("uno/src/lib.rs", "hard link");
}

#[test]
fn folders_and_named_pipes_are_refused_without_waiting() {
    let setting = Setting::new();
    setting.file("uno/src/lib.rs/x", b"");
    nix::unistd::mkfifo(&setting.path("dos/src/lib.rs"), Mode::S_IRWXU).expect("made");
    setting.refused("uno/src/lib.rs", "regular");
    setting.refused("dos/src/lib.rs", "regular");
}

#[test]
fn size_and_encoding_are_checked() {
    let setting = Setting::new();
    setting.file("uno/src/lib.rs", &vec![b' '; 256 * 1024]);
    assert!(setting.read().is_ok());
    setting.file("uno/src/lib.rs", &vec![b' '; 256 * 1024 + 1]);
    setting.refused("uno/src/lib.rs", "256 KiB");
    setting.file("uno/src/lib.rs", b"// \xff");
    setting.refused("uno/src/lib.rs", "UTF-8");
}

#[test]
fn a_wrong_folder_is_wrong_usage() {
    let setting = Setting::new();
    let error =
        Submission::read(&setting.course, Path::new("no_hay"), setting.folder.path()).expect_err("no folder");
    assert_eq!(error.exit_status(), ExitStatus::WrongUsage);
    setting.file("src/lib.rs", b"");
    let error = setting.read().expect_err("one exercise");
    assert_eq!(error.exit_status(), ExitStatus::WrongUsage);
    assert!(error.message(Language::English).contains("one exercise"), "{error}");
}

#[test]
fn paths_outside_the_current_folder_are_shown_whole() {
    let setting = Setting::new();
    setting.file("uno/src/lib.rs", b"");
    let current = setting.path("aqui/x");
    let current = current.parent().expect("a parent");
    let submission = Submission::read(&setting.course, Path::new(".."), current).expect("taken");
    let expected = setting.folder.path().join("uno/src/lib.rs").display().to_string();
    assert_eq!(submission.sources["uno"].shown_path, expected);
}

#[test]
fn a_path_that_the_compiler_cannot_be_told_is_refused() {
    let setting = Setting::new();
    setting.file("a=b/uno/src/lib.rs", b"");
    let submission =
        Submission::read(&setting.course, Path::new("a=b"), setting.folder.path()).expect("read");
    assert!(refused(Language::English, &submission.refused["uno"]).contains("rename"));
    let inside = setting.folder.path().join("a=b");
    assert!(Submission::read(&setting.course, Path::new(""), &inside).is_ok());
}
