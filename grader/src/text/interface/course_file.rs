//! What is wrong with a file of the course, told to its authors: place, line with a caret, cause, mend.

use crate::Language::{self, English, Spanish};
use crate::course::{Cause, Problem, Thing};

/// What a problem says.
pub(super) fn problem(language: Language, problem: &Problem) -> String {
    let sentence = cause(language, &problem.cause);
    match &problem.place {
        Some(place) => {
            format!("{}:{}:{}\n{}\n{sentence}", problem.file, place.line, place.column, place.excerpt)
        }
        None => format!("{}\n{sentence}", problem.file),
    }
}

fn cause(language: Language, cause: &Cause) -> String {
    match cause {
        Cause::Toml { message, nearest } => format!("{message}{}", meant(language, nearest.as_deref(), &[])),
        Cause::Unknown { what, name, nearest, known } => {
            let (thing, mend) = (a_thing(language, *what), meant(language, nearest.as_deref(), known));
            match language {
                Spanish => format!("`{name}` no es {thing}{mend}"),
                English => format!("`{name}` is not {thing}{mend}"),
            }
        }
        Cause::Duplicate { what, name } => match language {
            Spanish => format!("hay dos veces `{name}`; cada {} tiene su nombre", thing(language, *what)),
            English => {
                format!("`{name}` is there twice; every {} has a name of its own", thing(language, *what))
            }
        },
        Cause::BadId { what, name } => bad_id(language, *what, name),
        Cause::NoneOf { what } => match language {
            Spanish => format!("falta al menos {}", a_thing(language, *what)),
            English => format!("at least {} is missing", a_thing(language, *what)),
        },
        Cause::MissingKey { claim, key } => match language {
            Spanish => format!("a la comprobación `{claim}` le falta la clave `{key}`"),
            English => format!("the claim `{claim}` lacks the key `{key}`"),
        },
        Cause::StrayKey { claim, key } => match language {
            Spanish => format!("la comprobación `{claim}` no lleva la clave `{key}`"),
            English => format!("the claim `{claim}` does not take the key `{key}`"),
        },
        Cause::GoalWithoutClaims { goal } => match language {
            Spanish => format!("ningún caso comprueba nada para el objetivo `{goal}`: nadie podría ganarlo"),
            English => format!("no scenario claims anything for the goal `{goal}`: nobody could earn it"),
        },
        Cause::NoPoints { goal } => match language {
            Spanish => format!("el objetivo `{goal}` vale 0 puntos; debe valer al menos 1"),
            English => format!("the goal `{goal}` gives 0 points; it must give at least 1"),
        },
        Cause::NeedsExplore { key } => match language {
            Spanish => format!("`{key}` solo tiene efecto con `explore = true`"),
            English => format!("`{key}` only has an effect with `explore = true`"),
        },
        Cause::BadProcess { name } => match language {
            Spanish => format!("«{name}» no es un proceso hijo; se escribe como «P1» o «P1.2»"),
            English => format!("\"{name}\" is not a child process; write it as \"P1\" or \"P1.2\""),
        },
        Cause::Undrawn { .. } | Cause::UnusedDraw { .. } | Cause::EmptyRange { .. } => draw(language, cause),
        Cause::TooWide { columns, limit } => match language {
            Spanish => format!("ocupa {columns} columnas y caben {limit}"),
            English => format!("takes {columns} columns where {limit} fit"),
        },
        Cause::PackageName { folder, package } => match language {
            Spanish => {
                format!("el paquete se llama `{package}` y su carpeta `{folder}`; deben llamarse igual")
            }
            English => format!(
                "the package is called `{package}` and its folder `{folder}`; they must be called the same"
            ),
        },
        Cause::RenamedDependency { name } => match language {
            Spanish => format!(
                "`{name}` cambia de nombre con `package`; un ejercicio usa los paquetes con su nombre"
            ),
            English => {
                format!("`{name}` is renamed with `package`; an exercise uses packages by their own names")
            }
        },
    }
}

fn draw(language: Language, cause: &Cause) -> String {
    match (language, cause) {
        (Spanish, Cause::Undrawn { name }) => {
            format!("{{{name}}} no tiene rango. Probar: draw = {{ {name} = [1, 9] }}")
        }
        (English, Cause::Undrawn { name }) => {
            format!("{{{name}}} has no range. Try: draw = {{ {name} = [1, 9] }}")
        }
        (Spanish, Cause::UnusedDraw { name }) => {
            format!("ningún argumento usa `{name}`. Probar: {{{name}}} en args, o quitar el rango")
        }
        (English, Cause::UnusedDraw { name }) => {
            format!("no argument uses `{name}`. Try: {{{name}}} in args, or remove the range")
        }
        (Spanish, Cause::EmptyRange { name }) => format!("el rango de `{name}` termina antes de empezar"),
        (English, Cause::EmptyRange { name }) => format!("the range of `{name}` ends before it begins"),
        _ => String::new(),
    }
}

fn bad_id(language: Language, what: Thing, name: &str) -> String {
    let (style, example) =
        if what == Thing::Scenario { ("kebab-case", "dos-por-uno") } else { ("snake_case", "un_proceso") };
    match language {
        Spanish => format!("`{name}`: {} se escribe en {style}, como `{example}`", a_thing(language, what)),
        English => format!("`{name}`: {} is written in {style}, like `{example}`", a_thing(language, what)),
    }
}

/// The name that was probably meant, or all of them.
fn meant(language: Language, nearest: Option<&str>, known: &[String]) -> String {
    let try_word = super::probar(language);
    match nearest {
        Some(nearest) => format!("\n{try_word} `{nearest}`"),
        None if known.is_empty() => String::new(),
        None => format!("\n{try_word} {}", known.join(", ")),
    }
}

fn thing(language: Language, what: Thing) -> &'static str {
    match (language, what) {
        (Spanish, Thing::Exercise) => "ejercicio",
        (English, Thing::Exercise) => "exercise",
        (Spanish, Thing::Goal) => "objetivo",
        (English, Thing::Goal) => "goal",
        (Spanish, Thing::Scenario) => "caso",
        (English, Thing::Scenario) => "scenario",
        (Spanish, Thing::Claim) => "comprobación",
        (English, Thing::Claim) => "claim",
        (Spanish, Thing::Races) => "valor de `races`",
        (English, Thing::Races) => "value of `races`",
    }
}

fn a_thing(language: Language, what: Thing) -> String {
    let article = match (language, what) {
        (Spanish, Thing::Claim) => "una",
        (Spanish, _) => "un",
        (English, Thing::Exercise) => "an",
        (English, _) => "a",
    };
    format!("{article} {}", thing(language, what))
}
