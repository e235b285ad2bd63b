//! Programs that never end: told with who and where, without keeping anybody waiting for long.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::submission::{Submission, root};

const COUNTER: &str = "contador_con_lock";

/// The right counter with something in place of, or before, a piece of it.
fn counter(piece: &str, instead: &str) -> String {
    let solution = fs::read_to_string(root().join("solutions/contador_con_lock/src/lib.rs")).unwrap();
    assert!(solution.contains(piece), "{piece}");
    solution.replacen(piece, instead, 1)
}

/// The first line of a text that has this mark.
fn line_of(text: &str, mark: &str) -> usize {
    text.lines().position(|line| line.contains(mark)).unwrap() + 1
}

fn graded(text: &str) -> Json {
    Submission::new().with(COUNTER, text).report(&[COUNTER])["exercises"][0].clone()
}

fn claims(exercise: &Json) -> Vec<Json> {
    exercise["claims"].as_array().unwrap().clone()
}

/// The claims of one kind of finding; fails where there is none.
fn found(exercise: &Json, kind: &str) -> Vec<Json> {
    let found: Vec<Json> = claims(exercise).into_iter().filter(|claim| claim["finding"] == kind).collect();
    assert!(!found.is_empty(), "{exercise:#}");
    found
}

/// Grades a counter whose `incrementar` has this before its loop, and checks that the endless part of it is told with
/// function and line.
fn told_with_its_line(body: &str) {
    let text = counter("    for _ in 0..veces {\n", &format!("{body}\n    for _ in 0..veces {{\n"));
    let exercise = graded(&text);
    for claim in found(&exercise, "cpu_limit") {
        let message = claim["message"].as_str().unwrap();
        let line = line_of(&text, "// aquí");
        assert!(message.contains(&format!("sigue en `incrementar` (:{line})")), "{message}");
        assert_eq!(claim["locations"][0]["line"], line, "{claim:#}");
    }
}

#[test]
fn an_endless_loop_is_told_with_its_function_and_line() {
    told_with_its_line("    let mut n = 0u64; while n < u64::MAX { n = n.wrapping_add(1) % 9; } // aquí");
}

#[test]
fn an_endless_iterator_is_told_with_the_students_line() {
    told_with_its_line("    let _ = (0u64..).map(|n| n % 9).filter(|n| *n == 10).next(); // aquí");
    told_with_its_line("    let _ = std::iter::repeat(\"x\".to_owned()).all(|s| s.len() == 1); // aquí");
}

#[test]
fn an_endless_loop_takes_little_time_in_every_further_case() {
    let text = counter("    for _ in 0..veces {\n", "    loop {}\n    for _ in 0..veces {\n");
    let exercise = graded(&format!("#![allow(unreachable_code)]\n{text}"));
    let ends = claims(&exercise).into_iter().filter(|claim| claim["claim"] == "ends");
    let messages: Vec<String> = ends
        .filter(|claim| claim["finding"] == "cpu_limit")
        .map(|claim| claim["message"].as_str().unwrap().to_owned())
        .collect();
    assert!(messages[0].contains("usó 2 s de CPU"), "{messages:#?}");
    // Under control the system keeps the limit, in whole seconds.
    let short = |message: &String| message.contains("usó 0,3 s de CPU") || message.contains("usó 1 s de CPU");
    assert!(messages.len() > 5 && messages[1..].iter().all(short), "{messages:#?}");
}

#[test]
fn cases_without_the_endless_loop_keep_their_points() {
    let text = counter("    for _ in 0..veces {\n", "    while veces == 1 {}\n    for _ in 0..veces {\n");
    let exercise = graded(&text);
    let broken = found(&exercise, "cpu_limit");
    assert!(
        broken
            .iter()
            .all(|claim| claim["args"].as_array().unwrap().last() == Some(&"1".into())
                || claim["args"][1] == "1"),
        "{broken:#?}"
    );
    let kept = |claim: &Json| claim["scenario"] == "muchas-veces" && claim["verdict"] == "kept";
    assert_eq!(claims(&exercise).iter().filter(|claim| kept(claim)).count(), 3, "{exercise:#}");
}

#[test]
fn a_process_of_other_means_has_its_limit_too() {
    let start =
        "std::process::Command::new(\"sh\").args([\"-c\", \"trap '' XCPU; while :; do :; done\"]).status()";
    let piece = "    let contador = Value::new(0)?;";
    let exercise = graded(&counter(piece, &format!("    let _ = {start};\n{piece}")));
    for claim in found(&exercise, "cpu_limit") {
        let message = claim["message"].as_str().unwrap();
        assert!(message.contains("Un proceso que no inició Process::new"), "{message}");
    }
}

/// Waits that nobody ends, outside the library.
const WAITS: [&str; 4] = [
    "std::thread::park(); // aquí",
    "let (_tx, rx) = std::sync::mpsc::channel::<u8>(); let _ = rx.recv(); // aquí",
    "let m = std::sync::Mutex::new(0); let _uno = m.lock(); let _dos = m.lock(); // aquí",
    "let (mut r, _w) = std::io::pipe().unwrap(); let _ = std::io::Read::read(&mut r, &mut [0]); // aquí",
];

#[test]
fn a_wait_outside_the_library_is_told_with_its_line_and_soon() {
    for wait in WAITS {
        let text = counter("    for _ in 0..veces {\n", &format!("    {wait}\n    for _ in 0..veces {{\n"));
        let begun = Instant::now();
        let exercise = graded(&text);
        // The wall limit alone would take 30 s in the first case, and 20 s in the others.
        assert!(begun.elapsed() < Duration::from_secs(45), "{wait}: {:?}", begun.elapsed());
        let line = line_of(&text, "// aquí");
        for claim in found(&exercise, "still") {
            assert_eq!(claim["verdict"], "unseen", "{claim:#}");
            assert_eq!(claim["locations"][0]["line"], line, "{claim:#}");
            let message = claim["message"].as_str().unwrap();
            assert!(message.contains(&format!("espera en `incrementar` (:{line})")), "{message}");
        }
        assert!(claims(&exercise).iter().all(|claim| claim["verdict"] != "broken"), "{exercise:#}");
    }
}

#[test]
fn the_other_cases_are_tried_after_one_that_stood_still() {
    let piece = "    let contador = Value::new(0)?;";
    let text = counter(piece, &format!("    while procesos == 2 {{ std::thread::park(); }}\n{piece}"));
    let exercise = graded(&text);
    let still = found(&exercise, "still");
    assert!(still.iter().all(|claim| claim["args"][1] == "2"), "{still:#?}");
    let of = |scenario: &str| -> Vec<Json> {
        claims(&exercise).into_iter().filter(|claim| claim["scenario"] == scenario).collect()
    };
    for scenario in ["solo", "varios", "al-reves", "muchas-veces", "cero-procesos"] {
        assert!(
            of(scenario).iter().all(|claim| claim["verdict"] == "kept" || claim["reason"] == "vacuous"),
            "{exercise:#}"
        );
    }
}

#[test]
fn a_long_sleep_is_no_standing_still() {
    let piece = "    let contador = Value::new(0)?;";
    let nap = "std::thread::sleep(std::time::Duration::from_secs(4))";
    let text = counter(piece, &format!("    if (procesos, veces) == (2, 1) {{ {nap}; }}\n{piece}"));
    let exercise = graded(&text);
    assert_eq!(exercise["points"], 10, "{exercise:#}");
}

#[test]
fn a_thread_that_will_act_is_no_deadlock() {
    let piece = "    let contador = Value::new(0)?;";
    let text = counter(
        piece,
        &format!(
            "    let cola = procesos::Queue::<u8>::bounded(1)?;
    std::thread::scope(|hilos| {{
        hilos.spawn(|| {{
            std::thread::sleep(std::time::Duration::from_millis(500));
            cola.put(&1).unwrap();
        }});
        cola.get()
    }})?;
{piece}"
        ),
    );
    let exercise = graded(&text);
    // What is explored is not judged with threads; what runs free is right.
    let free: Vec<Json> = claims(&exercise).into_iter().filter(|claim| claim["mode"] == "free").collect();
    assert!(free.iter().any(|claim| claim["scenario"] == "muchas-veces"), "{exercise:#}");
    assert!(
        free.iter().all(|claim| claim["verdict"] != "broken" && claim["finding"] != "deadlock"),
        "{free:#?}"
    );
}
