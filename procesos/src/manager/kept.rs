//! What all proxies have in common: which object of which manager they stand for, and how it is asked.

use std::sync::Arc;
use std::task::Poll;

use procesos_trace::{ObjectId, ObjectKind, Op};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::link::Link;
use super::wire::{Action, Reply, Request};
use crate::error::{Error, Kind, Result};
use crate::identity::{self, Home};
use crate::operate::{Effect, Point, operate};
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
        parts: impl Fn(&Self) -> Result<Vec<Vec<u8>>>,
        at: At,
    ) -> Result<Self> {
        let id = identity::next_object();
        let mut kept = Self { link: Arc::clone(link), object: 0, id, kind, home };
        let parts = parts(&kept)?;
        let count = parts.len() as u64;
        kept.object = kept.ask(action, "new", 0, parts, at)?.number;
        object::note_creation(id, kind, at, count, 0);
        Ok(kept)
    }

    pub(super) fn identity(&self) -> (ObjectId, ObjectKind) {
        (self.id, self.kind)
    }

    /// Asks the server; `method` is what it is called by. Request and answer are one step.
    pub(super) fn ask(
        &self,
        action: Action,
        method: &'static str,
        place: usize,
        parts: Vec<Vec<u8>>,
        at: At,
    ) -> Result<Reply> {
        let request = Request { action, object: self.object, place: place as u64, parts };
        let op = if action.changes() { Op::ManagerSet } else { Op::ManagerGet };
        let label = recorder::label_entry(method);
        let attempt = || {
            self.home.check(what(self.kind))?;
            let reply = self.link.ask(&request)?;
            if reply == Reply::too_large() {
                return Err(Kind::AnswerTooLarge.into());
            }
            let version = reply.version;
            Ok(Poll::Ready(Effect::of(reply).version(version).recorded(place as u64)))
        };
        operate(Point { label, ..Point::new(op, at).on(self.id, self.kind) }, attempt, |_| Ok(()))
    }

    /// A value as bytes; proxies of the same manager may be in it.
    pub(super) fn encode(&self, value: &impl Serialize) -> Result<Vec<u8>> {
        handover::within(Arc::<Link>::clone(&self.link), || codec::encode(value))
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

/// The error of an index that a list of `length` elements does not have.
pub(super) fn no_element(index: usize, length: u64) -> Error {
    Kind::NoElement { index, length }.into()
}
