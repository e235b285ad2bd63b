//! Proof that the grader is neither blind nor unjust: changes every right program of the course a little, decides by trying
//! every order of tiny runs whether what came out is still right, and has the grader grade it.
//!
//! ```text
//! cargo run -p mutants                       every mutant of every exercise: takes long
//! cargo run -p mutants -- --most 60          60 that compile, the same every time
//! cargo run -p mutants -- mp_worker          those of one exercise
//! cargo run -p mutants -- --programs         what the oracle says of the course's right and wrong programs
//! ```
//!
//! Exit status: 0 when they agree on every mutant, but for those that `solutions/<id>/mutants.toml` accepts; 1 otherwise.

mod accepted;
mod history;
mod mutate;
mod oracle;
mod orders;
mod programs;
#[cfg(test)]
mod tests;
mod text;
mod trial;

use std::process::ExitCode;

use accepted::{Accepted, accepted};
use clap::Parser;
use grader::build::{BuildSettings, Builder, Limits};
use grader::course::{Course, Exercise};
use grader::{ExitStatus, Language, Result};
use oracle::Opinion;
use programs::{Candidate, candidates, originals};
use text::Counts;
use trial::{Stand, ask_all, try_all};

/// Mutants that are tried between two looks at how many there were: fewer than the programs that a grader keeps built.
const BATCH: usize = 16;

/// Mutants of the course's right programs, and whether the grader judges each as it is.
#[derive(Debug, Parser)]
#[command(name = "mutants", version)]
struct Arguments {
    /// Exercises; all of them when none is named.
    ids: Vec<String>,
    /// Mutants that compile, shared among the exercises; all when this is not given.
    #[arg(long, value_name = "N")]
    most: Option<usize>,
    /// Which ones are taken first.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Instead, what the oracle says of the course's own right and wrong programs.
    #[arg(long)]
    programs: bool,
    /// Only programs whose name has this in it, or the mutant with this mark.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Also show those on which both agree.
    #[arg(long)]
    all: bool,
    /// Language of the answer.
    #[arg(long, value_enum, value_name = "LANG")]
    lang: Option<Language>,
}

fn main() -> ExitCode {
    if let Some(status) = grader::cli::stand_in(&std::env::args_os().collect::<Vec<_>>()) {
        return status;
    }
    let arguments = Arguments::parse();
    let language = arguments.lang.unwrap_or_else(Language::from_environment);
    let done =
        if arguments.programs { of_programs(&arguments, language) } else { of_mutants(&arguments, language) };
    match done {
        Ok(true) => ExitStatus::AllPoints.into(),
        Ok(false) => ExitStatus::NotAllPoints.into(),
        Err(error) => {
            eprintln!("{}", error.message(language));
            error.exit_status().into()
        }
    }
}

fn course() -> Result<Course> {
    let current = std::env::current_dir().unwrap_or_default();
    Course::find(&current)
}

fn builder(course: &Course, exercises: &[&Exercise], language: Language) -> Result<Builder> {
    Builder::new(course, exercises, BuildSettings { language, colour: false, limits: Limits::default() })
}

/// Whether the oracle is right about every program of the course of which it is known.
fn of_programs(arguments: &Arguments, language: Language) -> Result<bool> {
    let course = course()?;
    let exercises = course.select(&arguments.ids)?;
    let builder = builder(&course, &exercises, language)?;
    let (mut right, mut wrong, mut mistaken) = (0, 0, 0);
    for exercise in exercises {
        let mut programs = originals(&course, exercise, &["src", "right", "wrong"])?;
        programs.retain(|one| arguments.only.as_ref().is_none_or(|only| one.name.contains(only)));
        for some in programs.chunks(BATCH) {
            let sources: Vec<_> = some.iter().map(|one| (one.exercise, one.source.clone())).collect();
            for (one, finding) in some.iter().zip(ask_all(&builder, &sources, 1)?) {
                let Some(finding) = finding else { continue };
                let should_be_right = !one.name.starts_with("wrong/");
                if should_be_right {
                    right += 1;
                } else {
                    wrong += 1;
                }
                let is_right = matches!(finding.opinion, Opinion::Right { .. });
                let is_mistaken = is_right != should_be_right;
                if arguments.all || is_mistaken {
                    let said = text::opinion(language, &finding.opinion);
                    println!("{}", text::about(language, &exercise.id, &one.name, &said, is_mistaken));
                }
                mistaken += usize::from(is_mistaken);
            }
        }
    }
    println!("{}", text::programs(language, right, wrong, mistaken));
    Ok(mistaken == 0)
}

/// Whether the grader and the oracle agree on every mutant that is tried.
fn of_mutants(arguments: &Arguments, language: Language) -> Result<bool> {
    let course = course()?;
    let exercises = course.select(&arguments.ids)?;
    let builder = builder(&course, &exercises, language)?;
    let share = arguments.most.map(|most| most.div_ceil(exercises.len().max(1)));
    let mut rows = Vec::new();
    let mut fine = true;
    for exercise in exercises {
        if !oracle::knows(&exercise.id) {
            println!("{}", text::unknown(language, &exercise.id));
            fine = false;
            continue;
        }
        let (counts, agreed) = of_exercise(&course, exercise, &builder, share, arguments, language)?;
        fine &= agreed;
        rows.push((exercise.id.clone(), counts));
    }
    println!("{}", text::heading(language));
    for (id, counts) in &rows {
        println!("{}", text::row(id, counts));
    }
    let total = rows.iter().fold(Counts::default(), |sum, (_, counts)| sum.plus(counts));
    println!("{}", text::row("", &total));
    Ok(fine)
}

fn of_exercise(
    course: &Course,
    exercise: &Exercise,
    builder: &Builder,
    share: Option<usize>,
    arguments: &Arguments,
    language: Language,
) -> Result<(Counts, bool)> {
    let forgiven = accepted(course, exercise)?;
    let originals = originals(course, exercise, &["src", "right"])?;
    let mut all = candidates(&originals, arguments.seed)?;
    if let Some(only) = &arguments.only {
        all.retain(|one| one.program.contains(only) || one.mutant.mark() == *only);
    }
    // What is accepted is always tried: an entry that is out of date shall be noticed.
    all.sort_by_key(|candidate| !forgiven.iter().any(|entry| entry.is(candidate)));
    let mut counts = Counts { made: all.len(), ..Counts::default() };
    let mut applied: Vec<&Accepted> = Vec::new();
    let mut fine = true;
    // Somewhat more than are wanted, since not all compile.
    let batch = share.map_or(BATCH, |share| BATCH.min(share + share / 2 + 1));
    for some in all.chunks(batch) {
        let some: Vec<&Candidate<'_>> = some.iter().collect();
        for (candidate, tried) in some.iter().zip(try_all(builder, &some, language)?) {
            let entry = forgiven.iter().find(|entry| entry.is(candidate));
            if share.is_some_and(|share| counts.compile >= share) && entry.is_none() {
                break;
            }
            let disagree = matches!(tried.stand(), Stand::Survivor | Stand::Accused);
            counts.take(&tried, entry.is_some());
            applied.extend(entry.filter(|_| disagree));
            let open = disagree && entry.is_none();
            fine &= !open;
            if open
                || tried.stand() == Stand::Undecided
                || (arguments.all && tried.stand() != Stand::NoProgram)
            {
                println!("{}", text::disagreement(language, candidate, &tried));
            }
        }
        eprintln!("{}", text::progress(language, &exercise.id, counts.compile, counts.tried));
        if share.is_some_and(|share| counts.compile >= share) {
            break;
        }
    }
    for entry in forgiven.iter().filter(|_| arguments.only.is_none()) {
        if !applied.iter().any(|known| std::ptr::eq(*known, entry)) {
            println!("{}", text::stale(language, &exercise.id, &entry.program, &entry.mark));
            fine = false;
        }
    }
    Ok((counts, fine))
}
