//! What is said, and what is left, when there may be no more processes.

use nix::sys::resource::{Resource, rlim_t};
use nix::unistd::{Uid, setuid};
use procesos::{Manager, Pool, Process, Queue, Result, pipe};

use crate::case::{Case, case};
use crate::limits::{has_no_children, limit, mapped_pages, refused};

/// More processes than a machine has: one more is always allowed then.
const MOST_PROCESSES: rlim_t = 4_000_000;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(a_start_beyond_the_limit_is_an_error_that_says_so),
        case!(the_end_of_processes_is_told_in_spanish).in_spanish(),
        case!(a_pool_that_gets_only_some_of_its_workers_keeps_none),
        case!(a_manager_without_a_process_is_an_error),
        case!(what_a_refused_start_was_given_is_closed),
    ]
}

const NO_PROCESSES: &str = "there may be no more processes: join those that have ended, start fewer at once, or raise the limit (ulimit -u)";

/// Limits of processes bind nobody who is root, and count all processes of a user: become one who has no others.
fn become_nobody() {
    if Uid::current().is_root() {
        let lonely = Uid::from_raw(60_000 + std::process::id() % 5_000);
        setuid(lonely).expect(
            "without another user the limit of processes cannot be tried: run this as root, or as one",
        );
    }
}

fn a_start_beyond_the_limit_is_an_error_that_says_so() -> Result<()> {
    become_nobody();
    limit(Resource::RLIMIT_NPROC, 0);
    for _ in 0..100 {
        let error = refused(Process::new(|| (), ()).start());
        assert!(error.is_exhausted());
        assert_eq!(error.to_string(), format!("Process::start: {NO_PROCESSES}"));
    }
    assert!(has_no_children());
    limit(Resource::RLIMIT_NPROC, MOST_PROCESSES);
    assert!(Process::new(|| (), ()).start()?.join()?.success());
    Ok(())
}

fn the_end_of_processes_is_told_in_spanish() -> Result<()> {
    become_nobody();
    limit(Resource::RLIMIT_NPROC, 0);
    assert_eq!(
        refused(Manager::start()).to_string(),
        "Manager::start: no puede haber más procesos: espera con join() a los que ya terminaron, inicia menos a la vez, o sube el límite (ulimit -u)"
    );
    Ok(())
}

fn a_pool_that_gets_only_some_of_its_workers_keeps_none() -> Result<()> {
    const WORKERS: usize = 5;
    become_nobody();
    let (mut allowed, mapped) = (0, mapped_pages());
    let pool = loop {
        limit(Resource::RLIMIT_NPROC, allowed);
        match Pool::new(WORKERS) {
            Ok(pool) => break pool,
            Err(error) => assert_eq!(error.to_string(), format!("Pool::new: {NO_PROCESSES}")),
        }
        assert!(has_no_children());
        assert!(mapped_pages() <= mapped + 300);
        assert!(allowed < MOST_PROCESSES);
        allowed += 1;
    };
    assert!(allowed >= WORKERS as rlim_t, "it was refused with every number of workers");
    assert_eq!(pool.map(|n: u32| n + 1, 0..9)?, (1..10).collect::<Vec<_>>());
    Ok(())
}

fn a_manager_without_a_process_is_an_error() -> Result<()> {
    become_nobody();
    limit(Resource::RLIMIT_NPROC, 0);
    let mapped = mapped_pages();
    for _ in 0..20 {
        let error = refused(Manager::start());
        assert_eq!(error.to_string(), format!("Manager::start: {NO_PROCESSES}"));
    }
    assert!(has_no_children() && mapped_pages() <= mapped + 300);
    limit(Resource::RLIMIT_NPROC, MOST_PROCESSES);
    assert_eq!(Manager::start()?.list_of(&[7])?.pop()?, Some(7));
    Ok(())
}

fn what_a_refused_start_was_given_is_closed() -> Result<()> {
    fn take(_: procesos::Connection<u8, u8>, _: Queue<u8>) {}
    become_nobody();
    let ((here, there), queue) = (pipe::<u8, u8>()?, Queue::bounded(1)?);
    limit(Resource::RLIMIT_NPROC, 0);
    assert!(refused(Process::new(take, (there, queue.clone())).start()).is_exhausted());
    assert!(here.recv().is_err_and(|e| e.is_eof()));
    queue.put(&1)?;
    assert_eq!(queue.get()?, 1);
    Ok(())
}
