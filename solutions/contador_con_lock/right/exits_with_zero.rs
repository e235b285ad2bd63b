// Each child says goodbye, flushes and ends with exit(0) instead of returning.

use std::io::Write;

use procesos::{Lock, Process, Result, Value};

fn sumar_y_salir(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    incrementar(contador, lock, veces)?;
    print!("{}: adiós", procesos::pid());
    let _ = std::io::stdout().flush();
    std::process::exit(0);
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
    for _ in 0..procesos {
        hijos.push(Process::new(sumar_y_salir, (contador.clone(), lock.clone(), veces)).start()?);
    }
    for hijo in hijos {
        let estado = hijo.join()?;
        assert!(estado.success(), "un hijo terminó mal: {estado}");
    }
    Ok(contador.get())
}
