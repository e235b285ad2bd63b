// error: manager_value_without_lock
// rompe: total.result
// A value of a Manager is read and written in two calls: without a lock updates are lost.

use procesos::{Lock, Manager, Process, Result, Value, ValueProxy};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
    Ok(())
}

/// Suma en el Manager, sin lock.
fn sumar(total: ValueProxy<i64>, veces: u32) -> Result<()> {
    for _ in 0..veces {
        total.set(&(total.get()? + 1))?;
    }
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let manager = Manager::start()?;
    let total = manager.value(&0)?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(sumar, (total.clone(), veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    total.get()
}
