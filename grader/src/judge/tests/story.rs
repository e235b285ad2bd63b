//! Writes runs down: each call is one step of a program, told in the order in which it happened. The story keeps the
//! versions that the objects of a real run keep, so that a test says what was done and nothing else.

mod kept;
mod objects;
mod ordered;
mod pool;
mod signals;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome};

use crate::judge::happens_before::{At, Rules};
use crate::run::{Ending, Event, Leftover, OutputChunk, Pending, Place, Process, Run, Trace};

pub(super) use ordered::{assert_before, assert_unordered, ordered};

/// The first process.
pub(super) const P0: usize = 0;

/// A run that is being told.
pub(super) struct Story {
    pub(super) run: Run,
    /// What orders its events.
    rules: Rules,
    clock: u64,
    /// Of a lock: acquisitions. Of a value: writes. Of a queue or an end of a pipe: messages put or sent.
    into: HashMap<ObjectId, u64>,
    /// Of a queue or an end of a pipe: messages got or received.
    out_of: HashMap<ObjectId, u64>,
    /// Of a queue: index of the task done last.
    done: HashMap<ObjectId, u64>,
    bits: HashMap<ObjectId, u64>,
    /// Bits of events' flags for a value.
    flags: HashMap<ObjectId, u16>,
    last: At,
}

/// A place in the student's file.
pub(super) fn at(line: u32) -> Place {
    Place { file: "lib.rs".into(), line, of_student: true, function: Some("tarea".into()) }
}

fn process(path: Vec<u32>, parent: usize, name: &str, started_at: Option<Place>) -> Process {
    let function = if path.is_empty() { String::new() } else { "tarea".into() };
    Process { path, name: name.into(), function, parent, started_at, exists: true, ..Process::default() }
}

impl Story {
    pub(super) fn new() -> Self {
        let first = process(Vec::new(), 0, "principal", None);
        let mut story = Self {
            run: Run {
                ending: Ending::Exited(0),
                over_cpu_limit: None,
                output: Vec::new(),
                errors: Vec::new(),
                results: BTreeMap::new(),
                trace: Trace { processes: vec![first], objects: BTreeMap::new(), truncated: false },
                leftovers: Vec::new(),
                killed: None,
                cpu_time: Duration::ZERO,
                peak_memory: 0,
                memory_limit: 512 << 20,
                cpu_limit: Duration::from_secs(3),
                wall_limit: Duration::from_secs(60),
                wall_time: Duration::ZERO,
                stopped_at: 0,
            },
            rules: Rules::default(),
            clock: 0,
            into: HashMap::new(),
            out_of: HashMap::new(),
            done: HashMap::new(),
            bits: HashMap::new(),
            flags: HashMap::new(),
            last: (P0, 0),
        };
        story.push(P0, Op::Begin, Outcome::Done, None);
        story.call("ejecutar");
        story
    }

    /// The driver calls a function of the student's.
    pub(super) fn call(&mut self, function: &str) -> &mut Self {
        self.push(P0, Op::Call, Outcome::Done, None).event().label = Some(function.into());
        self
    }

    /// The run, whose first process came to its end.
    pub(super) fn run(mut self) -> Run {
        if matches!(self.run.ending, Ending::Exited(_)) && self.run.trace.processes[P0].exit_code.is_none() {
            self.finish();
        }
        self.run.stopped_at = self.clock;
        self.run
    }

    /// The driver's closure returns and the first process ends.
    pub(super) fn finish(&mut self) {
        self.push(P0, Op::Finished, Outcome::Done, None);
        let code = if let Ending::Exited(code) = self.run.ending { code } else { 0 };
        self.exit(P0, code);
    }

    /// The run as it is, whose first process did not come to its end.
    pub(super) fn cut(mut self, ending: Ending) -> Run {
        self.run.ending = ending;
        self.run.stopped_at = self.clock;
        self.run
    }

    fn push(&mut self, p: usize, op: Op, outcome: Outcome, object: Option<ObjectId>) -> &mut Self {
        self.clock += 1_000;
        let kind = object.map_or(ObjectKind::None, |id| self.run.trace.objects[&id].kind);
        let events = &mut self.run.trace.processes[p].events;
        let line = u32::try_from(self.clock / 1_000).expect("stories are short");
        let (begin, end) = (self.clock, self.clock + 500);
        let flags = object.and_then(|id| self.flags.get(&id)).copied().unwrap_or(0);
        let (place, label) = (Some(at(line)), None);
        let event = Event {
            op,
            outcome,
            flags,
            object,
            kind,
            place,
            begin,
            end,
            version: 0,
            value: 0,
            extra: 0,
            label,
            method: None,
            part: None,
        };
        self.last = (p, events.len());
        events.push(event);
        self
    }

    /// The step told last.
    pub(super) fn event(&mut self) -> &mut Event {
        let (p, i) = self.last;
        &mut self.run.trace.processes[p].events[i]
    }

    /// Where the step told last is in the trace.
    pub(super) fn last(&self) -> At {
        self.last
    }

    /// Puts the step told last on a line.
    pub(super) fn line(&mut self, line: u32) -> &mut Self {
        self.event().place = Some(at(line));
        self
    }

    /// Leaves the step told last out of the record: its process was killed before it was written.
    pub(super) fn unrecorded(&mut self) -> &mut Self {
        let (p, i) = self.last;
        assert_eq!(i + 1, self.run.trace.processes[p].events.len());
        self.run.trace.processes[p].events.pop();
        self
    }

    // --- processes ---

    /// A process starts another, which begins; returns its index.
    pub(super) fn start(&mut self, parent: usize, name: &str) -> usize {
        let child = self.run.trace.processes.len();
        let ordinal =
            self.run.trace.processes.iter().filter(|p| p.parent == parent && !p.path.is_empty()).count();
        let mut path = self.run.trace.processes[parent].path.clone();
        path.push(u32::try_from(ordinal + 1).expect("few"));
        self.push(parent, Op::Start, Outcome::Done, None);
        self.event().value = child as u64;
        let place = self.event().place.clone();
        self.run.trace.processes.push(process(path, parent, name, place));
        self.push(child, Op::Begin, Outcome::Done, None);
        child
    }

    /// So many children of the first process.
    pub(super) fn start_some<const N: usize>(&mut self) -> [usize; N] {
        std::array::from_fn(|i| self.start(P0, &format!("tarea-{}", i + 1)))
    }

    /// The child was started by main.rs.
    pub(super) fn by_driver(&mut self, child: usize) -> &mut Self {
        let place = Place { file: "main.rs".into(), line: 1, of_student: false, function: None };
        self.run.trace.processes[child].started_at = Some(place);
        self
    }

    pub(super) fn exit(&mut self, p: usize, code: i32) -> &mut Self {
        self.push(p, Op::Exit, Outcome::Done, None);
        self.event().value = u64::from(code.cast_unsigned());
        self.event().place = None;
        self.run.trace.processes[p].exit_code = Some(code);
        self
    }

    fn about_child(&mut self, p: usize, op: Op, child: usize, extra: u64) -> &mut Self {
        self.push(p, op, Outcome::Done, None);
        self.event().value = child as u64;
        self.event().extra = extra;
        self
    }

    /// A join of a child, with the exit code that it recorded, 0 where it recorded none.
    pub(super) fn join(&mut self, p: usize, child: usize) -> &mut Self {
        let code = self.run.trace.processes[child].exit_code.unwrap_or(0);
        self.join_with(p, child, code)
    }

    /// A join that tells how a child ended; negative for a signal.
    pub(super) fn join_with(&mut self, p: usize, child: usize, code: i32) -> &mut Self {
        self.about_child(p, Op::Join, child, i64::from(code).cast_unsigned())
    }

    /// What the library does at the end of a process about a child that nobody joined.
    pub(super) fn join_by_library(&mut self, p: usize, child: usize) -> &mut Self {
        self.unjoined(p, child, false).join(p, child).event().place = None;
        self
    }

    pub(super) fn unjoined(&mut self, p: usize, child: usize, runs: bool) -> &mut Self {
        self.about_child(p, Op::Unjoined, child, u64::from(runs))
    }

    pub(super) fn is_alive(&mut self, p: usize, child: usize, alive: bool) -> &mut Self {
        self.about_child(p, Op::IsAlive, child, u64::from(alive))
    }

    pub(super) fn terminate(&mut self, p: usize, child: usize) -> &mut Self {
        self.about_child(p, Op::Terminate, child, 0)
    }

    pub(super) fn sleep(&mut self, p: usize) -> &mut Self {
        self.push(p, Op::Sleep, Outcome::TimedOut, None)
    }

    pub(super) fn panic(&mut self, p: usize, message: &str) -> &mut Self {
        self.push(p, Op::Panic, Outcome::Done, None).event().label = Some(message.into());
        self
    }

    /// A child ends in order.
    pub(super) fn done(&mut self, p: usize) -> &mut Self {
        self.exit(p, 0)
    }

    /// All of these end in order and are joined by the first process.
    pub(super) fn finish_all(&mut self, children: &[usize]) -> &mut Self {
        for child in children {
            self.done(*child);
        }
        for child in children {
            self.join(P0, *child);
        }
        self
    }

    /// A process is asleep in an operation from now on.
    pub(super) fn stuck(&mut self, p: usize, op: Op, object: Option<ObjectId>, line: u32) -> &mut Self {
        self.clock += 1_000_000;
        let (place, since) = (Some(at(line)), self.clock);
        let pending = Pending { op, object, place, blocked: true, timed: false, since, detail: 0 };
        self.run.trace.processes[p].pending = Some(pending);
        self
    }

    /// A process is asleep in a join from now on.
    pub(super) fn stuck_in_join(&mut self, p: usize, child: usize, line: u32) -> &mut Self {
        self.stuck(p, Op::Join, None, line);
        self.run.trace.processes[p].pending.as_mut().expect("just set").detail = child as u64;
        self
    }

    // --- what is seen from outside ---

    pub(super) fn result(&mut self, name: &str, value: impl Into<serde_json::Value>) -> &mut Self {
        self.run.results.insert(name.into(), value.into());
        self
    }

    /// What was written last comes out, and was expected.
    pub(super) fn result_is_last_write(&mut self) -> &mut Self {
        let events = self.run.trace.processes.iter().flat_map(|process| &process.events);
        let writes = events.filter(|event| event.op == Op::ValueSet);
        let last = writes.max_by_key(|event| event.end).map(Event::shown).expect("somebody wrote");
        let last: serde_json::Value = serde_json::from_str(&last).expect("a number");
        self.result("total", last.clone()).result("esperado", last)
    }

    pub(super) fn print(&mut self, p: usize, text: &str) -> &mut Self {
        self.run.output.push(OutputChunk { process: Some(p), text: text.into() });
        self
    }

    pub(super) fn complain(&mut self, p: usize, text: &str) -> &mut Self {
        self.run.errors.push(OutputChunk { process: Some(p), text: text.into() });
        self
    }

    pub(super) fn leave(&mut self, process: Option<usize>, running: bool) -> &mut Self {
        self.run.leftovers.push(Leftover { process, running, code: None });
        self
    }

    /// A process that had ended, with an exit code (negative for a signal), and that nobody had waited for.
    pub(super) fn leave_ended(&mut self, process: Option<usize>, code: i32) -> &mut Self {
        self.run.leftovers.push(Leftover { process, running: false, code: Some(code) });
        self
    }
}
