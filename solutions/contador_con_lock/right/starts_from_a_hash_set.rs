// The iteration of a HashSet decides who starts first, that of a HashMap who is joined first.

use std::collections::{HashMap, HashSet};

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
    let nombres: HashSet<String> = (1..=procesos).map(|numero| format!("sumador-{numero}")).collect();
    let mut hijos = HashMap::new();
    for nombre in &nombres {
        let proceso = Process::new(incrementar, (contador.clone(), lock.clone(), veces)).name(nombre);
        hijos.insert(nombre.as_str(), proceso.start()?);
    }
    for (nombre, hijo) in hijos.drain() {
        println!("{nombre}: {}", hijo.join()?);
    }
    Ok(contador.get())
}
