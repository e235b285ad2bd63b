// error: two_lock_order
// rompe: total.ends
// Three locks in a ring, as the philosophers' forks: it takes three children, each with its first one.

use procesos::{Lock, Process, Result, Value};

/// Suma con su lock y el del vecino tomados, además del de todos.
fn entre_dos(
    contador: Value<i64>,
    lock: Lock,
    propio: Lock,
    vecino: Lock,
    veces: u32,
) -> Result<()> {
    let _propio = propio.acquire()?;
    let _vecino = vecino.acquire()?;
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
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let anillo = [Lock::new()?, Lock::new()?, Lock::new()?];
    let mut hijos = Vec::new();
    for numero in 0..procesos as usize {
        let (propio, vecino) = (anillo[numero % 3].clone(), anillo[(numero + 1) % 3].clone());
        hijos.push(
            Process::new(
                entre_dos,
                (contador.clone(), lock.clone(), propio, vecino, veces),
            )
            .start()?,
        );
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
