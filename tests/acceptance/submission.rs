//! What is graded: a temporary folder with copies of the course's own files.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use tempfile::TempDir;

/// The workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The grader, in the workspace, in Spanish and without colour whatever the machine's settings are.
pub(crate) fn grader() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("grader"));
    command.current_dir(root()).env("LC_ALL", "es_CO.UTF-8").env_remove("NO_COLOR");
    command
}

/// A submission under construction.
pub(crate) struct Submission(TempDir);

impl Submission {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// With this text as an exercise's file.
    pub(crate) fn with(self, id: &str, text: &str) -> Self {
        let folder = self.0.path().join(id).join("src");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("lib.rs"), text).unwrap();
        self
    }

    /// With a file of the course as an exercise's file.
    pub(crate) fn with_file(self, id: &str, file: &str) -> Self {
        let text = fs::read_to_string(root().join(file)).unwrap();
        self.with(id, &text)
    }

    /// With the stub of an exercise.
    pub(crate) fn with_stub(self, id: &str) -> Self {
        self.with_file(id, &format!("exercises/{id}/plantilla.rs"))
    }

    /// With the reference solution of an exercise.
    pub(crate) fn with_solution(self, id: &str) -> Self {
        self.with_file(id, &format!("solutions/{id}/src/lib.rs"))
    }

    /// With a wrong program of an exercise.
    pub(crate) fn with_wrong(self, id: &str, name: &str) -> Self {
        self.with_file(id, &format!("solutions/{id}/wrong/{name}.rs"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Grades it with these arguments.
    pub(crate) fn grade(&self, arguments: &[&str]) -> Assert {
        grader().args(arguments).arg("--submission").arg(self.path()).assert()
    }

    /// What a grading prints, with the submission's folder as `DIR`.
    pub(crate) fn screen(&self, arguments: &[&str]) -> String {
        let output = self.grade(arguments).get_output().clone();
        let text = String::from_utf8(output.stdout).unwrap();
        let status = output.status.code().unwrap();
        let text = text.replace(&self.path().display().to_string(), "DIR");
        // Where a command is broken depends on the length of the folder's name.
        let mut pieces = text.split(" \\\n");
        let first = pieces.next().unwrap().to_owned();
        let whole = pieces.fold(first, |whole, piece| format!("{whole} {}", piece.trim_start()));
        format!("{whole}\nexit status {status}")
    }

    /// The JSON report of a grading.
    pub(crate) fn report(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.grade(&[arguments, &["--format", "json"]].concat()).get_output().clone();
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// The exercises of the course, in its order.
pub(crate) fn exercises() -> Vec<String> {
    let mut ids: Vec<String> = fs::read_dir(root().join("exercises"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    ids.sort();
    ids
}
