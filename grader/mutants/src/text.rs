//! Every sentence of this tool, in Spanish and English.

use std::fmt::Write;

use grader::Language;
use grader::run::Ending;

use crate::oracle::{Opinion, Wrong};
use crate::programs::Candidate;
use crate::trial::{Grade, Stand, Tried};

/// The sentence in the language.
fn either(language: Language, es: impl Into<String>, en: impl Into<String>) -> String {
    match language {
        Language::Spanish => es.into(),
        Language::English => en.into(),
    }
}

/// Counts of an exercise, or of all.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) made: usize,
    pub(crate) tried: usize,
    pub(crate) compile: usize,
    pub(crate) right: usize,
    pub(crate) wrong: usize,
    pub(crate) undecided: usize,
    pub(crate) agree: usize,
    pub(crate) survivors: usize,
    pub(crate) accused: usize,
    pub(crate) accepted: usize,
}

impl Counts {
    /// Both together.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self {
            made: self.made + other.made,
            tried: self.tried + other.tried,
            compile: self.compile + other.compile,
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            undecided: self.undecided + other.undecided,
            agree: self.agree + other.agree,
            survivors: self.survivors + other.survivors,
            accused: self.accused + other.accused,
            accepted: self.accepted + other.accepted,
        }
    }

    /// Takes a mutant into account.
    pub(crate) fn take(&mut self, tried: &Tried, is_accepted: bool) {
        self.tried += 1;
        self.compile += usize::from(tried.finding.is_some());
        match tried.finding.as_ref().map(|finding| &finding.opinion) {
            Some(Opinion::Right { .. }) => self.right += 1,
            Some(Opinion::Wrong { .. }) => self.wrong += 1,
            Some(Opinion::Undecided { .. }) => self.undecided += 1,
            None => {}
        }
        match tried.stand() {
            Stand::Agree => self.agree += 1,
            Stand::Survivor | Stand::Accused if is_accepted => self.accepted += 1,
            Stand::Survivor => self.survivors += 1,
            Stand::Accused => self.accused += 1,
            Stand::NoProgram | Stand::Undecided => {}
        }
    }
}

/// Names of the columns.
pub(crate) fn heading(language: Language) -> String {
    let words = match language {
        Language::Spanish => [
            "",
            "hechos",
            "probados",
            "compilan",
            "correctos",
            "erróneos",
            "sin saber",
            "de acuerdo",
            "perdonados",
            "acusados",
            "aceptados",
        ],
        Language::English => [
            "",
            "made",
            "tried",
            "compile",
            "right",
            "wrong",
            "undecided",
            "agree",
            "survivors",
            "accused",
            "accepted",
        ],
    };
    words
        .iter()
        .enumerate()
        .map(|(i, word)| if i == 0 { format!("{word:<22}") } else { format!("{word:>11}") })
        .collect()
}

/// A line of the table.
pub(crate) fn row(name: &str, counts: &Counts) -> String {
    let Counts { made, tried, compile, right, wrong, undecided, agree, survivors, accused, accepted } =
        *counts;
    let figures = [made, tried, compile, right, wrong, undecided, agree, survivors, accused, accepted];
    figures.iter().fold(format!("{name:<22}"), |mut line, figure| {
        let _ = write!(line, "{figure:>11}");
        line
    })
}

/// A disagreement: which mutant, how it differs, what each of the two says.
pub(crate) fn disagreement(language: Language, candidate: &Candidate<'_>, tried: &Tried) -> String {
    let word = match tried.stand() {
        Stand::Survivor => either(language, "perdonado", "survivor"),
        Stand::Accused => either(language, "acusado", "accused"),
        Stand::Undecided => either(language, "sin saber", "undecided"),
        Stand::Agree => either(language, "de acuerdo", "agree"),
        Stand::NoProgram => either(language, "no compila", "does not compile"),
    };
    let Candidate { exercise, program, mutant, file, .. } = candidate;
    let mut text = format!(
        "{word}: {} {program} {} {} [{}]\n  {file}:{}\n",
        exercise.id,
        mutant.function,
        mutant.mark(),
        mutant.operator.0,
        mutant.line
    );
    for line in difference(&candidate.before, &mutant.text) {
        let _ = writeln!(text, "    {line}");
    }
    if let Some(finding) = &tried.finding {
        let _ = writeln!(text, "  {}", opinion(language, &finding.opinion));
    }
    if let Some(Grade { points, most, lost, orders: _ }) = &tried.grade {
        let said = either(language, "el evaluador", "the grader");
        let _ = writeln!(text, "  {said}: {points}/{most}");
        for lost in lost.iter().take(4) {
            let _ = writeln!(text, "    {lost}");
        }
    }
    text
}

/// The lines that differ.
fn difference(before: &str, after: &str) -> Vec<String> {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let rest = before.len().min(after.len()) - same;
    let tail = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count().min(rest);
    let cut = |lines: &[&str], mark: char| {
        lines[same..lines.len() - tail]
            .iter()
            .map(|line| format!("{mark} {}", line.trim_end()))
            .collect::<Vec<_>>()
    };
    [cut(&before, '-'), cut(&after, '+')].concat()
}

/// What the oracle says.
pub(crate) fn opinion(language: Language, opinion: &Opinion) -> String {
    match opinion {
        Opinion::Right { whole, cases } => either(
            language,
            format!("el oráculo: correcto; {whole} de {cases} casos en todos sus órdenes"),
            format!("the oracle: right; {whole} of {cases} cases in all their orders"),
        ),
        Opinion::Wrong { args, wrong } => {
            let args = args.join(" ");
            let why = reason(language, wrong);
            either(
                language,
                format!("el oráculo: erróneo con «{args}»: {why}"),
                format!("the oracle: wrong with \"{args}\": {why}"),
            )
        }
        Opinion::Undecided { args, ending } => {
            let (args, how) = (args.join(" "), ending_of(language, *ending));
            either(
                language,
                format!("el oráculo no sabe: con «{args}», {how}"),
                format!("the oracle does not know: with \"{args}\", {how}"),
            )
        }
    }
}

fn reason(language: Language, wrong: &Wrong) -> String {
    let say = |es: String, en: String| either(language, es, en);
    match wrong {
        Wrong::Ending(ending) => ending_of(language, *ending),
        Wrong::NoResult(name) => {
            say(format!("falta el resultado {name}"), format!("the result {name} is missing"))
        }
        Wrong::Result { name, seen, expected } => say(
            format!("{name} es {} y debía ser {}", short(seen), short(expected)),
            format!("{name} is {} and should be {}", short(seen), short(expected)),
        ),
        Wrong::Left(count) => say(format!("quedan {count} procesos"), format!("{count} processes are left")),
        Wrong::NotJoined(who) => say(format!("nadie esperó a {who}"), format!("nobody joined {who}")),
        Wrong::ChildFailed(who) => say(format!("{who} terminó con error"), format!("{who} ended in error")),
        Wrong::Silent(who) => say(format!("{who} no muestra nada"), format!("{who} shows nothing")),
        Wrong::TooFew { wanted, seen } => say(
            format!("hay {seen} procesos y debía haber {wanted}"),
            format!("{seen} processes instead of {wanted}"),
        ),
        Wrong::NotTheirPart { wanted, seen } => say(
            format!("{seen} procesos hicieron su parte, de {wanted}"),
            format!("{seen} processes did their part, of {wanted}"),
        ),
        Wrong::DoneByFirst => say("lo hizo el primer proceso".into(), "the first process did it".into()),
        Wrong::OneAfterAnother { wanted, seen } => say(
            format!("en ningún orden trabajan {wanted} a la vez, a lo sumo {seen}"),
            format!("in no order do {wanted} work at once, {seen} at most"),
        ),
        Wrong::LockHeld(who) => say(format!("{who} no soltó un lock"), format!("{who} did not free a lock")),
        Wrong::OtherCapacity { wanted } => say(
            format!("no todo pasó por colas de capacidad {wanted}"),
            format!("not everything went through queues of capacity {wanted}"),
        ),
        Wrong::NoConversation { wanted, sent, received } => say(
            format!("un hijo envió {sent} y el primero recibió {received}, de {wanted}"),
            format!("a child sent {sent} and the first process received {received}, of {wanted}"),
        ),
    }
}

fn short(text: &str) -> String {
    if text.chars().count() > 60 {
        format!("{}...", text.chars().take(60).collect::<String>())
    } else {
        text.to_owned()
    }
}

fn ending_of(language: Language, ending: Ending) -> String {
    let (es, en) = match ending {
        Ending::Exited(code) => {
            return either(language, format!("terminó con código {code}"), format!("ended with code {code}"));
        }
        Ending::Signalled(signal) => {
            return either(
                language,
                format!("lo terminó la señal {signal}"),
                format!("signal {signal} ended it"),
            );
        }
        Ending::NoProgress => ("interbloqueo", "deadlock"),
        Ending::Livelock => ("todos preguntan y nada cambia", "everybody asks and nothing changes"),
        Ending::CpuLimit => ("un proceso no termina", "a process does not end"),
        Ending::MemoryLimit => ("demasiada memoria", "too much memory"),
        Ending::ProcessLimit => ("demasiados procesos", "too many processes"),
        Ending::OutputLimit => ("demasiada salida", "too much output"),
        Ending::TooLong => ("sigue y sigue", "it goes on and on"),
        Ending::Threads => ("hilos sin control", "threads without control"),
        Ending::WallLimit => ("no terminó a tiempo", "it did not end in time"),
        Ending::Still => {
            ("espera algo de fuera de la biblioteca", "it waits for something outside the library")
        }
    };
    either(language, es, en)
}

/// An accepted disagreement that is none.
pub(crate) fn stale(language: Language, exercise: &str, program: &str, mark: &str) -> String {
    either(
        language,
        format!(
            "solutions/{exercise}/mutants.toml: {program} {mark} ya no es un desacuerdo. Probar: quitar esa entrada"
        ),
        format!(
            "solutions/{exercise}/mutants.toml: {program} {mark} is no disagreement any more. Try: remove that entry"
        ),
    )
}

/// An exercise that the oracle knows nothing of.
pub(crate) fn unknown(language: Language, exercise: &str) -> String {
    either(
        language,
        format!("nadie escribió qué pide {exercise}: falta grader/mutants/src/oracle/{exercise}.rs"),
        format!("nobody wrote what {exercise} asks: grader/mutants/src/oracle/{exercise}.rs is missing"),
    )
}

/// What the oracle says of a program of the course.
pub(crate) fn about(
    language: Language,
    exercise: &str,
    program: &str,
    said: &str,
    is_mistaken: bool,
) -> String {
    let mistaken = either(language, " (se equivoca)", " (it is mistaken)");
    format!("{exercise} {program}: {said}{}", if is_mistaken { mistaken.as_str() } else { "" })
}

/// The last line about the programs of the course.
pub(crate) fn programs(language: Language, right: usize, wrong: usize, mistaken: usize) -> String {
    either(
        language,
        format!(
            "el oráculo, sobre {right} programas correctos y {wrong} erróneos: {mistaken} opiniones equivocadas"
        ),
        format!("the oracle, about {right} right and {wrong} wrong programs: {mistaken} mistaken opinions"),
    )
}

/// How far it is.
pub(crate) fn progress(language: Language, exercise: &str, compiled: usize, tried: usize) -> String {
    either(
        language,
        format!("{exercise}: {tried} mutantes probados, {compiled} compilan"),
        format!("{exercise}: {tried} mutants tried, {compiled} compile"),
    )
}
