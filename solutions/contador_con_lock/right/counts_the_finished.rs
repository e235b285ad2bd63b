// A second Value, under the same lock, counts who has finished; the parent waits for it with pauses and then
// joins.

use std::time::Duration;

use procesos::{Lock, Process, Result, Value};

fn tarea(contador: Value<i64>, terminados: Value<u32>, lock: Lock, veces: u32) -> Result<()> {
    incrementar(contador, lock.clone(), veces)?;
    let guardia = lock.acquire()?;
    terminados.set(terminados.get() + 1);
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
    let terminados = Value::new(0)?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let argumentos = (contador.clone(), terminados.clone(), lock.clone(), veces);
        hijos.push(Process::new(tarea, argumentos).start()?);
    }
    while terminados.get() < procesos {
        std::thread::sleep(Duration::from_micros(200));
    }
    let total = contador.get();
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(total)
}
