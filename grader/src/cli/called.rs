//! How the grader was called: what was typed and from where, as the commands that its answers name.

use std::env;
use std::path::{Path, PathBuf};

use super::arguments::CommandLine;
use crate::calls::{Calls, quoted};
use crate::course::{Course, Exercise};

/// The commands that the answer to a command line names.
pub(super) fn calls(line: &CommandLine, course: &Course, current: &Path) -> Calls {
    let option = |name: &str, value: String| format!("{name} {}", quoted(&value));
    let path = |name: &str, value: &Option<PathBuf>| {
        value.as_ref().map(|value| option(name, value.display().to_string()))
    };
    let lang = line.lang.map(|lang| option("--lang", lang.code().to_owned()));
    let grade = line.graded();
    let seed = grade.and_then(|grade| grade.seed).map(|seed| option("--seed", seed.to_string()));
    let submission = path("--submission", line.submission());
    Calls {
        grader: grader(course, current),
        common: path("--course", &line.course).into_iter().chain(lang).collect(),
        own_workspace: submission.is_none(),
        grading: submission.into_iter().chain(seed).collect(),
        exercises: Exercise::shown(&course.root.join("exercises"), current),
    }
}

/// The grader up to its arguments: by cargo where that was used or the workspace is at hand, else as it was typed.
fn grader(course: &Course, current: &Path) -> String {
    let by_cargo = env::var_os("CARGO_MANIFEST_DIR")
        .filter(|_| env::var("CARGO_PKG_NAME").is_ok_and(|name| name == env!("CARGO_PKG_NAME")))
        .map(PathBuf::from);
    let own = by_cargo.clone().unwrap_or_else(|| course.root.join("grader"));
    let in_workspace = own.parent().is_some_and(|workspace| current.starts_with(workspace));
    match by_cargo {
        _ if in_workspace && own.join("Cargo.toml").is_file() => Calls::BY_CARGO.to_owned(),
        Some(package) => {
            let manifest = package.join("Cargo.toml").display().to_string();
            format!("cargo run --manifest-path {} --", quoted(&manifest))
        }
        None => env::args().next().map_or_else(|| "grader".to_owned(), |typed| quoted(&typed)),
    }
}
