// Tries until a deadline of its own, and only then waits for the lock.

use std::time::{Duration, Instant};

use procesos::{Lock, LockGuard, Process, Result, Value};

/// Toma el lock: primero prueba un rato, y si no puede, espera lo que haga falta.
fn tomar(lock: &Lock) -> Result<LockGuard<'_>> {
    let limite = Instant::now() + Duration::from_millis(3);
    let mut intentos = 0;
    while Instant::now() < limite {
        if let Some(guardia) = lock.try_acquire()? {
            return Ok(guardia);
        }
        intentos += 1;
        if intentos % 4 == 0 {
            std::thread::yield_now();
        }
    }
    Ok(lock.acquire()?)
}

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    let inicio = Instant::now();
    for vuelta in 0..veces {
        let guardia = tomar(&lock)?;
        let leido = contador.get();
        if vuelta == 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
        contador.set(leido + 1);
        guardia.release();
    }
    println!("{}: {veces} veces en {:?}", procesos::pid(), inicio.elapsed());
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for numero in 1..=procesos {
        let argumentos = (contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(incrementar, argumentos).name(format!("incrementar-{numero}")).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
