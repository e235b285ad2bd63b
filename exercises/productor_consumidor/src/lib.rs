//! Productor-consumidor: N productores y M consumidores sobre una misma cola.

use procesos::{Queue, Result};
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
    todo!("poner cada item en la cola")
}

/// Saca mensajes hasta recibir `Fin`; anota cada dato en `salida`, en el orden en que lo recibe, y muestra lo que
/// hace.
///
/// `Fin` no es un dato.
pub fn consumidor(id: u32, cola: Queue<Mensaje>, salida: Queue<Consumido>) -> Result<()> {
    todo!("sacar mensajes y anotar los datos hasta recibir Fin")
}

/// Crea la cola (con `plan.capacidad`) y todos los procesos; reparte los `Fin`; espera a todos.
///
/// `salida` tiene sitio para todo; la lee main.rs.
pub fn ejecutar(plan: Plan, salida: &Queue<Consumido>) -> Result<()> {
    todo!("crear la cola, iniciar productores y consumidores, repartir los Fin y esperar a todos")
}
