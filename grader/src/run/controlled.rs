//! A program under control: started once, then one execution for every order.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use procesos_schedule::{CONTROL_VARIABLE, Fault, Order, Report, Stop, path_of};
use procesos_trace::Reader;

use super::deadline::Deadline;
use super::launch::{self, Remains};
use super::output::Stream;
use super::read::Texts;
use super::stillness::Stillness;
use super::supervisor::{self, End, Limit, Notice};
use super::symbols::Symbols;
use super::tree;
use super::{Ending, Run, Settings, observe};
use crate::Result;
use crate::build::Program;
use crate::error::{Doing, Error};

/// The number under which a program finds its control socket.
const CONTROL_NUMBER: i32 = 5;

/// How much later than the system the supervisor looks to the CPU time: after the system's limit the execution still
/// reports how its processes took turns; the supervisor's is for a process that ignores that one.
const SYSTEM_FIRST: Duration = Duration::from_millis(500);

/// A program that serves executions.
#[derive(Debug)]
pub struct Controlled<'a> {
    texts: Texts<'a>,
    settings: Settings,
    session: Session,
}

/// One execution: what was seen, and how its processes took turns.
#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    /// What was seen, as of any run.
    pub run: Run,
    /// How its processes took turns; `None` when the program was ended from outside (a limit of the whole tree).
    pub report: Option<Report>,
    /// The process that was to be killed, and before which of its steps.
    pub fault: Option<Fault>,
}

#[derive(Debug)]
struct Session {
    supervisor: Child,
    supervision: UnixStream,
    server: BufReader<UnixStream>,
    output: Stream,
    errors: Stream,
    trace: Reader,
    results: File,
}

impl<'a> Controlled<'a> {
    /// Starts a program; no execution has begun.
    ///
    /// # Errors
    /// When the grader cannot start it.
    pub fn start(
        program: &Program,
        symbols: &'a Symbols,
        args: &[String],
        settings: &Settings,
    ) -> Result<Self> {
        // The system keeps the limit of CPU time here, in whole seconds.
        let cpu_limit = Duration::from_secs(settings.cpu_limit.as_secs().max(1));
        let settings = Settings { cpu_limit, ..*settings };
        let session = Session::start(program, args, &settings)?;
        Ok(Self { texts: Texts::new(symbols), settings, session })
    }

    /// Runs one execution.
    ///
    /// # Errors
    /// When the program does not serve: an error of the grader, whatever the exercise's code does is part of the [`Run`]. After
    /// an execution without a report no other can be run.
    pub fn execute(&mut self, order: &Order) -> Result<Execution> {
        let begun = Instant::now();
        let session = &mut self.session;
        session.give(&Order { cpu_seconds: self.settings.cpu_limit.as_secs(), ..order.clone() })?;
        let news = session.follow(begun, &self.settings)?;
        session.output.drain();
        session.errors.drain();
        let (ending, end, report) = match news {
            News::Report(report) => {
                let cpu_milliseconds = i64::try_from(report.cpu_milliseconds).unwrap_or(i64::MAX);
                let end = End { leftovers: report.leftovers.clone(), cpu_milliseconds, ..End::default() };
                (ending_of(&report), end, Some(report))
            }
            News::Ended(ending, end) => (ending, end, None),
        };
        let remains = Remains {
            ending,
            end,
            output: session.output.take(),
            errors: session.errors.take(),
            trace: session.trace.read().map_err(launch::unreadable)?,
            new_texts: session.trace.new_texts().map_err(launch::unreadable)?,
            results: launch::read_results(&session.results)?,
            wall_time: begun.elapsed(),
            stopped_at: report.as_ref().map_or(0, |report| report.now),
        };
        let mut run = observe(remains, &mut self.texts, &self.settings);
        let victim = |fault: Fault| {
            run.trace.processes.iter().position(|process| path_of(&process.path) == fault.process)
        };
        run.killed = order.fault.and_then(victim);
        Ok(Execution { run, report, fault: order.fault })
    }
}

fn ending_of(report: &Report) -> Ending {
    match report.stop {
        Stop::Finished => match (report.code, report.signal) {
            (Some(code), _) => Ending::Exited(code),
            (None, signal) => Ending::Signalled(signal.unwrap_or(0)),
        },
        Stop::Deadlock => Ending::NoProgress,
        Stop::Livelock => Ending::Livelock,
        Stop::TooLong => Ending::TooLong,
        Stop::Threads => Ending::Threads,
        Stop::TooManyProcesses => Ending::ProcessLimit,
        Stop::CpuTime => Ending::CpuLimit,
    }
}

/// What came of an execution.
enum News {
    Report(Report),
    /// The whole program was ended.
    Ended(Ending, End),
}

impl Session {
    fn start(program: &Program, args: &[String], settings: &Settings) -> Result<Self> {
        let failed = |e| Error::io(Doing::Start, "socketpair", e);
        let trace = Reader::new(launch::trace_file()?);
        let results = File::from(launch::memory_file(c"resultados")?);
        let (output, output_end) = Stream::open()?;
        let (errors, errors_end) = Stream::open()?;
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        let mut environment = launch::environment(settings);
        environment.insert(CONTROL_VARIABLE.to_owned(), CONTROL_NUMBER.to_string());
        let order = launch::order(program, args, settings, environment);
        let handed = vec![
            (launch::share(trace.file())?, launch::TRACE_NUMBER),
            (launch::share(&results)?, launch::RESULTS_NUMBER),
            (OwnedFd::from(theirs), CONTROL_NUMBER),
        ];
        let order = supervisor::Order { cpu_limit: order.cpu_limit + SYSTEM_FIRST, serves: true, ..order };
        let (supervision, supervisor) = launch::start_supervisor(&order, output_end, errors_end, handed)?;
        Ok(Self { supervisor, supervision, server: BufReader::new(ours), output, errors, trace, results })
    }

    /// Orders an execution.
    fn give(&mut self, order: &Order) -> Result<()> {
        let failed = |e| Error::io(Doing::Write, "socket", e);
        self.results.set_len(0).map_err(failed)?;
        self.results.rewind().map_err(failed)?;
        let mut line = serde_json::to_vec(order).map_err(|e| failed(e.into()))?;
        line.push(b'\n');
        // A program that is gone is told by its supervisor.
        let _ = self.server.get_mut().write_all(&line);
        Ok(())
    }

    /// Follows an execution to its end.
    fn follow(&mut self, begun: Instant, settings: &Settings) -> Result<News> {
        let mut stillness = Stillness::new(settings.still_for, begun);
        let mut deadline = Deadline::new(settings.wall_limit);
        loop {
            let mut polled = [
                PollFd::new(self.server.get_ref().as_fd(), PollFlags::POLLIN),
                PollFd::new(self.supervision.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.output.descriptor().as_fd(), PollFlags::POLLIN),
                PollFd::new(self.errors.descriptor().as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut polled, PollTimeout::from(launch::LOOK_EVERY_MILLISECONDS)) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(Error::io(Doing::Read, "poll", error.into())),
            }
            let [served, supervised, ..] = polled.map(|fd| fd.any().unwrap_or(false));
            if served {
                let mut line = String::new();
                let length = self.server.read_line(&mut line).unwrap_or(0);
                if let Ok(report) = serde_json::from_str(&line) {
                    return Ok(News::Report(report));
                }
                if length > 0 {
                    return Err(launch::not_started(&line));
                }
            }
            if supervised || served {
                return self.last_word(None);
            }
            self.output.drain();
            self.errors.drain();
            if self.output.overflowed() || self.errors.overflowed() {
                return self.last_word(Some(Ending::OutputLimit));
            }
            if deadline.passed(begun.elapsed(), || tree::cpu_time_below(self.server())) {
                return self.last_word(Some(Ending::WallLimit));
            }
            if stillness.is_due(Instant::now()) {
                let records = self.trace.processes().map_err(launch::unreadable)?;
                if stillness.reached(self.server(), &records, Instant::now()) {
                    return self.last_word(Some(Ending::Still));
                }
            }
        }
    }

    /// The process that serves: below it are those of the execution.
    fn server(&self) -> u32 {
        tree::children(self.supervisor.id()).first().copied().unwrap_or_default()
    }

    /// Ends the program, if it is not ended yet, and listens to the supervisor's last word.
    fn last_word(&mut self, stopped: Option<Ending>) -> Result<News> {
        let failed = |e| Error::io(Doing::Read, "socket", e);
        if let Some(ending) = stopped {
            // A supervisor that is gone already has nothing left to end.
            let _ = self.supervision.write_all(&[supervisor::word_to_end(ending)]);
        }
        let mut line = String::new();
        BufReader::new(&self.supervision).read_line(&mut line).map_err(failed)?;
        match serde_json::from_str(&line) {
            Ok(Notice::Ended(end)) => {
                let ending = stopped.or(match end.limit {
                    Some(Limit::Memory) => Some(Ending::MemoryLimit),
                    Some(Limit::Processes) => Some(Ending::ProcessLimit),
                    Some(Limit::Cpu(_)) => Some(Ending::CpuLimit),
                    None => None,
                });
                ending.map(|ending| News::Ended(ending, end)).ok_or_else(|| launch::not_started("-"))
            }
            Ok(Notice::NotStarted(why)) => Err(launch::not_started(&why)),
            Err(error) => Err(launch::not_started(&error.to_string())),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The supervisor ends the program when it hears this, or nothing any more. Both may be gone already.
        let _ = self.supervision.write_all(&[supervisor::END]);
        let _ = self.supervisor.wait();
    }
}
