// A table of function pointers: each child adds in another way.

use std::time::Duration;

use procesos::{Lock, Process, Result, Value};

type Modo = fn(Value<i64>, Lock, u32) -> Result<()>;

const MODOS: [(&str, Modo); 4] = [
    ("esperando", incrementar),
    ("probando", probando),
    ("con-limite", con_limite),
    ("de-una-vez", de_una_vez),
];

fn probando(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    let mut hechas = 0;
    while hechas < veces {
        match lock.try_acquire()? {
            Some(_guardia) => {
                contador.set(contador.get() + 1);
                hechas += 1;
            }
            None => std::thread::yield_now(),
        }
    }
    Ok(())
}

fn con_limite(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = loop {
            if let Some(guardia) = lock.acquire_timeout(Duration::from_millis(1))? {
                break guardia;
            }
        };
        contador.set(contador.get() + 1);
        drop(guardia);
    }
    Ok(())
}

fn de_una_vez(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    let _guardia = lock.acquire()?;
    (0..veces).for_each(|_| contador.set(contador.get() + 1));
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
    let mut hijos = Vec::new();
    for (nombre, modo) in MODOS.iter().cycle().take(procesos as usize) {
        let argumentos = (contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(*modo, argumentos).name(*nombre).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
