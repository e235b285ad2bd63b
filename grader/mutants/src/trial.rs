//! Builds mutants, asks the oracle about each, has them graded as anybody's file is, and holds the two against each other.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use grader::build::{Build, Builder, Program};
use grader::explore::token::Token;
use grader::grading::{SCHEDULES, Task, grade_each};
use grader::intake::Source;
use grader::report::{Report, VerdictReport};
use grader::{Language, Result};
use procesos_schedule::Order;

use crate::oracle::{self, Finding, Opinion};
use crate::programs::Candidate;

/// Orders that are enough to see of most wrong programs that they are: those that get all points are tried in the usual number.
const FEW_SCHEDULES: u64 = 100;
/// Most orders that the oracle is shown of what the grader objects to.
const MOST_HEARD: usize = 8;

/// What came of a mutant.
#[derive(Debug)]
pub(crate) struct Tried {
    /// What the oracle says; `None` when it does not compile.
    pub(crate) finding: Option<Finding>,
    /// What the grader says.
    pub(crate) grade: Option<Grade>,
}

/// Points, and what was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grade {
    /// Earned.
    pub(crate) points: u32,
    /// That can be earned.
    pub(crate) most: u32,
    /// Claims that were not kept, with their message.
    pub(crate) lost: Vec<String>,
    /// Orders in which one was broken, each with the arguments of its run.
    pub(crate) orders: Vec<(Vec<String>, Order)>,
}

/// How the grader and the oracle stand to each other about a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stand {
    /// It does not compile.
    NoProgram,
    /// Both say that it is right, or both that it is not.
    Agree,
    /// It is wrong and has all points.
    Survivor,
    /// It is right and has lost points.
    Accused,
    /// Its runs did not tell.
    Undecided,
}

impl Tried {
    /// Has the oracle look at the very orders that the grader objects to, which may be among those that it did not try.
    fn hear(&mut self, exercise: &str, program: &Program) -> Result<()> {
        let (Some(finding), Some(grade)) = (&mut self.finding, &self.grade) else { return Ok(()) };
        for (args, order) in &grade.orders {
            finding.executions += 1;
            if let Some(wrong) = oracle::look_at(exercise, program, args, order)? {
                finding.opinion = Opinion::Wrong { args: args.clone(), wrong };
                break;
            }
        }
        Ok(())
    }

    /// See [`Stand`].
    #[must_use]
    pub(crate) fn stand(&self) -> Stand {
        let (Some(finding), Some(grade)) = (&self.finding, &self.grade) else { return Stand::NoProgram };
        match (&finding.opinion, grade.points == grade.most) {
            (Opinion::Undecided { .. }, _) => Stand::Undecided,
            (Opinion::Right { .. }, true) | (Opinion::Wrong { .. }, false) => Stand::Agree,
            (Opinion::Wrong { .. }, true) => Stand::Survivor,
            (Opinion::Right { .. }, false) => Stand::Accused,
        }
    }
}

/// The oracle's opinion of each source, side by side; `None` of what does not compile.
///
/// # Errors
/// When the grader cannot build or run.
pub(crate) fn ask_all(
    builder: &Builder,
    sources: &[(&grader::course::Exercise, Source)],
    thorough: usize,
) -> Result<Vec<Option<Finding>>> {
    let results = Mutex::new(sources.iter().map(|_| Ok(None)).collect::<Vec<Result<Option<Finding>>>>());
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((exercise, source)) = sources.get(index) else { break };
                    let found = match builder.build(exercise, source) {
                        Ok(Build::Ready(program)) => oracle::ask(&exercise.id, &program, thorough).map(Some),
                        Ok(Build::Diagnostics(_)) => Ok(None),
                        Err(error) => Err(error),
                    };
                    if let Ok(mut results) = results.lock() {
                        results[index] = found;
                    }
                }
            });
        }
    });
    results.into_inner().unwrap_or_default().into_iter().collect()
}

/// Tries mutants; the results in their order.
///
/// # Errors
/// When the grader cannot build or run.
pub(crate) fn try_all(
    builder: &Builder,
    candidates: &[&Candidate<'_>],
    language: Language,
) -> Result<Vec<Tried>> {
    let sources: Vec<_> =
        candidates.iter().map(|candidate| (candidate.exercise, candidate.source())).collect();
    let findings = ask_all(builder, &sources, 1)?;
    let mut tried: Vec<Tried> = findings.into_iter().map(|finding| Tried { finding, grade: None }).collect();
    let compiled = |tried: &[Tried], schedules| -> Vec<usize> {
        (0..tried.len())
            .filter(|index| match (&tried[*index].finding, schedules) {
                (None, _) => false,
                (Some(finding), FEW_SCHEDULES) => matches!(finding.opinion, Opinion::Wrong { .. }),
                (Some(_), _) => tried[*index].grade.as_ref().is_none_or(|grade| grade.points == grade.most),
            })
            .collect()
    };
    for schedules in [FEW_SCHEDULES, SCHEDULES] {
        let indices = compiled(&tried, schedules);
        let tasks: Vec<Task<'_>> = indices
            .iter()
            .map(|index| Task {
                exercise: sources[*index].0,
                source: Some(&sources[*index].1),
                refused: None,
                seed: None,
                schedules,
                told: false,
                // One point less says it already.
                proof: None,
                enough: Some(1),
            })
            .collect();
        grade_each(
            builder,
            &tasks,
            language,
            |_| {},
            |index, graded| {
                let report = Report::new(std::slice::from_ref(&graded), language, 0);
                tried[indices[index]].grade = Some(grade_of(&report));
            },
        );
    }
    for ((exercise, source), tried) in sources.iter().zip(&mut tried) {
        if tried.stand() == Stand::Accused
            && let Build::Ready(program) = builder.build(exercise, source)?
        {
            tried.hear(&exercise.id, &program)?;
        }
    }
    Ok(tried)
}

fn grade_of(report: &Report) -> Grade {
    let claims = report.exercises.iter().flat_map(|exercise| &exercise.claims);
    let lost = claims.filter(|claim| {
        claim.verdict == VerdictReport::Broken || claim.reason == Some(grader::report::Reason::NotSeen)
    });
    let lost = lost.map(|claim| {
        format!(
            "{}.{} ({} {}): {}",
            claim.goal,
            claim.claim,
            claim.scenario,
            claim.args.join(" "),
            claim.message
        )
    });
    let orders = report.exercises.iter().flat_map(|exercise| &exercise.claims).filter_map(|claim| {
        let token: Token = claim.replay.as_ref()?.parse().ok()?;
        Some((claim.args.clone(), token.order()))
    });
    Grade {
        points: report.points,
        most: report.max_points,
        lost: lost.collect(),
        orders: orders.take(MOST_HEARD).collect(),
    }
}
