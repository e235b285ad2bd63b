// error: infinite_loop
// rompe: un_proceso.ends total.result hijos.children_add
// Adds until the counter equals `veces`: from above it never does, and the loop does not end.

use procesos::{Lock, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    loop {
        let guardia = lock.acquire()?;
        let leido = contador.get();
        if leido == i64::from(veces) {
            return Ok(());
        }
        contador.set(leido + 1);
        guardia.release();
    }
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for numero in 1..=procesos {
        let argumentos = (contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(incrementar, argumentos).name(format!("incrementar-{numero}")).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
