// Long messages and many of them, on both streams, made with format! and write!.

use std::fmt::Write;
use std::ops::Range;

use procesos::{Process, Queue, Result};
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

/// Se ejecuta en el hijo: cuenta los primos de su tramo, lo muestra y pone un `Conteo` en la cola.
pub fn trabajador(rango: Range<u64>, cola: Queue<Conteo>) -> Result<()> {
    let (pid, ppid) = (procesos::pid(), procesos::ppid());
    let mut informe = String::new();
    let mut primos = 0;
    for numero in rango.clone() {
        let es = contar_primos(numero..numero + 1);
        primos += es;
        let _ = writeln!(
            informe,
            "[{pid:>7}] {numero:>5} {} {}",
            ["no", "sí"][es as usize],
            "·".repeat(es as usize * 40)
        );
        eprint!("{numero} ");
    }
    eprintln!();
    print!("{informe}");
    let linea = "=".repeat(900);
    println!("{linea}\ntrabajador {pid} (padre {ppid}): {primos} primos en {rango:?}\n{linea}");
    cola.put(&Conteo { rango, pid, ppid, primos })
}

/// Inicia un proceso por tramo, todos antes de esperar al primero; luego los espera a todos.
pub fn ejecutar(limite: u64, n: usize, cola: &Queue<Conteo>) -> Result<()> {
    let argumentos: Vec<String> = std::env::args().collect();
    println!("{} con {:?}", argumentos[0].rsplit('/').next().unwrap_or(""), &argumentos[1..]);
    let mut hijos = Vec::new();
    for (numero, rango) in repartir(limite, n).into_iter().enumerate() {
        println!("inicio el {numero}: {rango:?}");
        let proceso = Process::new(trabajador, (rango, cola.clone()));
        hijos.push(proceso.name(format!("trabajador que cuenta el tramo número {numero} de {n}")).start()?);
    }
    for hijo in hijos {
        let nombre = hijo.name().to_owned();
        println!("{nombre}: {}", hijo.join()?);
    }
    Ok(())
}
