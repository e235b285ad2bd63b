//! A worker: a process that does the tasks of its pool, one after another, until there are no more.

use std::sync::Arc;
use std::task::Poll;

use procesos_trace::Op;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::batch;
use super::core::Core;
use crate::error::{Kind, Result};
use crate::identity::Home;
use crate::operate::{Effect, operate, operate_while};
use crate::own::ppid;
use crate::recorder::At;
use crate::{handover, object, process};

const WHAT: &str = "Pool";

/// Bytes of the index before a result, and of the mark behind it.
const INDEX_BYTES: usize = 8;

/// What a worker is given of its pool.
#[derive(Debug)]
pub(super) struct Post {
    core: Arc<Core>,
    home: Home,
}

impl Post {
    pub(super) fn of(core: &Arc<Core>) -> Self {
        Self { core: Arc::clone(core), home: Home::here() }
    }
}

impl Serialize for Post {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        object::hand_over(serializer, WHAT, self.home, &self.core)
    }
}

impl<'de> Deserialize<'de> for Post {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let core = handover::accept(WHAT, u32::deserialize(deserializer)?)?;
        Ok(Self { core, home: Home::here() })
    }
}

/// The whole work of a worker with this number, from 1.
#[expect(clippy::needless_pass_by_value, reason = "a process owns what it is given")]
pub(super) fn serve(post: Post, number: u32) -> Result<()> {
    let mut message = Vec::new();
    while let Some(index) = take(&post.core, number, &mut message)? {
        let mut result = index.to_le_bytes().to_vec();
        result.extend(batch::perform(&message));
        // What it has written is seen before it is known to be done.
        process::flush();
        give_back(&post.core, index, &mut result)?;
    }
    Ok(())
}

/// Takes the next task; `None` when there will be none, or the owner of the pool is gone.
fn take(core: &Core, number: u32, message: &mut Vec<u8>) -> Result<Option<u64>> {
    let attempt = || {
        message.clear();
        let Some(index) = core.take(message, number)? else {
            let orphaned = ppid() != core.owner;
            let end = Effect::of(None).recorded(number.into()).extra(1);
            return Ok(if orphaned { Poll::Ready(end) } else { Poll::Pending });
        };
        // A task has at least the words of a function.
        let task = (!message.is_empty()).then_some(index);
        let effect = Effect::of(task).version(index).recorded(number.into());
        Ok(Poll::Ready(effect.extra(u64::from(task.is_none()))))
    };
    let point = core.point(Op::PoolTake, At::Library).detailed(number.into());
    operate_while(
        point,
        attempt,
        || core.tasks.is_empty(),
        |limit| {
            core.tasks.wait_for_item(limit);
            Ok(())
        },
    )
}

/// Gives back what came of a task.
fn give_back(core: &Core, index: u64, result: &mut Vec<u8>) -> Result<()> {
    let point = core.result_point(Op::PoolDone, At::Library);
    let attempt = || {
        let put = match core.results.try_put(result) {
            Err(error) if matches!(error.kind(), Kind::MessageTooLarge { .. }) => {
                result.truncate(INDEX_BYTES);
                result.extend(batch::failed(&error));
                core.results.try_put(result)?
            }
            other => other?,
        };
        let effect = Effect::of(()).version(index).recorded(result.len() as u64);
        Ok(put.map_or(Poll::Pending, |_| Poll::Ready(effect)))
    };
    operate(point, attempt, |limit| {
        core.results.wait_for_room(limit);
        Ok(())
    })
}

/// Takes a result apart: the index of its task, and what came of it.
pub(super) fn opened(result: &[u8]) -> Option<(u64, &[u8])> {
    let (index, told) = result.split_first_chunk::<INDEX_BYTES>()?;
    Some((u64::from_le_bytes(*index), told))
}
