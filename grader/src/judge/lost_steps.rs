//! A possible order in which an update is lost, step by step.
//!
//! Its numbers are those of that order, not those that happened to be seen: everything that is not ordered before the
//! read comes later. So the same program shows the same numbers in every run.

use procesos_trace::{Op, Outcome, flags};

use super::facts::{Facts, shown_bits};
use super::finding::Step;
use super::happens_before::{At, HappensBefore};
use super::updates::Clash;
use crate::run::Event;

/// Both read the same, both write.
pub(super) fn steps(facts: &Facts<'_>, order: &HappensBefore, Clash { update, other }: Clash) -> Vec<Step> {
    let (read, write) = (facts.event(update.read), facts.event(update.write));
    let base = value_before(facts, order, update.read);
    let shown = |bits| shown_bits(bits, read.flags);
    let mut steps = vec![step(facts, update.read, &shown(base), &shown(base))];
    let between = match read_of(facts, other) {
        Some(at) => {
            steps.push(step(facts, at, &shown(base), &shown(base)));
            moved(base, facts.event(at), facts.event(other))
        }
        None => facts.event(other).value,
    };
    steps.push(step(facts, other, &shown(between), &shown(between)));
    let last = shown(moved(base, read, write));
    steps.push(step(facts, update.write, &last, &last));
    steps
}

/// What should be there after both updates, and what is there in this order; `None` where one of them is no change of
/// a number that was read.
pub(super) fn left(
    facts: &Facts<'_>,
    order: &HappensBefore,
    Clash { update, other }: Clash,
) -> Option<(String, String)> {
    let (read, write) = (facts.event(update.read), facts.event(update.write));
    let other_read = read_of(facts, other)?;
    if read.flags & flags::BOOLEAN != 0 {
        return None;
    }
    let base = value_before(facts, order, update.read);
    let lost = moved(base, facts.event(other_read), facts.event(other));
    let shown = |bits| shown_bits(bits, read.flags);
    Some((shown(moved(lost, read, write)), shown(moved(base, read, write))))
}

/// The value that is there when only what is ordered before its reading has happened.
fn value_before(facts: &Facts<'_>, order: &HappensBefore, read: At) -> u64 {
    let event = facts.event(read);
    let Some(value) = event.object else { return event.value };
    let before = facts.done_on(Op::ValueSet, value).filter(|(write, _)| order.ordered(*write, read));
    let last = before.max_by_key(|(_, write)| write.version).map(|(_, write)| write.value);
    last.or_else(|| facts.object(value).map(|object| object.detail)).unwrap_or(event.value)
}

/// The read that a write of the same process goes back to, if the last it did to the value was to read it.
fn read_of(facts: &Facts<'_>, (p, i): At) -> Option<At> {
    let value = facts.event((p, i)).object;
    let of_value = |event: &&Event| event.object == value && event.outcome == Outcome::Done;
    let mut before = facts.processes()[p].events[..i].iter().enumerate().rev();
    let (index, event) = before.find(|(_, event)| of_value(event))?;
    (event.op == Op::ValueGet).then_some((p, index))
}

/// What a process that read `read` and wrote `write` would write if it had read `base`: its own change, applied to that.
fn moved(base: u64, read: &Event, write: &Event) -> u64 {
    let change = write.value.wrapping_sub(read.value);
    if read.flags & flags::FLOAT != 0 {
        let change = f64::from_bits(write.value) - f64::from_bits(read.value);
        (f64::from_bits(base) + change).to_bits()
    } else if read.flags & flags::BOOLEAN != 0 {
        write.value
    } else if read.flags & flags::UNSIGNED != 0 {
        // A change that does not go with that number was none.
        base.checked_add_signed(change.cast_signed()).unwrap_or(write.value)
    } else {
        base.wrapping_add(change)
    }
}

fn step(facts: &Facts<'_>, at: At, value: &str, after: &str) -> Step {
    let event = facts.event(at);
    let (value, after) = (value.to_owned(), after.to_owned());
    Step { who: facts.who(at.0), op: event.op, value, after, place: event.place.clone() }
}
