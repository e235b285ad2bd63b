//! What the system shows of processes: who is below whom, states, CPU time, memory, and what threads sleep in.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use nix::libc;
use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

/// State letter and parent of a process; `None` when there is no such process or it is hidden.
pub(super) fn state_and_parent(pid: u32) -> Option<(char, u32)> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = after_command(&line)?;
    let state = fields.next()?.chars().next()?;
    Some((state, fields.next()?.parse().ok()?))
}

/// The fields of a line of `stat` behind the command in parentheses, which may hold anything.
fn after_command(line: &str) -> Option<impl Iterator<Item = &str>> {
    Some(line[line.rfind(')')? + 1..].split_whitespace())
}

/// Every process below another one: pid, and whether it still runs (otherwise it waits to be reaped).
pub(super) fn below(ancestor: u32) -> Vec<(u32, bool)> {
    let table = table();
    let mut below = vec![ancestor];
    let mut found = Vec::new();
    while let Some(parent) = below.pop() {
        for (pid, (_, state)) in table.iter().filter(|(_, (ppid, _))| *ppid == parent) {
            below.push(*pid);
            found.push((*pid, is_running(*state)));
        }
    }
    found.sort_unstable();
    found
}

/// The children of a process. Asked again and again: one that begins or ends at this moment may be missed.
pub(super) fn children(parent: u32) -> Vec<u32> {
    listed_children(parent).unwrap_or_else(|| {
        table().into_iter().filter(|(_, (ppid, _))| *ppid == parent).map(|(pid, _)| pid).collect()
    })
}

/// The children that the system lists with the first thread of a process, which is far quicker than to look at all processes;
/// `None` where it does not, or there are other threads.
///
/// Those are not asked: whatever is looked at in a thread's folder the kernel has to clear away when the thread ends, and in a
/// program whose threads come and go that was seen to take seconds of the CPU time of whoever waits for the process.
fn listed_children(parent: u32) -> Option<Vec<u32>> {
    let Ok(stat) = fs::read_to_string(format!("/proc/{parent}/stat")) else { return Some(Vec::new()) };
    // The 20th field of all, the first one behind the command being the third.
    if after_command(&stat)?.nth(17)? != "1" {
        return None;
    }
    let list = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).ok()?;
    Some(list.split_whitespace().filter_map(|word| word.parse::<u32>().ok()).collect())
}

/// Every process below another one that still runs, as [`children`] tells.
pub(super) fn running_below(ancestor: u32) -> Vec<u32> {
    let (mut open, mut found) = (vec![ancestor], Vec::new());
    while let Some(parent) = open.pop() {
        let children = children(parent);
        found.extend(children.iter().copied().filter(|pid| runs(*pid)));
        open.extend(children);
    }
    found.sort_unstable();
    found
}

/// Whether a process lives and has not ended.
pub(super) fn runs(pid: u32) -> bool {
    state_and_parent(pid).is_some_and(|(state, _)| is_running(state))
}

fn is_running(state: char) -> bool {
    !matches!(state, 'Z' | 'X')
}

/// Parent and state of every process that the system shows.
fn table() -> BTreeMap<u32, (u32, char)> {
    numbers("/proc")
        .into_iter()
        .filter_map(|pid| state_and_parent(pid).map(|(state, parent)| (pid, (parent, state))))
        .collect()
}

/// The entries of a folder that are numbers.
fn numbers(folder: &str) -> Vec<u32> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// CPU time that a process has used, all its threads together, without that of its children.
pub(super) fn cpu_time(pid: u32) -> Option<Duration> {
    let clock = clock_getcpuclockid(Pid::from_raw(pid.cast_signed())).ok()?;
    clock_gettime(clock).ok().map(Duration::from)
}

/// CPU time that all processes below another one have used that still run.
pub(super) fn cpu_time_below(ancestor: u32) -> Duration {
    running_below(ancestor).into_iter().filter_map(cpu_time).sum()
}

/// Bytes that a process holds for itself, and bytes that it shares.
pub(super) fn memory_of(pid: u32) -> Option<(u64, u64)> {
    const PAGE: u64 = 4096;
    let text = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let mut pages = text.split_whitespace().skip(1).map_while(|word| word.parse::<u64>().ok());
    let (resident, shared) = (pages.next()?, pages.next()?);
    Some((resident.saturating_sub(shared) * PAGE, shared * PAGE))
}

/// How many threads a process has; 0 when it is gone or hidden.
pub(super) fn thread_count(pid: u32) -> usize {
    numbers(&format!("/proc/{pid}/task")).len()
}

/// How many threads of a process may go on by themselves: all but those that sleep until somebody else acts.
pub(super) fn restless_threads(pid: u32) -> usize {
    let threads = numbers(&format!("/proc/{pid}/task")).into_iter();
    threads.filter(|thread| sleeper(pid, *thread).is_none()).count()
}

/// A thread that sleeps until somebody else acts, and how often it has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sleeper {
    thread: u32,
    /// Times that it gave up the processor, or that it was taken from it: any step that it takes changes them.
    switches: u64,
}

/// The threads of a process, if each sleeps in a call that has no time limit; `None` when one may go on by itself, or
/// the system does not tell.
pub(super) fn sleepers(pid: u32) -> Option<Vec<Sleeper>> {
    let threads = numbers(&format!("/proc/{pid}/task"));
    let all: Option<Vec<Sleeper>> = threads.into_iter().map(|thread| sleeper(pid, thread)).collect();
    all.filter(|all| !all.is_empty())
}

fn sleeper(pid: u32, thread: u32) -> Option<Sleeper> {
    let read = |file| fs::read_to_string(format!("/proc/{pid}/task/{thread}/{file}")).ok();
    if !read("stat").as_deref().and_then(after_command)?.next()?.starts_with('S') {
        return None;
    }
    if !waits_without_limit(&read("syscall")?) {
        return None;
    }
    let status = read("status")?;
    let switches = status.lines().filter(|line| line.contains("ctxt_switches:"));
    let switches = switches.filter_map(|line| line.split_whitespace().last()?.parse::<u64>().ok()).sum();
    Some(Sleeper { thread, switches })
}

/// Whether a line of `syscall` (number and arguments) is a call that ends only when somebody else acts. Calls whose
/// time limit is kept elsewhere (a socket's) are not among them.
fn waits_without_limit(line: &str) -> bool {
    let number = |word: &str| match word.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => word.parse::<u64>().ok(),
    };
    let mut words = line.split_whitespace().map_while(number);
    // "running", or -1 for a thread that is in no call.
    let Some(call) = words.next().and_then(|call| libc::c_long::try_from(call).ok()) else { return false };
    let arguments: Vec<u64> = words.collect();
    let none = |index: usize| arguments.get(index) == Some(&0);
    // A number below 0 in 32 bits means no limit.
    let negative = |index: usize| arguments.get(index).is_some_and(|limit| *limit & 0x8000_0000 != 0);
    match call {
        libc::SYS_wait4
        | libc::SYS_waitid
        | libc::SYS_read
        | libc::SYS_readv
        | libc::SYS_write
        | libc::SYS_writev
        | libc::SYS_flock
        | libc::SYS_openat
        | libc::SYS_rt_sigsuspend => true,
        libc::SYS_futex => none(3),
        libc::SYS_ppoll => none(2),
        libc::SYS_pselect6 => none(4),
        libc::SYS_epoll_pwait => negative(3),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_pause => true,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll => negative(2),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_select => none(4),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_epoll_wait => negative(3),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(call: libc::c_long, arguments: [&str; 6]) -> String {
        format!("{call} {} 0x7ffd12345678 0x7f1234567890\n", arguments.join(" "))
    }

    #[test]
    fn a_wait_for_somebody_else_is_told_from_one_for_the_clock() {
        let park = ["0x55", "0x189", "0xffffffff", "0x0", "0x0", "0xffffffff"];
        let park_for = ["0x55", "0x189", "0xffffffff", "0x7ffd10", "0x0", "0xffffffff"];
        assert!(waits_without_limit(&line(libc::SYS_futex, park)));
        assert!(!waits_without_limit(&line(libc::SYS_futex, park_for)));
        assert!(waits_without_limit(&line(libc::SYS_read, ["0x5", "0x7ffd10", "0x1", "0x0", "0x0", "0x0"])));
        let nap = ["0x1", "0x0", "0x7ffd10", "0x7ffd10", "0x0", "0x0"];
        assert!(!waits_without_limit(&line(libc::SYS_clock_nanosleep, nap)));
        assert!(waits_without_limit(&line(libc::SYS_ppoll, ["0x5", "0x1", "0x0", "0x0", "0x8", "0x0"])));
        assert!(!waits_without_limit(&line(libc::SYS_ppoll, ["0x5", "0x1", "0x7f", "0x0", "0x8", "0x0"])));
    }

    #[test]
    fn what_the_system_does_not_tell_is_no_wait() {
        for line in ["running\n", "", "-1 0x7ffd10 0x7f10\n", "202\n", "x"] {
            assert!(!waits_without_limit(line), "{line:?}");
        }
    }

    #[test]
    fn a_child_is_found_whoever_is_asked() {
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        let own = std::process::id();
        assert!(running_below(own).contains(&child.id()));
        assert!(below(own).contains(&(child.id(), true)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!running_below(own).contains(&child.id()));
    }

    #[test]
    fn a_thread_that_runs_does_not_sleep() {
        assert!(sleepers(std::process::id()).is_none());
        assert!(runs(std::process::id()));
        assert!(cpu_time(std::process::id()).is_some());
    }
}
