//! What is in the shared objects after each event, by doing again what the events say.

use std::collections::{HashMap, VecDeque};

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, flags};

use super::{Value, shown_bits};
use crate::judge::Who;
use crate::run::{Event, Trace};

/// What is in an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// A value, as the program writes it.
    Value(String),
    /// The messages of a queue or of a pipe's direction, oldest first; `None` for one of a type without variants.
    Messages(Vec<Option<String>>),
    /// Who holds a lock.
    Holder(Option<Who>),
}

/// Everything at one moment.
#[derive(Debug)]
pub(super) struct States {
    values: HashMap<ObjectId, String>,
    messages: HashMap<ObjectId, VecDeque<Option<String>>>,
    holders: HashMap<ObjectId, Who>,
    kinds: HashMap<ObjectId, ObjectKind>,
}

impl States {
    /// Before anything happened.
    pub(super) fn of(trace: &Trace) -> Self {
        let kinds = trace.objects.iter().map(|(id, object)| (*id, object.kind)).collect();
        let mut states =
            Self { values: HashMap::new(), messages: HashMap::new(), holders: HashMap::new(), kinds };
        let events = trace.processes.iter().flat_map(|process| &process.events);
        for event in events.filter(|event| matches!(event.op, Op::ValueGet | Op::ValueSet)) {
            let Some((id, object)) = event.object.and_then(|id| Some((id, trace.objects.get(&id)?))) else {
                continue;
            };
            states.values.entry(id).or_insert_with(|| shown_bits(object.detail, event.flags));
        }
        states
    }

    /// Does an event again; what came of it.
    pub(super) fn apply(&mut self, trace: &Trace, p: usize, event: &Event) -> Option<Value> {
        let done = matches!(event.outcome, Outcome::Done | Outcome::OwnerDied);
        let object = event.object.unwrap_or(ObjectId::NONE);
        match event.op {
            _ if !done => None,
            Op::ValueGet => Some(Value::Number(shown_bits(event.value, event.flags))),
            Op::ValueSet => {
                let shown = shown_bits(event.value, event.flags);
                self.values.insert(object, shown.clone());
                Some(Value::Number(shown))
            }
            Op::QueuePut | Op::Send => {
                self.messages.entry(object).or_default().push_back(event.label.clone());
                Some(message(event.label.as_ref()))
            }
            Op::QueueGet | Op::Recv => {
                // What is received from an end was sent into the other one.
                let from = trace.objects.get(&object).and_then(|end| end.peer).unwrap_or(object);
                let got = self.messages.get_mut(&from).and_then(VecDeque::pop_front).flatten();
                Some(message(got.as_ref()))
            }
            Op::IsAlive | Op::QueueIsEmpty | Op::Poll => Some(Value::Answer(event.extra == 1)),
            Op::LockAcquire => {
                self.holders.insert(object, super::who(trace, p));
                None
            }
            Op::LockRelease => {
                self.holders.remove(&object);
                None
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
            | Op::Panic => None,
        }
    }

    /// What is in an object now.
    pub(super) fn shown(&self, object: ObjectId) -> Option<State> {
        match self.kinds.get(&object)? {
            ObjectKind::Value => self.values.get(&object).cloned().map(State::Value),
            ObjectKind::Queue => {
                Some(State::Messages(self.messages.get(&object).cloned().unwrap_or_default().into()))
            }
            ObjectKind::Lock => Some(State::Holder(self.holders.get(&object).cloned())),
            ObjectKind::Connection | ObjectKind::None => None,
        }
    }
}

fn message(label: Option<&String>) -> Value {
    label.map_or(Value::Message, |label| Value::Variant(label.clone()))
}

/// Whether a value holds a truth value.
pub(super) fn is_flag(event: &Event) -> bool {
    event.flags & flags::BOOLEAN != 0
}
