//! Which processes there were, what each did, and who waited for whom.

use super::words::{agree, count, count_of, list, processes, subject, who};
use crate::judge::{Fate, Who};
use crate::run::Place;
use crate::text::finding::Sentence;
use crate::text::phrase::{self, after, name, paren, places};

pub(super) fn too_few(wanted: u64, started: usize) -> Sentence {
    let had = match started {
        0 => "no se inició ninguno".to_owned(),
        1 => "se inició 1".to_owned(),
        _ => format!("se iniciaron {started}"),
    };
    let verb = if wanted == 1 { "Se esperaba" } else { "Se esperaban" };
    Sentence::new(
        format!("{verb} al menos {} y {had}.", count(wanted, "proceso hijo", "procesos hijos")),
        "iniciar uno por tarea: Process::new(funcion, (argumentos,)).start()?",
    )
}

pub(super) fn done_by_first(queue: &str, count: usize, place: Option<&Place>) -> Sentence {
    let messages = match count {
        1 => "1 mensaje".to_owned(),
        _ => format!("{count} mensajes"),
    };
    Sentence::new(
        format!(
            "El padre puso {messages} en la cola «{}»{}; debían ponerlos sus hijos.",
            name(queue),
            paren(place)
        ),
        "pasar la función sin llamarla: Process::new(funcion, (argumentos,)).",
    )
}

pub(super) fn same(process: &Who, count: usize, place: Option<&Place>) -> Sentence {
    Sentence::new(
        format!(
            "{} puso {count} mensajes{}; cada uno debía ponerlo otro proceso.",
            subject(process),
            paren(place)
        ),
        "un hijo por mensaje, y que cada hijo ponga uno solo.",
    )
}

pub(super) fn did_not_add(
    wanted: u64,
    right: usize,
    each: i64,
    other: Option<&(Who, i64)>,
    first_wrote: Option<&Place>,
) -> Sentence {
    let expected = if wanted == 1 {
        format!("Se esperaba que 1 hijo sumara {each}")
    } else {
        format!("Se esperaba que {wanted} hijos sumaran {each} cada uno")
    };
    let did = match right {
        0 => "ninguno lo hizo".to_owned(),
        1 => "1 lo hizo".to_owned(),
        _ => format!("{right} lo hicieron"),
    };
    let one = other.map(|(child, added)| format!("; {} sumó {added}", who(child))).unwrap_or_default();
    let first =
        first_wrote.map(|place| format!(". El padre escribió{}", paren(Some(place)))).unwrap_or_default();
    let hint = if first_wrote.is_some() {
        "pasar la función sin llamarla (Process::new(incrementar, …)); el padre solo lee."
    } else {
        "que cada hijo sume todas sus veces, en el mismo Value."
    };
    Sentence::new(format!("{expected} y {did}{one}{first}."), hint)
}

pub(super) fn first_wrote(place: Option<&Place>) -> Sentence {
    Sentence::new(
        format!("El padre escribió en el valor compartido{} con los hijos ya iniciados.", paren(place)),
        "que escriban los hijos; el padre solo lee, después del join.",
    )
}

pub(super) fn one_after_another(wanted: u64, together: usize, join: Option<&Place>) -> Sentence {
    let when = join.map_or_else(
        || "el primer join llegó".to_owned(),
        |place| format!("el join{} llegó", after("de", Some(place))),
    );
    let started = count_of(together, "iniciado", "iniciados");
    Sentence::new(
        format!(
            "Se esperaba iniciar los {wanted} procesos y después esperar; {when} con {started}: trabajan de a {}.",
            one(together)
        ),
        "guardar los hijos en un Vec y hacer join en otro bucle (con iteradores, collect antes).",
    )
}

fn one(number: usize) -> String {
    if number <= 1 { "uno".to_owned() } else { number.to_string() }
}

pub(super) fn lock_kept(process: &Who, place: Option<&Place>) -> Sentence {
    let taken = place.map(|place| format!(" que tomó{}", after("en", Some(place)))).unwrap_or_default();
    Sentence::new(
        format!("{} terminó sin soltar el lock{taken}.", subject(process)),
        "guardia.release() en todos los caminos.",
    )
}

pub(super) fn not_joined(
    function: Option<&str>,
    children: usize,
    left: &[(Who, Fate)],
    started_at: &[Place],
) -> Sentence {
    let function =
        function.map_or_else(|| "El programa".to_owned(), |function| format!("`{}`", name(function)));
    let whom = match (children, left.len()) {
        (1, _) => "su hijo".to_owned(),
        (_, missing) if missing == children => format!("sus {children} hijos"),
        (_, missing) => format!("{missing} de sus {children} hijos"),
    };
    let started = match started_at {
        [] => String::new(),
        all => format!(" ({} en {})", agree(left.len(), "iniciado", "iniciados"), places(all)),
    };
    let fates: Vec<Fate> = left.iter().map(|(_, fate)| *fate).collect();
    Sentence::new(
        format!("{function} terminó sin esperar a {whom}{started}; {}.", became(&fates)),
        "hacer join a cada uno.",
    )
}

/// What had become of processes that nobody waited for: `1 seguía trabajando y 2 ya habían terminado (código 0)`.
fn became(fates: &[Fate]) -> String {
    let running = fates.iter().filter(|fate| **fate == Fate::Running).count();
    let ended = fates.len() - running;
    let number = |some: usize| if some == fates.len() { String::new() } else { format!("{some} ") };
    let mut parts = Vec::new();
    if running > 0 {
        let verb = agree(running, "seguía trabajando", "seguían trabajando");
        parts.push(format!("{}{verb}", number(running)));
    }
    if ended > 0 {
        let verb = agree(ended, "ya había terminado", "ya habían terminado");
        parts.push(format!("{}{verb}{}", number(ended), phrase::endings(fates, "código", "señal")));
    }
    list(&parts)
}

pub(super) fn silent(all: &[Who]) -> Sentence {
    Sentence::new(
        format!(
            "{} no {} ninguna línea; se esperaba que cada hijo diga lo que hace.",
            processes(all),
            agree(all.len(), "mostró", "mostraron")
        ),
        "println! en la función que ejecuta el hijo.",
    )
}

pub(super) fn no_conversation(wanted: u64, seen: (u64, u64)) -> Sentence {
    let (child, first) = seen;
    Sentence::new(
        format!(
            "Se esperaba una conversación entre dos procesos, {} en cada sentido; el hijo recibió {child} y el padre {first}.",
            count(wanted, "mensaje", "mensajes")
        ),
        "iniciar un hijo con un extremo del pipe y hablarle por el otro.",
    )
}

pub(super) fn left_behind(running: usize, ended: &[Fate]) -> Sentence {
    let all = running + ended.len();
    let were = agree(all, "quedaba", "quedaban");
    let fates: Vec<Fate> = ended.iter().copied().chain(vec![Fate::Running; running]).collect();
    Sentence::new(
        format!(
            "Al terminar el programa {were} {} que no inició Process::new; {}.",
            count_of(all, "proceso", "procesos"),
            became(&fates)
        ),
        "iniciar los procesos con Process::new y hacer join a cada uno.",
    )
}
