//! What the screens of a report say around the findings, in Spanish and English side by side.

use crate::Language::{self, English, Spanish};
use crate::report::{PendingFunction, Status, Which};
use crate::text::phrase;

/// One of two sentences.
fn either<'a>(language: Language, spanish: &'a str, english: &'a str) -> &'a str {
    match language {
        Spanish => spanish,
        English => english,
    }
}

/// `Taller de procesos · 4 ejercicios · 17 de 40 puntos`.
pub(crate) fn title(language: Language, exercises: usize, points: u32, max_points: u32) -> String {
    match language {
        Spanish => {
            let word = if exercises == 1 { "ejercicio" } else { "ejercicios" };
            format!("Taller de procesos · {exercises} {word} · {points} de {max_points} puntos")
        }
        English => {
            let word = if exercises == 1 { "exercise" } else { "exercises" };
            format!("Process workshop · {exercises} {word} · {points} of {max_points} points")
        }
    }
}

/// A status in one or two words; points that were earned make it half done.
pub(crate) fn status(language: Language, status: Status, points: u32) -> &'static str {
    match status {
        Status::Passed => either(language, "resuelto", "solved"),
        Status::Pending | Status::Failed if points > 0 => either(language, "a medias", "half done"),
        Status::Pending => either(language, "pendiente", "pending"),
        Status::Failed => either(language, "con fallas", "failing"),
        Status::DoesNotCompile => either(language, "no compila", "build error"),
        Status::Missing => either(language, "sin archivo", "no file"),
        Status::GraderFault => either(language, "sin evaluar", "not graded"),
    }
}

/// `5 de 10`.
pub(crate) fn points(language: Language, points: u32, max_points: u32) -> String {
    format!("{points} {} {max_points}", either(language, "de", "of"))
}

/// The last line of an exercise: its name and what came of it.
pub(crate) fn result(language: Language, status: Status, earned: u32, max_points: u32, seed: &str) -> String {
    let word = match (language, status) {
        (English, Status::DoesNotCompile) => "does not compile",
        _ => self::status(language, status, earned),
    };
    let points = points(language, earned, max_points);
    match status {
        Status::Passed => format!("{word}, {points} · {} {seed}", either(language, "semilla", "seed")),
        Status::GraderFault => format!(
            "{word}, {}",
            either(language, "por una falla del evaluador", "because of a grader fault")
        ),
        Status::Pending | Status::Failed | Status::DoesNotCompile | Status::Missing => {
            format!("{word}, {points}")
        }
    }
}

/// The word before a next step.
pub(crate) fn try_word(language: Language) -> &'static str {
    either(language, "Probar:", "Try:")
}

/// The word before the command that shows hints.
pub(crate) fn more_word(language: Language) -> &'static str {
    either(language, "Más:", "More:")
}

/// The words before the command that runs the case by hand; where the order decides, it may come out right there.
pub(crate) fn case_word(language: Language, by_order: bool) -> &'static str {
    if by_order {
        either(language, "Este caso (puede salir bien):", "This case (may come out right):")
    } else {
        either(language, "Este caso:", "This case:")
    }
}

/// The word before the exercise to do next.
pub(crate) fn next_word(language: Language) -> &'static str {
    either(language, "Siguiente:", "Next:")
}

/// What to do with a file or a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Read,
    Write,
    Mend,
    Grade,
    Hints,
    Restore,
}

/// The verb for it.
pub(crate) fn doing(language: Language, doing: Doing) -> &'static str {
    match doing {
        Doing::Read => either(language, "leer", "read"),
        Doing::Write => either(language, "escribir", "write"),
        Doing::Mend => either(language, "corregir", "mend"),
        Doing::Grade => either(language, "probar", "try"),
        Doing::Hints => either(language, "pistas", "hints"),
        Doing::Restore => either(language, "recuperar", "restore"),
    }
}

/// The assignment's file name.
pub(crate) fn readme(language: Language) -> &'static str {
    either(language, "README.md", "README.en.md")
}

/// `(faltan repartir, ejecutar)`; nothing when nothing is.
pub(crate) fn to_write(language: Language, pending: &[PendingFunction]) -> String {
    let names: Vec<&str> = pending.iter().map(|one| one.function.as_str()).collect();
    let names = names.join(", ");
    match (language, pending) {
        (_, []) => String::new(),
        (Spanish, [_]) => format!("(falta {names})"),
        (Spanish, _) => format!("(faltan {names})"),
        (English, _) => format!("(to write: {names})"),
    }
}

/// Which functions are missing, with their lines.
pub(crate) fn pending(language: Language, pending: &[PendingFunction]) -> String {
    let names: Vec<String> =
        pending.iter().map(|one| format!("`{}` (:{})", one.function, one.line)).collect();
    let list = |and: &str| match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} {and} {last}", first.join(", ")),
        all => all.concat(),
    };
    match (language, pending) {
        (Spanish, []) => "Pendiente: falta escribir lo que dice `todo!()`.".to_owned(),
        (English, []) => "Pending: what says `todo!()` is still to be written.".to_owned(),
        (Spanish, _) => format!("Pendiente: falta escribir {}.", list("y")),
        (English, [_]) => format!("Pending: {} is still to be written.", list("and")),
        (English, _) => format!("Pending: {} are still to be written.", list("and")),
    }
}

/// Points so far, in an exercise that is not finished.
pub(crate) fn so_far(language: Language, earned: u32, max_points: u32) -> String {
    match language {
        Spanish => format!("Puntos hasta ahora: {earned} de {max_points}."),
        English => format!("Points so far: {earned} of {max_points}."),
    }
}

/// How many other claims tell of the same; nothing when there is none.
pub(crate) fn folded(language: Language, broken: usize, unseen: usize) -> Option<String> {
    let same = match (language, broken) {
        (_, 0) => None,
        (Spanish, 1) => Some("y 1 comprobación más por lo mismo".to_owned()),
        (Spanish, n) => Some(format!("y {n} comprobaciones más por lo mismo")),
        (English, 1) => Some("and 1 check more for the same reason".to_owned()),
        (English, n) => Some(format!("and {n} checks more for the same reason")),
    };
    let hidden = match (language, unseen) {
        (_, 0) => None,
        (Spanish, 1) => Some("1 no se pudo ver".to_owned()),
        (Spanish, n) => Some(format!("{n} no se pudieron ver")),
        (English, 1) => Some("1 could not be seen".to_owned()),
        (English, n) => Some(format!("{n} could not be seen")),
    };
    match (same, hidden) {
        (None, None) => None,
        (Some(same), None) => Some(same),
        (None, Some(_)) => Some(match language {
            Spanish if unseen == 1 => "1 comprobación no se pudo ver por esto".to_owned(),
            Spanish => format!("{unseen} comprobaciones no se pudieron ver por esto"),
            English if unseen == 1 => "1 check could not be seen because of this".to_owned(),
            English => format!("{unseen} checks could not be seen because of this"),
        }),
        (Some(same), Some(hidden)) => Some(format!("{same}; {hidden}")),
    }
}

/// How many findings are not shown.
pub(crate) fn more_findings(language: Language, more: usize) -> String {
    match (language, more) {
        (Spanish, 1) => "y 1 falla más, que se verá mejor después de corregir lo de arriba".to_owned(),
        (Spanish, _) => format!("y {more} fallas más, que se verán mejor después de corregir lo de arriba"),
        (English, 1) => "and 1 more, easier to see once the above is mended".to_owned(),
        (English, _) => format!("and {more} more, easier to see once the above is mended"),
    }
}

/// What `?` before a goal means.
pub(crate) fn unseen_goal(language: Language) -> &'static str {
    either(language, "no se pudo ver", "could not be seen")
}

/// How many errors of the compiler are not shown.
pub(crate) fn more_errors(language: Language, more: usize) -> Option<String> {
    match (language, more) {
        (_, 0) => None,
        (Spanish, 1) => Some("y 1 error más; corregir primero este y volver a probar.".to_owned()),
        (Spanish, _) => Some(format!("y {more} errores más; corregir primero este y volver a probar.")),
        (English, 1) => Some("and 1 error more; mend this one first and try again.".to_owned()),
        (English, _) => Some(format!("and {more} errors more; mend this one first and try again.")),
    }
}

/// The word before a warning of the compiler, with its lines.
pub(crate) fn warning(language: Language, lines: &[String]) -> String {
    format!("{} ({}):", either(language, "El compilador avisa", "The compiler warns"), lines.join(", "))
}

/// Nothing was submitted.
pub(crate) fn missing(language: Language, file: &str) -> String {
    match language {
        Spanish => format!("No se encontró {file}."),
        English => format!("{file} was not found."),
    }
}

/// The stub from which a file is written that is not there.
pub(crate) fn from_stub(language: Language, stub: &str) -> String {
    match language {
        Spanish => format!("(a partir de {stub})"),
        English => format!("(beginning with {stub})"),
    }
}

/// The heading of a fault, and what to do about it.
pub(crate) fn fault(language: Language) -> (&'static str, &'static str) {
    match language {
        Spanish => (
            "Falla del evaluador. No es culpa tuya y no quita puntos.",
            "repetir; si vuelve a pasar, informar al curso con este mensaje y la salida de rustc -V y uname -a.",
        ),
        English => (
            "Grader fault. It is not your fault and costs no points.",
            "again; if it comes back, report it to the course with this message and what rustc -V and uname -a say.",
        ),
    }
}

/// Files of the submission that were not looked at; nothing when there are none.
pub(crate) fn ignored(language: Language, files: usize) -> Option<String> {
    match (language, files) {
        (_, 0) => None,
        (Spanish, 1) => {
            Some("1 archivo más no se miró: de cada ejercicio cuenta solo src/lib.rs.".to_owned())
        }
        (Spanish, _) => {
            Some(format!("{files} archivos más no se miraron: de cada ejercicio cuenta solo src/lib.rs."))
        }
        (English, 1) => {
            Some("1 more file was not looked at: only src/lib.rs of each exercise counts.".to_owned())
        }
        (English, _) => {
            Some(format!("{files} more files were not looked at: only src/lib.rs of each exercise counts."))
        }
    }
}

/// Everything is solved.
pub(crate) fn all_solved(language: Language, seed: Option<&str>) -> String {
    let done = either(language, "Todo resuelto.", "All solved.");
    match seed {
        Some(seed) => format!("{done} {} {seed}.", either(language, "Semilla", "Seed")),
        None => done.to_owned(),
    }
}

/// The seed of one exercise in a list.
pub(crate) fn seed(language: Language, seed: &str) -> String {
    format!("{} {seed}", either(language, "semilla", "seed"))
}

/// The words before the command that shows the steps of an order.
pub(crate) fn trace_word(language: Language) -> &'static str {
    either(language, "Paso a paso:", "Step by step:")
}

/// The words before the command that repeats an order.
pub(crate) fn replay_word(language: Language) -> &'static str {
    either(language, "Repetir este orden:", "Repeat this order:")
}

/// In how many of the orders that were tried a failure was seen.
pub(crate) fn seen_in(language: Language, seen: u64, tried: u64, exhaustive: bool) -> String {
    match (language, tried) {
        (Spanish, 1) if exhaustive => "visto en el único orden posible".to_owned(),
        (English, 1) if exhaustive => "seen in the only order there is".to_owned(),
        (Spanish, _) if exhaustive => format!("visto en {seen} de los {tried} órdenes distintos que hay"),
        (English, _) if exhaustive => format!("seen in {seen} of the {tried} distinct orders there are"),
        (Spanish, 1) => "visto en el orden que se probó".to_owned(),
        (English, 1) => "seen in the order that was tried".to_owned(),
        (Spanish, _) => format!("visto en {seen} de {tried} órdenes"),
        (English, _) => format!("seen in {seen} of {tried} orders"),
    }
}

/// Cases that were tried in all their orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Complete {
    /// How many, at least one.
    pub(crate) complete: u64,
    /// Of how many.
    pub(crate) cases: u64,
    /// Distinct orders of the one that has most.
    pub(crate) most: u64,
}

/// How many orders were tried of exercises in which none failed.
pub(crate) fn orders(language: Language, tried: u64) -> String {
    match language {
        Spanish if tried == 1 => "1 orden probado.".to_owned(),
        English if tried == 1 => "1 order tried.".to_owned(),
        Spanish => format!("{} órdenes probados.", phrase::grouped(tried, '\u{a0}')),
        English => format!("{} orders tried.", phrase::grouped(tried, ',')),
    }
}

/// Of which cases all orders were tried.
pub(crate) fn all_orders(language: Language, Complete { complete, cases, most }: Complete) -> String {
    let number = match language {
        Spanish => phrase::grouped(most, '\u{a0}'),
        English => phrase::grouped(most, ','),
    };
    match (language, most, complete, cases) {
        (Spanish, 1, _, 1) => "No hay otro orden distinto.".to_owned(),
        (English, 1, _, 1) => "There is no other distinct order.".to_owned(),
        (Spanish, 1, ..) => format!("En {complete} de {cases} casos no hay otro orden distinto."),
        (English, 1, ..) => format!("In {complete} of {cases} cases there is no other distinct order."),
        (Spanish, _, _, 1) => format!("Se comprobaron todos los {number} órdenes distintos."),
        (English, _, _, 1) => format!("All {number} distinct orders checked."),
        (Spanish, ..) => {
            let up_to = if complete == 1 { "" } else { "hasta " };
            format!(
                "En {complete} de {cases} casos se comprobaron todos los órdenes distintos: {up_to}{number}."
            )
        }
        (English, ..) => {
            let up_to = if complete == 1 { "" } else { "up to " };
            format!("In {complete} of {cases} cases all distinct orders were checked: {up_to}{number}.")
        }
    }
}

/// The program is not the one that an order was written down of.
pub(crate) fn changed(language: Language) -> &'static str {
    either(
        language,
        "Tu programa cambió desde entonces: con este orden ya no da los mismos pasos.",
        "Your program changed since: in this order it no longer takes the same steps.",
    )
}

/// A process waited outside the library.
pub(crate) fn external(language: Language) -> &'static str {
    either(
        language,
        "Un proceso esperó fuera de la biblioteca: el orden no se repite con exactitud.",
        "A process waited outside the library: the order is not repeated exactly.",
    )
}

/// How many of several repetitions took the same steps.
pub(crate) fn alike(language: Language, alike: u32, times: u32) -> String {
    match language {
        Spanish => format!("{alike} de {times} repeticiones dieron los mismos pasos."),
        English => format!("{alike} of {times} repetitions took the same steps."),
    }
}

/// What came out of a repeated order.
pub(crate) fn repeated(language: Language, kept: bool, broken: bool, changed: bool) -> &'static str {
    match (kept, broken) {
        (true, _) => {
            either(language, "En este orden ahora sale bien.", "In this order it now comes out right.")
        }
        (false, true) if changed => {
            either(language, "En este orden sigue fallando.", "In this order it still fails.")
        }
        (false, true) => either(language, "Este orden falla, como antes.", "This order fails, as before."),
        (false, false) => order_is_unseen(language),
    }
}

/// Which order a table of steps shows.
pub(crate) fn which_order(language: Language, which: Which) -> String {
    match (language, which) {
        (Spanish, Which::Calm) => "El orden en que nadie interrumpe a nadie:".to_owned(),
        (English, Which::Calm) => "The order in which nobody interrupts anybody:".to_owned(),
        (Spanish, Which::Numbered(number)) => {
            format!("El orden número {number} de los que prueba el evaluador:")
        }
        (English, Which::Numbered(number)) => {
            format!("Order number {number} of those that the grader tries:")
        }
        (Spanish, Which::Failing) => "Un orden que falla:".to_owned(),
        (English, Which::Failing) => "An order that fails:".to_owned(),
    }
}

/// Nothing is wrong with an order.
pub(crate) fn order_is_right(language: Language) -> &'static str {
    either(language, "En este orden sale bien.", "In this order it comes out right.")
}

/// Not all of an order could be seen.
pub(crate) fn order_is_unseen(language: Language) -> &'static str {
    either(language, "En este orden no se pudo ver.", "It could not be seen in this order.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_orders_are_told_with_their_number() {
        let told = |complete, cases, most| {
            [Spanish, English].map(|language| all_orders(language, Complete { complete, cases, most }))
        };
        assert_eq!(
            told(1, 1, 24),
            ["Se comprobaron todos los 24 órdenes distintos.", "All 24 distinct orders checked."]
        );
        assert_eq!(told(1, 1, 1), ["No hay otro orden distinto.", "There is no other distinct order."]);
        assert_eq!(
            told(1, 9, 6),
            [
                "En 1 de 9 casos se comprobaron todos los órdenes distintos: 6.",
                "In 1 of 9 cases all distinct orders were checked: 6."
            ]
        );
        assert_eq!(
            told(5, 9, 1_720),
            [
                "En 5 de 9 casos se comprobaron todos los órdenes distintos: hasta 1\u{a0}720.",
                "In 5 of 9 cases all distinct orders were checked: up to 1,720."
            ]
        );
        assert_eq!(
            told(3, 9, 1),
            [
                "En 3 de 9 casos no hay otro orden distinto.",
                "In 3 of 9 cases there is no other distinct order."
            ]
        );
    }

    #[test]
    fn orders_are_said_to_be_all_only_when_they_are() {
        assert_eq!(seen_in(Spanish, 2, 4, true), "visto en 2 de los 4 órdenes distintos que hay");
        assert_eq!(seen_in(English, 2, 57, false), "seen in 2 of 57 orders");
        assert_eq!(seen_in(English, 1, 1, false), "seen in the order that was tried");
    }
}
