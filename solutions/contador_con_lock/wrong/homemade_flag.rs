// error: check_then_act
// segun_orden: total.result
// A Value<bool> as a lock: looking at the flag and setting it are two steps as well.

use std::time::Duration;

use procesos::{Lock, Process, Result, Value};

/// Suma mientras nadie más dice estar ocupado.
fn incrementar_con_bandera(contador: Value<i64>, ocupado: Value<bool>, veces: u32) -> Result<()> {
    for _ in 0..veces {
        while ocupado.get() {
            procesos::sleep(Duration::from_micros(50));
        }
        ocupado.set(true);
        contador.set(contador.get() + 1);
        ocupado.set(false);
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
    let ocupado = Value::new(false)?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let argumentos = (contador.clone(), ocupado.clone(), veces);
        hijos.push(Process::new(incrementar_con_bandera, argumentos).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
