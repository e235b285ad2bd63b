// A step panics now and then; the child catches that and tries again.

use std::panic::{AssertUnwindSafe, catch_unwind};

use procesos::{Lock, Process, Result, Value};

/// Suma 1; las primeras veces falla antes de escribir, con el lock tomado.
fn paso(contador: &Value<i64>, lock: &Lock, falla: bool) -> Result<()> {
    let _guardia = lock.acquire()?;
    let leido = contador.get();
    assert!(!falla, "el proceso {} no pudo sumar a {leido}", procesos::pid());
    contador.set(leido + 1);
    Ok(())
}

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for vuelta in 0..veces {
        let falla = vuelta % 3 == 1 && vuelta < 9;
        match catch_unwind(AssertUnwindSafe(|| paso(&contador, &lock, falla))) {
            Ok(resultado) => resultado?,
            Err(_) => paso(&contador, &lock, false)?,
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
        hijos.push(Process::new(incrementar, argumentos).name(format!("incrementar-{numero}")).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
