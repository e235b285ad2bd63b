//! What the diagram of an order says beside the words of the table of steps, and the page that holds both.

use crate::Language::{self, English, Spanish};
use crate::commands::trace::TraceFormat;

/// One of two sentences.
fn either<'a>(language: Language, spanish: &'a str, english: &'a str) -> &'a str {
    match language {
        Spanish => spanish,
        English => english,
    }
}

/// Why a process does not go on, in its lane.
pub(crate) fn interrupted(language: Language) -> &'static str {
    either(language, "interrumpido", "interrupted")
}

/// See [`interrupted`].
pub(crate) fn waits(language: Language) -> &'static str {
    either(language, "espera", "waits")
}

/// See [`interrupted`].
pub(crate) fn killed(language: Language) -> &'static str {
    either(language, "lo mató el evaluador", "killed by the grader")
}

/// See [`interrupted`].
pub(crate) fn terminated(language: Language) -> &'static str {
    either(language, "lo cortó terminate", "ended by terminate")
}

/// See [`interrupted`].
pub(crate) fn died(language: Language) -> &'static str {
    either(language, "lo cortó una señal", "ended by a signal")
}

/// For whom a process waits that never goes on.
pub(crate) fn waits_for(language: Language, whom: &str) -> String {
    format!("{} {whom}", either(language, "espera a", "waits for"))
}

/// What is drawn, and so has to be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Sign {
    Runs,
    Ready,
    Waits,
    Birth,
    Message,
    Lock,
    WaitsFor,
    Critical,
}

/// What a sign means.
pub(crate) fn legend(language: Language, sign: Sign) -> &'static str {
    match sign {
        Sign::Runs => either(language, "se ejecuta", "runs"),
        Sign::Ready => either(language, "podría seguir, no es su turno", "could go on, not its turn"),
        Sign::Waits => either(language, "espera", "waits"),
        Sign::Birth => either(language, "inicio y fin de un proceso", "start and end of a process"),
        Sign::Message => either(language, "mensaje", "message"),
        Sign::Lock => either(language, "el lock pasa a otro", "the lock goes to another"),
        Sign::WaitsFor => either(language, "espera a quien no avanza", "waits for one that is stuck"),
        Sign::Critical => either(language, "los pasos que deciden", "the steps that decide"),
    }
}

/// What exchanging two steps does, which was tried.
pub(crate) fn exchanged(language: Language, first: usize, second: usize) -> String {
    match language {
        Spanish => {
            format!("Si el paso {second} va antes que el {first}, el resultado es correcto (comprobado).")
        }
        English => format!("With step {second} before step {first} the result is right (this was tried)."),
    }
}

/// Processes that are not drawn.
pub(crate) fn not_drawn(language: Language, processes: usize) -> String {
    match (language, processes) {
        (Spanish, 1) => "Otro proceso no se dibuja.".to_owned(),
        (English, 1) => "Another process is not drawn.".to_owned(),
        (Spanish, _) => format!("Otros {processes} procesos no se dibujan."),
        (English, _) => format!("Another {processes} processes are not drawn."),
    }
}

/// The title of a diagram, for who does not see it.
pub(crate) fn title(language: Language, exercise: &str) -> String {
    match language {
        Spanish => format!("{exercise}: qué hace cada proceso, paso a paso"),
        English => format!("{exercise}: what every process does, step by step"),
    }
}

/// The heading of the diagram in a page.
pub(crate) fn diagram_heading(language: Language) -> &'static str {
    either(
        language,
        "Cada proceso tiene su carril; el tiempo va hacia abajo.",
        "Every process has its lane; time goes down.",
    )
}

/// The heading of the steps in a page.
pub(crate) fn steps_heading(language: Language) -> &'static str {
    either(language, "Los mismos pasos, en una tabla", "The same steps, as a table")
}

/// The heading of the student's lines in a page.
pub(crate) fn source_heading(language: Language) -> &'static str {
    either(language, "Tus líneas", "Your lines")
}

/// The heading of the command in a page.
pub(crate) fn replay_heading(language: Language) -> &'static str {
    either(language, "Repetir este orden", "Repeat this order")
}

/// The heading of the last column of the table.
pub(crate) fn note_heading(language: Language) -> &'static str {
    either(language, "nota", "note")
}

/// The words before the command that makes a page.
pub(crate) fn page_word(language: Language) -> &'static str {
    either(language, "Con dibujo:", "As a picture:")
}

/// The file that the named command makes.
pub(crate) fn page_file(language: Language) -> &'static str {
    either(language, "orden.html", "order.html")
}

/// An order was written to a file.
pub(crate) fn written(language: Language, format: TraceFormat, file: &str) -> String {
    let drawn = format != TraceFormat::Text;
    match language {
        Spanish if drawn => format!("El dibujo está en {file}. Probar: abrirlo en el navegador."),
        English if drawn => format!("The picture is in {file}. Try: open it in a browser."),
        Spanish => format!("Los pasos están en {file}."),
        English => format!("The steps are in {file}."),
    }
}
