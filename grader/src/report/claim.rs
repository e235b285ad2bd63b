//! What each claim came to, in words, and which claims tell of the same mistake.

use std::collections::BTreeSet;

use procesos_schedule::Fault;

use super::JudgedScenario;
use super::model::{
    ClaimReport, FlipReport, LocationReport, Mode, Reason, Schedules, SourceLine, StepReport, VerdictReport,
};
use crate::Language;
use crate::explore::Witness;
use crate::explore::steps::At;
use crate::explore::token::Token;
use crate::judge::{Finding, Unseen, Verdict};
use crate::run::{Place, Run};
use crate::seed::Seed;
use crate::story::{self, Doing, State, Story, Value};
use crate::text::finding::{Explanation, Seen, explain_seen, explain_verdict, killed};
use crate::text::{clean, phrase};

/// Most places of which the lines are quoted.
const QUOTED_PLACES: usize = 4;
/// Most lines between two quoted ones that are quoted too.
const LINES_BETWEEN: u32 = 1;
/// Widest line of source that a report keeps.
const SOURCE_COLUMNS: usize = 160;

/// The reports on all claims of an exercise, scenario by scenario.
pub(super) fn reports(
    scenarios: &[JudgedScenario],
    source: &str,
    seed: Seed,
    language: Language,
) -> Vec<ClaimReport> {
    let lines: Vec<&str> = source.lines().collect();
    let mut reports = Vec::new();
    let mut causes: Vec<String> = Vec::new();
    let mut rows: Vec<Option<usize>> = Vec::new();
    for scenario in scenarios {
        for (index, (claim, verdict)) in scenario.claims.iter().enumerate() {
            let tally = scenario.explored.as_ref().and_then(|explored| explored.claims.get(index));
            // Of an order that only lets expect the failure there is nothing to see in repeating it.
            let witness = tally.and_then(|tally| tally.witness.as_ref()).filter(|witness| witness.seen);
            let witness = witness.filter(|_| matches!(verdict, Verdict::Broken(_)));
            let case = with_case(verdict, &scenario.args, source);
            let tried = scenario.explored.as_ref().map_or(0, |explored| explored.tried);
            let seen = tally.map_or(0, |tally| tally.seen);
            let of_order =
                |finding: &Finding| scenario.mode == Mode::Replayed || story::explains(finding, seen, tried);
            let Told { mut told, story, flip } = explain(&case, witness, of_order, language);
            if let Some(line) =
                witness.and_then(|witness| whom_it_killed(&witness.run, witness.fault, language))
            {
                told.details.insert(0, line);
            }
            causes.push(told.cause.clone());
            rows.push(story.as_ref().map(|story| story.rows.len()));
            let token = witness.and_then(|witness| Token::of_witness(&scenario.id, seed, witness));
            let (verdict, reason) = verdict_report(verdict);
            reports.push(ClaimReport {
                claim: claim.claim.name().to_owned(),
                goal: claim.goal.clone(),
                scenario: scenario.id.clone(),
                args: scenario.args.clone(),
                mode: scenario.mode,
                verdict,
                reason,
                finding: Some(told.kind).filter(|kind| !kind.is_empty()).map(str::to_owned),
                same_as: None,
                excerpt: excerpt(&told, &lines),
                locations: locations(&told),
                message: told.message,
                hint: told.hint,
                details: told.details,
                schedules: scenario.explored.as_ref().map(|explored| Schedules {
                    tried: explored.tried,
                    failed: tally.map_or(0, |tally| tally.failed),
                    seen,
                    exhaustive: explored.exhaustive,
                    withheld: explored.withheld,
                }),
                replay: token.map(|token| token.to_string()),
                steps: story.as_ref().map(step_reports).unwrap_or_default(),
                flip: flip.map(|(first, second)| FlipReport { first, second }),
            });
        }
    }
    fold(&mut reports, &causes, &rows);
    reports
}

/// What people are told about a verdict.
struct Told {
    told: Explanation,
    /// The order in which it was seen, where that explains it.
    story: Option<Story>,
    flip: Option<(usize, usize)>,
}

/// What people are told about a verdict, with the story of an order in which it was seen where that explains it.
fn explain(
    verdict: &Verdict,
    witness: Option<&Witness>,
    of_order: impl Fn(&Finding) -> bool,
    language: Language,
) -> Told {
    let (finding, witness) = match (verdict, witness) {
        (Verdict::Broken(finding), Some(witness)) if of_order(finding) => (finding, witness),
        _ => return Told { told: explain_verdict(verdict, language), story: None, flip: None },
    };
    // What was seen is told instead of what could be.
    let seen = story::witnessed(finding, &witness.run.trace);
    let finding = seen.as_ref().unwrap_or(finding);
    let also: Vec<At> = witness.flip.into_iter().flatten().collect();
    let story = Story::of_failure(finding, &witness.run, &also);
    let flip = story
        .as_ref()
        .zip(witness.flip)
        .and_then(|(story, [first, second])| Some((story.number_of(first)?, story.number_of(second)?)));
    let seen = story.as_ref().map(|story| Seen { story, flip });
    Told { told: explain_seen(finding, seen, language), story, flip }
}

/// Whom the grader killed in an order, and when, if it killed somebody.
pub(crate) fn whom_it_killed(run: &Run, fault: Option<Fault>, language: Language) -> Option<String> {
    let victim = run.trace.processes.get(run.killed?)?;
    Some(killed(&victim.name, &victim.id(), fault?.step + 1, language))
}

/// The steps of a story, for programs.
fn step_reports(story: &Story) -> Vec<StepReport> {
    let own = |place: &Place| place.of_student.then_some(place.line);
    let steps = story.told().flat_map(|row| row.doing.iter().map(move |doing| (row, doing)));
    let report = |(row, doing): (&story::Told, &Doing)| StepReport {
        step: row.number,
        process: row.who.id.clone(),
        op: phrase::method(doing.op).to_owned(),
        times: row.times,
        object: doing.thing.as_ref().and_then(|thing| thing.name.as_deref()).map(phrase::name),
        value: doing.value.as_ref().and_then(value),
        waits: doing.outcome.is_none(),
        content: row.after.as_ref().map(content),
        line: doing.place.as_ref().and_then(own),
    };
    steps.map(report).collect()
}

fn value(value: &Value) -> Option<String> {
    match value {
        Value::Number(text) | Value::Variant(text) => Some(clean::line(text, SOURCE_COLUMNS)),
        Value::Message => None,
        Value::Answer(answer) => Some(answer.to_string()),
        Value::Code(code) => Some(code.to_string()),
    }
}

fn content(state: &State) -> String {
    let variant = |message: &Option<String>| message.clone().unwrap_or_else(|| "?".to_owned());
    let text = match state {
        State::Value(value) => value.clone(),
        State::Messages(messages) => messages.iter().map(variant).collect::<Vec<_>>().join(" "),
        State::Holder(holder) => holder.as_ref().map(|who| who.id.clone()).unwrap_or_default(),
        State::Set(set) => set.to_string(),
    };
    clean::line(&text, SOURCE_COLUMNS)
}

/// Points every claim to the one that tells of its mistake: of the same cause the broken one with the shortest
/// story of an order that can be repeated, else the first broken one, else the first.
fn fold(reports: &mut [ClaimReport], causes: &[String], rows: &[Option<usize>]) {
    let leader = |cause: &String| {
        let same = || (0..causes.len()).filter(|index| causes[*index] == *cause);
        let broken = |index: &usize| reports[*index].verdict == VerdictReport::Broken;
        // An order that can be repeated tells more than a run that cannot, and a short story more than a long one.
        let repeatable = same().filter(|index| broken(index) && reports[*index].replay.is_some());
        let shortest = repeatable.min_by_key(|index| rows[*index].unwrap_or(usize::MAX));
        shortest.or_else(|| same().find(broken)).or_else(|| same().next())
    };
    let leaders: Vec<Option<usize>> =
        causes.iter().map(|cause| Some(cause).filter(|cause| !cause.is_empty()).and_then(leader)).collect();
    for (index, (report, leader)) in reports.iter_mut().zip(leaders).enumerate() {
        report.same_as = leader.filter(|leader| *leader != index);
    }
}

fn verdict_report(verdict: &Verdict) -> (VerdictReport, Option<Reason>) {
    match verdict {
        Verdict::Kept => (VerdictReport::Kept, None),
        Verdict::Broken(_) => (VerdictReport::Broken, None),
        Verdict::Vacuous => (VerdictReport::Unseen, Some(Reason::Vacuous)),
        Verdict::Pending { .. } => (VerdictReport::Unseen, Some(Reason::Pending)),
        Verdict::Unseen(
            Unseen::DidNotEnd(_)
            | Unseen::WallLimit { .. }
            | Unseen::TooLong
            | Unseen::Threads
            | Unseen::Still { .. }
            | Unseen::Truncated
            | Unseen::NoResult { .. },
        ) => (VerdictReport::Unseen, Some(Reason::NotSeen)),
    }
}

/// The verdict with what a judge of one run does not know: the scenario's arguments, and the function that a driver
/// starts in other processes, which the first argument names then.
fn with_case(verdict: &Verdict, args: &[String], source: &str) -> Verdict {
    let mut verdict = verdict.clone();
    if let Verdict::Broken(Finding::WrongResult { arguments, function, .. }) = &mut verdict {
        if arguments.is_empty() {
            *arguments = args.join(" ");
        }
        let named = args.first().filter(|name| source.contains(&format!("fn {name}(")));
        *function = function.take().or_else(|| named.cloned());
    }
    verdict
}

fn locations(told: &Explanation) -> Vec<LocationReport> {
    let location = |(place, who): &(Place, Option<crate::judge::Who>)| LocationReport {
        file: clean::line(&place.file, SOURCE_COLUMNS),
        line: place.line,
        process: who.as_ref().map(|who| who.id.clone()),
    };
    told.locations.iter().map(location).collect()
}

/// The student's lines of which the message tells, in the order of the file, without their common indentation.
fn excerpt(told: &Explanation, lines: &[&str]) -> Vec<SourceLine> {
    let own = told.locations.iter().filter(|(place, _)| place.of_student).map(|(place, _)| place.line);
    let mut quoted: BTreeSet<u32> = own.take(QUOTED_PLACES).collect();
    let between: Vec<u32> = quoted
        .iter()
        .zip(quoted.iter().skip(1))
        .filter(|(first, second)| *second - *first <= LINES_BETWEEN + 1)
        .flat_map(|(first, second)| *first + 1..*second)
        .collect();
    quoted.extend(between);
    let text = |line: u32| {
        let text = lines.get((line as usize).checked_sub(1)?)?;
        Some(SourceLine { line, text: clean::cut(clean::block(text).trim_end(), SOURCE_COLUMNS) })
    };
    let mut shown: Vec<SourceLine> = quoted.into_iter().filter_map(text).collect();
    let margin = |line: &SourceLine| line.text.len() - line.text.trim_start_matches(' ').len();
    let common = shown.iter().filter(|line| !line.text.is_empty()).map(margin).min().unwrap_or(0);
    for line in &mut shown {
        line.text = line.text.get(common..).unwrap_or_default().to_owned();
    }
    shown
}
