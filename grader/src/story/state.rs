//! What is in the shared objects after each event, by doing again what the events say.

use std::collections::{HashMap, HashSet, VecDeque};

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, flags};

use super::Value;
use crate::judge::Who;
use crate::run::{Event, Object, Trace};

/// What is in an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// A value, as the program writes it.
    Value(String),
    /// The messages of a queue or of a pipe's direction, oldest first; `None` for one of a type without variants.
    Messages(Vec<Option<String>>),
    /// Who holds a lock.
    Holder(Option<Who>),
    /// Whether an event is set.
    Set(bool),
}

/// Everything at one moment.
#[derive(Debug)]
pub(super) struct States {
    values: HashMap<ObjectId, String>,
    messages: HashMap<ObjectId, VecDeque<Option<String>>>,
    holders: HashMap<ObjectId, Who>,
    /// Events that are set.
    set: HashSet<ObjectId>,
    /// Permits that are left, and processes that wait at a barrier.
    counts: HashMap<ObjectId, u64>,
    kinds: HashMap<ObjectId, ObjectKind>,
}

impl States {
    /// Before anything happened.
    pub(super) fn of(trace: &Trace) -> Self {
        let kinds = trace.objects.iter().map(|(id, object)| (*id, object.kind)).collect();
        let permits = trace.objects.iter().filter(|(_, object)| object.kind == ObjectKind::Semaphore);
        let mut states = Self {
            values: HashMap::new(),
            messages: HashMap::new(),
            holders: HashMap::new(),
            set: HashSet::new(),
            counts: permits.map(|(id, object)| (*id, object.detail)).collect(),
            kinds,
        };
        let mut firsts: HashMap<ObjectId, &Event> = HashMap::new();
        let rank = |event: &Event| (event.version, event.reads());
        for event in trace.processes.iter().flat_map(|process| &process.events) {
            let Some(cell) = event.cell().filter(|_| event.reads() || event.writes()) else { continue };
            let first = firsts.entry(cell).or_insert(event);
            if rank(event) < rank(first) {
                *first = event;
            }
        }
        for (cell, first) in firsts {
            let Some(object) = trace.objects.get(&cell) else { continue };
            states.values.insert(cell, made_with(object, first));
        }
        states
    }

    /// Does an event again; what came of it.
    pub(super) fn apply(&mut self, trace: &Trace, p: usize, event: &Event) -> Option<Value> {
        let done = matches!(event.outcome, Outcome::Done | Outcome::OwnerDied);
        let object = event.object.unwrap_or(ObjectId::NONE);
        match event.op {
            _ if !done => None,
            Op::ValueGet | Op::ValueSet | Op::ManagerGet | Op::ManagerSet | Op::ManagerPart => {
                self.share(trace, event)
            }
            Op::QueuePut | Op::Send => {
                self.messages.entry(object).or_default().push_back(event.label.clone());
                Some(message(event.label.as_ref()))
            }
            Op::QueueGet | Op::Recv => self.receive(trace, object),
            Op::IsAlive | Op::QueueIsEmpty | Op::Poll | Op::EventIsSet => {
                Some(Value::Answer(event.extra == 1))
            }
            Op::LockAcquire => {
                self.holders.insert(object, super::who(trace, p));
                None
            }
            Op::LockRelease if event.extra > 1 => None,
            Op::LockRelease => {
                self.holders.remove(&object);
                None
            }
            Op::EventSet => self.set_event(object, true),
            Op::EventClear => self.set_event(object, false),
            Op::SemaphoreAcquire if event.outcome == Outcome::OwnerDied => None,
            Op::SemaphoreAcquire => self.count(object, |left| left.saturating_sub(1)),
            Op::SemaphoreRelease => self.count(object, |left| left.saturating_add(1)),
            Op::BarrierArrive => self.arrive(trace, object, event),
            Op::PoolSubmit | Op::PoolTake | Op::PoolDone | Op::PoolReady => self.task(object, event),
            Op::BarrierAbort | Op::BarrierReset => self.count(object, |_| 0),
            Op::BarrierAsk if event.value == 1 => Some(Value::Answer(event.extra == 1)),
            Op::SemaphoreAvailable | Op::BarrierAsk | Op::ConditionNotify => {
                Some(Value::Number(event.extra.to_string()))
            }
            Op::Exit => Some(Value::Code(i64::from(u32::try_from(event.value).unwrap_or(1).cast_signed()))),
            Op::Begin
            | Op::Start
            | Op::Join
            | Op::Terminate
            | Op::Unjoined
            | Op::Close
            | Op::Sleep
            | Op::Create
            | Op::Name
            | Op::Call
            | Op::Returned
            | Op::Finished
            | Op::Panic
            | Op::EventWait
            | Op::SemaphoreConsume
            | Op::ConditionWait
            | Op::BarrierWait
            | Op::TaskDone
            | Op::QueueJoin
            | Op::PoolGet
            | Op::PoolClose
            | Op::PoolTerminate
            | Op::ManagerServe
            | Op::ManagerStop => None,
        }
    }

    /// What is in an object now.
    pub(super) fn shown(&self, object: ObjectId) -> Option<State> {
        match self.kinds.get(&object)? {
            ObjectKind::Value | ObjectKind::Kept | ObjectKind::List | ObjectKind::Dict => {
                self.values.get(&object).cloned().map(State::Value)
            }
            ObjectKind::Queue => {
                Some(State::Messages(self.messages.get(&object).cloned().unwrap_or_default().into()))
            }
            ObjectKind::Lock | ObjectKind::RLock => Some(State::Holder(self.holders.get(&object).cloned())),
            ObjectKind::Event => Some(State::Set(self.set.contains(&object))),
            ObjectKind::Semaphore | ObjectKind::Barrier | ObjectKind::Pool => {
                let count = self.counts.get(&object).copied().unwrap_or(0);
                Some(State::Value(count.to_string()))
            }
            ObjectKind::Connection
            | ObjectKind::Condition
            | ObjectKind::Array
            | ObjectKind::Manager
            | ObjectKind::None => None,
        }
    }

    /// Does again what was done to shared values; what was read or written.
    fn share(&mut self, trace: &Trace, event: &Event) -> Option<Value> {
        let shown = event.shown();
        if event.writes() && event.is_about_all() {
            let all = trace
                .objects
                .iter()
                .filter(|(_, part)| part.part_of.is_some() && part.part_of == event.object);
            self.values.extend(all.map(|(part, _)| (*part, shown.clone())));
        }
        let cell = event.cell().filter(|_| event.reads() || event.writes())?;
        if event.writes() {
            self.values.insert(cell, shown.clone());
        }
        (!shown.is_empty()).then_some(Value::Number(shown))
    }

    fn set_event(&mut self, event: ObjectId, is_set: bool) -> Option<Value> {
        if is_set {
            self.set.insert(event);
        } else {
            self.set.remove(&event);
        }
        None
    }

    /// One more has arrived at a barrier: it is told which one; when all have, nobody waits any more.
    fn arrive(&mut self, trace: &Trace, barrier: ObjectId, event: &Event) -> Option<Value> {
        let parties = trace.objects.get(&barrier).map_or(0, |barrier| barrier.detail);
        let arrived = event.extra.saturating_add(1);
        self.count(barrier, |_| if arrived < parties { arrived } else { 0 });
        Some(Value::Number(arrived.to_string()))
    }

    /// What is received from an end was sent into the other one.
    fn receive(&mut self, trace: &Trace, object: ObjectId) -> Option<Value> {
        let from = trace.objects.get(&object).and_then(|end| end.peer).unwrap_or(object);
        let got = self.messages.get_mut(&from).and_then(VecDeque::pop_front).flatten();
        Some(message(got.as_ref()))
    }

    /// What is done to the tasks of a pool.
    fn task(&mut self, pool: ObjectId, event: &Event) -> Option<Value> {
        match event.op {
            Op::PoolSubmit => {
                self.count(pool, |open| open.saturating_add(event.value));
                Some(Value::Number(event.value.to_string()))
            }
            Op::PoolReady => Some(Value::Answer(event.extra == 1)),
            // The end.
            Op::PoolTake if event.extra == 1 => None,
            Op::PoolTake => {
                self.count(pool, |open| open.saturating_sub(1));
                Some(Value::Number(event.version.to_string()))
            }
            _ => Some(Value::Number(event.version.to_string())),
        }
    }

    /// Changes how many there are of something; nothing comes of it that would be told with the operation.
    fn count(&mut self, object: ObjectId, change: impl FnOnce(u64) -> u64) -> Option<Value> {
        let count = self.counts.entry(object).or_default();
        *count = change(*count);
        None
    }
}

/// What a shared value was made with, as the first that was done to it tells.
fn made_with(object: &Object, first: &Event) -> String {
    match object.kind {
        ObjectKind::Value => first.shown_as(object.detail),
        _ if first.reads() && !first.writes() => first.shown(),
        ObjectKind::Dict => "None".to_owned(),
        _ if first.flags & flags::OTHER == 0 => first.shown_as(object.detail),
        _ => String::new(),
    }
}

fn message(label: Option<&String>) -> Value {
    label.map_or(Value::Message, |label| Value::Variant(label.clone()))
}
