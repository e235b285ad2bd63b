//! Words that several sentences share: who, how many, lists.

use crate::judge::{Thing, Waiting, Who};
use crate::text::phrase::{self, name};
use procesos_trace::{ObjectKind, Op};

/// A process within a sentence.
pub(super) fn who(who: &Who) -> String {
    if who.first { "el padre".to_owned() } else { phrase::process(who) }
}

/// A process at the beginning of a sentence.
pub(super) fn subject(process: &Who) -> String {
    if process.first { "El padre".to_owned() } else { phrase::process(process) }
}

/// `1 hijo`, `2 hijos`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{} {word}", phrase::grouped(number, '\u{a0}'))
}

/// As [`count`], for a number of things in memory.
pub(super) fn count_of(number: usize, one: &str, many: &str) -> String {
    count(u64::try_from(number).unwrap_or(u64::MAX), one, many)
}

/// One of two words, by number.
pub(super) fn agree<'a>(number: usize, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

/// Names in a row: `a, b y c`; `e` before the sound of i.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => {
            format!("{} {}", first.join(", "), and(last))
        }
    }
}

/// A name after "and": `y el padre`, and `e hijo` before the sound of i.
pub(super) fn and(name: &str) -> String {
    let sound = name.to_lowercase();
    let is_i = ["i", "í", "hi", "hí"].iter().any(|start| sound.starts_with(start));
    let is_diphthong = ["hia", "hie", "hio", "ia", "ie", "io"].iter().any(|start| sound.starts_with(start));
    format!("{} {name}", if is_i && !is_diphthong { "e" } else { "y" })
}

/// Processes in a row; more than three are counted.
pub(super) fn processes<'a>(all: impl IntoIterator<Item = &'a Who>) -> String {
    let mut names: Vec<String> = all.into_iter().map(who).collect();
    if names.len() > 3 {
        let more = names.split_off(2).len();
        names.push(format!("{more} más"));
    }
    list(&names)
}

/// Who waits in an operation and where: `a y b esperan en get (:41)`; nothing when nobody does.
pub(super) fn waits(waiting: &[Waiting], op: Op) -> Option<String> {
    let those = phrase::waiting_in(waiting, op);
    let places = phrase::parens(those.iter().filter_map(|one| one.place.as_ref()));
    let verb = agree(those.len(), "espera", "esperan");
    let names = processes(those.iter().map(|one| &one.who));
    (!those.is_empty()).then(|| format!("{names} {verb} en {}{places}", phrase::method(op)))
}

/// An object with its article: `la cola «cola»`.
pub(super) fn thing(thing: &Thing) -> String {
    let word = match thing.kind {
        ObjectKind::None => "el objeto",
        ObjectKind::Lock => "el lock",
        ObjectKind::Value => "el Value",
        ObjectKind::Queue => "la cola",
        ObjectKind::Connection => "el pipe",
        ObjectKind::Event => "el Event",
        ObjectKind::Semaphore => "el semáforo",
        ObjectKind::RLock => "el RLock",
        ObjectKind::Condition => "la Condition",
        ObjectKind::Barrier => "la barrera",
        ObjectKind::Array => "el Array",
        ObjectKind::Pool => "el Pool",
        ObjectKind::Manager => "el Manager",
        ObjectKind::List => "la lista",
        ObjectKind::Dict => "el diccionario",
        ObjectKind::Kept => "el Value",
    };
    format!("{word}{}", phrase::quoted(thing))
}

/// An object after `de`: `de la cola «cola»`, `del semáforo`.
pub(super) fn of_thing(of: &Thing) -> String {
    let shown = thing(of);
    shown.strip_prefix("el ").map_or_else(|| format!("de {shown}"), |rest| format!("del {rest}"))
}

/// How many of each variant were put: `12 Dato y 1 Fin`.
pub(super) fn messages(put: &[(Option<String>, usize)]) -> String {
    let one = |(variant, number): &(Option<String>, usize)| match variant {
        Some(variant) => format!("{number} {}", name(variant)),
        None => count_of(*number, "mensaje", "mensajes"),
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

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn lists_end_in_y_or_e() {
        assert_eq!(list(&names(&["a"])), "a");
        assert_eq!(list(&names(&["a", "b", "c"])), "a, b y c");
        assert_eq!(list(&names(&["incrementar-1", "incrementar-2"])), "incrementar-1 e incrementar-2");
        assert_eq!(list(&names(&["el padre", "hijo"])), "el padre e hijo");
        assert_eq!(list(&names(&["agua", "hielo"])), "agua y hielo");
    }

    #[test]
    fn many_processes_are_counted() {
        let all: Vec<Who> =
            (0..5).map(|n| Who { id: format!("P{n}"), name: format!("c-{n}"), first: false }).collect();
        assert_eq!(processes(&all), "c-0, c-1 y 3 más");
        assert_eq!(processes(&all[..3]), "c-0, c-1 y c-2");
    }

    #[test]
    fn numbers_agree() {
        assert_eq!(count(1, "hijo", "hijos"), "1 hijo");
        assert_eq!(count(2310, "orden", "órdenes"), "2\u{a0}310 órdenes");
        assert_eq!(count(0, "hijo", "hijos"), "0 hijos");
    }
}
