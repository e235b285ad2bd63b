//! What holds for every right program: it finishes in every order, and each order can be repeated.

use procesos_schedule::{Kind, Report, Stop};

use crate::controller::{Controller, Execution, order, plan};

const SEEDS: u64 = 12;
const REPEATED: u64 = 3;
const KINDS: [Kind; 4] = [Kind::Calm, Kind::Random, Kind::Pos, Kind::Surw];

/// It came to its end with this code, wholly under control, and left nothing.
pub(crate) fn finishes(execution: &Execution, code: i32) {
    let report = &execution.report;
    let ended = (report.stop, report.code, report.external);
    assert_eq!(ended, (Stop::Finished, Some(code), false), "{report:?}");
    assert!(report.leftovers.is_empty() && !execution.trace.truncated);
}

/// Both took the same steps and were told in the same way.
pub(crate) fn agree(one: &Execution, other: &Execution) {
    // How much CPU time it took is the machine's own.
    let report = Report { cpu_milliseconds: one.report.cpu_milliseconds, ..other.report.clone() };
    assert_eq!((&one.report, one.story()), (&report, other.story()));
}

/// Programs finish in orders of every kind; in some, sleeps of those for which `early` holds end early.
pub(crate) fn finish_in_every_order(programs: &[&str], early: impl Fn(&str) -> bool) {
    for program in programs {
        let mut controller = Controller::start(program);
        for kind in KINDS {
            for seed in 0..SEEDS {
                let mut order = order(kind, seed);
                order.early_timers = seed % 3 == 2 && early(program);
                finishes(&controller.execute(&order), 0);
            }
        }
    }
}

/// Orders of programs are the same again: drawn again, and as a plan in a program started anew.
pub(crate) fn can_be_repeated(programs: &[&str]) {
    for program in programs {
        let (mut controller, mut fresh) = (Controller::start(program), Controller::start(program));
        for seed in 0..REPEATED {
            let drawn = controller.execute(&order(Kind::Random, seed));
            agree(&drawn, &controller.execute(&order(Kind::Random, seed)));
            let again = fresh.execute(&plan(&drawn.report.picks));
            assert!(!again.report.deviated);
            assert_eq!((&again.report.picks, again.story()), (&drawn.report.picks, drawn.story()));
        }
    }
}
