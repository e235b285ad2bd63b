//! Results and items: what is missing, what is too many, what was read too early.

use procesos_trace::ObjectKind;

use super::words::{agree, count, count_of, list, thing, who};
use crate::judge::{MissingCause, Thing, Who};
use crate::run::Place;
use crate::text::clean;
use crate::text::finding::Sentence;
use crate::text::finding::difference::{self, Difference, Piece};
use crate::text::finding::supply::is_mark;
use crate::text::phrase::{after, json, name, paren, quoted, some};

/// Widest value in a sentence.
const VALUE_COLUMNS: usize = 24;
/// Widest arguments in a sentence.
const ARGUMENT_COLUMNS: usize = 40;
/// Most items that are named.
const EXAMPLES: usize = 3;

pub(super) fn read_too_early(
    place: Option<&Place>,
    running: usize,
    read: &str,
    last: &str,
    expected: &str,
) -> Sentence {
    let (read, last, expected) =
        (json(read, VALUE_COLUMNS), json(last, VALUE_COLUMNS), json(expected, VALUE_COLUMNS));
    let in_the_end = if last == expected {
        format!("al final había {last}")
    } else {
        format!("al final había {last} (se esperaba {expected})")
    };
    Sentence::new(
        format!(
            "El valor se leyó{} con {}: {read}, y {in_the_end}.",
            after("en", place),
            count_of(running, "hijo trabajando", "hijos trabajando")
        ),
        "leer después de hacer join a todos los hijos.",
    )
}

/// Somebody got a copy, and nobody wrote one.
pub(super) fn copy_not_written(
    value: &Thing,
    copier: &Who,
    place: Option<&Place>,
    [kept, name, expected]: [&str; 3],
) -> Sentence {
    let (kept, expected) = (json(kept, VALUE_COLUMNS), json(expected, VALUE_COLUMNS));
    Sentence::new(
        format!(
            "{}{} sigue en {kept} ({name} debería ser {expected}): {} obtuvo una copia con get{}, y cambiarla no cambia \
             lo que guarda el Manager.",
            part_word(value),
            quoted(value),
            who(copier),
            after("en", place)
        ),
        "escribir con set la copia cambiada, con un lock tomado desde el get.",
    )
}

fn part_word(value: &Thing) -> &'static str {
    match value.kind {
        ObjectKind::List => "El elemento",
        ObjectKind::Dict => "La entrada",
        _ => "El valor",
    }
}

pub(super) fn wrong_result(
    function: Option<&str>,
    arguments: &str,
    result: &str,
    expected: &str,
    seen: &str,
) -> Sentence {
    let arguments = clean::line(arguments, ARGUMENT_COLUMNS);
    let case = if arguments.is_empty() { String::new() } else { format!("Con `{arguments}`, ") };
    let result = name(result);
    let told = match difference::between(expected, seen) {
        Difference::Lists { missing, extra } => {
            let lacks = (!missing.is_empty()).then(|| pieces("falta", &missing));
            let has = (!extra.is_empty()).then(|| pieces("sobra", &extra));
            let parts: Vec<String> = lacks.into_iter().chain(has).collect();
            format!("en «{result}» {}", parts.join("; "))
        }
        Difference::Position { position, expected, seen } => {
            format!("en «{result}» el elemento {position} debía ser {expected} y es {seen}")
        }
        Difference::Values { expected, seen } => format!("«{result}» debía ser {expected} y es {seen}"),
    };
    let hint = function.map_or_else(
        || format!("revisar de dónde sale «{result}»."),
        |function| format!("revisar `{}` con esos argumentos.", name(function)),
    );
    let message = format!("{case}{told}.");
    Sentence::new(super::words::capital(&message), hint)
}

/// `falta 98`, `faltan 98 y 99`.
fn pieces(verb: &str, all: &[Piece]) -> String {
    let shown = |piece: &Piece| match piece {
        Piece::One(item) => item.clone(),
        Piece::Run(first, last) => format!("{first} a {last}"),
        Piece::More => "más".to_owned(),
    };
    let plural = if matches!(all, [Piece::One(_)]) { "" } else { "n" };
    format!("{verb}{plural} {}", list(&all.iter().map(shown).collect::<Vec<_>>()))
}

pub(super) fn missing(
    expected: usize,
    missing: usize,
    examples: &[String],
    cause: &MissingCause,
) -> Sentence {
    let of = format!("{missing} de {}", count_of(expected, "dato", "datos"));
    let lost = format!("{} {of}", agree(missing, "Se perdió", "Se perdieron"));
    let lacking = format!("{} {of}", agree(missing, "Falta", "Faltan"));
    let examples = some(examples, EXAMPLES);
    let named = if examples.is_empty() { String::new() } else { format!(" ({examples})") };
    match cause {
        MissingCause::EmptyTakenForEnd { who: process, place } => Sentence::new(
            format!(
                "{lacking}: {} terminó porque la cola estaba vacía{}. Vacía ahora no es terminada.",
                who(process),
                paren(place.as_ref())
            ),
            "get hasta recibir el mensaje de fin.",
        ),
        MissingCause::TimeoutTakenForEnd { who: process, place } => Sentence::new(
            format!(
                "{lacking}: {} terminó porque se acabó un tiempo de espera{}. Un dato puede tardar más.",
                who(process),
                paren(place.as_ref())
            ),
            "get, sin límite de tiempo, hasta recibir el mensaje de fin.",
        ),
        MissingCause::PutAfterEnd { mark, mark_at, left } => {
            let queued = count(*left, "mensaje", "mensajes");
            let Some(mark) = mark.as_deref().filter(|mark| is_mark(mark)).map(name) else {
                return Sentence::new(
                    format!("{lost}: nadie siguió sacando y en la cola quedaron {queued}."),
                    "sacar hasta recibir el mensaje de fin.",
                );
            };
            Sentence::new(
                format!(
                    "{lost}: el {mark}{} llegó antes y en la cola quedaron {queued} sin sacar.",
                    paren(mark_at.as_ref())
                ),
                format!("enviar {mark} cuando todos los productores terminen (después de su join)."),
            )
        }
        MissingCause::NeverPut => Sentence::new(
            format!("{lacking}{named}: nadie los puso en la cola."),
            "revisar desde dónde y hasta dónde va el bucle que pone.",
        ),
        MissingCause::GotNotNoted => Sentence::new(
            format!("{lacking}{named}: salieron de la cola y no se anotaron."),
            "anotar cada dato recibido antes de sacar el siguiente.",
        ),
        MissingCause::Unknown => Sentence::new(
            format!("{lacking}{named}."),
            "seguir uno de ellos: quién lo pone, quién lo saca y quién lo anota.",
        ),
    }
}

pub(super) fn extra(expected: usize, seen: usize, examples: &[String]) -> Sentence {
    let examples = some(examples, EXAMPLES);
    let named = if examples.is_empty() { String::new() } else { format!(" (de más: {examples})") };
    Sentence::new(
        format!(
            "{} {} y se anotaron {seen}{named}.",
            agree(expected, "Se esperaba", "Se esperaban"),
            count_of(expected, "dato", "datos")
        ),
        "anotar cada dato una sola vez; el mensaje de fin va en su rama del match.",
    )
}

pub(super) fn not_increasing(before: &str, after: &str) -> Sentence {
    Sentence::new(
        format!(
            "Se esperaba un orden creciente, y después de {} viene {}.",
            json(before, VALUE_COLUMNS),
            json(after, VALUE_COLUMNS)
        ),
        "poner los datos en orden y anotar cada uno al recibirlo.",
    )
}

pub(super) fn nothing_put(queue: &str) -> Sentence {
    Sentence::new(
        format!("Se esperaban mensajes en la cola «{}», y nadie puso ninguno.", name(queue)),
        "poner cada resultado con put en la cola recibida.",
    )
}

pub(super) fn message_count(queue: &str, expected: u64, seen: u64) -> Sentence {
    let message = format!(
        "En la cola «{}» {} {} y hubo {seen}.",
        name(queue),
        if expected == 1 { "se esperaba" } else { "se esperaban" },
        count(expected, "mensaje", "mensajes")
    );
    let hint = if seen < expected {
        "que cada hijo ponga el suyo, también cuando no encuentra nada."
    } else {
        "que cada hijo ponga uno solo."
    };
    Sentence::new(message, hint)
}

pub(super) fn other_capacity(wanted: u64, made: Option<&(Thing, u64)>) -> Sentence {
    let did = match made {
        None => "no se creó ninguna".to_owned(),
        Some((queue, capacity)) => {
            format!("{} se creó con {capacity}{}", thing(queue), paren(queue.made_at.as_ref()))
        }
    };
    Sentence::new(
        format!("Se esperaba una cola de capacidad {wanted} y {did}."),
        "Queue::bounded con la capacidad que recibe la función, no con un número fijo.",
    )
}
