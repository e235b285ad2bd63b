//! The server of a manager: a process that does what clients ask, one request after another, until its owner ends it.
//!
//! It takes no turns under control and records nothing: what it does is a part of the step of whoever asks.

use std::sync::Arc;

use procesos_trace::layout::process;
use procesos_trace::{ObjectId, Op, flags};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::link::Link;
use super::store::Store;
use super::wire::{Action, Reply, Request};
use crate::error::Result;
use crate::identity::Home;
use crate::own::ppid;
use crate::recorder::{self, Pending};
use crate::{handover, object};

/// What the server is given.
#[derive(Debug)]
pub(super) struct Post(pub(super) Arc<Link>);

impl Serialize for Post {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, super::WHAT, Home::here(), &self.0)
    }
}

impl<'de> Deserialize<'de> for Post {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Self(handover::accept(super::WHAT, u32::deserialize(deserializer)?)?))
    }
}

/// The whole work of the server.
#[expect(clippy::needless_pass_by_value, reason = "a process owns what it is given")]
pub(super) fn serve(post: Post) -> Result<()> {
    let link = &post.0;
    link.live()?;
    show_waiting(link.id);
    let mut store = Store::default();
    while let Some(bytes) = link.next_request(|| ppid() != link.owner) {
        let Some(request) = Request::decode(&bytes) else {
            link.answer(&Reply::too_large());
            continue;
        };
        let stops = request.action == Action::Stop;
        link.answer(&if stops { Reply::default() } else { store.answer(request) });
        if stops {
            break;
        }
    }
    Ok(())
}

/// Shows that it waits for whoever asks: when nobody can, nothing goes on here either.
fn show_waiting(object: ObjectId) {
    debug_assert!(!Op::ManagerServe.is_scheduled());
    recorder::show_pending(Pending {
        op: Op::ManagerServe,
        object,
        place: 0,
        flags: flags::WAITED,
        since: 0,
        detail: 0,
    });
    recorder::show_phase(process::PHASE_BLOCKED);
}
