// error: guard_as_argument
// no_compila: E0277
// Hands the guard to the child: a guard does not leave its process.

use procesos::{Lock, LockGuard, Process, Result, Value};

fn incrementar_con_guardia(contador: Value<i64>, guardia: LockGuard<'static>, veces: u32) -> Result<()> {
    for _ in 0..veces {
        contador.set(contador.get() + 1);
    }
    guardia.release();
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
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let guardia = lock.acquire()?;
        hijos.push(Process::new(incrementar_con_guardia, (contador.clone(), guardia, veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
