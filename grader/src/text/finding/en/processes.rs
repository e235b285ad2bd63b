//! Which processes there were, what each did, and who waited for whom.

use super::words::{agree, count, count_of, list, processes, subject, who};
use crate::judge::{Fate, Who};
use crate::run::Place;
use crate::text::finding::Sentence;
use crate::text::phrase::{self, after, name, paren, places};

pub(super) fn too_few(wanted: u64, started: usize) -> Sentence {
    let had = match started {
        0 => "none was started".to_owned(),
        1 => "1 was started".to_owned(),
        _ => format!("{started} were started"),
    };
    Sentence::new(
        format!("Expected at least {} and {had}.", count(wanted, "child process", "child processes")),
        "start one per task: Process::new(function, (arguments,)).start()?",
    )
}

pub(super) fn done_by_first(queue: &str, count: usize, place: Option<&Place>) -> Sentence {
    Sentence::new(
        format!(
            "The parent put {} into the queue “{}”{}; its children should.",
            count_of(count, "message", "messages"),
            name(queue),
            paren(place)
        ),
        "pass the function without calling it: Process::new(function, (arguments,)).",
    )
}

pub(super) fn same(process: &Who, count: usize, place: Option<&Place>) -> Sentence {
    Sentence::new(
        format!(
            "{} put {count} messages{}; another process should put each.",
            subject(process),
            paren(place)
        ),
        "one child per message, and each child puts only one.",
    )
}

pub(super) fn did_not_add(
    wanted: u64,
    right: usize,
    each: i64,
    other: Option<&(Who, i64)>,
    first_wrote: Option<&Place>,
) -> Sentence {
    let expected = if wanted == 1 {
        format!("Expected 1 child to add {each}")
    } else {
        format!("Expected {wanted} children to add {each} each")
    };
    let did = if right == 0 { "none did".to_owned() } else { format!("{right} did") };
    let one = other.map(|(child, added)| format!("; {} added {added}", who(child))).unwrap_or_default();
    let first =
        first_wrote.map(|place| format!(". The parent wrote{}", paren(Some(place)))).unwrap_or_default();
    let hint = if first_wrote.is_some() {
        "pass the function without calling it (Process::new(incrementar, …)); the parent only reads."
    } else {
        "have each child add as often as it should, to the same Value."
    };
    Sentence::new(format!("{expected} and {did}{one}{first}."), hint)
}

pub(super) fn first_wrote(place: Option<&Place>) -> Sentence {
    Sentence::new(
        format!("The parent wrote to the shared value{} when children were already started.", paren(place)),
        "have the children write; the parent only reads, after join.",
    )
}

pub(super) fn one_after_another(wanted: u64, together: usize, join: Option<&Place>) -> Sentence {
    let join = join
        .map_or_else(|| "the first join".to_owned(), |place| format!("the join{}", after("at", Some(place))));
    let at_a_time = if together <= 1 { "one".to_owned() } else { together.to_string() };
    Sentence::new(
        format!(
            "Expected all {wanted} processes to be started and then joined; {join} came with {together} started: they work {at_a_time} at a time."
        ),
        "keep the children in a Vec and join in another loop (with iterators, collect before).",
    )
}

pub(super) fn lock_kept(process: &Who, place: Option<&Place>) -> Sentence {
    let taken =
        place.map(|place| format!(" that it acquired{}", after("at", Some(place)))).unwrap_or_default();
    Sentence::new(
        format!("{} ended without releasing the lock{taken}.", subject(process)),
        "guardia.release() on every path.",
    )
}

pub(super) fn not_joined(
    function: Option<&str>,
    children: usize,
    left: &[(Who, Fate)],
    started_at: &[Place],
) -> Sentence {
    let function =
        function.map_or_else(|| "The program".to_owned(), |function| format!("`{}`", name(function)));
    let whom = match (children, left.len()) {
        (1, _) => "its child".to_owned(),
        (_, missing) if missing == children => format!("its {children} children"),
        (_, missing) => format!("{missing} of its {children} children"),
    };
    let started = match started_at {
        [] => String::new(),
        all => format!(" (started at {})", places(all)),
    };
    let fates: Vec<Fate> = left.iter().map(|(_, fate)| *fate).collect();
    Sentence::new(
        format!("{function} ended without joining {whom}{started}; {}.", became(&fates)),
        "join each of them.",
    )
}

/// What had become of processes that nobody waited for: `1 was still at work and 2 had already ended (code 0)`.
fn became(fates: &[Fate]) -> String {
    let running = fates.iter().filter(|fate| **fate == Fate::Running).count();
    let ended = fates.len() - running;
    let number = |some: usize| match some {
        _ if some < fates.len() => some.to_string(),
        1 => "it".to_owned(),
        _ => "they".to_owned(),
    };
    let mut parts = Vec::new();
    if running > 0 {
        parts.push(format!("{} {} still at work", number(running), agree(running, "was", "were")));
    }
    if ended > 0 {
        parts.push(format!(
            "{} had already ended{}",
            number(ended),
            phrase::endings(fates, "code", "signal")
        ));
    }
    list(&parts)
}

pub(super) fn silent(all: &[Who]) -> Sentence {
    Sentence::new(
        format!("{} printed nothing; each child should say what it does.", processes(all)),
        "println! in the function that the child runs.",
    )
}

pub(super) fn no_conversation(wanted: u64, seen: (u64, u64)) -> Sentence {
    let (child, first) = seen;
    Sentence::new(
        format!(
            "Expected a conversation between two processes, {} each way; the child received {child} and the parent {first}.",
            count(wanted, "message", "messages")
        ),
        "start a child with one end of the pipe and talk to it through the other.",
    )
}

pub(super) fn left_behind(running: usize, ended: &[Fate]) -> Sentence {
    let all = running + ended.len();
    let were = if all == 1 { "was" } else { "were" };
    let fates: Vec<Fate> = ended.iter().copied().chain(vec![Fate::Running; running]).collect();
    Sentence::new(
        format!(
            "When the program ended {} {were} left that Process::new had not started; {}.",
            count_of(all, "process", "processes"),
            became(&fates)
        ),
        "start processes with Process::new and join each of them.",
    )
}
