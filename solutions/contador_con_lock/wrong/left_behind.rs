// error: missing_join
// rompe: cierre.joined
// Starts a child that shows the progress and never waits for it.

use std::time::Duration;

use procesos::{Lock, Process, Result, Value};

/// Muestra cómo crece el contador.
fn vigilar(contador: Value<i64>, meta: i64) -> Result<()> {
    while contador.get() < meta {
        procesos::sleep(Duration::from_millis(1));
    }
    println!("llegó a {meta}");
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
    let lock = Lock::new()?;
    let meta = i64::from(procesos) * i64::from(veces);
    Process::new(vigilar, (contador.clone(), meta)).start()?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(incrementar, (contador.clone(), lock.clone(), veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
