//! What is broken: each mistake once, the first one with all that is known of it, the others in short.

use super::page::{Page, Paragraph, Tone, wrap_row};
use crate::report::{ClaimReport, ExerciseReport, Reason, SourceLine, VerdictReport};
use crate::text::{clean, screen};
use crate::{Calls, Language};

/// Most findings that are shown.
const SHOWN: usize = 3;
/// Findings from which no other follows, though they are no symptoms.
const HARMLESS: [&str; 3] = ["silent", "one_after_another", "left_behind"];
/// Findings that the order of steps decides: the same case can come out right.
const BY_ORDER: [&str; 3] = ["lost_update", "read_too_early", "items_missing"];

/// Claims that tell of the same mistake.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'a> {
    /// The one that tells of it.
    pub(super) claim: &'a ClaimReport,
    /// Others that it breaks.
    broken: usize,
    /// Others that it hides.
    unseen: usize,
}

/// The mistakes of an exercise: broken claims before those that could only not be seen, in the order of the scenarios.
pub(super) fn of(exercise: &ExerciseReport) -> Vec<Group<'_>> {
    let is_unseen = |claim: &ClaimReport| claim.reason == Some(Reason::NotSeen);
    let is_broken = |claim: &ClaimReport| claim.verdict == VerdictReport::Broken;
    let leaders = exercise.claims.iter().enumerate().filter(|(_, claim)| claim.same_as.is_none());
    let mut groups: Vec<Group<'_>> = leaders
        .filter(|(_, claim)| is_broken(claim) || is_unseen(claim))
        .map(|(index, claim)| {
            let same = || exercise.claims.iter().filter(|other| other.same_as == Some(index));
            let (broken, unseen) =
                (same().filter(|one| is_broken(one)).count(), same().filter(|one| is_unseen(one)).count());
            Group { claim, broken, unseen }
        })
        .collect();
    let scenario =
        |claim: &ClaimReport| exercise.claims.iter().position(|other| other.scenario == claim.scenario);
    groups.sort_by_key(|group| (!is_broken(group.claim), scenario(group.claim), depth(group.claim)));
    groups
}

/// How far a finding is from a cause: what is deeper often follows from something else that broke in the same run.
fn depth(claim: &ClaimReport) -> u8 {
    match claim.finding.as_deref() {
        Some("wrong_result") => 3,
        Some("nothing_put" | "message_count" | "not_increasing" | "children_did_not_add") => 2,
        Some("too_few_processes") => 1,
        Some(_) | None => 0,
    }
}

/// Whether something less deep broke wherever a finding was made: then it is shown when that is mended.
fn follows(exercise: &ExerciseReport, group: &Group<'_>) -> bool {
    let is_cause = |claim: &ClaimReport, scenario: &str| {
        claim.verdict == VerdictReport::Broken
            && claim.scenario == scenario
            && depth(claim) < depth(group.claim)
            && claim.finding.as_deref().is_some_and(|kind| !HARMLESS.contains(&kind))
    };
    let told_by = exercise.claims.iter().position(|claim| std::ptr::eq(claim, group.claim));
    let of_group = exercise.claims.iter().enumerate().filter(|(index, claim)| {
        Some(*index) == told_by || (claim.same_as.is_some() && claim.same_as == told_by)
    });
    of_group
        .map(|(_, claim)| claim.scenario.as_str())
        .all(|scenario| exercise.claims.iter().any(|claim| is_cause(claim, scenario)))
}

/// The index of the claim that is told first of those that an order explains; where there is none, of those of which an order
/// can be repeated.
pub(crate) fn first_with_order(exercise: &ExerciseReport) -> Option<usize> {
    let groups = of(exercise);
    let mut repeatable: Vec<&Group<'_>> =
        groups.iter().filter(|group| group.claim.replay.is_some()).collect();
    repeatable.sort_by_key(|group| (group.claim.steps.is_empty(), follows(exercise, group)));
    let told = repeatable.first()?;
    exercise.claims.iter().position(|claim| std::ptr::eq(claim, told.claim))
}

/// Of the mistakes of an exercise, those that are told.
fn told<'a, 'b>(exercise: &ExerciseReport, groups: &'b [Group<'a>]) -> Vec<&'b Group<'a>> {
    groups.iter().filter(|group| !follows(exercise, group)).take(SHOWN).collect()
}

/// Writes what is said of the mistakes of an exercise, and what to try, without anything that shows it.
pub(super) fn messages(page: &mut Page, exercise: &ExerciseReport, language: Language) {
    for group in told(exercise, &of(exercise)) {
        message(page, group.claim);
        if let Some(hint) = &group.claim.hint {
            page.paragraph(Paragraph::labelled(screen::try_word(language), hint));
        }
    }
}

/// Writes the mistakes of an exercise; nothing when there is none.
pub(super) fn write(page: &mut Page, exercise: &ExerciseReport, language: Language, calls: &Calls) {
    let groups = of(exercise);
    let causes = told(exercise, &groups);
    for (index, group) in causes.iter().enumerate() {
        page.blank();
        message(page, group.claim);
        if index == 0 {
            evidence(page, group.claim);
        }
        let folded = screen::folded(language, group.broken, group.unseen);
        let told: Vec<String> = seen_in(group.claim, language).into_iter().chain(folded).collect();
        if !told.is_empty() {
            page.paragraph(Paragraph::aside(4, &told.join(" · ")));
        }
        if let Some(hint) = &group.claim.hint {
            page.paragraph(Paragraph::labelled(screen::try_word(language), hint));
        }
        if index == 0 {
            again(page, exercise, group.claim, language, calls);
        }
    }
    let more = groups.len() - causes.len();
    if more > 0 {
        page.blank();
        page.paragraph(Paragraph::aside(4, &screen::more_findings(language, more)));
    }
}

fn message(page: &mut Page, claim: &ClaimReport) {
    let (mark, tone) = match claim.verdict {
        VerdictReport::Broken => ("✘", Tone::Bad),
        VerdictReport::Unseen | VerdictReport::Kept => ("?", Tone::Partial),
    };
    page.paragraph(Paragraph::marked(mark, tone, &claim.message));
}

/// The table and the lines of source.
fn evidence(page: &mut Page, claim: &ClaimReport) {
    if !claim.details.is_empty() {
        page.blank();
        for line in claim.details.iter().flat_map(|line| wrap_row(line, 4, page.width())).collect::<Vec<_>>()
        {
            page.line(&line);
        }
    }
    if !claim.excerpt.is_empty() {
        page.blank();
        source(page, &claim.excerpt);
    }
    if !(claim.details.is_empty() && claim.excerpt.is_empty()) {
        page.blank();
    }
}

/// Lines of source with their numbers; a gap is marked.
fn source(page: &mut Page, lines: &[SourceLine]) {
    let digits = lines.iter().map(|line| line.line.to_string().len()).max().unwrap_or(0);
    let mut before: Option<u32> = None;
    for SourceLine { line, text } in lines {
        if before.is_some_and(|before| before + 1 != *line) {
            let gap = page.paint(Tone::Dim, &format!("    {:>digits$} …", ""));
            page.line(&gap);
        }
        let gutter = page.paint(Tone::Dim, &format!("    {line:>digits$} │"));
        let text = clean::cut(&clean::block(text), page.width().saturating_sub(4 + digits + 3));
        page.line(&format!("{gutter} {text}"));
        before = Some(*line);
    }
}

/// The command that repeats the order that failed, or else the one that runs the case.
fn again(page: &mut Page, exercise: &ExerciseReport, claim: &ClaimReport, language: Language, calls: &Calls) {
    if let Some(token) = claim.replay.as_ref().filter(|_| is_told_by_order(claim)) {
        page.command(screen::replay_word(language), &calls.replay(&exercise.id, token));
    } else if calls.own_workspace {
        let args: Vec<String> = claim.args.iter().map(|arg| clean::line(arg, 40)).collect();
        page.command(screen::case_word(language, by_order(claim)), &calls.run(&exercise.id, &args));
    }
}

/// Whether the order matters: it explains what was found, or it was not found in every one.
fn is_told_by_order(claim: &ClaimReport) -> bool {
    let in_some = claim.schedules.as_ref().is_some_and(|orders| orders.seen < orders.tried);
    claim.replay.is_some() && (in_some || !claim.steps.is_empty())
}

/// In how many orders it was seen, where several were tried.
fn seen_in(claim: &ClaimReport, language: Language) -> Option<String> {
    let seen = claim.schedules.as_ref().filter(|seen| seen.tried > 1 && is_told_by_order(claim))?;
    Some(screen::seen_in(language, seen.seen, seen.tried, seen.exhaustive))
}

/// Whether the case can come out right.
fn by_order(claim: &ClaimReport) -> bool {
    claim.finding.as_deref().is_some_and(|kind| BY_ORDER.contains(&kind))
}
