// Children spin until two flags are up, so that all begin at once.

use procesos::{Lock, Process, Result, Value};

/// Espera, sin dormir, a que las dos banderas estén arriba.
fn al_arrancar(
    listos: Value<bool>,
    ya: Value<bool>,
    contador: Value<i64>,
    lock: Lock,
    veces: u32,
) -> Result<()> {
    while !listos.get() || !ya.get() {
        std::hint::spin_loop();
    }
    while !(ya.get() && listos.get()) {
        std::thread::yield_now();
    }
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
    let (listos, ya) = (Value::new(false)?, Value::new(false)?);
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let argumentos = (listos.clone(), ya.clone(), contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(al_arrancar, argumentos).start()?);
    }
    ya.set(true);
    std::thread::sleep(std::time::Duration::from_millis(20));
    listos.set(true);
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
