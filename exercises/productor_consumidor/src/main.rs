//! Programa de `productor_consumidor`. No hace falta cambiarlo: lo tuyo está en `lib.rs`.
//!
//! ```text
//! cargo run -p productor_consumidor                        2 productores de 5 items, 3 consumidores, capacidad 4
//! cargo run -p productor_consumidor -- ejecutar 3 2 10 1   3 productores de 10 items, 2 consumidores, capacidad 1
//! ```

use std::collections::BTreeMap;
use std::process::ExitCode;

use procesos::{Driver, Error, Queue, Result};
use productor_consumidor::{Consumido, Item, Plan, ejecutar};

fn main() -> ExitCode {
    procesos::program(|driver| {
        let modo = driver.arg(0).unwrap_or("ejecutar").to_owned();
        match modo.as_str() {
            "ejecutar" => modo_ejecutar(driver),
            otro => Err(Error::usage(format!("modo desconocido: «{otro}». El único modo es ejecutar"))),
        }
    })
}

fn modo_ejecutar(driver: &mut Driver) -> Result<()> {
    let plan = Plan {
        productores: driver.number(1, 2)?,
        consumidores: driver.number(2, 3)?,
        items: driver.number(3, 5)?,
        capacidad: driver.number(4, 4)?,
    };
    // Sitio de sobra: también para lo que se anote de más.
    let total = plan.productores as usize * plan.items as usize;
    let salida = Queue::<Consumido>::bounded(2 * total + plan.consumidores as usize + 16)?;
    driver.name("salida", &salida);
    driver.call("ejecutar", || ejecutar(plan, &salida))?;

    let mut anotados = Vec::new();
    while let Some(consumido) = salida.try_get()? {
        anotados.push(consumido);
    }
    let items: Vec<Item> = anotados.iter().map(|consumido| consumido.item).collect();
    driver.result("consumidos", nombres(&items));
    driver.result("esperados", nombres(&esperados(plan)));
    driver.result("por_consumidor", numeros_por_consumidor(&anotados));
    driver.result("procesos", plan.productores + plan.consumidores);
    driver.result("capacidad", plan.capacidad);
    Ok(())
}

/// Todo lo que el plan produce.
fn esperados(plan: Plan) -> Vec<Item> {
    (0..plan.productores)
        .flat_map(|productor| (0..plan.items).map(move |numero| Item { productor, numero }))
        .collect()
}

/// `p1:4` es el item 4 del productor 1.
fn nombres(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| format!("p{}:{}", item.productor, item.numero)).collect()
}

/// Los números que cada consumidor anotó de cada productor, en el orden en que los anotó: deben crecer.
fn numeros_por_consumidor(anotados: &[Consumido]) -> Vec<Vec<u32>> {
    let mut listas: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for Consumido { consumidor, item } in anotados {
        listas.entry((*consumidor, item.productor)).or_default().push(item.numero);
    }
    listas.into_values().collect()
}
