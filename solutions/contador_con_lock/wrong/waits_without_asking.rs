// error: waits_without_asking
// rompe: total.ends
// A child waits for a notification without asking whether it is needed: one that has come before is lost.

use procesos::{Condition, Lock, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
    Ok(())
}

/// Espera el aviso y suma.
fn con_aviso(cambio: Condition, contador: Value<i64>, veces: u32) -> Result<()> {
    let mut guardia = cambio.acquire()?;
    cambio.wait(&mut guardia)?;
    for _ in 0..veces {
        contador.set(contador.get() + 1);
    }
    guardia.release();
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let (contador, lock) = (Value::new(0)?, Lock::new()?);
    let cambio = Condition::new(&lock)?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(con_aviso, (cambio.clone(), contador.clone(), veces)).start()?);
    }
    let guardia = lock.acquire()?;
    cambio.notify_all(&guardia)?;
    guardia.release();
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
