//! Pieces that the sentences of both languages are made of: places, names, methods, the numbers of a list.

use procesos_trace::{Method, Op};
use serde_json::Value as Json;
use unicode_width::UnicodeWidthStr;

use super::clean;
use crate::Language;
use crate::judge::{Fate, Thing, Waiting, Who};
use crate::run::Place;

/// Widest name of a process or an object in a sentence.
const NAME_COLUMNS: usize = 24;

/// A place: `:24` in the student's file, which is named once above all, `main.rs:40` in others.
pub(crate) fn at(place: &Place) -> String {
    if place.of_student {
        return format!(":{}", place.line);
    }
    let name = place.file.rsplit('/').next().unwrap_or_default();
    format!("{}:{}", clean::line(name, NAME_COLUMNS), place.line)
}

/// A place in parentheses, with the space before it; nothing where it is not known.
pub(crate) fn paren(place: Option<&Place>) -> String {
    place.map(|place| format!(" ({})", at(place))).unwrap_or_default()
}

/// A place after a word, with the space before it: ` en :24`; nothing where it is not known.
pub(crate) fn after(word: &str, place: Option<&Place>) -> String {
    place.map(|place| format!(" {word} {}", at(place))).unwrap_or_default()
}

/// Places without repetition: `:24, :31`; at most three.
pub(crate) fn places<'a>(all: impl IntoIterator<Item = &'a Place>) -> String {
    let mut shown: Vec<String> = Vec::new();
    for place in all.into_iter().map(at) {
        if shown.len() < 3 && !shown.contains(&place) {
            shown.push(place);
        }
    }
    shown.join(", ")
}

/// As [`places`], in parentheses, with the space before them; nothing when there is none.
pub(crate) fn parens<'a>(all: impl IntoIterator<Item = &'a Place>) -> String {
    let shown = places(all);
    if shown.is_empty() { shown } else { format!(" ({shown})") }
}

/// How those ended that had: ` (código 0)`, ` (código 0, SIGKILL)`, ` (2 × código 0, 1 × SIGKILL)`; nothing where it is not known.
///
/// `code` and `signal` are the words for an exit code and for a signal without a name.
pub(crate) fn endings(fates: &[Fate], code: &str, signal: &str) -> String {
    let word = |fate: &Fate| match fate {
        Fate::Running | Fate::Ended => None,
        Fate::Exited(number) => Some(format!("{code} {number}")),
        Fate::Signalled(number) => Some(
            nix::sys::signal::Signal::try_from(*number)
                .map_or_else(|_| format!("{signal} {number}"), |known| known.to_string()),
        ),
    };
    let mut groups: Vec<(String, usize)> = Vec::new();
    for word in fates.iter().filter_map(word) {
        match groups.iter_mut().find(|(known, _)| *known == word) {
            Some((_, times)) => *times += 1,
            None => groups.push((word, 1)),
        }
    }
    let counted = groups.len() > 1 && groups.iter().any(|(_, times)| *times > 1);
    let group = |(word, times): &(String, usize)| {
        if counted { format!("{times} × {word}") } else { word.clone() }
    };
    let shown: Vec<String> = groups.iter().map(group).collect();
    if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(", ")) }
}

/// A name that a program chose, fit for a sentence; of a long one the number at its end is kept.
pub(crate) fn name(name: &str) -> String {
    name_within(name, NAME_COLUMNS)
}

/// As [`name`], in at most so many columns, of which there are more than ten.
pub(crate) fn name_within(name: &str, columns: usize) -> String {
    let whole = clean::line(name, usize::MAX);
    match whole.rsplit_once('-') {
        Some((head, number)) if whole.width() > columns && number.len() <= 4 => {
            format!("{}-{number}", clean::cut(head, columns - number.len() - 1))
        }
        _ => clean::cut(&whole, columns),
    }
}

/// The function of the student's in which the first process is: it tells more than "the parent" does where another
/// process plays that part.
pub(crate) fn function_of(who: &Who, place: Option<&Place>) -> Option<String> {
    let function = place.filter(|place| who.first && place.of_student)?.function.as_deref()?;
    Some(name(function))
}

/// The name of a process; its id where it has no name.
pub(crate) fn process(who: &Who) -> String {
    let shown = name(&who.name);
    if shown.is_empty() { who.id.clone() } else { shown }
}

/// What a process wrote on standard error, without its own name at the beginning.
pub(crate) fn without_name<'a>(message: &'a str, who: &Who) -> &'a str {
    message.strip_prefix(who.name.as_str()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(message)
}

/// An object's name in quotation marks with the space before it: ` «cola»`; nothing where it has none.
pub(crate) fn quoted(thing: &Thing) -> String {
    thing.name.as_deref().map(|shown| format!(" «{}»", name(shown))).unwrap_or_default()
}

/// The method that a student calls for an operation.
pub(crate) fn method(op: Op) -> &'static str {
    match op {
        Op::Begin => "begin",
        Op::Exit => "exit",
        Op::Start => "start",
        Op::Join => "join",
        Op::IsAlive => "is_alive",
        Op::Terminate => "terminate",
        Op::Unjoined => "drop",
        Op::LockAcquire => "acquire",
        Op::LockRelease => "release",
        Op::ValueGet | Op::QueueGet => "get",
        Op::ValueSet => "set",
        Op::QueuePut => "put",
        Op::QueueIsEmpty => "is_empty",
        Op::Send => "send",
        Op::Recv => "recv",
        Op::Poll => "poll",
        Op::Close => "drop",
        Op::Sleep => "sleep",
        Op::Create => "new",
        Op::Name => "name",
        Op::Call | Op::Returned => "call",
        Op::Finished => "program",
        Op::Panic => "panic",
        Op::EventSet => "set",
        Op::EventClear => "clear",
        Op::EventIsSet => "is_set",
        Op::EventWait | Op::ConditionWait | Op::BarrierArrive | Op::BarrierWait => "wait",
        Op::SemaphoreAcquire => "acquire",
        Op::SemaphoreRelease => "release",
        Op::SemaphoreConsume => "consume",
        Op::SemaphoreAvailable => "available",
        Op::ConditionNotify => "notify",
        Op::BarrierAbort => "abort",
        Op::BarrierReset => "reset",
        Op::BarrierAsk => "is_broken",
        Op::TaskDone => "task_done",
        Op::QueueJoin => "join",
        Op::PoolSubmit => "tasks",
        Op::PoolTake => "take",
        Op::PoolDone => "result",
        Op::PoolGet => "get",
        Op::PoolReady => "ready",
        Op::PoolClose => "close",
        Op::PoolTerminate => "terminate",
        Op::ManagerGet => "get",
        Op::ManagerSet | Op::ManagerPart => "set",
        Op::ManagerServe => "serve",
        Op::ManagerStop => "shutdown",
    }
}

/// The method of a shared value: what was called of a manager's object, or what an operation is otherwise.
pub(crate) fn method_of(op: Op, called: Option<Method>) -> &'static str {
    called.map_or_else(|| method(op), Method::name)
}

/// The method that asks without waiting, for an operation that was repeated in a loop.
pub(crate) fn asking_method(op: Op) -> &'static str {
    match op {
        Op::QueueGet => "try_get",
        Op::QueuePut => "try_put",
        Op::LockAcquire | Op::SemaphoreAcquire => "try_acquire",
        Op::Recv => "try_recv",
        other => method(other),
    }
}

/// The method that waits for what an operation asks about; `None` where there is no such thing.
pub(crate) fn waiting_method(op: Op) -> Option<&'static str> {
    match op {
        Op::IsAlive | Op::ValueGet | Op::ManagerGet => Some("join"),
        Op::QueueGet | Op::QueueIsEmpty => Some("get"),
        Op::QueuePut => Some("put"),
        Op::LockAcquire | Op::SemaphoreAcquire | Op::SemaphoreAvailable => Some("acquire"),
        Op::EventIsSet | Op::EventWait | Op::ConditionWait | Op::BarrierWait | Op::BarrierAsk => Some("wait"),
        Op::PoolGet | Op::PoolReady => Some("get"),
        Op::PoolTake => Some("take"),
        Op::Recv | Op::Poll => Some("recv"),
        Op::Begin
        | Op::Exit
        | Op::Start
        | Op::Join
        | Op::Terminate
        | Op::Unjoined
        | Op::LockRelease
        | Op::ValueSet
        | Op::Send
        | Op::Close
        | Op::Sleep
        | Op::Create
        | Op::Name
        | Op::Call
        | Op::Returned
        | Op::Finished
        | Op::Panic
        | Op::EventSet
        | Op::EventClear
        | Op::SemaphoreRelease
        | Op::SemaphoreConsume
        | Op::ConditionNotify
        | Op::BarrierArrive
        | Op::BarrierAbort
        | Op::BarrierReset
        | Op::TaskDone
        | Op::QueueJoin
        | Op::PoolSubmit
        | Op::PoolDone
        | Op::PoolClose
        | Op::PoolTerminate
        | Op::ManagerSet
        | Op::ManagerServe
        | Op::ManagerPart
        | Op::ManagerStop => None,
    }
}

/// Seconds, with tenths where they are no whole number.
pub(crate) fn seconds(milliseconds: u64, separator: char) -> String {
    match milliseconds / 100 % 10 {
        0 => (milliseconds / 1000).to_string(),
        tenths => format!("{}{separator}{tenths}", milliseconds / 1000),
    }
}

/// Where a process is: ` in `contar` (:14)`, with the word for "in" and the space before it; nothing where it is not known.
pub(crate) fn within(word: &str, place: Option<&Place>) -> String {
    let Some(known) = place else { return String::new() };
    match &known.function {
        Some(function) => format!(" {word} `{}`{}", name(function), paren(place)),
        None => after(word, place),
    }
}

/// A large number with its digits in groups of three.
pub(crate) fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            shown.push(separator);
        }
        shown.push(digit);
    }
    shown
}

/// Those that wait in an operation.
pub(crate) fn waiting_in(waiting: &[Waiting], op: Op) -> Vec<&Waiting> {
    waiting.iter().filter(|one| one.op == op).collect()
}

/// A value in JSON as a sentence shows it: a lone text without its quotation marks, all in at most so many columns.
pub(crate) fn json(text: &str, columns: usize) -> String {
    match serde_json::from_str::<Json>(text) {
        Ok(Json::String(inner)) => format!("«{}»", clean::line(&inner, columns.saturating_sub(2))),
        Ok(value) => clean::line(&value.to_string(), columns),
        Err(_) => clean::line(text, columns),
    }
}

/// A text with the quotation marks of its language.
pub(crate) fn with_quotation_marks(text: &str, language: Language) -> String {
    match language {
        Language::Spanish => text.to_owned(),
        Language::English => text.replace('«', "“").replace('»', "”"),
    }
}

/// Some of the items, then `…` when there are more.
pub(crate) fn some(items: &[String], limit: usize) -> String {
    let mut shown: Vec<String> = items.iter().take(limit).map(|item| json(item, NAME_COLUMNS)).collect();
    if items.len() > limit {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_short_and_not_repeated() {
        let place =
            |file: &str, line, of_student| Place { file: file.into(), line, of_student, function: None };
        let (own, other) =
            (place("exercises/x/src/lib.rs", 24, true), place("exercises/x/src/main.rs", 40, false));
        assert_eq!(paren(Some(&own)), " (:24)");
        assert_eq!(after("en", Some(&other)), " en main.rs:40");
        assert_eq!(parens([&own, &other, &own]), " (:24, main.rs:40)");
        assert_eq!(paren(None) + &after("en", None) + &parens([]), "");
    }

    #[test]
    fn a_long_name_keeps_its_number() {
        assert_eq!(name("incrementar-1"), "incrementar-1");
        assert_eq!(name("incrementar_con_bandera-12"), "incrementar_con_band…-12");
        assert_eq!(name("un nombre sin número que es largo"), "un nombre sin número qu…");
    }

    #[test]
    fn seconds_have_tenths_where_they_need_them() {
        assert_eq!(
            (seconds(1000, ','), seconds(300, ','), seconds(2500, '.')),
            ("1".into(), "0,3".into(), "2.5".into())
        );
    }

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!(grouped(7, ','), "7");
        assert_eq!(grouped(999, ','), "999");
        assert_eq!(grouped(48_000, ','), "48,000");
        assert_eq!(grouped(1_234_567, ','), "1,234,567");
    }

    #[test]
    fn values_are_shown_in_their_columns() {
        assert_eq!(json("\"hola\"", 20), "«hola»");
        assert_eq!(json("[1, 2, 3]", 20), "[1,2,3]");
        assert_eq!(json("no es json", 20), "no es json");
        assert_eq!(json("[1,2,3,4,5,6,7]", 8), "[1,2,3,…");
        assert_eq!(some(&["\"a\"".into(), "2".into(), "3".into()], 2), "«a», 2, …");
    }
}
