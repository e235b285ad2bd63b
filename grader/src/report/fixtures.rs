//! Graded exercises for the tests, made of data.

use crate::build::Diagnostic;
use crate::course::{Bilingual, Claim, Exercise, Goal, Races, ScenarioClaim};
use crate::judge::{Cause, Finding, LostCause, Unseen, Verdict};
use crate::report::{Graded, JudgedScenario, Mode, Outcome};
use crate::run::Place;
use crate::seed::Seed;
use crate::text::finding::catalogue;

/// A student's file in which the lines that the findings tell of are where they say.
pub(super) const SOURCE: &str = "\
use procesos::{Lock, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let leido = contador.get();
        contador.set(leido + 1);
    }
    Ok(())
}

/// Crea un contador y un lock, inicia los procesos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(incrementar, (contador.clone(), lock.clone(), veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
// 24
// 25
";

fn both(es: &str, en: &str) -> Bilingual {
    Bilingual { es: es.to_owned(), en: en.to_owned() }
}

fn exercise(id: &str, order: u32, summary: Bilingual, goals: Vec<Goal>) -> Exercise {
    Exercise {
        id: id.to_owned(),
        folder: format!("/curso/exercises/{id}").into(),
        order,
        title: both("Título", "Title"),
        summary,
        concepts: Vec::new(),
        hints: Vec::new(),
        goals,
        scenarios: Vec::new(),
        dependencies: Vec::new(),
    }
}

fn goal(id: &str, points: u32, es: &str, en: &str) -> Goal {
    Goal { id: id.to_owned(), points, title: both(es, en) }
}

/// Four goals: `un_proceso` 2, `hijos` 2, `total` 5, `cierre` 1.
pub(super) fn counter() -> Exercise {
    let goals = vec![
        goal("un_proceso", 2, "un proceso solo suma bien", "one process alone adds right"),
        goal("hijos", 2, "suman los hijos, no el padre", "the children add, not the parent"),
        goal("total", 5, "el total es correcto en todo orden", "the total is right in every order"),
        goal(
            "cierre",
            1,
            "el lock queda libre y todos se esperan",
            "the lock is left free and every child is joined",
        ),
    ];
    exercise("contador_con_lock", 4, both("por qué sumar es una carrera", "why adding is a race"), goals)
}

/// Two goals: `cada_item` 3, `terminan` 3.
pub(super) fn queue() -> Exercise {
    let goals = vec![
        goal("cada_item", 3, "cada item se consume una sola vez", "each item is consumed exactly once"),
        goal(
            "terminan",
            3,
            "todos los consumidores terminan en todo orden",
            "all consumers end in every order",
        ),
    ];
    exercise("productor_consumidor", 3, both("una cola y su FIN", "one queue and its FIN"), goals)
}

/// Two goals: `hijo` 4, `padre` 6.
pub(super) fn pipe() -> Exercise {
    let goals = vec![
        goal("hijo", 4, "el hijo contesta y termina bien", "the child answers and ends well"),
        goal(
            "padre",
            6,
            "el padre recibe todo y avisa el final",
            "the parent receives all and tells the end",
        ),
    ];
    exercise("pipe_bidireccional", 2, both("conversar por un pipe", "a conversation over a pipe"), goals)
}

/// Two goals: `repartir` 2, `cada_tramo` 8.
pub(super) fn worker() -> Exercise {
    let goals = vec![
        goal(
            "repartir",
            2,
            "el reparto no pierde ni repite números",
            "the split loses and repeats no number",
        ),
        goal(
            "cada_tramo",
            8,
            "cada tramo lo cuenta su propio hijo",
            "each range is counted by its own child",
        ),
    ];
    exercise("mp_worker", 1, both("iniciar y esperar procesos", "starting and joining processes"), goals)
}

pub(super) fn seed() -> Seed {
    "5c1e".parse().expect("a seed")
}

/// A claim of a goal: its name decides which.
pub(super) fn claim(goal: &str, name: &str) -> ScenarioClaim {
    let text = |text: &str| text.to_owned();
    let claim = match name {
        "result" => {
            Claim::Result { name: text("total"), expected: text("esperado"), races: Races::Forbidden }
        }
        "same_items" => Claim::SameItems { name: text("consumidos"), expected: text("esperados") },
        "joined" => Claim::Joined,
        "prints" => Claim::Prints,
        "locks_released" => Claim::LocksReleased,
        _ => Claim::Ends,
    };
    ScenarioClaim { goal: goal.to_owned(), claim }
}

pub(super) fn scenario(id: &str, args: &str, claims: Vec<(ScenarioClaim, Verdict)>) -> JudgedScenario {
    JudgedScenario {
        explored: None,
        id: id.to_owned(),
        args: args.split(' ').map(str::to_owned).collect(),
        mode: Mode::Free,
        claims,
    }
}

pub(super) fn judged<'a>(exercise: &'a Exercise, source: &str, scenarios: Vec<JudgedScenario>) -> Graded<'a> {
    let shown_path = format!("exercises/{}/src/lib.rs", exercise.id);
    let source = source.to_owned();
    let outcome = Outcome::Judged { source, shown_path, warnings: Vec::new(), scenarios };
    Graded { exercise, seed: seed(), outcome }
}

pub(super) fn with(exercise: &Exercise, outcome: Outcome) -> Graded<'_> {
    Graded { exercise, seed: seed(), outcome }
}

/// Everything kept.
pub(super) fn solved(exercise: &Exercise) -> Graded<'_> {
    let claims = exercise.goals.iter().map(|goal| (claim(&goal.id, "ends"), Verdict::Kept)).collect();
    judged(exercise, SOURCE, vec![scenario("uno", "ejecutar 1", claims)])
}

/// The stub: every claim waits for a function.
pub(super) fn stub<'a>(exercise: &'a Exercise, functions: &[&str]) -> Graded<'a> {
    let source: String =
        functions.iter().map(|name| format!("pub fn {name}() {{\n    todo!()\n}}\n\n")).collect();
    let place = Place { file: "lib.rs".into(), line: 2, of_student: true, function: None };
    let pending =
        Verdict::Pending { function: functions.first().map(|&name| name.to_owned()), place: Some(place) };
    let claims = exercise.goals.iter().map(|goal| (claim(&goal.id, "ends"), pending.clone())).collect();
    judged(exercise, &source, vec![scenario("uno", "ejecutar 1", claims)])
}

/// The first goal kept, the others waiting for a function.
pub(super) fn half_pending<'a>(exercise: &'a Exercise, functions: &[&str]) -> Graded<'a> {
    let mut graded = stub(exercise, functions);
    if let Outcome::Judged { scenarios, .. } = &mut graded.outcome {
        scenarios[0].claims[0].1 = Verdict::Kept;
    }
    graded
}

/// A race on lines 6 and 7 of [`SOURCE`].
pub(super) fn race(seen: Option<(&str, &str)>) -> Finding {
    let mut finding = catalogue::lost(LostCause::NoLock, seen);
    if let Finding::LostUpdate { steps, .. } = &mut finding {
        for step in steps {
            step.place.iter_mut().for_each(|place| place.line -= 18);
        }
    }
    finding
}

/// A counter without a lock, seen in three scenarios.
pub(super) fn racing(exercise: &Exercise) -> Graded<'_> {
    let broken = |seen| Verdict::Broken(race(seen));
    judged(
        exercise,
        SOURCE,
        vec![
            scenario("solo", "solo 3 500", vec![(claim("un_proceso", "result"), Verdict::Kept)]),
            scenario(
                "dos-por-uno",
                "contar 2 1",
                vec![
                    (claim("hijos", "ends"), Verdict::Kept),
                    (claim("total", "result"), broken(Some(("2", "1")))),
                    (claim("cierre", "joined"), Verdict::Kept),
                    (claim("cierre", "locks_released"), Verdict::Vacuous),
                ],
            ),
            scenario("varios", "contar 4 7", vec![(claim("total", "result"), broken(Some(("28", "21"))))]),
            scenario("muchas-veces", "contar 3 2000", vec![(claim("total", "result"), broken(None))]),
        ],
    )
}

/// One end mark for three consumers: a hang, which hides another claim.
pub(super) fn hanging(exercise: &Exercise) -> Graded<'_> {
    let file = "exercises/productor_consumidor/src/lib.rs";
    let hang = || in_file(catalogue::one_end_mark(), file);
    let hidden = || Verdict::Unseen(Unseen::DidNotEnd(Box::new(hang())));
    let tres = vec![
        (claim("cada_item", "same_items"), hidden()),
        (claim("terminan", "ends"), Verdict::Broken(hang())),
    ];
    let azar = vec![
        (claim("cada_item", "same_items"), hidden()),
        (claim("terminan", "ends"), Verdict::Broken(hang())),
    ];
    let source = lines_to(
        63,
        &[
            (41, "        match cola.get()? {"),
            (58, "    cola.put(&Mensaje::Fin)?;"),
            (63, "        hijo.join()?;"),
        ],
    );
    judged(
        exercise,
        &source,
        vec![
            scenario("tres-consumidores", "ejecutar 1 3 4 16", tres),
            scenario("al-azar", "ejecutar 3 2 8 4", azar),
        ],
    )
}

/// A deadlock with its places in another file.
fn in_file(mut finding: Finding, file: &str) -> Finding {
    if let Finding::Deadlock { waiting, cause: Cause::NobodyPuts { last_put, .. } } = &mut finding {
        let places = waiting.iter_mut().filter_map(|one| one.place.as_mut()).chain(last_put);
        places.for_each(|place| place.file = file.to_owned());
    }
    finding
}

fn lines_to(last: usize, known: &[(usize, &str)]) -> String {
    let line = |number| known.iter().find(|(at, _)| *at == number).map_or("", |(_, text)| *text);
    (1..=last).map(|number| format!("{}\n", line(number))).collect()
}

/// Two errors of the compiler.
pub(super) fn not_compiling(exercise: &Exercise) -> Graded<'_> {
    let file = format!("exercises/{}/src/lib.rs", exercise.id);
    let rendered = format!(
        "\u{1b}[1m\u{1b}[91merror[E0382]\u{1b}[0m\u{1b}[1m: use of moved value: `cola`\u{1b}[0m\n  --> {file}:24:33\n   |\n24 |     Process::new(hijo, (cola,)).start()?;\n   |                         ^^^^ value moved here, in previous iteration of loop\n\n"
    );
    let first = Diagnostic {
        file: file.clone(),
        line: 24,
        message: "use of moved value: `cola`".into(),
        code: Some("E0382".into()),
        rendered,
        driver: false,
    };
    let second = Diagnostic {
        line: 30,
        message: "mismatched types".into(),
        code: Some("E0308".into()),
        ..first.clone()
    };
    with(exercise, Outcome::DoesNotCompile(vec![first, second]))
}
