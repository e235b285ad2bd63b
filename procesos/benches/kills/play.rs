//! A role, played many times in this process.

use std::process::ExitCode;

use nix::sys::prctl::set_child_subreaper;
use nix::unistd::alarm;
use procesos::Result;

use crate::holdings::Holdings;
use crate::roles::{ROLES, Role};
use crate::stage::{Stage, Told};
use crate::tally::Tally;

/// Seconds in which a round is over, or hangs.
const ROUND_SECONDS: u32 = 60;
/// What the allocator may keep of messages of up to 2 MB: a leak of one in ten deaths would be far more.
const KEPT_KIBIBYTES: usize = 8 * 1_024;
/// Rounds of a role that are wrong before it is given up.
const MOST_WRONG: usize = 5;

/// Plays the role with this number: so often before it is looked what the process holds, and so often afterwards. Says what came of it
/// on standard output.
pub(crate) fn perform(number: usize, warm_up: u64, times: u64, seed: u64) -> ExitCode {
    let Some(role) = ROLES.get(number) else { return ExitCode::FAILURE };
    match play(role, warm_up, times, seed) {
        Ok(tally) => {
            println!("{}", serde_json::to_string(&tally).unwrap_or_default());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn play(role: &Role, warm_up: u64, times: u64, seed: u64) -> Result<Tally> {
    // Who has lost its parent is this process's, to be waited for.
    set_child_subreaper(true).map_err(|error| procesos::Error::usage(error.to_string()))?;
    let mut tally = Tally::default();
    let mut stage = Stage::new(seed)?;
    let mut before = None;
    for round in 0..warm_up + times {
        if round == warm_up {
            before = Some(Holdings::of(procesos::pid()));
        }
        alarm::set(ROUND_SECONDS);
        let outcome = (role.play)(&mut stage);
        tally.kills += 1;
        match outcome {
            Ok(outcome) => {
                match outcome.told {
                    Told::Right => tally.right += 1,
                    Told::Death => tally.told += 1,
                }
                tally.after.extend(outcome.after);
            }
            Err(error) => tally.wrong.push(format!("round {round}: {error}")),
        }
        if tally.wrong.len() > MOST_WRONG {
            break;
        }
    }
    if let Some(before) = before.filter(|_| tally.wrong.is_empty()) {
        tally.left = Holdings::of(procesos::pid()).beyond(&before, KEPT_KIBIBYTES);
    }
    stage.close()?;
    if Holdings::of(procesos::pid()).children > 0 {
        tally.left.push("children are left".to_owned());
    }
    alarm::cancel();
    Ok(tally)
}
