//! Why an update of a shared value can be lost.

use super::words::{capital, count_of, subject, thing, who};
use crate::judge::{LostCause, Step, Thing};
use crate::text::finding::Sentence;
use crate::text::finding::race::Race;
use crate::text::phrase::{after, json, paren, parens};

/// Widest value in a sentence.
const VALUE_COLUMNS: usize = 16;

/// The sentence of a lost update.
pub(super) fn sentence(
    value: &Thing,
    cause: &LostCause,
    steps: &[Step],
    left: Option<&(String, String)>,
) -> Sentence {
    let race = Race::of(steps);
    let Sentence { message, hint } = why(value, cause, race.as_ref());
    Sentence { message: format!("{} {message}", outcome(race.as_ref(), left)), hint }
}

/// What the possible order leaves, and how if the steps say it.
fn outcome(race: Option<&Race<'_>>, left: Option<&(String, String)>) -> String {
    let Some((expected, got)) = left else {
        return "In the order below a write is lost.".to_owned();
    };
    let told = format!(
        "In the order below {} should be left and {} is",
        json(expected, VALUE_COLUMNS),
        json(got, VALUE_COLUMNS)
    );
    match race {
        Some(race) if race.is_even() && race.write.after == *got => format!(
            "{told}: {} reads {value}, {} reads {value} and both write {}.",
            who(&race.read.who),
            who(&race.lost.who),
            race.write.value,
            value = race.read.value
        ),
        Some(_) | None => format!("{told}: a write is lost."),
    }
}

fn why(value: &Thing, cause: &LostCause, race: Option<&Race<'_>>) -> Sentence {
    let read_at = race.and_then(|race| race.read.place.as_ref());
    let write_at = race.and_then(|race| race.write.place.as_ref());
    let (read, write) = (paren(read_at), paren(write_at));
    match cause {
        LostCause::NoLock if value.is_kept() => Sentence::new(
            format!(
                "In a Manager reading and writing are two calls{}, and another process can write in between.",
                parens(read_at.into_iter().chain(write_at))
            ),
            "acquire a lock before reading and release it after set.",
        ),
        LostCause::NoLock => Sentence::new(
            format!(
                "Reading and writing are two steps{}, and another process can write in between.",
                parens(read_at.into_iter().chain(write_at))
            ),
            "acquire the lock before get and release it after set.",
        ),
        LostCause::ManyPermits { semaphore, permits } => Sentence::new(
            format!(
                "{} lets {permits} in at once: another process can write between the get{read} and the set{write}.",
                capital(&thing(semaphore))
            ),
            "make the semaphore with a single permit (Semaphore::new(1)), or use a Lock.",
        ),
        LostCause::ReleasedAtOnce { place } => Sentence::new(
            format!(
                "The lock is released at once{} (`let _ =` or a bare line), before the value is used.",
                after("at", place.as_ref())
            ),
            "let guardia = lock.acquire()?; … guardia.release();",
        ),
        LostCause::DifferentLocks { count, made_at } => Sentence::new(
            format!(
                "Each process takes a lock of its own ({}{}): they do not exclude each other.",
                count_of(*count, "lock made", "locks made"),
                after("at", made_at.as_ref())
            ),
            "make a single lock and pass lock.clone() to each process.",
        ),
        LostCause::ReadOutside => Sentence::new(
            format!("The get{read} is outside the lock: another process can write before the set{write}."),
            "get and set within the same lock.",
        ),
        LostCause::WriteOutside => Sentence::new(
            format!("The set{write} is outside the lock: another process can write after the get{read}."),
            "get and set within the same lock.",
        ),
        LostCause::ReleasedBetween { place } => Sentence::new(
            format!(
                "The lock is released{} between the get{read} and the set{write}.",
                after("at", place.as_ref())
            ),
            "release the lock only after set.",
        ),
        LostCause::OtherWithoutLock { place } => {
            let one = race.map_or_else(|| "One process".to_owned(), |race| subject(&race.read.who));
            Sentence::new(
                format!(
                    "{one} uses the lock, but another process writes without taking it{}.",
                    paren(place.as_ref())
                ),
                "have all of them acquire the same lock to read and write.",
            )
        }
    }
}
