// error: semaphore_of_two
// rompe: total.result
// A semaphore of two permits lets two in at once.

use procesos::{Lock, Process, Result, Semaphore, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
    Ok(())
}

/// Suma con un permiso tomado.
fn con_permiso(contador: Value<i64>, turno: Semaphore, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let permiso = turno.acquire()?;
        contador.set(contador.get() + 1);
        permiso.release();
    }
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let (contador, turno) = (Value::new(0)?, Semaphore::new(2)?);
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(con_permiso, (contador.clone(), turno.clone(), veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
