// error: skips_when_busy
// rompe: total.result hijos.children_add
// Tries three times with a pause, then goes on without adding.

use std::time::Duration;

use procesos::{Lock, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        for _ in 0..3 {
            if let Some(guardia) = lock.try_acquire()? {
                contador.set(contador.get() + 1);
                guardia.release();
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for numero in 1..=procesos {
        let argumentos = (contador.clone(), lock.clone(), veces);
        hijos.push(
            Process::new(incrementar, argumentos)
                .name(format!("incrementar-{numero}"))
                .start()?,
        );
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
