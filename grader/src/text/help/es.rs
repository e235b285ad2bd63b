//! In Spanish.

const GRADER: &str = "\
Taller de procesos: compila lo que escribiste, lo ejecuta como procesos reales
y dice qué hizo, sobre tus propias líneas.

Uso:
  cargo run -p grader                    evaluar todos los ejercicios
  cargo run -p grader -- mp_worker       evaluar uno
  cargo run -p grader -- hint mp_worker  un comando; --help dice qué acepta

Comandos:
  list          los ejercicios, sus puntos y lo que falta escribir
  hint ID       una pista; cada vez, una más
  run ID        compilar y ejecutar tu programa aquí, sin juzgarlo
  trace ID      qué hace cada proceso, paso a paso; un orden que falla, si hay
  replay ID T   repetir el orden T que muestra un informe
  reset ID      volver a la plantilla; lo que había se guarda al lado
  grade [ID]    evaluar: es lo que se hace sin comando
  verify [ID]   que el curso se revise a sí mismo (para docentes)

";

const GRADE: &str = "\
Evalúa ejercicios: es lo que se hace sin comando.

Uso:
  cargo run -p grader -- [ID]...         los que se nombran, o todos

";

const LIST: &str = "\
Muestra los ejercicios, sus puntos y lo que falta escribir.

Uso:
  cargo run -p grader -- list

";

const HINT: &str = "\
Muestra una pista de un ejercicio; cada vez, una más.

Uso:
  cargo run -p grader -- hint ID

Opciones:
  --all                todas las pistas de una vez
";

const RUN: &str = "\
Compila el programa de un ejercicio y lo ejecuta aquí, sin juzgarlo.

Uso:
  cargo run -p grader -- run ID
  cargo run -p grader -- run ID -- ARGUMENTOS     con argumentos del programa

";

const TRACE: &str = "\
Muestra paso a paso qué hace cada proceso de un ejercicio: en un orden que
falla, si hay uno; si no, en el orden en que nadie interrumpe a nadie.

Uso:
  cargo run -p grader -- trace ID
  cargo run -p grader -- trace ID CASO   de ese caso (los nombra el informe)

Opciones:
  --schedule N         el orden N de los que prueba el evaluador; 0 es aquel en
                       que nadie interrumpe a nadie
  --all                todos los pasos
  --format FORMA       text (una tabla), svg (un dibujo) o html (una página
                       con los dos); si no se dice, según el nombre del archivo
  --output ARCHIVO     escribirlo en un archivo
  --submission DIR     de otra carpeta, con <id>/src/lib.rs
";

const REPLAY: &str = "\
Repite un orden de los procesos de un ejercicio, en un programa nuevo, y dice
qué sale ahora.

Uso:
  cargo run -p grader -- replay ID ORDEN     el orden, copiado del informe

Opciones:
  --times N            repetirlo N veces y contar las que dan los mismos pasos
  --submission DIR     con el archivo de otra carpeta, con <id>/src/lib.rs
";

const RESET: &str = "\
Vuelve a poner la plantilla en src/lib.rs de un ejercicio. Lo que había se
guarda al lado, con otro nombre.

Uso:
  cargo run -p grader -- reset ID

";

const VERIFY: &str = "\
Revisa el curso: las plantillas quedan pendientes, las soluciones obtienen todos
los puntos y cada programa malo rompe justo lo que dice. Tarda unos minutos.

Uso:
  cargo run -p grader -- verify [ID]...  los que se nombran, o todos

Opciones:
  --times N            evaluar cada programa N veces; todas dan lo esperado
  --seed SEMILLA       de dónde salen los números de los casos
  --catalog            en lugar de eso, escribir qué se dice de cada programa
                       malo, en los dos idiomas
";

const OPTIONS: &str = "Opciones:\n";

const GRADING: &str = "  --submission DIR     evaluar otra carpeta, con <id>/src/lib.rs o
                       exercises/<id>/src/lib.rs
  --format FORMA       text (para personas), json, junit o github
  --output ARCHIVO     escribir el informe en un archivo
  --seed SEMILLA       de dónde salen los números de los casos: hexadecimal,
                       como la muestran los informes
  --schedules N        cuántos órdenes de los procesos sortear por ejercicio,
                       además de todos los de los casos que tienen pocos; si
                       no se dice, 400
";

const COMMON: &str = "  --lang es|en         el idioma; si no se dice, el del sistema o el español
  --course DIR         la carpeta del curso; si no se dice, la que contiene la
                       carpeta actual
  -h, --help           esta ayuda
";

const END: &str = "  -V, --version        la versión

El código de salida es 0 con todos los puntos, 1 si algo falla o está pendiente,
2 si el comando está mal escrito y 3 si falló el propio evaluador.
";

/// The help of a command; of the grader when there is none that is known.
pub(super) fn of(command: Option<&str>) -> String {
    let pieces: &[&str] = match command {
        Some("grade") => &[GRADE, OPTIONS, GRADING, COMMON],
        Some("list") => &[LIST, OPTIONS, COMMON],
        Some("hint") => &[HINT, COMMON],
        Some("run") => &[RUN, OPTIONS, COMMON],
        Some("trace") => &[TRACE, COMMON],
        Some("replay") => &[REPLAY, COMMON],
        Some("reset") => &[RESET, OPTIONS, COMMON],
        Some("verify") => &[VERIFY, COMMON],
        _ => &[GRADER, OPTIONS, GRADING, COMMON, END],
    };
    pieces.concat()
}
