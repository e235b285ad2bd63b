// error: set_clear
// rompe: total.ends
// A child says that it waits, and only then looks; the parent tells those who already wait: one may be told too early.

use procesos::{Lock, Process, Queue, Result, Value};

/// Espera el aviso, salvo que ya se pueda, y suma.
fn esperar_y_sumar(
    contador: Value<i64>,
    lock: Lock,
    veces: u32,
    abierto: Value<bool>,
    esperando: Value<u32>,
    aviso: Queue<()>,
) -> Result<()> {
    if !abierto.get() {
        let guardia = lock.acquire()?;
        esperando.set(esperando.get() + 1);
        guardia.release();
        aviso.get()?;
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
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let (abierto, esperando) = (Value::new(false)?, Value::new(0)?);
    let aviso = Queue::bounded(procesos.max(1) as usize)?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let argumentos = (
            contador.clone(),
            lock.clone(),
            veces,
            abierto.clone(),
            esperando.clone(),
            aviso.clone(),
        );
        hijos.push(Process::new(esperar_y_sumar, argumentos).start()?);
    }
    abierto.set(true);
    for _ in 0..esperando.get() {
        aviso.put(&())?;
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
