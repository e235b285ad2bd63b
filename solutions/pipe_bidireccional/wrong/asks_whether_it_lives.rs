// error: check_then_act
// rompe: conversar.ends
// The parent joins once the child is seen to be dead, else says Fin first; the child may end by itself in between.

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

/// Contesta un texto.
fn contestar(conexion: &LadoHijo) -> Result<bool> {
    match conexion.recv() {
        Ok(Pedido::Texto(texto)) => {
            println!("hijo {}: contesta «{texto:.30}»", procesos::pid());
            conexion.send(&texto.to_uppercase()).map(|()| true)
        }
        Ok(Pedido::Fin) => Ok(false),
        Err(error) if error.is_eof() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Contesta cada texto en mayúsculas y muestra lo que hace. Termina con `Fin` o cuando el padre cierra.
pub fn hijo(conexion: LadoHijo) -> Result<()> {
    while contestar(&conexion)? {}
    Ok(())
}

/// Contesta tantos textos como le dicen, y termina sin esperar a `Fin`.
fn hijo_que_cuenta(conexion: LadoHijo, cuantos: usize) -> Result<()> {
    for _ in 0..cuantos {
        contestar(&conexion)?;
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
    let mut proceso = Process::new(hijo_que_cuenta, (lado_hijo, textos.len()))
        .name("hijo")
        .start()?;
    let mut respuestas = Vec::new();
    for texto in textos {
        lado_padre.send(&Pedido::Texto(texto.clone()))?;
        respuestas.push(lado_padre.recv()?);
    }
    if proceso.is_alive()? {
        lado_padre.send(&Pedido::Fin)?;
    }
    proceso.join()?;
    Ok(respuestas)
}
