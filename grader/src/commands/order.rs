//! The order that `trace` shows: one that fails, chosen as a report would, or one by its number.

use super::OneFile;
use super::one::{Ready, graded_once};
use crate::course::{Bilingual, Exercise, Scenario};
use crate::error::{Error, Result};
use crate::explore::steps::At;
use crate::explore::{Explored, Explorer, Witness};
use crate::grading::{SCHEDULES, Task, grade_all, share};
use crate::judge::{Finding, Verdict};
use crate::report::{Came, ClaimReport, Graded, Outcome, Report, Which, first_with_order, whom_it_killed};
use crate::run::{Run, Settings, Symbols};
use crate::seed::Seed;
use crate::{story, terminal, text};

/// An order that was run, and what was found in it.
pub(super) struct Shown {
    /// The scenario and its arguments.
    pub(super) scenario: (String, Vec<String>),
    pub(super) which: Which,
    pub(super) run: Run,
    /// What was found.
    pub(super) finding: Option<Finding>,
    /// What a report says of it.
    pub(super) claim: Option<ClaimReport>,
    /// Whether all that is claimed could be seen.
    pub(super) seen: bool,
    /// Two steps that, exchanged, let it come out right, which was tried.
    pub(super) flip: Option<[At; 2]>,
    /// Whom the grader killed, in words.
    pub(super) killed: Option<String>,
}

impl Shown {
    /// What came out.
    pub(super) fn came(&self) -> Came<'_> {
        match &self.claim {
            Some(claim) => Came::Wrong(&claim.message),
            None if self.seen => Came::Right,
            None => Came::Unseen,
        }
    }
}

/// A program whose orders are shown.
pub(super) struct Orders<'a> {
    pub(super) exercise: &'a Exercise,
    pub(super) file: &'a OneFile,
    pub(super) ready: &'a Ready,
    pub(super) seed: Seed,
}

impl Orders<'_> {
    /// The scenario that is shown when nobody says which and none fails: the first one that is explored.
    fn first(&self) -> &Scenario {
        let scenarios = &self.exercise.scenarios;
        scenarios.iter().find(|scenario| scenario.explore).unwrap_or(&scenarios[0])
    }

    /// An order in which something is broken, of one scenario or of all that are explored: the one of which the report
    /// tells first. None where nothing is.
    pub(super) fn failing(&self, only: Option<&Scenario>) -> Result<Option<Shown>> {
        let explored: Vec<&Scenario> =
            self.exercise.scenarios.iter().filter(|scenario| scenario.explore).collect();
        let all = explored.len() as u64;
        let index = |one: &Scenario| explored.iter().position(|other| other.id == one.id).unwrap_or(0) as u64;
        let (scenarios, schedules) = match only {
            // As often as when all of them are tried.
            Some(one) => (vec![Scenario { explore: true, ..one.clone() }], share(SCHEDULES, index(one), all)),
            None => (explored.into_iter().cloned().collect(), SCHEDULES),
        };
        let exercise = Exercise { scenarios, ..self.exercise.clone() };
        let task = Task {
            exercise: &exercise,
            source: Some(&self.ready.source),
            refused: None,
            seed: Some(self.seed),
            schedules,
            proof: None,
            enough: None,
            told: true,
        };
        let graded = grade_all(&self.ready.builder, &[task], self.file.language, |step| {
            terminal::show(&text::interface::progress(self.file.language, &step));
        });
        terminal::clear();
        graded.into_iter().next().map_or(Ok(None), |graded| self.told_of(graded))
    }

    /// The order of which the report on a grading tells first.
    fn told_of(&self, graded: Graded<'_>) -> Result<Option<Shown>> {
        if let Outcome::Fault(why) = graded.outcome {
            return Err(Error::fault(Bilingual { es: why.clone(), en: why }));
        }
        let report = Report::new(std::slice::from_ref(&graded), self.file.language, 0);
        let claims =
            report.exercises.into_iter().next().map(|exercise| (first_with_order(&exercise), exercise));
        let (Some((Some(index), exercise)), Outcome::Judged { scenarios, .. }) = (claims, graded.outcome)
        else {
            return Ok(None);
        };
        let claim = exercise.claims.into_iter().nth(index);
        let tallies = scenarios.into_iter().flat_map(|scenario| {
            let (id, args) = (scenario.id, scenario.args);
            let tallies = scenario.explored.map(|explored| explored.claims).unwrap_or_default();
            // A scenario without orders has claims all the same.
            let missing = scenario.claims.len() - tallies.len();
            let tallies = tallies.into_iter().map(Some).chain(std::iter::repeat_n(None, missing));
            tallies.map(move |tally| (id.clone(), args.clone(), tally)).collect::<Vec<_>>()
        });
        let Some((id, args, Some(tally))) = tallies.into_iter().nth(index) else { return Ok(None) };
        let Some(witness) = tally.witness else { return Ok(None) };
        let killed = whom_it_killed(&witness.run, witness.fault, self.file.language);
        let finding = broken(tally.verdict, &witness);
        let Witness { run, flip, .. } = witness;
        let which = Which::Failing;
        Ok(Some(Shown { scenario: (id, args), which, run, finding, claim, seen: true, flip, killed }))
    }

    /// The order of a number; that without interruptions when there is none.
    pub(super) fn numbered(&self, scenario: Option<&Scenario>, number: Option<u64>) -> Result<Shown> {
        let scenario = scenario.unwrap_or_else(|| self.first());
        let program = &self.ready.program;
        let symbols = Symbols::of(&program.path, &program.shown_path, &program.source);
        let (args, settings) = (scenario.arguments(self.seed), Settings::new(self.file.language));
        let mut explorer = Explorer::start(program, &symbols, scenario, &args, &settings)?;
        let execution = explorer.numbered(number.unwrap_or(0), self.seed)?;
        let which = number.filter(|number| *number > 0).map_or(Which::Calm, Which::Numbered);
        let explored = Explored::of_one(scenario, &execution);
        let unseen = |verdict: &Verdict| matches!(verdict, Verdict::Unseen(_) | Verdict::Pending { .. });
        let seen = !explored.claims.iter().any(|tally| unseen(&tally.verdict));
        let graded = graded_once(self.exercise, program, scenario, &args, self.seed, explored);
        let killed = whom_it_killed(&execution.run, execution.fault, self.file.language);
        let failing = self.told_of(graded)?;
        let scenario = (scenario.id.clone(), args);
        Ok(match failing {
            Some(failing) => Shown { scenario, which, killed, ..failing },
            None => {
                let run = execution.run;
                Shown { scenario, which, run, finding: None, claim: None, seen, flip: None, killed }
            }
        })
    }
}

/// What was found, as it was seen in an order.
fn broken(verdict: Verdict, witness: &Witness) -> Option<Finding> {
    match verdict {
        Verdict::Broken(finding) => Some(story::witnessed(&finding, &witness.run.trace).unwrap_or(finding)),
        Verdict::Kept | Verdict::Vacuous | Verdict::Pending { .. } | Verdict::Unseen(_) => None,
    }
}
