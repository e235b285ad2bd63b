// Every child starts the next one, works and joins it: a chain instead of a row.

use procesos::{Lock, Process, Result, Value};

/// Inicia al que sigue, suma lo suyo y lo espera.
fn eslabon(contador: Value<i64>, lock: Lock, veces: u32, siguientes: u32) -> Result<()> {
    let siguiente = match siguientes {
        0 => None,
        _ => Some(Process::new(eslabon, (contador.clone(), lock.clone(), veces, siguientes - 1)).start()?),
    };
    incrementar(contador, lock, veces)?;
    if let Some(hijo) = siguiente {
        hijo.join()?;
    }
    Ok(())
}

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
    if procesos > 0 {
        let lock = Lock::new()?;
        Process::new(eslabon, (contador.clone(), lock, veces, procesos - 1)).start()?.join()?;
    }
    Ok(contador.get())
}
