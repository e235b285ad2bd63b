//! The controller: starts a program that serves executions, orders them, and reads what they recorded.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use procesos_schedule::{CONTROL_VARIABLE, Kind, Order, Report, Segment};
use procesos_trace::layout::{self, header};
use procesos_trace::{Event, LANGUAGE_VARIABLE, Op, RawTrace, Reader, TRACE_VARIABLE};
use tempfile::TempDir;

/// The environment variable that names the program to be.
pub(crate) const VARIABLE: &str = "PROCESOS_TEST_PROGRAM";
/// No execution here takes a hundredth of this on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that serves executions.
pub(crate) struct Controller {
    server: Child,
    socket: BufReader<UnixStream>,
    trace: Reader,
    folder: TempDir,
}

/// What came of an execution.
#[derive(Debug)]
pub(crate) struct Execution {
    pub(crate) report: Report,
    pub(crate) trace: RawTrace,
    pub(crate) took: Duration,
}

/// Lets the program inherit a descriptor, and says its number.
fn inherited(descriptor: &OwnedFd) -> String {
    fcntl(descriptor, FcntlArg::F_SETFD(FdFlag::empty())).expect("an open descriptor has flags");
    descriptor.as_raw_fd().to_string()
}

fn region() -> File {
    let file = File::from(memfd_create(c"trace", MFdFlags::MFD_CLOEXEC).expect("memory for the trace"));
    file.set_len(layout::REGION_BYTES as u64).expect("memory for the trace");
    file.write_all_at(&layout::MAGIC.to_le_bytes(), header::MAGIC as u64).expect("memory for the trace");
    file.write_all_at(&layout::VERSION.to_le_bytes(), header::VERSION as u64).expect("memory for the trace");
    file
}

impl Controller {
    pub(crate) fn start(program: &str) -> Self {
        let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
        ours.set_read_timeout(Some(PATIENCE)).expect("a socket has a time limit");
        let theirs = OwnedFd::from(theirs);
        let trace = region();
        let handed = OwnedFd::from(trace.try_clone().expect("the trace is open"));
        // The program empties the folder that it is in.
        let folder = TempDir::new().expect("a folder for the program");
        let server = Command::new(std::env::current_exe().expect("this binary"))
            .env(VARIABLE, program)
            .env(CONTROL_VARIABLE, inherited(&theirs))
            .env(TRACE_VARIABLE, inherited(&handed))
            .env(LANGUAGE_VARIABLE, "en")
            .env_remove("RUST_BACKTRACE")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this binary starts again");
        Self { server, socket: BufReader::new(ours), trace: Reader::new(trace), folder }
    }

    /// Runs an execution.
    pub(crate) fn execute(&mut self, order: &Order) -> Execution {
        let begun = Instant::now();
        let mut line = serde_json::to_vec(order).expect("an order is JSON");
        line.push(b'\n');
        self.socket.get_mut().write_all(&line).expect("the server listens");
        let mut answer = String::new();
        self.socket.read_line(&mut answer).expect("the server answers in time");
        let took = begun.elapsed();
        let report = serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{e}: {answer:?}"));
        let trace = self.trace.read().expect("the trace is whole");
        Execution { report, trace, took }
    }

    /// The system's id of the server.
    pub(crate) fn server_pid(&self) -> u32 {
        self.server.id()
    }

    /// Names of what is in the program's folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = self.folder.path().read_dir().expect("the folder is there").flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    /// Hangs up, and waits for the server's end.
    pub(crate) fn hang_up(mut self) -> ExitStatus {
        self.socket.get_ref().shutdown(std::net::Shutdown::Both).expect("the socket is open");
        self.server.wait().expect("the server is our child")
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        // Both may have ended already, which is what is wanted.
        let _ = self.socket.get_ref().shutdown(std::net::Shutdown::Both);
        let _ = self.server.wait();
    }
}

impl Execution {
    /// The events of the process in `slot`.
    pub(crate) fn events(&self, slot: usize) -> &[Event] {
        self.trace.events.get(slot).map(Vec::as_slice).unwrap_or_default()
    }

    /// The events of one operation of the process in `slot`.
    pub(crate) fn of(&self, slot: usize, op: Op) -> Vec<Event> {
        self.events(slot).iter().filter(|event| event.op == op as u8).copied().collect()
    }

    /// How the children of the first process ended, by slot, as its joins learnt it.
    pub(crate) fn joined(&self) -> Vec<(u64, i64)> {
        self.of(0, Op::Join).iter().map(|event| (event.value, event.extra.cast_signed())).collect()
    }

    /// Everything that does not differ between executions in the same order, by process: not the places, whose entries
    /// are numbered by who came first, and not the pids.
    pub(crate) fn story(&self) -> Vec<Vec<Event>> {
        let told = |event: &Event| Event { place: 0, label: 0, ..*event };
        self.trace.events.iter().map(|events| events.iter().map(told).collect()).collect()
    }
}

/// An order that is only this strategy with this seed.
pub(crate) fn order(strategy: Kind, seed: u64) -> Order {
    Order::new(strategy, seed)
}

/// The order that repeats `picks`.
pub(crate) fn plan(picks: &[Segment]) -> Order {
    Order { plan: picks.to_vec(), ..Order::new(Kind::Plan, 0) }
}

/// Waits until `holds`, which is a matter of milliseconds; false when it does not in a long time.
pub(crate) fn soon(holds: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while !holds() {
        if begun.elapsed() > PATIENCE {
            return false;
        }
        std::thread::yield_now();
    }
    true
}
