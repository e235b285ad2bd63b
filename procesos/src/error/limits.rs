//! What is said where the system, or this process, has no more of something.

use std::io;

use nix::errno::Errno;

use super::Kind;

/// What can run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scarce {
    /// Descriptors of this process.
    Descriptors,
    /// Descriptors of the whole system.
    AllDescriptors,
    Memory,
    Processes,
}

/// The calls in which the answer "not now" means that there may be no further process.
const STARTS: [&str; 3] = ["Process::start", "Pool::new", "Manager::start"];

impl Scarce {
    /// What ran out, if the system answered to a call that something did.
    pub(super) fn of(doing: &str, source: &io::Error) -> Option<Self> {
        let answer = source.raw_os_error().map(Errno::from_raw);
        match answer {
            Some(Errno::EMFILE) => Some(Self::Descriptors),
            Some(Errno::ENFILE) => Some(Self::AllDescriptors),
            Some(Errno::ENOMEM | Errno::ENOSPC) => Some(Self::Memory),
            Some(Errno::EAGAIN) if STARTS.contains(&doing) => Some(Self::Processes),
            _ => (source.kind() == io::ErrorKind::OutOfMemory).then_some(Self::Memory),
        }
    }

    fn sentences(self) -> (&'static str, &'static str) {
        match self {
            Self::Descriptors => (
                "este proceso no puede abrir más descriptores: suelta las conexiones y los archivos que ya no uses, o sube el límite (ulimit -n)",
                "this process may open no more descriptors: drop connections and files that you no longer use, or raise the limit (ulimit -n)",
            ),
            Self::AllDescriptors => (
                "el sistema no puede abrir más descriptores: suelta las conexiones y los archivos que ya no uses, o cierra otros programas",
                "the system can open no more descriptors: drop connections and files that you no longer use, or end other programs",
            ),
            Self::Memory => (
                "no queda memoria, o hay demasiados objetos compartidos a la vez: suelta los que ya no uses, o sube el límite (ulimit -v; de objetos, vm.max_map_count)",
                "no memory is left, or there are too many shared objects at once: drop those that you no longer use, or raise the limit (ulimit -v; of objects, vm.max_map_count)",
            ),
            Self::Processes => (
                "no puede haber más procesos: espera con join() a los que ya terminaron, inicia menos a la vez, o sube el límite (ulimit -u)",
                "there may be no more processes: join those that have ended, start fewer at once, or raise the limit (ulimit -u)",
            ),
        }
    }
}

impl Kind {
    /// The message in Spanish and in English, for what ran out.
    pub(super) fn limit_sentences(&self) -> Option<(String, String)> {
        match self {
            Self::System { doing, source } => {
                let (spanish, english) = Scarce::of(doing, source)?.sentences();
                Some((format!("{doing}: {spanish}"), format!("{doing}: {english}")))
            }
            Self::NoMemory { doing, bytes } => Some((
                format!(
                    "{doing}: no queda memoria para un mensaje de {bytes} bytes: envía mensajes más chicos"
                ),
                format!("{doing}: no memory is left for a message of {bytes} bytes: send smaller messages"),
            )),
            _ => None,
        }
    }
}
