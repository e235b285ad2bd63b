// error: no_lock
// rompe: total.result
// All add to the same element of an array without the lock.

use procesos::{Array, Lock, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
    Ok(())
}

/// Suma en el primer elemento de la tabla, y anota en el suyo cuántas veces.
fn en_tabla(tabla: Array<i64>, propio: usize, _lock: Lock, veces: u32) -> Result<()> {
    for vez in 1..=veces {
        tabla.set(0, tabla.get(0) + 1);
        tabla.set(propio, i64::from(vez));
    }
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let tabla = Array::new(&vec![0; procesos as usize + 1])?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for numero in 0..procesos as usize {
        hijos.push(Process::new(en_tabla, (tabla.clone(), numero + 1, lock.clone(), veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    let anotado: i64 = tabla.slice(1..).iter().sum();
    println!("anotaron {anotado}");
    Ok(tabla.get(0))
}
