//! What all proxies have in common: which object of which manager they stand for, and how it is asked.

use std::sync::Arc;
use std::task::Poll;

use procesos_trace::{Method, ObjectId, ObjectKind, Op, flags};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::link::Link;
use super::look::{Coded, Look};
use super::wire::{Action, Reply, Request};
use crate::error::{Error, Kind, Result};
use crate::identity::{self, Home};
use crate::operate::{Effect, Point, note, operate};
use crate::recorder::{self, At};
use crate::{codec, handover, object};

/// In the place of the index of a handle: a proxy within what the same manager keeps.
const WITHIN: u32 = u32::MAX;

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    link: Arc<Link>,
    /// Its number in the server.
    object: u64,
    id: ObjectId,
    kind: ObjectKind,
    home: Home,
}

/// Most values of one step that are recorded one by one.
const MOST_PARTS: usize = 256;

/// What a person calls a proxy.
fn what(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::List => "ListProxy",
        ObjectKind::Dict => "DictProxy",
        _ => "ValueProxy",
    }
}

impl Kept {
    /// Has the server make an object.
    pub(super) fn make(
        link: &Arc<Link>,
        home: Home,
        kind: ObjectKind,
        action: Action,
        parts: impl Fn(&Self) -> Result<Vec<Coded>>,
        at: At,
    ) -> Result<Self> {
        let id = identity::next_object();
        let mut kept = Self { link: Arc::clone(link), object: 0, id, kind, home };
        let parts = parts(&kept)?;
        let count = parts.len() as u64;
        let held = looks(&parts, kind);
        kept.object = kept.ask(action, Method::New, 0, parts, at)?.number;
        object::note_creation(id, kind, at, count, 0);
        kept.note_parts(Method::New, held, at);
        Ok(kept)
    }

    pub(super) fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.id, self.kind)
    }

    /// Asks the server. Request and answer are one step.
    pub(super) fn ask(
        &self,
        action: Action,
        method: Method,
        place: usize,
        parts: Vec<Coded>,
        at: At,
    ) -> Result<Reply> {
        let point = self.point(method, place, &parts, at);
        let several = if matches!(method, Method::Extend | Method::Update) {
            looks(&parts, self.kind)
        } else {
            Vec::new()
        };
        let look = parts.last().filter(|_| recorder::is_active()).map(Coded::look).unwrap_or_default();
        let parts = parts.into_iter().map(|part| part.bytes).collect();
        let request = Request { action, object: self.object, place: place as u64, parts };
        let attempt = || {
            self.home.check(what(self.kind))?;
            let reply = self.link.ask(&request)?;
            if reply == Reply::too_large() {
                return Err(Kind::AnswerTooLarge.into());
            }
            Ok(Poll::Ready(effect(method, look, reply)))
        };
        let label = if method.overwrites() { look.label } else { 0 };
        let reply = operate(Point { label, ..point }, attempt, |_| Ok(()))?;
        self.note_parts(method, several, at);
        Ok(reply)
    }

    fn point(&self, method: Method, place: usize, parts: &[Coded], at: At) -> Point {
        let op = match method {
            Method::New | Method::Set | Method::Append | Method::Extend | Method::Insert => Op::ManagerSet,
            Method::Pop | Method::Remove | Method::Clear | Method::Update | Method::SetDefault => {
                Op::ManagerSet
            }
            Method::Get | Method::Contains | Method::Len | Method::IsEmpty | Method::ToVec => Op::ManagerGet,
            Method::ContainsKey | Method::Keys | Method::Values | Method::Items => Op::ManagerGet,
        };
        let part = match (self.kind, method) {
            _ if !recorder::is_active() => 0,
            (ObjectKind::List, Method::Get | Method::Set) => u32::try_from(place + 1).unwrap_or(0),
            (ObjectKind::Dict, Method::Get | Method::Set | Method::SetDefault)
            | (ObjectKind::Dict, Method::ContainsKey | Method::Remove) => {
                parts.first().map_or(0, Coded::key_entry)
            }
            _ => 0,
        };
        Point { method: method as u8, part, ..Point::new(op, at).on(self.id, self.kind) }
    }

    /// Records what several values look like that one step wrote, a dictionary's with their keys.
    fn note_parts(&self, method: Method, parts: Vec<(u32, Look)>, at: At) {
        let point = Point::new(Op::ManagerPart, at).on(self.id, self.kind);
        for (part, look) in parts {
            let made = Effect { flags: look.flags, ..Effect::of(()).recorded(look.bits).extra(look.hash) };
            note(Point { label: look.label, method: method as u8, part, ..point }, made);
        }
    }

    /// A value as bytes; proxies of the same manager may be in it.
    pub(super) fn encode(&self, value: &impl Serialize) -> Result<Coded> {
        let coded = || Ok(Coded::new(codec::encode(value)?, value));
        handover::within(Arc::<Link>::clone(&self.link), coded)
    }

    pub(super) fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T> {
        handover::within(Arc::<Link>::clone(&self.link), || codec::decode(bytes))
    }

    /// The one value of an answer.
    pub(super) fn only<T: DeserializeOwned>(&self, reply: &Reply) -> Result<Option<T>> {
        reply.parts.first().map(|bytes| self.decode(bytes)).transpose()
    }

    /// The values of an answer.
    pub(super) fn all<T: DeserializeOwned>(&self, reply: &Reply) -> Result<Vec<T>> {
        reply.parts.iter().map(|bytes| self.decode(bytes)).collect()
    }

    pub(super) fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let shared: Arc<dyn handover::Shareable> = Arc::<Link>::clone(&self.link);
        let index = if self.home.is_here() && handover::is_within(&shared) {
            WITHIN
        } else {
            let what = what(self.kind);
            handover::offer(what, self.home.check(what).map(|()| shared))?
        };
        (index, self.object, self.id.pack()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
        kind: ObjectKind,
    ) -> std::result::Result<Self, D::Error> {
        let (index, object, id) = <(u32, u64, u64)>::deserialize(deserializer)?;
        let link = if index == WITHIN {
            handover::accept_within(what(kind))?
        } else {
            handover::accept(what(kind), index)?
        };
        Ok(Self { link, object, id: ObjectId::unpack(id), kind, home: Home::here() })
    }
}

/// What a step on an object came to, for the trace: what was written, or a hash of what was read.
fn effect(method: Method, look: Look, reply: Reply) -> Effect<Reply> {
    let version = reply.version;
    let read = reply.parts.first().map(|bytes| recorder::hash(bytes)).filter(|_| method.reads());
    let (bits, hash, flags) = match method {
        _ if !recorder::is_active() => (0, 0, 0),
        Method::Get => (0, read.unwrap_or(0), if reply.found { 0 } else { flags::OTHER }),
        Method::ContainsKey => (reply.number, 0, flags::OTHER),
        Method::SetDefault => (0, read.unwrap_or(0), if reply.number == 1 { 0 } else { flags::UNCHANGED }),
        Method::Pop | Method::Remove if !reply.found => (0, 0, flags::UNCHANGED),
        Method::Set | Method::Append | Method::Insert => (look.bits, look.hash, look.flags),
        _ => (0, 0, 0),
    };
    Effect { flags, ..Effect::of(reply).version(version).recorded(bits).extra(hash) }
}

/// How values look that are written in one step, each with the entry of the key before it, as many as are worth a record.
fn looks(parts: &[Coded], kind: ObjectKind) -> Vec<(u32, Look)> {
    if !recorder::is_active() {
        return Vec::new();
    }
    match kind {
        ObjectKind::Dict => {
            let pairs = parts.chunks_exact(2).take(MOST_PARTS);
            pairs.map(|pair| (pair[0].key_entry(), pair[1].look())).collect()
        }
        _ => parts.iter().take(MOST_PARTS).map(|part| (0, part.look())).collect(),
    }
}

/// The error of an index that a list of `length` elements does not have.
pub(super) fn no_element(index: usize, length: u64) -> Error {
    Kind::NoElement { index, length }.into()
}
