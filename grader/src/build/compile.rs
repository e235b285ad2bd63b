//! Compiles one student's file with the pristine driver: two calls of rustc in a folder made for it.
//!
//! The compiler sees two files and no environment. Paths in diagnostics, in panics and in `Location` are the student's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::library::{Library, Package};
use super::limits::Limits;
use super::rustc::{self, Outcome};
use super::staging::Staging;
use super::toolchain::Toolchain;
use crate::course::Exercise;
use crate::error::{Doing, Error, Result};

/// How both files are compiled. Not optimised: every line stays where it is.
const FLAGS: &[&str] = &[
    "--edition=2024",
    "--error-format=json",
    "--diagnostic-width=80",
    "-C",
    "opt-level=0",
    "-C",
    "debuginfo=line-tables-only",
    "-C",
    "force-frame-pointers=yes",
    "-C",
    "debug-assertions=on",
];
/// Where nothing is kept: one unit is the quickest for a small file.
const ONCE_FLAGS: &[&str] = &["-C", "codegen-units=1"];
/// Of the student's file only: a driver is the course's.
const STUDENT_FLAGS: &[&str] = &["-F", "unsafe_code"];
/// Of the driver only: nobody edits it. (Capping lints instead would switch a ban off.)
const DRIVER_FLAGS: &[&str] = &["-A", "warnings"];
/// What a compiler may know of the environment: where the linker is.
const ENVIRONMENT: [&str; 2] = ["PATH", "LD_LIBRARY_PATH"];

/// The two files, the flags and the rlibs: everything that a program depends on.
pub(super) struct Compilation<'a> {
    pub(super) exercise: &'a Exercise,
    /// The student's file, and the name by which people know it.
    pub(super) source: &'a str,
    pub(super) shown_path: &'a str,
    /// The driver, and the name by which people know it.
    pub(super) driver: &'a str,
    pub(super) shown_driver: &'a str,
    pub(super) library: &'a Library,
    pub(super) toolchain: &'a Toolchain,
    pub(super) limits: Limits,
    pub(super) colour: bool,
}

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The student's.
    Student,
    /// The driver, compiled against the student's.
    Driver,
}

/// How a compilation ended.
pub(super) enum Compiled {
    /// The program is in the staging folder; what the compiler said about the student's file.
    Program { path: PathBuf, said: String },
    /// The program needs a file that was not submitted.
    OtherFile { path: String },
    /// One of the two did not compile.
    Failed { part: Part, outcome: Outcome },
}

impl Compilation<'_> {
    /// Everything that the program depends on, but for the two files and the shown path, in one text.
    pub(super) fn recipe(&self) -> String {
        let flags = [FLAGS, ONCE_FLAGS, STUDENT_FLAGS, DRIVER_FLAGS].concat().join(" ");
        let packages: Vec<String> = self.packages().map(|package| package.stamp.clone()).collect();
        [self.exercise.id.as_str(), &flags, &self.toolchain.version, &packages.join("\n")].join("\n")
    }

    /// Compiles in a folder.
    ///
    /// # Errors
    /// A fault when the files cannot be written or the compiler cannot be started.
    pub(super) fn compile(&self, staging: &Staging) -> Result<Compiled> {
        self.stage(staging.folder())?;
        let student = self.run(self.student_command(staging)?)?;
        if student.ended != rustc::Ended::Well {
            return Ok(Compiled::Failed { part: Part::Student, outcome: student });
        }
        if let Some(path) = other_file(&staging.folder().join("read.d"))? {
            return Ok(Compiled::OtherFile { path });
        }
        let outcome = self.run(self.driver_command(staging)?)?;
        if outcome.ended != rustc::Ended::Well {
            return Ok(Compiled::Failed { part: Part::Driver, outcome });
        }
        Ok(Compiled::Program { path: staging.folder().join("program"), said: student.said })
    }

    fn run(&self, command: Command) -> Result<Outcome> {
        rustc::run(command, self.limits.wall)
    }

    fn stage(&self, folder: &Path) -> Result<()> {
        let sources = folder.join("src");
        fs::create_dir_all(&sources).map_err(|source| Error::io(Doing::MakeFolder, &sources, source))?;
        for (name, text) in [("lib.rs", self.source), ("main.rs", self.driver)] {
            let path = sources.join(name);
            fs::write(&path, text).map_err(|source| Error::io(Doing::Write, &path, source))?;
        }
        Ok(())
    }

    fn student_command(&self, staging: &Staging) -> Result<Command> {
        let mut command = self.command(staging)?;
        command.args(STUDENT_FLAGS).args(["--crate-type=rlib", "--crate-name", &self.exercise.id]);
        command.args(["--emit=dep-info=read.d,link=libstudent.rlib", "src/lib.rs"]);
        Ok(command)
    }

    fn driver_command(&self, staging: &Staging) -> Result<Command> {
        let mut command = self.command(staging)?;
        // The crate of a program may not have the name of one that it uses.
        command.args(DRIVER_FLAGS).args(["--crate-type=bin", "--crate-name", "main"]);
        command.arg("--extern").arg(format!("{}=libstudent.rlib", self.exercise.id));
        command.args(["--emit=link=program", "src/main.rs"]);
        Ok(command)
    }

    fn command(&self, staging: &Staging) -> Result<Command> {
        let mut command = self.limits.command(&self.toolchain.rustc)?;
        command.current_dir(staging.folder()).env_clear().env("TMPDIR", staging.folder());
        for name in ENVIRONMENT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.args(FLAGS);
        match &staging.incremental {
            Some(folder) => command.arg("-C").arg(format!("incremental={}", folder.display())),
            None => command.args(ONCE_FLAGS),
        };
        if self.colour {
            command.arg("--json=diagnostic-rendered-ansi");
        }
        // The folder first: of several that match, the last one counts.
        let remaps = [
            (".", staging.folder().display().to_string()),
            (self.shown_path, "src/lib.rs".into()),
            (self.shown_driver, "src/main.rs".into()),
        ];
        for (to, from) in remaps {
            command.arg("--remap-path-prefix").arg(format!("{from}={to}"));
        }
        command.arg("-L").arg(format!("dependency={}", self.library.dependencies.display()));
        for Package { name, rlib, .. } in self.packages() {
            command.arg("--extern").arg(format!("{name}={}", rlib.display()));
        }
        Ok(command)
    }

    fn packages(&self) -> impl Iterator<Item = &Package> {
        self.exercise.dependencies.iter().filter_map(|name| self.library.package(name))
    }
}

/// The first file that the compiler read besides the student's, from the list that it wrote.
fn other_file(list: &Path) -> Result<Option<String>> {
    let text = fs::read_to_string(list).map_err(|source| Error::io(Doing::Read, list, source))?;
    Ok(files_read(&text).into_iter().find(|file| file != "src/lib.rs"))
}

/// The files of a dependency list in the form of a makefile: "output: file file", blanks in names escaped.
fn files_read(list: &str) -> Vec<String> {
    let Some((_, files)) = list.lines().next().and_then(|line| line.split_once(": ")) else {
        return Vec::new();
    };
    let files = files.replace("\\ ", "\0");
    files.split(' ').filter(|file| !file.is_empty()).map(|file| file.replace('\0', " ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_read_files_is_taken_apart() {
        let list = "read.d: src/lib.rs /etc/un\\ nombre src/main.rs\n\nlibstudent.rlib: src/lib.rs\n\n# env-dep:HOME=/root\n";
        assert_eq!(files_read(list), ["src/lib.rs", "/etc/un nombre", "src/main.rs"]);
        assert_eq!(files_read("read.d: src/lib.rs\n"), ["src/lib.rs"]);
        assert!(files_read("").is_empty());
    }
}
