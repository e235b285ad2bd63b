// The child ends with exit(0) as soon as it is told to.

use std::process::exit;

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

/// Contesta cada texto en mayúsculas y muestra lo que hace. Termina con `Fin` o cuando el padre cierra.
pub fn hijo(conexion: LadoHijo) -> Result<()> {
    loop {
        match conexion.recv() {
            Ok(Pedido::Texto(texto)) => {
                println!("hijo {}: contesta «{texto:.30}»", procesos::pid());
                conexion.send(&texto.to_uppercase())?;
            }
            Ok(Pedido::Fin) => return Ok(()),
            Err(error) if error.is_eof() => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// En su propio proceso: al terminar se despide y sale sin volver.
fn hijo_que_sale(conexion: LadoHijo) {
    let codigo = match hijo(conexion) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{error}");
            1
        }
    };
    print!("hijo: salgo con {codigo}");
    exit(codigo)
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
    let proceso = Process::new(hijo_que_sale, (lado_hijo,)).start()?;
    let respuestas = padre(lado_padre, textos)?;
    proceso.join()?;
    Ok(respuestas)
}
