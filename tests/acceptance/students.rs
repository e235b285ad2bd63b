//! The commands for students, in a copy of the course's files (nothing is built there).

use std::fs;
use std::path::Path;

use predicates::prelude::*;
use tempfile::TempDir;

use crate::submission::{grader, root};

/// A copy of the exercises, with stubs as the student's files.
fn course() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("procesos")).unwrap();
    copy(&root().join("exercises"), &folder.path().join("exercises"));
    for id in crate::submission::exercises() {
        let exercise = folder.path().join("exercises").join(id);
        fs::copy(exercise.join("plantilla.rs"), exercise.join("src/lib.rs")).unwrap();
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn list_names_the_exercises_in_order_and_what_is_to_be_written() {
    let course = course();
    let order = predicate::str::is_match("(?s)mp_worker.*pipe_bidireccional.*contador_con_lock").unwrap();
    grader()
        .current_dir(course.path())
        .arg("list")
        .assert()
        .code(0)
        .stdout(order.and(predicate::str::contains("contar")));
}

#[test]
fn hints_come_in_steps() {
    let course = course();
    let hint = || {
        let output =
            grader().current_dir(course.path()).args(["hint", "contador_con_lock"]).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let (first, second) = (hint(), hint());
    assert_ne!(first, second);
}

#[test]
fn reset_puts_the_stub_back_and_keeps_what_was_there() {
    let course = course();
    let exercise = course.path().join("exercises/contador_con_lock");
    let file = exercise.join("src/lib.rs");
    for mine in ["// lo mío\n", "// lo segundo\n"] {
        fs::write(&file, mine).unwrap();
        grader().current_dir(course.path()).args(["reset", "contador_con_lock"]).assert().code(0);
        assert_eq!(fs::read(&file).unwrap(), fs::read(exercise.join("plantilla.rs")).unwrap());
    }
    let mut kept = Vec::new();
    for entry in fs::read_dir(exercise.join("src")).unwrap() {
        kept.push(fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    assert!(kept.iter().any(|text| text == "// lo mío\n"));
    assert!(kept.iter().any(|text| text == "// lo segundo\n"));
}

#[test]
fn running_a_stub_says_what_is_still_to_be_written() {
    let course = course();
    let told = |lang| {
        let output = grader()
            .current_dir(course.path())
            .args(["run", "contador_con_lock", "--lang", lang])
            .assert()
            .code(1)
            .stdout("")
            .get_output()
            .clone();
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(
        told("es"),
        "Pendiente: falta escribir\n  \
         incrementar   exercises/contador_con_lock/src/lib.rs:11\n  \
         contar        exercises/contador_con_lock/src/lib.rs:19\n"
    );
    assert!(told("en").starts_with("Pending: still to be written\n"));
}

#[test]
fn a_file_that_is_not_there_is_told_with_the_command_that_restores_it() {
    let course = course();
    fs::remove_file(course.path().join("exercises/contador_con_lock/src/lib.rs")).unwrap();
    let restore = predicate::str::contains("reset contador_con_lock");
    let grader = |command: &[&str]| grader().current_dir(course.path()).args(command).assert();
    grader(&["run", "contador_con_lock"]).code(2).stderr(restore.clone());
    grader(&["list"]).code(0).stdout(restore);
}

#[test]
fn every_stub_is_the_students_file_of_a_fresh_clone() {
    // The working copies may be edited: the copy in the history is what a clone brings.
    for id in crate::submission::exercises() {
        let show = |path: String| {
            let output = std::process::Command::new("git")
                .args(["show", &format!("HEAD:{path}")])
                .current_dir(root())
                .output();
            output.ok().filter(|output| output.status.success()).map(|output| output.stdout)
        };
        let stub = show(format!("exercises/{id}/plantilla.rs"));
        assert_eq!(stub, show(format!("exercises/{id}/src/lib.rs")), "{id}");
    }
}
