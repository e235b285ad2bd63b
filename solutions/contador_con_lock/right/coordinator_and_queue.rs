// A coordinator starts and joins the workers and puts the total in a queue; the parent gets it before it
// joins.

use procesos::{Lock, Process, Queue, Result, Value};

/// Hace de padre: inicia, espera y manda el total.
fn coordinar(procesos: u32, veces: u32, total: Queue<i64>) -> Result<()> {
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(incrementar, (contador.clone(), lock.clone(), veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    total.put(&contador.get())
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
    let total = Queue::bounded(1)?;
    let coordinador = Process::new(coordinar, (procesos, veces, total.clone())).start()?;
    let suma = total.get()?;
    coordinador.join()?;
    Ok(suma)
}
