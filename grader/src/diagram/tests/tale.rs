//! Writes runs down: each call is one step of a process.

use std::collections::BTreeMap;
use std::time::Duration;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, flags};

use super::super::{Diagram, MOST_LANES, MOST_ROWS, Picture, Scene};
use crate::Language::Spanish;
use crate::report::{Came, Which};
use crate::run::{Ending, Event, Object, Pending, Place, Process, Run, Trace};
use crate::story::{Story, Whole};

const OBJECT: ObjectId = ObjectId { creator: 0, ordinal: 1 };

/// A run that is told step by step. The moment of each step is ten times its number, from 1.
pub(super) struct Tale {
    pub(super) run: Run,
    moment: u64,
    versions: BTreeMap<(u8, bool), u64>,
}

impl Tale {
    /// With so many children, named so, which the first process starts one after another, and one object.
    pub(super) fn new(kind: ObjectKind, children: usize, name: &str) -> Self {
        let process = |path: Vec<u32>| Process {
            name: if path.is_empty() { String::new() } else { format!("{name}-{}", path[0]) },
            path,
            exists: true,
            ..Process::default()
        };
        let paths = (0..=children)
            .map(|child| if child == 0 { vec![] } else { vec![u32::try_from(child).expect("few")] });
        let object = Object {
            kind,
            driver_name: None,
            variable: Some(name.to_owned()),
            made_at: None,
            detail: 0,
            peer: None,
            part_of: None,
        };
        let trace = Trace {
            processes: paths.map(process).collect(),
            objects: [(OBJECT, object)].into(),
            truncated: false,
        };
        let run = Run {
            ending: Ending::Exited(0),
            over_cpu_limit: None,
            output: Vec::new(),
            errors: Vec::new(),
            results: BTreeMap::new(),
            trace,
            leftovers: Vec::new(),
            killed: None,
            cpu_time: Duration::ZERO,
            peak_memory: 0,
            memory_limit: 0,
            cpu_limit: Duration::ZERO,
            wall_limit: Duration::ZERO,
            wall_time: Duration::ZERO,
            stopped_at: 0,
        };
        let mut tale = Self { run, moment: 0, versions: BTreeMap::new() };
        for child in 1..=children {
            tale.step(0, Op::Start).value = child as u64;
        }
        for child in 1..=children {
            let start = tale.run.trace.processes[0].events[child - 1].end;
            let begin =
                Event { op: Op::Begin, end: start + 1, ..tale.run.trace.processes[0].events[0].clone() };
            tale.run.trace.processes[child].events.insert(0, begin);
        }
        tale
    }

    pub(super) fn step(&mut self, p: usize, op: Op) -> &mut Event {
        self.moment += 10;
        let shared = !matches!(op, Op::Start | Op::Join | Op::Exit | Op::Terminate);
        let release = matches!(op, Op::QueuePut | Op::LockRelease);
        let counted = if matches!(op, Op::QueuePut | Op::QueueGet) { 1 } else { 2 };
        let version = self.versions.entry((counted, release)).or_insert(0);
        // A release frees what was taken last.
        *version += u64::from(counted == 1 || !release);
        let version = if op == Op::LockRelease { self.versions[&(2, false)] } else { *version };
        if op == Op::Exit {
            self.run.trace.processes[p].exit_code = Some(0);
        }
        // All starts are in one line.
        let line = if op == Op::Start { 1 } else { self.moment / 10 };
        let line = u32::try_from(line).expect("tales are short");
        let event = Event {
            op,
            outcome: Outcome::Done,
            flags: 0,
            object: shared.then_some(OBJECT),
            kind: if shared { self.run.trace.objects[&OBJECT].kind } else { ObjectKind::None },
            place: Some(Place { file: "src/lib.rs".into(), line, of_student: true, function: None }),
            begin: self.moment - 1,
            end: self.moment,
            version,
            value: 0,
            extra: 0,
            label: None,
            method: None,
            part: None,
        };
        self.run.trace.processes[p].events.push(event);
        self.run.trace.processes[p].events.last_mut().expect("just pushed")
    }

    pub(super) fn steps(mut self, steps: &[(usize, Op)]) -> Self {
        for (p, op) in steps {
            self.step(*p, *op);
        }
        self
    }

    /// A step of which a process began to wait right after the step of this number.
    pub(super) fn waited(mut self, p: usize, op: Op, after: u64) -> Self {
        let event = self.step(p, op);
        event.flags |= flags::WAITED;
        event.begin = after * 10 + 1;
        self
    }

    /// A process waits for ever since the step of this number.
    pub(super) fn stuck(mut self, p: usize, op: Op, after: u64, detail: u64) -> Self {
        let object = (op != Op::Join).then_some(OBJECT);
        let since = after * 10 + 1;
        let pending = Pending { op, object, place: None, blocked: true, timed: false, since, detail };
        self.run.trace.processes[p].pending = Some(pending);
        self
    }

    pub(super) fn story(&self) -> Story {
        let whole = Whole { rows: Some(MOST_ROWS), processes: Some(MOST_LANES), ..Whole::default() };
        Story::of_whole(&self.run, &whole)
    }

    pub(super) fn scene(&self) -> Scene {
        Scene::of(&self.story(), &self.run)
    }

    /// With the diagram of all of it.
    pub(super) fn drawn<T>(&self, flip: Option<(usize, usize)>, see: impl Fn(&Diagram<'_>) -> T) -> T {
        let story = self.story();
        see(&Diagram::of(&picture(&self.run, &story, flip), Spanish))
    }
}

/// The picture of a story.
pub(super) fn picture<'a>(run: &'a Run, story: &'a Story, flip: Option<(usize, usize)>) -> Picture<'a> {
    Picture {
        exercise: "contador",
        file: "src/lib.rs",
        scenario: ("dos", &[]),
        which: Which::Failing,
        run,
        story,
        flip,
        came: Came::Wrong("Algo salió mal."),
        hint: Some("tomar el lock."),
        killed: None,
        source: "fn main() {}\n",
        replay: Some("grader replay x"),
    }
}
