//! A sentence below the compiler's common errors, which speak English and assume more than a beginner knows.

use crate::Language::{self, English, Spanish};

/// What an error code usually means in these exercises, and what to try; `None` for codes that speak for themselves.
#[must_use]
pub fn compiler_note(code: &str, language: Language) -> Option<&'static str> {
    let (spanish, english) = NOTES.iter().find(|(known, ..)| *known == code).map(|(_, es, en)| (*es, *en))?;
    Some(match language {
        Spanish => spanish,
        English => english,
    })
}

/// Code, Spanish, English.
const NOTES: [(&str, &str, &str); 24] = [
    (
        "E0382",
        "El valor se movió a otro lugar y aquí ya no está. Probar: pasar una copia del asa con .clone() (Queue, Lock, Value); una Connection no se copia: usar cada extremo en un solo lugar.",
        "The value moved somewhere else and is no longer here. Try: pass another handle with .clone() (Queue, Lock, Value); a Connection is not cloned: use each end in one place.",
    ),
    (
        "E0308",
        "El tipo que se escribió no es el que se espera ahí. Probar: comparar los dos tipos del mensaje; a veces falta un &, un ?, un .clone() o un Ok(()) al final.",
        "The type written is not the one expected there. Try: compare the two types of the message; often a &, a ?, a .clone() or an Ok(()) at the end is missing.",
    ),
    (
        "E0277",
        "Al tipo le falta algo que ahí se necesita. Probar: #[derive(Serialize, Deserialize)] en lo que viaja por una cola o un pipe; ? solo dentro de una función que devuelve Result.",
        "The type lacks something that is needed there. Try: #[derive(Serialize, Deserialize)] on what travels through a queue or a pipe; ? only within a function that returns Result.",
    ),
    (
        "E0373",
        "La función usa variables de afuera, que en otro proceso no existen. Probar: pasar una función con nombre y darle todo como argumentos: Process::new(funcion, (a, b)).",
        "The function uses outer variables, which do not exist in another process. Try: pass a named function and give it everything as arguments: Process::new(function, (a, b)).",
    ),
    (
        "E0599",
        "Ese tipo no tiene ese método. Probar: revisar el nombre, y si falta un ? antes (lo que se tiene es un Result).",
        "That type has no such method. Try: check the name, and whether a ? is missing before it (what is there is a Result).",
    ),
    (
        "E0080",
        "Algo que se calcula al compilar no se cumple; aquí suele ser una función de proceso que captura variables. Probar: pasarlas como argumentos: Process::new(funcion, (a, b)).",
        "Something that is worked out while compiling does not hold; here it usually is a process's function that captures variables. Try: pass them as arguments: Process::new(function, (a, b)).",
    ),
    (
        "E0425",
        "Ese nombre no existe aquí. Probar: revisar cómo se escribe, y si se declaró dentro de otro bloque o falta un use arriba.",
        "That name does not exist here. Try: check its spelling, and whether it was declared in another block or a use is missing above.",
    ),
    (
        "E0433",
        "Falta traer ese nombre. Probar: agregarlo al use de arriba, por ejemplo use procesos::{Process, Queue, Result};",
        "That name was not brought in. Try: add it to the use above, for example use procesos::{Process, Queue, Result};",
    ),
    (
        "E0432",
        "El use nombra algo que no existe. Probar: revisar el nombre; lo que se puede usar está en procesos.",
        "The use names something that does not exist. Try: check the name; what can be used is in procesos.",
    ),
    (
        "E0061",
        "La función recibe otra cantidad de argumentos. Probar: comparar con su firma; Process::new recibe la función y una sola tupla, que con un solo argumento lleva coma: (a,).",
        "The function takes another number of arguments. Try: compare with its signature; Process::new takes the function and one tuple, which with a single argument has a comma: (a,).",
    ),
    (
        "E0106",
        "Una referencia guardada o devuelta necesita decir cuánto vive. Probar: usar el tipo sin & (String, Vec); lo que va a otro proceso no puede ser una referencia.",
        "A reference that is kept or returned must say how long it lives. Try: use the type without & (String, Vec); what goes to another process cannot be a reference.",
    ),
    (
        "E0499",
        "Hay dos préstamos mutables del mismo valor a la vez. Probar: terminar de usar el primero antes de pedir el segundo.",
        "There are two mutable borrows of one value at once. Try: be done with the first before asking for the second.",
    ),
    (
        "E0502",
        "El valor está prestado para leer y para cambiar a la vez. Probar: terminar de leer, o copiar lo leído, antes de cambiarlo.",
        "The value is borrowed to read and to change at once. Try: be done reading, or copy what was read, before changing it.",
    ),
    (
        "E0505",
        "El valor se mueve mientras todavía está prestado. Probar: terminar de usar el préstamo antes (por ejemplo guardia.release()), o pasar .clone().",
        "The value is moved while it is still borrowed. Try: be done with the borrow before (guardia.release(), for example), or pass .clone().",
    ),
    (
        "E0507",
        "De una referencia no se puede sacar el valor. Probar: .clone(), o recorrer con into_iter() en lugar de iter().",
        "A value cannot be taken out of a reference. Try: .clone(), or go through it with into_iter() instead of iter().",
    ),
    (
        "E0384",
        "La variable no se declaró para cambiar. Probar: let mut.",
        "The variable was not declared to change. Try: let mut.",
    ),
    (
        "E0596",
        "Para cambiarlo hay que declararlo mutable. Probar: let mut (por ejemplo let mut hijo, para is_alive).",
        "To change it, it must be declared mutable. Try: let mut (let mut hijo, for example, for is_alive).",
    ),
    (
        "E0282",
        "El compilador no puede deducir el tipo. Probar: escribirlo, por ejemplo Queue::<Mensaje>::bounded(8)? o let hijos: Vec<Child>.",
        "The compiler cannot work out the type. Try: write it, for example Queue::<Mensaje>::bounded(8)? or let hijos: Vec<Child>.",
    ),
    (
        "E0283",
        "El compilador no puede deducir el tipo. Probar: escribirlo, por ejemplo Queue::<Mensaje>::bounded(8)? o let hijos: Vec<Child>.",
        "The compiler cannot work out the type. Try: write it, for example Queue::<Mensaje>::bounded(8)? or let hijos: Vec<Child>.",
    ),
    (
        "E0004",
        "Al match le faltan casos. Probar: una rama por cada variante, también para Fin.",
        "The match lacks cases. Try: an arm for every variant, also for Fin.",
    ),
    (
        "E0716",
        "El valor se pierde al final de esa línea y después se sigue usando. Probar: guardarlo antes en una variable con let.",
        "The value is gone at the end of that line and is used afterwards. Try: keep it in a variable with let first.",
    ),
    (
        "E0133",
        "Eso necesita unsafe, que en los ejercicios no se acepta. Probar: usar lo que ofrece procesos.",
        "That needs unsafe, which the exercises do not accept. Try: use what procesos offers.",
    ),
    (
        "E0453",
        "El evaluador prohíbe unsafe y no se puede permitir de nuevo. Probar: quitar ese allow.",
        "The grader forbids unsafe, and it cannot be allowed again. Try: remove that allow.",
    ),
    (
        "unsafe_code",
        "En los ejercicios no se acepta unsafe. Probar: usar lo que ofrece procesos (Value, Queue, Lock, pipe).",
        "The exercises do not accept unsafe. Try: use what procesos offers (Value, Queue, Lock, pipe).",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_errors_have_a_note_in_both_languages() {
        let common =
            "E0382 E0308 E0277 E0373 E0599 E0080 E0425 E0433 E0432 E0061 E0106 E0499 E0502 E0505 unsafe_code";
        for code in common.split(' ') {
            assert!(compiler_note(code, Spanish).is_some_and(|note| note.contains("Probar: ")), "{code}");
            assert!(compiler_note(code, English).is_some_and(|note| note.contains("Try: ")), "{code}");
        }
        assert_eq!(compiler_note("E9999", Spanish), None);
    }
}
