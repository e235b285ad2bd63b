// A Pool works out what the total should be, in tasks that begin before the children.

use procesos::{Lock, Pool, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
    Ok(())
}

/// Lo que suma un proceso.
fn aporte(veces: u32) -> i64 {
    i64::from(veces)
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
    pool.close()?;
    pool.join()?;
    Ok(contador.get())
}
