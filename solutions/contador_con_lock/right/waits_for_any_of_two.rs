// A child spins on two values by turns: what it waits for is in one or in the other.

use procesos::{Lock, Process, Result, Value};

/// Empieza cuando alguna de las dos banderas está arriba.
fn con_bandera(
    una: Value<bool>,
    otra: Value<bool>,
    contador: Value<i64>,
    lock: Lock,
    veces: u32,
) -> Result<()> {
    loop {
        let (a, b) = (una.get(), otra.get());
        if a || b {
            break;
        }
    }
    incrementar(contador, lock, veces)
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
    let (una, otra) = (Value::new(false)?, Value::new(false)?);
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let argumentos = (una.clone(), otra.clone(), contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(con_bandera, argumentos).start()?);
    }
    if procesos % 2 == 0 {
        una.set(true)
    } else {
        otra.set(true)
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
