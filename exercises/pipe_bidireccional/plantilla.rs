//! Pipe bidireccional: un padre y un hijo conversan por los dos extremos de un pipe.

use procesos::{Connection, Result};
use serde::{Deserialize, Serialize};

/// Lo que el padre envía (no cambiar).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pedido {
    Texto(String),
    /// No hay más pedidos.
    Fin,
}

/// El extremo del padre: envía pedidos, recibe respuestas (no cambiar).
pub type LadoPadre = Connection<Pedido, String>;

/// El extremo del hijo: envía respuestas, recibe pedidos (no cambiar).
pub type LadoHijo = Connection<String, Pedido>;

/// Contesta cada texto en mayúsculas y muestra lo que hace. Termina con `Fin` o cuando el padre cierra.
///
/// Que el padre cierre es un final normal, no un error.
pub fn hijo(conexion: LadoHijo) -> Result<()> {
    todo!("recibir pedidos y contestar cada texto en mayúsculas hasta Fin o hasta que el padre cierre")
}

/// Envía cada texto, recibe su respuesta y al final avisa con `Fin` que terminó. Devuelve las respuestas, en orden.
///
/// Si el hijo cierra antes de contestar todo, devuelve el error.
pub fn padre(conexion: LadoPadre, textos: &[String]) -> Result<Vec<String>> {
    todo!("enviar cada texto, recibir su respuesta y al final enviar Fin")
}

/// Crea el pipe, inicia al hijo, conversa y lo espera.
pub fn conversar(textos: &[String]) -> Result<Vec<String>> {
    todo!("crear el pipe, iniciar al hijo con su extremo, conversar con el otro y esperar al hijo")
}
