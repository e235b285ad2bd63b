// A tree: coordinators start coordinators, which start the children that add.

use procesos::{Child, Lock, Process, Result, Value};

/// Reparte `cuantos` sumadores entre dos mitades; cuando queda uno, suma.
fn nodo(contador: Value<i64>, lock: Lock, veces: u32, cuantos: u32, nivel: usize) -> Result<()> {
    let sangria = "  ".repeat(nivel);
    println!("{sangria}{}: {cuantos} bajo mi cargo", procesos::pid());
    if cuantos == 1 {
        return incrementar(contador, lock, veces);
    }
    let izquierda = cuantos / 2;
    let mut hijos: Vec<Child> = Vec::new();
    for parte in [izquierda, cuantos - izquierda] {
        hijos.push(Process::new(nodo, (contador.clone(), lock.clone(), veces, parte, nivel + 1)).start()?);
    }
    for hijo in hijos.into_iter().rev() {
        hijo.join()?;
    }
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
    if procesos > 0 {
        // Una raíz que también es un hijo: el padre solo la espera a ella.
        Process::new(nodo, (contador.clone(), lock, veces, procesos, 0)).start()?.join()?;
    }
    Ok(contador.get())
}
