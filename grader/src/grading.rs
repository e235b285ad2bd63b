//! Grades one submitted file: builds it, runs every scenario, judges what was seen. The one path for everybody's file.

mod patience;
mod side_by_side;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel as channel;

use crate::build::{Build, Builder, Diagnostic, Program};
use crate::course::{Exercise, Scenario};
use crate::explore::{Budget, Explorer};
use crate::intake::{Refusal, Source};
use crate::judge::{Unseen, Verdict, judge};
use crate::report::{Graded, JudgedScenario, Mode, Outcome};
use crate::run::{Settings, Symbols, run_scenario};
use crate::seed::Seed;
use crate::{Language, Result, text};
use side_by_side::{Allowed, Lesson, Processors, run_cases};

/// A file to grade for an exercise.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The exercise.
    pub exercise: &'a Exercise,
    /// What was submitted for it, if something was.
    pub source: Option<&'a Source>,
    /// Why what was submitted is not taken, if it is not.
    pub refused: Option<&'a Refusal>,
    /// The seed to draw from; that of exercise and content when there is none.
    pub seed: Option<Seed>,
    /// Orders to try, divided among the scenarios that are explored; each is tried in one at least.
    pub schedules: u64,
    /// Orders of each scenario that the search for all of them may take; as many as are worth it when none are named.
    pub proof: Option<u64>,
    /// Whether what is found will be told to somebody: the orders that fail are made short then.
    pub told: bool,
    /// Once a claim is broken: it is enough when so many orders in a row have broken no other. All are tried when there is none.
    pub enough: Option<u64>,
}

/// Orders that an exercise is tried in when nobody says otherwise.
pub const SCHEDULES: u64 = 400;
/// Time between two orders that are told of: hundreds of them pass in a second.
const BETWEEN_NEWS: Duration = Duration::from_millis(80);

/// What is being done, for a line of progress.
#[derive(Debug, Clone)]
pub enum Progress<'a> {
    /// A file is being built.
    Building(&'a Exercise),
    /// A scenario is being run: which one of how many.
    Running(&'a Exercise, usize, usize),
    /// An order of a scenario has been tried: which one of how many. Not every one is told of.
    Exploring(&'a Exercise, &'a Scenario, u64, u64),
    /// A task is done: how many are, of how many.
    Done(usize, usize),
}

impl Task<'_> {
    /// The seed that its numbers are drawn from.
    #[must_use]
    pub fn seed(&self) -> Seed {
        self.seed.unwrap_or_else(|| {
            Seed::of_submission(&self.exercise.id, self.source.map_or("", |source| source.hash.as_str()))
        })
    }
}

/// Grades tasks side by side, and their cases where processors are left, and returns the results in the order of the tasks.
///
/// A fault in one task is that task's outcome and never stops the others.
pub fn grade_all<'a>(
    builder: &Builder,
    tasks: &[Task<'a>],
    language: Language,
    progress: impl FnMut(Progress<'a>),
) -> Vec<Graded<'a>> {
    let mut graded: Vec<Option<Graded<'a>>> = tasks.iter().map(|_| None).collect();
    grade_each(builder, tasks, language, progress, |index, one| graded[index] = Some(one));
    graded.into_iter().flatten().collect()
}

/// As [`grade_all`], but hands each result over as soon as it is there, with the index of its task, and keeps none: of
/// thousands of gradings only what is made of them has to fit in memory.
pub fn grade_each<'a>(
    builder: &Builder,
    tasks: &[Task<'a>],
    language: Language,
    mut progress: impl FnMut(Progress<'a>),
    mut take_result: impl FnMut(usize, Graded<'a>),
) {
    let processors = Processors::of_machine();
    let next = AtomicUsize::new(0);
    let (told, news) = channel::unbounded();
    std::thread::scope(|scope| {
        for processor in std::iter::from_fn(|| processors.take()).take(tasks.len()) {
            let (told, next, processors) = (told.clone(), &next, &processors);
            scope.spawn(move || {
                let grading = Grading { builder, language, processors, told };
                while let Some((index, task)) = take(tasks, next) {
                    let result = grading.grade(task);
                    // Whoever listens is in this very scope.
                    let _ = grading.told.send(News::Graded(index, Box::new(result)));
                }
                // Others may use it for their cases now.
                drop(processor);
            });
        }
        drop(told);
        let mut done = 0;
        for item in news {
            match item {
                News::Progress(step) => progress(step),
                News::Graded(index, result) => {
                    take_result(index, *result);
                    done += 1;
                    progress(Progress::Done(done, tasks.len()));
                }
            }
        }
    });
}

enum News<'a> {
    Progress(Progress<'a>),
    Graded(usize, Box<Graded<'a>>),
}

fn take<'t, 'a>(tasks: &'t [Task<'a>], next: &AtomicUsize) -> Option<(usize, &'t Task<'a>)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    tasks.get(index).map(|task| (index, task))
}

/// What a worker needs to grade a task.
struct Grading<'a, 'w> {
    builder: &'w Builder,
    language: Language,
    processors: &'w Processors,
    told: channel::Sender<News<'a>>,
}

impl<'a> Grading<'a, '_> {
    fn tell(&self, step: Progress<'a>) {
        let _ = self.told.send(News::Progress(step));
    }

    fn grade(&self, task: &Task<'a>) -> Graded<'a> {
        let (exercise, language) = (task.exercise, self.language);
        let outcome = match task.source {
            None => task.refused.map_or(Outcome::Missing, |refusal| not_taken(refusal, language)),
            Some(source) => {
                self.tell(Progress::Building(exercise));
                let built = self.builder.build(exercise, source);
                let judged = built.and_then(|built| match built {
                    Build::Diagnostics(diagnostics) => Ok(Outcome::DoesNotCompile(diagnostics)),
                    Build::Ready(program) => {
                        let scenarios = self.run_all(task, &program)?;
                        let Program { source, shown_path, warnings, .. } = program;
                        Ok(Outcome::Judged { source, shown_path, warnings, scenarios })
                    }
                });
                judged.unwrap_or_else(|error| Outcome::Fault(error.message(language)))
            }
        };
        Graded { exercise, seed: task.seed(), outcome }
    }

    fn run_all(&self, task: &Task<'a>, program: &Program) -> Result<Vec<JudgedScenario>> {
        let scenarios = &task.exercise.scenarios;
        let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
        let usual = Settings::new(self.language);
        let judged = run_cases(scenarios.len(), usual, self.processors, |index, allowed| {
            self.tell(Progress::Running(task.exercise, index + 1, scenarios.len()));
            match self.run_case(task, program, &symbols, index, allowed) {
                Ok((judged, lesson)) => (Ok(judged), lesson),
                Err(error) => (Err(error), None),
            }
        });
        judged.into_iter().collect()
    }

    /// Runs one case, and judges it.
    fn run_case(
        &self,
        task: &Task<'a>,
        program: &Program,
        symbols: &Symbols,
        index: usize,
        allowed: &Allowed,
    ) -> Result<(JudgedScenario, Option<Lesson>)> {
        let (exercise, seed) = (task.exercise, task.seed());
        let scenario = &exercise.scenarios[index];
        let args = scenario.arguments(seed);
        let settings = match allowed {
            Ok(settings) => settings,
            Err(unseen) => {
                let verdicts = vec![Verdict::Unseen(unseen.clone()); scenario.claims.len()];
                return Ok((without_control(scenario, args, verdicts), None));
            }
        };
        if scenario.explore {
            let explored = |scenarios: &[Scenario]| scenarios.iter().filter(|s| s.explore).count() as u64;
            let (before, all) = (explored(&exercise.scenarios[..index]), explored(&exercise.scenarios));
            let schedules = share(task.schedules, before, all);
            let usual = Budget::of(schedules, seed, task.told);
            let budget = Budget { proof: task.proof.unwrap_or(usual.proof), enough: task.enough, ..usual };
            let mut last = Instant::now();
            let progress = |tried| {
                if last.elapsed() > BETWEEN_NEWS {
                    last = Instant::now();
                    self.tell(Progress::Exploring(exercise, scenario, tried, budget.most()));
                }
            };
            let judged = explore(program, symbols, scenario, args, settings, budget, progress)?;
            let verdicts = judged.claims.iter().map(|(_, verdict)| verdict.clone()).collect();
            let lesson = Lesson { ending: None, wall_time: settings.wall_limit, verdicts };
            return Ok((judged, Some(lesson)));
        }
        let run = run_scenario(program, symbols, &args, settings)?;
        let verdicts = judge(scenario, &run);
        let lesson =
            Lesson { ending: Some(run.ending), wall_time: run.wall_time, verdicts: verdicts.clone() };
        Ok((without_control(scenario, args, verdicts), Some(lesson)))
    }
}

/// A file that is not taken is as good as one that does not compile, for the same reason: it is the submission's own.
fn not_taken(refusal: &Refusal, language: Language) -> Outcome {
    let message = text::interface::refused(language, refusal);
    let (file, rendered) = (refusal.path.clone(), String::new());
    Outcome::DoesNotCompile(vec![Diagnostic { file, line: 1, message, code: None, rendered, driver: false }])
}

/// Orders of each of `scenarios`, of which the one at `index` gets one more while some are left over.
#[must_use]
pub fn share(schedules: u64, index: u64, scenarios: u64) -> u64 {
    let scenarios = scenarios.max(1);
    (schedules / scenarios + u64::from(index < schedules % scenarios)).max(1)
}

/// What came of a scenario that ran as the system likes, or did not run.
fn without_control(scenario: &Scenario, args: Vec<String>, verdicts: Vec<Verdict>) -> JudgedScenario {
    let claims = scenario.claims.iter().cloned().zip(verdicts).collect();
    JudgedScenario { id: scenario.id.clone(), args, mode: Mode::Free, claims, explored: None }
}

/// Runs a scenario in many orders.
fn explore(
    program: &Program,
    symbols: &Symbols,
    scenario: &Scenario,
    args: Vec<String>,
    settings: &Settings,
    budget: Budget,
    progress: impl FnMut(u64),
) -> Result<JudgedScenario> {
    let mut explorer = Explorer::start(program, symbols, scenario, &args, settings)?;
    let explored = explorer.explore(budget, progress)?;
    let mut verdicts: Vec<Verdict> = explored.claims.iter().map(|tally| tally.verdict.clone()).collect();
    let uncontrolled = [Verdict::Unseen(Unseen::Threads), Verdict::Unseen(Unseen::TooLong)];
    if verdicts.iter().any(|verdict| uncontrolled.contains(verdict)) {
        // Threads take turns as the system likes, and a program that goes on and on may never end: what is broken without
        // control is, what is kept proves nothing.
        let free = judge(scenario, &run_scenario(program, symbols, &args, settings)?);
        for (verdict, free) in verdicts.iter_mut().zip(free) {
            if matches!(free, Verdict::Broken(_) | Verdict::Pending { .. }) {
                *verdict = free;
            }
        }
    }
    let claims = scenario.claims.iter().cloned().zip(verdicts).collect();
    Ok(JudgedScenario {
        id: scenario.id.clone(),
        args,
        mode: Mode::Explored,
        claims,
        explored: Some(explored),
    })
}
