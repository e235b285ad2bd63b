// error: permits_in_two_orders
// rompe: total.ends
// Two semaphores, taken in one order by some and in the other by the rest.

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

/// Suma con los dos permisos tomados.
fn con_dos(contador: Value<i64>, primero: Semaphore, segundo: Semaphore, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let permiso = primero.acquire()?;
        let otro = segundo.acquire()?;
        contador.set(contador.get() + 1);
        otro.release();
        permiso.release();
    }
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let contador = Value::new(0)?;
    let (uno, dos) = (Semaphore::new(1)?, Semaphore::new(1)?);
    let mut hijos = Vec::new();
    for numero in 0..procesos {
        let (primero, segundo) = if numero % 2 == 0 { (&uno, &dos) } else { (&dos, &uno) };
        let argumentos = (contador.clone(), primero.clone(), segundo.clone(), veces);
        hijos.push(Process::new(con_dos, argumentos).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
