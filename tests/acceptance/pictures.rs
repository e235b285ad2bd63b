//! Orders as diagrams and pages: drawn by the real command from real programs.

use std::collections::BTreeSet;
use std::fs;

use predicates::prelude::*;
use roxmltree::{Document, Node};

use crate::submission::{Submission, root};

const COUNTER: &str = "contador_con_lock";
const QUEUE: &str = "productor_consumidor";
const PIPE: &str = "pipe_bidireccional";

/// What a command prints.
fn printed(submission: &Submission, arguments: &[&str]) -> String {
    let assert = submission.grade(arguments).code(0);
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// The texts of a diagram, one a line; fails when it is no small, lone, scriptless file.
fn texts(drawn: &str) -> Vec<String> {
    assert!(drawn.len() < 60_000, "{}", drawn.len());
    let parsed = Document::parse(drawn).unwrap();
    let known: BTreeSet<&str> = ["svg", "title", "desc", "style", "rect", "path", "text", "tspan"].into();
    for node in parsed.descendants().filter(Node::is_element) {
        assert!(known.contains(node.tag_name().name()), "{node:?}");
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(!name.starts_with("on") && name != "href" && !value.contains("url("), "{name}={value}");
        }
    }
    let style = parsed.descendants().find(|node| node.has_tag_name("style"));
    let style = style.and_then(|node| node.text()).unwrap();
    assert!(!style.contains("url(") && !style.contains('@') || style.matches('@').count() == 1);
    assert!(style.contains("@media (prefers-color-scheme: dark)"));
    let is_text = |node: &Node<'_, '_>| node.is_element() && node.tag_name().name() == "text";
    let whole = |node: Node<'_, '_>| {
        let pieces: Vec<&str> =
            node.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect();
        pieces.join(" ")
    };
    parsed.descendants().filter(is_text).map(whole).collect()
}

/// How many shapes of a class there are.
fn count(drawn: &str, class: &str) -> usize {
    let parsed = Document::parse(drawn).unwrap();
    parsed.descendants().filter(|node| node.attribute("class") == Some(class)).count()
}

fn has(texts: &[String], wanted: &[&str]) {
    for wanted in wanted {
        assert!(texts.iter().any(|text| text == wanted), "{wanted}: {texts:#?}");
    }
}

#[test]
fn a_race_is_drawn_with_the_pair_that_decides() {
    let submission = Submission::new().with_wrong(COUNTER, "no_lock");
    let drawn = printed(&submission, &["trace", COUNTER, "--format", "svg"]);
    has(
        &texts(&drawn),
        &["el padre", "P1", "P2", "incrementar-1", "contador", "get → 0 :10", "pisa el paso 4"],
    );
    has(
        &texts(&drawn),
        &["Si el paso 6 va antes que el 3, el resultado es correcto (comprobado).", "interrumpido"],
    );
    // Two steps, and what the sign means.
    assert_eq!((count(&drawn, "hot"), count(&drawn, "pill"), count(&drawn, "exchange")), (3, 3, 1));
    // Two starts, two ends, and what the sign means.
    assert_eq!(count(&drawn, "birth"), 5);
    let again = printed(&submission, &["trace", COUNTER, "--format", "svg"]);
    assert_eq!(drawn, again);
    let english = printed(&submission, &["trace", COUNTER, "--format", "svg", "--lang", "en"]);
    has(&texts(&english), &["the parent", "interrupted", "overwrites step 4", "ends"]);
}

#[test]
fn a_deadlock_is_drawn_with_who_waits_for_whom() {
    let submission = Submission::new().with_wrong(COUNTER, "two_lock_order");
    let drawn = printed(&submission, &["trace", COUNTER, "--format", "svg"]);
    has(&texts(&drawn), &["acquire «dos» :11", "acquire «uno» :11", "espera a P2", "espera a P1", "espera"]);
    // The cycle, the parent's join, and what the sign means.
    assert_eq!((count(&drawn, "waits-for"), count(&drawn, "stuck")), (4, 3));
    // Nobody's lane has an end: three beginnings.
    assert_eq!(count(&drawn, "cap"), 3);
}

#[test]
fn a_lost_end_mark_is_drawn_with_the_message_that_one_consumer_got() {
    let submission = Submission::new().with_wrong(QUEUE, "one_fin_many");
    let drawn = printed(&submission, &["trace", QUEUE, "--format", "svg"]);
    has(&texts(&drawn), &["cola", "vacía", "Fin", "put Fin :78", "get → Fin :56", "get :56", "espera a P4"]);
    assert_eq!((count(&drawn, "message"), count(&drawn, "stuck")), (2, 2));
}

#[test]
fn an_order_that_passes_is_drawn_with_the_lock_that_goes_round() {
    let submission = Submission::new().with_solution(COUNTER);
    let drawn =
        printed(&submission, &["trace", COUNTER, "dos-por-uno", "--schedule", "0", "--format", "svg"]);
    has(&texts(&drawn), &["✔ En este orden sale bien.", "release :11", "acquire :8", "join ×2 :26"]);
    assert_eq!((count(&drawn, "lock"), count(&drawn, "hot"), count(&drawn, "stuck")), (2, 0, 0));
}

#[test]
fn a_killed_process_is_drawn_with_its_death() {
    let submission = Submission::new().with_solution(PIPE);
    let arguments = ["trace", PIPE, "padre-muerte", "--schedule", "4", "--format", "svg"];
    let drawn = printed(&submission, &arguments);
    has(&texts(&drawn), &["El evaluador mató a P1 hijo-de-guion antes de su operación 4.", "✝ muere"]);
    assert_eq!(count(&drawn, "cross"), 1);
}

#[test]
fn a_page_has_the_diagram_the_steps_the_lines_and_what_to_do() {
    let submission = Submission::new().with_wrong(COUNTER, "no_lock");
    let file = submission.path().join("orden.html");
    let arguments = ["trace", COUNTER, "--output", file.to_str().unwrap()];
    submission.grade(&arguments).code(0).stdout(predicate::str::contains("orden.html"));
    let page = fs::read_to_string(&file).unwrap();
    for wanted in [
        "<html lang=\"es\">",
        "default-src 'none'",
        "<svg ",
        "contador.set(contador.get() + 1);",
        "<a href=\"#L10\">:10</a>",
        "<b>Probar:</b>",
        "replay contador_con_lock \\\n  v1.dos-por-uno.",
        "pisa el paso 4",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    assert!(!page.contains("<script") && !page.contains("{{"), "{page}");
}

#[test]
fn the_command_that_a_report_names_makes_a_page() {
    let submission = Submission::new().with_wrong(COUNTER, "no_lock");
    let screen = submission.screen(&[COUNTER, "--lang", "en"]);
    let command = screen.lines().find(|line| line.contains("--output order.html")).unwrap();
    let words: Vec<&str> =
        command.trim().strip_prefix("cargo run -p grader -- ").unwrap().split(' ').collect();
    let file = submission.path().join("order.html");
    let words: Vec<&str> = words
        .iter()
        .map(|word| if *word == "order.html" { file.to_str().unwrap() } else { word })
        .filter(|word| !["--submission", "DIR"].contains(word))
        .collect();
    submission.grade(&words).code(0);
    assert!(fs::read_to_string(file).unwrap().starts_with("<!DOCTYPE html>"));
}

#[test]
fn a_picture_that_cannot_be_written_or_drawn_is_told() {
    let wrong = Submission::new().with_wrong(COUNTER, "no_lock");
    wrong
        .grade(&["trace", COUNTER, "--output", "no/such/folder/x.svg"])
        .code(2)
        .stderr(predicate::str::contains("x.svg"));
    let broken = Submission::new().with_wrong(COUNTER, "joined_twice");
    let file = broken.path().join("orden.svg");
    let arguments = ["trace", COUNTER, "--output", file.to_str().unwrap()];
    broken.grade(&arguments).code(1).stdout(predicate::str::contains("E0382"));
    assert!(!file.exists());
}

/// The pictures of README.md and README.es.md are what the command draws now. To draw them again, see ARCHITECTURE.md.
#[test]
fn the_pictures_of_the_readmes_are_up_to_date() {
    let submission = Submission::new().with_wrong(COUNTER, "no_lock");
    for (language, file) in [("es", "docs/orden.svg"), ("en", "docs/order.svg")] {
        let arguments = ["trace", COUNTER, "dos-por-uno", "--lang", language, "--format", "svg"];
        let drawn = printed(&submission, &arguments);
        let path = root().join(file);
        if std::env::var_os("DRAW_AGAIN").is_some() {
            fs::write(&path, &drawn).unwrap();
        }
        assert!(fs::read_to_string(&path).unwrap_or_default() == drawn, "{file} is old: draw it again");
    }
}
