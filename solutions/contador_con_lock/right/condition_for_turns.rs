// Each child waits for its turn with a condition, and passes it on to the next one.

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

/// Suma cuando le toca.
fn por_turno(numero: u32, turno: Value<u32>, cambio: Condition, contador: Value<i64>, veces: u32) -> Result<()> {
    let mut guardia = cambio.acquire()?;
    cambio.wait_for(&mut guardia, || turno.get() == numero)?;
    for _ in 0..veces {
        contador.set(contador.get() + 1);
    }
    turno.set(numero + 1);
    cambio.notify_all(&guardia)?;
    guardia.release();
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let (contador, turno, lock) = (Value::new(0)?, Value::new(0)?, Lock::new()?);
    let cambio = Condition::new(&lock)?;
    let mut hijos = Vec::new();
    for numero in 0..procesos {
        let argumentos = (numero, turno.clone(), cambio.clone(), contador.clone(), veces);
        hijos.push(Process::new(por_turno, argumentos).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
