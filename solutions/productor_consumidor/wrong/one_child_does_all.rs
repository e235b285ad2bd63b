// error: hard_coded
// rompe: procesos.processes procesos.capacity
// One child writes the output of all.

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

fn todo_junto(productores: u32, items: u32, salida: Queue<Consumido>) -> Result<()> {
    println!("hago el trabajo de {productores} productores");
    for productor in 0..productores {
        for numero in 0..items {
            println!("produzco y consumo el item {numero} del productor {productor}");
            salida.put(&Consumido { consumidor: 0, item: Item { productor, numero } })?;
        }
    }
    Ok(())
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

/// Crea la cola y todos los procesos; reparte los `Fin`; espera a todos.
pub fn ejecutar(plan: Plan, salida: &Queue<Consumido>) -> Result<()> {
    let argumentos = (plan.productores, plan.items, salida.clone());
    Process::new(todo_junto, argumentos).start()?.join()?;
    Ok(())
}
