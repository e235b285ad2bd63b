//! What the grader says about a build; the compiler's own sentences stay English.

use crate::Language::{self, English, Spanish};
use crate::build::{Ended, Step};
use crate::grading::Progress;

/// Cargo waits for a lock.
pub(crate) fn waiting_for_another_build(language: Language) -> &'static str {
    match language {
        Spanish => "esperando a que termine otro cargo u otro evaluador…",
        English => "waiting for another cargo or another grader to finish…",
    }
}

/// What is being done for the library, in the line of progress.
pub(crate) fn library_step(language: Language, step: &Step<'_>) -> String {
    let doing = match (language, step) {
        (_, Step::Waiting) => return waiting_for_another_build(language).to_owned(),
        (Spanish, Step::Fetching) => "descargando",
        (English, Step::Fetching) => "downloading",
        (_, Step::Compiling(package)) => *package,
    };
    match language {
        Spanish => format!("preparando la biblioteca (la primera vez tarda): {doing}"),
        English => format!("preparing the library (the first time takes a while): {doing}"),
    }
}

/// What is being done, in the line of progress.
pub(crate) fn progress(language: Language, step: &Progress<'_>) -> String {
    match (language, step) {
        (Spanish, Progress::Building(exercise)) => format!("{}: compilando", exercise.id),
        (English, Progress::Building(exercise)) => format!("{}: compiling", exercise.id),
        (Spanish, Progress::Running(exercise, index, total)) => {
            format!("{}: caso {index} de {total}", exercise.id)
        }
        (English, Progress::Running(exercise, index, total)) => {
            format!("{}: case {index} of {total}", exercise.id)
        }
        (Spanish, Progress::Exploring(exercise, scenario, tried, total)) => {
            format!("{}  {}  orden {tried} de {total}", exercise.id, scenario.id)
        }
        (English, Progress::Exploring(exercise, scenario, tried, total)) => {
            format!("{}  {}  order {tried} of {total}", exercise.id, scenario.id)
        }
        (Spanish, Progress::Done(done, total)) => format!("{done} de {total}"),
        (English, Progress::Done(done, total)) => format!("{done} of {total}"),
    }
}

/// A name that a submitted file may not use.
pub(crate) fn forbidden(language: Language, name: &str) -> String {
    match language {
        Spanish => format!(
            "`{name}` no se acepta: el programa es un solo archivo de Rust seguro y no lee otros al compilar. Probar: escribir todo en src/lib.rs"
        ),
        English => format!(
            "`{name}` is not accepted: the program is one file of safe Rust and reads no others while compiling. Try: write everything in src/lib.rs"
        ),
    }
}

/// The compiler read another file.
pub(crate) fn other_file(language: Language, path: &str) -> String {
    match language {
        Spanish => {
            format!("el programa lee otro archivo al compilar ({path}). Probar: escribir todo en src/lib.rs")
        }
        English => format!(
            "the program reads another file while compiling ({path}). Try: write everything in src/lib.rs"
        ),
    }
}

/// The driver no longer compiles against the student's file.
pub(crate) fn driver_broken(language: Language, subject: Option<&str>) -> String {
    match (language, subject) {
        (Spanish, Some(name)) => format!(
            "main.rs ya no compila: usa `{name}`, que cambió en lib.rs. Probar: recuperar tipos y firmas originales."
        ),
        (English, Some(name)) => format!(
            "main.rs no longer compiles: it uses `{name}`, which changed in lib.rs. Try: restore the original types and signatures."
        ),
        (Spanish, None) => {
            "main.rs ya no compila con este lib.rs. Probar: recuperar tipos y firmas originales.".into()
        }
        (English, None) => {
            "main.rs no longer compiles with this lib.rs. Try: restore the original types and signatures."
                .into()
        }
    }
}

/// The compiler did not end as compilers should; `said` is its first error, if it came to one.
pub(crate) fn compiler_ended(language: Language, ended: Ended, said: Option<&str>) -> String {
    let cause = match (language, ended) {
        (Spanish, Ended::Crashed) => "el compilador se cae con este archivo",
        (English, Ended::Crashed) => "the compiler crashes on this file",
        (Spanish, Ended::MemoryLimit) => "compilar este archivo necesita demasiada memoria",
        (English, Ended::MemoryLimit) => "compiling this file takes too much memory",
        (Spanish, Ended::TimeLimit) => "compilar este archivo tarda demasiado",
        (English, Ended::TimeLimit) => "compiling this file takes too long",
        (Spanish, Ended::OutputLimit) => "el compilador da demasiados mensajes",
        (English, Ended::OutputLimit) => "the compiler has too much to say",
        (Spanish, Ended::Refused | Ended::Well) => "el compilador no acepta este archivo",
        (English, Ended::Refused | Ended::Well) => "the compiler does not accept this file",
    };
    said.map_or_else(|| cause.to_owned(), |said| format!("{cause}: {said}"))
}
