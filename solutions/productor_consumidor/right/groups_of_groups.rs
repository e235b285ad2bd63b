// Two coordinators, one of the producers and one of the consumers; each starts its own children.

use std::collections::BTreeMap;

use procesos::{Child, Process, Queue, Result};
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

/// Junta a los hijos por nombre y los espera por orden alfabético.
fn esperar_a_todos(hijos: BTreeMap<String, Child>) -> Result<()> {
    for (nombre, hijo) in hijos {
        println!("{nombre}: {}", hijo.join()?);
    }
    Ok(())
}

/// Inicia a los productores, los espera y pone un `Fin` por consumidor.
fn fabrica(productores: u32, items: u32, consumidores: u32, cola: Queue<Mensaje>) -> Result<()> {
    let mut hijos = BTreeMap::new();
    for id in (0..productores).rev() {
        let nombre = format!("productor-{id}");
        hijos
            .insert(nombre.clone(), Process::new(productor, (id, items, cola.clone())).name(nombre).start()?);
    }
    esperar_a_todos(hijos)?;
    (0..consumidores).try_for_each(|_| cola.put(&Mensaje::Fin))
}

/// Inicia a los consumidores y los espera.
fn tienda(consumidores: u32, cola: Queue<Mensaje>, salida: Queue<Consumido>) -> Result<()> {
    let mut hijos = BTreeMap::new();
    for id in 0..consumidores {
        let proceso = Process::new(consumidor, (id, cola.clone(), salida.clone()));
        hijos.insert(format!("consumidor-{id}"), proceso.start()?);
    }
    esperar_a_todos(hijos)
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
        println!("consumidor {id}: recibió el item {} del productor {}", item.numero, item.productor);
        salida.put(&Consumido { consumidor: id, item })?;
    }
    println!("consumidor {id}: recibió Fin");
    Ok(())
}

/// Crea la cola y a los dos coordinadores; espera a los dos.
pub fn ejecutar(plan: Plan, salida: &Queue<Consumido>) -> Result<()> {
    let cola = Queue::bounded(plan.capacidad)?;
    let argumentos = (plan.productores, plan.items, plan.consumidores, cola.clone());
    let fabrica = Process::new(fabrica, argumentos).start()?;
    let tienda = Process::new(tienda, (plan.consumidores, cola, salida.clone())).start()?;
    tienda.join()?;
    fabrica.join()?;
    Ok(())
}
