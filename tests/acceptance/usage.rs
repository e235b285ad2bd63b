//! Wrong use and bad input: one clear message that names the place and the mend, and exit status 2.

use std::fs;
use std::os::unix::fs::symlink;

use predicates::str::contains;

use crate::submission::{Submission, grader};

#[test]
fn an_unknown_exercise_is_refused_with_the_nearest_name() {
    grader().arg("contador_con_loc").assert().code(2).stderr(contains("contador_con_lock"));
}

#[test]
fn a_misspelt_or_late_command_is_told_with_the_line_that_was_meant() {
    for line in [["hnit", "contador_con_lock"], ["contador_con_lock", "hint"]] {
        grader().args(line).assert().code(2).stderr(contains("-- hint contador_con_lock\n"));
    }
}

#[test]
fn the_help_is_in_the_language_of_who_asks() {
    grader().args(["hint", "--help"]).assert().code(0).stdout(contains("Muestra una pista"));
    grader().args(["--help", "--lang", "en"]).assert().code(0).stdout(contains("Usage:"));
}

#[test]
fn an_unknown_option_is_refused() {
    grader().arg("--submision").assert().code(2).stderr(contains("--submission"));
}

#[test]
fn a_submission_that_is_not_there_is_refused() {
    grader().args(["--submission", "no/such/folder"]).assert().code(2).stderr(contains("no/such/folder"));
}

#[test]
fn outside_a_course_the_grader_says_so() {
    let folder = tempfile::tempdir().unwrap();
    grader().current_dir(folder.path()).assert().code(2);
}

#[test]
fn a_link_in_a_submission_is_refused_by_name() {
    let submission = Submission::new();
    let folder = submission.path().join("contador_con_lock/src");
    fs::create_dir_all(&folder).unwrap();
    symlink("/etc/passwd", folder.join("lib.rs")).unwrap();
    let submission = submission.with_solution("productor_consumidor");
    submission.grade(&["contador_con_lock"]).code(1).stdout(contains("contador_con_lock/src/lib.rs"));
    let report = submission.report(&["contador_con_lock", "productor_consumidor"]);
    assert_eq!(report["exercises"][0]["status"], "passed");
    assert_eq!(report["exercises"][1]["status"], "does_not_compile");
    assert!(!report.to_string().contains("root:"));
}

#[test]
fn a_folder_of_submissions_is_none() {
    let class = tempfile::tempdir().unwrap();
    let ana = class.path().join("ana/contador_con_lock/src");
    fs::create_dir_all(&ana).unwrap();
    fs::write(ana.join("lib.rs"), "").unwrap();
    grader().arg("--submission").arg(class.path()).assert().code(2).stderr(contains("ana"));
}

#[test]
fn a_file_that_is_too_large_or_no_text_is_refused_by_name() {
    let large = Submission::new().with("contador_con_lock", &" ".repeat(1 << 20));
    large.grade(&["contador_con_lock"]).code(1).stdout(contains("256 KiB"));
    let bytes = Submission::new().with("contador_con_lock", "");
    fs::write(bytes.path().join("contador_con_lock/src/lib.rs"), [0xff, 0xfe]).unwrap();
    bytes.grade(&["contador_con_lock"]).code(1).stdout(contains("UTF-8"));
}

#[test]
fn unsafe_code_does_not_compile() {
    let text = "pub fn nada() { unsafe { std::hint::unreachable_unchecked() } }";
    let report = Submission::new().with("contador_con_lock", text).report(&["contador_con_lock"]);
    assert_eq!(report["exercises"][0]["status"], "does_not_compile");
}

#[test]
fn the_compiler_does_not_read_the_graders_environment_or_files() {
    for text in ["const X: &str = env!(\"HOME\");", "const X: &str = include_str!(\"/etc/passwd\");"] {
        let report = Submission::new().with("contador_con_lock", text).report(&["contador_con_lock"]);
        assert_eq!(report["exercises"][0]["status"], "does_not_compile", "{text}");
        assert!(!report.to_string().contains("root:"), "{text}");
    }
}

#[test]
fn the_command_that_a_screen_names_grades_the_same_submission() {
    let submission = Submission::new().with_stub("contador_con_lock");
    let arguments = ["contador_con_lock", "--lang", "en", "--seed", "5c1e"];
    let printed = |assert: assert_cmd::assert::Assert| {
        String::from_utf8(assert.code(1).get_output().stdout.clone()).unwrap()
    };
    let screen = printed(submission.grade(&arguments));
    let command = screen.split("cargo run -p grader -- ").nth(1).unwrap().split("\n\n").next().unwrap();
    let words: Vec<&str> = command.split_whitespace().filter(|word| *word != "\\").collect();
    assert!(words.contains(&submission.path().to_str().unwrap()), "{screen}");
    assert_eq!(printed(grader().args(words).assert()), screen);
}
