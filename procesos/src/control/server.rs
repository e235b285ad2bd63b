//! The server: forks an execution for every order of the grader, watches it, and leaves nothing of it.
//!
//! It is the program itself, before any of the exercise's code has run. It is the subreaper of its executions, so it ends
//! and reaps whatever they leave. It holds the token whenever no process can: at an end, at a crash, while everybody
//! waits for something outside.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use nix::errno::Errno;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::prctl::set_child_subreaper;
use nix::sys::resource::{Resource, UsageWho, getrusage, setrlimit};
use nix::sys::signal::{Signal, kill};
use nix::sys::time::TimeSpec;
use nix::sys::time::TimeValLike;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::{Pid, setpgid};
use procesos_schedule::{
    CONTROL_VARIABLE, Choice, Leftover, MAX_PROCESSES, Order, Report, State, Status, Stop,
};

use super::execution::Execution;
use super::region::{Call, Region, SERVER, choose};
use crate::error::{Error, Result};
use crate::recorder;
use crate::sys::{self, Forked};

/// Without a call, the server looks this often whether an execution still moves.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// How long the death of a process that announced it may take before the server goes on looking as usual.
const DEATH_WITHIN: u16 = 1_000;
/// Looks at a process asleep outside the library before the others go on without it.
const LOOKS_ASLEEP: u32 = 3;
/// The same where it has several threads: a busy machine may have had no time for the one that computes.
const LOOKS_ASLEEP_WITH_THREADS: u32 = 10;
/// Executions on one processor before the system may choose another: two graders side by side shall not share one for ever.
const STAYS_FOR: usize = 16;
/// How long to wait between two rounds of ending what an execution left.
const ROUND: Duration = Duration::from_micros(200);

/// What a program is after [`Server::serve`] returns.
#[derive(Debug)]
pub(crate) enum Role {
    /// The first process of an execution: it runs the program.
    Execution,
    /// The server, whose grader is gone.
    Done,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Server {
    socket: UnixStream,
    region: &'static Region,
    processors: CpuSet,
}

impl Server {
    /// The server that a grader asked this program to be, if it did.
    pub(crate) fn adopt() -> Option<Self> {
        let number = std::env::var(CONTROL_VARIABLE).ok()?.parse().ok()?;
        sys::remove_variable(CONTROL_VARIABLE);
        let socket = UnixStream::from(std::os::fd::OwnedFd::from(sys::adopt_descriptor(number)?));
        let region = Box::leak(Box::new(Region::new().ok()?));
        // Without the system's word it is pinned to nothing, which costs only time.
        let processors = sched_getaffinity(Pid::from_raw(0)).unwrap_or_default();
        Some(Self { socket, region, processors })
    }

    /// Serves executions until the grader is gone. Returns once in every execution, too: as its first process.
    ///
    /// # Errors
    /// When the system refuses what a server needs.
    pub(crate) fn serve(self) -> Result<Role> {
        let failed = |error: io::Error| Error::system("program", error);
        set_child_subreaper(true).map_err(|e| failed(e.into()))?;
        // What is found once by asking is found here, or every execution would ask anew.
        let _ =
            (sys::monotonic_nanos(), sys::thread_count(), sys::return_addresses(&mut [0; sys::MAX_FRAMES]));
        let orders = BufReader::new(self.socket.try_clone().map_err(failed)?);
        for (served, line) in orders.lines().enumerate() {
            if served.is_multiple_of(STAYS_FOR) {
                pin_to_one_processor();
            }
            let Ok(order) =
                line.and_then(|line| serde_json::from_str::<Order>(&line).map_err(io::Error::from))
            else {
                break;
            };
            recorder::reset();
            let state = State::new(&order);
            self.region.begin(&state);
            match sys::fork().map_err(failed)? {
                Forked::Child => {
                    self.become_first(order);
                    return Ok(Role::Execution);
                }
                Forked::Parent(pid) => {
                    let report = Watch::new(self.region, &order, pid).follow();
                    let mut line = serde_json::to_vec(&report).map_err(|e| Error::json(&e))?;
                    line.push(b'\n');
                    if (served + 1).is_multiple_of(STAYS_FOR) {
                        // Whoever sends the next order wakes this process where the system has room for it.
                        let _ = sched_setaffinity(Pid::from_raw(0), &self.processors);
                    }
                    if (&self.socket).write_all(&line).is_err() {
                        break;
                    }
                }
            }
        }
        Ok(Role::Done)
    }

    fn become_first(self, order: Order) {
        // A group of its own, so that what it leaves can be ended at once. None of these fails for a fresh child.
        let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
        let _ = setrlimit(Resource::RLIMIT_CPU, order.cpu_seconds, order.cpu_seconds + 1);
        crate::identity::become_child(0);
        recorder::become_child();
        recorder::confirm_process(0, crate::identity::home());
        self.region.set_pid(0, crate::identity::home());
        Execution::begin(self.region, order, self.processors);
    }
}

/// Keeps this process and everything forked from it on the processor that it runs on: handing over is then a mere switch.
fn pin_to_one_processor() {
    let mut one = CpuSet::new();
    if sys::current_processor().is_some_and(|number| one.set(number).is_ok()) {
        // Refused by some containers: it then costs time, nothing else.
        let _ = sched_setaffinity(Pid::from_raw(0), &one);
    }
}

/// A holder of the token that does nothing.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Quiet {
    slot: usize,
    /// How often the state had been touched.
    touched: u64,
    /// Its CPU time.
    cpu: Option<TimeSpec>,
    /// Looks in a row that saw the same.
    looks: u32,
}

/// An execution under way.
struct Watch<'a> {
    region: &'static Region,
    order: &'a Order,
    root: Pid,
    /// How the first process ended.
    status: Option<WaitStatus>,
    /// CPU time of all executions before this one.
    cpu_before: u64,
    /// What the last looks at the holder saw.
    quiet: Quiet,
}

impl<'a> Watch<'a> {
    fn new(region: &'static Region, order: &'a Order, pid: u32) -> Self {
        region.set_pid(0, pid);
        Self {
            region,
            order,
            root: Pid::from_raw(pid.cast_signed()),
            status: None,
            cpu_before: cpu_milliseconds(),
            quiet: Quiet::default(),
        }
    }

    /// Watches it to its end, and leaves nothing of it.
    fn follow(mut self) -> Report {
        let stop = loop {
            let stopped = match self.region.wait_for_call(LOOK_EVERY) {
                Some(Call::Stop(stop)) => Some(stop),
                Some(Call::Look) => self.look_at_end(),
                None => self.look(),
            };
            if let Some(stop) = stopped {
                break stop;
            }
        };
        let stop = self.explained(stop);
        if stop != Stop::Finished {
            self.stop_holder();
        }
        self.region.take_token();
        let state = self.region.with_state(SERVER, |state| *state);
        let leftovers = if self.status.is_some() { self.leftovers(&state) } else { Vec::new() };
        self.end_everything(&state);
        empty_work_folder();
        Report {
            stop,
            code: match self.status {
                Some(WaitStatus::Exited(_, code)) => Some(code),
                _ => None,
            },
            signal: match self.status {
                Some(WaitStatus::Signaled(_, signal, _)) => Some(signal as i32),
                _ => None,
            },
            leftovers,
            picks: self.region.picks(&state),
            steps: state.steps,
            choices: state.choices,
            cpu_milliseconds: cpu_milliseconds().saturating_sub(self.cpu_before),
            now: state.now,
            external: state.external != 0,
            early_timer: state.early_timer != 0,
            deviated: state.deviated != 0,
            time_mattered: state.time_mattered != 0 || self.region.time_mattered(),
        }
    }

    /// Where nobody can go on, a thread that has not operated yet may be about to: then it is a matter of threads.
    fn explained(&self, stop: Stop) -> Stop {
        if !matches!(stop, Stop::Deadlock | Stop::Livelock) {
            return stop;
        }
        let pids = (0..MAX_PROCESSES).map(|slot| self.region.pid(slot)).filter(|pid| *pid != 0);
        let threads = pids.filter_map(stat_of).any(|stat| stat.state != 'Z' && stat.threads > 1);
        if threads { Stop::Threads } else { stop }
    }

    /// Ends the holder of the token, which may still run: another thread of it may have called.
    fn stop_holder(&self) {
        let Some(pid) = self.region.holder_slot().map(|slot| self.region.pid(slot)).filter(|pid| *pid != 0)
        else {
            return;
        };
        let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL);
        sys::wait_for_death(pid, DEATH_WITHIN);
    }

    /// The holder said that it is about to end: waits for that, then lets the others go on.
    fn look_at_end(&mut self) -> Option<Stop> {
        let slot = self.region.holder_slot()?;
        if sys::wait_for_death(self.region.pid(slot), DEATH_WITHIN) { self.ended(slot) } else { None }
    }

    /// Nobody has called: looks whether the holder of the token still is what it was.
    fn look(&mut self) -> Option<Stop> {
        let Some(slot) = self.region.holder_slot() else {
            // Everybody waits for somebody outside, who may have ended there.
            self.bury_outsiders();
            return self.choose();
        };
        let pid = self.region.pid(slot);
        if pid == 0 {
            return None;
        }
        if sys::wait_for_death(pid, 0) {
            // One that handed the token on before it was killed is not the holder any more.
            return if self.region.holds(slot) { self.ended(slot) } else { None };
        }
        if self.region.is_inside() {
            self.quiet.looks = 0;
            return None;
        }
        let now = Quiet { slot, touched: self.region.times_touched(), cpu: cpu_time_of(pid), looks: 1 };
        self.quiet = if (Quiet { looks: 1, ..self.quiet }) == now {
            Quiet { looks: self.quiet.looks + 1, ..now }
        } else {
            now
        };
        if self.quiet.looks < LOOKS_ASLEEP || !sleeps(pid, self.quiet.looks) {
            return None;
        }
        self.quiet.looks = 0;
        if !self.region.take_token_from(slot, now.touched) {
            return None;
        }
        self.region.with_state(SERVER, |state| state.leave(slot));
        self.choose()
    }

    /// Those outside who have ended there.
    fn bury_outsiders(&mut self) {
        let outside: Vec<usize> =
            self.region.with_state(SERVER, |state| state.with(Status::External).collect());
        for slot in outside {
            if sys::wait_for_death(self.region.pid(slot), 0) {
                self.bury(slot);
            }
        }
    }

    /// The process in `slot` has ended while it held the token.
    fn ended(&mut self, slot: usize) -> Option<Stop> {
        self.region.take_token();
        // It may have called when its end had been seen already.
        self.region.forget_look();
        self.bury(slot);
        // The others may only take as long: what they do is no more to be seen.
        if recorder::was_stopped(slot) { Some(Stop::CpuTime) } else { self.choose() }
    }

    fn bury(&mut self, slot: usize) {
        if slot == 0 {
            self.status = waitpid(self.root, None).ok();
        }
        self.region.with_state(SERVER, |state| state.end(slot));
    }

    fn choose(&mut self) -> Option<Stop> {
        match self.region.with_state(SERVER, |state| choose(self.region, state, self.order)) {
            Choice::Run(slot) => self.region.hand_to(SERVER, slot),
            Choice::Wait => {}
            Choice::Stop(stop) => return Some(stop),
        }
        None
    }

    /// Processes that are there although the first one has ended.
    fn leftovers(&self, state: &State) -> Vec<Leftover> {
        // What the library did not start has been adopted by the server, if it is there at all.
        let adopted = children_of_this_process().into_iter().map(i32::cast_unsigned);
        let known =
            (0..MAX_PROCESSES).filter(|slot| !state.has_ended(*slot)).map(|slot| self.region.pid(slot));
        let mut left: Vec<u32> = known.chain(adopted).filter(|pid| *pid != 0).collect();
        left.sort_unstable();
        left.dedup();
        left.into_iter().map(leftover).collect()
    }

    /// Ends and reaps everything below the server, however it got there.
    fn end_everything(&mut self, state: &State) {
        let group = Pid::from_raw(-self.root.as_raw());
        let _ = kill(group, Signal::SIGKILL);
        for pid in (0..MAX_PROCESSES).filter(|slot| !state.has_ended(*slot)).map(|slot| self.region.pid(slot))
        {
            if pid != 0 {
                let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL);
            }
        }
        let mut rounds = 0;
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) => {
                    rounds += 1;
                    if rounds > 5 {
                        for pid in children_of_this_process() {
                            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
                        }
                    }
                    sys::nap(ROUND);
                }
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => return,
            }
        }
    }
}

/// What had become of a process. How it ended is known of the server's own children.
fn leftover(pid: u32) -> Leftover {
    let running = !sys::wait_for_death(pid, 0);
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    let code = match waitid(Id::Pid(Pid::from_raw(pid.cast_signed())), flags) {
        Ok(WaitStatus::Exited(_, code)) => Some(code),
        Ok(WaitStatus::Signaled(_, signal, _)) => Some(-(signal as i32)),
        _ => None,
    };
    Leftover { pid, running, code: code.filter(|_| !running) }
}

/// Children of the server, adopted ones included; with the system's word first, which is quicker where there are none.
fn children_of_this_process() -> Vec<i32> {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    if waitid(Id::All, flags) == Err(Errno::ECHILD) {
        return Vec::new();
    }
    let own = std::process::id();
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| stat_of(*pid).is_some_and(|stat| stat.parent == own)).map(u32::cast_signed).collect()
}

/// What the kernel tells of a process.
struct Stat {
    state: char,
    parent: u32,
    threads: u32,
}

/// Whether every thread of a process sleeps, by the kernel's word, when so many looks have seen it do nothing.
///
/// Asked only where its CPU time has stood still for a while: what is looked at in a process's folder, and all the more in
/// those of its threads, the kernel has to clear away when they end, which was seen to take it seconds of CPU time.
fn sleeps(pid: u32, looks: u32) -> bool {
    let Some(stat) = stat_of(pid).filter(|stat| stat.state == 'S') else { return false };
    if stat.threads == 1 {
        return true;
    }
    if looks < LOOKS_ASLEEP_WITH_THREADS {
        return false;
    }
    // Where the system does not list them, the first one stands for all.
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return true };
    threads.flatten().all(|thread| {
        let text = fs::read_to_string(thread.path().join("stat"));
        text.is_ok_and(|text| Stat::read(&text).is_some_and(|stat| stat.state == 'S'))
    })
}

/// CPU time of a process with all its threads; `None` where the system does not tell.
fn cpu_time_of(pid: u32) -> Option<TimeSpec> {
    clock_getcpuclockid(Pid::from_raw(pid.cast_signed())).and_then(clock_gettime).ok()
}

/// What the kernel tells of a process; `None` where it says nothing.
fn stat_of(pid: u32) -> Option<Stat> {
    Stat::read(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

impl Stat {
    /// Reads the text of a `stat` file: see proc(5).
    fn read(text: &str) -> Option<Self> {
        // The command in parentheses may hold anything: the fields begin behind the last one.
        let mut fields = text.rsplit(')').next()?.split_whitespace();
        let state = fields.next()?.chars().next()?;
        let parent = fields.next()?.parse().ok()?;
        // The 20th field of all, the first one behind the command being the third.
        let threads = fields.nth(15)?.parse().ok()?;
        Some(Self { state, parent, threads })
    }
}

/// CPU time of everything below the server that was reaped.
fn cpu_milliseconds() -> u64 {
    getrusage(UsageWho::RUSAGE_CHILDREN)
        .map_or(0, |usage| (usage.user_time() + usage.system_time()).num_milliseconds().unsigned_abs())
}

/// Removes what an execution wrote to its folder. The grader made the folder for nothing else.
fn empty_work_folder() {
    let Ok(entries) = fs::read_dir(".") else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let _ = if is_folder(&path) { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
    }
}

fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|about| about.is_dir())
}
