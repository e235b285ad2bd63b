// collect starts all, try_for_each joins all; the target is a function pointer in a variable.

use procesos::{Child, Lock, Process, Result, Value};

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
    let tarea: fn(Value<i64>, Lock, u32) -> Result<()> = incrementar;
    let hijos: Vec<Child> = (0..procesos)
        .map(|_| Process::new(tarea, (contador.clone(), lock.clone(), veces)).start())
        .collect::<Result<_>>()?;
    hijos.into_iter().try_for_each(|hijo| hijo.join().map(drop))?;
    Ok(contador.get())
}
