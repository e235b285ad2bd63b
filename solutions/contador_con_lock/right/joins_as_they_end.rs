// Joins in the order in which they end, with a Vec<Option<Child>> and a short wait for each.

use std::time::Duration;

use procesos::{Lock, Process, Result, Value};

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
    for _ in 0..procesos {
        hijos.push(Some(Process::new(incrementar, (contador.clone(), lock.clone(), veces)).start()?));
    }
    while hijos.iter().any(Option::is_some) {
        for lugar in &mut hijos {
            let Some(hijo) = lugar else { continue };
            if let Some(estado) = hijo.join_timeout(Duration::from_millis(1))? {
                println!("{} terminó: {estado}", hijo.pid());
                *lugar = None;
            }
        }
    }
    Ok(contador.get())
}
