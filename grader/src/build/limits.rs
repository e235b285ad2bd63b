//! Starts a compiler that can neither run for ever, nor fill the memory, nor outlive the grader.
//!
//! Limits are set by a process between the two: the grader's own program, started with [`ARGUMENT`], which sets
//! them on itself and then becomes the compiler. (Setting them after a fork would need unsafe code here.)

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use nix::unistd::{Pid, getpid, getppid};

use crate::course::Bilingual;
use crate::error::{Error, Result};

/// Whether this process's program becomes the compiler when it is started again with [`ARGUMENT`].
///
/// One that does not (a test, say) would begin all over again, and so on without end.
static STANDS_IN: AtomicBool = AtomicBool::new(false);

/// First argument of the process that sets the limits. Not a command for people.
pub const ARGUMENT: &str = "__with-limits";
/// Exit status of that process when it could not become the compiler. No compiler ends so.
pub(super) const NOT_STARTED: i32 = 125;
/// Largest file that a compiler may write. A student's program has about 5 MiB.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// What one call of the compiler may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// CPU time. Under load this, not the clock, is what tells an endless build from a slow machine.
    pub cpu: Duration,
    /// Time by the clock, for a compiler that waits for something; well above `cpu`.
    pub wall: Duration,
    /// Address space of each process, in bytes.
    pub memory_bytes: u64,
}

impl Default for Limits {
    /// A student's file takes well under a second and a gigabyte.
    fn default() -> Self {
        Self { cpu: Duration::from_secs(60), wall: Duration::from_secs(180), memory_bytes: 4 << 30 }
    }
}

impl Limits {
    /// A command that will run `program` within these limits, and end with the grader.
    ///
    /// # Errors
    /// A fault when this process's program does not stand in (see [`crate::cli::stand_in`]).
    pub(super) fn command(&self, program: impl Into<OsString>) -> Result<Command> {
        if !STANDS_IN.load(Ordering::Relaxed) {
            return Err(Error::fault(Bilingual {
                es: "este programa no llama a grader::cli::stand_in al empezar".to_owned(),
                en: "this program does not call grader::cli::stand_in when it starts".to_owned(),
            }));
        }
        // This very program, also when its file was replaced meanwhile.
        let mut command = Command::new("/proc/self/exe");
        command
            .arg(ARGUMENT)
            .arg(getpid().to_string())
            .arg(self.cpu.as_secs().max(1).to_string())
            .arg(self.memory_bytes.to_string())
            .arg(program.into());
        Ok(command)
    }
}

/// Says that this process's program passes its arguments to [`become_limited`] when they begin with [`ARGUMENT`].
pub(crate) fn stands_in() {
    STANDS_IN.store(true, Ordering::Relaxed);
}

/// Sets the limits that the arguments after [`ARGUMENT`] tell, and becomes the program that they name.
///
/// Returns only when that failed: with the exit status to end with.
#[must_use]
pub fn become_limited(arguments: &[OsString]) -> u8 {
    let error = match parse(arguments) {
        Some(limited) => limited.start(),
        None => io::Error::from(io::ErrorKind::InvalidInput),
    };
    eprintln!("{ARGUMENT}: {error}");
    u8::try_from(NOT_STARTED).unwrap_or(u8::MAX)
}

struct Limited<'a> {
    grader: Pid,
    cpu_seconds: u64,
    memory_bytes: u64,
    program: &'a OsString,
    arguments: &'a [OsString],
}

fn parse(arguments: &[OsString]) -> Option<Limited<'_>> {
    let [grader, cpu_seconds, memory_bytes, program, arguments @ ..] = arguments else { return None };
    Some(Limited {
        grader: Pid::from_raw(grader.to_str()?.parse().ok()?),
        cpu_seconds: cpu_seconds.to_str()?.parse().ok()?,
        memory_bytes: memory_bytes.to_str()?.parse().ok()?,
        program,
        arguments,
    })
}

impl Limited<'_> {
    fn start(&self) -> io::Error {
        self.set().map_or_else(io::Error::from, |()| Command::new(self.program).args(self.arguments).exec())
    }

    fn set(&self) -> nix::Result<()> {
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        if getppid() != self.grader {
            // It ended before it could be followed.
            return Err(nix::errno::Errno::ESRCH);
        }
        lower(Resource::RLIMIT_CORE, 0)?;
        lower(Resource::RLIMIT_FSIZE, MAX_FILE_BYTES)?;
        lower(Resource::RLIMIT_AS, self.memory_bytes)?;
        lower(Resource::RLIMIT_CPU, self.cpu_seconds)
    }
}

/// Sets a limit, or keeps the one there is where that is lower: it could not be raised.
fn lower(resource: Resource, limit: u64) -> nix::Result<()> {
    let (_, hard) = getrlimit(resource)?;
    let limit = limit.min(hard);
    setrlimit(resource, limit, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_that_make_no_sense_start_nothing() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(parse(&words("1 2 3")).is_none());
        assert!(parse(&words("1 two 3 rustc")).is_none());
        let arguments = words("1 2 3 rustc -vV");
        let limited = parse(&arguments).expect("complete");
        assert_eq!((limited.cpu_seconds, limited.memory_bytes), (2, 3));
        assert_eq!(limited.arguments, ["-vV"]);
    }

    #[test]
    fn a_program_that_does_not_stand_in_starts_nothing() {
        assert!(Limits::default().command("rustc").is_err());
    }

    #[test]
    fn somebody_elses_child_is_not_started() {
        assert_eq!(i32::from(become_limited(&["1".into()])), NOT_STARTED);
    }
}
