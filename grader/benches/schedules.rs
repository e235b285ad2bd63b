//! What a schedule costs beside the same number of raw forks and futex hand-offs, in one run; and how many it takes to find what
//! is wrong.
//!
//! `cargo bench -p grader --bench schedules` prints the table; `-- --seeds 100` looks longer for failures, `-- --seeds 0` not at
//! all; `--profile dev` before that measures the grader as students run it. The compared take turns in rounds; a schedule's
//! figure is what one of ten costs at most, so that other work on the machine matters little. Read the ratios.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run says so by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use grader::Language;
use grader::build::{Build, BuildSettings, Builder, Limits, Program};
use grader::cli::stand_in;
use grader::course::{Claim, Course, Exercise, Races, Scenario, ScenarioClaim};
use grader::explore::{Budget, Explorer};
use grader::intake::Source;
use grader::judge::{Verdict, judge};
use grader::run::{Controlled, Execution, Settings, Symbols, run_scenario};
use grader::seed::Seed;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use procesos_schedule::{Kind, Order};
use tempfile::TempDir;

const ROUNDS: usize = 7;
/// The name of the bench's exercise: its driver uses it as a crate.
const ID: &str = "subject";
/// Seeds of the search for failures, unless `--seeds` says otherwise.
const SEEDS: u32 = 3;
/// Orders that a wrong program is tried in.
const MOST_SCHEDULES: u64 = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// What one of ten is at most: what something costs when nobody else wants the processor meanwhile.
fn low(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 10]
}

fn settings() -> Settings {
    Settings::new(Language::English)
}

fn row(what: &str, figure: &str, goal: &str) {
    println!("{what:<58}{figure:>12}  {goal}");
}

fn main() -> ExitCode {
    // The grader starts itself again, as a supervisor and to limit compilers.
    if let Some(status) = stand_in(&std::env::args_os().collect::<Vec<_>>()) {
        return status;
    }
    let mut arguments = std::env::args().skip_while(|argument| argument != "--seeds").skip(1);
    let seeds: u32 = arguments.next().and_then(|number| number.parse().ok()).unwrap_or(SEEDS);
    let subject = Subject::build();
    println!("{:<58}{:>12}  to reach", format!("{ROUNDS} rounds in turn"), "");
    for (processes, times, executions) in [(4, 5, 100), (8, 24, 20)] {
        schedules(&subject, processes, times, executions);
    }
    tracing(&subject);
    replays(&subject);
    if seeds > 0 {
        failures(seeds);
    }
    ExitCode::SUCCESS
}

/// The bench's own program, built as a submission is.
struct Subject {
    program: Program,
    symbols: Symbols,
    _folder: TempDir,
}

impl Subject {
    fn build() -> Self {
        let folder = TempDir::new().unwrap();
        let manifest = format!(
            "[package]\nname = \"{ID}\"\nversion.workspace = true\nedition.workspace = true\n\n\
             [dependencies]\nnix.workspace = true\nprocesos.workspace = true\n"
        );
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        fs::write(folder.path().join("src/main.rs"), include_str!("schedules/driver.rs")).unwrap();
        fs::write(folder.path().join("plantilla.rs"), include_str!("schedules/submission.rs")).unwrap();
        let dependencies = vec!["nix".to_owned(), "procesos".to_owned()];
        let exercise = Exercise { dependencies, ..exercise(folder.path()) };
        let course = Course { root: root(), exercises: vec![exercise] };
        let exercise = &course.exercises[0];
        let builder = Builder::new(&course, &[exercise], build_settings()).unwrap();
        let text = include_str!("schedules/submission.rs").to_owned();
        let program = built(&builder, exercise, &Source::new(ID, text, "subject/src/lib.rs".to_owned()));
        let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
        Self { program, symbols, _folder: folder }
    }

    fn control(&self, args: &[String]) -> Controlled<'_> {
        Controlled::start(&self.program, &self.symbols, args, &settings()).unwrap()
    }

    /// The numbers that the program prints, the last of each line.
    fn printed(&self, args: &[String]) -> Vec<f64> {
        let output = Command::new(&self.program.path).args(args).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect()
    }
}

fn exercise(folder: &Path) -> Exercise {
    Exercise {
        id: ID.to_owned(),
        folder: folder.to_owned(),
        order: 1,
        title: Default::default(),
        summary: Default::default(),
        concepts: Vec::new(),
        hints: Vec::new(),
        goals: Vec::new(),
        scenarios: Vec::new(),
        dependencies: Vec::new(),
    }
}

fn build_settings() -> BuildSettings {
    BuildSettings { language: Language::English, colour: false, limits: Limits::default() }
}

fn built(builder: &Builder, exercise: &Exercise, source: &Source) -> Program {
    match builder.build(exercise, source).unwrap() {
        Build::Ready(program) => program,
        Build::Diagnostics(diagnostics) => panic!("{}: {diagnostics:#?}", source.shown_path),
    }
}

fn arguments<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).into()
}

/// Claims as an exercise has them.
fn scenario(args: Vec<String>) -> Scenario {
    let claims = [
        Claim::Result { name: "total".into(), expected: "expected".into(), races: Races::Forbidden },
        Claim::Ends,
        Claim::LocksReleased,
        Claim::Joined,
    ];
    let claims = claims.map(|claim| ScenarioClaim { goal: "goal".to_owned(), claim });
    Scenario {
        id: "bench".to_owned(),
        args,
        draw: Default::default(),
        explore: true,
        early_timers: false,
        killed: None,
        claims: claims.into(),
    }
}

fn random_order(index: u64) -> Order {
    let kind = if index.is_multiple_of(2) { Kind::Pos } else { Kind::Random };
    Order::new(kind, index)
}

/// Hand-offs of an execution: changes of who is picked.
fn handoffs(execution: &Execution) -> usize {
    execution.report.as_ref().unwrap().picks.len()
}

/// A schedule beside forks and hand-offs by hand.
fn schedules(subject: &Subject, processes: u32, times: u32, executions: u32) {
    let args = arguments(["count", &processes.to_string(), &times.to_string()]);
    let scenario = scenario(args.clone());
    let mut controlled = subject.control(&args);
    let first: Vec<Execution> =
        (0..20).map(|index| controlled.execute(&random_order(index)).unwrap()).collect();
    let points = first[0].report.as_ref().unwrap().steps;
    let switches = first.iter().map(handoffs).sum::<usize>() / first.len();
    let all = processes + 1;
    let raw_args = arguments(["raw", &all.to_string(), &switches.to_string(), &executions.to_string()]);
    let (mut raw, mut run, mut judged) = (Vec::new(), Vec::new(), Vec::new());
    let (mut raw_cpu, mut run_cpu, mut own_cpu) = (Vec::new(), Vec::new(), Vec::new());
    let micros = |begun: Instant| begun.elapsed().as_secs_f64() * 1e6;
    let each = |before: f64, who| (cpu_micros(who) - before) / f64::from(executions);
    drop(controlled);
    for round in 0..ROUNDS as u64 {
        let (before, own) = (cpu_micros(UsageWho::RUSAGE_CHILDREN), cpu_micros(UsageWho::RUSAGE_SELF));
        raw.extend(subject.printed(&raw_args));
        raw_cpu.push(each(before, UsageWho::RUSAGE_CHILDREN));
        let before = cpu_micros(UsageWho::RUSAGE_CHILDREN);
        let mut controlled = subject.control(&args);
        for index in 0..u64::from(executions) {
            let begun = Instant::now();
            let execution = controlled.execute(&random_order(round * 1_000 + index)).unwrap();
            run.push(micros(begun));
            std::hint::black_box(judge(&scenario, &execution.run));
            judged.push(micros(begun));
        }
        drop(controlled);
        run_cpu.push(each(before, UsageWho::RUSAGE_CHILDREN));
        own_cpu.push(each(own, UsageWho::RUSAGE_SELF));
    }
    println!("{all} processes, {points} points, {switches} hand-offs");
    let table = |unit: &str, raw: f64, run: f64, judged: f64| {
        row(&format!("  forks and hand-offs by hand, {unit}"), &format!("{raw:.0}"), "");
        row(&format!("  a schedule, {unit}"), &format!("{run:.0}"), "");
        row("    against that", &format!("{:.2}", run / raw), "<= 1.3");
        row(&format!("  a schedule, read and judged, {unit}"), &format!("{judged:.0}"), "");
        row("    against that", &format!("{:.2}", judged / raw), "<= 1.3 as far as possible");
    };
    let (run_cpu, judged_time) = (median(run_cpu), low(judged));
    table("us of processors", median(raw_cpu), run_cpu, run_cpu + median(own_cpu));
    table("us", low(raw), low(run), judged_time);
    row("  schedules a second, judged", &format!("{:.0}", 1e6 / judged_time), "");
}

/// Microseconds of processor time that this process or its ended children have used.
fn cpu_micros(who: UsageWho) -> f64 {
    let usage = getrusage(who).unwrap();
    (usage.user_time() + usage.system_time()).num_microseconds() as f64
}

/// What recording an operation costs a program that is not controlled.
fn tracing(subject: &Subject) {
    let args = arguments(["trace", "100000"]);
    let (mut plain, mut traced) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        plain.extend(subject.printed(&args));
        let run = run_scenario(&subject.program, &subject.symbols, &args, &settings()).unwrap();
        traced.push(run.results["nanoseconds"].as_f64().unwrap());
    }
    let (plain, traced) = (median(plain), median(traced));
    row("tracing an operation without control, us", &format!("{:.2}", (traced - plain) / 1e3), "<= 1");
}

/// Replays of one execution, in the same program and each in a program of its own.
fn replays(subject: &Subject) {
    const REPLAYS: u32 = 100;
    let args = arguments(["count", "4", "5"]);
    let mut controlled = subject.control(&args);
    let seen = controlled.execute(&random_order(7)).unwrap();
    let plan = seen.report.as_ref().unwrap().picks.clone();
    let order = Order { plan, ..Order::new(Kind::Plan, 0) };
    let same = |execution: &Execution| {
        let picks = |execution: &Execution| execution.report.as_ref().unwrap().picks.clone();
        execution.run.trace == seen.run.trace
            && execution.run.results == seen.run.results
            && picks(execution) == picks(&seen)
    };
    let begun = Instant::now();
    let again = (0..REPLAYS).filter(|_| same(&controlled.execute(&order).unwrap())).count();
    let rate = f64::from(REPLAYS) / begun.elapsed().as_secs_f64();
    row("replays a second, 5 processes", &format!("{rate:.0}"), "");
    row("  the same, event for event", &format!("{again}/{REPLAYS}"), "all");
    let fresh = (0..REPLAYS).filter(|_| same(&subject.control(&args).execute(&order).unwrap())).count();
    row("  the same in programs started anew", &format!("{fresh}/{REPLAYS}"), "all");
}

/// Schedules that it takes to see that a wrong program is wrong, over some seeds.
fn failures(seeds: u32) {
    let course = Course::read(&root()).unwrap();
    let explored: Vec<&Exercise> =
        course.exercises.iter().filter(|exercise| exercise.scenarios.iter().any(|s| s.explore)).collect();
    let builder = Builder::new(&course, &explored, build_settings()).unwrap();
    println!(
        "\nschedules to the first failure of a wrong program, over {seeds} seeds, of at most {MOST_SCHEDULES}"
    );
    println!("{:<58}{:>8}{:>8}{:>8}", "", "median", "most", "never");
    let mut all = Vec::new();
    for exercise in explored {
        for (name, source) in wrong_programs(exercise) {
            let Build::Ready(program) = builder.build(exercise, &source).unwrap() else { continue };
            let found: Vec<Option<u64>> =
                (0..seeds).map(|seed| first_failure(exercise, &program, seed)).collect();
            let title = format!("{}/{name}", exercise.id);
            if found.iter().all(Option::is_none) && fails_without_control(exercise, &program) {
                println!("{title:<58}  seen without control");
                continue;
            }
            let never = found.iter().filter(|first| first.is_none()).count();
            let mut counts: Vec<u64> = found.into_iter().map(|first| first.unwrap_or(u64::MAX)).collect();
            counts.sort_unstable();
            let shown = |count: u64| if count == u64::MAX { "-".to_owned() } else { count.to_string() };
            let (middle, most) = (shown(counts[counts.len() / 2]), shown(counts[counts.len() - 1]));
            println!("{title:<58}{middle:>8}{most:>8}{never:>8}");
            all.extend(counts);
        }
    }
    let within =
        |limit: u64| all.iter().filter(|count| **count <= limit).count() as f64 / all.len().max(1) as f64;
    row("found within 100, of all", &format!("{:.1} %", 100.0 * within(100)), ">= 90 %");
    row("found within 400, of all", &format!("{:.1} %", 100.0 * within(MOST_SCHEDULES)), "100 %");
}

/// The wrong programs of an exercise, by name.
fn wrong_programs(exercise: &Exercise) -> BTreeMap<String, Source> {
    let folder = root().join("solutions").join(&exercise.id).join("wrong");
    let Ok(entries) = fs::read_dir(&folder) else { return BTreeMap::new() };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let shown = Exercise::shown(&path, &root());
            (name, Source::new(&exercise.id, fs::read_to_string(&path).unwrap(), shown))
        })
        .collect()
}

/// The fewest schedules of any explored scenario until a claim is broken.
fn first_failure(exercise: &Exercise, program: &Program, seed: u32) -> Option<u64> {
    let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
    let seed: Seed = format!("{seed:04x}").parse().unwrap();
    exercise
        .scenarios
        .iter()
        .filter(|scenario| scenario.explore)
        .filter_map(|scenario| {
            let args = scenario.arguments(seed);
            let mut explorer = Explorer::start(program, &symbols, scenario, &args, &settings()).unwrap();
            let explored = explorer.explore(Budget::of(MOST_SCHEDULES, seed, false), |_| {}).unwrap();
            explored.claims.iter().filter_map(|tally| tally.first_failed).min()
        })
        .min()
}

/// Whether a case that is not explored breaks a claim.
fn fails_without_control(exercise: &Exercise, program: &Program) -> bool {
    let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
    let seed: Seed = "0000".parse().unwrap();
    exercise.scenarios.iter().filter(|scenario| !scenario.explore).any(|scenario| {
        let run = run_scenario(program, &symbols, &scenario.arguments(seed), &settings()).unwrap();
        judge(scenario, &run).iter().any(|verdict| matches!(verdict, Verdict::Broken(_)))
    })
}
