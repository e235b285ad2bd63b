//! Why nobody can go on.

use procesos_trace::Op;

use super::standing;
use super::words::{agree, and, capital, count, count_of, messages, thing, waits, who};
use crate::judge::{Cause, Heard, Thing, Waiting, Who};
use crate::run::Place;
use crate::text::finding::Sentence;
use crate::text::finding::supply::{Supply, past_the_end};
use crate::text::phrase::{after, name, paren, parens, waiting_in};

/// The sentence of a livelock.
pub(super) fn livelock(asking: &[Waiting]) -> Sentence {
    let places = parens(asking.iter().filter_map(|one| one.place.as_ref()));
    Sentence::new(
        format!(
            "Livelock: todos preguntan una y otra vez{places} y nadie hace lo que cambiaría la respuesta."
        ),
        "esperar (join, get, recv, acquire) en lugar de preguntar en un bucle.",
    )
}

/// The sentence of a deadlock.
pub(super) fn sentence(waiting: &[Waiting], cause: &Cause) -> Sentence {
    match cause {
        Cause::NobodyPuts { queue, getters: _, consumers, put, last_put } => {
            nobody_puts(waiting, queue, *consumers, put, last_put.as_ref())
        }
        Cause::PutElsewhere { queue, other, put } => put_elsewhere(waiting, queue, other.as_ref(), *put),
        Cause::NobodyGets { queue, capacity, putters: _, join } => {
            nobody_gets(waiting, queue, *capacity, join.as_ref())
        }
        Cause::BothReceive { heard } => match past_the_end(heard) {
            Some(heard) => received_the_end(heard),
            None => both_receive(waiting),
        },
        Cause::JoinBeforeTalking { join, receive } => {
            join_before_talking(waiting, join.as_ref(), receive.as_ref())
        }
        Cause::NobodySends if waiting.iter().all(|one| one.who.first) => Sentence::new(
            format!(
                "Interbloqueo: {} y ningún otro proceso puede enviarle nada.",
                they_wait(waiting, Op::Recv)
            ),
            "iniciar al hijo con el otro extremo antes de esperar su mensaje.",
        ),
        Cause::NobodySends => Sentence::new(
            format!(
                "Interbloqueo: {}; el otro extremo sigue abierto y nadie envía.",
                they_wait(waiting, Op::Recv)
            ),
            "enviar lo que falta, o cerrar el otro extremo al terminar (drop).",
        ),
        Cause::NobodyReceives { on_their_way } => Sentence::new(
            format!(
                "Interbloqueo: tras {} no queda sitio: {}; nadie recibe.",
                count(*on_their_way, "envío sin recibir", "envíos sin recibir"),
                they_wait(waiting, Op::Send)
            ),
            "recibir cada respuesta antes del envío siguiente.",
        ),
        Cause::LockNeverReleased { holder, taken_at } => lock(waiting, holder.as_ref(), taken_at.as_ref()),
        Cause::LockOrder => {
            let places =
                parens(waiting_in(waiting, Op::LockAcquire).iter().filter_map(|one| one.place.as_ref()));
            Sentence::new(
                format!("Interbloqueo: cada proceso tiene un lock y espera el que tiene otro{places}."),
                "tomar los locks en el mismo orden en todos los procesos.",
            )
        }
        Cause::NobodySets { event, cleared_at } => standing::nobody_sets(waiting, event, cleared_at.as_ref()),
        Cause::NobodyReleases { semaphore, holder, taken_at } => {
            standing::nobody_releases(waiting, semaphore, holder.as_ref(), taken_at.as_ref())
        }
        Cause::PermitOrder => {
            let places =
                parens(waiting_in(waiting, Op::SemaphoreAcquire).iter().filter_map(|one| one.place.as_ref()));
            Sentence::new(
                format!("Interbloqueo: cada proceso tiene un permiso y espera el que tiene otro{places}."),
                "tomar los permisos en el mismo orden en todos los procesos.",
            )
        }
        Cause::NobodyNotifies { condition, unheard } => {
            standing::nobody_notifies(waiting, condition, unheard.as_ref())
        }
        Cause::TooFewArrive { barrier, parties, arrived } => {
            standing::too_few_arrive(waiting, barrier, *parties, *arrived)
        }
        Cause::TasksNotDone { queue, put, done } => standing::tasks_not_done(waiting, queue, *put, *done),
        Cause::Other => Sentence::new(
            "Interbloqueo: nadie puede seguir, cada proceso espera algo que depende de otro.",
            "seguir las esperas de la lista y quitar una, o hacerla después.",
        ),
    }
}

pub(super) fn they_wait(waiting: &[Waiting], op: Op) -> String {
    waits(waiting, op).unwrap_or_else(|| "un proceso espera".to_owned())
}

fn nobody_puts(
    waiting: &[Waiting],
    queue: &Thing,
    consumers: usize,
    put: &[(Option<String>, usize)],
    last_put: Option<&Place>,
) -> Sentence {
    let wait = they_wait(waiting, Op::QueueGet);
    let there_are = format!("hay {}", count_of(consumers, "consumidor", "consumidores"));
    match Supply::of(put, consumers) {
        Supply::Nothing => nothing_put(waiting, queue),
        Supply::NoMark { put } => {
            let total = put.iter().map(|(_, count)| count).sum();
            let verb = agree(total, "se puso", "se pusieron");
            Sentence::new(
                format!(
                    "Interbloqueo: {wait} y nadie pondrá más: {verb} {}, ninguno que avise el final.",
                    messages(&put)
                ),
                "cuando no haya más datos, poner un mensaje de fin por consumidor.",
            )
        }
        Supply::FewMarks { mark, count, last } => {
            let (mark, place) = (name(&mark), paren(last_put.filter(|_| last)));
            let verb = agree(count, "se puso", "se pusieron");
            let had = if count == 0 {
                format!("no se puso ningún {mark}")
            } else {
                format!("{verb} {count} {mark}{place}")
            };
            Sentence::new(
                format!("Interbloqueo: {wait} y nadie pondrá más: {had} y {there_are}."),
                format!("poner un {mark} por consumidor."),
            )
        }
        Supply::EnoughMarks { mark, count, last } => {
            let (mark, place) = (name(&mark), paren(last_put.filter(|_| last)));
            let verb = agree(count, "se puso", "se pusieron");
            Sentence::new(
                format!(
                    "Interbloqueo: {wait} y nadie pondrá más: {verb} {count} {mark}{place} para {}, y no alcanzó.",
                    count_of(consumers, "consumidor", "consumidores")
                ),
                format!("terminar con el primer {mark}, o poner tantos como espera cada consumidor."),
            )
        }
    }
}

fn put_elsewhere(waiting: &[Waiting], queue: &Thing, other: Option<&Place>, put: usize) -> Sentence {
    let (wait, queue) = (they_wait(waiting, Op::QueueGet), thing(queue));
    let verb = agree(put, "quedó", "quedaron");
    let (messages, place) = (count_of(put, "mensaje", "mensajes"), paren(other));
    Sentence::new(
        format!("Interbloqueo: {wait} y nadie pone nada en {queue}; en otra cola{place} {verb} {messages}."),
        "usar la misma cola en todos: crear una sola y pasar cola.clone().",
    )
}

fn nothing_put(waiting: &[Waiting], queue: &Thing) -> Sentence {
    let (wait, queue) = (they_wait(waiting, Op::QueueGet), thing(queue));
    match waiting.iter().find(|one| one.op == Op::Join) {
        Some(joiner) => Sentence::new(
            format!(
                "Interbloqueo: {wait}, {} en join{}, y nadie pone nada en {queue}.",
                who(&joiner.who),
                paren(joiner.place.as_ref())
            ),
            "poner antes de ese join lo que falta; aunque no haya datos, un mensaje de fin por consumidor.",
        ),
        None => Sentence::new(
            format!("Interbloqueo: {wait} y nadie pone nada en {queue}."),
            "revisar quién tiene que poner, y que ponga en esta cola: crear una y pasar cola.clone().",
        ),
    }
}

fn nobody_gets(waiting: &[Waiting], queue: &Thing, capacity: u64, join: Option<&Place>) -> Sentence {
    let wait = they_wait(waiting, Op::QueuePut);
    let full = format!("{} está llena ({capacity} de {capacity})", thing(queue));
    let joiner = waiting.iter().find(|one| one.op == Op::Join);
    match (joiner, join) {
        (Some(Waiting { who: joiner, .. }), Some(place)) => Sentence::new(
            format!(
                "Interbloqueo: {full}: {wait} {} en join{}. Nadie saca.",
                and(&who(joiner)),
                paren(Some(place))
            ),
            "sacar de la cola, o iniciar a quien saca, antes de ese join.",
        ),
        _ => Sentence::new(
            format!("Interbloqueo: {full}: {wait} y nadie saca."),
            "que alguien saque de la cola mientras otros ponen.",
        ),
    }
}

/// Somebody received the message that marks the end, and waits for more.
fn received_the_end(heard: &Heard) -> Sentence {
    let (who, label) = (who(&heard.who), name(&heard.label));
    Sentence::new(
        format!(
            "Interbloqueo: {who} recibió {label}{} y espera más en recv; ya nadie envía.",
            paren(Some(&heard.place))
        ),
        format!("terminar con {label}: salir del bucle cuando llega."),
    )
}

fn both_receive(waiting: &[Waiting]) -> Sentence {
    let message = match waiting_in(waiting, Op::Recv).as_slice() {
        [one, other] => format!(
            "Interbloqueo: {} espera en recv{} {} también{}. Nadie envía.",
            who(&one.who),
            paren(one.place.as_ref()),
            and(&who(&other.who)),
            paren(other.place.as_ref())
        ),
        _ => format!("Interbloqueo: {}. Nadie envía.", they_wait(waiting, Op::Recv)),
    };
    Sentence::new(message, "que uno de los dos envíe primero o, si ya no hay más que decir, que termine.")
}

fn join_before_talking(waiting: &[Waiting], join: Option<&Place>, receive: Option<&Place>) -> Sentence {
    let name_of = |op, unknown: &str| {
        waiting_in(waiting, op).first().map_or_else(|| unknown.to_owned(), |one| who(&one.who))
    };
    let (joiner, receiver) = (name_of(Op::Join, "un proceso"), name_of(Op::Recv, "otro"));
    Sentence::new(
        format!(
            "Interbloqueo: {joiner} espera en join{} {} espera un mensaje{}.",
            paren(join),
            and(&receiver),
            paren(receive)
        ),
        "conversar primero y hacer join al final.",
    )
}

fn lock(waiting: &[Waiting], holder: Option<&Who>, taken_at: Option<&Place>) -> Sentence {
    let wait = they_wait(waiting, Op::LockAcquire);
    let message = match holder {
        Some(holder) => {
            let since = after("desde", taken_at);
            format!(
                "Interbloqueo: {wait} un lock que tiene {}{since}; {} también espera.",
                who(holder),
                who(holder)
            )
        }
        None => format!("Interbloqueo: {wait} un lock que nadie suelta{}.", paren(taken_at)),
    };
    Sentence::new(capital(&message), "soltar el lock (guardia.release()) antes de esperar otra cosa.")
}
