use super::*;
use crate::Language;

const VALID: &str = r#"
order = 4
title = { es = "Contador con lock", en = "Counter with a lock" }
summary = { es = "por qué sumar es una carrera", en = "why adding is a race" }
concepts = ["Lock", "Value"]

[[hints]]
es = "Pensar en dos pasos."
en = "Think of two steps."

[[goals]]
id = "total"
points = 5
es = "el total es correcto en todo orden"
en = "the total is right in every order"

[[scenarios]]
id = "dos-por-uno"
args = ["contar", "{p}", "{v}"]
draw = { p = [2, 4], v = [1, 9] }
explore = true
claims = [
  { goal = "total", claim = "result", name = "total", expected = "esperado", races = "forbidden" },
  { goal = "total", claim = "ends" },
]
"#;

/// An exercise with nothing in it, below a course's root.
pub(crate) fn exercise(id: &str, root: &Path) -> Exercise {
    Exercise {
        id: id.to_owned(),
        folder: root.join("exercises").join(id),
        order: 1,
        title: Bilingual::default(),
        summary: Bilingual::default(),
        concepts: Vec::new(),
        hints: Vec::new(),
        goals: Vec::new(),
        scenarios: Vec::new(),
        dependencies: Vec::new(),
    }
}

fn read(text: &str) -> std::result::Result<Exercise, Box<Problem>> {
    manifest::read_exercise(&Document { file: "exercises/x/exercise.toml", text })
}

/// What a person is told about `VALID` with one piece replaced: the place and the sentence.
fn told(from: &str, to: &str) -> (Option<usize>, String) {
    assert!(VALID.contains(from), "the example lacks {from}");
    let problem = read(&VALID.replacen(from, to, 1)).expect_err("this must be refused");
    let line = problem.place.as_ref().map(|place| place.line);
    (line, Error::course(problem).message(Language::English))
}

#[track_caller]
fn refused(from: &str, to: &str, line: usize, sentence: &str) {
    let (at, message) = told(from, to);
    assert_eq!(at, Some(line), "{message}");
    assert!(message.contains(&format!("exercises/x/exercise.toml:{line}:")), "{message}");
    assert!(message.contains('^'), "{message}");
    assert!(message.contains(sentence), "{message}");
}

#[test]
fn the_example_of_the_format_is_read() {
    let exercise = read(VALID).expect("valid");
    assert_eq!(exercise.order, 4);
    assert_eq!(exercise.points(), 5);
    assert_eq!(exercise.hints[0].get(Language::English), "Think of two steps.");
    let scenario = &exercise.scenarios[0];
    assert!(scenario.explore && !scenario.early_timers);
    assert_eq!(scenario.draw["v"], (1, 9));
    let result = Claim::Result { name: "total".into(), expected: "esperado".into(), races: Races::Forbidden };
    assert_eq!(scenario.claims[0].claim, result);
    assert_eq!(scenario.claims[1].claim, Claim::Ends);
}

#[test]
fn unknown_keys_are_refused_with_the_nearest_one() {
    refused("order = 4", "ordre = 4", 2, "order");
    refused("summary = {", "sumary = {", 4, "summary");
    refused("points = 5", "point = 5", 13, "points");
    refused("explore = ", "explor = ", 21, "explore");
    refused("expected =", "expectd =", 23, "expected");
}

#[test]
fn unknown_names_are_refused_with_the_nearest_one() {
    refused("claim = \"ends\"", "claim = \"end\"", 24, "ends");
    refused("goal = \"total\", claim = \"ends\"", "goal = \"totl\", claim = \"ends\"", 24, "total");
    refused("\"forbidden\"", "\"forbiden\"", 23, "forbidden");
}

#[test]
fn a_claim_takes_exactly_its_keys() {
    refused(", expected = \"esperado\"", "", 23, "expected");
    refused("claim = \"ends\"", "claim = \"ends\", queue = \"cola\"", 24, "queue");
}

#[test]
fn what_nobody_could_earn_is_refused() {
    let second = "[[goals]]\nid = \"lock\"\npoints = 1\nes = \"a\"\nen = \"b\"\n\n[[scenarios]]";
    refused("[[scenarios]]", second, 18, "lock");
    refused("points = 5", "points = 0", 13, "total");
}

#[test]
fn ids_are_unique_and_written_as_ids() {
    refused("id = \"total\"", "id = \"Total\"", 12, "snake_case");
    refused("id = \"dos-por-uno\"", "id = \"dos_por_uno\"", 18, "kebab-case");
    let twice = "[[goals]]\nid = \"total\"\npoints = 1\nes = \"a\"\nen = \"b\"\n\n[[scenarios]]";
    refused("[[scenarios]]", twice, 18, "total");
    let again = format!("{}{}", VALID, &VALID[VALID.find("[[scenarios]]").expect("there")..]);
    assert!(matches!(read(&again).expect_err("twice").cause, Cause::Duplicate { what: Thing::Scenario, .. }));
}

#[test]
fn draws_and_arguments_agree() {
    refused("p = [2, 4], ", "", 19, "{p}");
    refused("\"{v}\"", "\"3\"", 20, "`v`");
    refused("[2, 4]", "[4, 2]", 20, "`p`");
}

#[test]
fn sentences_fit_their_columns() {
    refused("por qué sumar es una carrera", &"x".repeat(41), 4, "40");
    refused("el total es correcto en todo orden", &"x".repeat(61), 14, "60");
}

#[test]
fn lists_are_not_empty() {
    let (_, message) = told(&VALID[VALID.find("claims = [").expect("there")..], "claims = []\n");
    assert!(message.contains("claim"), "{message}");
    assert!(read("order = 1").is_err());
    assert!(read("order = ").is_err());
    assert!(read("").is_err());
}

#[test]
fn the_package_is_called_as_its_folder() {
    let text = "[package]\nname = \"otro\"\n[dependencies]\nprocesos.workspace = true\nserde = \"1\"\n";
    let document = Document { file: "Cargo.toml", text };
    assert_eq!(manifest::read_dependencies(&document, "otro"), Ok(vec!["procesos".into(), "serde".into()]));
    assert!(manifest::read_dependencies(&document, "x").is_err());
}

#[test]
fn exercises_are_found_by_walking_and_ids_are_looked_up() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("procesos")).expect("made");
    for (id, order) in [("zeta", 1), ("alfa", 2)] {
        let exercise = folder.path().join("exercises").join(id);
        fs::create_dir_all(&exercise).expect("made");
        let text = VALID.replace("order = 4", &format!("order = {order}"));
        fs::write(exercise.join("exercise.toml"), text).expect("written");
        fs::write(exercise.join("Cargo.toml"), format!("[package]\nname = \"{id}\"")).expect("written");
    }
    fs::create_dir_all(folder.path().join("exercises/no_es")).expect("made");
    let course = Course::find(&folder.path().join("exercises/alfa")).expect("found");
    let ids: Vec<&str> = course.exercises.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["zeta", "alfa"]);
    assert_eq!(course.select(&["alfa".into(), "zeta".into()]).expect("known")[0].id, "zeta");
    let error = course.select(&["alpha".into()]).expect_err("unknown");
    assert_eq!(error.exit_status(), crate::ExitStatus::WrongUsage);
    assert!(error.message(Language::Spanish).contains("alfa"));
}

#[test]
fn outside_a_course_is_wrong_usage() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Course::find(folder.path()).expect_err("no course");
    assert_eq!(error.exit_status(), crate::ExitStatus::WrongUsage);
}

/// Adds the keys that the reader asks for, one after another, until the claim is complete.
#[test]
fn every_name_of_the_list_is_a_claim_of_that_name() {
    for name in Claim::NAMES {
        let mut claim = format!("claim = \"{name}\"");
        let read_claim = loop {
            match read(&VALID.replacen("claim = \"ends\"", &claim, 1)) {
                Ok(exercise) => break exercise.scenarios[0].claims[1].claim.clone(),
                Err(problem) => match problem.cause {
                    Cause::MissingKey { key, .. } => claim += &format!(", {key} = \"x\""),
                    other => panic!("{name}: {other:?}"),
                },
            }
        };
        assert_eq!(read_claim.name(), name);
    }
}
