// error: task_waits_for_nobody
// rompe: total.ends
// A task of a Pool gets from a queue of its own, into which nobody puts: its result is waited for in vain.

use procesos::{Lock, Pool, Process, Queue, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
    Ok(())
}

/// Lo que suma un proceso, y lo que alguien ponga en una cola.
fn aporte(veces: u32) -> Result<i64> {
    let extras = Queue::<i64>::bounded(1)?;
    let extra = extras.get()?;
    Ok(i64::from(veces) + extra)
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let (contador, lock) = (Value::new(0)?, Lock::new()?);
    let pool = Pool::new(2)?;
    let aportes = pool.map_async(aporte, (0..procesos).map(|_| veces))?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        hijos.push(Process::new(incrementar, (contador.clone(), lock.clone(), veces)).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    assert_eq!(aportes.get()?.iter().sum::<i64>(), contador.get());
    Ok(contador.get())
}
