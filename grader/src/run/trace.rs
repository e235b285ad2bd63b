//! The trace as the judge reads it: processes with logical names, events with places in source files.

use std::collections::BTreeMap;
use std::fmt;

use procesos_trace::{Method, ObjectId, ObjectKind, Op, Outcome, flags};

/// What all processes of a run did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    /// Processes by slot; the first one is the program's own.
    pub processes: Vec<Process>,
    /// Objects that were made.
    pub objects: BTreeMap<ObjectId, Object>,
    /// Something did not fit: absence proves nothing.
    pub truncated: bool,
}

/// One process.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Process {
    /// Path of start ordinals; empty for the first process.
    pub path: Vec<u32>,
    /// Name for display, as the program gave it.
    pub name: String,
    /// Last segment of the target function's path; empty for the first process and for function pointers.
    pub function: String,
    /// Index of the parent; its own index for the first process.
    pub parent: usize,
    /// Where the parent started it.
    pub started_at: Option<Place>,
    /// What it did, in the order of its program.
    pub events: Vec<Event>,
    /// The operation it was in when the run ended, if it was in one.
    pub pending: Option<Pending>,
    /// Whether it was told to stop and told where it was: it used up its CPU time, or the run was given up.
    pub stopped: bool,
    /// Where in the student's file that was, if it was there.
    pub last_seen: Option<Place>,
    /// Its exit code if it ended by itself (through the library).
    pub exit_code: Option<i32>,
    /// Whether there ever was such a process (a start may fail after its slot was taken).
    pub exists: bool,
    /// Whether it is the library's own: it works for a pool or serves a manager.
    pub of_library: bool,
}

/// An object that processes share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// The name that the driver gave it, if it gave one.
    pub driver_name: Option<String>,
    /// The variable that holds it where it was made, if the line tells.
    pub variable: Option<String>,
    /// Where it was made.
    pub made_at: Option<Place>,
    /// Capacity of a queue, first bits of a value.
    pub detail: u64,
    /// The other end of a pipe.
    pub peer: Option<ObjectId>,
    /// The list or dictionary of a manager of which it is an element, or what is at a key.
    pub part_of: Option<ObjectId>,
}

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// File, as the compiler was told.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Whether the file is the student's.
    pub of_student: bool,
    /// Function that holds the line, where it is known.
    pub function: Option<String>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What was done.
    pub op: Op,
    /// How it ended.
    pub outcome: Outcome,
    /// Bits of [`procesos_trace::flags`].
    pub flags: u16,
    /// On what, if on something.
    pub object: Option<ObjectId>,
    /// What the object is.
    pub kind: ObjectKind,
    /// Where in the source.
    pub place: Option<Place>,
    /// Monotonic nanoseconds before it was tried.
    pub begin: u64,
    /// Monotonic nanoseconds after it took effect.
    pub end: u64,
    /// Object version or message id.
    pub version: u64,
    /// First detail (see [`Op`]).
    pub value: u64,
    /// Second detail (see [`Op`]).
    pub extra: u64,
    /// Label: the variant of a message, the name of an object or function, a shared value that is no number.
    pub label: Option<String>,
    /// What was called of a manager's object.
    pub method: Option<Method>,
    /// The element, or what is at a key, of a manager's list or dictionary.
    pub part: Option<ObjectId>,
}

/// The operation that a process was in when the run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// What it was doing.
    pub op: Op,
    /// On what.
    pub object: Option<ObjectId>,
    /// Where in the source.
    pub place: Option<Place>,
    /// Whether it was asleep until somebody else acts.
    pub blocked: bool,
    /// Whether it had a time limit.
    pub timed: bool,
    /// Since when, monotonic nanoseconds.
    pub since: u64,
    /// The operation's own detail: the index of the child in a join.
    pub detail: u64,
}

impl Process {
    /// Logical id: `P1.2`, and `P0` for the first process.
    #[must_use]
    pub fn id(&self) -> String {
        if self.path.is_empty() {
            return "P0".to_owned();
        }
        let ordinals: Vec<String> = self.path.iter().map(u32::to_string).collect();
        format!("P{}", ordinals.join("."))
    }

    /// Whether this is the program's first process.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.path.is_empty()
    }
}

impl Object {
    /// Whether it holds one value: a `Value`, an element of an `Array` or a list, what is at a key, a manager's value.
    #[must_use]
    pub fn is_cell(&self) -> bool {
        match self.kind {
            ObjectKind::Value | ObjectKind::Kept => true,
            _ => self.part_of.is_some(),
        }
    }
}

impl Trace {
    /// Whether an event is about an object, or about the whole of which that is a part.
    #[must_use]
    pub fn is_about(&self, event: &Event, object: ObjectId) -> bool {
        let whole = || self.objects.get(&object).and_then(|object| object.part_of);
        event.object == Some(object)
            || event.part == Some(object)
            || (event.is_about_all() && event.object.is_some() && event.object == whole())
    }
}

impl Event {
    /// The shared value that it is about.
    #[must_use]
    pub fn cell(&self) -> Option<ObjectId> {
        match self.op {
            Op::ValueGet | Op::ValueSet => self.object,
            _ if self.kind == ObjectKind::Kept => self.object,
            _ => self.part,
        }
    }

    /// Whether it is about all that a list or dictionary holds.
    #[must_use]
    pub fn is_about_all(&self) -> bool {
        self.method.is_some_and(Method::is_about_all)
    }

    /// Whether it reads shared values.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.outcome == Outcome::Done && (self.op == Op::ValueGet || self.method.is_some_and(Method::reads))
    }

    /// Whether it writes shared values, or takes them away.
    #[must_use]
    pub fn writes(&self) -> bool {
        let changes = self.flags & flags::UNCHANGED == 0;
        self.outcome == Outcome::Done
            && (self.op == Op::ValueSet || (changes && self.method.is_some_and(Method::writes)))
    }

    /// Whether it writes whatever was there before.
    #[must_use]
    pub fn overwrites(&self) -> bool {
        self.writes() && self.method.is_none_or(Method::overwrites)
    }

    /// What it read or wrote, as a person writes it; empty where that is not known.
    #[must_use]
    pub fn shown(&self) -> String {
        self.shown_as(self.value)
    }

    /// Bits of the same type, as a person writes them.
    #[must_use]
    pub fn shown_as(&self, bits: u64) -> String {
        if self.flags & flags::OTHER != 0 {
            self.label.clone().unwrap_or_default()
        } else if self.flags & flags::FLOAT != 0 {
            f64::from_bits(bits).to_string()
        } else if self.flags & flags::BOOLEAN != 0 {
            (bits != 0).to_string()
        } else if self.flags & flags::UNSIGNED != 0 {
            bits.to_string()
        } else {
            bits.cast_signed().to_string()
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
