// error: check_then_act
// rompe: total.ends
// Each counts itself out under the lock, but looks whether it was the last one outside: two may both have been.

use procesos::{Lock, Process, Queue, Result, Value};

/// Suma lo suyo; el último avisa.
fn sumar_y_avisar(
    contador: Value<i64>,
    lock: Lock,
    veces: u32,
    faltan: Value<u32>,
    aviso: Queue<()>,
) -> Result<()> {
    incrementar(contador, lock.clone(), veces)?;
    let guardia = lock.acquire()?;
    faltan.set(faltan.get() - 1);
    guardia.release();
    if faltan.get() == 0 {
        aviso.put(&())?;
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
    let faltan = Value::new(procesos)?;
    let aviso = Queue::bounded(1)?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let argumentos = (
            contador.clone(),
            lock.clone(),
            veces,
            faltan.clone(),
            aviso.clone(),
        );
        hijos.push(Process::new(sumar_y_avisar, argumentos).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    if procesos > 0 {
        aviso.get()?;
    }
    Ok(contador.get())
}
