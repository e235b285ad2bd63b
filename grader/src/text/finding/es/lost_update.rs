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
        return "En el orden de abajo se pierde una escritura.".to_owned();
    };
    let told = format!(
        "En el orden de abajo debería quedar {} y queda {}",
        json(expected, VALUE_COLUMNS),
        json(got, VALUE_COLUMNS)
    );
    match race {
        Some(race) if race.is_even() && race.write.after == *got => format!(
            "{told}: {} lee {value}, {} lee {value} y los dos escriben {}.",
            who(&race.read.who),
            who(&race.lost.who),
            race.write.value,
            value = race.read.value
        ),
        Some(_) | None => format!("{told}: se pierde una escritura."),
    }
}

fn why(value: &Thing, cause: &LostCause, race: Option<&Race<'_>>) -> Sentence {
    let read_at = race.and_then(|race| race.read.place.as_ref());
    let write_at = race.and_then(|race| race.write.place.as_ref());
    let (read, write) = (paren(read_at), paren(write_at));
    match cause {
        LostCause::NoLock if value.is_kept() => Sentence::new(
            format!(
                "En un Manager leer y escribir son dos llamadas{}, y otro proceso puede escribir en medio.",
                parens(read_at.into_iter().chain(write_at))
            ),
            "tomar un lock antes de leer y soltarlo después de set.",
        ),
        LostCause::NoLock => Sentence::new(
            format!(
                "Leer y escribir son dos pasos{}, y otro proceso puede escribir en medio.",
                parens(read_at.into_iter().chain(write_at))
            ),
            "tomar el lock antes de get y soltarlo después de set.",
        ),
        LostCause::ManyPermits { semaphore, permits } => Sentence::new(
            format!(
                "{} deja pasar a {permits} a la vez: otro proceso puede escribir entre el get{read} y el set{write}.",
                capital(&thing(semaphore))
            ),
            "crear el semáforo con un solo permiso (Semaphore::new(1)), o usar un Lock.",
        ),
        LostCause::ReleasedAtOnce { place } => Sentence::new(
            format!(
                "El lock se suelta al instante{} (`let _ =` o línea suelta), antes de usar el valor.",
                after("en", place.as_ref())
            ),
            "let guardia = lock.acquire()?; … guardia.release();",
        ),
        LostCause::DifferentLocks { count, made_at } => Sentence::new(
            format!(
                "Cada proceso toma un lock distinto ({}{}): no se excluyen.",
                count_of(*count, "lock creado", "locks creados"),
                after("en", made_at.as_ref())
            ),
            "crear un solo lock y pasar lock.clone() a cada proceso.",
        ),
        LostCause::ReadOutside => Sentence::new(
            format!("El get{read} queda fuera del lock: otro proceso puede escribir antes del set{write}."),
            "get y set dentro del mismo lock.",
        ),
        LostCause::WriteOutside => Sentence::new(
            format!("El set{write} queda fuera del lock: otro proceso puede escribir después del get{read}."),
            "get y set dentro del mismo lock.",
        ),
        LostCause::ReleasedBetween { place } => Sentence::new(
            format!("El lock se suelta{} entre el get{read} y el set{write}.", after("en", place.as_ref())),
            "soltar el lock recién después de set.",
        ),
        LostCause::OtherWithoutLock { place } => {
            let one = race.map_or_else(|| "Un proceso".to_owned(), |race| subject(&race.read.who));
            Sentence::new(
                format!("{one} usa el lock, pero otro proceso escribe sin tomarlo{}.", paren(place.as_ref())),
                "que todos tomen el mismo lock para leer y escribir.",
            )
        }
    }
}
