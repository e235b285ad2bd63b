//! What `list`, `hint`, `run` and `reset` say.

use unicode_width::UnicodeWidthStr;

use crate::Language::{self, English, Spanish};
use crate::calls::Call;
use crate::explore::token::{Malformed, Part};
use crate::text::screen;

/// Title of the list; `earned` are the points of the last grading, if there was one.
pub(crate) fn list_title(language: Language, exercises: usize, earned: Option<usize>, points: u32) -> String {
    match (language, earned) {
        (_, Some(earned)) => {
            screen::title(language, exercises, u32::try_from(earned).unwrap_or(points), points)
        }
        (Spanish, None) => {
            let word = if exercises == 1 { "ejercicio" } else { "ejercicios" };
            format!("Taller de procesos · {exercises} {word} · {points} puntos")
        }
        (English, None) => {
            let word = if exercises == 1 { "exercise" } else { "exercises" };
            format!("Process workshop · {exercises} {word} · {points} points")
        }
    }
}

/// The functions that are still to be written.
pub(crate) fn still_to_write(language: Language, functions: &[String]) -> String {
    let names = functions.join(", ");
    match (language, functions.len()) {
        (Spanish, 1) => format!("falta {names}"),
        (Spanish, _) => format!("faltan {names}"),
        (English, _) => format!("to write: {names}"),
    }
}

/// The student's file is not there, in two lines.
pub(crate) fn no_student_file(language: Language, reset: &Call) -> String {
    match language {
        Spanish => format!("no está src/lib.rs. Para recuperarlo:\n{reset}"),
        English => format!("src/lib.rs is not there. To restore it:\n{reset}"),
    }
}

/// Heading of a hint.
pub(crate) fn hint_heading(language: Language, id: &str, number: usize, total: usize) -> String {
    match language {
        Spanish => format!("{id} · pista {number} de {total}"),
        English => format!("{id} · hint {number} of {total}"),
    }
}

/// What comes after the last hint shown.
pub(crate) fn hint_next(language: Language, hint: &Call, left: usize) -> String {
    match (language, left) {
        (Spanish, 0) => "No hay más pistas.".to_owned(),
        (English, 0) => "There are no more hints.".to_owned(),
        (Spanish, _) => format!("Otra pista: {hint}"),
        (English, _) => format!("Another hint: {hint}"),
    }
}

/// The exercise has no hints.
pub(crate) fn no_hints(language: Language, id: &str) -> String {
    match language {
        Spanish => format!("{id} no tiene pistas."),
        English => format!("{id} has no hints."),
    }
}

/// The functions that a program cannot call yet, one a line with its place.
pub(crate) fn pending_in_file(language: Language, functions: &[(String, u32)], file: &str) -> String {
    let heading = match language {
        Spanish => "Pendiente: falta escribir",
        English => "Pending: still to be written",
    };
    let columns = functions.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    let lines = functions.iter().map(|(name, line)| format!("\n  {name:columns$}   {file}:{line}"));
    heading.to_owned() + &lines.collect::<String>()
}

/// The program cannot be run.
pub(crate) fn does_not_compile(language: Language, file: &str) -> String {
    match language {
        Spanish => format!("{file} no compila"),
        English => format!("{file} does not compile"),
    }
}

/// There is no file to build.
pub(crate) fn nothing_to_run(language: Language, id: &str, reset: &Call) -> String {
    match language {
        Spanish => {
            format!("no está el archivo src/lib.rs de {id}\n  Probar: {reset}")
        }
        English => {
            format!("the file src/lib.rs of {id} is not there\n  Try: {reset}")
        }
    }
}

/// The file is as the stub again.
pub(crate) fn reset_done(language: Language, file: &str, copy: Option<&str>) -> String {
    match (language, copy) {
        (Spanish, Some(copy)) => format!("{file} vuelve a ser la plantilla.\nLo que había queda en {copy}"),
        (English, Some(copy)) => format!("{file} is the stub again.\nWhat was there is kept in {copy}"),
        (Spanish, None) => format!("{file} vuelve a ser la plantilla."),
        (English, None) => format!("{file} is the stub again."),
    }
}

/// The file already is as the stub.
pub(crate) fn reset_nothing(language: Language, file: &str) -> String {
    match language {
        Spanish => format!("{file} ya es igual a la plantilla; no cambió nada."),
        English => format!("{file} already is the stub; nothing changed."),
    }
}

/// There are too many copies.
pub(crate) fn too_many_copies(folder: &str) -> crate::course::Bilingual {
    crate::course::Bilingual {
        es: format!("hay demasiadas copias lib.rs.bak-* en {folder}\n  Probar: borrar las que sobran"),
        en: format!(
            "there are too many copies lib.rs.bak-* in {folder}\n  Try: remove those that are not needed"
        ),
    }
}

/// A scenario that does not exist.
pub(crate) fn unknown_scenario(
    language: Language,
    exercise: &str,
    id: &str,
    nearest: Option<&str>,
    known: &[&str],
) -> String {
    let instead = nearest.map_or_else(|| known.join(", "), str::to_owned);
    match language {
        Spanish => format!("{exercise} no tiene un caso «{id}»\n  Probar: {instead}"),
        English => format!("{exercise} has no case '{id}'\n  Try: {instead}"),
    }
}

/// A token that cannot be read: which part of it, and what stands there.
pub(crate) fn malformed_token(language: Language, malformed: &Malformed) -> String {
    let Malformed { part, seen } = malformed;
    let part = match (language, part) {
        (Spanish, Part::Version) => "al principio va v1",
        (English, Part::Version) => "it begins with v1",
        (Spanish, Part::Scenario) => "después de v1 va el caso (letras, cifras y guiones)",
        (English, Part::Scenario) => "after v1 comes the case (letters, digits and hyphens)",
        (Spanish, Part::Seed) => "después del caso va la semilla (hexadecimal)",
        (English, Part::Seed) => "after the case comes the seed (hexadecimal)",
        (Spanish, Part::Picks) => "después de la semilla va el orden, por ejemplo 0:3,1:1,1.2:4",
        (English, Part::Picks) => "after the seed comes the order, for example 0:3,1:1,1.2:4",
        (Spanish, Part::Fingerprint) => "al final van las 6 cifras hexadecimales de sus pasos",
        (English, Part::Fingerprint) => "it ends with the 6 hexadecimal digits of its steps",
    };
    match (language, seen.as_str()) {
        (Spanish, "") => {
            format!("ese orden no se entiende: {part}, y no hay nada\n  Probar: copiarlo entero del informe")
        }
        (English, "") => format!(
            "that order cannot be read: {part}, and there is nothing\n  Try: copy all of it from the report"
        ),
        (Spanish, seen) => format!(
            "ese orden no se entiende: {part}, y dice «{seen}»\n  Probar: copiarlo entero del informe"
        ),
        (English, seen) => format!(
            "that order cannot be read: {part}, and it says '{seen}'\n  Try: copy all of it from the report"
        ),
    }
}
