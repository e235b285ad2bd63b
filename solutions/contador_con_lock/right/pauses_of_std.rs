// Pauses with park_timeout and a Condvar; a thread that computes sends its results over a channel of std.

use std::sync::{Condvar, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use procesos::{Lock, Process, Result, Value};

/// Se detiene un momento, sin dormir de verdad en ninguna cola.
fn pausa() {
    thread::park_timeout(Duration::from_millis(3));
    let (nada, aviso) = (Mutex::new(()), Condvar::new());
    if let Ok(guardia) = nada.lock() {
        let _ = aviso.wait_timeout(guardia, Duration::from_millis(2));
    }
}

/// Cuenta en un hilo y recibe los resultados con paciencia.
fn en_un_hilo(veces: u32) -> u32 {
    let (envia, recibe) = mpsc::channel();
    let hilo = thread::spawn(move || {
        for numero in 1..=veces.min(3) {
            let _ = envia.send(numero);
        }
    });
    let mut ultimo = 0;
    loop {
        match recibe.recv_timeout(Duration::from_millis(1)) {
            Ok(numero) => ultimo = numero,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    let _ = hilo.join();
    ultimo.max(veces)
}

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    for vuelta in 0..en_un_hilo(veces) {
        if vuelta < 2 {
            pausa();
        }
        let guardia = lock.acquire()?;
        contador.set(contador.get() + 1);
        guardia.release();
    }
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
