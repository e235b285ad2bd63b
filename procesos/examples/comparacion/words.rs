//! Every sentence for people, in Spanish and English. Nothing here is measured, and nothing here claims to be.

use super::arguments::{MOST_ROUNDS, PICTURE, Wrong};
use super::measure::{ROUNDS, Way, What};

/// The languages of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Spanish,
    English,
}

use Language::{English, Spanish};

impl Language {
    /// The language of a two-letter code.
    pub(crate) fn named(code: &str) -> Option<Self> {
        [Spanish, English].into_iter().find(|language| language.code() == code)
    }

    /// That of the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty; Spanish when that is not English.
    pub(crate) fn from_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        let filled = |name| variable(name).filter(|value| !value.is_empty());
        match ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(filled) {
            Some(name) if name == "en" || name.starts_with("en_") || name.starts_with("en.") => English,
            _ => Spanish,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Spanish => "es",
            English => "en",
        }
    }
}

/// The sentences of one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub(crate) language: Language,
}

impl Words {
    pub(crate) fn of(language: Language) -> Self {
        Self { language }
    }

    fn choose(self, spanish: &'static str, english: &'static str) -> &'static str {
        match self.language {
            Spanish => spanish,
            English => english,
        }
    }

    pub(crate) fn title(self) -> &'static str {
        self.choose(
            "Comunicar dos procesos: lo que cuesta en este equipo",
            "Two processes communicate: what it costs on this machine",
        )
    }

    pub(crate) fn rounds(self, rounds: usize) -> String {
        match (self.language, rounds) {
            (Spanish, 1) => "Una sola ronda: sirve para probar, no para comparar".into(),
            (English, 1) => "A single round: good for a try, not for a comparison".into(),
            (Spanish, _) => format!("Mediana de {rounds} rondas cortas"),
            (English, _) => format!("Median of {rounds} short rounds"),
        }
    }

    pub(crate) fn ratios(self) -> [&'static str; 2] {
        match self.language {
            Spanish => [
                "×1: lo más rápido de su columna; ×10: tarda diez veces más.",
                "Los tiempos cambian de una vez a otra: importa si algo tarda el doble o cien veces más.",
            ],
            English => [
                "×1: the fastest of its column; ×10: takes ten times as long.",
                "Times change from run to run: what matters is whether it is twice as long or a hundred times.",
            ],
        }
    }

    /// As [`ratios`](Self::ratios), for a picture.
    pub(crate) fn fastest(self) -> &'static str {
        self.choose("×1 es lo más rápido de cada grupo", "×1 is the fastest of each group")
    }

    pub(crate) fn way(self, way: Way) -> &'static str {
        match way {
            Way::Queue => "Queue",
            Way::Pipe => "Pipe",
            Way::Shared => self.choose("Memoria compartida", "Shared memory"),
            Way::Event => "Event",
            Way::Manager => "Manager",
        }
    }

    pub(crate) fn what(self, what: What) -> &'static str {
        match what {
            What::Datum => self.choose("un dato pequeño", "a small datum"),
            What::Short => self.choose("muchos de 64 B", "many of 64 B"),
            What::Long => self.choose("muchos de 64 KiB", "many of 64 KiB"),
        }
    }

    pub(crate) fn panel(self, what: What) -> &'static str {
        match what {
            What::Datum => self.choose(
                "Un dato pequeño: entregarlo, sumarlo o pedirlo",
                "A small datum: handing it over, adding it, asking for it",
            ),
            What::Short => self.choose("Un texto o un bloque de 64 B", "A text or a block of 64 B"),
            What::Long => self.choose("Un texto o un bloque de 64 KiB", "A text or a block of 64 KiB"),
        }
    }

    pub(crate) fn axis(self) -> &'static str {
        self.choose(
            "Tiempo por operación: cuanto más corta la barra, mejor. Cada línea vertical es diez veces la anterior.",
            "Time for one operation: the shorter the bar, the better. Each vertical line is ten times the one before.",
        )
    }

    pub(crate) fn measured(self) -> &'static str {
        self.choose(
            "Qué se mide, siempre entre dos procesos reales:",
            "What is measured, always between two real processes:",
        )
    }

    pub(crate) fn how(self) -> [(&'static str, &'static str); 2] {
        match self.language {
            Spanish => [
                (
                    "un dato",
                    "Queue, Pipe y Event: entregarlo (la mitad de una ida y vuelta). Memoria compartida: una suma en un Value \
                     con su Lock, los dos a la vez. Manager: una llamada.",
                ),
                (
                    "muchos",
                    "Queue y Pipe: textos, uno tras otro. Memoria compartida y Manager: uno pone bloques y el otro los copia, \
                     sin esperarse; la memoria es un Array con su Lock, que se copia elemento a elemento. Un Event no lleva \
                     datos.",
                ),
            ],
            English => [
                (
                    "a datum",
                    "Queue, Pipe and Event: handing it over (half of a round trip). Shared memory: an addition to a Value \
                     with its Lock, both at once. Manager: one call.",
                ),
                (
                    "many",
                    "Queue and Pipe: texts, one after another. Shared memory and Manager: one puts blocks and the other \
                     copies them, without waiting for each other; the memory is an Array with its Lock, copied element by \
                     element. An Event carries no data.",
                ),
            ],
        }
    }

    pub(crate) fn when(self) -> &'static str {
        self.choose(
            "Cuándo usarlo (la facilidad es la de los apuntes: no se mide)",
            "When to use it (how easy it is comes from the notes: it is not measured)",
        )
    }

    pub(crate) fn ease(self, way: Way) -> &'static str {
        match way {
            Way::Queue | Way::Event => self.choose("fácil", "easy"),
            Way::Pipe => self.choose("media", "medium"),
            Way::Shared => self.choose("compleja", "hard"),
            Way::Manager => self.choose("muy fácil", "very easy"),
        }
    }

    pub(crate) fn use_it(self, way: Way) -> &'static str {
        match way {
            Way::Queue => self.choose(
                "Para mensajes entre varios productores y consumidores: cada uno llega a un solo proceso, y quien no tiene \
                 nada que hacer espera. En la duda, empezar por aquí.",
                "For messages among several producers and consumers: each reaches one process only, and whoever has nothing \
                 to do waits. When in doubt, start here.",
            ),
            Way::Pipe => self.choose(
                "Para una conversación entre dos procesos: preguntar y responder. Si uno cierra su lado, el otro se entera.",
                "For a conversation between two processes: asking and answering. If one closes its end, the other gets to know.",
            ),
            Way::Shared => self.choose(
                "Para números y arreglos de los que cada proceso lee y escribe unos pocos elementos, muchas veces. No \
                 avisa a nadie de que hay algo nuevo, y hay que tomar un Lock desde que se lee hasta que se escribe.",
                "For numbers and arrays of which each process reads and writes a few elements, many times. It tells \
                 nobody that there is something new, and a Lock has to be held from the reading to the writing.",
            ),
            Way::Event => self.choose(
                "Para avisar de que algo ya ocurrió, a uno o a muchos: «ya pueden empezar». No lleva datos.",
                "To say that something has happened, to one or to many: \"you may begin\". It carries no data.",
            ),
            Way::Manager => self.choose(
                "Para listas y diccionarios compartidos que se tocan pocas veces: cada llamada es una pregunta a otro \
                 proceso y su respuesta. Leer y luego escribir son dos llamadas: también piden un Lock.",
                "For shared lists and dictionaries that are touched seldom: each call is a question to another process \
                 and its answer. Reading and then writing are two calls: they need a Lock as well.",
            ),
        }
    }

    pub(crate) fn written(self, path: &str) -> String {
        format!(
            "{}: {path}",
            self.choose("El gráfico, para abrirlo en un navegador", "The picture, to be opened in a browser")
        )
    }

    pub(crate) fn not_written(self, path: &str, why: &str) -> String {
        let (what, hint) = match self.language {
            Spanish => (
                "No se pudo escribir el gráfico en",
                "Dar la ruta de un archivo .svg en una carpeta que exista.",
            ),
            English => (
                "The picture could not be written to",
                "Give the path of an .svg file in a folder that exists.",
            ),
        };
        format!("{what} {path}: {why}\n{hint}")
    }

    pub(crate) fn not_measured(self, why: &str) -> String {
        format!("{}: {why}", self.choose("No se pudo medir", "It could not be measured"))
    }

    pub(crate) fn wrong(self, wrong: &Wrong) -> String {
        match (self.language, wrong) {
            (Spanish, Wrong::Unknown(word)) => format!("no hay ninguna opción «{word}»"),
            (English, Wrong::Unknown(word)) => format!("there is no option \"{word}\""),
            (Spanish, Wrong::NoValue(name)) => format!("a {name} le falta su valor"),
            (English, Wrong::NoValue(name)) => format!("{name} lacks its value"),
            (Spanish, Wrong::Language(word)) => format!("--lang es o --lang en, no «{word}»"),
            (English, Wrong::Language(word)) => format!("--lang es or --lang en, not \"{word}\""),
            (Spanish, Wrong::Rounds(word)) => {
                format!("--rounds es un número de 1 a {MOST_ROUNDS}, no «{word}»")
            }
            (English, Wrong::Rounds(word)) => {
                format!("--rounds is a number from 1 to {MOST_ROUNDS}, not \"{word}\"")
            }
            (Spanish, Wrong::Ending(word)) => {
                format!("el archivo del gráfico termina en .svg, y «{word}» no")
            }
            (English, Wrong::Ending(word)) => {
                format!("the picture's file ends in .svg, and \"{word}\" does not")
            }
            (Spanish, Wrong::TwoPictures(word)) => {
                format!("el gráfico va a un solo archivo, y «{word}» es el segundo")
            }
            (English, Wrong::TwoPictures(word)) => {
                format!("the picture goes to one file, and \"{word}\" is the second")
            }
        }
    }

    pub(crate) fn usage(self) -> &'static str {
        self.choose(
            "uso: cargo run --release -p procesos --example comparacion -- \\\n       \
             [--lang es|en] [--rounds N] [ARCHIVO.svg]",
            "usage: cargo run --release -p procesos --example comparacion -- \\\n         \
             [--lang es|en] [--rounds N] [FILE.svg]",
        )
    }

    pub(crate) fn help(self) -> String {
        let rest = match self.language {
            Spanish => format!(
                "  --lang es|en   el idioma; si no se dice, el del sistema o el español\n  \
                 --rounds N     cuántas rondas se miden, de 1 a {MOST_ROUNDS}; si no se dice, {ROUNDS}\n  \
                 ARCHIVO.svg    dónde dejar el gráfico; si no se dice, {PICTURE}\n"
            ),
            English => format!(
                "  --lang es|en   the language; otherwise that of the system, else Spanish\n  \
                 --rounds N     how many rounds are measured, from 1 to {MOST_ROUNDS}; otherwise {ROUNDS}\n  \
                 FILE.svg       where to leave the picture; otherwise {PICTURE}\n"
            ),
        };
        format!("{}\n\n{}\n\n{rest}", self.title(), self.usage())
    }
}
