//! The command `trace`: shows, step by step, what the processes of a scenario do in one order.

use super::OneFile;
use super::one::{Answer, build, refused, scenario, screen};
use crate::build::{Build, Program};
use crate::course::{Course, Exercise, Scenario};
use crate::error::Result;
use crate::explore::token::Token;
use crate::explore::{Budget, Explored, Explorer, Tally, Witness};
use crate::grading::SCHEDULES;
use crate::intake::Source;
use crate::judge::{Finding, Verdict};
use crate::report::{Traced, Which, traced};
use crate::run::{Run, Settings, Symbols};
use crate::seed::Seed;
use crate::story::{self, Story};
use crate::text::finding::explain;
use crate::{Calls, ExitStatus, Language};

/// Most rows, unless all are asked for.
const MOST_ROWS: usize = 40;

/// Which order of which scenario to show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TraceOptions {
    /// The scenario; one that fails when there is none, else the first one.
    pub scenario: Option<String>,
    /// The number of the order among those that grading tries, 0 for the one without interruptions; one that fails when there
    /// is none, else that without interruptions.
    pub schedule: Option<u64>,
    /// Whether to show every step.
    pub all: bool,
}

/// The steps of one order, as a screen.
///
/// # Errors
/// Wrong usage (an unknown id), or a fault of the grader; never what a student did.
pub fn trace(course: &Course, file: &OneFile, options: &TraceOptions) -> Result<Answer> {
    let exercise = course.exercise(&file.id)?;
    let only = options.scenario.as_deref().map(|id| scenario(exercise, id)).transpose()?;
    let program = match build(course, file)? {
        Build::Ready(program) => program,
        Build::Diagnostics(diagnostics) => return Ok(refused(exercise, diagnostics, file)),
    };
    let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
    let hash = Source::new(&exercise.id, program.source.clone(), program.shown_path.clone()).hash;
    let seed = Seed::of_submission(&exercise.id, &hash);
    let tracing = Tracing { exercise, program: &program, symbols: &symbols, seed, language: file.language };
    let shown = match (only, options.schedule) {
        (Some(only), None) => tracing.failing([only])?.map_or_else(|| tracing.numbered(only, None), Ok)?,
        (only, Some(number)) => tracing.numbered(only.unwrap_or_else(|| tracing.first()), Some(number))?,
        (None, None) => {
            let explored = exercise.scenarios.iter().filter(|scenario| scenario.explore);
            tracing.failing(explored)?.map_or_else(|| tracing.numbered(tracing.first(), None), Ok)?
        }
    };
    Ok((tracing.screen(&shown, options.all, &file.calls), ExitStatus::AllPoints))
}

/// A program whose orders are shown.
struct Tracing<'a> {
    exercise: &'a Exercise,
    program: &'a Program,
    symbols: &'a Symbols,
    seed: Seed,
    language: Language,
}

/// An order that was run.
struct Shown<'a> {
    scenario: &'a Scenario,
    which: Which,
    run: Run,
    finding: Option<Finding>,
    token: Option<Token>,
}

/// What breaks a claim, and an order in which that was seen.
fn broken(tally: Tally) -> Option<(Finding, Witness)> {
    match (tally.verdict, tally.witness) {
        (Verdict::Broken(finding), Some(witness)) if witness.seen => Some((finding, witness)),
        _ => None,
    }
}

impl<'a> Tracing<'a> {
    /// The scenario that is shown when nobody says which: the first one that is explored.
    fn first(&self) -> &'a Scenario {
        let scenarios = &self.exercise.scenarios;
        scenarios.iter().find(|scenario| scenario.explore).unwrap_or(&scenarios[0])
    }

    fn explorer(&self, scenario: &'a Scenario) -> Result<Explorer<'a>> {
        let settings = Settings::new(self.language);
        Explorer::start(self.program, self.symbols, scenario, &scenario.arguments(self.seed), &settings)
    }

    /// An order in which something of the scenarios is broken, if one is found: the one that is told in fewest rows.
    fn failing(&self, scenarios: impl IntoIterator<Item = &'a Scenario>) -> Result<Option<Shown<'a>>> {
        let explored = self.exercise.scenarios.iter().filter(|scenario| scenario.explore).count() as u64;
        let budget = Budget::of((SCHEDULES / explored.max(1)).max(1), self.seed, true);
        let mut shortest: Option<(usize, Shown<'a>)> = None;
        for scenario in scenarios {
            let found = self.explorer(scenario)?.explore(budget, |_| {})?;
            for (finding, witness) in found.claims.into_iter().filter_map(broken) {
                let rows = Story::of_everything(&witness.run, None).rows.len();
                if shortest.as_ref().is_none_or(|(fewest, _)| rows < *fewest) {
                    shortest = Some((rows, self.broken_in(scenario, &finding, witness)));
                }
            }
        }
        Ok(shortest.map(|(_, shown)| shown))
    }

    /// An order in which a claim of a scenario is broken.
    fn broken_in(&self, scenario: &'a Scenario, finding: &Finding, witness: Witness) -> Shown<'a> {
        let token = Token::of_witness(&scenario.id, self.seed, &witness);
        let run = witness.run;
        let finding = story::witnessed(finding, &run.trace).unwrap_or_else(|| finding.clone());
        Shown { scenario, which: Which::Failing, run, finding: Some(finding), token }
    }

    /// The order of a number; that without interruptions when there is none.
    fn numbered(&self, scenario: &'a Scenario, number: Option<u64>) -> Result<Shown<'a>> {
        let execution = self.explorer(scenario)?.numbered(number.unwrap_or(0), self.seed)?;
        let explored = Explored::of_one(scenario, &execution);
        let finding = explored.claims.into_iter().find_map(broken).map(|(finding, _)| finding);
        let which = number.filter(|number| *number > 0).map_or(Which::Calm, Which::Numbered);
        Ok(Shown { scenario, which, run: execution.run, finding, token: None })
    }

    fn screen(&self, shown: &Shown<'_>, all: bool, calls: &Calls) -> String {
        let Shown { scenario, which, run, finding, token } = shown;
        let message = finding.as_ref().map(|finding| explain(finding, self.language).message);
        let token = token.as_ref().map(Token::to_string);
        let args = scenario.arguments(self.seed);
        let seen = Traced {
            exercise: &self.exercise.id,
            file: &self.program.shown_path,
            scenario: (&scenario.id, &args),
            which: *which,
            story: &Story::of_everything(run, Some(MOST_ROWS).filter(|_| !all)),
            message: message.as_deref(),
            token: token.as_deref(),
        };
        traced(&seen, self.language, &screen(calls))
    }
}
