//! The notes, by code; of one code, those that ask for certain words in the error's text first.

/// A note on an error.
pub(super) struct Note {
    pub(super) code: &'static str,
    /// What the text of the error has to say, all of it.
    pub(super) says: &'static [&'static str],
    pub(super) es: &'static str,
    pub(super) en: &'static str,
}

const fn note(code: &'static str, says: &'static [&'static str], es: &'static str, en: &'static str) -> Note {
    Note { code, says, es, en }
}

const CAPTURES_ES: &str = "La función usa variables de afuera, que en otro proceso no existen. Probar: pasar una función con nombre y darle todo como argumentos: Process::new(funcion, (a, b)).";
const CAPTURES_EN: &str = "The function uses outer variables, which do not exist in another process. Try: pass a named function and give it everything as arguments: Process::new(function, (a, b)).";
const NUMBERS_ES: &str = "Son números de tipos distintos, y Rust no los mezcla. Probar: convertir uno de los dos, por ejemplo n as u64.";
const NUMBERS_EN: &str = "These are numbers of different types, and Rust does not mix them. Try: convert one of the two, n as u64 for example.";
const HANDLE_ES: &str =
    "Ahí va el asa misma, no una referencia. Probar: .clone(), que da otra asa del mismo objeto.";
const HANDLE_EN: &str = "The handle itself goes there, not a reference. Try: .clone(), which gives another handle on the same object.";
const TYPE_ES: &str = "El compilador no puede deducir el tipo. Probar: escribirlo, por ejemplo Queue::<Mensaje>::bounded(8)? o let hijos: Vec<Child>.";
const TYPE_EN: &str = "The compiler cannot work out the type. Try: write it, for example Queue::<Mensaje>::bounded(8)? or let hijos: Vec<Child>.";
const VALUE_ES: &str = "Un Value no es el número: se lee con get y se escribe con set. Probar: contador.set(contador.get() + 1), con el lock tomado.";
const VALUE_EN: &str = "A Value is not the number: it is read with get and written with set. Try: contador.set(contador.get() + 1), with the lock acquired.";

/// All of them.
pub(super) const NOTES: &[Note] = &[
    note(
        "E0382",
        &["procesos::Child"],
        "join se queda con el hijo: después ya no se puede usar. Probar: un solo join por hijo, y preguntar lo demás (pid, is_alive) antes.",
        "join takes the child: it cannot be used afterwards. Try: one join per child, and ask for the rest (pid, is_alive) before.",
    ),
    note(
        "E0382",
        &["LockGuard"],
        "La guardia se entregó al soltar el lock: después ya no está. Probar: un solo release, después del último uso.",
        "The guard was given away when the lock was released. Try: one release, after its last use.",
    ),
    note(
        "E0382",
        &["Permit<"],
        "El permiso se entregó al soltarlo: después ya no está. Probar: un solo release (o consume), después del último uso.",
        "The permit was given away when it was released. Try: one release (or consume), after its last use.",
    ),
    note(
        "E0382",
        &["`Connection<"],
        "Una Connection no se copia: cada extremo está en un solo lugar, y ese ya se fue. Probar: usar el otro extremo, o crear un pipe por hijo.",
        "A Connection is not cloned: each end is in one place, and this one is gone. Try: use the other end, or make a pipe for each child.",
    ),
    note(
        "E0382",
        &[],
        "El valor se movió a otro lugar y aquí ya no está. Probar: entregar .clone() y quedarse con el original (Queue, Lock, Value, rango, texto).",
        "The value moved somewhere else and is no longer here. Try: hand over .clone() and keep the original (Queue, Lock, Value, a range, a text).",
    ),
    note("E0308", &["expected `u64`, found `usize`"], NUMBERS_ES, NUMBERS_EN),
    note("E0308", &["expected `usize`, found `u"], NUMBERS_ES, NUMBERS_EN),
    note("E0308", &["expected `i64`, found `u"], NUMBERS_ES, NUMBERS_EN),
    note("E0308", &["expected `u32`, found `u"], NUMBERS_ES, NUMBERS_EN),
    note(
        "E0308",
        &["expected `(", ",)`"],
        "Los argumentos van en una tupla, que con uno solo lleva coma. Probar: Process::new(funcion, (a,)).",
        "The arguments go in a tuple, which with a single one has a comma. Try: Process::new(function, (a,)).",
    ),
    note(
        "E0308",
        &["found `&Connection<"],
        "Ahí va el extremo mismo, no una referencia: se muda al otro proceso. Probar: quitar el &.",
        "The end itself goes there, not a reference: it moves to the other process. Try: remove the &.",
    ),
    note("E0308", &["found `&Queue<"], HANDLE_ES, HANDLE_EN),
    note("E0308", &["found `&Value<"], HANDLE_ES, HANDLE_EN),
    note("E0308", &["found `&Lock`"], HANDLE_ES, HANDLE_EN),
    note(
        "E0308",
        &["expected `Connection<", "found `Connection<"],
        "Ese es el otro extremo del pipe: cada uno tiene el tipo de lo que envía y de lo que recibe. Probar: cambiar los extremos.",
        "That is the other end of the pipe: each has the type of what it sends and what it receives. Try: swap the ends.",
    ),
    note(
        "E0308",
        &["expected `&", "found `"],
        "Ahí va una referencia al tipo que se nombra. Probar: un & delante, y que el valor sea de ese tipo: cola.put(&Mensaje::Dato(item)).",
        "A reference to the type that is named goes there. Try: an & before it, and a value of that type: cola.put(&Mensaje::Dato(item)).",
    ),
    note(
        "E0308",
        &["`Result<"],
        "Uno de los dos es un Result. Probar: ? después de la operación para sacar el valor, u Ok(...) donde se devuelve un Result.",
        "One of the two is a Result. Try: ? after the operation to get the value out, or Ok(...) where a Result is returned.",
    ),
    note(
        "E0308",
        &[],
        "El tipo que se escribió no es el que se espera ahí. Probar: comparar los dos tipos del mensaje; a veces falta un &, un ?, un .clone() o un Ok(()) al final.",
        "The type written is not the one expected there. Try: compare the two types of the message; often a &, a ?, a .clone() or an Ok(()) at the end is missing.",
    ),
    note("E0277", &["Copy` is not satisfied in `{closure"], CAPTURES_ES, CAPTURES_EN),
    note(
        "E0277",
        &[": Target<"],
        "Process::new recibe una función sin llamarla, que toma los argumentos de la tupla y devuelve () o Result<()>. Probar: Process::new(funcion, (a, b)), y los resultados por una cola.",
        "Process::new takes a function without calling it, which takes the arguments of the tuple and returns () or Result<()>. Try: Process::new(function, (a, b)), and results through a queue.",
    ),
    note(
        "E0277",
        &["LockGuard"],
        "Una guardia no viaja a otro proceso. Probar: pasar lock.clone() y tomar el lock allá.",
        "A guard does not travel to another process. Try: pass lock.clone() and acquire the lock there.",
    ),
    note(
        "E0277",
        &["Permit<"],
        "Un permiso no viaja a otro proceso. Probar: pasar semaforo.clone() y tomar el permiso allá.",
        "A permit does not travel to another process. Try: pass semaforo.clone() and acquire the permit there.",
    ),
    note(
        "E0277",
        &["erialize"],
        "Lo que va a otro proceso tiene que poder serializarse. Probar: #[derive(Serialize, Deserialize)] en ese tipo, o pasar solo los datos que hacen falta.",
        "What goes to another process must be serialisable. Try: #[derive(Serialize, Deserialize)] on that type, or pass only the data that is needed.",
    ),
    note(
        "E0277",
        &["the `?` operator"],
        "? solo se puede usar dentro de una función que devuelve Result. Probar: que devuelva Result<()> y termine en Ok(()).",
        "? can only be used within a function that returns Result. Try: have it return Result<()> and end in Ok(()).",
    ),
    note(
        "E0277",
        &["cannot be indexed by"],
        "Un índice es un usize. Probar: lista[i as usize].",
        "An index is a usize. Try: list[i as usize].",
    ),
    note("E0277", &["cannot add"], NUMBERS_ES, NUMBERS_EN),
    note("E0277", &["cannot subtract"], NUMBERS_ES, NUMBERS_EN),
    note("E0277", &["cannot multiply"], NUMBERS_ES, NUMBERS_EN),
    note("E0277", &["cannot divide"], NUMBERS_ES, NUMBERS_EN),
    note(
        "E0277",
        &[],
        "Al tipo le falta algo que ahí se necesita. Probar: mirar qué pide el mensaje después de «is not satisfied» y qué tipo se puso.",
        "The type lacks something that is needed there. Try: look at what the message asks for after “is not satisfied” and which type was given.",
    ),
    note("E0373", &[], CAPTURES_ES, CAPTURES_EN),
    note("E0525", &["closure"], CAPTURES_ES, CAPTURES_EN),
    note(
        "E0599",
        &["`join` found for struct `Process"],
        "Un Process todavía no es un hijo: falta iniciarlo. Probar: .start()?, y guardar el hijo que devuelve.",
        "A Process is not a child yet: it must be started. Try: .start()?, and keep the child that it returns.",
    ),
    note(
        "E0599",
        &["`clone` found for struct `Connection"],
        "Una Connection no se copia: cada extremo es de un solo proceso. Probar: crear un pipe por hijo.",
        "A Connection is not cloned: each end belongs to one process. Try: make a pipe for each child.",
    ),
    note(
        "E0599",
        &["found for enum `Result"],
        "Lo que hay ahí es un Result, no el valor. Probar: ? antes de seguir.",
        "What is there is a Result, not the value. Try: ? before going on.",
    ),
    note(
        "E0599",
        &["found for enum"],
        "Eso es una enumeración, no el dato que lleva dentro. Probar: sacarlo con match o con while let.",
        "That is an enum, not the data inside. Try: take it out with match or while let.",
    ),
    note(
        "E0599",
        &[],
        "Ese tipo no tiene ese método. Probar: revisar el nombre, y qué tipo dice el mensaje que es.",
        "That type has no such method. Try: check its name, and which type the message says it is.",
    ),
    note(
        "E0080",
        &[],
        "Algo que se calcula al compilar no se cumple; aquí suele ser una función de proceso que captura variables. Probar: pasarlas como argumentos: Process::new(funcion, (a, b)).",
        "Something that is worked out while compiling does not hold; here it usually is a process's function that captures variables. Try: pass them as arguments: Process::new(function, (a, b)).",
    ),
    note(
        "E0425",
        &[],
        "Ese nombre no existe aquí. Probar: revisar cómo se escribe, y si se declaró dentro de otro bloque o falta un use arriba.",
        "That name does not exist here. Try: check its spelling, and whether it was declared in another block or a use is missing above.",
    ),
    note(
        "E0433",
        &[],
        "Falta traer ese nombre. Probar: agregarlo al use de arriba, por ejemplo use procesos::{Process, Queue, Result};",
        "That name was not brought in. Try: add it to the use above, for example use procesos::{Process, Queue, Result};",
    ),
    note(
        "E0432",
        &[],
        "El use nombra algo que no existe. Probar: revisar el nombre; lo que se puede usar está en procesos.",
        "The use names something that does not exist. Try: check the name; what can be used is in procesos.",
    ),
    note(
        "E0061",
        &[],
        "La función recibe otra cantidad de argumentos. Probar: comparar con su firma; Process::new recibe la función y una sola tupla, que con un solo argumento lleva coma: (a,).",
        "The function takes another number of arguments. Try: compare with its signature; Process::new takes the function and one tuple, which with a single argument has a comma: (a,).",
    ),
    note(
        "E0106",
        &[],
        "Una referencia guardada o devuelta necesita decir cuánto vive. Probar: usar el tipo sin & (String, Vec); lo que va a otro proceso no puede ser una referencia.",
        "A reference that is kept or returned must say how long it lives. Try: use the type without & (String, Vec); what goes to another process cannot be a reference.",
    ),
    note(
        "E0499",
        &[],
        "Hay dos préstamos mutables del mismo valor a la vez. Probar: terminar de usar el primero antes de pedir el segundo.",
        "There are two mutable borrows of one value at once. Try: be done with the first before asking for the second.",
    ),
    note(
        "E0502",
        &[],
        "El valor está prestado para leer y para cambiar a la vez. Probar: terminar de leer, o copiar lo leído, antes de cambiarlo.",
        "The value is borrowed to read and to change at once. Try: be done reading, or copy what was read, before changing it.",
    ),
    note(
        "E0505",
        &[],
        "El valor se mueve mientras todavía está prestado. Probar: terminar de usar el préstamo antes (por ejemplo guardia.release()), o pasar .clone().",
        "The value is moved while it is still borrowed. Try: be done with the borrow before (guardia.release(), for example), or pass .clone().",
    ),
    note(
        "E0507",
        &["procesos::Child"],
        "join necesita al hijo mismo, y aquí hay una referencia. Probar: for hijo in hijos, sin & ni iter().",
        "join needs the child itself, and this is a reference. Try: for hijo in hijos, without & or iter().",
    ),
    note(
        "E0507",
        &[],
        "De una referencia no se puede sacar el valor. Probar: .clone(), o recorrer con into_iter() en lugar de iter().",
        "A value cannot be taken out of a reference. Try: .clone(), or go through it with into_iter() instead of iter().",
    ),
    note(
        "E0384",
        &[],
        "La variable no se declaró para cambiar. Probar: let mut.",
        "The variable was not declared to change. Try: let mut.",
    ),
    note(
        "E0596",
        &[],
        "Para cambiarlo hay que declararlo mutable. Probar: let mut (por ejemplo let mut hijo, para is_alive).",
        "To change it, it must be declared mutable. Try: let mut (let mut hijo, for example, for is_alive).",
    ),
    note("E0282", &[], TYPE_ES, TYPE_EN),
    note("E0283", &[], TYPE_ES, TYPE_EN),
    note("E0368", &["`Value<"], VALUE_ES, VALUE_EN),
    note("E0369", &["`Value<"], VALUE_ES, VALUE_EN),
    note(
        "E0004",
        &[],
        "Al match le faltan casos. Probar: una rama por cada variante, también para Fin.",
        "The match lacks cases. Try: an arm for every variant, also for Fin.",
    ),
    note(
        "E0716",
        &[],
        "El valor se pierde al final de esa línea y después se sigue usando. Probar: guardarlo antes en una variable con let.",
        "The value is gone at the end of that line and is used afterwards. Try: keep it in a variable with let first.",
    ),
    note(
        "E0133",
        &[],
        "Eso necesita unsafe, que en los ejercicios no se acepta. Probar: usar lo que ofrece procesos.",
        "That needs unsafe, which the exercises do not accept. Try: use what procesos offers.",
    ),
    note(
        "E0453",
        &[],
        "El evaluador prohíbe unsafe y no se puede permitir de nuevo. Probar: quitar ese allow.",
        "The grader forbids unsafe, and it cannot be allowed again. Try: remove that allow.",
    ),
    note(
        "unsafe_code",
        &[],
        "En los ejercicios no se acepta unsafe. Probar: usar lo que ofrece procesos (Value, Queue, Lock, pipe).",
        "The exercises do not accept unsafe. Try: use what procesos offers (Value, Queue, Lock, pipe).",
    ),
    note(
        "unused_must_use",
        &["`LockGuard"],
        "La guardia no se guarda, y el lock se suelta en esa misma línea. Probar: let guardia = lock.acquire()?; y guardia.release() después de usarlo.",
        "The guard is not kept, and the lock is released on that very line. Try: let guardia = lock.acquire()?; and guardia.release() after its use.",
    ),
    note(
        "unused_must_use",
        &["`RLockGuard"],
        "La guardia no se guarda, y el lock se suelta en esa misma línea. Probar: let guardia = lock.acquire()?; y guardia.release() después de usarlo.",
        "The guard is not kept, and the lock is released on that very line. Try: let guardia = lock.acquire()?; and guardia.release() after its use.",
    ),
    note(
        "unused_must_use",
        &["`Permit"],
        "El permiso no se guarda, y se suelta en esa misma línea. Probar: let permiso = semaforo.acquire()?; y permiso.release() después de usarlo, o acquire()?.consume() si es una señal.",
        "The permit is not kept, and is released on that very line. Try: let permiso = semaforo.acquire()?; and permiso.release() after its use, or acquire()?.consume() if it is a signal.",
    ),
    note(
        "unused_must_use",
        &["`Process"],
        "El proceso se crea y nunca se inicia. Probar: let hijo = ….start()?; y hijo.join()? al final.",
        "The process is made and never started. Try: let hijo = ….start()?; and hijo.join()? at the end.",
    ),
    note(
        "unused_must_use",
        &["iterators are lazy"],
        "Un iterador no hace nada hasta que alguien lo recorre. Probar: un bucle for, o .collect().",
        "An iterator does nothing until somebody goes through it. Try: a for loop, or .collect().",
    ),
    note(
        "unused_must_use",
        &["`Result`"],
        "El Result de esa operación no se mira: si falla, nadie se entera. Probar: un ? al final.",
        "The Result of that operation is not looked at: if it fails, nobody notices. Try: a ? at the end.",
    ),
    note(
        "unused_must_use",
        &[],
        "El valor que da esa línea se pierde. Probar: guardarlo con let y usarlo.",
        "The value of that line is lost. Try: keep it with let and use it.",
    ),
    note(
        "unreachable_code",
        &[],
        "A esa línea no se llega nunca: lo de antes sale de la función o no termina. Probar: revisar el return, break, exit o loop de antes.",
        "That line is never reached: what is before it leaves the function or does not end. Try: look at the return, break, exit or loop before it.",
    ),
    note(
        "unused_variables",
        &[],
        "{name} no se usa nunca. Probar: usarlo donde hace falta.",
        "{name} is never used. Try: use it where it is needed.",
    ),
];
