//! What each claim came to, in words, and which claims tell of the same mistake.

use std::collections::BTreeSet;

use super::JudgedScenario;
use super::model::{ClaimReport, LocationReport, Reason, Schedules, SourceLine, VerdictReport};
use crate::Language;
use crate::judge::{Finding, Unseen, Verdict};
use crate::text::clean;
use crate::text::finding::{Explanation, explain_verdict};

/// Most places of which the lines are quoted.
const QUOTED_PLACES: usize = 4;
/// Most lines between two quoted ones that are quoted too.
const LINES_BETWEEN: u32 = 1;
/// Widest line of source that a report keeps.
const SOURCE_COLUMNS: usize = 160;

/// The reports on all claims of an exercise, scenario by scenario.
pub(super) fn reports(scenarios: &[JudgedScenario], source: &str, language: Language) -> Vec<ClaimReport> {
    let lines: Vec<&str> = source.lines().collect();
    let mut reports = Vec::new();
    let mut causes: Vec<String> = Vec::new();
    for scenario in scenarios {
        for (index, (claim, verdict)) in scenario.claims.iter().enumerate() {
            let told = explain_verdict(&with_case(verdict, &scenario.args, source), language);
            causes.push(told.cause.clone());
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
                    failed: explored.claims.get(index).map_or(0, |tally| tally.failed),
                    exhaustive: explored.exhaustive,
                }),
                replay: None,
            });
        }
    }
    fold(&mut reports, &causes);
    reports
}

/// Points every claim to the one that tells of its mistake: the first broken one of the same cause, else the first.
fn fold(reports: &mut [ClaimReport], causes: &[String]) {
    let leader = |cause: &String| {
        let same = |index: &usize| causes[*index] == *cause;
        let broken = |index: &usize| reports[*index].verdict == VerdictReport::Broken;
        (0..causes.len()).find(|index| same(index) && broken(index)).or_else(|| (0..causes.len()).find(same))
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
    let location = |(place, who): &(crate::run::Place, Option<crate::judge::Who>)| LocationReport {
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
