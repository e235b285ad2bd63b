// Both sides ask with try_recv until a deadline, and start again when it has passed.

use std::time::{Duration, Instant};

use procesos::{Connection, Process, Result, pipe};
use serde::de::DeserializeOwned;
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

/// Recibe preguntando; cada 2 ms se acuerda de decir que sigue esperando.
fn recibir<S, R: DeserializeOwned>(conexion: &Connection<S, R>, quien: &str) -> Result<R> {
    let mut inicio = Instant::now();
    loop {
        if let Some(mensaje) = conexion.try_recv()? {
            return Ok(mensaje);
        }
        if inicio.elapsed() > Duration::from_millis(2) {
            println!("{quien}: sigo esperando");
            inicio = Instant::now();
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Contesta cada texto en mayúsculas y muestra lo que hace. Termina con `Fin` o cuando el padre cierra.
pub fn hijo(conexion: LadoHijo) -> Result<()> {
    loop {
        match recibir(&conexion, "hijo") {
            Ok(Pedido::Texto(texto)) => {
                println!("hijo {}: contesta «{texto:.30}»", procesos::pid());
                if texto.len() % 2 == 0 && texto.len() < 40 {
                    std::thread::sleep(Duration::from_millis(5));
                }
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
        respuestas.push(recibir(&conexion, "padre")?);
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
