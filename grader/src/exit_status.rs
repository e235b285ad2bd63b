//! How the grader ends: four numbers that scripts may rely on.

use std::process::ExitCode;

/// Exit status of the grader; the numbers are part of its interface.
///
/// An interrupted grader has none: it ends by the signal, which a shell shows as 130 (`SIGINT`) or 143 (`SIGTERM`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// Every point was earned, or the command did what it was asked.
    AllPoints = 0,
    /// Some claim is broken or pending, or a program does not compile.
    NotAllPoints = 1,
    /// The command line, or what it names, is wrong.
    WrongUsage = 2,
    /// The grader itself, the course or the machine failed; says nothing about the submission.
    GraderFault = 3,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}
