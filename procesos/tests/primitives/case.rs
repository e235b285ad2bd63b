//! A case: code that runs in a fresh process of one thread, and what that process has to leave behind.

use std::process::ExitCode;

use libtest_mimic::{Failed, Trial};
use nix::sys::signal::Signal;
use procesos::Result;

use crate::region::Region;
use crate::run::{self, Observed};

/// The environment variable that names the case that this process performs.
pub(crate) const VARIABLE: &str = "PROCESOS_TEST_CASE";

/// A case by the name of its function, which is a sentence.
macro_rules! case {
    ($body:ident) => {
        $crate::case::Case::new(concat!(module_path!(), "::", stringify!($body)), $body)
    };
}
pub(crate) use case;

/// How the process of a case ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Code(i32),
    Signal(Signal),
}

/// What a stream holds in the end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text {
    /// Exactly this.
    Is(&'static str),
    /// All of these, in this order.
    Has(&'static [&'static str]),
    /// The judge of the case looks at it.
    Judged,
}

/// How a traced case is observed.
#[derive(Clone, Copy)]
pub(crate) struct Tracing {
    /// Looks at the region while the process runs.
    pub(crate) watch: fn(&Region),
    /// Then the process and everything it started is killed.
    pub(crate) kill: bool,
}

/// A case, and what is expected of its process; by default exit code 0 and no output.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    path: &'static str,
    body: fn() -> Result<()>,
    /// Whether the body runs within `procesos::program`.
    framed: bool,
    pub(crate) language: &'static str,
    pub(crate) ending: Ending,
    pub(crate) stdout: Text,
    pub(crate) stderr: Text,
    pub(crate) tracing: Option<Tracing>,
    judge: fn(&Observed),
}

impl Case {
    /// The case of a body in `procesos::program`.
    pub(crate) fn new(path: &'static str, body: fn() -> Result<()>) -> Self {
        Self {
            path,
            body,
            framed: true,
            language: "en",
            ending: Ending::Code(0),
            stdout: Text::Is(""),
            stderr: Text::Is(""),
            tracing: None,
            judge: |_| (),
        }
    }

    /// The same without `procesos::program`.
    pub(crate) fn plain(self) -> Self {
        Self { framed: false, ..self }
    }

    pub(crate) fn in_spanish(self) -> Self {
        Self { language: "es", ..self }
    }

    pub(crate) fn exits(self, code: i32) -> Self {
        Self { ending: Ending::Code(code), ..self }
    }

    pub(crate) fn stdout(self, stdout: Text) -> Self {
        Self { stdout, ..self }
    }

    pub(crate) fn stderr(self, stderr: Text) -> Self {
        Self { stderr, ..self }
    }

    /// The same with a trace; `judge` looks at what was recorded.
    pub(crate) fn traced(self, judge: fn(&Observed)) -> Self {
        let tracing = Some(Tracing { watch: |_| (), kill: false });
        Self { tracing, judge, stdout: Text::Judged, ..self }
    }

    /// The same, watched while it runs.
    pub(crate) fn watched(self, watch: fn(&Region)) -> Self {
        Self { tracing: self.tracing.map(|tracing| Tracing { watch, ..tracing }), ..self }
    }

    /// The same, killed once the watch has seen what it waits for.
    pub(crate) fn killed(self) -> Self {
        let tracing = self.tracing.map(|tracing| Tracing { kill: true, ..tracing });
        Self { tracing, ending: Ending::Signal(Signal::SIGKILL), ..self }
    }

    /// The same with a judge of what an untraced process left behind.
    pub(crate) fn judged(self, judge: fn(&Observed)) -> Self {
        Self { judge, stdout: Text::Judged, ..self }
    }

    /// The path of its function, without the crate.
    pub(crate) fn name(&self) -> &'static str {
        self.path.split_once("::").map_or(self.path, |(_, name)| name)
    }

    /// Runs the body in this process.
    pub(crate) fn perform(&self) -> ExitCode {
        if self.framed {
            return procesos::program(|_| (self.body)());
        }
        match (self.body)() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        }
    }

    /// The test that starts a process for the body and checks it.
    pub(crate) fn into_trial(self) -> Trial {
        Trial::test(self.name(), move || self.check())
    }

    fn check(&self) -> std::result::Result<(), Failed> {
        let observed = run::observe(self)?;
        let told = self.broken(&observed);
        if told.is_empty() {
            (self.judge)(&observed);
            return Ok(());
        }
        Err(format!("{}\n{observed}", told.join("\n")).into())
    }

    fn broken(&self, observed: &Observed) -> Vec<String> {
        let mut told = Vec::new();
        if observed.ending != self.ending {
            told.push(format!("it ended by {:?}, not by {:?}", observed.ending, self.ending));
        }
        if !self.stdout.holds(&observed.stdout) {
            told.push(format!("standard output is not {:?}", self.stdout));
        }
        if !self.stderr.holds(&observed.stderr) {
            told.push(format!("standard error is not {:?}", self.stderr));
        }
        told
    }
}

impl Text {
    fn holds(self, seen: &str) -> bool {
        match self {
            Self::Is(whole) => seen == whole,
            Self::Has(parts) => {
                let rest =
                    parts.iter().try_fold(seen, |rest, part| rest.split_once(part).map(|(_, after)| after));
                rest.is_some()
            }
            Self::Judged => true,
        }
    }
}
