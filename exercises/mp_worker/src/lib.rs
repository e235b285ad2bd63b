//! mp_worker: varios procesos cuentan números primos al mismo tiempo.

use std::ops::Range;

use procesos::{Queue, Result};
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
///
/// `limite` es al menos 2 y `n` al menos 1. Si hay números de sobra, a cada tramo le toca alguno.
pub fn repartir(limite: u64, n: usize) -> Vec<Range<u64>> {
    todo!("partir 2..limite en n tramos seguidos, sin perder el resto de la división")
}

/// Se ejecuta en el hijo: cuenta los primos de su tramo, lo muestra y pone un `Conteo` en la cola.
pub fn trabajador(rango: Range<u64>, cola: Queue<Conteo>) -> Result<()> {
    todo!("contar los primos del tramo, mostrarlo y poner un Conteo en la cola")
}

/// Inicia un proceso por tramo, todos antes de esperar al primero; luego los espera a todos.
///
/// No lee la cola: tiene sitio para los `n` conteos y la lee main.rs.
pub fn ejecutar(limite: u64, n: usize, cola: &Queue<Conteo>) -> Result<()> {
    todo!("iniciar un proceso por tramo y después esperarlos a todos")
}
