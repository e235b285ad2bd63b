use super::fixtures::*;
use super::*;
use crate::Language::{English, Spanish};
use crate::judge::{Finding, Unseen};
use crate::text::finding::catalogue;

fn of(graded: &Graded<'_>) -> ExerciseReport {
    Report::new(std::slice::from_ref(graded), Spanish, 0).exercises.remove(0)
}

/// The status of the goal `total` of an exercise in which these are the verdicts of its claims, and its points.
fn goal(verdicts: &[Verdict]) -> (GoalStatus, u32) {
    let exercise = counter();
    let claims = verdicts.iter().map(|verdict| (claim("total", "result"), verdict.clone())).collect();
    let report = of(&judged(&exercise, SOURCE, vec![scenario("uno", "contar 2 1", claims)]));
    let goal = report.goals.iter().find(|goal| goal.id == "total").expect("the goal");
    (goal.status, goal.points)
}

fn broken() -> Verdict {
    Verdict::Broken(Finding::OutputLimit)
}

fn pending() -> Verdict {
    Verdict::Pending { function: None, place: None }
}

fn unseen() -> Verdict {
    Verdict::Unseen(Unseen::Truncated)
}

#[test]
fn a_goal_is_kept_when_all_its_claims_are() {
    assert_eq!(goal(&[Verdict::Kept, Verdict::Kept]), (GoalStatus::Kept, 5));
    assert_eq!(goal(&[Verdict::Kept, broken()]), (GoalStatus::Broken, 0));
    assert_eq!(goal(&[Verdict::Kept, pending()]), (GoalStatus::Pending, 0));
    assert_eq!(goal(&[Verdict::Kept, unseen()]), (GoalStatus::Unseen, 0));
}

#[test]
fn a_goal_tells_the_worst_of_its_claims() {
    assert_eq!(goal(&[pending(), broken(), unseen()]).0, GoalStatus::Broken);
    assert_eq!(goal(&[unseen(), pending(), Verdict::Kept]).0, GoalStatus::Pending);
}

#[test]
fn a_claim_that_nothing_could_break_does_not_count() {
    assert_eq!(goal(&[Verdict::Vacuous, Verdict::Kept]), (GoalStatus::Kept, 5));
    assert_eq!(goal(&[Verdict::Vacuous, Verdict::Vacuous]), (GoalStatus::Unseen, 0));
    assert_eq!(goal(&[Verdict::Vacuous, broken()]).0, GoalStatus::Broken);
    assert_eq!(goal(&[]), (GoalStatus::Unseen, 0));
}

#[test]
fn a_goal_counts_once_over_all_scenarios() {
    let exercise = counter();
    let report = of(&racing(&exercise));
    let points: Vec<u32> = report.goals.iter().map(|goal| goal.points).collect();
    assert_eq!(points, [2, 2, 0, 1]);
    assert_eq!((report.points, report.max_points, report.status), (5, 10, Status::Failed));
}

#[test]
fn an_exercise_has_the_status_of_its_goals() {
    let exercise = queue();
    assert_eq!(of(&solved(&exercise)).status, Status::Passed);
    assert_eq!(of(&stub(&exercise, &["ejecutar"])).status, Status::Pending);
    let half = of(&half_pending(&exercise, &["ejecutar"]));
    assert_eq!((half.status, half.points), (Status::Pending, 3));
    assert_eq!(of(&hanging(&exercise)).status, Status::Failed);
    let unseen = vec![(claim("cada_item", "ends"), unseen()), (claim("terminan", "ends"), Verdict::Kept)];
    assert_eq!(of(&judged(&exercise, "", vec![scenario("uno", "", unseen)])).status, Status::Failed);
    let both = vec![(claim("cada_item", "ends"), broken()), (claim("terminan", "ends"), pending())];
    assert_eq!(of(&judged(&exercise, "", vec![scenario("uno", "", both)])).status, Status::Failed);
}

#[test]
fn what_was_not_run_has_a_status_and_no_points() {
    let exercise = queue();
    let missing = of(&with(&exercise, Outcome::Missing));
    assert_eq!((missing.status, missing.points, missing.max_points), (Status::Missing, 0, 6));
    assert_eq!(missing.file, "exercises/productor_consumidor/src/lib.rs");
    let compiled = of(&not_compiling(&exercise));
    assert_eq!((compiled.status, compiled.diagnostics.len()), (Status::DoesNotCompile, 2));
    let fault = of(&with(&exercise, Outcome::Fault("sin disco".into())));
    assert_eq!((fault.status, fault.fault.as_deref()), (Status::GraderFault, Some("sin disco")));
}

#[test]
fn the_exit_status_is_that_of_the_worst() {
    let (one, two) = (queue(), counter());
    let exit = |graded: &[Graded<'_>]| Report::new(graded, Spanish, 0).exit_status();
    assert_eq!(exit(&[solved(&one), solved(&two)]), ExitStatus::AllPoints);
    assert_eq!(exit(&[solved(&one), stub(&two, &["contar"])]), ExitStatus::NotAllPoints);
    assert_eq!(exit(&[solved(&one), with(&two, Outcome::Missing)]), ExitStatus::NotAllPoints);
    assert_eq!(
        exit(&[not_compiling(&one), with(&two, Outcome::Fault(String::new()))]),
        ExitStatus::GraderFault
    );
    assert_eq!(exit(&[]), ExitStatus::NotAllPoints);
}

#[test]
fn a_mistake_is_told_by_the_claim_that_it_breaks_first() {
    let exercise = queue();
    let report = of(&hanging(&exercise));
    let folded: Vec<Option<usize>> = report.claims.iter().map(|claim| claim.same_as).collect();
    assert_eq!(folded, [Some(1), None, Some(1), Some(1)]);
    let verdicts: Vec<VerdictReport> = report.claims.iter().map(|claim| claim.verdict).collect();
    assert_eq!(verdicts[..2], [VerdictReport::Unseen, VerdictReport::Broken]);
}

#[test]
fn the_lines_of_the_student_are_quoted() {
    let exercise = counter();
    let report = of(&racing(&exercise));
    let broken = report.claims.iter().find(|claim| claim.verdict == VerdictReport::Broken).expect("broken");
    let quoted: Vec<(u32, &str)> =
        broken.excerpt.iter().map(|line| (line.line, line.text.as_str())).collect();
    assert_eq!(quoted, [(6, "let leido = contador.get();"), (7, "contador.set(leido + 1);")]);
    assert_eq!(broken.locations[0].process.as_deref(), Some("P1"));
    assert_eq!(broken.finding.as_deref(), Some("lost_update"));
}

#[test]
fn lines_that_are_not_there_are_not_quoted() {
    let exercise = counter();
    let lost = Verdict::Broken(catalogue::lost(crate::judge::LostCause::NoLock, None));
    let claims = vec![(claim("total", "result"), lost)];
    let report = of(&judged(&exercise, "una línea\n", vec![scenario("uno", "contar 2 1", claims)]));
    assert!(report.claims[0].excerpt.is_empty());
}

#[test]
fn arguments_are_those_of_the_scenario() {
    let exercise = counter();
    let wrong = Finding::WrongResult {
        function: Some("contar".into()),
        arguments: String::new(),
        name: "total".into(),
        expected: "2".into(),
        seen: "0".into(),
    };
    let claims = vec![(claim("total", "result"), Verdict::Broken(wrong))];
    let report = of(&judged(&exercise, SOURCE, vec![scenario("uno", "contar 2 1", claims)]));
    assert_eq!(report.claims[0].message, "Con `contar 2 1`, «total» debía ser 2 y es 0.");
}

#[test]
fn functions_to_write_come_from_the_file_and_from_the_run() {
    let exercise = queue();
    let mut graded = stub(&exercise, &["productor", "ejecutar"]);
    if let Outcome::Judged { scenarios, .. } = &mut graded.outcome {
        let place = catalogue::at(40);
        scenarios[0].claims[1].1 = Verdict::Pending { function: Some("otra".into()), place };
    }
    let pending: Vec<(String, u32)> =
        of(&graded).pending.into_iter().map(|one| (one.function, one.line)).collect();
    assert_eq!(pending, [("productor".to_owned(), 1), ("ejecutar".to_owned(), 5), ("otra".to_owned(), 40)]);
}

#[test]
fn the_seed_is_that_of_all_or_of_none() {
    let (one, two) = (queue(), counter());
    let mut graded = [solved(&one), solved(&two)];
    assert_eq!(Report::new(&graded, English, 0).seed.as_deref(), Some("5c1e"));
    graded[1].seed = "1".parse().expect("a seed");
    assert_eq!(Report::new(&graded, English, 0).seed, None);
}

#[test]
fn the_json_form_can_be_read_back() {
    let (one, two, three) = (queue(), counter(), worker());
    let graded = [hanging(&one), racing(&two), not_compiling(&three)];
    let report = Report::new(&graded, English, 3);
    let json = serde_json::to_string(&report).expect("written");
    assert_eq!(serde_json::from_str::<Report>(&json).expect("read"), report);
}

#[test]
fn the_json_form_of_a_race() {
    let exercise = counter();
    let mut report = Report::new(&[racing(&exercise)], English, 0);
    report.exercises[0].claims.drain(..2);
    report.exercises[0].claims.truncate(1);
    insta::assert_json_snapshot!("json_race", report);
}

#[test]
fn junit_says_of_every_goal_without_a_result_why_it_has_none() {
    let (one, two, three) = (worker(), counter(), queue());
    let graded = [stub(&one, &["repartir"]), with(&two, Outcome::Missing), hanging(&three)];
    let text = junit(&Report::new(&graded, Spanish, 0));
    let skipped: Vec<&str> = text.lines().filter(|line| line.contains("<skipped")).collect();
    assert!(skipped.len() > two.goals.len(), "{text}");
    for line in skipped {
        assert!(line.contains("message=\"") && !line.contains("message=\"\""), "{line}");
    }
    assert!(text.contains("No se encontró exercises/contador_con_lock/src/lib.rs."), "{text}");
    insta::assert_snapshot!(text);
}
