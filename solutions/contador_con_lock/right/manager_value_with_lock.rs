// The total is a value of a Manager, which the children add to with the lock.

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

/// Suma en el Manager, con el lock tomado.
fn sumar(total: ValueProxy<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        total.set(&(total.get()? + 1))?;
        guardia.release();
    }
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let manager = Manager::start()?;
    let (total, lock) = (manager.value(&0)?, Lock::new()?);
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(sumar, (total.clone(), lock.clone(), veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    total.get()
}
