//! What is said of a command line that is wrong: what, then what to type instead.

use super::probar;
use crate::Calls;
use crate::Language::{self, English, Spanish};
use crate::error::WrongUse;

/// What is wrong with a command line, and the mend on a line of its own.
pub(super) fn wrong_use(language: Language, wrong: &WrongUse) -> String {
    let mend = mend(language, wrong).unwrap_or_else(|| format!("{} --help", Calls::BY_CARGO));
    format!("{}\n  {} {mend}", cause(language, wrong), probar(language))
}

fn cause(language: Language, wrong: &WrongUse) -> String {
    match (language, wrong) {
        (Spanish, WrongUse::UnknownOption { option, .. }) => format!("no hay una opción {option}"),
        (English, WrongUse::UnknownOption { option, .. }) => format!("there is no option {option}"),
        (Spanish, WrongUse::UnknownCommand { word, .. }) => {
            format!("«{word}» no es un ejercicio ni un comando")
        }
        (English, WrongUse::UnknownCommand { word, .. }) => {
            format!("'{word}' is neither an exercise nor a command")
        }
        (Spanish, WrongUse::LateCommand { command, .. }) => format!("el comando {command} va primero"),
        (English, WrongUse::LateCommand { command, .. }) => format!("the command {command} goes first"),
        (Spanish, WrongUse::BadValue { option, value, .. }) => format!("{option} no acepta «{value}»"),
        (English, WrongUse::BadValue { option, value, .. }) => format!("{option} does not take '{value}'"),
        (Spanish, WrongUse::NoValue { option }) => format!("a {option} le falta su valor"),
        (English, WrongUse::NoValue { option }) => format!("{option} needs a value"),
        (Spanish, WrongUse::NoExercise) => "falta decir qué ejercicio".to_owned(),
        (English, WrongUse::NoExercise) => "the exercise is missing".to_owned(),
        (Spanish, WrongUse::Extra { word, runs_program: false }) => format!("«{word}» está de más"),
        (English, WrongUse::Extra { word, runs_program: false }) => format!("'{word}' is too much"),
        (Spanish, WrongUse::Extra { word, runs_program: true }) => {
            format!("«{word}» está de más: los argumentos del programa van después de --")
        }
        (English, WrongUse::Extra { word, runs_program: true }) => {
            format!("'{word}' is too much: arguments of the program go after --")
        }
        (Spanish, WrongUse::BeforeCommand { word }) => {
            format!(
                "{word} no va antes de un comando: lo que se evalúa se dice sin comando, o después de grade"
            )
        }
        (English, WrongUse::BeforeCommand { word }) => {
            format!("{word} does not go before a command: what is graded is said without one, or after grade")
        }
        (Spanish, WrongUse::Conflict { option }) => {
            format!("{option} sobra: está repetido o no va con lo demás")
        }
        (English, WrongUse::Conflict { option }) => {
            format!("{option} is too much: it is repeated or does not go with the rest")
        }
        (_, WrongUse::Other { message }) => message.clone(),
    }
}

/// What to type instead; `None` where only the help knows.
fn mend(language: Language, wrong: &WrongUse) -> Option<String> {
    match wrong {
        WrongUse::UnknownOption { nearest, .. } => nearest.clone(),
        WrongUse::UnknownCommand { mend, .. } | WrongUse::LateCommand { mend, .. } => {
            Some(format!("{} {mend}", Calls::BY_CARGO))
        }
        WrongUse::BadValue { allowed, .. } if !allowed.is_empty() => Some(allowed.join(", ")),
        WrongUse::BadValue { option, .. } | WrongUse::NoValue { option } => {
            example(language, option).map(str::to_owned)
        }
        WrongUse::NoExercise => Some(format!("{} list", Calls::BY_CARGO)),
        WrongUse::Extra { runs_program: true, .. } => {
            let arguments = match language {
                Spanish => "ARGUMENTOS",
                English => "ARGUMENTS",
            };
            Some(format!("{} run ID -- {arguments}", Calls::BY_CARGO))
        }
        WrongUse::Extra { runs_program: false, .. }
        | WrongUse::BeforeCommand { .. }
        | WrongUse::Conflict { .. }
        | WrongUse::Other { .. } => None,
    }
}

/// An option with a value that it takes.
fn example(language: Language, option: &str) -> Option<&'static str> {
    Some(match (language, option) {
        (_, "--format") => "--format json",
        (_, "--lang") => "--lang es, --lang en",
        (_, "--times") => "--times 5",
        (Spanish, "--seed") => "--seed 5c1e (hexadecimal, como en los informes)",
        (English, "--seed") => "--seed 5c1e (hexadecimal, as in reports)",
        (Spanish, "--output") => "--output informe.txt",
        (English, "--output") => "--output report.txt",
        (Spanish, "--submission") => "--submission CARPETA",
        (English, "--submission") => "--submission FOLDER",
        (Spanish, "--course") => "--course CARPETA",
        (English, "--course") => "--course FOLDER",
        _ => return None,
    })
}
