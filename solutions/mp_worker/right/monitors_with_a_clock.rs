// The parent shows progress with a clock while it asks who is alive; the workers compute chunks as many as processors.

use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use procesos::{Child, Process, Queue, Result};
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

/// Se ejecuta en el hijo: cuenta los primos de su tramo por trozos, tantos como procesadores.
pub fn trabajador(rango: Range<u64>, cola: Queue<Conteo>) -> Result<()> {
    let (pid, ppid) = (procesos::pid(), procesos::ppid());
    let trozos = thread::available_parallelism().map_or(1, usize::from) as u64;
    let paso = (rango.end - rango.start).div_ceil(trozos).max(1);
    let inicio = Instant::now();
    let mut primos = 0;
    for desde in rango.clone().step_by(paso as usize) {
        primos += contar_primos(desde..(desde + paso).min(rango.end));
        println!("trabajador {pid}: {primos} hasta ahora, {} ms", inicio.elapsed().as_millis());
        thread::sleep(Duration::from_millis(3));
    }
    println!("trabajador {pid} (padre {ppid}): {primos} primos en {rango:?}");
    cola.put(&Conteo { rango, pid, ppid, primos })
}

/// Cuántos de los hijos siguen.
fn vivos(hijos: &mut [Child]) -> Result<usize> {
    let mut cuantos = 0;
    for hijo in hijos {
        cuantos += usize::from(hijo.is_alive()?);
    }
    Ok(cuantos)
}

/// Inicia un proceso por tramo, todos antes de esperar al primero; luego los espera a todos.
pub fn ejecutar(limite: u64, n: usize, cola: &Queue<Conteo>) -> Result<()> {
    let mut hijos = Vec::new();
    for rango in repartir(limite, n) {
        hijos.push(Process::new(trabajador, (rango, cola.clone())).start()?);
    }
    let inicio = Instant::now();
    let mut ultimo = Duration::ZERO;
    loop {
        let quedan = vivos(&mut hijos)?;
        if quedan == 0 {
            break;
        }
        if inicio.elapsed() - ultimo > Duration::from_millis(1) {
            ultimo = inicio.elapsed();
            println!("quedan {quedan} a los {ultimo:?}");
        }
        thread::sleep(Duration::from_micros(500));
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(())
}
