//! Programa de `mp_worker`. No hace falta cambiarlo: lo tuyo está en `lib.rs`.
//!
//! ```text
//! cargo run -p mp_worker                        mide el tiempo con 1 proceso y con 4
//! cargo run -p mp_worker -- medir 2000000 8     hasta 2000000, con 1 proceso y con 8
//! cargo run -p mp_worker -- ejecutar 100 3      los primos menores que 100, con 3 procesos
//! cargo run -p mp_worker -- repartir 100 3      solo el reparto
//! ```

use std::collections::BTreeSet;
use std::ops::Range;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use mp_worker::{Conteo, ejecutar, repartir};
use procesos::{Driver, Error, Queue, Result};

fn main() -> ExitCode {
    procesos::program(|driver| {
        let modo = driver.arg(0).unwrap_or("medir").to_owned();
        match modo.as_str() {
            "medir" => modo_medir(driver),
            "repartir" => modo_repartir(driver),
            "ejecutar" => modo_ejecutar(driver),
            otro => Err(Error::usage(format!(
                "modo desconocido: «{otro}». Los modos son medir, repartir y ejecutar"
            ))),
        }
    })
}

/// El mismo trabajo con un proceso y con `n`. El tiempo se muestra; nadie lo evalúa.
fn modo_medir(driver: &mut Driver) -> Result<()> {
    let limite: u64 = driver.number(1, 1_000_000)?;
    let n: usize = driver.number(2, 4)?;
    comprobar(limite, n)?;
    let (primos, con_uno) = cronometrar(driver, limite, 1)?;
    let (tambien, con_varios) = cronometrar(driver, limite, n)?;
    driver.result("primos_con_1", primos);
    driver.result("primos_con_n", tambien);
    println!("con 1 proceso:   {:.3} s", con_uno.as_secs_f64());
    println!("con {n} procesos:  {:.3} s", con_varios.as_secs_f64());
    Ok(())
}

/// Ejecuta y devuelve el total de primos y el tiempo que tomó.
fn cronometrar(driver: &mut Driver, limite: u64, n: usize) -> Result<(u64, Duration)> {
    let cola = Queue::<Conteo>::bounded(sitio(n))?;
    let inicio = Instant::now();
    driver.call("ejecutar", || ejecutar(limite, n, &cola))?;
    let tiempo = inicio.elapsed();
    Ok((vaciar(&cola)?.iter().map(|conteo| conteo.primos).sum(), tiempo))
}

/// Solo `repartir`: qué números quedan en los tramos, y en qué orden.
fn modo_repartir(driver: &mut Driver) -> Result<()> {
    let limite: u64 = driver.number(1, 100)?;
    let n: usize = driver.number(2, 3)?;
    comprobar(limite, n)?;
    let tramos = driver.call("repartir", || repartir(limite, n));
    driver.result("tramos", tramos.iter().map(|tramo| format!("{tramo:?}")).collect::<Vec<_>>());
    driver.result("cantidad", tramos.len());
    driver.result("n", n);
    driver.result("con_trabajo", tramos.iter().filter(|tramo| !tramo.is_empty()).count());
    driver.result("numeros", numeros(&tramos, limite));
    driver.result("numeros_esperados", (2..limite).collect::<Vec<_>>());
    Ok(())
}

/// `ejecutar` entera; después se lee la cola y se revisa cada conteo.
fn modo_ejecutar(driver: &mut Driver) -> Result<()> {
    let limite: u64 = driver.number(1, 100)?;
    let n: usize = driver.number(2, 3)?;
    comprobar(limite, n)?;
    let cola = Queue::<Conteo>::bounded(sitio(n))?;
    driver.name("cola", &cola);
    driver.call("ejecutar", || ejecutar(limite, n, &cola))?;

    let conteos = vaciar(&cola)?;
    let tramos: Vec<Range<u64>> = conteos.iter().map(|conteo| conteo.rango.clone()).collect();
    let mut contados = numeros(&tramos, limite);
    contados.sort_unstable();
    let pids: BTreeSet<u32> =
        conteos.iter().map(|conteo| conteo.pid).filter(|pid| *pid != procesos::pid()).collect();
    let correcto =
        |conteo: &&Conteo| conteo.primos == primos_en(&numeros(std::slice::from_ref(&conteo.rango), limite));
    driver.result("n", n);
    driver.result("primos", conteos.iter().map(|conteo| conteo.primos).sum::<u64>());
    driver.result("primos_esperados", primos_en(&(2..limite).collect::<Vec<_>>()));
    driver.result("contados", contados);
    driver.result("contados_esperados", (2..limite).collect::<Vec<_>>());
    driver.result("conteos_correctos", conteos.iter().filter(correcto).count());
    driver.result("pids_de_hijos", pids.len());
    driver.result("con_ppid_de_otro", conteos.iter().filter(|conteo| conteo.ppid != conteo.pid).count());
    Ok(())
}

/// Los argumentos que el ejercicio promete.
fn comprobar(limite: u64, n: usize) -> Result<()> {
    if limite < 2 || n < 1 {
        return Err(Error::usage(format!("hace falta limite >= 2 y n >= 1, y son {limite} y {n}")));
    }
    Ok(())
}

/// Capacidad de la cola: los `n` conteos, y de sobra para lo que se ponga de más.
fn sitio(n: usize) -> usize {
    2 * n + 16
}

/// Saca lo que hay en la cola.
fn vaciar(cola: &Queue<Conteo>) -> Result<Vec<Conteo>> {
    let mut conteos = Vec::new();
    while let Some(conteo) = cola.try_get()? {
        conteos.push(conteo);
    }
    Ok(conteos)
}

/// Los números de los tramos, uno tras otro; a lo sumo el doble de los que hay, por si un tramo es enorme.
fn numeros(tramos: &[Range<u64>], limite: u64) -> Vec<u64> {
    tramos.iter().cloned().flatten().take(2 * limite as usize).collect()
}

/// Cuántos de estos números son primos.
fn primos_en(numeros: &[u64]) -> u64 {
    let es_primo = |n: &&u64| **n >= 2 && (2..**n).take_while(|d| d * d <= **n).all(|d| !n.is_multiple_of(d));
    numeros.iter().filter(es_primo).count() as u64
}
