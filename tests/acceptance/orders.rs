//! Orders of the processes: how a failing one is told, repeated and shown, in real programs.

use insta::assert_snapshot;
use predicates::prelude::*;

use crate::submission::{Submission, grader};

const COUNTER: &str = "contador_con_lock";
const QUEUE: &str = "productor_consumidor";
const PIPE: &str = "pipe_bidireccional";

/// The claims of a report that can be repeated, as (scenario, token, steps).
fn repeatable(report: &serde_json::Value) -> Vec<(String, String, usize)> {
    let claims = report["exercises"][0]["claims"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let found = claims.iter().filter_map(|claim| {
        let steps = claim["steps"].as_array().unwrap().len();
        Some((text(&claim["scenario"])?, text(&claim["replay"])?, steps))
    });
    found.collect()
}

/// The token of the order that a report shows first.
fn token(submission: &Submission, id: &str) -> String {
    let found = repeatable(&submission.report(&[id, "--schedules", "60"]));
    found.into_iter().find(|(.., steps)| *steps > 0).unwrap().1
}

#[test]
fn a_lost_update_is_told_as_it_was_seen() {
    let submission = Submission::new().with_wrong(COUNTER, "lock_per_process");
    assert_snapshot!("lost_update_es", submission.screen(&[COUNTER]));
    assert_snapshot!("lost_update_en", submission.screen(&[COUNTER, "--lang", "en"]));
}

#[test]
fn what_is_lost_in_a_manager_is_told_like_any_other_value() {
    let submission = Submission::new().with_wrong(COUNTER, "manager_dict_without_lock");
    let token = token(&submission, COUNTER);
    assert_snapshot!("manager_es", submission.screen(&["replay", COUNTER, &token]));
    assert_snapshot!("manager_en", submission.screen(&["replay", COUNTER, &token, "--lang", "en"]));
}

#[test]
fn a_deadlock_is_told_with_the_steps_to_it_and_its_cycle() {
    let submission = Submission::new().with_wrong(COUNTER, "two_lock_order");
    let screen = submission.screen(&["replay", COUNTER, &token(&submission, COUNTER)]);
    assert_snapshot!("deadlock_es", screen);
}

#[test]
fn a_deadlock_that_another_object_decides_is_told_with_the_steps_on_that() {
    let submission = Submission::new().with_wrong(QUEUE, "counts_down_without_a_lock");
    assert_snapshot!("deadlock_decided_beside_en", submission.screen(&[QUEUE, "--lang", "en"]));
}

#[test]
fn the_most_frequent_deadlocks_name_their_cause() {
    let told = |id, wrong| Submission::new().with_wrong(id, wrong).screen(&[id, "--lang", "en"]);
    let causes = [
        (QUEUE, "no_fin", "the parent in join (:79), and"),
        (QUEUE, "queue_per_process", "messages were left in another one (:69)"),
        (PIPE, "fin_ignored", "hijo received Fin (:24) and waits for more"),
    ];
    for (id, wrong, cause) in causes {
        let screen = told(id, wrong).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(screen.contains(cause), "{wrong}: {screen}");
    }
}

#[test]
fn a_signal_that_is_undone_too_early_is_told_with_where() {
    let submission = Submission::new().with_wrong(COUNTER, "signal_cleared_at_once");
    let screen = submission.screen(&["replay", COUNTER, &token(&submission, COUNTER)]);
    assert_snapshot!("signal_es", screen);
}

#[test]
fn permits_in_two_orders_are_told_with_their_cycle() {
    let submission = Submission::new().with_wrong(COUNTER, "permits_in_two_orders");
    let token = token(&submission, COUNTER);
    assert_snapshot!("permits_en", submission.screen(&["replay", COUNTER, &token, "--lang", "en"]));
}

#[test]
fn a_result_that_never_comes_is_told_with_the_task_that_waits() {
    let submission = Submission::new().with_wrong(COUNTER, "task_waits_for_nobody");
    let token = token(&submission, COUNTER);
    assert_snapshot!("task_es", submission.screen(&["replay", COUNTER, &token]));
    assert_snapshot!("task_en", submission.screen(&["replay", COUNTER, &token, "--lang", "en"]));
}

#[test]
fn a_value_read_too_early_is_told_with_what_came_after() {
    let submission = Submission::new().with_wrong(COUNTER, "missing_join");
    let token = token(&submission, COUNTER);
    assert_snapshot!("too_early_es", submission.screen(&["replay", COUNTER, &token]));
    assert_snapshot!("too_early_en", submission.screen(&["replay", COUNTER, &token, "--lang", "en"]));
}

#[test]
fn a_panic_that_some_orders_bring_is_told_with_the_steps_to_it() {
    let submission = Submission::new().with_wrong(COUNTER, "expects_it_free");
    let token = token(&submission, COUNTER);
    assert_snapshot!("panic_es", submission.screen(&["replay", COUNTER, &token]));
}

#[test]
fn items_that_nobody_receives_are_told_with_what_was_in_the_queue() {
    let submission = Submission::new().with_wrong(QUEUE, "while_not_empty");
    let token = token(&submission, QUEUE);
    assert_snapshot!("items_missing_es", submission.screen(&["replay", QUEUE, &token]));
    assert_snapshot!("items_missing_en", submission.screen(&["replay", QUEUE, &token, "--lang", "en"]));
}

/// A screen without the lines of the driver, which change with every case that it gets.
fn wherever(screen: &str) -> String {
    let mut pieces = screen.split("main.rs:");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        text + "main.rs:N" + piece.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

#[test]
fn two_ends_that_both_receive_are_told_with_their_messages() {
    let submission = Submission::new().with_wrong(PIPE, "both_recv_first");
    let token = token(&submission, PIPE);
    assert_snapshot!("pipe_es", wherever(&submission.screen(&["replay", PIPE, &token])));
}

#[test]
fn an_order_is_repeated_step_by_step_every_time() {
    let submission = Submission::new().with_wrong(COUNTER, "no_lock");
    let token = token(&submission, COUNTER);
    submission
        .grade(&["replay", COUNTER, &token, "--times", "30"])
        .code(1)
        .stdout(predicate::str::contains("30 de 30 repeticiones dieron los mismos pasos."))
        .stdout(predicate::str::contains("Este orden falla, como antes."));
}

#[test]
fn a_program_that_changed_is_told_so_with_what_comes_out_now() {
    let token = token(&Submission::new().with_wrong(COUNTER, "no_lock"), COUNTER);
    Submission::new()
        .with_solution(COUNTER)
        .grade(&["replay", COUNTER, &token])
        .code(0)
        .stdout(predicate::str::contains("Tu programa cambió desde entonces"))
        .stdout(predicate::str::contains("En este orden ahora sale bien."));
    Submission::new()
        .with_wrong(COUNTER, "get_outside")
        .grade(&["replay", COUNTER, &token, "--lang", "en"])
        .code(1)
        .stdout(predicate::str::contains("Your program changed since"));
}

#[test]
fn a_token_that_is_none_is_wrong_usage() {
    let replay = |token: &str| grader().args(["replay", COUNTER, token, "--lang", "en"]).assert();
    replay("v1.dos-por-uno.29c0.0:2,2:2x.a0e67e")
        .code(2)
        .stderr(predicate::str::contains("2:2x").and(predicate::str::contains("0:3,1:1,1.2:4")));
    replay("v1.dos-por-un.29c0.0:2.a0e67e").code(2).stderr(predicate::str::contains("dos-por-uno"));
    replay("hola").code(2).stderr(predicate::str::contains("begins with v1"));
}

#[test]
fn a_trace_shows_every_process_of_a_program_that_passes() {
    let submission = Submission::new().with_solution(COUNTER);
    let arguments = ["trace", COUNTER, "dos-por-uno"];
    assert_snapshot!("trace_right_es", submission.screen(&arguments));
    let english = [&arguments[..], &["--lang", "en", "--schedule", "3", "--all"]].concat();
    assert_snapshot!("trace_right_en", submission.screen(&english));
}

#[test]
fn a_trace_shows_the_order_that_fails() {
    let submission = Submission::new().with_wrong(COUNTER, "no_lock");
    assert_snapshot!("trace_wrong_es", submission.screen(&["trace", COUNTER, "dos-por-uno"]));
}

#[test]
fn of_the_orders_that_fail_a_trace_shows_the_one_with_fewest_rows() {
    let submission = Submission::new().with_wrong(COUNTER, "no_lock");
    // The first case that fails is one of up to five additions each; this one has a single one.
    submission.grade(&["trace", COUNTER]).code(0).stdout(predicate::str::contains("(contar 2 1)"));
}

#[test]
fn a_process_that_the_grader_killed_dies_in_the_table() {
    let submission = Submission::new().with_wrong(PIPE, "unwrap_answers");
    let arguments = ["trace", PIPE, "padre-muerte"];
    assert_snapshot!("trace_killed_es", wherever(&submission.screen(&arguments)));
    let english = [&arguments[..], &["--lang", "en"]].concat();
    assert_snapshot!("trace_killed_en", wherever(&submission.screen(&english)));
}

#[test]
fn a_failing_order_has_few_interruptions_a_short_story_and_a_pair_that_was_tried() {
    for name in ["no_lock", "get_outside", "guard_dropped_early", "spin_and_let_go"] {
        let report = Submission::new().with_wrong(COUNTER, name).report(&[COUNTER, "--schedules", "100"]);
        let claims = report["exercises"][0]["claims"].as_array().unwrap();
        let told = |claim: &&serde_json::Value| !claim["steps"].as_array().unwrap().is_empty();
        let mut flipped = 0;
        for claim in claims.iter().filter(told) {
            let token = claim["replay"].as_str().unwrap();
            assert!(token.matches(':').count() <= 7, "{name}: {token}");
            let rows = claim["details"].as_array().unwrap();
            assert!(rows.len() <= 12 + 4, "{name}: {rows:#?}");
            flipped += u32::from(!claim["flip"].is_null());
        }
        assert!(flipped > 0, "{name}: {report:#}");
    }
}

#[test]
fn orders_are_divided_among_the_cases_and_counted() {
    let report = Submission::new().with_solution(COUNTER).report(&[COUNTER, "--schedules", "10"]);
    let claims = report["exercises"][0]["claims"].as_array().unwrap();
    let mut tried: Vec<(&str, u64)> = claims
        .iter()
        .filter_map(|claim| Some((claim["scenario"].as_str()?, claim["schedules"]["tried"].as_u64()?)))
        .collect();
    tried.dedup();
    assert!(tried.len() > 1 && tried.iter().all(|(_, tried)| *tried >= 1), "{tried:?}");
    assert!(tried.iter().map(|(_, tried)| tried).sum::<u64>() <= 10 + tried.len() as u64, "{tried:?}");
}
