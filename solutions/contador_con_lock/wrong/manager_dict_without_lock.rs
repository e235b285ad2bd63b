// error: manager_dict_without_lock
// rompe: total.result
// Each call of a dictionary of a Manager is one step; adding to what is at a key takes two.

use procesos::{DictProxy, Lock, Manager, Process, Result, Value};

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
fn sumar(totales: DictProxy<String, i64>, veces: u32) -> Result<()> {
    let clave = "total".to_owned();
    for _ in 0..veces {
        let antes = totales.get(&clave)?.unwrap_or(0);
        totales.set(&clave, &(antes + 1))?;
    }
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let manager = Manager::start()?;
    let totales = manager.dict()?;
    totales.set(&"total".to_owned(), &0)?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(sumar, (totales.clone(), veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(totales.get(&"total".to_owned())?.unwrap_or(0))
}
