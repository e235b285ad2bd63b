//! The tables below a message: who waits on what, an order of steps that loses an update, a result beside the one expected.

use procesos_trace::{ObjectKind, Op};
use unicode_width::UnicodeWidthStr;

use super::table::Table;
use super::{Seen, difference, race_table, story_table};
use crate::Language::{self, English, Spanish};
use crate::judge::{Finding, Waiting, Who};
use crate::text::{diagram, phrase};

/// Most processes that are listed.
const WAITING_ROWS: usize = 6;
/// Widest names of a cycle together.
const CYCLE_COLUMNS: usize = 24;
/// Widest result in a table.
const RESULT_COLUMNS: usize = 60;

/// The lines below the message of a finding: the order in which it was made, where there is one, then who waits.
pub(super) fn of(finding: &Finding, seen: Option<Seen<'_>>, language: Language) -> Vec<String> {
    let Some(Seen { story, flip }) = seen else { return without_order(finding, language) };
    let title = match language {
        Spanish => "El orden que falló:",
        English => "The order that failed:",
    };
    let mut lines = vec![title.to_owned()];
    lines.extend(story_table::lines(story, language));
    if let Finding::Deadlock { .. } | Finding::Livelock { .. } = finding {
        lines.push(String::new());
        lines.extend(without_order(finding, language));
    }
    if let Some((first, second)) = flip {
        lines.push(String::new());
        lines.push(diagram::exchanged(language, first, second));
    }
    lines
}

/// The lines where no order is known; mostly none.
fn without_order(finding: &Finding, language: Language) -> Vec<String> {
    match finding {
        Finding::Deadlock { waiting, .. } => {
            let mut lines = deadlock(waiting, language);
            lines.extend(cycle(waiting, language));
            lines
        }
        Finding::Livelock { asking } => deadlock(asking, language),
        Finding::LostUpdate { value, steps, .. } => race_table::lines(value, steps, language),
        Finding::WrongResult { expected, seen, .. } => wrong_result(expected, seen, language),
        Finding::Panicked { .. }
        | Finding::EndedInError { .. }
        | Finding::EndedBySignal { .. }
        | Finding::EndedEarly { .. }
        | Finding::CpuLimit { .. }
        | Finding::OutputLimit
        | Finding::TooManyProcesses
        | Finding::MemoryLimit { .. }
        | Finding::ReadTooEarly { .. }
        | Finding::CopyNotWritten { .. }
        | Finding::ItemsMissing { .. }
        | Finding::ItemsExtra { .. }
        | Finding::NotIncreasing { .. }
        | Finding::TooFewProcesses { .. }
        | Finding::DoneByFirst { .. }
        | Finding::NothingPut { .. }
        | Finding::SameProcess { .. }
        | Finding::MessageCount { .. }
        | Finding::OtherCapacity { .. }
        | Finding::ChildrenDidNotAdd { .. }
        | Finding::FirstWrote { .. }
        | Finding::OneAfterAnother { .. }
        | Finding::LockKept { .. }
        | Finding::NotJoined { .. }
        | Finding::LeftBehind { .. }
        | Finding::Silent { .. }
        | Finding::NoConversation { .. } => Vec::new(),
    }
}

fn who(who: &Who, language: Language) -> String {
    match language {
        _ if !who.first => phrase::process(who),
        Spanish => "el padre".to_owned(),
        English => "the parent".to_owned(),
    }
}

/// One line a waiting process: who, in what, where, on which object.
fn deadlock(waiting: &[Waiting], language: Language) -> Vec<String> {
    let mut table = Table::default();
    for one in waiting.iter().take(WAITING_ROWS) {
        let asks = one.op.asks();
        let operation = match language {
            Spanish if asks => format!("pregunta con {}", phrase::method(one.op)),
            English if asks => format!("asks with {}", phrase::method(one.op)),
            Spanish => format!("espera en {}", phrase::method(one.op)),
            English => format!("waits in {}", phrase::method(one.op)),
        };
        let place = one.place.as_ref().map(phrase::at).unwrap_or_default();
        table.row([who(&one.who, language), operation, place, awaited(one, language)]);
    }
    let mut lines = table.lines(&[], 3);
    let more = waiting.len().saturating_sub(WAITING_ROWS);
    if more > 0 {
        lines.push(match language {
            Spanish => format!("y {more} más"),
            English => format!("and {more} more"),
        });
    }
    lines
}

/// Who waits for whom, round and round: `A → lock «uno» → B → lock «dos» → A`; nothing where nobody waits for a lock or a permit.
fn cycle(waiting: &[Waiting], language: Language) -> Option<String> {
    let of = |who: &Who| waiting.iter().find(|one| one.who.id == who.id);
    let mut at = waiting
        .iter()
        .find(|one| matches!(one.op, Op::LockAcquire | Op::SemaphoreAcquire) && one.on.is_some())?;
    let mut round = vec![at];
    loop {
        at = of(at.on.as_ref()?)?;
        if let Some(begin) = round.iter().position(|one| one.who.id == at.who.id) {
            round.drain(..begin);
            break;
        }
        round.push(at);
    }
    if round.len() < 2 {
        return None;
    }
    // Long names are in the lines above, beside which the ids stand in the table of steps.
    let long = round.iter().map(|one| who(&one.who, language).width()).sum::<usize>() > CYCLE_COLUMNS;
    let who = |one: &Waiting| if long { one.who.id.clone() } else { who(&one.who, language) };
    let link = |one: &&Waiting| {
        let awaited = match (&one.thing, one.op) {
            (Some(thing), _) => format!("{}{}", kind(thing.kind, language), phrase::quoted(thing)),
            (None, op) => phrase::method(op).to_owned(),
        };
        format!("{} → {awaited} → ", who(one))
    };
    let links: String = round.iter().map(link).collect();
    Some(format!("{links}{}", who(round[0])))
}

/// On what a process waits, and why it must.
fn awaited(one: &Waiting, language: Language) -> String {
    let on = one.on.as_ref().map(|on| who(on, language));
    if let (Op::Join, Some(child)) = (one.op, &on) {
        return match language {
            Spanish => format!("a que termine {child}"),
            English => format!("for {child} to end"),
        };
    }
    let Some(thing) = &one.thing else { return String::new() };
    let state = match (language, one.op, on) {
        (Spanish, Op::QueueGet, _) => ", vacía".to_owned(),
        (English, Op::QueueGet, _) => ", empty".to_owned(),
        (Spanish, Op::QueuePut, _) => ", llena".to_owned(),
        (English, Op::QueuePut, _) => ", full".to_owned(),
        (Spanish, Op::Recv, _) => ", sin nada que recibir".to_owned(),
        (English, Op::Recv, _) => ", nothing to receive".to_owned(),
        (Spanish, Op::Send, _) => ", sin sitio".to_owned(),
        (English, Op::Send, _) => ", no room".to_owned(),
        (Spanish, Op::EventWait, _) => ", sin poner".to_owned(),
        (English, Op::EventWait, _) => ", not set".to_owned(),
        (Spanish, Op::SemaphoreAcquire, _) => ", sin permisos".to_owned(),
        (English, Op::SemaphoreAcquire, _) => ", no permits".to_owned(),
        (Spanish, Op::BarrierWait, _) => ", no llegaron todos".to_owned(),
        (English, Op::BarrierWait, _) => ", not all have come".to_owned(),
        (Spanish, Op::QueueJoin, _) => ", con tareas sin terminar".to_owned(),
        (English, Op::QueueJoin, _) => ", with tasks not done".to_owned(),
        (Spanish, Op::PoolGet, Some(worker)) => format!(", una tarea que hace {worker}"),
        (English, Op::PoolGet, Some(worker)) => format!(", a task that {worker} does"),
        (Spanish, Op::LockAcquire, Some(holder)) => format!(", lo tiene {holder}"),
        (English, Op::LockAcquire, Some(holder)) => format!(", held by {holder}"),
        (Spanish | English, _, _) => String::new(),
    };
    format!("{}{}{state}", kind(thing.kind, language), phrase::quoted(thing))
}

fn kind(kind: ObjectKind, language: Language) -> &'static str {
    match (kind, language) {
        (ObjectKind::None, Spanish) => "objeto",
        (ObjectKind::None, English) => "object",
        (ObjectKind::Lock, _) => "lock",
        (ObjectKind::Value, _) => "Value",
        (ObjectKind::Queue, Spanish) => "cola",
        (ObjectKind::Queue, English) => "queue",
        (ObjectKind::Connection, _) => "pipe",
        (ObjectKind::Event, _) => "Event",
        (ObjectKind::Semaphore, Spanish) => "semáforo",
        (ObjectKind::Semaphore, English) => "semaphore",
        (ObjectKind::RLock, _) => "RLock",
        (ObjectKind::Condition, _) => "Condition",
        (ObjectKind::Barrier, Spanish) => "barrera",
        (ObjectKind::Barrier, English) => "barrier",
        (ObjectKind::Array, _) => "Array",
        (ObjectKind::Pool, _) => "Pool",
        (ObjectKind::Manager, _) => "Manager",
        (ObjectKind::List, Spanish) => "lista",
        (ObjectKind::List, English) => "list",
        (ObjectKind::Dict, Spanish) => "diccionario",
        (ObjectKind::Dict, English) => "dict",
        (ObjectKind::Kept, _) => "Value",
    }
}

/// The two results below one another, where they are lists.
fn wrong_result(expected: &str, seen: &str, language: Language) -> Vec<String> {
    if !(difference::is_longer_list(expected) || difference::is_longer_list(seen)) {
        return Vec::new();
    }
    let (wanted, got) = match language {
        Spanish => ("esperado", "obtenido"),
        English => ("expected", "got"),
    };
    let (expected, seen) = (phrase::json(expected, RESULT_COLUMNS), phrase::json(seen, RESULT_COLUMNS));
    if expected == seen {
        // They differ beyond what fits: the message says in what.
        return Vec::new();
    }
    let mut table = Table::default();
    table.row([wanted.to_owned(), expected]);
    table.row([got.to_owned(), seen]);
    table.lines(&[], 2)
}
