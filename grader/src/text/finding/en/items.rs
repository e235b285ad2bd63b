//! Results and items: what is missing, what is too many, what was read too early.

use procesos_trace::ObjectKind;

use super::words::{agree, capital, count, count_of, list, thing, who};
use crate::judge::{MissingCause, Thing, Who};
use crate::run::Place;
use crate::text::clean;
use crate::text::finding::Sentence;
use crate::text::finding::difference::{self, Difference, Piece};
use crate::text::finding::supply::is_mark;
use crate::text::phrase::{after, json, name, paren, quoted, some};

/// Widest value in a sentence.
const VALUE_COLUMNS: usize = 24;
/// Widest arguments in a sentence.
const ARGUMENT_COLUMNS: usize = 40;
/// Most items that are named.
const EXAMPLES: usize = 3;

pub(super) fn read_too_early(
    place: Option<&Place>,
    running: usize,
    read: &str,
    last: &str,
    expected: &str,
) -> Sentence {
    let (read, last, expected) =
        (json(read, VALUE_COLUMNS), json(last, VALUE_COLUMNS), json(expected, VALUE_COLUMNS));
    let in_the_end = if last == expected {
        format!("in the end it was {last}")
    } else {
        format!("in the end it was {last} ({expected} was expected)")
    };
    Sentence::new(
        format!(
            "The value was read{} with {}: {read}, and {in_the_end}.",
            after("at", place),
            count_of(running, "child at work", "children at work")
        ),
        "read it after joining every child.",
    )
}

/// Somebody got a copy, and nobody wrote one.
pub(super) fn copy_not_written(
    value: &Thing,
    copier: &Who,
    place: Option<&Place>,
    [kept, name, expected]: [&str; 3],
) -> Sentence {
    let (kept, expected) = (json(kept, VALUE_COLUMNS), json(expected, VALUE_COLUMNS));
    Sentence::new(
        format!(
            "{}{} is still {kept} ({name} should be {expected}): {} got a copy by get{}, and changing that does not \
             change what the Manager keeps.",
            part_word(value),
            quoted(value),
            who(copier),
            after("at", place)
        ),
        "write the changed copy back with set, with a lock acquired before the get.",
    )
}

fn part_word(value: &Thing) -> &'static str {
    match value.kind {
        ObjectKind::List => "The element",
        ObjectKind::Dict => "The entry",
        _ => "The value",
    }
}

pub(super) fn wrong_result(
    function: Option<&str>,
    arguments: &str,
    result: &str,
    expected: &str,
    seen: &str,
) -> Sentence {
    let arguments = clean::line(arguments, ARGUMENT_COLUMNS);
    let case = if arguments.is_empty() { String::new() } else { format!("With `{arguments}`, ") };
    let result = name(result);
    let told = match difference::between(expected, seen) {
        Difference::Lists { missing, extra } => {
            let lacks = (!missing.is_empty()).then(|| format!("lacks {}", pieces(&missing)));
            let has = (!extra.is_empty()).then(|| format!("has {} too many", pieces(&extra)));
            let parts: Vec<String> = lacks.into_iter().chain(has).collect();
            format!("“{result}” {}", parts.join("; "))
        }
        Difference::Position { position, expected, seen } => {
            format!("item {position} of “{result}” should be {expected} and is {seen}")
        }
        Difference::Values { expected, seen } => format!("“{result}” should be {expected} and is {seen}"),
    };
    let hint = function.map_or_else(
        || format!("check where “{result}” comes from."),
        |function| format!("check `{}` with those arguments.", name(function)),
    );
    Sentence::new(capital(&format!("{case}{told}.")), hint)
}

/// `98 and 99`, `4 to 12`.
fn pieces(all: &[Piece]) -> String {
    let shown = |piece: &Piece| match piece {
        Piece::One(item) => item.clone(),
        Piece::Run(first, last) => format!("{first} to {last}"),
        Piece::More => "more".to_owned(),
    };
    list(&all.iter().map(shown).collect::<Vec<_>>())
}

pub(super) fn missing(
    expected: usize,
    missing: usize,
    examples: &[String],
    cause: &MissingCause,
) -> Sentence {
    let of = format!("{missing} of {}", count_of(expected, "item", "items"));
    let lost = format!("{of} {} lost", agree(missing, "was", "were"));
    let lacking = format!("{of} {} missing", agree(missing, "is", "are"));
    let examples = some(examples, EXAMPLES);
    let named = if examples.is_empty() { String::new() } else { format!(" ({examples})") };
    match cause {
        MissingCause::EmptyTakenForEnd { who: process, place } => Sentence::new(
            format!(
                "{lacking}: {} ended because the queue was empty{}. Empty now does not mean finished.",
                who(process),
                paren(place.as_ref())
            ),
            "get until the end message arrives.",
        ),
        MissingCause::TimeoutTakenForEnd { who: process, place } => Sentence::new(
            format!(
                "{lacking}: {} ended because a time limit passed{}. An item may take longer.",
                who(process),
                paren(place.as_ref())
            ),
            "get, without a time limit, until the end message arrives.",
        ),
        MissingCause::PutAfterEnd { mark, mark_at, left } => {
            let (queued, were) =
                (count(*left, "message", "messages"), if *left == 1 { "was" } else { "were" });
            let Some(mark) = mark.as_deref().filter(|mark| is_mark(mark)).map(name) else {
                return Sentence::new(
                    format!("{lost}: nobody went on getting and {queued} {were} left in the queue."),
                    "get until the end message arrives.",
                );
            };
            Sentence::new(
                format!(
                    "{lost}: the {mark}{} came first and {queued} {were} left in the queue.",
                    paren(mark_at.as_ref())
                ),
                format!("send {mark} when every producer has ended (after its join)."),
            )
        }
        MissingCause::NeverPut => Sentence::new(
            format!("{lacking}{named}: nobody put {} into the queue.", agree(missing, "it", "them")),
            "check where the loop that puts begins and ends.",
        ),
        MissingCause::GotNotNoted => Sentence::new(
            format!("{lacking}{named}: got from the queue and not noted."),
            "note each item received before getting the next one.",
        ),
        MissingCause::Unknown => Sentence::new(
            format!("{lacking}{named}."),
            "follow one of them: who puts it, who gets it, who notes it.",
        ),
    }
}

pub(super) fn extra(expected: usize, seen: usize, examples: &[String]) -> Sentence {
    let examples = some(examples, EXAMPLES);
    let named = if examples.is_empty() { String::new() } else { format!(" (too many: {examples})") };
    Sentence::new(
        format!("Expected {} and {seen} were noted{named}.", count_of(expected, "item", "items")),
        "note each item only once; the end message has its own arm of the match.",
    )
}

pub(super) fn not_increasing(before: &str, after: &str) -> Sentence {
    Sentence::new(
        format!(
            "Expected growing numbers, and after {} comes {}.",
            json(before, VALUE_COLUMNS),
            json(after, VALUE_COLUMNS)
        ),
        "put the items in order and note each one as it arrives.",
    )
}

pub(super) fn nothing_put(queue: &str) -> Sentence {
    Sentence::new(
        format!("Expected messages in the queue “{}”, and nobody put any.", name(queue)),
        "put each result into the queue received.",
    )
}

pub(super) fn message_count(queue: &str, expected: u64, seen: u64) -> Sentence {
    let hint = if seen < expected {
        "have each child put its own, also when it finds nothing."
    } else {
        "have each child put only one."
    };
    Sentence::new(
        format!(
            "Expected {} in the queue “{}” and there were {seen}.",
            count(expected, "message", "messages"),
            name(queue)
        ),
        hint,
    )
}

pub(super) fn other_capacity(wanted: u64, made: Option<&(Thing, u64)>) -> Sentence {
    let did = match made {
        None => "none was made".to_owned(),
        Some((queue, capacity)) => {
            format!("{} was made with {capacity}{}", thing(queue), paren(queue.made_at.as_ref()))
        }
    };
    Sentence::new(
        format!("Expected a queue of capacity {wanted} and {did}."),
        "Queue::bounded with the capacity that the function is given, not with a fixed number.",
    )
}
