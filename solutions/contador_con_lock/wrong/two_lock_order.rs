// error: two_lock_order
// segun_orden: total.ends
// Two locks, taken in one order by some and in the other by the rest: each may wait for the other for ever.

use procesos::{Lock, Process, Result, Value};

/// Suma con los dos locks tomados.
fn incrementar_con_dos(contador: Value<i64>, primero: Lock, segundo: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = primero.acquire()?;
        let otra = segundo.acquire()?;
        contador.set(contador.get() + 1);
        otra.release();
        guardia.release();
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
    let (uno, dos) = (Lock::new()?, Lock::new()?);
    let mut hijos = Vec::new();
    for numero in 0..procesos {
        let (primero, segundo) = if numero % 2 == 0 { (&uno, &dos) } else { (&dos, &uno) };
        let argumentos = (contador.clone(), primero.clone(), segundo.clone(), veces);
        hijos.push(Process::new(incrementar_con_dos, argumentos).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
