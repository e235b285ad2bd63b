//! A possible order in which an update is lost, as a table: one line a step, one column a process.

use procesos_trace::Op;
use unicode_width::UnicodeWidthStr;

use super::race::overwritten;
use super::table::{Side, Table};
use crate::Language::{self, English, Spanish};
use crate::judge::{Step, Thing, Who};
use crate::text::phrase;

/// Most steps that are listed.
const STEP_ROWS: usize = 12;
/// Widest value.
const VALUE_COLUMNS: usize = 12;

/// The title and the lines of the table; nothing without steps.
pub(super) fn lines(value: &Thing, steps: &[Step], language: Language) -> Vec<String> {
    if steps.is_empty() {
        return Vec::new();
    }
    let (title, step_word, value_word) = match language {
        Spanish => ("Un orden posible:", "paso", "valor"),
        English => ("A possible order:", "step", "value"),
    };
    let processes = processes(steps);
    let value = value.name.as_deref().map_or_else(|| value_word.to_owned(), phrase::name);
    let headings = processes.iter().map(|process| heading(process, language));
    let mut table = Table::default();
    table.row([step_word.to_owned()].into_iter().chain(headings).chain([value]));
    let widest = steps.iter().map(|step| operation(step).width()).max().unwrap_or(0);
    for (index, step) in steps.iter().enumerate().take(STEP_ROWS) {
        let cell = |process: &&Who| if **process == step.who { cell(step, widest) } else { String::new() };
        let row = [(index + 1).to_string()].into_iter().chain(processes.iter().map(cell));
        let overwrites = overwritten(steps, index).map(|lost| match language {
            Spanish => format!("pisa el paso {}", lost + 1),
            English => format!("overwrites step {}", lost + 1),
        });
        table.row(row.chain([phrase::json(&step.after, VALUE_COLUMNS)]).chain(overwrites));
    }
    let sides = [Side::Right].into_iter().chain(processes.iter().map(|_| Side::Left)).chain([Side::Right]);
    let mut lines = vec![title.to_owned()];
    lines.extend(table.lines(&sides.collect::<Vec<_>>(), 2));
    lines
}

/// The processes, in the order in which they appear.
fn processes(steps: &[Step]) -> Vec<&Who> {
    let mut found: Vec<&Who> = Vec::new();
    for step in steps {
        if !found.contains(&&step.who) {
            found.push(&step.who);
        }
    }
    found
}

fn heading(process: &Who, language: Language) -> String {
    match language {
        Spanish if process.first => "el padre".to_owned(),
        English if process.first => "the parent".to_owned(),
        Spanish | English if process.name.is_empty() => process.id.clone(),
        Spanish | English => format!("{} {}", process.id, phrase::process(process)),
    }
}

/// `get → 0`, `set 1`.
fn operation(step: &Step) -> String {
    let (called, value) = (phrase::method_of(step.op, step.method), phrase::json(&step.value, VALUE_COLUMNS));
    match step.op {
        _ if value.is_empty() => called.to_owned(),
        Op::ValueGet => format!("{called} → {value}"),
        _ => format!("{called} {value}"),
    }
}

/// The operation and, below those of the other steps, its place.
fn cell(step: &Step, widest: usize) -> String {
    let operation = operation(step);
    let blanks = " ".repeat(widest.saturating_sub(operation.width()));
    let place = step.place.as_ref().map(phrase::at).unwrap_or_default();
    format!("{operation}{blanks}  {place}").trim_end().to_owned()
}
