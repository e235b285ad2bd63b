//! How a process or the program ended before it was done.

use procesos_trace::{Op, Outcome};

use super::words::{and, count, subject, who};
use crate::judge::{Outside, Who};
use crate::run::Place;
use crate::text::clean;
use crate::text::finding::Sentence;
use crate::text::finding::panic_kind::PanicKind;
use crate::text::phrase::{self, after, paren};

/// Widest message of a program within a sentence.
const MESSAGE_COLUMNS: usize = 110;
/// The signal that `terminate` sends.
const SIGTERM: i32 = 15;

pub(super) fn panicked(who: &Who, place: Option<&Place>, message: &str) -> Sentence {
    let said = clean::line(message, MESSAGE_COLUMNS);
    let hint = match PanicKind::of(message) {
        PanicKind::Overflow => {
            "revisar esa cuenta: el resultado no cabe en el tipo (¿una resta menor que 0?)."
        }
        PanicKind::Index => "revisar esos límites: los índices van de 0 a len() - 1.",
        PanicKind::DivisionByZero => "tratar aparte el caso en que se divide por 0.",
        PanicKind::UnwrapNone => "tratar el caso None, con match o if let, en lugar de unwrap.",
        PanicKind::UnwrapError => "devolver el error con ? en lugar de unwrap.",
        PanicKind::Assertion => "revisar por qué no se cumple lo que esa línea afirma.",
        PanicKind::Eof => {
            "salir del bucle cuando recv dé un error con is_eof(): que el otro cierre es un final normal."
        }
        PanicKind::Other => "revisar qué valores llegan a esa línea.",
    };
    Sentence::new(format!("{} terminó con un panic{}: «{said}».", subject(who), paren(place)), hint)
}

pub(super) fn in_error(
    process: &Who,
    code: i32,
    message: &str,
    operation: Option<&(Op, Outcome, Option<Place>)>,
    taken_at: Option<&Place>,
) -> Sentence {
    let who = subject(process);
    let message = phrase::without_name(message, process);
    let Some((op, outcome, place)) = operation else { return with_code(&who, code, message) };
    let at = after("en", place.as_ref());
    match outcome {
        Outcome::Eof => Sentence::new(
            format!(
                "El otro extremo se cerró {} terminó con error{at}. Si no faltaba nada, ese es un final normal.",
                and(&self::who(process))
            ),
            "salir del bucle cuando recv dé un error con is_eof(), o ver por qué el otro terminó antes.",
        ),
        Outcome::BrokenPipe => Sentence::new(
            format!("{who} envió{at} cuando el otro extremo ya estaba cerrado: nadie recibirá ese mensaje."),
            "dejar de enviar cuando el otro termina, o que el otro reciba hasta el final.",
        ),
        Outcome::OwnerDied if *op == Op::SemaphoreAcquire => Sentence::new(
            format!("{who} pidió{at} un permiso cuyo dueño terminó sin soltarlo."),
            "soltar el permiso en todos los caminos, también cuando algo falla.",
        ),
        Outcome::OwnerDied => Sentence::new(
            format!("{who} pidió{at} un lock cuyo dueño terminó sin soltarlo."),
            "soltar el lock en todos los caminos, también cuando algo falla.",
        ),
        Outcome::Broken => Sentence::new(
            format!("{who} esperó{at} en una barrera rota: alguno de los procesos no va a llegar."),
            "que lleguen todos, o tratar ese error (is_broken_barrier()).",
        ),
        Outcome::TooMany if *op == Op::TaskDone => Sentence::new(
            format!("{who} llamó a task_done{at} más veces que elementos se pusieron en la cola."),
            "llamar a task_done() una vez por cada get.",
        ),
        Outcome::TooMany => Sentence::new(
            format!("{who} dio{at} un permiso de más: el semáforo ya los tenía todos."),
            "llamar a release() una vez por cada acquire.",
        ),
        Outcome::WorkerDied | Outcome::TaskFailed => not_done(&who, message, *op, *outcome, &at),
        Outcome::AlreadyHeld => {
            let same = place.is_some() && place.as_ref() == taken_at;
            let again = if same { " otra vez" } else { "" };
            let since = after("desde", taken_at.filter(|_| !same));
            Sentence::new(
                format!("{who} pide{again}{at} un lock que ya tiene{since}; Lock no se toma dos veces."),
                "soltarlo antes (guardia.release()).",
            )
        }
        Outcome::NotHanded => Sentence::new(
            format!("{who} usó{at} un objeto que no se le entregó ({}).", phrase::method(*op)),
            "pasarlo como argumento de Process::new.",
        ),
        Outcome::Done | Outcome::WouldBlock | Outcome::TimedOut | Outcome::Failed => {
            let said = clean::line(message, MESSAGE_COLUMNS);
            let why = if said.is_empty() {
                format!("falló {}", phrase::method(*op))
            } else {
                format!("«{said}»")
            };
            Sentence::new(
                format!("{who} terminó con error{at}: {why}."),
                "hacer lo que dice ese mensaje, o tratar el error.",
            )
        }
    }
}

/// What another process was to do and did not.
fn not_done(who: &str, message: &str, op: Op, outcome: Outcome, at: &str) -> Sentence {
    if outcome == Outcome::TaskFailed {
        let said = clean::line(message, MESSAGE_COLUMNS);
        let why =
            if said.is_empty() { "una tarea del Pool falló".to_owned() } else { format!("«{said}»") };
        return Sentence::new(
            format!("{who} terminó con el error de una tarea{at}: {why}."),
            "corregir la tarea, o tratar su error donde se pide el resultado.",
        );
    }
    if matches!(op, Op::ManagerGet | Op::ManagerSet) {
        return Sentence::new(
            format!("{who} llamó{at} a un objeto de un Manager cuyo proceso ya había terminado."),
            "conservar el Manager mientras alguien use sus objetos.",
        );
    }
    Sentence::new(
        format!("{who} pidió{at} el resultado de una tarea cuyo proceso terminó sin acabarla."),
        "no salir del proceso en una tarea (exit, abort): devolver un valor o un error.",
    )
}

fn with_code(who: &str, code: i32, message: &str) -> Sentence {
    let said = clean::line(message, MESSAGE_COLUMNS);
    if said.is_empty() {
        return Sentence::new(
            format!("{who} terminó con código {code}; se esperaba 0."),
            "devolver Ok(()) al final, sin std::process::exit.",
        );
    }
    Sentence::new(
        format!("{who} terminó con error (código {code}): «{said}»."),
        "hacer lo que dice ese mensaje, o tratar el error.",
    )
}

pub(super) fn by_signal(who: &Who, signal: i32) -> Sentence {
    if signal == SIGTERM {
        return Sentence::new(
            format!(
                "{} no llegó a su final: lo cortó la señal {SIGTERM} (SIGTERM), la de terminate().",
                subject(who)
            ),
            "join, que espera a que el hijo termine; terminate() lo corta a medias.",
        );
    }
    let name =
        nix::sys::signal::Signal::try_from(signal).map(|known| format!(" ({known})")).unwrap_or_default();
    let hint = match signal {
        6 | 11 => "buscar una función que se llama a sí misma sin fin, o abort().",
        _ => "buscar quién la envía; para terminar a un hijo está terminate().",
    };
    let ended = format!("a {}", self::who(who)).replace("a el ", "al ");
    Sentence::new(format!("La señal {signal}{name} terminó {ended}; el evaluador no la envió."), hint)
}

pub(super) fn early(code: i32) -> Sentence {
    Sentence::new(
        format!("El programa terminó con código {code} antes de que main.rs acabara."),
        "volver de la función con Ok o con el error, sin std::process::exit.",
    )
}

pub(super) fn cpu_limit(
    milliseconds: u64,
    who: Option<&Who>,
    polled: Option<&(Op, u64, Option<Place>)>,
    place: Option<&Place>,
) -> Sentence {
    let seconds = phrase::seconds(milliseconds, ',');
    let who = who.map_or_else(|| "Un proceso que no inició Process::new".to_owned(), subject);
    let Some((op, times, place)) = polled else {
        let (still, hint) = match place {
            None => ("un bucle no acaba".to_owned(), "revisar cuándo termina cada bucle."),
            Some(_) => (format!("sigue{}", phrase::within("en", place)), "revisar cuándo termina ese bucle."),
        };
        return Sentence::new(format!("{who} usó {seconds} s de CPU y no terminó: {still}."), hint);
    };
    let hint = match phrase::waiting_method(*op) {
        Some(method) => format!("{method}, que espera sin gastar CPU."),
        None => "revisar cuándo termina ese bucle.".to_owned(),
    };
    Sentence::new(
        format!(
            "{who} llamó a {} {}{} y usó {seconds} s de CPU sin terminar.",
            phrase::asking_method(*op),
            count(*times, "vez", "veces"),
            paren(place.as_ref())
        ),
        hint,
    )
}

pub(super) fn wall_limit(seconds: u64, outside: Option<&Outside>) -> Sentence {
    let waits = match outside {
        None => String::new(),
        Some(Outside { who, place, .. }) => {
            format!(
                "; {} espera{} algo ajeno a la biblioteca",
                self::who(who),
                phrase::within("en", place.as_ref())
            )
        }
    };
    Sentence::new(
        format!("No se pudo ver: en {seconds} s el programa no terminó ni usó la CPU{waits}."),
        "quitar esperas como thread::sleep o leer del teclado.",
    )
}

pub(super) fn still(outside: Option<&Outside>) -> Sentence {
    let (waits, more) = match outside {
        None => ("el programa espera".to_owned(), 0),
        Some(Outside { who, place, others }) => {
            (format!("{} espera{}", self::who(who), phrase::within("en", place.as_ref())), *others)
        }
    };
    let more = match more {
        0 => String::new(),
        1 => "; 1 proceso más está igual".to_owned(),
        _ => format!("; {more} procesos más están igual"),
    };
    Sentence::new(
        format!("No se pudo ver: {waits} algo ajeno a la biblioteca, y nadie lo despertará{more}."),
        "esperar con la biblioteca (join, get, recv, acquire), no con park, un canal o un Mutex de std.",
    )
}

pub(super) fn output_limit() -> Sentence {
    Sentence::new(
        "El programa escribió más de lo permitido: parece un println! en un bucle que no acaba.",
        "revisar cuándo termina ese bucle.",
    )
}

pub(super) fn too_many_processes() -> Sentence {
    Sentence::new(
        "El programa inició procesos sin parar: parece que los hijos también inician hijos.",
        "que solo el padre inicie procesos, uno por tarea.",
    )
}

pub(super) fn memory_limit(megabytes: u64) -> Sentence {
    Sentence::new(
        format!("El programa pasó de {megabytes} MiB de memoria entre todos sus procesos."),
        "buscar qué crece sin fin: un Vec o un String en un bucle que no acaba.",
    )
}
