// error: pool_instead_of_processes
// rompe: cada_tramo.own_process cada_tramo.result a_la_vez.processes a_la_vez.started_before_join
// A Pool of n workers does the parts: its workers are nobody's children, and which of them does a part is not said.

use std::ops::Range;

use procesos::{Pool, Queue, Result};
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
    let es_primo = |n: &u64| *n >= 2 && (2..).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d));
    rango.filter(es_primo).count() as u64
}

/// Parte `2..limite` en `n` tramos seguidos. Siempre `n`: si sobran tramos, quedan vacíos.
pub fn repartir(limite: u64, n: usize) -> Vec<Range<u64>> {
    let (cantidad, n) = (limite - 2, n as u64);
    let borde = |i: u64| 2 + cantidad * i / n;
    (0..n).map(|i| borde(i)..borde(i + 1)).collect()
}

/// Cuenta los primos de un tramo y muestra cuántos hay.
fn tramo(rango: Range<u64>) -> Conteo {
    let (pid, ppid) = (procesos::pid(), procesos::ppid());
    let primos = contar_primos(rango.clone());
    println!("trabajador {pid} (padre {ppid}): {primos} primos en {rango:?}");
    Conteo { rango, pid, ppid, primos }
}

/// Se ejecuta en el hijo: cuenta los primos de su tramo, lo muestra y pone un `Conteo` en la cola.
pub fn trabajador(rango: Range<u64>, cola: Queue<Conteo>) -> Result<()> {
    cola.put(&tramo(rango))
}

/// Deja los tramos a un Pool y pone lo que dan.
pub fn ejecutar(limite: u64, n: usize, cola: &Queue<Conteo>) -> Result<()> {
    let pool = Pool::new(n)?;
    for conteo in pool.map(tramo, repartir(limite, n))? {
        cola.put(&conteo)?;
    }
    pool.close()?;
    pool.join()
}
