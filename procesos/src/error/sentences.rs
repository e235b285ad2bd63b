//! What an error says, in both languages.

use super::Kind;

impl Kind {
    /// The message in Spanish and in English.
    pub(super) fn sentences(&self) -> (String, String) {
        let fixed = |(spanish, english): (&str, &str)| (spanish.to_owned(), english.to_owned());
        let elsewhere = self.task_sentences().or_else(|| self.limit_sentences());
        if let Some(both) = elsewhere.or_else(|| self.fixed_sentences().map(fixed)) {
            return both;
        }
        match self {
            Self::NotHanded(what) => (
                format!("este {what} no se entregó a este proceso: pásalo como argumento de Process::new"),
                format!("this {what} was not handed to this process: pass it as an argument of Process::new"),
            ),
            Self::HandleInMessage(what) => (
                format!("un {what} no viaja en un mensaje: pásalo como argumento de Process::new"),
                format!("a {what} does not travel in a message: pass it as an argument of Process::new"),
            ),
            Self::ManyThreads(count) => (
                format!("este proceso tiene {count} hilos: inicia los procesos antes que los hilos"),
                format!("this process has {count} threads: start processes before threads"),
            ),
            Self::TargetCaptures(name) => (
                format!("la función de un proceso no captura variables ({name}): pásalas como argumentos"),
                format!("the target of a process captures no variables ({name}): pass them as arguments"),
            ),
            Self::OutOfRange { index, length: 0 } => (
                format!("el índice {index} está fuera del Array, que no tiene elementos"),
                format!("index {index} is out of the Array, which has no elements"),
            ),
            Self::OutOfRange { index, length } => (
                format!(
                    "el índice {index} está fuera del Array, que tiene {length} elementos: de 0 a {}",
                    length - 1
                ),
                format!(
                    "index {index} is out of the Array, which has {length} elements: 0 to {}",
                    length - 1
                ),
            ),
            Self::ArrayTooLong(most) => (
                format!("un Array tiene a lo sumo {most} elementos"),
                format!("an Array has at most {most} elements"),
            ),
            Self::Crowded(what) => (
                format!("hay más de 1024 procesos a la vez en un mismo {what}"),
                format!("there are more than 1024 processes at one {what} at once"),
            ),
            Self::MessageTooLarge { bytes, room } => (
                format!(
                    "un mensaje de {bytes} bytes no cabe en la cola (quedan {room}): envía mensajes más chicos"
                ),
                format!(
                    "a message of {bytes} bytes does not fit the queue ({room} left): send smaller messages"
                ),
            ),
            Self::Encode(why) => (
                format!("el mensaje no se puede serializar: {why}"),
                format!("the message cannot be serialised: {why}"),
            ),
            Self::Decode(why) => (
                format!("el mensaje no se puede leer como el tipo pedido: {why}"),
                format!("the message cannot be read as the type asked for: {why}"),
            ),
            Self::Usage(message) => (message.clone(), message.clone()),
            Self::System { doing, source } => (
                format!("{doing}: el sistema respondió: {source}"),
                format!("{doing}: the system answered: {source}"),
            ),
            other => (format!("{other:?}"), format!("{other:?}")),
        }
    }

    /// The messages without details.
    fn fixed_sentences(&self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::WouldBlock => ("la operación tendría que esperar", "the operation would have to wait"),
            Self::TimedOut => ("se acabó el tiempo de espera", "the time limit passed"),
            Self::Eof => (
                "el otro extremo se cerró y no queda nada por recibir",
                "the other end is closed and nothing is left to receive",
            ),
            Self::BrokenPipe => (
                "el otro extremo se cerró: nadie recibirá este mensaje",
                "the other end is closed: nobody will receive this message",
            ),
            Self::OwnerDied => (
                "el proceso que tenía el lock terminó sin soltarlo: los datos pueden estar a medias",
                "the process that held the lock ended without releasing it: the data may be half updated",
            ),
            Self::PermitLost => (
                "un proceso terminó con un permiso del semáforo sin soltarlo: lo que hacía puede estar a medias",
                "a process ended with a permit of the semaphore: what it did may be half done",
            ),
            Self::AlreadyHeld => (
                "este proceso ya tiene el lock: suéltalo antes de tomarlo otra vez",
                "this process already holds the lock: release it before acquiring it again",
            ),
            Self::TooManyProcesses => (
                "el programa inició demasiados procesos: ¿un hijo inicia hijos sin fin?",
                "the program started too many processes: does a child start children without end?",
            ),
            Self::ZeroCapacity => {
                ("la capacidad de una cola es de al menos 1", "the capacity of a queue is at least 1")
            }
            Self::NoParties => {
                ("una barrera es para al menos 1 proceso", "a barrier is for at least 1 process")
            }
            Self::BrokenBarrier => (
                "la barrera está rota: alguno no va a llegar (abort, reset, un límite de tiempo o un proceso que murió esperando)",
                "the barrier is broken: somebody will not arrive (abort, reset, a time limit, or a process that died waiting)",
            ),
            Self::TooManyReleases => (
                "el semáforo ya tiene todos sus permisos: hay un release de más",
                "the semaphore has all its permits: there is one release too many",
            ),
            Self::TooManyPermits => (
                "un semáforo tiene a lo sumo 2147483647 permisos",
                "a semaphore has at most 2147483647 permits",
            ),
            Self::TooManyDone => (
                "hay más task_done que elementos puestos en la cola: llámalo una vez por cada get",
                "there are more task_done than items put into the queue: call it once for each get",
            ),
            Self::OtherLock => (
                "la guardia no es del lock de esta Condition, o ya no lo tiene: usa la del lock con que se creó",
                "the guard is not of this Condition's lock, or holds it no more: use that of the lock it was made with",
            ),
            Self::ProgramTwice => (
                "procesos::program se llama una sola vez, en main",
                "procesos::program is called only once, in main",
            ),
            _ => return None,
        })
    }
}
