// error: fork_bomb
// rompe: total.result
// Each child starts those that come after it: 2^n processes add.

use procesos::{Lock, Process, Result, Value};

/// Suma, e inicia otra vez a los que siguen.
fn rama(contador: Value<i64>, lock: Lock, veces: u32, siguientes: u32) -> Result<()> {
    let mut hijos = Vec::new();
    for cuantos in 0..siguientes {
        hijos.push(Process::new(rama, (contador.clone(), lock.clone(), veces, cuantos)).start()?);
    }
    incrementar(contador, lock, veces)?;
    for hijo in hijos {
        hijo.join()?;
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
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for cuantos in 0..procesos {
        hijos.push(Process::new(rama, (contador.clone(), lock.clone(), veces, cuantos)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
