//! Every primitive, and everybody who can die at it.

use procesos::Result;

use crate::stage::{Outcome, Stage};
use crate::{lines, locks, meetings, owners, queues, signals};

/// Who dies, and one death of theirs.
pub(crate) struct Role {
    pub(crate) primitive: &'static str,
    pub(crate) name: &'static str,
    pub(crate) play: fn(&mut Stage) -> Result<Outcome>,
}

const fn role(primitive: &'static str, name: &'static str, play: fn(&mut Stage) -> Result<Outcome>) -> Role {
    Role { primitive, name, play }
}

pub(crate) const ROLES: [Role; 37] = [
    role("Lock, with Values", "holder", locks::lock_holder),
    role("Lock", "waiter", locks::lock_waiter),
    role("RLock, with Values", "holder, twice", locks::rlock_holder),
    role("RLock", "waiter", locks::rlock_waiter),
    role("Array, with Lock", "holder", locks::array_holder),
    role("Value, Array", "writer without a lock", locks::writer),
    role("Queue, to 300 bytes", "putter", queues::small_putter),
    role("Queue, to 200 KB", "putter", queues::large_putter),
    role("Queue, to 300 bytes", "getter", queues::small_getter),
    role("Queue, to 200 KB", "getter", queues::large_getter),
    role("Queue, task_done", "joiner", queues::joiner),
    role("Connection, to 500 bytes", "sender", lines::small_sender),
    role("Connection, about 64 KiB", "sender", lines::edge_sender),
    role("Connection, to 2 MB", "sender", lines::large_sender),
    role("Connection, to 500 bytes", "receiver", lines::small_receiver),
    role("Connection, about 64 KiB", "receiver", lines::edge_receiver),
    role("Connection, to 2 MB", "receiver", lines::large_receiver),
    role("Event", "setter", signals::event_setter),
    role("Event", "waiter", signals::event_waiter),
    role("Semaphore", "holder", signals::permit_holder),
    role("Semaphore", "waiter", signals::permit_waiter),
    role("Semaphore", "consumer", signals::consumer),
    role("Condition, notify_all", "waiter", meetings::waiter_of_all),
    role("Condition, notify(1)", "waiter, before", meetings::waiter_of_one),
    role("Condition", "notifier", meetings::notifier),
    role("Barrier", "party that waits", meetings::party),
    role("Barrier", "party in lockstep", meetings::stepper),
    role("Pool", "worker", owners::worker),
    role("Pool", "worker, long task", owners::busy_worker),
    role("Pool", "owner", owners::pool_owner),
    role("Manager", "process", owners::server),
    role("Manager", "client", owners::client),
    role("Manager", "owner", owners::manager_owner),
    role("Child", "child, join", owners::joined_child),
    role("Child", "child, join_timeout", owners::joined_child_with_limit),
    role("Child", "its parent", owners::parent),
    role("Child", "who starts others", owners::starter),
];
