// error: unshared_variable
// rompe: un_proceso.result total.result hijos.children_add
// A static is not shared: each process has its own copy, and the parent sees 0.

use std::sync::atomic::{AtomicI64, Ordering};

use procesos::{Lock, Process, Result, Value};

static TOTAL: AtomicI64 = AtomicI64::new(0);

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        TOTAL.fetch_add(1, Ordering::SeqCst);
        guardia.release();
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
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(TOTAL.load(Ordering::SeqCst))
}
