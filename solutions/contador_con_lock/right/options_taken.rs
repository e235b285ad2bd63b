// `Vec<Option<Child>>`: asks with pauses who has ended, and takes those out.

use std::time::Duration;

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
    let mut hijos: Vec<Option<Child>> = Vec::new();
    for numero in 1..=procesos {
        let argumentos = (contador.clone(), lock.clone(), veces);
        let proceso = Process::new(incrementar, argumentos).name(format!("incrementar-{numero}"));
        hijos.push(Some(proceso.start()?));
    }
    while hijos.iter().any(Option::is_some) {
        for hijo in &mut hijos {
            let terminó = match hijo.as_mut() {
                Some(vivo) => !vivo.is_alive()?,
                None => false,
            };
            if terminó && let Some(listo) = hijo.take() {
                println!("{}: {}", listo.name().to_owned(), listo.join()?);
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(contador.get())
}
