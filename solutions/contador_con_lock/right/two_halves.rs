// Each process does its sums in two halves, with a second lock around the messages only.

use procesos::{Lock, Process, Result, Value};

fn tarea(contador: Value<i64>, lock: Lock, pantalla: Lock, veces: u32) -> Result<()> {
    let mitad = veces / 2;
    incrementar(contador.clone(), lock.clone(), mitad)?;
    let guardia = pantalla.acquire()?;
    println!("{} va por la mitad", procesos::pid());
    guardia.release();
    incrementar(contador, lock, veces - mitad)
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
    let pantalla = Lock::new()?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let argumentos = (contador.clone(), lock.clone(), pantalla.clone(), veces);
        hijos.push(Process::new(tarea, argumentos).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
