// error: stack_instead_of_queue
// rompe: orden.increasing
// Keeps what it gets and writes it down from the last to the first.

use procesos::{Process, Queue, Result};
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
    let mut recibidos = Vec::new();
    while let Mensaje::Dato(item) = cola.get()? {
        println!("consumidor {id}: recibió {item:?}");
        recibidos.push(item);
    }
    while let Some(item) = recibidos.pop() {
        salida.put(&Consumido { consumidor: id, item })?;
    }
    println!("consumidor {id}: recibió Fin");
    Ok(())
}

/// Crea la cola y todos los procesos; reparte los `Fin` cuando los productores terminaron; espera a todos.
pub fn ejecutar(plan: Plan, salida: &Queue<Consumido>) -> Result<()> {
    let cola = Queue::bounded(plan.capacidad)?;
    let mut productores = Vec::new();
    for id in 0..plan.productores {
        let argumentos = (id, plan.items, cola.clone());
        productores.push(Process::new(productor, argumentos).name(format!("productor-{id}")).start()?);
    }
    let mut consumidores = Vec::new();
    for id in 0..plan.consumidores {
        let argumentos = (id, cola.clone(), salida.clone());
        consumidores.push(Process::new(consumidor, argumentos).name(format!("consumidor-{id}")).start()?);
    }
    for hijo in productores {
        hijo.join()?;
    }
    for _ in 0..plan.consumidores {
        cola.put(&Mensaje::Fin)?;
    }
    for hijo in consumidores {
        hijo.join()?;
    }
    Ok(())
}
