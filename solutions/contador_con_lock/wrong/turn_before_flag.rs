// error: check_then_act
// rompe: total.result
// Peterson's algorithm with its first two lines exchanged: both get in when one is late.

use procesos::{Lock, Process, Result, Value};

/// Uno de los dos que se turnan.
fn turnarse(
    contador: Value<i64>,
    turno: Value<u32>,
    mio: Value<bool>,
    suyo: Value<bool>,
    yo: u32,
    veces: u32,
) {
    for _ in 0..veces {
        turno.set(1 - yo);
        mio.set(true);
        while suyo.get() && turno.get() == 1 - yo {
            std::thread::yield_now();
        }
        contador.set(contador.get() + 1);
        mio.set(false);
    }
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
    let mut hijos = Vec::new();
    if procesos == 2 {
        let (turno, uno, otro) = (Value::new(0)?, Value::new(false)?, Value::new(false)?);
        let argumentos = (
            contador.clone(),
            turno.clone(),
            uno.clone(),
            otro.clone(),
            0,
            veces,
        );
        hijos.push(Process::new(turnarse, argumentos).start()?);
        hijos.push(Process::new(turnarse, (contador.clone(), turno, otro, uno, 1, veces)).start()?);
    } else {
        for _ in 0..procesos {
            hijos.push(Process::new(incrementar, (contador.clone(), lock.clone(), veces)).start()?);
        }
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
