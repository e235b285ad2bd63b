//! What processes do to the objects of managers.

use procesos_trace::{Method, ObjectId, ObjectKind, Op, Outcome, flags};

use super::{P0, Story};
use crate::run::Object;

impl Story {
    /// A list, a dictionary or a value of a manager.
    pub(in crate::judge::tests) fn kept(&mut self, kind: ObjectKind, variable: &str) -> ObjectId {
        self.object(P0, kind, variable, 0)
    }

    /// An element of a list or what is at a key, which looks like this in a name.
    pub(in crate::judge::tests) fn part(&mut self, whole: ObjectId, shown: &str) -> ObjectId {
        let parts = self.run.trace.objects.values().filter(|object| object.part_of.is_some()).count();
        let id = ObjectId { ordinal: (1 << 31) + u32::try_from(parts).expect("few"), ..whole };
        let known = self.known(whole).clone();
        let variable = known.variable.map(|name| format!("{name}[{shown}]"));
        self.run.trace.objects.insert(id, Object { variable, part_of: Some(whole), ..known });
        id
    }

    /// A call; what it reads or writes is a number, or a text.
    pub(in crate::judge::tests) fn ask(
        &mut self,
        p: usize,
        (whole, part): (ObjectId, Option<ObjectId>),
        method: Method,
        value: Result<i64, &str>,
    ) -> &mut Self {
        let changes = method.writes() || method.moves_elements() || method == Method::Append;
        let version = if changes {
            Self::count(&mut self.into, whole) + 1
        } else {
            self.into.get(&whole).copied().unwrap_or(0)
        };
        let op = if changes { Op::ManagerSet } else { Op::ManagerGet };
        let event = self.push(p, op, Outcome::Done, Some(whole)).event();
        (event.method, event.part, event.version) = (Some(method), part, version);
        match value {
            Ok(number) => event.value = number.cast_unsigned(),
            Err(text) => {
                event.flags |= flags::OTHER;
                event.value = text.len() as u64;
                // Nothing has no bytes.
                event.extra = u64::from(text != "None");
                event.label = Some(text.to_owned()).filter(|text| !text.is_empty());
                event.value *= event.extra;
            }
        }
        self
    }
}
