//! `iceoryx2`: publishing and subscribing without copies. Its subscribers ask again and again, giving way in between, which is
//! its quickest way to wait, and never sleeps.

use std::fmt::Debug;
use std::hint::black_box;
use std::process::id;
use std::thread::yield_now;
use std::time::Instant;

use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::*;
use iceoryx2::service::port_factory::PortFactory as _;
use iceoryx2::service::port_factory::publish_subscribe::PortFactory;

use crate::{LONG, LONG_MESSAGES, MESSAGES, ROUND_TRIPS, Result, micros};

/// Messages that may be on their way.
const ON_THEIR_WAY: usize = 1024;
/// Long ones: each has its place in memory.
const LONG_ON_THEIR_WAY: usize = 16;

/// 100 bytes.
#[derive(Debug, Clone, Copy, ZeroCopySend)]
#[repr(C)]
struct Record {
    parts: [u32; 25],
}

pub(crate) fn figure(figure: &str) -> Result<Option<f64>> {
    let name = format!("procesos/{figure}/{}", id());
    Ok(Some(match figure {
        "queue_i64" => receive::<i64>(figure, &name)?,
        "queue_record" => receive::<Record>(figure, &name)?,
        "queue_64k" => receive_bytes(figure, &name)?,
        "round_trip_pipe" => round_trip(figure, &name)?,
        _ => return Ok(None),
    }))
}

pub(crate) fn other_side(figure: &str, name: &str) -> Result<()> {
    match figure {
        "queue_i64" => send(name, 7_i64),
        "queue_record" => send(name, Record { parts: [300; 25] }),
        "queue_64k" => send_bytes(name),
        _ => echo(name),
    }
}

type Ports<T> = PortFactory<ipc::Service, T, ()>;

fn node() -> Result<Node<ipc::Service>> {
    set_log_level(LogLevel::Error);
    Ok(NodeBuilder::new().create()?)
}

fn service<T: Debug + ZeroCopySend + 'static>(node: &Node<ipc::Service>, name: &str) -> Result<Ports<T>> {
    let service = node.service_builder(&name.try_into()?).publish_subscribe::<T>();
    Ok(service.enable_safe_overflow(false).subscriber_max_buffer_size(ON_THEIR_WAY).open_or_create()?)
}

fn bytes_service(node: &Node<ipc::Service>, name: &str) -> Result<Ports<[u8]>> {
    let service = node.service_builder(&name.try_into()?).publish_subscribe::<[u8]>();
    Ok(service.enable_safe_overflow(false).subscriber_max_buffer_size(LONG_ON_THEIR_WAY).open_or_create()?)
}

/// A publisher, once somebody has subscribed: what is published before is lost.
fn publisher<T: Debug + ZeroCopySend + 'static>(ports: &Ports<T>) -> Result<Publisher<ipc::Service, T, ()>> {
    let publisher = ports.publisher_builder().create()?;
    while ports.dynamic_config().number_of_subscribers() == 0 {
        yield_now();
    }
    Ok(publisher)
}

fn next<T: Debug + ZeroCopySend + Copy + 'static>(subscriber: &Subscriber<ipc::Service, T, ()>) -> Result<T> {
    loop {
        match subscriber.receive()? {
            Some(sample) => return Ok(*sample),
            None => yield_now(),
        }
    }
}

/// Publishes until it has reached somebody: it is dropped while who has subscribed is not there yet and the buffer is full.
fn publish<T: Debug + ZeroCopySend + Copy + 'static>(
    publisher: &Publisher<ipc::Service, T, ()>,
    item: T,
) -> Result<()> {
    while publisher.loan_uninit()?.write_payload(item).send()? == 0 {
        yield_now();
    }
    Ok(())
}

fn receive<T: Debug + ZeroCopySend + Copy + 'static>(figure: &str, name: &str) -> Result<f64> {
    let node = node()?;
    let subscriber = service::<T>(&node, name)?.subscriber_builder().create()?;
    let mut child = crate::other_side("iceoryx2", figure, name)?;
    next(&subscriber)?;
    let begun = Instant::now();
    for _ in 1..MESSAGES {
        black_box(next(&subscriber)?);
    }
    let figure = micros(begun, MESSAGES - 1);
    drop(subscriber);
    child.wait()?;
    Ok(figure)
}

fn send<T: Debug + ZeroCopySend + Copy + 'static>(name: &str, item: T) -> Result<()> {
    let node = node()?;
    let service = service::<T>(&node, name)?;
    let publisher = publisher(&service)?;
    for _ in 0..MESSAGES {
        publish(&publisher, item)?;
    }
    // What it has not taken yet goes with the publisher.
    while service.dynamic_config().number_of_subscribers() > 0 {
        yield_now();
    }
    Ok(())
}

fn receive_bytes(figure: &str, name: &str) -> Result<f64> {
    let node = node()?;
    let subscriber = bytes_service(&node, name)?.subscriber_builder().create()?;
    let mut child = crate::other_side("iceoryx2", figure, name)?;
    let next = || -> Result<Vec<u8>> {
        loop {
            match subscriber.receive()? {
                Some(sample) => return Ok(sample.to_vec()),
                None => yield_now(),
            }
        }
    };
    next()?;
    let begun = Instant::now();
    for _ in 1..LONG_MESSAGES {
        black_box(next()?);
    }
    let figure = micros(begun, LONG_MESSAGES - 1);
    drop(subscriber);
    child.wait()?;
    Ok(figure)
}

fn send_bytes(name: &str) -> Result<()> {
    let node = node()?;
    let service = bytes_service(&node, name)?;
    let publisher = service.publisher_builder().initial_max_slice_len(LONG).create()?;
    while service.dynamic_config().number_of_subscribers() == 0 {
        yield_now();
    }
    let bytes = vec![7; LONG];
    for _ in 0..LONG_MESSAGES {
        while publisher.loan_slice_uninit(LONG)?.write_from_slice(&bytes).send()? == 0 {
            yield_now();
        }
    }
    while service.dynamic_config().number_of_subscribers() > 0 {
        yield_now();
    }
    Ok(())
}

fn round_trip(figure: &str, name: &str) -> Result<f64> {
    let node = node()?;
    let asked = service::<i64>(&node, &format!("{name}/ask"))?;
    let answer = service::<i64>(&node, &format!("{name}/answer"))?.subscriber_builder().create()?;
    let mut child = crate::other_side("iceoryx2", figure, name)?;
    let ask = publisher(&asked)?;
    publish(&ask, 0)?;
    next(&answer)?;
    let begun = Instant::now();
    for number in 1..i64::from(ROUND_TRIPS) {
        publish(&ask, number)?;
        black_box(next(&answer)?);
    }
    let figure = micros(begun, ROUND_TRIPS - 1);
    child.wait()?;
    Ok(figure)
}

fn echo(name: &str) -> Result<()> {
    let node = node()?;
    let answered = service::<i64>(&node, &format!("{name}/answer"))?;
    let answer = publisher(&answered)?;
    let ask = service::<i64>(&node, &format!("{name}/ask"))?.subscriber_builder().create()?;
    for _ in 0..ROUND_TRIPS {
        publish(&answer, next(&ask)?)?;
    }
    Ok(())
}
