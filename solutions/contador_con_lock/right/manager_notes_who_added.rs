// The children also note in a list and a dictionary of a Manager what they did.

use procesos::{DictProxy, ListProxy, Lock, Manager, Process, Result, Value};

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for _ in 0..veces {
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
    Ok(())
}

/// Suma, y anota en el Manager quién sumó y cuánto.
fn sumar_y_anotar(
    (numero, veces): (u32, u32),
    contador: Value<i64>,
    lock: Lock,
    quienes: ListProxy<u32>,
    sumas: DictProxy<u32, u32>,
) -> Result<()> {
    incrementar(contador, lock, veces)?;
    quienes.append(&numero)?;
    sumas.set(&numero, &veces)
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    let (contador, lock) = (Value::new(0)?, Lock::new()?);
    let manager = Manager::start()?;
    let (quienes, sumas) = (manager.list()?, manager.dict()?);
    let mut hijos = Vec::new();
    for numero in 0..procesos {
        let argumentos = ((numero, veces), contador.clone(), lock.clone(), quienes.clone(), sumas.clone());
        hijos.push(Process::new(sumar_y_anotar, argumentos).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    let mut todos = quienes.to_vec()?;
    todos.sort_unstable();
    assert!(todos.into_iter().eq(0..procesos));
    assert_eq!(sumas.values()?.iter().sum::<u32>(), procesos * veces);
    Ok(contador.get())
}
