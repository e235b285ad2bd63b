// error: barrier_for_one_more
// rompe: total.ends
// The barrier counts the parent too, who never comes: nobody passes.

use procesos::{Barrier, Lock, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
    Ok(())
}

/// Suma cuando llegaron todos.
fn a_la_vez(todos: Barrier, contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    todos.wait()?;
    incrementar(contador, lock, veces)
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let (contador, lock) = (Value::new(0)?, Lock::new()?);
    let todos = Barrier::new(procesos as usize + 1)?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let argumentos = (todos.clone(), contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(a_la_vez, argumentos).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
