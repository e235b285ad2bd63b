//! What is said of pools and their tasks, and of managers.

use super::Kind;

impl Kind {
    /// The message in Spanish and in English, for what pools have to say.
    pub(super) fn task_sentences(&self) -> Option<(String, String)> {
        let fixed = |(spanish, english): (&str, &str)| (spanish.to_owned(), english.to_owned());
        Some(match self {
            Self::TaskCaptures(name) => (
                format!("la función de una tarea no captura variables ({name}): pásalas como argumentos"),
                format!("the function of a task captures no variables ({name}): pass them as arguments"),
            ),
            Self::TooManyTasks(most) => (
                format!("el Pool tiene ya {most} tareas sin recoger: pide sus resultados antes de dar más"),
                format!(
                    "the Pool has {most} tasks already that nobody got: ask for their results before giving more"
                ),
            ),
            Self::TaskFailed { task, panicked: true, message } => (
                format!("la tarea {task} del Pool terminó en pánico: {message}"),
                format!("task {task} of the Pool panicked: {message}"),
            ),
            Self::TaskFailed { task, panicked: false, message } => (
                format!("la tarea {task} del Pool falló: {message}"),
                format!("task {task} of the Pool failed: {message}"),
            ),
            Self::WorkerDied { task, worker: 0, .. } => (
                format!("nadie hará la tarea {task} del Pool: todos sus procesos terminaron"),
                format!("nobody will do task {task} of the Pool: all its workers have ended"),
            ),
            Self::WorkerDied { task, worker, how, .. } => (
                format!("el proceso {worker} del Pool terminó ({how}) sin acabar la tarea {task}"),
                format!("worker {worker} of the Pool ended ({how}) without having done task {task}"),
            ),
            Self::NoElement { index, length: 0 } => (
                format!("el índice {index} está fuera de la lista, que está vacía"),
                format!("index {index} is out of the list, which is empty"),
            ),
            Self::NoElement { index, length } => (
                format!(
                    "el índice {index} está fuera de la lista, que tiene {length} elementos: de 0 a {}",
                    length - 1
                ),
                format!("index {index} is out of the list, which has {length} elements: 0 to {}", length - 1),
            ),
            Self::LetterTooLarge { bytes, room } => (
                format!(
                    "{bytes} bytes no caben en una llamada al Manager (hasta {room}): envía menos a la vez"
                ),
                format!("{bytes} bytes do not fit a call of the Manager (up to {room}): send less at once"),
            ),
            other => return other.pool_sentences().map(fixed),
        })
    }

    fn pool_sentences(&self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::NoWorkers => ("un Pool tiene al menos 1 proceso", "a Pool has at least 1 worker"),
            Self::PoolClosed => (
                "el Pool ya está cerrado: da las tareas antes de close() o terminate()",
                "the Pool is closed already: give the tasks before close() or terminate()",
            ),
            Self::PoolOpen => (
                "el Pool sigue abierto: llama a close() o terminate() antes de join()",
                "the Pool is still open: call close() or terminate() before join()",
            ),
            Self::PoolTerminated => (
                "el Pool se terminó antes de que la tarea acabara: no habrá resultado",
                "the Pool was terminated before the task was done: there will be no result",
            ),
            Self::ServerDied => (
                "el proceso del Manager terminó: sus objetos ya no existen",
                "the process of the Manager has ended: its objects do not exist any more",
            ),
            Self::AnswerTooLarge => (
                "la respuesta del Manager no cabe en una llamada: pide menos a la vez",
                "the answer of the Manager does not fit a call: ask for less at once",
            ),
            _ => return None,
        })
    }
}
