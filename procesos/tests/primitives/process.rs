//! `Process` and `Child`: who a child is, and how it ends.

use std::sync::OnceLock;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use procesos::{Child, Connection, ExitStatus, Process, Queue, Result, Value, pipe};

use crate::case::{Case, Text, case};

/// Long enough to see that something does not happen.
const MOMENT: Duration = Duration::from_millis(30);
/// A limit that is not reached.
const AGES: Duration = Duration::from_secs(600);

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(a_child_has_the_pid_that_start_told_and_its_parent_as_ppid),
        case!(a_child_is_named_after_its_function_and_its_number_among_those),
        case!(a_child_has_the_name_that_it_was_given),
        case!(a_target_that_returns_is_exit_code_0),
        case!(an_error_is_exit_code_1_and_told_on_standard_error).stderr(Text::Is("cuenta-1: sin fondos\n")),
        case!(a_panic_is_exit_code_101).stderr(Text::Has(&["panicked at", "se acabó"])),
        case!(what_is_still_to_be_written_is_told_in_words).in_spanish().exits(101).stderr(Text::Has(&[
            "Pendiente: falta escribir ",
            "process.rs:",
            ": sumar con el lock\n",
        ])),
        case!(exit_in_a_child_is_its_exit_code).stdout(Text::Is("adiós")),
        case!(a_killed_child_ended_by_that_signal),
        case!(terminate_ends_a_child_by_sigterm),
        case!(terminating_a_child_that_has_ended_is_no_error),
        case!(join_timeout_is_none_until_the_child_has_ended),
        case!(join_timeout_of_zero_does_not_wait),
        case!(is_alive_until_the_child_has_ended),
        case!(an_exit_status_reads_as_python_tells_it),
        case!(a_child_handle_is_refused_in_another_process),
        case!(children_start_children),
        case!(a_child_joins_what_it_did_not_join_before_it_ends),
        case!(unjoined_children_are_joined_at_the_end_of_the_program)
            .plain()
            .stdout(Text::Is("the child\nafter the program\n")),
        case!(an_unjoined_child_that_failed_does_not_fail_the_program)
            .stderr(Text::Is("cuenta-1: sin fondos\n")),
        case!(children_are_joined_after_an_error_too)
            .exits(1)
            .stdout(Text::Is("the child\n"))
            .stderr(Text::Is("wrong use\n")),
        case!(children_are_joined_after_a_panic_too)
            .exits(101)
            .stdout(Text::Is("the child\n"))
            .stderr(Text::Has(&["the parent panics"])),
        case!(a_second_program_is_refused)
            .stderr(Text::Is("procesos::program is called only once, in main\n")),
    ]
}

fn nothing() {}

fn cuenta() -> std::result::Result<(), String> {
    Err("sin fondos".to_owned())
}

fn stumble() {
    panic!("se acabó");
}

fn leave(code: i32) {
    std::process::exit(code);
}

/// Lives until the other end is closed.
fn live(line: Connection<(), ()>) {
    assert!(line.recv().is_err_and(|e| e.is_eof()));
}

fn living() -> Result<(Child, Connection<(), ()>)> {
    let (here, there) = pipe()?;
    Ok((Process::new(live, (there,)).start()?, here))
}

fn tell_ids(ids: Queue<(u32, u32)>) -> Result<()> {
    ids.put(&(procesos::pid(), procesos::ppid()))
}

fn a_child_has_the_pid_that_start_told_and_its_parent_as_ppid() -> Result<()> {
    let ids = Queue::bounded(1)?;
    let child = Process::new(tell_ids, (ids.clone(),)).start()?;
    let pid = child.pid();
    assert!(child.join()?.success());
    assert_eq!(ids.get()?, (pid, procesos::pid()));
    assert_ne!(pid, procesos::pid());
    Ok(())
}

fn a_child_is_named_after_its_function_and_its_number_among_those() -> Result<()> {
    let first = Process::new(nothing, ()).start()?;
    let again = Process::new(nothing, ()).start()?;
    let second = Process::new(tell_ids, (Queue::bounded(1)?,)).start()?;
    let closure = Process::new(|| (), ()).start()?;
    let pointer = Process::new(nothing as fn(), ()).start()?;
    assert_eq!(first.name(), "nothing-1");
    assert_eq!(again.name(), "nothing-2");
    assert_eq!(second.name(), "tell_ids-1");
    assert_eq!(closure.name(), "a_child_is_named_after_its_function_and_its_number_among_those-1");
    assert_eq!(pointer.name(), "proceso-1");
    Ok(())
}

fn a_child_has_the_name_that_it_was_given() -> Result<()> {
    let child = Process::new(nothing, ()).name("ñandú 1").start()?;
    assert_eq!(child.name(), "ñandú 1");
    Ok(())
}

fn a_target_that_returns_is_exit_code_0() -> Result<()> {
    let plain = Process::new(nothing, ()).start()?.join()?;
    let result = Process::new(|| Ok::<(), String>(()), ()).start()?.join()?;
    for status in [plain, result] {
        assert_eq!((status.code(), status.signal(), status.success()), (Some(0), None, true));
    }
    Ok(())
}

fn an_error_is_exit_code_1_and_told_on_standard_error() -> Result<()> {
    let status = Process::new(cuenta, ()).start()?.join()?;
    assert_eq!((status.code(), status.success()), (Some(1), false));
    Ok(())
}

fn a_panic_is_exit_code_101() -> Result<()> {
    let status = Process::new(stumble, ()).start()?.join()?;
    assert_eq!((status.code(), status.success()), (Some(101), false));
    Ok(())
}

fn exit_in_a_child_is_its_exit_code() -> Result<()> {
    fn say_and_leave() {
        print!("adiós");
        leave(7);
    }
    assert_eq!(Process::new(say_and_leave, ()).start()?.join()?.code(), Some(7));
    Ok(())
}

fn a_killed_child_ended_by_that_signal() -> Result<()> {
    let (child, _line) = living()?;
    kill(Pid::from_raw(child.pid().cast_signed()), Signal::SIGKILL).expect("the child is there");
    let status = child.join()?;
    assert_eq!((status.code(), status.signal(), status.success()), (None, Some(9), false));
    Ok(())
}

fn terminate_ends_a_child_by_sigterm() -> Result<()> {
    let (mut child, _line) = living()?;
    child.terminate()?;
    assert_eq!(child.join()?.signal(), Some(15));
    Ok(())
}

fn terminating_a_child_that_has_ended_is_no_error() -> Result<()> {
    let (mut child, line) = living()?;
    drop(line);
    while child.is_alive()? {}
    child.terminate()?;
    assert!(child.join_timeout(AGES)?.is_some_and(ExitStatus::success));
    child.terminate()?;
    Ok(())
}

fn join_timeout_is_none_until_the_child_has_ended() -> Result<()> {
    let (mut child, line) = living()?;
    assert_eq!(child.join_timeout(MOMENT)?, None);
    drop(line);
    let status = child.join_timeout(AGES)?;
    assert!(status.is_some_and(ExitStatus::success));
    assert_eq!(child.join_timeout(AGES)?, status);
    assert_eq!(Some(child.join()?), status);
    Ok(())
}

fn join_timeout_of_zero_does_not_wait() -> Result<()> {
    let (mut child, line) = living()?;
    assert_eq!(child.join_timeout(Duration::ZERO)?, None);
    drop(line);
    while child.is_alive()? {}
    // A child that has ended is seen whatever the limit.
    assert!(child.join_timeout(Duration::ZERO)?.is_some());
    Ok(())
}

fn is_alive_until_the_child_has_ended() -> Result<()> {
    let (mut child, line) = living()?;
    assert!(child.is_alive()?);
    drop(line);
    assert!(child.join_timeout(AGES)?.is_some());
    assert!(!child.is_alive()?);
    Ok(())
}

fn an_exit_status_reads_as_python_tells_it() -> Result<()> {
    let (mut child, _line) = living()?;
    child.terminate()?;
    assert_eq!(child.join()?.to_string(), "SIGTERM");
    assert_eq!(Process::new(leave, (3,)).start()?.join()?.to_string(), "exit code 3");
    Ok(())
}

fn a_child_handle_is_refused_in_another_process() -> Result<()> {
    static SIBLING: OnceLock<std::sync::Mutex<Child>> = OnceLock::new();
    fn meddle() {
        let mut sibling = SIBLING.get().expect("it was set before the fork").lock().expect("one thread");
        let told = sibling.terminate().expect_err("this process did not start it").to_string();
        assert_eq!(told, "this Child was not handed to this process: pass it as an argument of Process::new");
        assert!(sibling.is_alive().is_err());
        assert!(sibling.join_timeout(AGES).is_err());
    }
    let (child, line) = living()?;
    let sibling = SIBLING.get_or_init(|| child.into());
    assert!(Process::new(meddle, ()).start()?.join()?.success());
    assert!(sibling.lock().expect("one thread").is_alive()?);
    drop(line);
    Ok(())
}

fn descend(depth: u32, reached: Value<u32>) -> Result<()> {
    reached.set(reached.get() + 1);
    if depth > 0 {
        let status = Process::new(descend, (depth - 1, reached)).start()?.join()?;
        assert!(status.success());
    }
    Ok(())
}

fn children_start_children() -> Result<()> {
    let reached = Value::new(0)?;
    assert!(Process::new(descend, (20, reached.clone())).start()?.join()?.success());
    assert_eq!(reached.get(), 21);
    Ok(())
}

/// Takes so long that whoever does not wait for it goes on first.
fn slow(told: Queue<String>) -> Result<()> {
    procesos::sleep(MOMENT);
    told.put(&"the grandchild".to_owned())
}

fn a_child_joins_what_it_did_not_join_before_it_ends() -> Result<()> {
    fn start_and_leave(told: Queue<String>) -> Result<()> {
        Process::new(slow, (told,)).start().map(drop)
    }
    let told = Queue::bounded(1)?;
    assert!(Process::new(start_and_leave, (told.clone(),)).start()?.join()?.success());
    assert_eq!(told.try_get()?.as_deref(), Some("the grandchild"));
    Ok(())
}

fn slow_line() {
    procesos::sleep(MOMENT);
    println!("the child");
}

fn unjoined_children_are_joined_at_the_end_of_the_program() -> Result<()> {
    procesos::program(|_| Process::new(slow_line, ()).start().map(drop));
    println!("after the program");
    Ok(())
}

fn an_unjoined_child_that_failed_does_not_fail_the_program() -> Result<()> {
    Process::new(cuenta, ()).start().map(drop)
}

fn children_are_joined_after_an_error_too() -> Result<()> {
    Process::new(slow_line, ()).start()?;
    Err(procesos::Error::usage("wrong use"))
}

fn children_are_joined_after_a_panic_too() -> Result<()> {
    Process::new(slow_line, ()).start()?;
    panic!("the parent panics")
}

fn what_is_still_to_be_written_is_told_in_words() -> Result<()> {
    todo!("sumar con el lock")
}

fn a_second_program_is_refused() -> Result<()> {
    let code = procesos::program(|_| unreachable!("it does not run"));
    assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::FAILURE));
    Ok(())
}
