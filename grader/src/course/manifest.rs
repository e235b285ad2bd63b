//! Reads `exercise.toml` and the exercise's `Cargo.toml`. Whatever this lets through is valid; the rest of the grader checks nothing again.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use unicode_width::UnicodeWidthStr;

use super::claim_table::ClaimTable;
use super::problem::{Cause, Document, Problem, Thing};
use super::scenario::placeholders;
use super::{Bilingual, Exercise, Goal, Scenario, nearest};

type Checked<T> = Result<T, Box<Problem>>;

/// `exercise.toml`, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExerciseTable {
    order: u32,
    title: Bilingual,
    summary: Spanned<Bilingual>,
    concepts: Vec<String>,
    #[serde(default)]
    hints: Vec<Bilingual>,
    goals: Spanned<Vec<GoalTable>>,
    scenarios: Spanned<Vec<ScenarioTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoalTable {
    id: Spanned<String>,
    points: Spanned<u32>,
    es: Spanned<String>,
    en: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioTable {
    id: Spanned<String>,
    args: Vec<Spanned<String>>,
    #[serde(default)]
    draw: BTreeMap<String, Spanned<[i64; 2]>>,
    #[serde(default)]
    explore: bool,
    early_timers: Option<Spanned<bool>>,
    killed: Option<Spanned<String>>,
    claims: Spanned<Vec<ClaimTable>>,
}

/// What the grader needs of an exercise's `Cargo.toml`; the rest is cargo's business.
#[derive(Deserialize)]
struct CargoTable {
    package: PackageTable,
    #[serde(default)]
    dependencies: BTreeMap<String, Spanned<toml::Value>>,
}

#[derive(Deserialize)]
struct PackageTable {
    name: Spanned<String>,
}

/// Reads `exercise.toml`. Id, folder and dependencies, which it does not hold, are left empty.
pub(super) fn read_exercise(document: &Document<'_>) -> Checked<Exercise> {
    let table: ExerciseTable =
        toml::from_str(document.text).map_err(|error| document.toml_problem(&error))?;
    let summary_range = table.summary.span();
    let summary = table.summary.into_inner();
    for sentence in [&summary.es, &summary.en] {
        check_width(document, summary_range.clone(), sentence, Exercise::SUMMARY_COLUMNS)?;
    }
    let goals_range = table.goals.span();
    let goal_tables = table.goals.into_inner();
    if goal_tables.is_empty() {
        return Err(document.problem(goals_range, Cause::NoneOf { what: Thing::Goal }));
    }
    let places: Vec<_> = goal_tables.iter().map(|goal| goal.id.span()).collect();
    let goals = read_goals(document, goal_tables)?;
    let scenarios = read_scenarios(document, table.scenarios, &goals)?;
    for (goal, place) in goals.iter().zip(places) {
        if !scenarios.iter().flat_map(|scenario| &scenario.claims).any(|claim| claim.goal == goal.id) {
            return Err(document.problem(place, Cause::GoalWithoutClaims { goal: goal.id.clone() }));
        }
    }
    Ok(Exercise {
        id: String::new(),
        folder: std::path::PathBuf::new(),
        order: table.order,
        title: table.title,
        summary,
        concepts: table.concepts,
        hints: table.hints,
        goals,
        scenarios,
        dependencies: Vec::new(),
    })
}

/// Reads the names of the dependencies from `Cargo.toml`, and holds the package's name against the folder's.
pub(super) fn read_dependencies(document: &Document<'_>, folder: &str) -> Checked<Vec<String>> {
    let table: CargoTable = toml::from_str(document.text).map_err(|error| document.toml_problem(&error))?;
    let package = table.package.name;
    if package.get_ref() != folder {
        let cause = Cause::PackageName { folder: folder.to_owned(), package: package.get_ref().clone() };
        return Err(document.problem(package.span(), cause));
    }
    for (name, value) in &table.dependencies {
        if value.get_ref().get("package").is_some() {
            return Err(document.problem(value.span(), Cause::RenamedDependency { name: name.clone() }));
        }
    }
    Ok(table.dependencies.into_keys().collect())
}

fn read_goals(document: &Document<'_>, tables: Vec<GoalTable>) -> Checked<Vec<Goal>> {
    let mut goals: Vec<Goal> = Vec::new();
    for table in tables {
        let range = table.id.span();
        let id = table.id.into_inner();
        if !is_snake_case(&id) {
            return Err(document.problem(range, Cause::BadId { what: Thing::Goal, name: id }));
        }
        if goals.iter().any(|goal| goal.id == id) {
            return Err(document.problem(range, Cause::Duplicate { what: Thing::Goal, name: id }));
        }
        if *table.points.get_ref() == 0 {
            return Err(document.problem(table.points.span(), Cause::NoPoints { goal: id }));
        }
        for sentence in [&table.es, &table.en] {
            check_width(document, sentence.span(), sentence.get_ref(), Goal::TITLE_COLUMNS)?;
        }
        let title = Bilingual { es: table.es.into_inner(), en: table.en.into_inner() };
        goals.push(Goal { id, points: table.points.into_inner(), title });
    }
    Ok(goals)
}

fn read_scenarios(
    document: &Document<'_>,
    tables: Spanned<Vec<ScenarioTable>>,
    goals: &[Goal],
) -> Checked<Vec<Scenario>> {
    if tables.get_ref().is_empty() {
        return Err(document.problem(tables.span(), Cause::NoneOf { what: Thing::Scenario }));
    }
    let goals: Vec<&str> = goals.iter().map(|goal| goal.id.as_str()).collect();
    let mut scenarios: Vec<Scenario> = Vec::new();
    for table in tables.into_inner() {
        let range = table.id.span();
        let scenario = read_scenario(document, table, &goals)?;
        if scenarios.iter().any(|earlier| earlier.id == scenario.id) {
            return Err(
                document.problem(range, Cause::Duplicate { what: Thing::Scenario, name: scenario.id })
            );
        }
        scenarios.push(scenario);
    }
    Ok(scenarios)
}

fn read_scenario(document: &Document<'_>, table: ScenarioTable, goals: &[&str]) -> Checked<Scenario> {
    let range = table.id.span();
    let id = table.id.into_inner();
    if !is_kebab_case(&id) {
        return Err(document.problem(range, Cause::BadId { what: Thing::Scenario, name: id }));
    }
    let draw = read_draw(document, &table.args, &table.draw)?;
    if table.claims.get_ref().is_empty() {
        return Err(document.problem(table.claims.span(), Cause::NoneOf { what: Thing::Claim }));
    }
    let claims: Checked<Vec<_>> =
        table.claims.into_inner().into_iter().map(|claim| claim.read(document, goals)).collect();
    let args = table.args.into_iter().map(Spanned::into_inner).collect();
    let keys = [
        ("early_timers", table.early_timers.as_ref().map(Spanned::span)),
        ("killed", table.killed.as_ref().map(Spanned::span)),
    ];
    if let Some((key, Some(range))) = keys.into_iter().find(|(_, range)| range.is_some() && !table.explore) {
        return Err(document.problem(range, Cause::NeedsExplore { key }));
    }
    let killed = table.killed.map(|process| {
        read_process(process.get_ref()).ok_or_else(|| {
            document.problem(process.span(), Cause::BadProcess { name: process.get_ref().clone() })
        })
    });
    Ok(Scenario {
        id,
        args,
        draw,
        explore: table.explore,
        early_timers: table.early_timers.is_some_and(Spanned::into_inner),
        killed: killed.transpose()?,
        claims: claims?,
    })
}

/// The path of ordinals of `P1` or `P1.2`; `None` for anything else, the first process included.
fn read_process(name: &str) -> Option<Vec<u32>> {
    let ordinals = name.strip_prefix('P')?.split('.').map(|ordinal| ordinal.parse().ok().filter(|n| *n > 0));
    ordinals.collect()
}

/// Every `{x}` of the arguments has a range, every range is used and is not empty.
fn read_draw(
    document: &Document<'_>,
    args: &[Spanned<String>],
    ranges: &BTreeMap<String, Spanned<[i64; 2]>>,
) -> Checked<BTreeMap<String, (i64, i64)>> {
    let mut used = Vec::new();
    for arg in args {
        for (_, name) in placeholders(arg.get_ref()) {
            if !ranges.contains_key(name) {
                return Err(document.problem(arg.span(), Cause::Undrawn { name: name.to_owned() }));
            }
            used.push(name);
        }
    }
    let mut draw = BTreeMap::new();
    for (name, range) in ranges {
        let [low, high] = *range.get_ref();
        if low > high {
            return Err(document.problem(range.span(), Cause::EmptyRange { name: name.clone() }));
        }
        if !used.contains(&name.as_str()) {
            return Err(document.problem(range.span(), Cause::UnusedDraw { name: name.clone() }));
        }
        draw.insert(name.clone(), (low, high));
    }
    Ok(draw)
}

/// The problem of a name that is none of the known ones.
pub(super) fn unknown(
    document: &Document<'_>,
    name: &Spanned<String>,
    what: Thing,
    known: &[&str],
) -> Box<Problem> {
    let cause = Cause::Unknown {
        what,
        name: name.get_ref().clone(),
        nearest: nearest(name.get_ref(), known.iter().copied()).map(str::to_owned),
        known: known.iter().map(|&k| k.to_owned()).collect(),
    };
    document.problem(name.span(), cause)
}

fn check_width(
    document: &Document<'_>,
    range: std::ops::Range<usize>,
    sentence: &str,
    limit: usize,
) -> Checked<()> {
    let columns = sentence.width();
    if columns > limit {
        return Err(document.problem(range, Cause::TooWide { columns, limit }));
    }
    Ok(())
}

fn is_snake_case(id: &str) -> bool {
    is_id(id, '_')
}

fn is_kebab_case(id: &str) -> bool {
    is_id(id, '-')
}

/// Lower-case letters and digits in parts joined by `joint`, a letter first. Such an id is safe in a path, a token and a crate's name.
pub(super) fn is_id(id: &str, joint: char) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && !id.ends_with(joint)
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint)
}
