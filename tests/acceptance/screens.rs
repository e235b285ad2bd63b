//! What people see, whole.

use insta::assert_snapshot;

use crate::submission::{Submission, exercises};

const COUNTER: &str = "contador_con_lock";
const QUEUE: &str = "productor_consumidor";

#[test]
fn first_look() {
    let submission = exercises().iter().fold(Submission::new(), |submission, id| submission.with_stub(id));
    assert_snapshot!(submission.screen(&[]));
}

#[test]
fn one_stub() {
    assert_snapshot!(Submission::new().with_stub(COUNTER).screen(&[COUNTER]));
}

#[test]
fn everything_solved() {
    let submission =
        exercises().iter().fold(Submission::new(), |submission, id| submission.with_solution(id));
    assert_snapshot!(submission.screen(&[]));
}

#[test]
fn a_race() {
    let submission = Submission::new().with_wrong(COUNTER, "no_lock");
    assert_snapshot!("a_race_es", submission.screen(&[COUNTER]));
    assert_snapshot!("a_race_en", submission.screen(&[COUNTER, "--lang", "en"]));
}

/// A screen without the numbers of the consumers: which of them got the only Fin is up to the system.
fn whoever(screen: &str) -> String {
    ["consumidor-1", "consumidor-2", "consumidor-3"]
        .iter()
        .fold(screen.to_owned(), |screen, name| screen.replace(name, "consumidor-N"))
}

/// A screen without the places in the library's own source.
fn wherever(screen: &str) -> String {
    let place = |line: &str| match line.find("--> procesos/src/") {
        Some(at) => format!("{}--> procesos/src/...", &line[..at]),
        None => line.to_owned(),
    };
    screen.lines().map(place).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_hang() {
    let submission = Submission::new().with_wrong(QUEUE, "one_fin_many");
    assert_snapshot!("a_hang_es", whoever(&submission.screen(&[QUEUE])));
    assert_snapshot!("a_hang_en", whoever(&submission.screen(&[QUEUE, "--lang", "en"])));
}

#[test]
fn a_compile_error() {
    assert_snapshot!(wherever(&Submission::new().with_wrong(COUNTER, "joined_twice").screen(&[COUNTER])));
}

#[test]
fn a_changed_signature() {
    let text = "use procesos::{Lock, Result, Value};\n\
                pub fn incrementar(_: Value<i64>, _: Lock) -> Result<()> {\n    Ok(())\n}\n\
                pub fn contar(_: u32, _: u32) -> Result<i64> {\n    Ok(0)\n}\n";
    assert_snapshot!(wherever(&Submission::new().with(COUNTER, text).screen(&[COUNTER])));
}
