//! The catalogue of `verify --catalog`: what every wrong program is told, in both languages, to be proofread.

use super::VerifyOptions;
use super::verify::Program;
use crate::build::Builder;
use crate::corpus::Expectation;
use crate::grading::{SCHEDULES, Task, grade_all};
use crate::report::{Report, messages};
use crate::{ExitStatus, Language, terminal, text};

/// Grades the wrong programs that compile and prints their messages as Markdown.
pub(super) fn write(builder: &Builder, programs: &[Program<'_>], options: &VerifyOptions) -> ExitStatus {
    let runs = |program: &&Program<'_>| matches!(program.expected, Expectation::Breaks { .. });
    let wrong: Vec<&Program<'_>> = programs.iter().filter(runs).collect();
    let tasks: Vec<Task<'_>> = wrong
        .iter()
        .map(|program| Task {
            exercise: program.exercise,
            source: Some(&program.source),
            refused: None,
            seed: options.seed,
            schedules: SCHEDULES,
            proof: None,
            enough: None,
            told: true,
        })
        .collect();
    let graded = grade_all(builder, &tasks, options.language, |step| {
        terminal::show(&text::interface::progress(options.language, &step));
    });
    terminal::clear();
    let (mut last, mut silent) = ("", false);
    for (program, graded) in wrong.iter().zip(&graded) {
        if program.exercise.id != last {
            last = &program.exercise.id;
            println!("# {last}\n");
        }
        println!("## {}\n", program.name);
        for language in [Language::Spanish, Language::English] {
            let told = messages(&Report::new(std::slice::from_ref(graded), language, 0));
            silent |= told.is_empty();
            println!("```\n{told}```\n");
        }
    }
    // A wrong program that is told nothing got all points, or the grader failed: `verify` says which.
    if silent { ExitStatus::NotAllPoints } else { ExitStatus::AllPoints }
}
