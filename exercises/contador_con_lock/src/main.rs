//! Programa de `contador_con_lock`. No hace falta cambiarlo: lo tuyo está en `lib.rs`.
//!
//! ```text
//! cargo run -p contador_con_lock                          4 procesos que suman 1000 veces cada uno
//! cargo run -p contador_con_lock -- contar 8 5000         8 procesos, 5000 veces
//! cargo run -p contador_con_lock -- incrementar 3 10      tu `incrementar` en 3 procesos que inicia main.rs
//! cargo run -p contador_con_lock -- solo 10 5             tu `incrementar` sin otros procesos, desde el valor 5
//! ```

use std::process::ExitCode;

use contador_con_lock::{contar, incrementar};
use procesos::{Driver, Error, Lock, Process, Result, Value};

fn main() -> ExitCode {
    procesos::program(|driver| {
        let modo = driver.arg(0).unwrap_or("contar").to_owned();
        match modo.as_str() {
            "contar" => modo_contar(driver),
            "incrementar" => modo_incrementar(driver),
            "solo" => modo_solo(driver),
            otro => Err(Error::usage(format!(
                "modo desconocido: «{otro}». Los modos son contar, incrementar y solo"
            ))),
        }
    })
}

/// `contar` entera: el contador, el lock y los procesos los crea la función.
fn modo_contar(driver: &mut Driver) -> Result<()> {
    let procesos: u32 = driver.number(1, 4)?;
    let veces: u32 = driver.number(2, 1000)?;
    let total = driver.call("contar", || contar(procesos, veces))?;
    driver.result("total", total);
    driver.result("esperado", i64::from(procesos) * i64::from(veces));
    driver.result("procesos", procesos);
    driver.result("veces", veces);
    Ok(())
}

/// Solo `incrementar`, en procesos que inicia este archivo: si el total falla aquí, la falla está en `incrementar`.
fn modo_incrementar(driver: &mut Driver) -> Result<()> {
    let procesos: u32 = driver.number(1, 2)?;
    let veces: u32 = driver.number(2, 1000)?;
    let contador = Value::new(0i64)?;
    let lock = Lock::new()?;
    driver.name("contador", &contador);
    driver.name("lock", &lock);
    let mut hijos = Vec::new();
    for numero in 1..=procesos {
        let argumentos = (contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(incrementar, argumentos).name(format!("incrementar-{numero}")).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    driver.result("total", contador.get());
    driver.result("esperado", i64::from(procesos) * i64::from(veces));
    Ok(())
}

/// Solo `incrementar`, en este mismo proceso y sin nadie más: aquí no hay carrera posible.
fn modo_solo(driver: &mut Driver) -> Result<()> {
    let veces: u32 = driver.number(1, 10)?;
    let inicio: i64 = driver.number(2, 5)?;
    let contador = Value::new(inicio)?;
    let lock = Lock::new()?;
    driver.name("contador", &contador);
    driver.name("lock", &lock);
    driver.call("incrementar", || incrementar(contador.clone(), lock.clone(), veces))?;
    driver.result("total", contador.get());
    driver.result("esperado", inicio + i64::from(veces));
    Ok(())
}
