use unicode_width::UnicodeWidthStr;

use super::*;
use crate::Calls;
use crate::Language::{self, English, Spanish};
use crate::judge::{Fate, Finding, Unseen, Verdict};
use crate::report::fixtures::*;
use crate::report::{Graded, Outcome};

fn settings(single: bool, width: usize) -> TextSettings {
    TextSettings { color: false, width, single, calls: Calls::default() }
}

fn screen(graded: &[Graded<'_>], language: Language) -> String {
    render(&Report::new(graded, language, 0), &settings(graded.len() == 1, 80))
}

/// Both languages of a screen, as one snapshot.
macro_rules! golden {
    ($name:literal, $graded:expr) => {{
        let graded = $graded;
        insta::assert_snapshot!(concat!($name, "_es"), screen(&graded, Spanish));
        insta::assert_snapshot!(concat!($name, "_en"), screen(&graded, English));
    }};
}

const OF_WORKER: [&str; 3] = ["repartir", "trabajador", "ejecutar"];
const OF_PIPE: [&str; 3] = ["hijo", "padre", "conversar"];
const OF_QUEUE: [&str; 3] = ["productor", "consumidor", "ejecutar"];
const OF_COUNTER: [&str; 2] = ["incrementar", "contar"];

#[test]
fn the_first_run() {
    let (one, two, three, four) = (worker(), pipe(), queue(), counter());
    golden!(
        "first_run",
        [stub(&one, &OF_WORKER), stub(&two, &OF_PIPE), stub(&three, &OF_QUEUE), stub(&four, &OF_COUNTER)]
    );
}

#[test]
fn a_class_of_states() {
    let (one, two, three, four) = (worker(), pipe(), queue(), counter());
    golden!(
        "mixed",
        [
            solved(&one),
            half_pending(&two, &["padre", "conversar"]),
            hanging(&three),
            with(&four, Outcome::Missing)
        ]
    );
}

#[test]
fn all_solved() {
    let (one, two, three, four) = (worker(), pipe(), queue(), counter());
    golden!("all_solved", [solved(&one), solved(&two), solved(&three), solved(&four)]);
}

#[test]
fn one_solved() {
    let exercise = counter();
    golden!("solved", [solved(&exercise)]);
}

#[test]
fn the_messages_alone_are_those_of_the_screen() {
    let exercise = queue();
    for language in [Spanish, English] {
        let report = Report::new(&[hanging(&exercise)], language, 0);
        let (whole, alone) = (render(&report, &settings(true, 80)), messages(&report));
        assert!(alone.lines().count() > 1);
        for line in alone.lines() {
            assert!(whole.contains(line), "{line}");
        }
    }
}

#[test]
fn one_pending() {
    let exercise = worker();
    golden!("pending", [half_pending(&exercise, &["trabajador", "ejecutar"])]);
}

#[test]
fn a_race() {
    let exercise = counter();
    golden!("race", [racing(&exercise)]);
}

/// A graded exercise of which the compiler warned: of lints, each with a line and what it says.
fn warned<'a>(graded: Graded<'a>, of: &[(&str, u32, &str)]) -> Graded<'a> {
    let Outcome::Judged { source, shown_path, scenarios, .. } = graded.outcome else { return graded };
    let warning = |(lint, line, message): &(&str, u32, &str)| crate::build::Diagnostic {
        file: shown_path.clone(),
        line: *line,
        message: (*message).to_owned(),
        code: Some((*lint).to_owned()),
        rendered: String::new(),
        driver: false,
    };
    let warnings = of.iter().map(warning).collect();
    Graded { outcome: Outcome::Judged { source, shown_path, warnings, scenarios }, ..graded }
}

#[test]
fn what_the_compiler_warns_of_is_told_below_what_is_wrong() {
    let exercise = counter();
    let result = "unused `Result` that must be used";
    let of = [
        ("unused_must_use", 6, "unused `LockGuard` that must be used"),
        ("unused_must_use", 21, result),
        ("unused_must_use", 23, result),
        ("unused_variables", 2, "unused variable: `lock`"),
        ("unreachable_code", 30, "unreachable statement"),
    ];
    golden!("warned", [warned(racing(&exercise), &of)]);
}

#[test]
fn a_solved_exercise_is_warned_only_of_what_is_lost() {
    let exercise = counter();
    let solved = |lint| screen(&[warned(solved(&exercise), &[(lint, 7, "unused `Result`")])], English);
    assert!(solved("unused_must_use").contains("The compiler warns (:7)"));
    assert!(!solved("unused_variables").contains("The compiler warns"));
}

#[test]
fn a_hang() {
    let exercise = queue();
    golden!("hang", [hanging(&exercise)]);
}

#[test]
fn errors_of_the_compiler() {
    let exercise = queue();
    golden!("does_not_compile", [not_compiling(&exercise)]);
}

#[test]
fn a_driver_that_no_longer_compiles() {
    let exercise = worker();
    let mut graded = not_compiling(&exercise);
    if let Outcome::DoesNotCompile(diagnostics) = &mut graded.outcome {
        diagnostics.truncate(1);
        diagnostics[0].driver = true;
        diagnostics[0].file = "exercises/mp_worker/src/main.rs".into();
        diagnostics[0].message = "main.rs ya no compila: usa `Conteo`, que cambió en lib.rs. Probar: recuperar tipos y firmas originales.".into();
    }
    insta::assert_snapshot!("driver_es", screen(&[graded], Spanish));
}

#[test]
fn nothing_submitted() {
    let exercise = counter();
    golden!("missing", [with(&exercise, Outcome::Missing)]);
}

#[test]
fn a_fault_of_the_grader() {
    let exercise = counter();
    golden!(
        "fault",
        [with(&exercise, Outcome::Fault("falló `cargo build`\nno space left on device".into()))]
    );
}

/// Five different mistakes, one of them only hides a claim.
fn many_mistakes(exercise: &crate::course::Exercise) -> Graded<'_> {
    let broken = |goal: &str, name: &str, finding| (claim(goal, name), Verdict::Broken(finding));
    let wrong = Finding::WrongResult {
        function: Some("contar".into()),
        arguments: String::new(),
        name: "total".into(),
        expected: "2".into(),
        seen: "0".into(),
    };
    let early =
        Finding::OneAfterAnother { wanted: 4, together: 1, join: crate::text::finding::catalogue::at(21) };
    let silent = Finding::Silent { who: vec![crate::text::finding::catalogue::who("P1", "incrementar-1")] };
    let no_result = Verdict::Unseen(Unseen::NoResult { name: "total".into() });
    let first = vec![
        broken("total", "result", wrong.clone()),
        broken("hijos", "ends", early),
        (claim("un_proceso", "result"), no_result),
        (claim("cierre", "joined"), Verdict::Pending { function: Some("contar".into()), place: None }),
    ];
    let second = vec![
        broken("total", "result", wrong),
        broken("hijos", "prints", silent),
        broken("hijos", "ends", Finding::OutputLimit),
    ];
    judged(
        exercise,
        SOURCE,
        vec![scenario("uno", "contar 2 1", first), scenario("dos", "contar 4 7", second)],
    )
}

#[test]
fn several_mistakes() {
    let exercise = counter();
    golden!("several", [many_mistakes(&exercise)]);
}

#[test]
fn a_narrow_page_is_wrapped() {
    let exercise = counter();
    let report = Report::new(&[racing(&exercise)], Spanish, 2);
    let text = render(&report, &settings(true, 60));
    insta::assert_snapshot!("race_60_es", text);
}

/// Every screen of the tests, in both languages.
fn all_screens(width: usize, color: bool) -> Vec<String> {
    let (one, two, three, four) = (worker(), pipe(), queue(), counter());
    let single =
        [stub(&one, &OF_WORKER), racing(&four), hanging(&three), solved(&four), many_mistakes(&four)];
    let mut screens = Vec::new();
    for language in [Spanish, English] {
        for graded in &single {
            let report = Report::new(std::slice::from_ref(graded), language, 0);
            screens.push(render(&report, &TextSettings { color, ..settings(true, width) }));
        }
        let graded = [stub(&one, &OF_WORKER), half_pending(&two, &OF_PIPE), hanging(&three), racing(&four)];
        screens.push(render(
            &Report::new(&graded, language, 1),
            &TextSettings { color, ..settings(false, width) },
        ));
    }
    screens
}

#[test]
fn no_line_is_wider_than_the_page() {
    for width in [60, 80, 100] {
        for text in all_screens(width, false) {
            for line in text.lines() {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    for (plain, coloured) in all_screens(80, false).into_iter().zip(all_screens(80, true)) {
        assert!(!plain.contains('\u{1b}'));
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
    }
}

#[test]
fn the_compilers_colours_are_kept_only_where_there_may_be_colour() {
    let exercise = queue();
    let report = Report::new(&[not_compiling(&exercise)], Spanish, 0);
    let coloured = render(&report, &TextSettings { color: true, ..settings(true, 80) });
    assert!(coloured.contains("\u{1b}[91merror[E0382]"));
    assert!(!render(&report, &settings(true, 80)).contains('\u{1b}'));
}

#[test]
fn the_name_and_the_result_come_last() {
    let exercise = counter();
    let text = screen(&[racing(&exercise)], Spanish);
    assert_eq!(text.lines().last(), Some("contador_con_lock: a medias, 5 de 10"));
}

#[test]
fn the_next_exercise_is_one_that_was_begun() {
    let (one, two, three) = (worker(), pipe(), queue());
    let next = |graded: &[Graded<'_>]| {
        let text = screen(graded, English);
        text.lines().find_map(|line| line.strip_prefix("Next: ")).map(str::to_owned)
    };
    let id = |id: &str| Some(id.to_owned());
    assert_eq!(next(&[stub(&one, &[]), stub(&two, &[]), hanging(&three)]), id("productor_consumidor"));
    assert_eq!(next(&[stub(&one, &[]), half_pending(&two, &[]), solved(&three)]), id("pipe_bidireccional"));
    assert_eq!(
        next(&[solved(&one), with(&two, Outcome::Missing), stub(&three, &[])]),
        id("productor_consumidor")
    );
    assert_eq!(next(&[solved(&one), solved(&two), solved(&three)]), None);
}

#[test]
fn commands_of_the_workspace_are_told_only_for_the_workspace() {
    let exercise = counter();
    let report = Report::new(&[racing(&exercise)], Spanish, 0);
    let text = render(&report, &TextSettings { calls: of_ana(), ..settings(true, 80) });
    assert!(!text.contains("cargo run -p contador_con_lock"), "{text}");
    assert!(screen(&[racing(&exercise)], Spanish).contains("cargo run -p contador_con_lock -- contar 2 1"));
}

/// A grading of somebody's submission from another folder.
fn of_ana() -> Calls {
    Calls {
        grader: "cargo run --manifest-path curso/grader/Cargo.toml --".into(),
        common: vec!["--course curso".into(), "--lang es".into()],
        grading: vec!["--submission 'entregas/ana maría'".into()],
        exercises: "curso/exercises".into(),
        own_workspace: false,
    }
}

#[test]
fn the_next_steps_are_those_of_the_submission() {
    let (one, two) = (worker(), counter());
    let files = [&one, &two].map(|e| (e.id.clone(), format!("entregas/ana maría/{}/src/lib.rs", e.id)));
    let screen = |graded: &[Graded<'_>]| {
        let report = Report::new(graded, Spanish, 0).with_files(&files.clone().into());
        render(&report, &TextSettings { calls: of_ana(), ..settings(graded.len() == 1, 80) })
    };
    insta::assert_snapshot!("submission_first", screen(&[stub(&one, &OF_WORKER), racing(&two)]));
    insta::assert_snapshot!("submission_missing", screen(&[with(&two, Outcome::Missing)]));
}

#[test]
fn what_follows_from_a_cause_is_counted_and_not_told() {
    let exercise = counter();
    let wrong = |name: &str| {
        let (name, expected, seen) = (name.to_owned(), "2".to_owned(), "0".to_owned());
        Verdict::Broken(Finding::WrongResult {
            function: None,
            arguments: String::new(),
            name,
            expected,
            seen,
        })
    };
    let not_joined = Verdict::Broken(Finding::NotJoined {
        function: Some("contar".into()),
        children: 2,
        left: vec![(crate::text::finding::catalogue::who("P1", "hijo-1"), Fate::Running)],
        started_at: Vec::new(),
    });
    let case = |id: &str, name: &str, other: Verdict| {
        scenario(
            id,
            "contar 2 1",
            vec![(claim("total", "result"), wrong(name)), (claim("cierre", "joined"), other)],
        )
    };
    let text = |scenarios| screen(&[judged(&exercise, SOURCE, scenarios)], Spanish);
    let follows = text(vec![case("uno", "total", not_joined.clone())]);
    assert!(!follows.contains("debía ser 2") && follows.contains("y 1 falla más"), "{follows}");
    let alone = text(vec![case("uno", "total", not_joined), case("dos", "total", Verdict::Kept)]);
    assert!(alone.contains("debía ser 2"), "{alone}");
}
