// The conversation is a recursion on both sides.

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

/// Atiende un pedido y sigue con los demás.
fn atender(conexion: &LadoHijo, cuantos: usize) -> Result<usize> {
    match conexion.recv() {
        Ok(Pedido::Texto(texto)) => {
            println!("hijo: pedido {cuantos}, «{texto:.20}»");
            conexion.send(&texto.to_uppercase())?;
            atender(conexion, cuantos + 1)
        }
        Ok(Pedido::Fin) => Ok(cuantos),
        Err(error) if error.is_eof() => Ok(cuantos),
        Err(error) => Err(error),
    }
}

/// Contesta cada texto en mayúsculas y muestra lo que hace. Termina con `Fin` o cuando el padre cierra.
pub fn hijo(conexion: LadoHijo) -> Result<()> {
    let cuantos = atender(&conexion, 0)?;
    println!("hijo: {cuantos} pedidos");
    Ok(())
}

/// Envía cada texto, recibe su respuesta y al final avisa con `Fin` que terminó. Si el hijo cierra antes, es un error.
pub fn padre(conexion: LadoPadre, textos: &[String]) -> Result<Vec<String>> {
    let Some((texto, resto)) = textos.split_first() else {
        conexion.send(&Pedido::Fin)?;
        return Ok(Vec::new());
    };
    conexion.send(&Pedido::Texto(texto.clone()))?;
    let mut respuestas = vec![conexion.recv()?];
    respuestas.extend(padre(conexion, resto)?);
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
