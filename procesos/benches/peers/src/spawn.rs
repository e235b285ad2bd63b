//! `procspawn`: functions in processes of their own, which are this program started again.

use std::hint::black_box;
use std::time::Instant;

use procspawn::{Pool, spawn};

use crate::{Result, micros};

const STARTS: u32 = 50;
const TASKS: u32 = 1_000;

fn square(number: u64) -> u64 {
    number * number
}

pub(crate) fn figure(figure: &str) -> Result<Option<f64>> {
    Ok(Some(match figure {
        "start_join" => starts()?,
        "pool_chunk_1" => tasks(TASKS as usize)?,
        "pool_apply" => tasks(1)?,
        _ => return Ok(None),
    }))
}

fn starts() -> Result<f64> {
    let begun = Instant::now();
    for _ in 0..STARTS {
        spawn((), |()| ()).join()?;
    }
    Ok(micros(begun, STARTS))
}

/// Tasks for a pool of two, so many at once.
fn tasks(at_once: usize) -> Result<f64> {
    let pool = Pool::new(2)?;
    for _ in 0..4 {
        pool.spawn(7, square).join()?;
    }
    let begun = Instant::now();
    let numbers: Vec<u64> = (0..u64::from(TASKS)).collect();
    for some in numbers.chunks(at_once) {
        let given: Vec<_> = some.iter().map(|number| pool.spawn(*number, square)).collect();
        for task in given {
            black_box(task.join()?);
        }
    }
    let figure = micros(begun, TASKS);
    pool.shutdown();
    Ok(figure)
}
