//! Programa de `pipe_bidireccional`. No hace falta cambiarlo: lo tuyo está en `lib.rs`.
//!
//! ```text
//! cargo run -p pipe_bidireccional                          tu padre y tu hijo conversan: 3 textos
//! cargo run -p pipe_bidireccional -- conversar 200 12      200 textos de al menos 12 bytes
//! cargo run -p pipe_bidireccional -- hijo 3 12 fin         tu hijo con un padre de guion que al final envía Fin
//! cargo run -p pipe_bidireccional -- hijo 3 12 cierre      ... y con uno que cierra sin enviar Fin
//! cargo run -p pipe_bidireccional -- padre 3 12            tu padre con un hijo de guion
//! cargo run -p pipe_bidireccional -- padre-corte 3 12      ... y con uno que cierra después del primer texto
//! cargo run -p pipe_bidireccional -- padre-muerte 3 12     ... y con uno que el evaluador mata en cualquier momento
//! ```

use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::ExitCode;

use pipe_bidireccional::{LadoHijo, LadoPadre, Pedido, conversar, hijo, padre};
use procesos::{Driver, Error, Process, Queue, Result, pipe};

fn main() -> ExitCode {
    procesos::program(|driver| {
        let modo = driver.arg(0).unwrap_or("conversar").to_owned();
        match modo.as_str() {
            "conversar" => modo_conversar(driver),
            "hijo" => modo_hijo(driver),
            "padre" => modo_padre(driver),
            "padre-corte" => modo_padre_corte(driver),
            "padre-muerte" => modo_padre_muerte(driver),
            otro => Err(Error::usage(format!(
                "modo desconocido: «{otro}». Los modos son conversar, hijo, padre, padre-corte y padre-muerte"
            ))),
        }
    })
}

/// Tu padre y tu hijo, cada uno en su proceso.
fn modo_conversar(driver: &mut Driver) -> Result<()> {
    let textos = textos(driver.number(1, 3)?, driver.number(2, 12)?, driver.number(3, 0)?);
    let respuestas = driver.call("conversar", || conversar(&textos))?;
    driver.result("respuestas", resumenes(&respuestas));
    driver.result("esperadas", resumenes(&mayusculas(&textos)));
    driver.result("mensajes", textos.len());
    Ok(())
}

/// Tu hijo aquí mismo, frente a un padre de guion que inicia este archivo.
fn modo_hijo(driver: &mut Driver) -> Result<()> {
    let textos = textos(driver.number(1, 3)?, driver.number(2, 12)?, driver.number(4, 0)?);
    let con_fin = match driver.arg(3).unwrap_or("fin") {
        "fin" => true,
        "cierre" => false,
        otro => {
            return Err(Error::usage(format!("final desconocido: «{otro}». Los finales son fin y cierre")));
        }
    };
    let recibidas = Queue::<String>::bounded(2 * textos.len() + 16)?;
    let (lado_padre, lado_hijo) = pipe::<Pedido, String>()?;
    let argumentos = (lado_padre, textos.clone(), con_fin, recibidas.clone());
    let guion = Process::new(padre_de_guion, argumentos).name("padre-de-guion").start()?;
    driver.call("hijo", || hijo(lado_hijo))?;
    guion.join()?;
    driver.result("respuestas", vaciar(&recibidas)?);
    driver.result("esperadas", resumenes(&mayusculas(&textos)));
    Ok(())
}

/// Tu padre aquí mismo, frente a un hijo de guion que inicia este archivo.
fn modo_padre(driver: &mut Driver) -> Result<()> {
    let textos = textos(driver.number(1, 3)?, driver.number(2, 12)?, driver.number(3, 0)?);
    let recibidos = Queue::<String>::bounded(2 * textos.len() + 16)?;
    let finales = Queue::<String>::bounded(1)?;
    let (lado_padre, lado_hijo) = pipe::<Pedido, String>()?;
    let argumentos = (lado_hijo, recibidos.clone(), finales.clone());
    let guion = Process::new(hijo_de_guion, argumentos).name("hijo-de-guion").start()?;
    let respuestas = driver.call("padre", || padre(lado_padre, &textos))?;
    guion.join()?;
    let numeradas: Vec<String> =
        textos.iter().enumerate().map(|(i, texto)| respuesta_de_guion(i, texto)).collect();
    driver.result("respuestas", resumenes(&respuestas));
    driver.result("esperadas", resumenes(&numeradas));
    driver.result("enviados", vaciar(&recibidos)?);
    driver.result("textos", resumenes(&textos));
    driver.result("final", vaciar(&finales)?);
    driver.result("final_esperado", ["Fin"]);
    Ok(())
}

/// Tu padre, frente a un hijo de guion que contesta un solo texto y cierra: faltan respuestas, y eso es un error.
fn modo_padre_corte(driver: &mut Driver) -> Result<()> {
    let textos = textos(driver.number(1, 3)?, driver.number(2, 12)?, driver.number(3, 0)?);
    let (lado_padre, lado_hijo) = pipe::<Pedido, String>()?;
    let guion = Process::new(hijo_que_corta, (lado_hijo,)).name("hijo-que-corta").start()?;
    let resultado = driver.call("padre", || padre(lado_padre, &textos));
    guion.join()?;
    driver.result("devuelve_error", resultado.is_err());
    driver.result("error_esperado", textos.len() > 1);
    Ok(())
}

/// Tu padre, frente a un hijo de guion al que el evaluador mata: o están todas las respuestas, o es un error.
fn modo_padre_muerte(driver: &mut Driver) -> Result<()> {
    let textos = textos(driver.number(1, 3)?, driver.number(2, 12)?, driver.number(3, 0)?);
    let recibidos = Queue::<String>::bounded(2 * textos.len() + 16)?;
    let finales = Queue::<String>::bounded(1)?;
    let (lado_padre, lado_hijo) = pipe::<Pedido, String>()?;
    let argumentos = (lado_hijo, recibidos, finales);
    let guion = Process::new(hijo_de_guion, argumentos).name("hijo-de-guion").start()?;
    let resultado = driver.call("padre", || padre(lado_padre, &textos));
    guion.join()?;
    driver.result("devueltas", resultado.as_ref().map_or(0, Vec::len));
    driver.result("completas", if resultado.is_ok() { textos.len() } else { 0 });
    Ok(())
}

/// Un padre que envía un texto, espera su respuesta y sigue. Con `Fin`, deja abierto su extremo hasta que el hijo
/// cierre el suyo; sin `Fin`, cierra y nada más.
fn padre_de_guion(
    conexion: LadoPadre,
    textos: Vec<String>,
    con_fin: bool,
    recibidas: Queue<String>,
) -> Result<()> {
    for texto in textos {
        if conexion.send(&Pedido::Texto(texto)).is_err() {
            return Ok(());
        }
        let Ok(respuesta) = conexion.recv() else { return Ok(()) };
        recibidas.put(&resumen(&respuesta))?;
    }
    if con_fin && conexion.send(&Pedido::Fin).is_ok() {
        while let Ok(de_mas) = conexion.recv() {
            recibidas.put(&resumen(&de_mas))?;
        }
    }
    Ok(())
}

/// Un hijo que numera sus respuestas, así se nota si alguien no las lee.
fn hijo_de_guion(conexion: LadoHijo, recibidos: Queue<String>, finales: Queue<String>) -> Result<()> {
    let mut cuantos = 0;
    loop {
        match conexion.recv() {
            Ok(Pedido::Texto(texto)) => {
                recibidos.put(&resumen(&texto))?;
                if conexion.send(&respuesta_de_guion(cuantos, &texto)).is_err() {
                    return Ok(());
                }
                cuantos += 1;
            }
            Ok(Pedido::Fin) => return finales.put(&"Fin".to_owned()),
            Err(_) => return finales.put(&"cierre".to_owned()),
        }
    }
}

/// Un hijo que contesta un texto y cierra.
fn hijo_que_corta(conexion: LadoHijo) {
    if let Ok(Pedido::Texto(texto)) = conexion.recv() {
        // Si el padre ya cerró, no hay a quién contestarle.
        let _ = conexion.send(&respuesta_de_guion(0, &texto));
    }
}

fn respuesta_de_guion(numero: usize, texto: &str) -> String {
    format!("{numero}: {}", texto.to_uppercase())
}

/// `cantidad` textos de al menos `largo` bytes, con tildes y eñes; la semilla los cambia.
fn textos(cantidad: usize, largo: usize, semilla: usize) -> Vec<String> {
    const PALABRAS: [&str; 7] = ["ñandú", "pingüino", "árbol", "zorro", "montaña", "océano", "lápiz"];
    (0..cantidad)
        .map(|i| {
            let mut texto = format!("{} {}", PALABRAS[(semilla + i) % PALABRAS.len()], semilla + i);
            for palabra in PALABRAS.iter().cycle() {
                if texto.len() >= largo {
                    break;
                }
                texto.push(' ');
                texto.push_str(palabra);
            }
            texto
        })
        .collect()
}

fn mayusculas(textos: &[String]) -> Vec<String> {
    textos.iter().map(|texto| texto.to_uppercase()).collect()
}

/// El texto; de uno largo, cómo empieza, cuántos bytes tiene y una huella que cambia si cambia una letra.
fn resumen(texto: &str) -> String {
    if texto.len() <= 80 {
        return texto.to_owned();
    }
    let mut huella = DefaultHasher::new();
    texto.hash(&mut huella);
    format!("{texto:.20}... ({} bytes, huella {:016x})", texto.len(), huella.finish())
}

fn resumenes(textos: &[String]) -> Vec<String> {
    textos.iter().map(|texto| resumen(texto)).collect()
}

/// Saca lo que hay en la cola.
fn vaciar(cola: &Queue<String>) -> Result<Vec<String>> {
    let mut todo = Vec::new();
    while let Some(texto) = cola.try_get()? {
        todo.push(texto);
    }
    Ok(todo)
}
