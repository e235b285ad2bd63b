//! Words that several sentences share: who, how many, lists.

use procesos_trace::{ObjectKind, Op};

use crate::judge::{Thing, Waiting, Who};
use crate::text::phrase::{self, name};

/// A process within a sentence.
pub(super) fn who(who: &Who) -> String {
    if who.first { "the parent".to_owned() } else { phrase::process(who) }
}

/// A process at the beginning of a sentence.
pub(super) fn subject(process: &Who) -> String {
    if process.first { "The parent".to_owned() } else { phrase::process(process) }
}

/// `1 child`, `2 children`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{} {word}", phrase::grouped(number, ','))
}

/// As [`count`], for a number of things in memory.
pub(super) fn count_of(number: usize, one: &str, many: &str) -> String {
    count(u64::try_from(number).unwrap_or(u64::MAX), one, many)
}

/// One of two words, by number.
pub(super) fn agree<'a>(number: usize, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

/// Names in a row: `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Processes in a row; more than three are counted.
pub(super) fn processes<'a>(all: impl IntoIterator<Item = &'a Who>) -> String {
    let mut names: Vec<String> = all.into_iter().map(who).collect();
    if names.len() > 3 {
        let more = names.split_off(2).len();
        names.push(format!("{more} more"));
    }
    list(&names)
}

/// Who waits in an operation and where: `a and b wait in get (:41)`; nothing when nobody does.
pub(super) fn waits(waiting: &[Waiting], op: Op) -> Option<String> {
    let those = phrase::waiting_in(waiting, op);
    let places = phrase::parens(those.iter().filter_map(|one| one.place.as_ref()));
    let verb = agree(those.len(), "waits", "wait");
    let names = processes(those.iter().map(|one| &one.who));
    (!those.is_empty()).then(|| format!("{names} {verb} in {}{places}", phrase::method(op)))
}

/// An object with its article: `the queue “cola”`.
pub(super) fn thing(thing: &Thing) -> String {
    let word = match thing.kind {
        ObjectKind::None => "the object",
        ObjectKind::Lock => "the lock",
        ObjectKind::Value => "the Value",
        ObjectKind::Queue => "the queue",
        ObjectKind::Connection => "the pipe",
        ObjectKind::Event => "the Event",
        ObjectKind::Semaphore => "the semaphore",
        ObjectKind::RLock => "the RLock",
        ObjectKind::Condition => "the Condition",
        ObjectKind::Barrier => "the barrier",
        ObjectKind::Array => "the Array",
        ObjectKind::Pool => "the Pool",
        ObjectKind::Manager => "the Manager",
        ObjectKind::List => "the list",
        ObjectKind::Dict => "the dict",
        ObjectKind::Kept => "the Value",
    };
    format!("{word}{}", phrase::quoted(thing))
}

/// How many of each variant were put: `12 Dato and 1 Fin`.
pub(super) fn messages(put: &[(Option<String>, usize)]) -> String {
    let one = |(variant, number): &(Option<String>, usize)| match variant {
        Some(variant) => format!("{number} {}", name(variant)),
        None => count_of(*number, "message", "messages"),
    };
    list(&put.iter().map(one).collect::<Vec<_>>())
}

/// A sentence from its beginning: the first letter is made a capital.
pub(super) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_numbers_agree() {
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(count(1, "child", "children"), "1 child");
        assert_eq!(count(48_000, "time", "times"), "48,000 times");
    }
}
