// A struct that holds the queue puts Fin for everybody when it is dropped.

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

/// Al dejar de existir, avisa a los consumidores y los espera.
struct Reparto {
    cola: Queue<Mensaje>,
    consumidores: Vec<Child>,
}

impl Drop for Reparto {
    fn drop(&mut self) {
        for _ in 0..self.consumidores.len() {
            let _ = self.cola.put(&Mensaje::Fin);
        }
        for hijo in self.consumidores.drain(..) {
            let _ = hijo.join();
        }
    }
}

impl Reparto {
    fn contratar(&mut self, id: u32, salida: &Queue<Consumido>) -> Result<()> {
        let argumentos = (id, self.cola.clone(), salida.clone());
        self.consumidores.push(Process::new(consumidor, argumentos).start()?);
        Ok(())
    }
}

/// Un productor que espera su fin al dejar de existir.
struct Turno(Option<Child>);

impl Drop for Turno {
    fn drop(&mut self) {
        if let Some(hijo) = self.0.take() {
            let _ = hijo.join();
        }
    }
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

/// Crea la cola y todos los procesos; los `Fin` se ponen solos; espera a todos.
pub fn ejecutar(plan: Plan, salida: &Queue<Consumido>) -> Result<()> {
    let mut reparto = Reparto { cola: Queue::bounded(plan.capacidad)?, consumidores: Vec::new() };
    for id in 0..plan.consumidores {
        reparto.contratar(id, salida)?;
    }
    let mut turnos = Vec::new();
    for id in 0..plan.productores {
        turnos.push(Turno(Some(Process::new(productor, (id, plan.items, reparto.cola.clone())).start()?)));
    }
    drop(turnos);
    Ok(())
}
