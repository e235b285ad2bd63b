// error: signal_cleared_at_once
// rompe: total.ends
// The event is set and cleared: a child that comes to wait only then waits for ever.

use procesos::{Event, Lock, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
    Ok(())
}

/// Espera la señal de salida y suma.
fn al_salir(salida: Event, contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    salida.wait()?;
    incrementar(contador, lock, veces)
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let contador = Value::new(0)?;
    let (lock, salida) = (Lock::new()?, Event::new()?);
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let argumentos = (salida.clone(), contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(al_salir, argumentos).start()?);
    }
    salida.set();
    salida.clear();
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
