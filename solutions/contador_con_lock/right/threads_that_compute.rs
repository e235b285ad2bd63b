// Threads inside a process compute, with a clock and sleeps; only the first thread uses the library.

use std::thread;
use std::time::{Duration, Instant};

use procesos::{Lock, Process, Result, Value};

/// Cuánto hay que sumar, contado por dos hilos; cada uno tarda un poco.
fn en_hilos(veces: u32) -> u32 {
    let inicio = Instant::now();
    let mitades = [veces / 2, veces - veces / 2];
    let contadas = thread::scope(|hilos| {
        let tareas = mitades.map(|mitad| {
            hilos.spawn(move || {
                let limite = inicio + Duration::from_micros(300);
                while Instant::now() < limite {
                    std::hint::spin_loop();
                }
                thread::sleep(Duration::from_micros(100));
                (0..mitad).map(|_| 1).sum::<u32>()
            })
        });
        tareas.into_iter().map(|tarea| tarea.join().unwrap_or(0)).sum()
    });
    println!("{}: {contadas} en {:?}", procesos::pid(), inicio.elapsed());
    contadas
}

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..en_hilos(veces) {
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
    for numero in 1..=procesos {
        let argumentos = (contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(incrementar, argumentos).name(format!("incrementar-{numero}")).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
