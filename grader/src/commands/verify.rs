//! The command `verify`: the course checks itself.
//!
//! Every stub is pending and breaks nothing, every solution and every right program gets all points, every wrong
//! program breaks exactly the claims that it names, and every claim is broken by some wrong program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{VerifyOptions, catalog};
use crate::build::{BuildSettings, Builder, Limits};
use crate::corpus::{Expectation, Header, Pair};
use crate::course::{Course, Exercise};
use crate::error::{Doing, Error, Result};
use crate::grading::{SCHEDULES, Task, grade_each};
use crate::intake::Source;
use crate::judge::Verdict;
use crate::report::{Graded, Outcome, Report, Status};
use crate::text::screen::Complete;
use crate::{ExitStatus, terminal, text};

/// Orders of each scenario that the search for all of them may take for a solution: a thousand distinct ones, and some more
/// that turn out to have been seen.
const PROOF_OF_SOLUTION: u64 = 1_100;
/// The name of the solution in the table.
const SOLUTION: &str = "solution";

/// A program of the course and what it has to come to.
pub(super) struct Program<'a> {
    pub(super) exercise: &'a Exercise,
    /// As the table names it: `plantilla`, `wrong/no_lock`.
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) expected: Expectation,
}

/// Checks the course and prints the table.
///
/// # Errors
/// Wrong usage, a header that cannot be read, or a fault of the grader.
pub fn verify(course: &Course, options: &VerifyOptions) -> Result<ExitStatus> {
    let exercises = course.select(&options.ids)?;
    let settings = BuildSettings { language: options.language, colour: false, limits: Limits::default() };
    let builder = Builder::new(course, &exercises, settings)?;
    let mut programs = Vec::new();
    for exercise in &exercises {
        programs.extend(programs_of(course, exercise)?);
    }
    if options.catalog {
        return Ok(catalog::write(&builder, &programs, options));
    }
    // All gradings of a program in a row, so that it is built once.
    let times = usize::try_from(options.times).unwrap_or(usize::MAX);
    let mut tasks = Vec::new();
    for Program { exercise, source, name, .. } in &programs {
        let task = Task {
            exercise,
            source: Some(source),
            refused: None,
            seed: options.seed,
            schedules: SCHEDULES,
            proof: (name == SOLUTION).then_some(PROOF_OF_SOLUTION),
            told: false,
            enough: None,
        };
        tasks.extend(std::iter::repeat_n(task, times));
    }
    let mut complaints: Vec<BTreeMap<usize, String>> = programs.iter().map(|_| BTreeMap::new()).collect();
    let mut proved: Vec<Option<Complete>> = vec![None; programs.len()];
    grade_each(
        &builder,
        &tasks,
        options.language,
        |step| terminal::show(&text::interface::progress(options.language, &step)),
        // Only the complaint of a grading is kept, in the order of the gradings and not of their ends.
        |index, graded| {
            let program = &programs[index / times];
            proved[index / times] = complete(&graded).filter(|_| program.name == SOLUTION);
            let found = complaint(program, &graded, options);
            complaints[index / times].extend(found.map(|found| (index, found)));
        },
    );
    terminal::clear();
    let complaints: Vec<Vec<String>> =
        complaints.into_iter().map(|found| found.into_values().collect()).collect();
    let unbroken =
        exercises.iter().flat_map(|exercise| never_broken(exercise, &programs)).collect::<Vec<_>>();
    let table = table(&programs, &complaints, &proved, &unbroken, options);
    println!("{}", terminal::wrapped_for_stdout(&table));
    let wrong = complaints.iter().any(|found| !found.is_empty()) || !unbroken.is_empty();
    Ok(if wrong { ExitStatus::NotAllPoints } else { ExitStatus::AllPoints })
}

/// The stub, the solution and the programs beside it.
fn programs_of<'a>(course: &Course, exercise: &'a Exercise) -> Result<Vec<Program<'a>>> {
    let solution = course.root.join("solutions").join(&exercise.id);
    let read = |path: PathBuf, name: &str| -> Result<(Source, String)> {
        let text = fs::read_to_string(&path).map_err(|e| Error::io(Doing::Read, &path, e))?;
        Ok((Source::new(&exercise.id, text, Exercise::shown(&path, &course.root)), name.to_owned()))
    };
    let program = |(source, name): (Source, String), expected| Program { exercise, name, source, expected };
    let mut programs = vec![
        program(read(exercise.folder.join("plantilla.rs"), "plantilla")?, Expectation::Pending),
        program(read(solution.join("src").join("lib.rs"), SOLUTION)?, Expectation::AllPoints),
    ];
    for kind in ["right", "wrong"] {
        for path in rust_files(&solution.join(kind))? {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let (source, name) = read(path, &format!("{kind}/{stem}"))?;
            let expected = match kind {
                "right" => Expectation::AllPoints,
                _ => Header::read(&source, exercise).map_err(Error::usage)?.expectation,
            };
            programs.push(Program { exercise, name, source, expected });
        }
    }
    Ok(programs)
}

/// The Rust files of a folder, by name; none where there is no folder.
fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let failed = |e| Error::io(Doing::Read, folder, e);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The scenarios that were tried in all their orders.
fn complete(graded: &Graded<'_>) -> Option<Complete> {
    let Outcome::Judged { scenarios, .. } = &graded.outcome else { return None };
    let explored = || scenarios.iter().filter_map(|scenario| scenario.explored.as_ref());
    let all = || explored().filter(|explored| explored.exhaustive);
    let most = all().map(|explored| explored.tried).max()?;
    Some(Complete { complete: all().count() as u64, cases: explored().count() as u64, most })
}

/// What is not as it should be with one grading of a program.
fn complaint(program: &Program<'_>, graded: &Graded<'_>, options: &VerifyOptions) -> Option<String> {
    let report = Report::new(std::slice::from_ref(graded), options.language, 0);
    let exercise = report.exercises.first()?;
    let found = broken_pairs(graded);
    let failed = |seen: String| Some(text::verify::instead(options.language, &program.expected, &seen));
    match (&program.expected, &graded.outcome) {
        (_, Outcome::Fault(why)) => failed(why.clone()),
        (Expectation::DoesNotCompile(code), Outcome::DoesNotCompile(diagnostics)) => {
            let first = diagnostics.first().and_then(|d| d.code.clone()).unwrap_or_default();
            if first == *code { None } else { failed(first) }
        }
        (_, Outcome::DoesNotCompile(diagnostics)) => failed(
            diagnostics.first().map_or_else(String::new, |d| format!("{}:{}: {}", d.file, d.line, d.message)),
        ),
        (Expectation::AllPoints, _) if exercise.points == exercise.max_points => None,
        (Expectation::Pending, _) if exercise.status == Status::Pending && found.is_empty() => None,
        (Expectation::Breaks { always, sometimes }, Outcome::Judged { .. })
            if always.is_subset(&found)
                && found.iter().all(|p| always.contains(p) || sometimes.contains(p)) =>
        {
            None
        }
        _ => failed(seen_instead(graded, exercise.points)),
    }
}

/// The claims that a grading broke.
fn broken_pairs(graded: &Graded<'_>) -> BTreeSet<Pair> {
    let Outcome::Judged { scenarios, .. } = &graded.outcome else { return BTreeSet::new() };
    let claims = scenarios.iter().flat_map(|scenario| &scenario.claims);
    claims
        .filter(|(_, verdict)| matches!(verdict, Verdict::Broken(_)))
        .map(|(claim, _)| Pair { goal: claim.goal.clone(), claim: claim.claim.name().to_owned() })
        .collect()
}

/// What a grading came to, for a complaint: points, what broke where, what was not seen.
fn seen_instead(graded: &Graded<'_>, points: u32) -> String {
    let mut seen = vec![format!("{points}")];
    if let Outcome::Judged { scenarios, .. } = &graded.outcome {
        for scenario in scenarios {
            for (claim, verdict) in &scenario.claims {
                let (goal, name, id) = (&claim.goal, claim.claim.name(), &scenario.id);
                match verdict {
                    Verdict::Broken(finding) => seen.push(format!("{goal}.{name} ({id}): {finding:?}")),
                    Verdict::Unseen(why) => seen.push(format!("{goal}.{name} ({id}) unseen: {why:?}")),
                    Verdict::Pending { .. } => seen.push(format!("{goal}.{name} ({id}) pending")),
                    Verdict::Kept | Verdict::Vacuous => {}
                }
            }
        }
    }
    seen.join("\n      ")
}

/// Claims of an exercise that no wrong program names.
fn never_broken(exercise: &Exercise, programs: &[Program<'_>]) -> Vec<String> {
    let named: BTreeSet<&Pair> = programs
        .iter()
        .filter(|program| program.exercise.id == exercise.id)
        .filter_map(|program| match &program.expected {
            Expectation::Breaks { always, sometimes } => Some(always.iter().chain(sometimes)),
            _ => None,
        })
        .flatten()
        .collect();
    let claims = exercise.scenarios.iter().flat_map(|scenario| &scenario.claims);
    let pairs: BTreeSet<Pair> =
        claims.map(|claim| Pair { goal: claim.goal.clone(), claim: claim.claim.name().to_owned() }).collect();
    pairs.iter().filter(|pair| !named.contains(pair)).map(|pair| format!("{}: {pair}", exercise.id)).collect()
}

fn table(
    programs: &[Program<'_>],
    complaints: &[Vec<String>],
    proved: &[Option<Complete>],
    unbroken: &[String],
    options: &VerifyOptions,
) -> String {
    let mut text = String::new();
    let mut last = "";
    for ((program, found), proved) in programs.iter().zip(complaints).zip(proved) {
        if program.exercise.id != last {
            last = &program.exercise.id;
            text += &format!("{last}\n");
        }
        let mark = if found.is_empty() { '✔' } else { '✘' };
        let expected = text::verify::expected(options.language, &program.expected);
        text += &format!("  {mark} {:<34} {expected}\n", program.name);
        if let Some(complete) = proved {
            text += &format!("      {}\n", text::screen::all_orders(options.language, *complete));
        }
        let mut shown: Vec<&String> = found.iter().collect();
        shown.dedup();
        for complaint in shown {
            text += &format!("      {complaint}\n");
        }
        if options.times > 1 && !found.is_empty() {
            text += &format!("      {} / {}\n", found.len(), options.times);
        }
    }
    for pair in unbroken {
        text += &format!("  ✘ {}\n", text::verify::never_broken(options.language, pair));
    }
    let failed = complaints.iter().filter(|found| !found.is_empty()).count();
    let count = |fits: fn(&Expectation) -> bool| programs.iter().filter(|p| fits(&p.expected)).count();
    let counts = text::verify::Counts {
        stubs: count(|e| matches!(e, Expectation::Pending)),
        full: count(|e| matches!(e, Expectation::AllPoints)),
        wrong: count(|e| matches!(e, Expectation::Breaks { .. } | Expectation::DoesNotCompile(_))),
        in_some_orders: count(|e| matches!(e, Expectation::Breaks { always, .. } if always.is_empty())),
        times: options.times,
        failed,
    };
    text + "\n" + &text::verify::summary(options.language, &counts)
}
