//! The table: a line for every row, and at its end what falls short of what was to be reached.

use std::fs;
use std::thread::available_parallelism;

use procesos::Result;

use super::others::Others;
use super::rounds::Figures;
use super::rows::{ROWS, Rival};

/// Prints the rows whose names contain one of `words`; all of them when there are none.
pub(super) fn tell(words: &[String], rounds: usize) -> Result<()> {
    let others = Others::build();
    println!("Microseconds an operation: medians of {rounds} rounds in which all take turns.");
    println!(
        "Read the ratios, each the median of those of the rounds. What is to be reached is meant for a quiet machine."
    );
    println!("{}", how_busy());
    if !others.has_peers() {
        println!("ipc-channel, iceoryx2 and procspawn could not be built here: nothing is said of them.");
    }
    print!("\n{:<31}{:>10}", "", "procesos");
    Rival::ALL.iter().for_each(|rival| print!("{:>12}", rival.name()));
    println!("{:>10}  raw mechanism", "Python/x");
    let (mut goals, mut short) = (0, Vec::new());
    let wanted = |name: &str| {
        let name = name.to_lowercase();
        words.is_empty() || words.iter().any(|word| name.contains(word))
    };
    for row in ROWS.iter().filter(|row| wanted(row.name)) {
        let figures = Figures::take(row, rounds, &others)?;
        print!("{:<31}{:>10}", row.name, figure(figures.ours()));
        Rival::ALL.iter().for_each(|rival| print!("{:>12}", figure(figures.rival(*rival))));
        let ratio = figures.ratio(Rival::Python).map_or("-".to_owned(), |ratio| format!("{ratio:.1}"));
        println!("{ratio:>10}  {}", row.raw.map_or("-", |(mechanism, _)| mechanism));
        for (reached, enough) in row.goals.iter().filter_map(|goal| figures.judge(*goal)) {
            println!("{:<6}{} {reached}", "", if enough { "reached:    " } else { "FALLS SHORT:" });
            goals += 1;
            if !enough {
                short.push(format!("{}: {reached}", row.name));
            }
        }
    }
    println!("\n{} of {goals} fall short{}", short.len(), if short.is_empty() { "." } else { ":" });
    short.iter().for_each(|line| println!("  {line}"));
    Ok(())
}

/// How much else runs here: where a processor is never idle nobody pays for waking one, least of all the slower ones.
pub(super) fn how_busy() -> String {
    let processors = available_parallelism().map_or(1, usize::from);
    let told = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = told.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown");
    format!("Processors: {processors}; load of the last minute: {load}.")
}

/// Microseconds, with as many digits as say something.
pub(super) fn figure(micros: Option<f64>) -> String {
    match micros {
        None => "-".to_owned(),
        Some(micros) if micros < 100.0 => format!("{micros:.3}"),
        Some(micros) => format!("{micros:.0}"),
    }
}
