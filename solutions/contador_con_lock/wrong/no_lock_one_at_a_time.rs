// error: no_lock
// rompe: total.result hijos.started_before_join
// No lock in incrementar; contar never runs two at once. main.rs runs incrementar in two processes, and there
// it loses.

use procesos::{Lock, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        contador.set(contador.get() + 1);
    }
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    for _ in 0..procesos {
        Process::new(incrementar, (contador.clone(), lock.clone(), veces)).start()?.join()?;
    }
    Ok(contador.get())
}
