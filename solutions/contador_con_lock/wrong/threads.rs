// error: thread_not_process
// rompe: hijos.children_add hijos.started_before_join total.processes
// Threads instead of processes.

use std::thread;

use procesos::{Lock, Result, Value};

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
    let mut hilos = Vec::new();
    for _ in 0..procesos {
        let (contador, lock) = (contador.clone(), lock.clone());
        hilos.push(thread::spawn(move || incrementar(contador, lock, veces)));
    }
    for hilo in hilos {
        hilo.join().expect("un hilo no falla")?;
    }
    Ok(contador.get())
}
