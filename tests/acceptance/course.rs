//! What every exercise of the course has. `grader verify` checks the programs themselves.

use std::fs;

use crate::submission::{exercises, root};

#[test]
fn every_exercise_has_its_assignment_in_both_languages() {
    for id in exercises() {
        for file in ["README.md", "README.en.md", "exercise.toml", "plantilla.rs", "src/main.rs"] {
            assert!(root().join("exercises").join(&id).join(file).is_file(), "{id}/{file}");
        }
    }
}

#[test]
fn every_exercise_has_a_solution_and_wrong_and_right_programs() {
    for id in exercises() {
        let folder = root().join("solutions").join(&id);
        assert!(folder.join("src/lib.rs").is_file(), "{id}");
        for kind in ["wrong", "right"] {
            assert!(fs::read_dir(folder.join(kind)).unwrap().count() >= 5, "{id}/{kind}");
        }
    }
}
