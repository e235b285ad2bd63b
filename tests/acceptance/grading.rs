//! Points, statuses and exit statuses.

use crate::submission::{Submission, exercises, grader};

#[test]
fn stubs_are_pending_and_nothing_is_broken() {
    let mut submission = Submission::new();
    for id in exercises() {
        submission = submission.with_stub(&id);
    }
    let report = submission.report(&[]);
    assert_eq!(report["status"], "pending");
    assert_eq!(report["points"], 0);
    for exercise in report["exercises"].as_array().unwrap() {
        assert_eq!(exercise["status"], "pending", "{exercise}");
        assert!(exercise["claims"].as_array().unwrap().iter().all(|claim| claim["verdict"] != "broken"));
    }
    submission.grade(&[]).code(1);
}

#[test]
fn the_reference_solutions_get_all_points() {
    grader().args(["--submission", "solutions"]).assert().code(0);
}

#[test]
fn a_missing_file_is_missing_and_the_others_are_graded() {
    let report = Submission::new().with_solution("contador_con_lock").report(&[]);
    for exercise in report["exercises"].as_array().unwrap() {
        let expected = if exercise["id"] == "contador_con_lock" { "passed" } else { "missing" };
        assert_eq!(exercise["status"], expected, "{exercise}");
    }
}

#[test]
fn a_file_that_does_not_compile_stops_nobody_else() {
    let submission =
        Submission::new().with("contador_con_lock", "fn (").with_solution("productor_consumidor");
    let report = submission.report(&["contador_con_lock", "productor_consumidor"]);
    assert_eq!(report["exercises"][0]["status"], "passed");
    assert_eq!(report["exercises"][1]["status"], "does_not_compile");
    let diagnostic = &report["exercises"][1]["diagnostics"][0];
    assert!(diagnostic["file"].as_str().unwrap().ends_with("contador_con_lock/src/lib.rs"), "{diagnostic}");
    assert_eq!(diagnostic["line"], 1);
    submission.grade(&["contador_con_lock"]).code(1);
}

#[test]
fn the_unlocked_counter_fails_every_time_on_its_lines() {
    let submission = Submission::new().with_wrong("contador_con_lock", "no_lock");
    for _ in 0..5 {
        let report = submission.report(&["contador_con_lock"]);
        assert_eq!(report["exercises"][0]["points"], 5);
        let claims = report["exercises"][0]["claims"].as_array().unwrap();
        let race = claims.iter().find(|claim| claim["verdict"] == "broken").unwrap();
        let locations = race["locations"].as_array().unwrap();
        assert!(!locations.is_empty(), "{race}");
        for location in locations {
            assert!(location["file"].as_str().unwrap().ends_with("contador_con_lock/src/lib.rs"), "{race}");
        }
    }
}

#[test]
fn a_half_written_exercise_keeps_the_points_of_what_works() {
    let text =
        std::fs::read_to_string(crate::submission::root().join("solutions/contador_con_lock/src/lib.rs"))
            .unwrap();
    let (incrementar, contar) = text.split_at(text.find("/// Inicia").unwrap());
    let signature = &contar[..contar.find('{').unwrap()];
    let half = format!("{incrementar}{signature}{{\n    todo!()\n}}\n");
    let report = Submission::new().with("contador_con_lock", &half).report(&["contador_con_lock"]);
    assert_eq!(report["exercises"][0]["status"], "pending");
    assert_eq!(report["exercises"][0]["points"], 2);
}

/// What must not change from run to run: statuses, points, verdicts and findings. (Which of several waiting
/// processes got the only item is up to the system, so names in messages may differ.)
fn verdicts(report: &serde_json::Value) -> Vec<String> {
    let exercise = &report["exercises"][0];
    let claims = exercise["claims"].as_array().unwrap().iter();
    let claims = claims.map(|c| {
        format!(
            "{} {} {} {} {} {}",
            c["goal"], c["claim"], c["scenario"], c["args"], c["verdict"], c["finding"]
        )
    });
    let goals = exercise["goals"].as_array().unwrap().iter();
    claims.chain(goals.map(|g| format!("{} {} {}", g["id"], g["status"], g["points"]))).collect()
}

#[test]
fn the_same_submission_gets_the_same_verdicts() {
    for (id, name) in [("productor_consumidor", "one_fin_many"), ("contador_con_lock", "no_lock")] {
        let submission = Submission::new().with_wrong(id, name);
        let first = verdicts(&submission.report(&[id]));
        for _ in 0..3 {
            assert_eq!(first, verdicts(&submission.report(&[id])));
        }
    }
}

#[test]
fn what_the_compiler_warns_of_is_told_also_when_the_program_was_built_before() {
    let solution = crate::submission::root().join("solutions/contador_con_lock/src/lib.rs");
    let text = std::fs::read_to_string(solution).unwrap().replace(".join()?;", ".join();");
    let submission = Submission::new().with("contador_con_lock", &text);
    for _ in 0..2 {
        let report = submission.report(&["contador_con_lock"]);
        assert_eq!(report["exercises"][0]["status"], "passed");
        let warnings = report["exercises"][0]["warnings"].as_array().unwrap();
        assert_eq!(warnings.len(), 1, "{report}");
        assert_eq!(warnings[0]["code"], "unused_must_use");
    }
}

#[test]
fn a_queue_of_another_capacity_than_the_plans_is_seen_in_both_languages() {
    let id = "productor_consumidor";
    let submission = Submission::new().with_wrong(id, "capacity_of_its_own");
    for (language, words) in
        [("es", "la cola «cola» se creó con 100"), ("en", "the queue “cola” was made with 100")]
    {
        let report = submission.report(&[id, "--lang", language]);
        assert_eq!(report["exercises"][0]["points"], 9);
        let claims = report["exercises"][0]["claims"].as_array().unwrap();
        let broken: Vec<_> = claims.iter().filter(|claim| claim["verdict"] == "broken").collect();
        assert_eq!(broken.len(), 2, "{broken:#?}");
        for claim in broken {
            assert_eq!((&claim["goal"], &claim["claim"]), (&"procesos".into(), &"capacity".into()));
            assert!(claim["message"].as_str().unwrap().contains(words), "{claim:#}");
        }
    }
}
