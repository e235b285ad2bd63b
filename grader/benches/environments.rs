//! The solutions graded where graders have to work: as root and without any rights, on one core and on a busy machine, under the
//! system call filter of a container, and with a `/proc` that hides all but processes.
//!
//! `cargo bench -p grader --bench environments` prints the table; `-- --gradings 200` grades so often in each environment (with
//! a usual 8). Needs root, to make the environments, and util-linux. A grading is one exercise; a lost point is a fault of ours.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run says so by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

/// Gradings in each environment, unless `--gradings` says otherwise.
const GRADINGS: usize = 8;
const BUSY_LOOPS: usize = 4;
/// The first argument of this program when it is to filter itself and become what the others name.
const FILTERED: &str = "--filtered";

/// Where the grader is started.
#[derive(Debug, Clone, Copy)]
struct Environment {
    root: bool,
    one_core: bool,
    filtered: bool,
    hidden: bool,
}

impl Environment {
    fn all() -> impl Iterator<Item = Self> {
        (0..16).map(|bits| Self {
            root: bits & 8 == 0,
            one_core: bits & 4 == 0,
            filtered: bits & 2 != 0,
            hidden: bits & 1 != 0,
        })
    }

    fn name(self) -> String {
        let word = |is: bool, one: &'static str, other: &'static str| if is { one } else { other };
        format!(
            "{:<14}{:<14}{:<18}{:<16}",
            word(self.root, "root", "unprivileged"),
            word(self.one_core, "1 core", "4 busy loops"),
            word(self.filtered, "container filter", "no filter"),
            word(self.hidden, "/proc hidden", "/proc visible"),
        )
    }

    /// The command that starts `program` here.
    fn command(self, program: &Path) -> Command {
        let mut words: Vec<String> = Vec::new();
        let mut add = |text: &str| words.extend(text.split(' ').map(str::to_owned));
        if self.one_core {
            add("taskset -c 0");
        }
        if self.hidden {
            // A name space of processes of its own comes with it: the filter of the mount wants one.
            add("unshare --mount --pid --fork --kill-child sh -c");
            words.push("mount -t proc -o subset=pid,hidepid=invisible proc /proc && exec \"$@\"".to_owned());
            words.push("sh".to_owned());
        }
        if !self.root {
            words.extend("unshare --user --map-user=1000 --map-group=1000".split(' ').map(str::to_owned));
        }
        if self.filtered {
            words.extend([env::current_exe().unwrap().display().to_string(), FILTERED.to_owned()]);
        }
        words.push(program.display().to_string());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command
    }
}

/// What came of the gradings in an environment.
#[derive(Default)]
struct Outcome {
    gradings: usize,
    lost: u64,
    /// What degraded, and how often.
    told: BTreeMap<String, usize>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Grades the solutions until there are `gradings`.
fn grade(environment: Environment, gradings: usize) -> Outcome {
    let mut outcome = Outcome::default();
    while outcome.gradings < gradings {
        let mut command = environment.command(Path::new(env!("CARGO_BIN_EXE_grader")));
        command.current_dir(root()).args(["--submission", "solutions", "--format", "json", "--lang", "en"]);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let Ok(report) = serde_json::from_slice::<serde_json::Value>(&output.stdout) else {
            let errors = String::from_utf8_lossy(&output.stderr);
            *outcome.told.entry(errors.lines().next().unwrap_or("no report").to_owned()).or_default() += 1;
            outcome.lost += 10;
            outcome.gradings += 1;
            continue;
        };
        for exercise in report["exercises"].as_array().unwrap() {
            outcome.gradings += 1;
            outcome.lost += exercise["max_points"].as_u64().unwrap() - exercise["points"].as_u64().unwrap();
            let unseen = exercise["claims"].as_array().unwrap().iter();
            let why: BTreeSet<&str> = unseen
                .filter(|claim| claim["reason"] == "not_seen" || claim["verdict"] == "broken")
                .filter_map(|claim| claim["message"].as_str())
                .collect();
            for message in why {
                *outcome.told.entry(message.to_owned()).or_default() += 1;
            }
        }
    }
    outcome
}

/// System calls that a container's default profile refuses, as its documentation lists them.
const REFUSED: [libc::c_long; 42] = [
    libc::SYS_acct,
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_clock_adjtime,
    libc::SYS_clock_settime,
    libc::SYS_delete_module,
    libc::SYS_finit_module,
    libc::SYS_get_mempolicy,
    libc::SYS_init_module,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_kcmp,
    libc::SYS_kexec_file_load,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_lookup_dcookie,
    libc::SYS_mbind,
    libc::SYS_mount,
    libc::SYS_move_pages,
    libc::SYS_nfsservctl,
    libc::SYS_open_by_handle_at,
    libc::SYS_perf_event_open,
    libc::SYS_pivot_root,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_quotactl,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_set_mempolicy,
    libc::SYS_setns,
    libc::SYS_settimeofday,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
    libc::SYS_vhangup,
    libc::SYS_syslog,
    libc::SYS_fanotify_init,
    libc::SYS_setdomainname,
];
/// What `personality` may be asked for there.
const PERSONALITIES: [u64; 5] = [0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];

fn filter() -> BpfProgram {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = REFUSED.map(|number| (number, Vec::new())).into();
    let other = PERSONALITIES
        .map(|allowed| SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, allowed).unwrap());
    rules.insert(libc::SYS_personality, vec![SeccompRule::new(other.into()).unwrap()]);
    let refuse = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let architecture = env::consts::ARCH.try_into().unwrap();
    SeccompFilter::new(rules, SeccompAction::Allow, refuse, architecture).unwrap().try_into().unwrap()
}

/// Filters this process's system calls and becomes the program that `words` name.
fn become_filtered(words: &[String]) -> ExitCode {
    seccompiler::apply_filter(&filter()).unwrap();
    let error = Command::new(&words[0]).args(&words[1..]).exec();
    eprintln!("{}: {error}", words[0]);
    ExitCode::FAILURE
}

/// Loops that keep the processors busy until this is dropped.
struct Busy(Vec<Child>);

impl Busy {
    fn start(loops: usize) -> Self {
        let one = || Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        Self((0..loops).map(|_| one()).collect())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == FILTERED) {
        return become_filtered(&arguments[1..]);
    }
    let asked = arguments.iter().skip_while(|word| *word != "--gradings").nth(1);
    let gradings = asked.map_or(GRADINGS, |number| number.parse().unwrap());
    println!("gradings of the solutions, at least {gradings} in each environment");
    println!("{:<62}{:>9}{:>12}{:>12}", "environment", "gradings", "points lost", "s a grading");
    let mut lost = 0;
    for environment in Environment::all() {
        let busy = Busy::start(if environment.one_core { 0 } else { BUSY_LOOPS });
        let begun = Instant::now();
        let outcome = grade(environment, gradings);
        let each = begun.elapsed().as_secs_f64() / f64::from(u32::try_from(outcome.gradings).unwrap());
        drop(busy);
        println!("{}{:>9}{:>12}{each:>12.2}", environment.name(), outcome.gradings, outcome.lost);
        for (told, times) in &outcome.told {
            println!("    {times} times: {told}");
        }
        lost += outcome.lost;
    }
    if lost == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
