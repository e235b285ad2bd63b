// Statics, OnceLock and thread_local hold what belongs to each process alone.

use std::cell::{Cell, RefCell};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use procesos::{Lock, Process, Result, Value};

static INICIO: OnceLock<Instant> = OnceLock::new();
static INICIADOS: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static HECHAS: Cell<u32> = const { Cell::new(0) };
    static DIARIO: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn anotar(texto: String) {
    let desde = INICIO.get_or_init(Instant::now).elapsed();
    DIARIO.with_borrow_mut(|diario| diario.push(format!("{desde:?} {texto}")));
}

/// Suma 1 al contador, `veces` veces.
pub fn incrementar(contador: Value<i64>, lock: Lock, veces: u32) -> Result<()> {
    while HECHAS.get() < veces {
        let guardia = lock.acquire()?;
        let leido = contador.get();
        contador.set(leido + 1);
        guardia.release();
        HECHAS.set(HECHAS.get() + 1);
        if HECHAS.get() <= 4 {
            anotar(format!("{leido} -> {}", leido + 1));
        }
    }
    // La función puede llamarse otra vez en este mismo proceso.
    HECHAS.set(0);
    DIARIO.take().iter().for_each(|linea| println!("{linea}"));
    Ok(())
}

/// Inicia `procesos` procesos que suman `veces` cada uno, los espera a todos y devuelve el total.
pub fn contar(procesos: u32, veces: u32) -> Result<i64> {
    INICIO.get_or_init(Instant::now);
    let contador = Value::new(0)?;
    let lock = Lock::new()?;
    let mut hijos = Vec::new();
    for _ in 0..procesos {
        let numero = INICIADOS.fetch_add(1, Ordering::Relaxed) + 1;
        let argumentos = (contador.clone(), lock.clone(), veces);
        hijos.push(Process::new(incrementar, argumentos).name(format!("incrementar-{numero}")).start()?);
    }
    for hijo in hijos {
        hijo.join()?;
    }
    Ok(contador.get())
}
