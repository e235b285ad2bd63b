//! Builds what students' programs are linked with: cargo, once, in a target folder that only the grader uses.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use serde::Deserialize;

use super::toolchain::Toolchain;
use super::waiting::Waiting;
use super::workspace::Workspace;
use crate::course::{Course, Exercise};
use crate::error::{Doing, Error, Kind, Result};
use crate::text::interface;
use crate::{Language, interrupt, terminal};

/// Flags of every crate in the library: with frame pointers, a line can be told for every operation; with the library standing in
/// for clocks, sleeps and chance, a program under control does the same every time.
const RUSTFLAGS: &str = "-C force-frame-pointers=yes --cfg procesos_intercept";
/// Last bytes of cargo's output that an error repeats.
const MAX_TOLD_BYTES: usize = 16 * 1024;

/// Where the compiled packages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Library {
    /// The packages that exercises name, by crate name.
    packages: BTreeMap<String, Package>,
    /// The folder of everything that those depend on.
    pub(super) dependencies: PathBuf,
}

/// A compiled package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Package {
    /// The name of its crate.
    pub(super) name: String,
    /// Its rlib.
    pub(super) rlib: PathBuf,
    /// Changes whenever it, or what it depends on, was compiled again.
    pub(super) stamp: String,
}

/// One line of `cargo build --message-format=json`.
#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    profile: Option<Profile>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize, PartialEq)]
struct Profile {
    opt_level: String,
}

impl Library {
    /// Builds what the exercises depend on, or finds it built.
    ///
    /// # Errors
    /// A fault when cargo fails, with what it said.
    pub(super) fn build(
        course: &Course,
        toolchain: &Toolchain,
        exercises: &[&Exercise],
        language: Language,
    ) -> Result<Self> {
        let target = course.grader_folder();
        let dependencies = target.join("grading").join("deps");
        if exercises.is_empty() {
            return Ok(Self { packages: BTreeMap::new(), dependencies });
        }
        let workspace = Workspace::stage(course, exercises, language)?;
        let mut command = Command::new(&toolchain.cargo);
        command.args(["build", "--profile", "grading", "--message-format=json-render-diagnostics"]);
        command.arg("--target-dir").arg(&target).current_dir(&workspace.folder);
        for exercise in exercises {
            command.args(["-p", &exercise.id]);
        }
        for (name, _) in env::vars_os() {
            if name.to_str().is_none_or(is_of_an_outer_build) {
                command.env_remove(name);
            }
        }
        command.env("RUSTFLAGS", RUSTFLAGS).env("RUSTC", &toolchain.rustc);
        let messages = run_cargo(command, language)?;
        Self::from_messages(&messages, exercises, dependencies)
    }

    /// A package that was built, by the name that a manifest gives it.
    pub(super) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.get(&crate_name(name))
    }

    fn from_messages(messages: &str, exercises: &[&Exercise], dependencies: PathBuf) -> Result<Self> {
        let artifacts: Vec<Message> = messages
            .lines()
            .filter_map(|line| serde_json::from_str::<Message>(line).ok())
            .filter(|message| message.reason == "compiler-artifact")
            .collect();
        let of = |package: &str| {
            let name = crate_name(package);
            artifacts.iter().filter(move |a| a.target.as_ref().is_some_and(|t| crate_name(&t.name) == name))
        };
        let mut library = Self { packages: BTreeMap::new(), dependencies };
        for exercise in exercises {
            // The same package may be there for build scripts and macros too, compiled with another profile.
            let profile = of(&exercise.id).find_map(|artifact| artifact.profile.as_ref());
            for dependency in &exercise.dependencies {
                let files = of(dependency).filter(|a| a.profile.as_ref() == profile);
                let mut files = files.flat_map(|artifact| &artifact.filenames);
                let rlib = files.rfind(|file| file.extension().is_some_and(|e| e == "rlib"));
                let rlib = rlib.ok_or_else(|| Error::of(Kind::NoLibrary { package: dependency.clone() }))?;
                let name = crate_name(dependency);
                let package = Package { name: name.clone(), rlib: rlib.clone(), stamp: stamp(rlib)? };
                library.packages.insert(name, package);
            }
        }
        Ok(library)
    }
}

/// Runs cargo, telling people who watch what it does; its messages are returned.
fn run_cargo(mut command: Command, language: Language) -> Result<String> {
    let failed = |source| Error::io(Doing::Start, "cargo", source);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (mut child, undone) = interrupt::spawn(&mut command).map_err(failed)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (messages, said) = std::thread::scope(|scope| {
        let messages = scope.spawn(move || {
            let mut messages = String::new();
            stdout.map(|mut pipe| pipe.read_to_string(&mut messages));
            messages
        });
        let said = stderr.map(|pipe| follow(pipe, language)).unwrap_or_default();
        (messages.join().unwrap_or_default(), said)
    });
    // Before its number can be another's.
    drop(undone);
    if !child.wait().map_err(failed)?.success() {
        return Err(Error::command("cargo build --profile grading", tail(&said)));
    }
    Ok(messages)
}

/// Collects what cargo says, and shows on a terminal how far it is or that it waits.
fn follow(pipe: impl Read, language: Language) -> String {
    let mut said = String::new();
    let mut waiting = None;
    for line in BufReader::new(pipe).split(b'\n').map_while(std::result::Result::ok) {
        let line = String::from_utf8_lossy(&line);
        // A new line of cargo means that it goes on.
        drop(waiting.take());
        match step(&line) {
            Some(Step::Waiting) => waiting = Some(Waiting::begin(language)),
            Some(step) => terminal::show(&interface::library_step(language, &step)),
            None => {}
        }
        said += &line;
        said.push('\n');
    }
    drop(waiting);
    terminal::clear();
    said
}

/// What cargo does, by its line of progress. `None` when people need not know.
fn step(line: &str) -> Option<Step<'_>> {
    let (verb, rest) = line.trim_start().split_once(' ')?;
    match verb {
        "Blocking" => Some(Step::Waiting),
        "Updating" | "Locking" | "Downloading" | "Downloaded" => Some(Step::Fetching),
        "Compiling" => Some(Step::Compiling(rest.split(' ').next()?)),
        _ => None,
    }
}

/// What cargo does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// It waits for a lock that another one holds.
    Waiting,
    /// It gets packages.
    Fetching,
    /// It compiles a package.
    Compiling(&'a str),
}

/// Whether a variable was set by, or would steer, another build than ours.
fn is_of_an_outer_build(name: &str) -> bool {
    const STEERING: [&str; 8] = [
        "RUSTFLAGS",
        "RUSTDOCFLAGS",
        "RUSTC",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTC_BOOTSTRAP",
        "RUSTC_FORCE_RUSTC_VERSION",
        "OUT_DIR",
    ];
    // Where cargo keeps things and how it reaches its registries.
    const KEPT: [&str; 5] =
        ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTRIES_", "CARGO_REGISTRY_"];
    STEERING.contains(&name) || name.starts_with("CARGO_") && !KEPT.iter().any(|kept| name.starts_with(kept))
}

fn crate_name(package: &str) -> String {
    package.replace('-', "_")
}

fn stamp(rlib: &Path) -> Result<String> {
    let about = rlib.metadata().map_err(|source| Error::io(Doing::Read, rlib, source))?;
    let modified =
        about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Ok(format!("{} {} {}", rlib.display(), about.len(), modified.as_nanos()))
}

/// The end of a text, from the beginning of a line.
fn tail(said: &str) -> String {
    let start = said.len().saturating_sub(MAX_TOLD_BYTES);
    let from = (start..=said.len()).find(|at| said.is_char_boundary(*at)).unwrap_or(said.len());
    let rest = &said[from..];
    let line = if from == 0 { rest } else { rest.split_once('\n').map_or(rest, |(_, after)| after) };
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outer_builds_variables_are_not_handed_on() {
        for name in [
            "RUSTFLAGS",
            "RUSTC_WRAPPER",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_TARGET_DIR",
            "CARGO_MANIFEST_DIR",
        ] {
            assert!(is_of_an_outer_build(name), "{name}");
        }
        for name in ["PATH", "HOME", "RUSTUP_HOME", "CARGO_HOME", "CARGO_HTTP_CAINFO", "https_proxy", "CARGO"]
        {
            assert!(!is_of_an_outer_build(name), "{name}");
        }
    }

    fn artifact(name: &str, level: &str, file: &Path) -> String {
        let file = file.display();
        format!(
            r#"{{"reason":"compiler-artifact","package_id":"x","target":{{"kind":["lib"],"name":"{name}"}},"profile":{{"opt_level":"{level}","debuginfo":1}},"filenames":["{file}","x.rmeta"],"fresh":true}}"#
        )
    }

    #[test]
    fn the_rlib_of_the_same_profile_is_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, "").expect("written");
            path
        };
        let messages = [
            artifact("serde", "2", &file("libserde-1.rlib")),
            artifact("serde", "0", &file("libserde-2.rlib")),
            artifact("procesos", "2", &file("libprocesos.rlib")),
            artifact("contador", "2", &file("libcontador.rlib")),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
            "not json".to_owned(),
        ]
        .join("\n");
        let mut exercise = crate::course::tests::exercise("contador", folder.path());
        exercise.dependencies = vec!["procesos".into(), "serde".into()];
        let library = Library::from_messages(&messages, &[&exercise], PathBuf::new()).expect("built");
        assert!(library.package("serde").expect("there").rlib.ends_with("libserde-1.rlib"));
        exercise.dependencies.push("crossbeam".into());
        let error = Library::from_messages(&messages, &[&exercise], PathBuf::new()).expect_err("not built");
        assert!(error.message(Language::English).contains("crossbeam"));
    }

    #[test]
    fn the_lines_of_cargo_become_steps() {
        assert_eq!(step("   Compiling serde v1.0.229"), Some(Step::Compiling("serde")));
        assert_eq!(step("  Downloaded syn v2.0.1"), Some(Step::Fetching));
        assert_eq!(step("    Blocking waiting for file lock on build directory"), Some(Step::Waiting));
        assert_eq!(step("    Finished `grading` profile [optimized] target(s) in 0.04s"), None);
        assert_eq!(step(""), None);
    }

    #[test]
    fn a_long_output_is_told_from_its_end() {
        assert_eq!(tail("uno\ndos\n"), "uno\ndos");
        let long = format!("{}\núltima\n", "ñ".repeat(MAX_TOLD_BYTES));
        assert_eq!(tail(&long), "última");
    }
}
