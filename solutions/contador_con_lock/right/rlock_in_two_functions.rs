// A lock that both functions take, one inside the other.

use procesos::{Lock, Process, RLock, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
    Ok(())
}

/// Suma 1.
fn sumar_uno(contador: &Value<i64>, lock: &RLock) -> Result<()> {
    let guardia = lock.acquire()?;
    contador.set(contador.get() + 1);
    guardia.release();
    Ok(())
}

/// Suma `veces` veces sin que nadie se meta.
fn sumar_todo(contador: Value<i64>, lock: RLock, veces: u32) -> Result<()> {
    let guardia = lock.acquire()?;
    for _ in 0..veces {
        sumar_uno(&contador, &lock)?;
    }
    guardia.release();
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let (contador, lock) = (Value::new(0)?, RLock::new()?);
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(sumar_todo, (contador.clone(), lock.clone(), veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
