//! What the commands, the build and the errors say, in Spanish and English. Reports have files of their own.
//!
//! A sentence names the cause, then what was seen, then the mend.

mod build;
pub(crate) mod commands;
mod course_file;
mod usage;

pub(crate) use build::{
    compiler_ended, driver_broken, forbidden, library_step, other_file, progress, waiting_for_another_build,
};

use std::io::{self, ErrorKind};

use crate::Language::{self, English, Spanish};
use crate::error::{Doing, Kind};
use crate::intake::{Refusal, RefusalReason};

/// What an error says.
pub(crate) fn error(kind: &Kind, language: Language) -> String {
    match kind {
        Kind::NoCourse { from } => no_course(language, &from.display().to_string()),
        Kind::UnknownExercise { id, nearest, known } => {
            unknown_exercise(language, id, nearest.as_deref(), known)
        }
        Kind::WrongUse(wrong) => usage::wrong_use(language, wrong),
        Kind::Submission { folder, source } => {
            let (folder, source) = (folder.display(), system(language, source));
            match language {
                Spanish => format!(
                    "no se puede leer la entrega {folder}: {source}\n  Probar: --submission con una carpeta de <ejercicio>/src/lib.rs"
                ),
                English => format!(
                    "the submission {folder} cannot be read: {source}\n  Try: --submission with a folder of <exercise>/src/lib.rs"
                ),
            }
        }
        Kind::Output { path, source } => {
            let (path, source) = (path.display(), system(language, source));
            match language {
                Spanish => format!(
                    "el informe no se puede escribir en {path}: {source}\n  Probar: --output con un archivo de una carpeta que existe"
                ),
                English => format!(
                    "the report cannot be written to {path}: {source}\n  Try: --output with a file in a folder that exists"
                ),
            }
        }
        Kind::OneExercise { folder } => one_exercise(language, folder),
        Kind::SeveralSubmissions { folder, inside } => {
            let (folder, inside) = (folder.display(), inside.display());
            match language {
                Spanish => format!("en {folder} no hay <id>/src/lib.rs\n  Probar: --submission {inside}"),
                English => format!("{folder} holds no <id>/src/lib.rs\n  Try: --submission {inside}"),
            }
        }
        Kind::Refused(refusal) => refused(language, refusal),
        Kind::Course(problem) => course_file::problem(language, problem),
        Kind::Io { doing, path, source } => {
            let (path, doing) = (path.display(), doing_words(language, *doing));
            format!("{doing} {path}: {}", system(language, source))
        }
        Kind::Command { command, outcome } => match language {
            Spanish => format!("falló `{command}`\n{outcome}"),
            English => format!("`{command}` failed\n{outcome}"),
        },
        Kind::Stub { exercise, outcome } => match language {
            Spanish => format!(
                "la plantilla de {exercise} tampoco compila: el problema es del curso o de esta máquina\n{outcome}"
            ),
            English => format!(
                "the stub of {exercise} does not compile either: the course or this machine is at fault\n{outcome}"
            ),
        },
        Kind::NoLibrary { package } => match language {
            Spanish => format!("cargo no construyó el paquete `{package}` que nombra un ejercicio"),
            English => format!("cargo did not build the package `{package}` that an exercise names"),
        },
        Kind::Usage(sentence) | Kind::Fault(sentence) => sentence.get(language).to_owned(),
    }
}

/// The word before every error on stderr.
pub(crate) fn error_word(language: Language, ours: bool) -> &'static str {
    match (language, ours) {
        (_, false) => "error",
        (Spanish, true) => "falla del evaluador",
        (English, true) => "grader fault",
    }
}

fn no_course(language: Language, from: &str) -> String {
    match language {
        Spanish => format!(
            "ni {from} ni las carpetas de arriba son un curso: faltan exercises/ y procesos/\n  Probar: ejecutar dentro de la carpeta del curso"
        ),
        English => format!(
            "neither {from} nor a folder above it is a course: exercises/ and procesos/ are not there\n  Try: run inside the course's folder"
        ),
    }
}

fn unknown_exercise(language: Language, id: &str, nearest: Option<&str>, known: &[String]) -> String {
    let said = match language {
        Spanish => format!("no hay un ejercicio «{id}»"),
        English => format!("there is no exercise '{id}'"),
    };
    let try_word = probar(language);
    match nearest {
        Some(nearest) => format!("{said}\n  {try_word} {nearest}"),
        None if known.is_empty() => said,
        None => format!("{said}\n  {try_word} {}", known.join(", ")),
    }
}

fn one_exercise(language: Language, folder: &std::path::Path) -> String {
    let above = folder.parent().unwrap_or(folder).display();
    let folder = folder.display();
    match language {
        Spanish => format!("{folder} es un ejercicio, no una entrega\n  Probar: --submission {above}"),
        English => format!("{folder} is one exercise, not a submission\n  Try: --submission {above}"),
    }
}

/// Why a file is not taken.
pub(crate) fn refused(language: Language, refusal: &Refusal) -> String {
    let reason = match (language, &refusal.reason) {
        (Spanish, RefusalReason::SymbolicLink) => "es un enlace simbólico. Probar: copiar el archivo".into(),
        (English, RefusalReason::SymbolicLink) => "is a symbolic link. Try: copy the file".into(),
        (Spanish, RefusalReason::NotRegular) => "no es un archivo regular".into(),
        (English, RefusalReason::NotRegular) => "is not a regular file".into(),
        (Spanish, RefusalReason::HardLinks) => {
            "tiene otro nombre (enlace duro). Probar: copiar el archivo".into()
        }
        (English, RefusalReason::HardLinks) => "has another name (hard link). Try: copy the file".into(),
        (Spanish, RefusalReason::TooLarge { limit_kib }) => format!("tiene más de {limit_kib} KiB"),
        (English, RefusalReason::TooLarge { limit_kib }) => format!("has more than {limit_kib} KiB"),
        (Spanish, RefusalReason::NotUtf8) => "no es UTF-8. Probar: guardarlo en UTF-8".into(),
        (English, RefusalReason::NotUtf8) => "is not UTF-8. Try: save it as UTF-8".into(),
        (Spanish, RefusalReason::EqualsSign) => {
            "tiene «=» en su ruta. Probar: cambiar el nombre de la carpeta".into()
        }
        (English, RefusalReason::EqualsSign) => "has a '=' in its path. Try: rename the folder".into(),
        (Spanish, RefusalReason::Twice { other }) => {
            format!("está dos veces, también en {other}. Probar: dejar uno")
        }
        (English, RefusalReason::Twice { other }) => {
            format!("is there twice, also in {other}. Try: leave one")
        }
        (Spanish, RefusalReason::Unreadable { error }) => format!("no se puede leer: {error}"),
        (English, RefusalReason::Unreadable { error }) => format!("cannot be read: {error}"),
    };
    match language {
        Spanish => format!("no se acepta {}: {reason}", refusal.path),
        English => format!("not accepted {}: {reason}", refusal.path),
    }
}

fn doing_words(language: Language, doing: Doing) -> &'static str {
    match (language, doing) {
        (Spanish, Doing::Read) => "no se puede leer",
        (English, Doing::Read) => "cannot read",
        (Spanish, Doing::Write) => "no se puede escribir",
        (English, Doing::Write) => "cannot write",
        (Spanish, Doing::MakeFolder) => "no se puede crear la carpeta",
        (English, Doing::MakeFolder) => "cannot make the folder",
        (Spanish, Doing::Start) => "no se puede iniciar",
        (English, Doing::Start) => "cannot start",
    }
}

/// What the system answered: in words where it is common, else in the system's own.
fn system(language: Language, error: &io::Error) -> String {
    let known = match (language, error.kind()) {
        (Spanish, ErrorKind::NotFound) => "no existe",
        (English, ErrorKind::NotFound) => "it does not exist",
        (Spanish, ErrorKind::PermissionDenied) => "no hay permiso",
        (English, ErrorKind::PermissionDenied) => "permission denied",
        (Spanish, ErrorKind::NotADirectory) => "no es una carpeta",
        (English, ErrorKind::NotADirectory) => "it is not a folder",
        (Spanish, ErrorKind::IsADirectory) => "es una carpeta",
        (English, ErrorKind::IsADirectory) => "it is a folder",
        (Spanish, ErrorKind::StorageFull) => "no queda espacio en el disco",
        (English, ErrorKind::StorageFull) => "no space is left on the disk",
        _ => return error.to_string(),
    };
    known.to_owned()
}

/// The word before a mend.
fn probar(language: Language) -> &'static str {
    match language {
        Spanish => "Probar:",
        English => "Try:",
    }
}
