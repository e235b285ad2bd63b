// error: child_returns_a_value
// no_compila: E0277
// Expects the return value of the target, which nobody receives: results travel by a Value, a queue or a
// pipe.

use procesos::{Lock, Process, Result, Value};

fn sumar(veces: u32) -> i64 {
    i64::from(veces)
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
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(sumar, (veces,)).start()?);
    }
    let mut total = 0;
    for hijo in hijos {
        total += hijo.join()?;
    }
    Ok(total)
}
