//! Why nobody can go on where somebody waits for what another one says.

use procesos_trace::Op;

use super::deadlock::they_wait;
use super::words::{of_thing, thing, who};
use crate::judge::{Thing, Waiting, Who};
use crate::run::Place;
use crate::text::finding::Sentence;
use crate::text::phrase::{after, paren};

/// Who waits for this very object.
fn wait_for(waiting: &[Waiting], op: Op, of: &Thing) -> String {
    let those: Vec<Waiting> = waiting.iter().filter(|one| one.thing.as_ref() == Some(of)).cloned().collect();
    they_wait(&those, op)
}

pub(super) fn nobody_sets(waiting: &[Waiting], event: &Thing, cleared_at: Option<&Place>) -> Sentence {
    let wait = wait_for(waiting, Op::EventWait, event);
    match cleared_at {
        Some(_) => Sentence::new(
            format!(
                "Interbloqueo: {wait} a que se ponga {}, que nadie puede poner ya: clear{} lo quitó.",
                thing(event),
                paren(cleared_at)
            ),
            "no llamar a clear() hasta que hayan pasado todos los que esperan.",
        ),
        None => Sentence::new(
            format!("Interbloqueo: {wait} a que se ponga {}, que nadie puede poner ya.", thing(event)),
            "llamar a set() antes de esperar otra cosa.",
        ),
    }
}

pub(super) fn nobody_releases(
    waiting: &[Waiting],
    semaphore: &Thing,
    holder: Option<&Who>,
    taken_at: Option<&Place>,
) -> Sentence {
    let wait = wait_for(waiting, Op::SemaphoreAcquire, semaphore);
    match holder {
        Some(holder) => Sentence::new(
            format!(
                "Interbloqueo: {wait} un permiso {}; {} tiene uno{} y también espera.",
                of_thing(semaphore),
                who(holder),
                after("desde", taken_at)
            ),
            "soltar el permiso (permiso.release()) antes de esperar otra cosa.",
        ),
        None => Sentence::new(
            format!("Interbloqueo: {wait} un permiso {} y nadie puede dar uno ya.", of_thing(semaphore)),
            "que cada aviso (release) llegue: tantos como acquire se hacen.",
        ),
    }
}

pub(super) fn nobody_notifies(waiting: &[Waiting], condition: &Thing, unheard: Option<&Place>) -> Sentence {
    let wait = wait_for(waiting, Op::ConditionWait, condition);
    let message = match unheard {
        Some(_) => format!(
            "Interbloqueo: {wait} un aviso {}; el último notify{} llegó cuando nadie esperaba y se perdió.",
            of_thing(condition),
            paren(unheard)
        ),
        None => format!("Interbloqueo: {wait} un aviso {} y nadie puede avisar ya.", of_thing(condition)),
    };
    Sentence::new(message, "antes de esperar, preguntar con el lock tomado si hace falta: wait_for lo hace.")
}

pub(super) fn too_few_arrive(waiting: &[Waiting], barrier: &Thing, parties: u64, arrived: u64) -> Sentence {
    let came = if arrived == 1 { "llegó" } else { "llegaron" };
    Sentence::new(
        format!(
            "Interbloqueo: {} y nadie más puede llegar a {}: {came} {arrived} de {parties}.",
            wait_for(waiting, Op::BarrierWait, barrier),
            thing(barrier)
        ),
        "crear la barrera para tantos como llaman a wait(), y que lleguen todos.",
    )
}

pub(super) fn tasks_not_done(waiting: &[Waiting], queue: &Thing, put: u64, done: u64) -> Sentence {
    Sentence::new(
        format!(
            "Interbloqueo: {} a que se terminen las tareas {}: se pusieron {put} y hubo {done} task_done.",
            wait_for(waiting, Op::QueueJoin, queue),
            of_thing(queue)
        ),
        "llamar a task_done() una vez por cada get, también en el último.",
    )
}
