// Sleeps for random-looking lengths to simulate work, and writes the time of day on each line.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use procesos::{Lock, Process, Result, Value};

/// Un tiempo entre 0 y `maximo` milisegundos, al azar.
fn azar(maximo: u64) -> Duration {
    Duration::from_millis(RandomState::new().hash_one(procesos::pid()) % (maximo + 1))
}

fn anotar(texto: &str) {
    let hora = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    println!("[{}.{:03}] {}: {texto}", hora.as_secs(), hora.subsec_millis(), procesos::pid());
}

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    anotar("empieza");
    for vuelta in 0..veces {
        if vuelta < 5 {
            std::thread::sleep(azar(40));
        }
        let guardia = lock.acquire()?;
        let leido = contador.get();
        if vuelta < 3 {
            std::thread::sleep(azar(7));
            anotar(&format!("leyó {leido}"));
        }
        contador.set(leido + 1);
        guardia.release();
    }
    anotar("termina");
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
