// A flag says that the producers are done; after it, an empty queue is the end. Fin is put as well, and may stay.

use std::time::{Duration, Instant};

use procesos::{Process, Queue, Result, Value};
use serde::{Deserialize, Serialize};

/// Cuántos procesos hay y cuánto produce cada uno (no cambiar).
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub productores: u32,
    pub consumidores: u32,
    /// Items que produce cada productor.
    pub items: u32,
    /// Cuántos mensajes caben en la cola.
    pub capacidad: usize,
}

/// Lo que se produce (no cambiar).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Quién lo produjo: los productores se numeran desde 0.
    pub productor: u32,
    /// Cuál es: cada productor numera los suyos desde 0.
    pub numero: u32,
}

/// Lo que viaja por la cola (no cambiar).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mensaje {
    Dato(Item),
    /// No hay más datos para quien reciba este mensaje.
    Fin,
}

/// Lo que un consumidor anota por cada dato (no cambiar).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consumido {
    /// Quién lo consumió: los consumidores se numeran desde 0.
    pub consumidor: u32,
    pub item: Item,
}

/// Pone en la cola los items `0, 1, ..., items - 1`, en ese orden, y muestra lo que hace.
pub fn productor(id: u32, items: u32, cola: Queue<Mensaje>) -> Result<()> {
    for numero in 0..items {
        cola.put(&Mensaje::Dato(Item { productor: id, numero }))?;
        println!("productor {id}: puso el item {numero}");
    }
    println!("productor {id}: terminó");
    Ok(())
}

/// Saca mensajes hasta recibir `Fin`; anota cada dato en `salida` y muestra lo que hace.
pub fn consumidor(id: u32, cola: Queue<Mensaje>, salida: Queue<Consumido>) -> Result<()> {
    while let Mensaje::Dato(item) = cola.get()? {
        println!("consumidor {id}: {item:?}");
        salida.put(&Consumido { consumidor: id, item })?;
    }
    Ok(())
}

/// Como `consumidor`, y también termina cuando ya no hay nada y la bandera está arriba.
fn con_bandera(
    id: u32,
    cola: Queue<Mensaje>,
    salida: Queue<Consumido>,
    terminaron: Value<bool>,
) -> Result<()> {
    let inicio = Instant::now();
    let mut vacias = 0u32;
    loop {
        // Primero la bandera: lo que se puso antes de subirla ya está en la cola.
        let ultimos = terminaron.get();
        match cola.try_get()? {
            Some(Mensaje::Dato(item)) => {
                println!("consumidor {id}: {item:?} a los {:?}", inicio.elapsed());
                salida.put(&Consumido { consumidor: id, item })?;
                vacias = 0;
            }
            Some(Mensaje::Fin) => break,
            None if ultimos => break,
            None => {
                vacias += 1;
                std::thread::sleep(Duration::from_micros(50 << vacias.min(6)));
            }
        }
    }
    println!("consumidor {id}: terminó");
    Ok(())
}

/// Crea la cola y todos los procesos; espera a todos.
pub fn ejecutar(plan: Plan, salida: &Queue<Consumido>) -> Result<()> {
    let cola = Queue::bounded(plan.capacidad)?;
    let terminaron = Value::new(false)?;
    let mut productores = Vec::new();
    for id in 0..plan.productores {
        productores.push(Process::new(productor, (id, plan.items, cola.clone())).start()?);
    }
    let mut consumidores = Vec::new();
    for id in 0..plan.consumidores {
        let argumentos = (id, cola.clone(), salida.clone(), terminaron.clone());
        consumidores.push(Process::new(con_bandera, argumentos).start()?);
    }
    for hijo in productores {
        hijo.join()?;
    }
    terminaron.set(true);
    for _ in 0..plan.consumidores {
        cola.try_put(&Mensaje::Fin)?;
    }
    for hijo in consumidores {
        hijo.join()?;
    }
    Ok(())
}
