// The children are joined by the Drop of what holds them.

use procesos::{Child, Lock, Process, Result, Value};

/// Espera a sus procesos cuando deja de usarse.
struct Equipo(Vec<Child>);

impl Drop for Equipo {
    fn drop(&mut self) {
        for hijo in self.0.drain(..) {
            let estado = hijo.join();
            println!("{estado:?}");
        }
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
    {
        let mut equipo = Equipo(Vec::new());
        for _ in 0..procesos {
            equipo.0.push(Process::new(incrementar, (contador.clone(), lock.clone(), veces)).start()?);
        }
    }
    Ok(contador.get())
}
