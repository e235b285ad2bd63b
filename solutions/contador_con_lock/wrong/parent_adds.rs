// error: target_called
// rompe: hijos.children_add hijos.started_before_join total.processes
// Calls the function instead of handing it to a process: the parent does all the sums.

use procesos::{Lock, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        let leido = contador.get();
        contador.set(leido + 1);
        guardia.release();
    }
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    for _ in 0..procesos {
        incrementar(contador.clone(), lock.clone(), veces)?;
    }
    Ok(contador.get())
}
