//! What every process of a controlled execution does before, in and after an operation.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use nix::sched::CpuSet;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;
use procesos_schedule::{Choice, MAX_PROCESSES, Order, ROOT, Stop, child_of};
use procesos_trace::layout::process;

use super::region::{LOOK, Region, choose};
use super::shape;
use crate::error::{Kind, Result};
use crate::operate::{Effect, Point, Wait};
use crate::{identity, recorder, sys};

/// The execution that this process belongs to; its server has none.
static EXECUTION: OnceLock<Execution> = OnceLock::new();
/// Whether this process has told the server that it ends.
static HAS_SAID_GOODBYE: AtomicBool = AtomicBool::new(false);
/// Whether this process serves others under control without being under it.
static STANDS_ASIDE: AtomicBool = AtomicBool::new(false);
/// The path of this process: unlike its slot, it does not depend on who started first.
static OWN_PATH: AtomicU64 = AtomicU64::new(ROOT);
/// Nanoseconds that threads beside the first one have slept, as far as they were spared it.
#[cfg(procesos_intercept)]
static SPARED: AtomicU64 = AtomicU64::new(0);
/// A thread beside the first one that sleeps does so really, but no longer than this.
#[cfg(procesos_intercept)]
const LONGEST_NAP: Duration = Duration::from_millis(1);

/// See the module.
#[derive(Debug)]
pub(super) struct Execution {
    region: &'static Region,
    order: Order,
    #[cfg_attr(not(procesos_intercept), expect(dead_code, reason = "only intercepted calls ask for it"))]
    processors: CpuSet,
    /// Real nanoseconds at its beginning.
    #[cfg_attr(not(procesos_intercept), expect(dead_code, reason = "only intercepted calls ask for it"))]
    begun: u64,
}

impl Execution {
    /// In the first process of an execution, right after its fork.
    pub(super) fn begin(region: &'static Region, order: Order, processors: CpuSet) {
        let begun = sys::monotonic_nanos();
        OWN_PATH.store(ROOT, Ordering::Relaxed);
        // The server never begins one for itself, so it is always free here.
        let _ = EXECUTION.set(Self { region, order, processors, begun });
        sys::at_exit(say_goodbye);
    }

    /// The execution that this process belongs to, for any thread.
    #[cfg(procesos_intercept)]
    pub(super) fn of_process() -> Option<&'static Self> {
        Self::of_any()
    }

    fn of_any() -> Option<&'static Self> {
        EXECUTION.get().filter(|_| !STANDS_ASIDE.load(Ordering::Relaxed))
    }

    /// The execution, for the thread that is under control: the only one of its process that operates.
    pub(super) fn current() -> Option<&'static Self> {
        Self::of_any().filter(|_| identity::thread() == identity::home())
    }

    /// The execution, for a thread that operates; one beside the first ends it.
    pub(super) fn operating() -> Option<&'static Self> {
        let execution = Self::of_any()?;
        if identity::thread() != identity::home() {
            execution.region.call(u64::from(Stop::Threads as u32));
            loop {
                // The server ends this process.
                sys::nap(Duration::from_secs(1));
            }
        }
        Some(execution)
    }

    fn slot(&self) -> usize {
        identity::slot()
    }

    #[cfg(procesos_intercept)]
    pub(super) fn processors(&self) -> CpuSet {
        self.processors
    }

    /// The moment of an event: no two are alike.
    pub(super) fn tick(&self) -> u64 {
        self.come_back();
        self.region.with_state(self.slot() as u64, |state| {
            state.now += 1;
            state.now
        })
    }

    /// The time that the program sees; `None` for the library within an operation, whose patience with the system is no matter of
    /// the program's time.
    #[cfg(procesos_intercept)]
    pub(super) fn read_clock(&self) -> Option<u64> {
        self.come_back();
        let of_program = !self.region.is_inside();
        of_program.then(|| self.region.with_state(self.slot() as u64, |state| state.read_clock(self.slot())))
    }

    /// Path of this process.
    #[cfg(procesos_intercept)]
    pub(super) fn own_path() -> u64 {
        OWN_PATH.load(Ordering::Relaxed)
    }

    /// The time that a thread beside the first one sees: it takes no turns, so its time goes by as it really does.
    #[cfg(procesos_intercept)]
    pub(super) fn clock_of_thread(&self) -> u64 {
        self.region.note_time();
        let real = sys::monotonic_nanos() - self.begun;
        self.region.now() + real + SPARED.load(Ordering::Relaxed)
    }

    /// The sleep of a thread beside the first one: the others of its process may wait for it, so it is short.
    #[cfg(procesos_intercept)]
    pub(super) fn sleep_of_thread(&self, time: Duration) {
        self.region.note_time();
        let nap = time.min(LONGEST_NAP);
        sys::nap(nap);
        let spared = u64::try_from((time - nap).as_nanos()).unwrap_or(u64::MAX / 2);
        SPARED.fetch_add(spared, Ordering::Relaxed);
    }

    /// If the others went on without this process, because it waited outside the library: waits for its turn.
    fn come_back(&self) {
        if !self.region.holds(self.slot()) {
            self.region.say_back(self.slot());
            self.region.wait_for_turn(self.slot());
        }
    }

    /// Lets `choice` happen; returns when it is this process's turn.
    fn follow(&self, choice: Choice) {
        let slot = self.slot();
        match choice {
            Choice::Run(chosen) if chosen == slot => return,
            Choice::Run(chosen) => self.region.hand_to(slot as u64, chosen),
            Choice::Wait => self.region.take_token(),
            Choice::Stop(stop) => self.region.call(u64::from(stop as u32)),
        }
        self.region.wait_for_turn(slot);
    }

    pub(super) fn enter_child(&self, slot: usize, pid: u32, ordinal: u32) {
        if slot >= MAX_PROCESSES {
            return self.follow(Choice::Stop(Stop::TooManyProcesses));
        }
        let child = Pid::from_raw(pid.cast_signed());
        self.region.wait_until_settled(slot, || has_died(child));
        self.region.set_pid(slot, pid);
        self.region.with_state(self.slot() as u64, |state| {
            let path = child_of(state.processes[self.slot()].path, ordinal);
            state.begin(slot, path, &self.order);
        });
    }

    pub(super) fn enter_server(&self, slot: usize, pid: u32) {
        if slot >= MAX_PROCESSES {
            return self.follow(Choice::Stop(Stop::TooManyProcesses));
        }
        let child = Pid::from_raw(pid.cast_signed());
        self.region.wait_until_settled(slot, || has_died(child));
        // So that it is ended with the execution, whatever happens.
        self.region.set_pid(slot, pid);
    }

    pub(super) fn forget_server(&self, slot: usize) {
        if slot < MAX_PROCESSES {
            self.region.set_pid(slot, 0);
        }
    }

    pub(super) fn stand_aside(&self) {
        let slot = self.slot();
        STANDS_ASIDE.store(true, Ordering::Relaxed);
        if slot < MAX_PROCESSES {
            self.region.settle(slot);
        }
    }

    pub(super) fn settle(&self) {
        let slot = self.slot();
        if slot < MAX_PROCESSES {
            self.region.settle(slot);
            self.region.wait_for_turn(slot);
            let path = self.region.with_state(slot as u64, |state| state.processes[slot].path);
            OWN_PATH.store(path, Ordering::Relaxed);
        }
    }

    /// This process ends, or is killed, before anything else.
    pub(super) fn say_goodbye(&self) {
        if !HAS_SAID_GOODBYE.swap(true, Ordering::Relaxed) {
            self.come_back();
            self.region.call(LOOK);
        }
    }

    pub(super) fn child_ended(&self, slot: usize, pid: u32) {
        let child = Pid::from_raw(pid.cast_signed());
        // Nobody blocks the signal: the wait is as long as the system takes to end the process.
        // Whoever sleeps here waits for the system, wherever it was called from.
        let _ = self.region.inside(|| waitid(Id::Pid(child), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT));
        self.region.with_state(self.slot() as u64, |state| state.end(slot));
    }

    /// Kills this process here if the order says so.
    fn perhaps_fail(&self) {
        let Some(fault) = self.order.fault else { return };
        let due = self.region.with_state(self.slot() as u64, |state| {
            let own = &state.processes[self.slot()];
            own.path == fault.process && own.steps == fault.step
        });
        if due {
            self.say_goodbye();
            // Nothing runs after it.
            let _ = kill(Pid::this(), Signal::SIGKILL);
        }
    }
}

/// A process that leaves by `exit`, without the library's own end.
extern "C" fn say_goodbye() {
    if let Some(execution) = Execution::current() {
        execution.say_goodbye();
    }
}

fn has_died(child: Pid) -> bool {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    !matches!(waitid(Id::Pid(child), flags), Ok(WaitStatus::StillAlive))
}

/// One operation of a process under control.
#[derive(Debug)]
pub(crate) struct Turn {
    execution: &'static Execution,
}

impl Turn {
    pub(super) fn of(execution: &'static Execution) -> Self {
        Self { execution }
    }

    /// Stands before the operation of `point`, and returns when it is its turn.
    pub(crate) fn begin(&self, point: &Point) {
        let execution = self.execution;
        execution.come_back();
        execution.perhaps_fail();
        let slot = execution.slot();
        let choice = execution.region.with_state(slot as u64, |state| {
            let next = shape::next(point, slot, state);
            state.arrive(slot, next, &execution.order);
            choose(execution.region, state, &execution.order)
        });
        execution.follow(choice);
    }

    /// Tries until there is an effect, letting others go on in between.
    pub(crate) fn take<T>(
        &self,
        point: &Point,
        attempt: &mut impl FnMut() -> Result<Poll<Effect<T>>>,
        waited: &mut bool,
    ) -> Result<Effect<T>> {
        let execution = self.execution;
        let slot = execution.slot();
        let own = slot as u64;
        let mut deadline = None;
        let result = loop {
            match execution.region.inside(&mut *attempt) {
                Ok(Poll::Pending) => {}
                Ok(Poll::Ready(effect)) => break Ok(effect),
                Err(error) => break Err(error),
            }
            let until = match point.wait {
                Wait::Never => break Err(Kind::WouldBlock.into()),
                Wait::Forever => 0,
                Wait::AtMost(limit) => *deadline.get_or_insert_with(|| {
                    let limit = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX / 2);
                    execution.region.with_state(own, |state| state.now).saturating_add(limit).max(1)
                }),
            };
            *waited = true;
            recorder::show_phase(process::PHASE_BLOCKED);
            let choice = execution.region.with_state(own, |state| {
                state.wait(slot, until).then(|| choose(execution.region, state, &execution.order))
            });
            match choice {
                None => break Err(Kind::TimedOut.into()),
                Some(choice) => execution.follow(choice),
            }
        };
        let step = shape::step(point.op, result.as_ref());
        execution.region.with_state(own, |state| state.stepped(slot, step, &execution.order));
        result
    }
}
