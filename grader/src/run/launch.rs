//! One run of a program, from the start of its supervisor to the end of everything.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use command_fds::{CommandFdExt, FdMapping};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use procesos_trace::layout::{self, header};
use procesos_trace::{LANGUAGE_VARIABLE, RESULTS_VARIABLE, RawTrace, Reader, TRACE_VARIABLE, TextEntry};

use super::deadline::Deadline;
use super::output::Stream;
use super::stillness::Stillness;
use super::supervisor::{self, End, Limit, Notice, Order};
use super::watch::Watch;
use super::{Ending, Settings, tree};
use crate::Result;
use crate::build::Program;
use crate::course::Bilingual;
use crate::error::{Doing, Error};

/// The numbers under which a program finds what the grader hands to it.
pub(super) const TRACE_NUMBER: i32 = 3;
pub(super) const RESULTS_NUMBER: i32 = 4;
/// How often to look whether anybody can go on.
pub(super) const LOOK_EVERY_MILLISECONDS: u8 = 10;
/// Results beyond this are not read.
const MOST_RESULT_BYTES: usize = 4 << 20;

/// What a run left behind, still raw.
pub(super) struct Remains {
    pub(super) ending: Ending,
    pub(super) end: End,
    /// Standard output: pid of the writer, and text.
    pub(super) output: Vec<(u32, String)>,
    pub(super) errors: Vec<(u32, String)>,
    pub(super) trace: RawTrace,
    /// The texts of the trace, when there are some that have not been read.
    pub(super) new_texts: Option<Vec<Option<TextEntry>>>,
    pub(super) results: Vec<u8>,
    pub(super) wall_time: Duration,
    /// Monotonic nanoseconds at which the run was given up, to tell how long somebody had waited.
    pub(super) stopped_at: u64,
}

/// Runs the program once.
pub(super) fn launch(program: &Program, args: &[String], settings: &Settings) -> Result<Remains> {
    let mut trace = Reader::new(trace_file()?);
    let results = File::from(memory_file(c"resultados")?);
    let (output, output_end) = Stream::open()?;
    let (errors, errors_end) = Stream::open()?;
    let order = order(program, args, settings, environment(settings));
    let begun = Instant::now();
    let handed = vec![(share(trace.file())?, TRACE_NUMBER), (share(&results)?, RESULTS_NUMBER)];
    let (control, supervisor) = start_supervisor(&order, output_end, errors_end, handed)?;
    let (limit, still_for) = (settings.wall_limit, settings.still_for);
    let mut session =
        Session { control, supervisor, output, errors, trace: &mut trace, begun, limit, still_for };
    let (ending, end, stopped_at) = session.follow()?;
    let wall_time = begun.elapsed();
    session.output.drain();
    session.errors.drain();
    let (output, errors) = (session.output.take(), session.errors.take());
    Ok(Remains {
        ending,
        end,
        output,
        errors,
        trace: trace.read().map_err(unreadable)?,
        new_texts: trace.new_texts().map_err(unreadable)?,
        results: read_results(&results)?,
        wall_time,
        stopped_at,
    })
}

/// What a supervisor is told to run.
pub(super) fn order(
    program: &Program,
    args: &[String],
    settings: &Settings,
    environment: BTreeMap<String, String>,
) -> Order {
    Order {
        program: program.path.clone(),
        args: args.to_vec(),
        environment,
        cpu_limit: settings.cpu_limit,
        serves: false,
        memory_bytes: settings.memory_limit,
        processes: settings.process_limit,
    }
}

pub(super) fn share(file: &File) -> Result<OwnedFd> {
    file.as_fd().try_clone_to_owned().map_err(|e| Error::io(Doing::Start, "memfd", e))
}

/// What a program finds in its environment, and nothing else.
pub(super) fn environment(settings: &Settings) -> BTreeMap<String, String> {
    [
        ("PATH", "/usr/bin:/bin".to_owned()),
        ("LANG", "C.UTF-8".to_owned()),
        (LANGUAGE_VARIABLE, settings.language.code().to_owned()),
        (TRACE_VARIABLE, TRACE_NUMBER.to_string()),
        (RESULTS_VARIABLE, RESULTS_NUMBER.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

pub(super) fn memory_file(name: &std::ffi::CStr) -> Result<OwnedFd> {
    memfd_create(name, MFdFlags::MFD_CLOEXEC).map_err(|e| Error::io(Doing::MakeFolder, "memfd", e.into()))
}

/// An empty trace region.
pub(super) fn trace_file() -> Result<File> {
    let file = File::from(memory_file(c"traza")?);
    let failed = |e| Error::io(Doing::Write, "memfd", e);
    file.set_len(layout::REGION_BYTES as u64).map_err(failed)?;
    file.write_all_at(&layout::MAGIC.to_le_bytes(), header::MAGIC as u64).map_err(failed)?;
    file.write_all_at(&layout::VERSION.to_le_bytes(), header::VERSION as u64).map_err(failed)?;
    Ok(file)
}

pub(super) fn unreadable(error: std::io::Error) -> Error {
    Error::io(Doing::Read, "memfd", error)
}

pub(super) fn read_results(file: &File) -> Result<Vec<u8>> {
    let failed = |e| Error::io(Doing::Read, "memfd", e);
    let length = usize::try_from(file.metadata().map_err(failed)?.len()).unwrap_or(usize::MAX);
    let mut bytes = vec![0; length.min(MOST_RESULT_BYTES)];
    file.read_exact_at(&mut bytes, 0).map_err(failed)?;
    Ok(bytes)
}

/// Starts a supervisor; `handed` are the descriptors that the program gets, with their numbers there.
pub(super) fn start_supervisor(
    order: &Order,
    output: OwnedFd,
    errors: OwnedFd,
    handed: Vec<(OwnedFd, i32)>,
) -> Result<(UnixStream, Child)> {
    let failed = |e| Error::io(Doing::Start, supervisor::ARGUMENT, e);
    let (ours, theirs) = UnixStream::pair().map_err(failed)?;
    let order = serde_json::to_string(order).map_err(|e| failed(e.into()))?;
    let mappings =
        handed.into_iter().map(|(parent_fd, child_fd)| FdMapping { parent_fd, child_fd }).collect();
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command
        .args([supervisor::ARGUMENT, &order])
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::from(output))
        .stderr(Stdio::from(errors));
    command.fd_mappings(mappings).map_err(|e| failed(std::io::Error::other(e)))?;
    Ok((ours, command.spawn().map_err(failed)?))
}

/// A run under way.
struct Session<'a> {
    control: UnixStream,
    supervisor: Child,
    output: Stream,
    errors: Stream,
    trace: &'a mut Reader,
    begun: Instant,
    limit: Duration,
    still_for: Duration,
}

impl Session<'_> {
    /// Follows the run to its end, ending it when nobody can go on or a limit is reached.
    fn follow(&mut self) -> Result<(Ending, End, u64)> {
        let mut watch = Watch::default();
        let mut stillness = Stillness::new(self.still_for, self.begun);
        let mut deadline = Deadline::new(self.limit);
        let stopped = loop {
            if self.wait_a_little()? {
                break None;
            }
            let flooded = !self.take_output();
            if flooded {
                break Some(Ending::OutputLimit);
            }
            let (records, now) = (self.trace.processes().map_err(unreadable)?, Instant::now());
            if watch.nobody_can_go_on(&records, now) {
                break Some(Ending::NoProgress);
            }
            if stillness.reached(self.supervisor.id(), &records, now) {
                break Some(Ending::Still);
            }
            if deadline.passed(self.begun.elapsed(), || tree::cpu_time_below(self.supervisor.id())) {
                break Some(Ending::WallLimit);
            }
        };
        let stopped_at = monotonic_nanos();
        if let Some(ending) = stopped {
            // A supervisor that is gone already has nothing left to end.
            let _ = self.control.write_all(&[supervisor::word_to_end(ending)]);
        }
        let end = self.last_word()?;
        let by_itself = || match (end.limit, end.code, end.signal) {
            (Some(Limit::Memory), ..) => Ending::MemoryLimit,
            (Some(Limit::Processes), ..) => Ending::ProcessLimit,
            (Some(Limit::Cpu(_)), ..) => Ending::CpuLimit,
            (None, Some(code), _) => Ending::Exited(code),
            (None, None, signal) => Ending::Signalled(signal.unwrap_or(0)),
        };
        Ok((stopped.unwrap_or_else(by_itself), end, stopped_at))
    }

    /// Waits for news or a short time; true when the supervisor has spoken.
    fn wait_a_little(&self) -> Result<bool> {
        let mut polled = [
            PollFd::new(self.control.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.output.descriptor().as_fd(), PollFlags::POLLIN),
            PollFd::new(self.errors.descriptor().as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut polled, PollTimeout::from(LOOK_EVERY_MILLISECONDS)) {
            Ok(_) => Ok(polled[0].any().unwrap_or(false)),
            Err(Errno::EINTR) => Ok(false),
            Err(error) => Err(Error::io(Doing::Read, "poll", error.into())),
        }
    }

    /// Takes what was written; false when it is too much.
    fn take_output(&mut self) -> bool {
        self.output.drain();
        self.errors.drain();
        !self.output.overflowed() && !self.errors.overflowed()
    }

    /// What the supervisor says last.
    fn last_word(&mut self) -> Result<End> {
        let failed = |e| Error::io(Doing::Start, supervisor::ARGUMENT, e);
        let mut line = String::new();
        BufReader::new(&self.control).read_line(&mut line).map_err(failed)?;
        self.supervisor.wait().map_err(failed)?;
        match serde_json::from_str(&line) {
            Ok(Notice::Ended(end)) => Ok(end),
            Ok(Notice::NotStarted(why)) => Err(not_started(&why)),
            Err(error) => Err(not_started(&error.to_string())),
        }
    }
}

pub(super) fn not_started(why: &str) -> Error {
    Error::fault(Bilingual {
        es: format!("el programa no se pudo ejecutar: {why}"),
        en: format!("the program could not be run: {why}"),
    })
}

pub(super) fn monotonic_nanos() -> u64 {
    let now =
        nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC).map(Duration::from).unwrap_or_default();
    u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
}
