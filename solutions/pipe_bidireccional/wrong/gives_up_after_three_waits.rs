// error: timeout_as_end
// rompe: hijo.result conversar.ends
// Three short waits without a text are taken for the end.

use std::time::Duration;

use procesos::{Connection, Process, Result, pipe};
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

/// Contesta cada texto en mayúsculas y muestra lo que hace.
pub fn hijo(conexion: LadoHijo) -> Result<()> {
    let mut esperas = 0;
    println!("hijo: empieza");
    while esperas < 3 {
        match conexion.recv_timeout(Duration::from_millis(100)) {
            Ok(Some(Pedido::Texto(texto))) => {
                esperas = 0;
                conexion.send(&texto.to_uppercase())?;
            }
            Ok(None) => esperas += 1,
            Ok(Some(Pedido::Fin)) => break,
            Err(error) if error.is_eof() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Envía cada texto, recibe su respuesta y al final avisa con `Fin` que terminó. Si el hijo cierra antes, es un error.
pub fn padre(conexion: LadoPadre, textos: &[String]) -> Result<Vec<String>> {
    let mut respuestas = Vec::new();
    for texto in textos {
        conexion.send(&Pedido::Texto(texto.clone()))?;
        respuestas.push(conexion.recv()?);
    }
    conexion.send(&Pedido::Fin)?;
    Ok(respuestas)
}

/// Crea el pipe, inicia al hijo, conversa y lo espera.
pub fn conversar(textos: &[String]) -> Result<Vec<String>> {
    let (lado_padre, lado_hijo) = pipe()?;
    let proceso = Process::new(hijo, (lado_hijo,)).name("hijo").start()?;
    let respuestas = padre(lado_padre, textos)?;
    proceso.join()?;
    Ok(respuestas)
}
