//! What parent and child write: nothing twice, nothing lost, and no child in its parent's code.

use std::io::Write;

use nix::unistd::dup2_stderr;
use procesos::{Process, Result};
use serde::{Deserialize, Deserializer, Serialize};

use crate::case::{Case, Text, case};
use crate::run::Observed;

const CHILDREN: usize = 50;
const LINES: usize = 40;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case!(text_that_waits_to_be_written_is_not_doubled_by_a_start)
            .stdout(Text::Is("before, inside, after\n")),
        case!(a_start_while_standard_output_is_locked_works).stdout(Text::Is("before, inside, after\n")),
        case!(output_of_children_is_not_lost).judged(has_every_line),
        case!(a_child_that_returns_never_gets_into_its_parents_code).stdout(Text::Is(ONE_PARENT)),
        case!(a_child_that_panics_never_gets_into_its_parents_code)
            .stdout(Text::Is(ONE_PARENT))
            .stderr(Text::Judged),
        case!(a_child_whose_panic_panics_never_gets_into_its_parents_code)
            .stdout(Text::Is(ONE_PARENT))
            .stderr(Text::Judged),
        case!(a_child_that_cannot_tell_its_error_never_gets_into_its_parents_code)
            .stdout(Text::Is(ONE_PARENT)),
        case!(a_child_that_cannot_tell_its_own_error_never_gets_into_its_parents_code)
            .stdout(Text::Is(ONE_PARENT)),
    ]
}

fn text_that_waits_to_be_written_is_not_doubled_by_a_start() -> Result<()> {
    print!("before, ");
    Process::new(|| print!("inside, "), ()).start()?.join()?;
    println!("after");
    Ok(())
}

fn a_start_while_standard_output_is_locked_works() -> Result<()> {
    let mut locked = std::io::stdout().lock();
    write!(locked, "before, ").expect("a file takes it");
    assert!(Process::new(|| print!("inside, "), ()).start()?.join()?.success());
    writeln!(locked, "after").expect("a file takes it");
    Ok(())
}

fn speak(child: usize) {
    for line in 0..LINES - 1 {
        println!("{child}:{line}");
    }
    // The last one has no end of line: only a flush writes it.
    print!("\n{child}:{}\n\n", LINES - 1);
    print!("{child}:end ");
}

fn output_of_children_is_not_lost() -> Result<()> {
    for child in 0..CHILDREN {
        Process::new(speak, (child,)).start()?;
    }
    Ok(())
}

fn has_every_line(observed: &Observed) {
    let mut seen: Vec<&str> = observed.stdout.split_whitespace().collect();
    seen.sort_unstable();
    let mut expected: Vec<String> = (0..CHILDREN)
        .flat_map(|child| (0..LINES).map(move |line| format!("{child}:{line}")))
        .chain((0..CHILDREN).map(|child| format!("{child}:end")))
        .collect();
    expected.sort_unstable();
    assert_eq!(seen, expected);
}

const ONE_PARENT: &str = "the parent's frame ends\n";

/// Tells when a frame of the parent is left, by whatever way and in whatever process.
struct Frame;

impl Drop for Frame {
    fn drop(&mut self) {
        println!("the parent's frame ends");
    }
}

fn a_child_that_returns_never_gets_into_its_parents_code() -> Result<()> {
    let _frame = Frame;
    assert!(Process::new(|| (), ()).start()?.join()?.success());
    Ok(())
}

fn panic_once() {
    panic!("once");
}

fn a_child_that_panics_never_gets_into_its_parents_code() -> Result<()> {
    let _frame = Frame;
    assert_eq!(Process::new(panic_once, ()).start()?.join()?.code(), Some(101));
    Ok(())
}

/// Panics where it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("twice");
    }
}

fn throw_bomb() {
    std::panic::panic_any(Bomb);
}

fn a_child_whose_panic_panics_never_gets_into_its_parents_code() -> Result<()> {
    let _frame = Frame;
    let status = Process::new(throw_bomb, ()).start()?.join()?;
    assert_eq!(status.code(), Some(101));
    Ok(())
}

/// Makes every write to standard error fail.
fn break_standard_error() {
    let (reader, writer) = std::io::pipe().expect("there are descriptors left");
    drop(reader);
    dup2_stderr(&writer).expect("both are open");
}

fn a_child_that_cannot_tell_its_error_never_gets_into_its_parents_code() -> Result<()> {
    let _frame = Frame;
    break_standard_error();
    let status = Process::new(|| Err::<(), _>("no one hears"), ()).start()?.join()?;
    assert!(!status.success());
    Ok(())
}

/// An argument that does not arrive.
#[derive(Serialize)]
struct Lost;

impl<'de> Deserialize<'de> for Lost {
    fn deserialize<D: Deserializer<'de>>(_: D) -> std::result::Result<Self, D::Error> {
        Err(serde::de::Error::custom("lost"))
    }
}

fn a_child_that_cannot_tell_its_own_error_never_gets_into_its_parents_code() -> Result<()> {
    let _frame = Frame;
    break_standard_error();
    let status = Process::new(|_: Lost| (), (Lost,)).start()?.join()?;
    assert!(!status.success());
    Ok(())
}
