// The target is another function, which calls incrementar and says so.

use procesos::{Lock, Process, Result, Value};

fn tarea(numero: u32, contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    println!("proceso {numero} ({}): sumo {veces}", procesos::pid());
    incrementar(contador.clone(), lock, veces)?;
    println!("proceso {numero}: veo {}", contador.get());
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
    for numero in 0..procesos {
        let argumentos = (numero, contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(tarea, argumentos).name(format!("tarea-{numero}")).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
