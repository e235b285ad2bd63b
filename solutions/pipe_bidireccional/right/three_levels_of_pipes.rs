// The child has a child of its own that does the work, over a pipe of their own, and that one a third.

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

/// Pasa lo que llega de `arriba` al siguiente nivel, y las respuestas de vuelta; el último nivel hace el trabajo.
fn nivel(arriba: LadoHijo, quedan: u32) -> Result<()> {
    if quedan == 0 {
        return hijo(arriba);
    }
    let (abajo, su_lado) = pipe::<Pedido, String>()?;
    let ayudante =
        Process::new(nivel, (su_lado, quedan - 1)).name(format!("nivel-{}", quedan - 1)).start()?;
    let mut pasados = 0;
    while let Ok(pedido) = arriba.recv() {
        let es_fin = pedido == Pedido::Fin;
        abajo.send(&pedido)?;
        if es_fin {
            break;
        }
        arriba.send(&abajo.recv()?)?;
        pasados += 1;
    }
    println!("nivel {quedan}: pasé {pasados}");
    drop(abajo);
    ayudante.join()?;
    Ok(())
}

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
    let proceso = Process::new(nivel, (lado_hijo, 2)).name("nivel-2").start()?;
    let respuestas = padre(lado_padre, textos)?;
    proceso.join()?;
    Ok(respuestas)
}
