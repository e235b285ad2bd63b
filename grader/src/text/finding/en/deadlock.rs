//! Why nobody can go on.

use procesos_trace::Op;

use super::standing;
use super::words::{agree, count, count_of, messages, thing, waits, who};
use crate::judge::{Cause, Heard, Thing, Waiting, Who};
use crate::run::Place;
use crate::text::finding::Sentence;
use crate::text::finding::supply::{Supply, past_the_end};
use crate::text::phrase::{after, name, paren, parens, waiting_in};

/// The sentence of a livelock.
pub(super) fn livelock(asking: &[Waiting]) -> Sentence {
    let places = parens(asking.iter().filter_map(|one| one.place.as_ref()));
    Sentence::new(
        format!(
            "Livelock: everybody asks again and again{places} and nobody does what would change the answer."
        ),
        "wait (join, get, recv, acquire) instead of asking in a loop.",
    )
}

/// The sentence of a deadlock.
pub(super) fn sentence(waiting: &[Waiting], cause: &Cause) -> Sentence {
    match cause {
        Cause::NobodyPuts { queue, getters: _, consumers, put, last_put } => {
            nobody_puts(waiting, queue, *consumers, put, last_put.as_ref())
        }
        Cause::PutElsewhere { queue, other, put } => put_elsewhere(waiting, queue, other.as_ref(), *put),
        Cause::NobodyGets { queue, capacity, putters: _, join } => {
            nobody_gets(waiting, queue, *capacity, join.as_ref())
        }
        Cause::BothReceive { heard } => match past_the_end(heard) {
            Some(heard) => received_the_end(heard),
            None => both_receive(waiting),
        },
        Cause::JoinBeforeTalking { join, receive } => {
            join_before_talking(waiting, join.as_ref(), receive.as_ref())
        }
        Cause::NobodySends if waiting.iter().all(|one| one.who.first) => Sentence::new(
            format!("Deadlock: {} and no other process can send it anything.", they_wait(waiting, Op::Recv)),
            "start the child with the other end before waiting for its message.",
        ),
        Cause::NobodySends => Sentence::new(
            format!(
                "Deadlock: {}; the other end is still open and nobody sends.",
                they_wait(waiting, Op::Recv)
            ),
            "send what is missing, or close the other end when done (drop).",
        ),
        Cause::NobodyReceives { on_their_way } => Sentence::new(
            format!(
                "Deadlock: after {} without a recv there is no room left: {}; nobody receives.",
                count(*on_their_way, "send", "sends"),
                they_wait(waiting, Op::Send)
            ),
            "receive each answer before the next send.",
        ),
        Cause::LockNeverReleased { holder, taken_at } => lock(waiting, holder.as_ref(), taken_at.as_ref()),
        Cause::LockOrder => {
            let places =
                parens(waiting_in(waiting, Op::LockAcquire).iter().filter_map(|one| one.place.as_ref()));
            Sentence::new(
                format!("Deadlock: each process holds a lock and waits for one that another holds{places}."),
                "acquire the locks in the same order in every process.",
            )
        }
        Cause::NobodySets { event, cleared_at } => standing::nobody_sets(waiting, event, cleared_at.as_ref()),
        Cause::NobodyReleases { semaphore, holder, taken_at } => {
            standing::nobody_releases(waiting, semaphore, holder.as_ref(), taken_at.as_ref())
        }
        Cause::PermitOrder => {
            let places =
                parens(waiting_in(waiting, Op::SemaphoreAcquire).iter().filter_map(|one| one.place.as_ref()));
            Sentence::new(
                format!(
                    "Deadlock: each process holds a permit and waits for one that another holds{places}."
                ),
                "take the permits in the same order in every process.",
            )
        }
        Cause::NobodyNotifies { condition, unheard } => {
            standing::nobody_notifies(waiting, condition, unheard.as_ref())
        }
        Cause::TooFewArrive { barrier, parties, arrived } => {
            standing::too_few_arrive(waiting, barrier, *parties, *arrived)
        }
        Cause::TasksNotDone { queue, put, done } => standing::tasks_not_done(waiting, queue, *put, *done),
        Cause::Other => Sentence::new(
            "Deadlock: nobody can go on, each process waits for something that depends on another.",
            "follow the waits of the list and remove one, or do it later.",
        ),
    }
}

pub(super) fn they_wait(waiting: &[Waiting], op: Op) -> String {
    waits(waiting, op).unwrap_or_else(|| "a process waits".to_owned())
}

fn nobody_puts(
    waiting: &[Waiting],
    queue: &Thing,
    consumers: usize,
    put: &[(Option<String>, usize)],
    last_put: Option<&Place>,
) -> Sentence {
    let wait = they_wait(waiting, Op::QueueGet);
    let consumers_are = count_of(consumers, "consumer", "consumers");
    match Supply::of(put, consumers) {
        Supply::Nothing => nothing_put(waiting, queue),
        Supply::NoMark { put } => {
            let total = put.iter().map(|(_, count)| count).sum();
            let verb = agree(total, "was put", "were put");
            Sentence::new(
                format!(
                    "Deadlock: {wait} and nobody will put more: {} {verb}, none of which tells the end.",
                    messages(&put)
                ),
                "when there is no more data, put one end message per consumer.",
            )
        }
        Supply::FewMarks { mark, count, last } => {
            let (mark, place) = (name(&mark), paren(last_put.filter(|_| last)));
            let had = if count == 0 { format!("no {mark}") } else { format!("{count} {mark}{place}") };
            let verb = if count > 1 { "were put" } else { "was put" };
            let there_are = agree(consumers, "there is", "there are");
            Sentence::new(
                format!(
                    "Deadlock: {wait} and nobody will put more: {had} {verb} and {there_are} {consumers_are}."
                ),
                format!("put one {mark} per consumer."),
            )
        }
        Supply::EnoughMarks { mark, count, last } => {
            let (mark, place) = (name(&mark), paren(last_put.filter(|_| last)));
            let verb = agree(count, "was put", "were put");
            Sentence::new(
                format!(
                    "Deadlock: {wait} and nobody will put more: {count} {mark} {verb}{place} for {consumers_are}, and it was not enough."
                ),
                format!("end at the first {mark}, or put as many as each consumer waits for."),
            )
        }
    }
}

fn put_elsewhere(waiting: &[Waiting], queue: &Thing, other: Option<&Place>, put: usize) -> Sentence {
    let (wait, queue) = (they_wait(waiting, Op::QueueGet), thing(queue));
    let verb = agree(put, "was", "were");
    let (messages, place) = (count_of(put, "message", "messages"), paren(other));
    Sentence::new(
        format!(
            "Deadlock: {wait} and nobody puts anything into {queue}; {messages} {verb} left in another one{place}."
        ),
        "use the same queue in all of them: make just one and pass cola.clone().",
    )
}

fn nothing_put(waiting: &[Waiting], queue: &Thing) -> Sentence {
    let (wait, queue) = (they_wait(waiting, Op::QueueGet), thing(queue));
    match waiting.iter().find(|one| one.op == Op::Join) {
        Some(joiner) => Sentence::new(
            format!(
                "Deadlock: {wait}, {} in join{}, and nobody puts anything into {queue}.",
                who(&joiner.who),
                paren(joiner.place.as_ref())
            ),
            "put what is missing before that join; even without data, one end message per consumer.",
        ),
        None => Sentence::new(
            format!("Deadlock: {wait} and nobody puts anything into {queue}."),
            "check who has to put, and that it is into this queue: make one and pass cola.clone().",
        ),
    }
}

fn nobody_gets(waiting: &[Waiting], queue: &Thing, capacity: u64, join: Option<&Place>) -> Sentence {
    let wait = they_wait(waiting, Op::QueuePut);
    let full = format!("{} is full ({capacity} of {capacity})", thing(queue));
    let joiner = waiting.iter().find(|one| one.op == Op::Join);
    match (joiner, join) {
        (Some(Waiting { who: joiner, .. }), Some(place)) => Sentence::new(
            format!(
                "Deadlock: {full}: {wait} and {} in join{}. Nobody gets.",
                who(joiner),
                paren(Some(place))
            ),
            "get from the queue, or start whoever does, before that join.",
        ),
        _ => Sentence::new(
            format!("Deadlock: {full}: {wait} and nobody gets."),
            "have somebody get from the queue while others put.",
        ),
    }
}

/// Somebody received the message that marks the end, and waits for more.
fn received_the_end(heard: &Heard) -> Sentence {
    let (who, label) = (who(&heard.who), name(&heard.label));
    Sentence::new(
        format!(
            "Deadlock: {who} received {label}{} and waits for more in recv; nobody will send.",
            paren(Some(&heard.place))
        ),
        format!("end with {label}: leave the loop when it arrives."),
    )
}

fn both_receive(waiting: &[Waiting]) -> Sentence {
    let message = match waiting_in(waiting, Op::Recv).as_slice() {
        [one, other] => format!(
            "Deadlock: {} waits in recv{} and so does {}{}. Nobody sends.",
            who(&one.who),
            paren(one.place.as_ref()),
            who(&other.who),
            paren(other.place.as_ref())
        ),
        _ => format!("Deadlock: {}. Nobody sends.", they_wait(waiting, Op::Recv)),
    };
    Sentence::new(message, "have one of the two send first or, when there is no more to say, end.")
}

fn join_before_talking(waiting: &[Waiting], join: Option<&Place>, receive: Option<&Place>) -> Sentence {
    let name_of = |op, unknown: &str| {
        waiting_in(waiting, op).first().map_or_else(|| unknown.to_owned(), |one| who(&one.who))
    };
    let (joiner, receiver) = (name_of(Op::Join, "a process"), name_of(Op::Recv, "another"));
    Sentence::new(
        format!(
            "Deadlock: {joiner} waits in join{} and {receiver} waits for a message{}.",
            paren(join),
            paren(receive)
        ),
        "talk first and join at the end.",
    )
}

fn lock(waiting: &[Waiting], holder: Option<&Who>, taken_at: Option<&Place>) -> Sentence {
    let wait = they_wait(waiting, Op::LockAcquire);
    let message = match holder {
        Some(holder) => {
            let since = after("since", taken_at);
            format!(
                "Deadlock: {wait} for a lock that {} has held{since}; {} waits too.",
                who(holder),
                who(holder)
            )
        }
        None => format!("Deadlock: {wait} for a lock that nobody releases{}.", paren(taken_at)),
    };
    Sentence::new(message, "release the lock (guardia.release()) before waiting for anything else.")
}
