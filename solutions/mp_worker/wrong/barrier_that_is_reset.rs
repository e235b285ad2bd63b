// error: set_clear
// rompe: cada_tramo.ends
// The last one to arrive opens the barrier and soon closes it again: one that has not looked meanwhile waits for ever.

use std::ops::Range;
use std::time::Duration;

use procesos::{Lock, Process, Queue, Result, Value};
use serde::{Deserialize, Serialize};

/// Lo que un trabajador pone en la cola (no cambiar).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conteo {
    /// El tramo que contó.
    pub rango: Range<u64>,
    /// El pid del proceso que lo contó.
    pub pid: u32,
    /// El pid de su padre.
    pub ppid: u32,
    /// Cuántos primos hay en el tramo.
    pub primos: u64,
}

/// Cuenta los primos de un tramo, sin prisa: es el trabajo de CPU de este ejercicio (no cambiar).
pub fn contar_primos(rango: Range<u64>) -> u64 {
    let es_primo = |n: &u64| {
        *n >= 2
            && (2..)
                .take_while(|d| d * d <= *n)
                .all(|d| !n.is_multiple_of(d))
    };
    rango.filter(es_primo).count() as u64
}

/// Parte `2..limite` en `n` tramos seguidos. Siempre `n`: si sobran tramos, quedan vacíos.
pub fn repartir(limite: u64, n: usize) -> Vec<Range<u64>> {
    let (cantidad, n) = (limite - 2, n as u64);
    let borde = |i: u64| 2 + cantidad * i / n;
    (0..n).map(|i| borde(i)..borde(i + 1)).collect()
}

/// Se ejecuta en el hijo: cuenta los primos de su tramo, lo muestra y pone un `Conteo` en la cola.
pub fn trabajador(rango: Range<u64>, cola: Queue<Conteo>) -> Result<()> {
    let (pid, ppid) = (procesos::pid(), procesos::ppid());
    let primos = contar_primos(rango.clone());
    println!("trabajador {pid} (padre {ppid}): {primos} primos en {rango:?}");
    cola.put(&Conteo {
        rango,
        pid,
        ppid,
        primos,
    })
}

/// Espera a que lleguen los demás, y cuenta.
fn juntos(
    rango: Range<u64>,
    cola: Queue<Conteo>,
    lock: Lock,
    llegaron: Value<u32>,
    cuantos: u32,
) -> Result<()> {
    let guardia = lock.acquire()?;
    llegaron.set(llegaron.get() + 1);
    let ultimo = llegaron.get() == cuantos;
    guardia.release();
    if ultimo {
        std::thread::sleep(Duration::from_millis(200));
        llegaron.set(0);
    } else {
        while llegaron.get() < cuantos {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    trabajador(rango, cola)
}

/// Inicia un proceso por tramo, todos antes de esperar al primero; luego los espera a todos.
pub fn ejecutar(limite: u64, n: usize, cola: &Queue<Conteo>) -> Result<()> {
    let (lock, llegaron) = (Lock::new()?, Value::new(0)?);
    let mut hijos = Vec::new();
    for rango in repartir(limite, n) {
        let argumentos = (
            rango,
            cola.clone(),
            lock.clone(),
            llegaron.clone(),
            n as u32,
        );
        hijos.push(Process::new(juntos, argumentos).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(())
}
