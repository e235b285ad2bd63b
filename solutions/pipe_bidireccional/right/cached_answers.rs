// The child keeps the answers in a static table, the parent its texts in a HashMap; helpers are generic.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

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

static SABIDAS: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);

fn en_mayusculas(texto: &str) -> String {
    let mut sabidas = SABIDAS.lock().expect("nadie más la usa");
    sabidas.entry(texto.to_owned()).or_insert_with(|| texto.to_uppercase()).clone()
}

/// Envía y recibe: un ida y vuelta, con cualquier tipo.
fn preguntar<S: Serialize, R: DeserializeOwned>(conexion: &Connection<S, R>, mensaje: &S) -> Result<R> {
    conexion.send(mensaje)?;
    conexion.recv()
}

/// Contesta cada texto en mayúsculas y muestra lo que hace. Termina con `Fin` o cuando el padre cierra.
pub fn hijo(conexion: LadoHijo) -> Result<()> {
    let mut pedido = match conexion.recv() {
        Err(error) if error.is_eof() => return Ok(()),
        otro => otro?,
    };
    while let Pedido::Texto(texto) = pedido {
        println!("hijo: {texto:.20}");
        pedido = match preguntar(&conexion, &en_mayusculas(&texto)) {
            Err(error) if error.is_eof() => break,
            otro => otro?,
        };
    }
    Ok(())
}

/// Envía cada texto, recibe su respuesta y al final avisa con `Fin` que terminó. Si el hijo cierra antes, es un error.
pub fn padre(conexion: LadoPadre, textos: &[String]) -> Result<Vec<String>> {
    let mut respuestas: HashMap<&str, String> = HashMap::new();
    for texto in textos {
        let respuesta = preguntar(&conexion, &Pedido::Texto(texto.clone()))?;
        respuestas.insert(texto, respuesta);
    }
    conexion.send(&Pedido::Fin)?;
    Ok(textos.iter().map(|texto| respuestas[texto.as_str()].clone()).collect())
}

/// Crea el pipe, inicia al hijo, conversa y lo espera.
pub fn conversar(textos: &[String]) -> Result<Vec<String>> {
    let (lado_padre, lado_hijo) = pipe()?;
    let proceso = Process::new(hijo, (lado_hijo,)).name("hijo").start()?;
    let respuestas = padre(lado_padre, textos)?;
    proceso.join()?;
    Ok(respuestas)
}
