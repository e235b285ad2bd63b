//! Which cargo and which rustc build everything: those of the environment, the proxies of rustup looked through once.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Doing, Error, Result};

/// The tools, and the version that the cache of programs depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Toolchain {
    pub(super) cargo: OsString,
    pub(super) rustc: PathBuf,
    /// Where rustc keeps the standard library and, if installed, its source.
    pub(super) sysroot: PathBuf,
    /// What `rustc -vV` says.
    pub(super) version: String,
}

impl Toolchain {
    /// Finds the tools: `$CARGO` and `$RUSTC`, else those in `PATH`.
    ///
    /// # Errors
    /// A fault when rustc does not answer.
    pub(super) fn find(course: &Path) -> Result<Self> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let named = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        // rustup's proxy costs more than the compiler's own start; and it would need its settings in the
        // compiler's environment, which is cleared.
        let sysroot = match beside(&cargo).filter(|_| env::var_os("RUSTC").is_none()) {
            Some(sysroot) => sysroot,
            None => PathBuf::from(ask(&named, &["--print", "sysroot"], course)?.trim_end()),
        };
        let direct = sysroot.join("bin").join("rustc");
        let rustc = if direct.is_file() { direct } else { named.into() };
        let version = ask(rustc.as_os_str(), &["-vV"], course)?;
        Ok(Self { cargo, rustc, sysroot, version })
    }
}

/// The sysroot that a cargo belongs to, if it lies in one (as the cargo that runs the grader does, unlike rustup's proxy).
fn beside(cargo: &OsStr) -> Option<PathBuf> {
    let sysroot = Path::new(cargo).parent()?.parent()?;
    let is_whole =
        sysroot.join("lib").join("rustlib").is_dir() && sysroot.join("bin").join("rustc").is_file();
    (sysroot.is_absolute() && is_whole).then(|| sysroot.to_owned())
}

fn ask(program: &OsStr, arguments: &[&str], folder: &Path) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|source| Error::io(Doing::Start, Path::new(program), source))?;
    if !output.status.success() {
        let command = format!("{} {}", program.to_string_lossy(), arguments.join(" "));
        return Err(Error::command(command, String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
