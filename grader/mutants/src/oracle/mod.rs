//! Whether a program is right, by trying: every order of tiny runs and a few larger free ones, held to the assignment as its
//! README words it.
//!
//! Only the outside counts: how a run ended, what it reported, who was started, joined and heard. Nothing here comes from the
//! grader's judge or from an `exercise.toml`.

mod contador;
mod mp_worker;
mod pipe;
mod productor;
mod seen;

use std::ops::ControlFlow;

use grader::build::Program;
use grader::run::{Controlled, Ending, Run, Settings, Symbols, run_scenario};
use grader::{Language, Result};
use procesos_schedule::{Fault, Order, ROOT, child_of};

use crate::orders::{Search, Searched, every_order};

/// Executions of one case, unless the case says otherwise.
const USUAL_EXECUTIONS: usize = 250;

/// How the runs of a case go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In every order, or the first so many.
    EveryOrder(usize),
    /// In every order, the first child being killed before the step of each of these numbers.
    Killing(u64),
    /// As the system likes, so many times.
    Free(u32),
}

/// Arguments that a program is run with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Case {
    args: Vec<String>,
    way: Way,
}

impl Case {
    fn every_order(args: &str) -> Self {
        Self::new(args, Way::EveryOrder(USUAL_EXECUTIONS))
    }

    fn new(args: &str, way: Way) -> Self {
        Self { args: args.split(' ').map(str::to_owned).collect(), way }
    }

    /// The argument at an index as a number; 0 where there is none.
    fn number(&self, index: usize) -> usize {
        self.args.get(index).and_then(|word| word.parse().ok()).unwrap_or(0)
    }

    fn mode(&self) -> &str {
        self.args.first().map_or("", String::as_str)
    }
}

/// What an assignment asks.
#[derive(Debug, Clone, Copy)]
struct Assignment {
    cases: fn() -> Vec<Case>,
    /// What must hold in every run that ended.
    always: fn(&Case, &Run) -> Option<Wrong>,
    /// How many workers were alive at once, and how many must be in some run.
    together: fn(&Case, &Run) -> Option<(usize, usize)>,
}

fn assignment(exercise: &str) -> Option<Assignment> {
    Some(match exercise {
        "contador_con_lock" => contador::ASSIGNMENT,
        "mp_worker" => mp_worker::ASSIGNMENT,
        "pipe_bidireccional" => pipe::ASSIGNMENT,
        "productor_consumidor" => productor::ASSIGNMENT,
        _ => return None,
    })
}

/// Whether anything is known of an exercise.
#[must_use]
pub(crate) fn knows(exercise: &str) -> bool {
    assignment(exercise).is_some()
}

/// What is wrong with a run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wrong {
    /// It did not end by itself with exit code 0.
    Ending(Ending),
    /// A result is missing.
    NoResult(&'static str),
    /// A result is not what it should be.
    Result { name: &'static str, seen: String, expected: String },
    /// Processes were left when it had ended.
    Left(usize),
    /// A child that nobody waited for.
    NotJoined(String),
    /// A child ended in error.
    ChildFailed(String),
    /// A process that shows nothing.
    Silent(String),
    /// Fewer processes than asked for.
    TooFew { wanted: usize, seen: usize },
    /// Fewer processes did their part than asked for.
    NotTheirPart { wanted: usize, seen: usize },
    /// The first process did what its children should.
    DoneByFirst,
    /// In no order were there so many at once.
    OneAfterAnother { wanted: usize, seen: usize },
    /// A lock was still held at the end.
    LockHeld(String),
    /// No queue that everything went through had the capacity asked for.
    OtherCapacity { wanted: usize },
    /// The two did not exchange the messages.
    NoConversation { wanted: usize, sent: usize, received: usize },
}

/// What the oracle says of a program.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Opinion {
    /// No run was wrong; how many cases were tried in all their orders, of how many.
    Right { whole: usize, cases: usize },
    /// A run was wrong, with these arguments.
    Wrong { args: Vec<String>, wrong: Wrong },
    /// Some run could not be judged.
    Undecided { args: Vec<String>, ending: Ending },
}

/// What was found, and how many executions it took.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finding {
    /// See [`Opinion`].
    pub(crate) opinion: Opinion,
    /// Executions and free runs.
    pub(crate) executions: usize,
}

/// Tries a program of an exercise, to the first run that is wrong.
///
/// # Errors
/// When the grader cannot run it.
pub(crate) fn ask(exercise: &str, program: &Program, thorough: usize) -> Result<Finding> {
    let Some(assignment) = assignment(exercise) else {
        return Ok(Finding { opinion: Opinion::Right { whole: 0, cases: 0 }, executions: 0 });
    };
    let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
    let settings = settings();
    let cases = (assignment.cases)();
    let (mut whole, mut executions, mut undecided) = (0, 0, None);
    for case in &cases {
        let mut trial = Trial { assignment: &assignment, case, wrong: None, undecided: None, together: None };
        let searched = trial.run(program, &symbols, &settings, thorough)?;
        executions += searched.executions;
        whole += usize::from(searched.all);
        if let Some(wrong) = trial.conclude() {
            return Ok(Finding { opinion: Opinion::Wrong { args: case.args.clone(), wrong }, executions });
        }
        undecided = undecided.or(trial.undecided.map(|ending| (case.args.clone(), ending)));
    }
    let opinion = match undecided {
        Some((args, ending)) => Opinion::Undecided { args, ending },
        None => Opinion::Right { whole, cases: cases.len() },
    };
    Ok(Finding { opinion, executions })
}

/// What is wrong with a program's run in one order.
///
/// # Errors
/// When the grader cannot run it.
pub(crate) fn look_at(
    exercise: &str,
    program: &Program,
    args: &[String],
    order: &Order,
) -> Result<Option<Wrong>> {
    let Some(assignment) = assignment(exercise) else { return Ok(None) };
    let case = Case { args: args.to_vec(), way: Way::EveryOrder(1) };
    let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
    let mut controlled = Controlled::start(program, &symbols, args, &settings())?;
    let execution = controlled.execute(order)?;
    let mut trial =
        Trial { assignment: &assignment, case: &case, wrong: None, undecided: None, together: None };
    // Whether there are enough at once is no matter of one order.
    let _ = trial.look(&execution.run);
    Ok(trial.wrong)
}

/// How programs are run.
fn settings() -> Settings {
    Settings { second_chance: 0, ..Settings::new(Language::English) }
}

/// One case under way.
struct Trial<'a> {
    assignment: &'a Assignment,
    case: &'a Case,
    wrong: Option<Wrong>,
    undecided: Option<Ending>,
    /// The most workers that were alive at once, and how many there should be.
    together: Option<(usize, usize)>,
}

impl Trial<'_> {
    fn run(
        &mut self,
        program: &Program,
        symbols: &Symbols,
        settings: &Settings,
        thorough: usize,
    ) -> Result<Searched> {
        let args = &self.case.args;
        let sleeps = program.source.contains("sleep");
        let mut searched = Searched { executions: 0, all: true };
        let mut search = |trial: &mut Self, fault, most| -> Result<bool> {
            let mut controlled = Controlled::start(program, symbols, args, settings)?;
            let found = every_order(&mut controlled, Search { fault, sleeps, most }, |execution| {
                trial.look(&execution.run)
            })?;
            searched.executions += found.executions;
            searched.all &= found.all;
            Ok(trial.wrong.is_none())
        };
        match self.case.way {
            Way::EveryOrder(most) => {
                search(self, None, most * thorough)?;
            }
            Way::Killing(steps) => {
                for step in 0..steps {
                    let fault = Fault { process: child_of(ROOT, 1), step };
                    if !search(self, Some(fault), USUAL_EXECUTIONS / 5 * thorough)? {
                        break;
                    }
                }
            }
            Way::Free(times) => {
                searched.all = false;
                for _ in 0..times {
                    let run = run_scenario(program, symbols, args, settings)?;
                    searched.executions += 1;
                    if self.look(&run).is_break() {
                        break;
                    }
                }
            }
        }
        Ok(searched)
    }

    fn look(&mut self, run: &Run) -> ControlFlow<()> {
        match run.ending {
            Ending::Exited(0) => {}
            Ending::TooLong | Ending::Threads | Ending::WallLimit | Ending::Still => {
                self.undecided = Some(run.ending);
                return ControlFlow::Break(());
            }
            ending => {
                self.wrong = Some(Wrong::Ending(ending));
                return ControlFlow::Break(());
            }
        }
        let is_killed = run.killed.is_some();
        self.wrong = (self.assignment.always)(self.case, run)
            .or_else(|| seen::left(run))
            .or_else(|| seen::not_joined(run))
            .or_else(|| if is_killed { None } else { seen::child_failed(run) })
            .or_else(|| seen::lock_held(run));
        if let Some((wanted, seen)) = (self.assignment.together)(self.case, run) {
            let most = self.together.map_or(0, |(_, most)| most).max(seen);
            self.together = Some((wanted, most));
        }
        if self.wrong.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// What is wrong with the case, all runs taken together.
    fn conclude(&mut self) -> Option<Wrong> {
        let apart = self.together.filter(|(wanted, seen)| seen < wanted && self.undecided.is_none());
        self.wrong.take().or(apart.map(|(wanted, seen)| Wrong::OneAfterAnother { wanted, seen }))
    }
}
