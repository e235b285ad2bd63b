//! An order that was seen, as a table: one line a step; a column for each process where there is room, otherwise one for
//! who it is.

use procesos_trace::{Op, Outcome};
use unicode_width::UnicodeWidthStr;

use super::table::{Side, Table};
use crate::Language::{self, English, Spanish};
use crate::judge::{Thing, Who};
use crate::story::{Doing, Note, Row, State, Story, Told, Value};
use crate::text::{clean, phrase};

/// Widest table in which every process has a column: what an 80-column page has room for.
const COLUMNS: usize = 76;
/// Most processes that have a column each.
const MOST_COLUMNS: usize = 4;
/// Widest value.
const VALUE_COLUMNS: usize = 12;
/// Widest content of a queue.
const CONTENT_COLUMNS: usize = 22;

/// Widest name of a process, where there is room and where there is not; with none only its id is shown.
const NAME_COLUMNS: [usize; 3] = [24, 14, 0];

/// The lines of the table.
pub(crate) fn lines(story: &Story, language: Language) -> Vec<String> {
    let fits = |lines: &Vec<String>| lines.iter().all(|line| line.width() <= COLUMNS);
    let wide = Some(story.processes.len()).filter(|count| *count <= MOST_COLUMNS);
    let named = NAME_COLUMNS.iter().filter(|name| **name > 0);
    let wide = wide.and_then(|_| named.map(|name| columns(story, *name, language)).find(fits));
    let narrow = || NAME_COLUMNS.iter().map(|name| list(story, *name, language)).find(fits);
    wide.or_else(narrow).unwrap_or_else(|| list(story, 0, language))
}

/// The headings: step, who, what, where, and what is in the object where that has no name.
pub(crate) fn words(language: Language) -> [&'static str; 5] {
    match language {
        Spanish => ["paso", "quién", "qué", "dónde", "contenido"],
        English => ["step", "who", "what", "where", "content"],
    }
}

/// One column a process.
fn columns(story: &Story, name: usize, language: Language) -> Vec<String> {
    let [step, .., content] = words(language);
    let mut table = Table::default();
    let headings = story.processes.iter().map(|process| heading(process, name, language));
    let watched = story.watched.iter().map(|thing| named(thing, content));
    table.row([step.to_owned()].into_iter().chain(headings).chain(watched));
    let widest = story.told().map(|told| operation(told, language).width()).max().unwrap_or(0);
    for row in &story.rows {
        let told = match row {
            Row::More(steps) => {
                table.row([String::new(), more(*steps, language)]);
                continue;
            }
            Row::Told(told) => told,
        };
        let cell = |process: &Who| {
            if *process == told.who {
                placed(told, widest, language)
            } else if told.interrupted.as_ref() == Some(process) {
                switch(language).to_owned()
            } else {
                String::new()
            }
        };
        let after = story.watched.iter().map(|_| state(told.after.as_ref(), language));
        let row = [told.number.to_string()].into_iter().chain(story.processes.iter().map(cell)).chain(after);
        table.row(row.chain(told.note.map(|note| noted(note, language))));
    }
    let middle = story.processes.iter().map(|_| Side::Left);
    let sides: Vec<Side> = [Side::Right].into_iter().chain(middle).chain([content_side(story)]).collect();
    table.lines(&sides, 2)
}

/// One line a step, with who it is.
fn list(story: &Story, name: usize, language: Language) -> Vec<String> {
    let [step, who, what, at, content] = words(language);
    let mut table = Table::default();
    let watched = story.watched.iter().map(|thing| named(thing, content));
    table.row([step, who, what, at].map(str::to_owned).into_iter().chain(watched));
    for row in &story.rows {
        let told = match row {
            Row::More(steps) => {
                table.row([String::new(), more(*steps, language)]);
                continue;
            }
            Row::Told(told) => told,
        };
        let mark = if told.interrupted.is_some() { "<> " } else { "" };
        let who = format!("{mark}{}", heading(&told.who, name, language));
        let after = story.watched.iter().map(|_| state(told.after.as_ref(), language));
        let row = [told.number.to_string(), who, operation(told, language), place(told)];
        table.row(row.into_iter().chain(after).chain(told.note.map(|note| noted(note, language))));
    }
    table.lines(&[Side::Right, Side::Left, Side::Left, Side::Left, content_side(story)], 2)
}

/// Numbers stand below one another, contents begin below one another.
fn content_side(story: &Story) -> Side {
    let is_value = |told: &Told| matches!(told.after, Some(State::Value(_)) | None);
    if story.told().all(is_value) { Side::Right } else { Side::Left }
}

/// An object's name.
pub(crate) fn named(thing: &Thing, otherwise: &str) -> String {
    thing.name.as_deref().map_or_else(|| otherwise.to_owned(), phrase::name)
}

/// A process: its id and its name in at most so many columns.
pub(crate) fn heading(process: &Who, columns: usize, language: Language) -> String {
    match language {
        Spanish if process.first => "el padre".to_owned(),
        English if process.first => "the parent".to_owned(),
        Spanish | English if process.name.is_empty() || columns == 0 => process.id.clone(),
        Spanish | English => {
            format!("{} {}", process.id, phrase::name_within(&process.name, columns))
        }
    }
}

/// That a process that could have gone on did not.
fn switch(language: Language) -> &'static str {
    match language {
        Spanish => "<> cambio",
        English => "<> switch",
    }
}

/// So many steps that are not told.
pub(crate) fn more(steps: usize, language: Language) -> String {
    match (language, steps) {
        (Spanish, 1) => "… 1 paso más".to_owned(),
        (English, 1) => "… 1 step more".to_owned(),
        (Spanish, _) => format!("… {steps} pasos más"),
        (English, _) => format!("… {steps} steps more"),
    }
}

/// What is remarkable about a step.
pub(crate) fn noted(note: Note, language: Language) -> String {
    match (language, note) {
        (Spanish, Note::Overwrites(step)) => format!("pisa el paso {step}"),
        (English, Note::Overwrites(step)) => format!("overwrites step {step}"),
        (Spanish, Note::TooEarly(step)) => format!("antes del paso {step}"),
        (English, Note::TooEarly(step)) => format!("before step {step}"),
        (Spanish, Note::NotReceived) => "quedó sin recibir".to_owned(),
        (English, Note::NotReceived) => "never received".to_owned(),
        (Spanish, Note::Waits) => "espera".to_owned(),
        (English, Note::Waits) => "waits".to_owned(),
        (Spanish, Note::Ends) => "termina en error".to_owned(),
        (English, Note::Ends) => "ends in error".to_owned(),
    }
}

/// The operation and, below those of the other steps, its place.
fn placed(told: &Told, widest: usize, language: Language) -> String {
    let operation = operation(told, language);
    let blanks = " ".repeat(widest.saturating_sub(operation.width()));
    format!("{operation}{blanks}  {}", place(told)).trim_end().to_owned()
}

/// Where the first of its operations is.
pub(crate) fn place(told: &Told) -> String {
    told.doing.first().and_then(|doing| doing.place.as_ref()).map(phrase::at).unwrap_or_default()
}

/// `get → 0`, `set 1`, `get, set ×3`.
pub(crate) fn operation(told: &Told, language: Language) -> String {
    let shown = match told.doing.as_slice() {
        [only] => done(only, told.times == 1, language),
        [first, second] => format!("{}, {}", method(first), method(second)),
        [first, .., last] => format!("{} … {}", method(first), method(last)),
        [] => String::new(),
    };
    if told.times > 1 { format!("{shown} ×{}", told.times) } else { shown }
}

/// The method, and the object where it has to be named.
fn method(doing: &Doing) -> String {
    let asked = doing.asks && !matches!(doing.op, Op::Poll);
    let called = phrase::method_of(doing.op, doing.method);
    let method = if asked { phrase::asking_method(doing.op) } else { called };
    let object = doing.thing.as_ref().filter(|_| doing.named).map(phrase::quoted).unwrap_or_default();
    format!("{method}{object}")
}

/// What is told in words, since no method of the program's says it.
fn in_words(doing: &Doing, language: Language) -> Option<String> {
    Some(match (doing.op, doing.value.as_ref()?, language) {
        (Op::Exit, Value::Code(0), Spanish) => "termina".to_owned(),
        (Op::Exit, Value::Code(0), English) => "ends".to_owned(),
        (Op::Exit, Value::Code(..0), Spanish) => "✝ muere".to_owned(),
        (Op::Exit, Value::Code(..0), English) => "✝ dies".to_owned(),
        (Op::Exit, Value::Code(code), Spanish) => format!("termina con {code}"),
        (Op::Exit, Value::Code(code), English) => format!("ends with {code}"),
        (Op::BarrierArrive, Value::Number(number), Spanish) => format!("llega: {number}"),
        (Op::BarrierArrive, Value::Number(number), English) => format!("arrives: {number}"),
        (Op::PoolSubmit, Value::Number(number), Spanish) if number == "1" => "da 1 tarea".to_owned(),
        (Op::PoolSubmit, Value::Number(number), English) if number == "1" => "gives 1 task".to_owned(),
        (Op::PoolSubmit, Value::Number(number), Spanish) => format!("da {number} tareas"),
        (Op::PoolSubmit, Value::Number(number), English) => format!("gives {number} tasks"),
        (Op::PoolTake, Value::Number(number), Spanish) => format!("toma la tarea {number}"),
        (Op::PoolTake, Value::Number(number), English) => format!("takes task {number}"),
        (Op::PoolDone, Value::Number(number), Spanish) => format!("acaba la tarea {number}"),
        (Op::PoolDone, Value::Number(number), English) => format!("is done with task {number}"),
        _ => return None,
    })
}

/// The method with what came of it.
fn done(doing: &Doing, once: bool, language: Language) -> String {
    if let Some(told) = in_words(doing, language) {
        return told;
    }
    let mut shown = method(doing);
    if let Some(other) = doing.other.as_ref().filter(|_| once) {
        shown += &format!(" {}", other.id);
    }
    let answers = matches!(doing.op, Op::QueueGet | Op::Recv | Op::ConditionNotify) || doing.op.asks();
    let arrow = if answers { " → " } else { " " };
    match (&doing.value, doing.outcome) {
        (Some(Value::Number(number)), _) => shown + arrow + &phrase::json(number, VALUE_COLUMNS),
        (Some(Value::Variant(variant)), _) => shown + arrow + &clean::line(variant, VALUE_COLUMNS),
        (Some(Value::Answer(answer)), _) => format!("{shown}{arrow}{answer}"),
        (Some(Value::Message | Value::Code(_)) | None, None | Some(Outcome::Done)) => shown,
        // It always ends by its time limit.
        (None, Some(Outcome::TimedOut)) if doing.op == Op::Sleep => shown,
        (_, Some(outcome)) => format!("{shown} → {}", failure(outcome, language)),
    }
}

/// How an operation ended that did not do what it is for.
fn failure(outcome: Outcome, language: Language) -> &'static str {
    match (language, outcome) {
        (_, Outcome::Done) => "",
        (Spanish, Outcome::WouldBlock) => "nada",
        (English, Outcome::WouldBlock) => "nothing",
        (Spanish, Outcome::TimedOut) => "tiempo agotado",
        (English, Outcome::TimedOut) => "timed out",
        (_, Outcome::Eof) => "EOF",
        (_, Outcome::BrokenPipe) => "BrokenPipe",
        (_, Outcome::OwnerDied) => "OwnerDied",
        (_, Outcome::AlreadyHeld) => "AlreadyHeld",
        (_, Outcome::NotHanded) => "NotHanded",
        (_, Outcome::Failed) => "error",
        (Spanish, Outcome::Broken) => "rota",
        (English, Outcome::Broken) => "broken",
        (Spanish, Outcome::TooMany) => "de más",
        (English, Outcome::TooMany) => "too many",
        (Spanish, Outcome::TaskFailed) => "la tarea falló",
        (English, Outcome::TaskFailed) => "the task failed",
        (Spanish, Outcome::WorkerDied) => "terminó antes",
        (English, Outcome::WorkerDied) => "ended before",
    }
}

/// What is in the watched object.
pub(crate) fn state(state: Option<&State>, language: Language) -> String {
    match (state, language) {
        (None, _) => String::new(),
        (Some(State::Value(value)), _) => phrase::json(value, VALUE_COLUMNS),
        (Some(State::Messages(messages)), Spanish) if messages.is_empty() => "vacía".to_owned(),
        (Some(State::Messages(messages)), English) if messages.is_empty() => "empty".to_owned(),
        (Some(State::Messages(messages)), _) => content(messages),
        (Some(State::Holder(Some(who))), _) => who.id.clone(),
        (Some(State::Set(true)), Spanish) => "puesto".to_owned(),
        (Some(State::Set(true)), English) => "set".to_owned(),
        (Some(State::Set(false)), Spanish) => "sin poner".to_owned(),
        (Some(State::Set(false)), English) => "not set".to_owned(),
        (Some(State::Holder(None)), Spanish) => "libre".to_owned(),
        (Some(State::Holder(None)), English) => "free".to_owned(),
    }
}

/// `Item×2 Fin`; how many there are where they have no variants.
fn content(messages: &[Option<String>]) -> String {
    if messages.iter().all(Option::is_none) {
        return messages.len().to_string();
    }
    let runs = messages.chunk_by(|a, b| a == b).map(|run| {
        let variant = run[0].as_deref().unwrap_or("?");
        if run.len() > 1 { format!("{variant}×{}", run.len()) } else { variant.to_owned() }
    });
    clean::line(&runs.collect::<Vec<_>>().join(" "), CONTENT_COLUMNS)
}
