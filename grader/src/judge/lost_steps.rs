//! A possible order in which an update is lost, step by step.
//!
//! Its numbers are those of that order, not those that happened to be seen: everything that is not ordered before the
//! read comes later. So the same program shows the same numbers in every run.

use procesos_trace::{Method, Op, flags};

use super::facts::Facts;
use super::finding::Step;
use super::happens_before::{At, HappensBefore};
use super::updates::Clash;
use crate::run::Event;

/// What a shared value holds at a moment.
#[derive(Clone, Copy)]
struct Held<'a> {
    bits: u64,
    /// An event that tells of what type it is.
    of: &'a Event,
}

impl Held<'_> {
    fn shown(self) -> String {
        self.of.shown_as(self.bits)
    }
}

/// Both read the same, both write.
pub(super) fn steps(facts: &Facts<'_>, order: &HappensBefore, Clash { update, other }: Clash) -> Vec<Step> {
    let (read, write) = (facts.event(update.read), facts.event(update.write));
    let base = value_before(facts, order, update.read);
    let mut steps = vec![step(facts, update.read, Op::ValueGet, base)];
    let between = match read_of(facts, other) {
        Some(at) => {
            steps.push(step(facts, at, Op::ValueGet, base));
            moved(base, facts.event(at), facts.event(other))
        }
        None => Held { bits: facts.event(other).value, of: facts.event(other) },
    };
    steps.push(step(facts, other, Op::ValueSet, between));
    steps.push(step(facts, update.write, Op::ValueSet, moved(base, read, write)));
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
    let (other_read, other) = (facts.event(read_of(facts, other)?), facts.event(other));
    let base = value_before(facts, order, update.read);
    if ![read, write, other_read, other, base.of].into_iter().all(is_number) {
        return None;
    }
    let lost = moved(base, other_read, other);
    Some((moved(lost, read, write).shown(), moved(base, read, write).shown()))
}

/// The value that is there when only what is ordered before its reading has happened.
fn value_before<'a>(facts: &Facts<'a>, order: &HappensBefore, read: At) -> Held<'a> {
    let event = facts.event(read);
    let as_read = Held { bits: event.value, of: event };
    let Some(value) = event.cell() else { return as_read };
    let before = facts.writes_of(value).filter(|(write, _)| order.ordered(*write, read));
    if let Some((_, last)) = before.max_by_key(|(_, write)| write.version) {
        return Held { bits: last.value, of: last };
    }
    // What was read before the first write is what it was made with.
    let first_write = facts.writes_of(value).map(|(_, write)| write.version).min();
    let mut reads = facts.events_on(value).map(|(_, event)| event).filter(|event| is_read_as_it_is(event));
    let first = reads.find(|read| first_write.is_none_or(|write| read.version < write));
    let made = facts.object(value).filter(|_| is_number(event) || event.op == Op::ValueGet);
    let of_number = |object: &crate::run::Object| Held { bits: object.detail, of: event };
    first.map(|read| Held { bits: read.value, of: read }).or(made.map(of_number)).unwrap_or(as_read)
}

/// The read that a write of the same process goes back to, if the last it did to the value was to read it.
fn read_of(facts: &Facts<'_>, (p, i): At) -> Option<At> {
    let value = facts.event((p, i)).cell()?;
    let own = facts
        .events_on(value)
        .filter(|(at, event)| at.0 == p && at.1 < i && (event.reads() || event.writes()));
    let (at, event) = own.last()?;
    (event.reads() && facts.event((p, i)).overwrites()).then_some(at)
}

/// What a process that read `read` and wrote `write` would write if it had read `base`: its own change, applied to that.
fn moved<'a>(base: Held<'a>, read: &Event, write: &'a Event) -> Held<'a> {
    let change = write.value.wrapping_sub(read.value);
    let bits = if ![base.of, read, write].into_iter().all(is_number) {
        write.value
    } else if read.flags & flags::FLOAT != 0 {
        let change = f64::from_bits(write.value) - f64::from_bits(read.value);
        (f64::from_bits(base.bits) + change).to_bits()
    } else if read.flags & flags::UNSIGNED != 0 {
        // A change that does not go with that number was none.
        base.bits.checked_add_signed(change.cast_signed()).unwrap_or(write.value)
    } else {
        base.bits.wrapping_add(change)
    };
    Held { bits, of: write }
}

/// Whether what was read or written is a number.
fn is_number(event: &Event) -> bool {
    event.flags & (flags::BOOLEAN | flags::OTHER) == 0
}

/// Whether an event tells what is in one shared value.
fn is_read_as_it_is(event: &Event) -> bool {
    event.reads() && matches!(event.method, None | Some(Method::Get))
}

fn step(facts: &Facts<'_>, at: At, op: Op, after: Held<'_>) -> Step {
    let event = facts.event(at);
    let after = after.shown();
    let value = match event.method {
        None | Some(Method::Get | Method::Set | Method::Update | Method::SetDefault) => after.clone(),
        _ => String::new(),
    };
    Step { who: facts.who(at.0), op, method: event.method, value, after, place: event.place.clone() }
}
