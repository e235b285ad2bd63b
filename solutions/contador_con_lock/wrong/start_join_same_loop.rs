// error: start_join_same_loop
// rompe: hijos.started_before_join
// Starts and joins in the same loop: the processes work one after another, and the lock has nothing to do.

use procesos::{Lock, Process, Result, Value};

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
        let hijo = Process::new(incrementar, (contador.clone(), lock.clone(), veces)).start()?;
        hijo.join()?;
    }
    Ok(contador.get())
}
