//! Contador con lock: varios procesos suman en el mismo número.
//!
//! Sumar parece un paso y son dos: leer y escribir. Escribe primero `incrementar` sin el lock, como pide el
//! README, y mira qué encuentra el evaluador.

use procesos::{Lock, Result, Value};

/// Suma 1 al contador, `veces` veces.
///
/// Cada proceso ejecuta esta función. Leer (`get`) y escribir (`set`) son dos pasos: protégelos juntos con el lock.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    todo!("sumar 1, `veces` veces, con el lock tomado mientras se lee y se escribe")
}

/// Crea un contador en 0 y un lock, inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y
/// devuelve el total.
///
/// `clone()` copia el asa, no el valor: todos usan el mismo contador y el mismo lock.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    todo!("crear el contador y el lock, iniciar los procesos, esperarlos y leer el total")
}
