// error: sleep_hides_race
// rompe: total.result
// No lock, and a sleep between the starts so that it usually comes out right.

use std::time::Duration;

use procesos::{Lock, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        contador.set(contador.get() + 1);
    }
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(incrementar, (contador.clone(), lock.clone(), veces)).start()?);
        std::thread::sleep(Duration::from_millis(5));
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
