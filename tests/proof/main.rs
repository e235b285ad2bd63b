//! All orderings of real programs: what the search finds, compared with every interleaving of the same processes.
//!
//! The grader starts itself again as a supervisor, so this is a program of its own and not a harness of the compiler's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod interleavings;
mod subject;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use grader::cli::stand_in;
use grader::explore::proof::{Withheld, seen};
use grader::run::{Controlled, Execution};
use interleavings::{Form, all_forms, form};
use libtest_mimic::{Arguments, Trial};
use procesos_schedule::proof::{Search, Taken};
use procesos_schedule::{Kind, Order};
use subject::Subject;

/// The driver has it all.
const NO_SUBMISSION: &str = "//! Nothing.\n";
/// Modules of the driver, which is one file.
const MODULES: [(&str, &str); 2] =
    [("signals", include_str!("signals.rs")), ("services", include_str!("services.rs"))];
/// Orderings of the largest program here are below this.
const MOST_EXECUTIONS: usize = 400;

/// Programs of the driver, each with how many orderings it has, as far as that is known by hand.
const PROGRAMS: [(&str, Option<usize>); 24] = [
    ("lost_update", Some(4)),
    ("locked", Some(2)),
    ("asks_and_locks", None),
    ("one_place", None),
    ("tries", None),
    ("pipe", None),
    ("crossed", Some(3)),
    ("forgotten_guard", None),
    ("grandchild", None),
    ("event", None),
    ("permits", Some(12)),
    ("counted_signals", Some(2)),
    ("bounded_permits", None),
    ("forgotten_permit", None),
    ("again", None),
    ("condition", None),
    ("notified_one_by_one", None),
    ("barrier", Some(4)),
    ("broken_barrier", None),
    ("tasks_done", None),
    ("kept_value", Some(4)),
    ("kept_list", Some(6)),
    ("pool", None),
    ("pool_as_they_come", None),
];

/// Programs of which nothing is proved, and why.
const WITHHELD: [(&str, Withheld); 10] = [
    ("sleeps", Withheld::Time),
    ("reads_the_clock", Withheld::Time),
    ("time_limit", Withheld::Time),
    ("leaves_in_its_midst", Withheld::Killed),
    ("terminates", Withheld::Killed),
    ("forgets_its_end", Withheld::Pipe),
    ("asks_until", Withheld::TooMany),
    ("dies_with_the_lock", Withheld::Failed),
    ("manager_gone", Withheld::Failed),
    ("pool_dropped", Withheld::Killed),
];

fn main() -> ExitCode {
    if let Some(status) = stand_in(&std::env::args_os().collect::<Vec<_>>()) {
        return status;
    }
    let arguments = Arguments::from_args();
    let modules = MODULES.map(|(name, text)| format!("mod {name} {{\n{text}}}\n"));
    let driver = format!("{}{}", include_str!("programs.rs"), modules.concat());
    let subject = Arc::new(Subject::build(&driver, NO_SUBMISSION));
    let proved = PROGRAMS.map(|(program, count)| {
        let subject = Arc::clone(&subject);
        Trial::test(format!("every_ordering_of_{program}_is_found_once"), move || {
            every_ordering_is_found_once(&subject, program, count);
            Ok(())
        })
    });
    let withheld = WITHHELD.map(|(program, why)| {
        let subject = Arc::clone(&subject);
        Trial::test(format!("nothing_is_proved_of_{program}"), move || {
            assert_eq!(searched(&mut subject.control(program)).err(), Some(why));
            Ok(())
        })
    });
    libtest_mimic::run(&arguments, proved.into_iter().chain(withheld).collect()).exit_code()
}

/// The orderings that the search counts, in their order.
fn searched(controlled: &mut Controlled<'_>) -> Result<Vec<Form>, Withheld> {
    let mut search = Search::new();
    let mut forms = Vec::new();
    for _ in 0..MOST_EXECUTIONS {
        let Some(trial) = search.next() else { return Ok(forms) };
        let order = Order { plan: trial.plan, last: trial.last, ..Order::new(Kind::Plan, 0) };
        let execution: Execution = controlled.execute(&order).unwrap();
        let taken = search.take(&seen(&execution)?).map_err(|_| Withheld::Unlike)?;
        forms.extend((taken == Taken::New).then(|| form(&execution.run.trace, usize::MAX)));
    }
    Err(Withheld::TooMany)
}

fn every_ordering_is_found_once(subject: &Subject, program: &str, count: Option<usize>) {
    let orderings = searched(&mut subject.control(program)).unwrap();
    let found: BTreeSet<&Form> = orderings.iter().collect();
    assert_eq!(orderings.len(), found.len(), "some were seen twice");
    let expected = all_forms(&mut subject.control(program));
    let missed: Vec<&Form> = expected.iter().filter(|form| !found.contains(form)).collect();
    assert!(missed.is_empty(), "missed {} of {}: {:#?}", missed.len(), expected.len(), missed[0]);
    assert_eq!(found.len(), expected.len(), "some cannot be");
    assert!(expected.len() > 1, "there is nothing to find");
    println!("{program}: {} orderings", expected.len());
    if let Some(count) = count {
        assert_eq!(found.len(), count);
    }
}
