// error: no_lock
// rompe: cada_tramo.result
// The workers take the number of their range from a shared value: two may take the same.

use procesos::{Process, Queue, Result, Value};
use serde::{Deserialize, Serialize};
use std::ops::Range;

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

/// Toma el tramo que sigue y lo cuenta.
fn tomar_y_contar(
    tramos: Vec<Range<u64>>,
    siguiente: Value<u32>,
    cola: Queue<Conteo>,
) -> Result<()> {
    let cual = siguiente.get();
    siguiente.set(cual + 1);
    trabajador(tramos[cual as usize].clone(), cola)
}

/// Inicia un proceso por tramo, todos antes de esperar al primero; luego los espera a todos.
pub fn ejecutar(limite: u64, n: usize, cola: &Queue<Conteo>) -> Result<()> {
    let tramos = repartir(limite, n);
    let siguiente = Value::new(0)?;
    let mut hijos = Vec::new();
    for _ in 0..n {
        hijos.push(
            Process::new(
                tomar_y_contar,
                (tramos.clone(), siguiente.clone(), cola.clone()),
            )
            .start()?,
        );
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(())
}
