use std::collections::BTreeMap;
use std::time::Duration;

use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, flags};
use unicode_width::UnicodeWidthStr;

use super::arrows::Arrow;
use super::drawing::{Font, Shape, width};
use super::scene::{Activity, End};
use super::*;
use crate::Language::{English, Spanish};
use crate::run::{Ending, Event, Object, Pending, Place, Process, Trace};
use crate::story::Whole;

const OBJECT: ObjectId = ObjectId { creator: 0, ordinal: 1 };

/// A run that is told step by step. The moment of each step is ten times its number, from 1.
struct Tale {
    run: Run,
    moment: u64,
    versions: BTreeMap<(u8, bool), u64>,
}

impl Tale {
    /// With so many children, named so, which the first process starts one after another, and one object.
    fn new(kind: ObjectKind, children: usize, name: &str) -> Self {
        let process = |path: Vec<u32>| Process {
            name: if path.is_empty() { String::new() } else { format!("{name}-{}", path[0]) },
            path,
            exists: true,
            ..Process::default()
        };
        let paths = (0..=children).map(|child| if child == 0 { vec![] } else { vec![child as u32] });
        let object = Object {
            kind,
            driver_name: None,
            variable: Some(name.to_owned()),
            made_at: None,
            detail: 0,
            peer: None,
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

    fn step(&mut self, p: usize, op: Op) -> &mut Event {
        self.moment += 10;
        let shared = !matches!(op, Op::Start | Op::Join | Op::Exit);
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
        };
        self.run.trace.processes[p].events.push(event);
        self.run.trace.processes[p].events.last_mut().expect("just pushed")
    }

    fn steps(mut self, steps: &[(usize, Op)]) -> Self {
        for (p, op) in steps {
            self.step(*p, *op);
        }
        self
    }

    /// A step of which a process began to wait right after the step of this number.
    fn waited(mut self, p: usize, op: Op, after: u64) -> Self {
        let event = self.step(p, op);
        event.flags |= flags::WAITED;
        event.begin = after * 10 + 1;
        self
    }

    /// A process waits for ever since the step of this number.
    fn stuck(mut self, p: usize, op: Op, after: u64, detail: u64) -> Self {
        let object = (op != Op::Join).then_some(OBJECT);
        let since = after * 10 + 1;
        let pending = Pending { op, object, place: None, blocked: true, timed: false, since, detail };
        self.run.trace.processes[p].pending = Some(pending);
        self
    }

    fn story(&self) -> Story {
        let whole = Whole { rows: Some(MOST_ROWS), processes: Some(MOST_LANES), ..Whole::default() };
        Story::of_whole(&self.run, &whole)
    }

    fn scene(&self) -> Scene {
        Scene::of(&self.story(), &self.run)
    }

    /// With the diagram of all of it.
    fn drawn<T>(&self, flip: Option<(usize, usize)>, see: impl Fn(&Diagram<'_>) -> T) -> T {
        let story = self.story();
        see(&Diagram::of(&picture(&self.run, &story, flip), Spanish))
    }
}

fn picture<'a>(run: &'a Run, story: &'a Story, flip: Option<(usize, usize)>) -> Picture<'a> {
    Picture {
        exercise: "contador",
        file: "src/lib.rs",
        scenario: ("dos", &[]),
        which: Which::Failing,
        run,
        story,
        flip,
        message: Some("Algo salió mal."),
        hint: Some("tomar el lock."),
        killed: None,
        source: "fn main() {}\n",
        replay: Some("grader replay x"),
    }
}

/// A lane, half row by half row: `#` runs, `|` could go on, `:` waits; and how it ends.
fn lane(scene: &Scene, index: usize) -> String {
    let lane = &scene.lanes[index];
    let sign = |activity| match activity {
        Activity::Runs => '#',
        Activity::Ready => '|',
        Activity::Waits => ':',
    };
    let mut drawn = " ".repeat(lane.pieces[0].from);
    for piece in &lane.pieces {
        drawn.extend(std::iter::repeat_n(sign(piece.activity), piece.to - piece.from));
    }
    drawn
        + match lane.end {
            End::Ended => "T",
            End::Killed => "x",
            End::Open => "",
        }
}

/// What is handed on, each as what, from which lane and height, to which.
fn arrows(scene: &Scene) -> Vec<String> {
    let arrow = |Arrow { what, from, to }: &Arrow| {
        format!("{what:?} {}@{} {}@{}", from.lane, from.height, to.lane, to.height)
    };
    scene.arrows.iter().map(arrow).collect()
}

use Op::{Exit, Join, LockAcquire, LockRelease, QueueGet, QueuePut, ValueGet, ValueSet};

#[test]
fn one_process_runs_at_a_time_and_the_others_could_go_on_or_wait() {
    let steps = [(1, ValueGet), (2, ValueGet), (2, ValueSet), (2, Exit), (1, ValueSet), (1, Exit)];
    let mut tale = Tale::new(ObjectKind::Value, 2, "suma").steps(&steps).waited(0, Join, 6);
    tale.run.trace.processes[0].events.last_mut().expect("the join").value = 1;
    let scene = tale.steps(&[(0, Exit)]).scene();
    // Both starts are one row, then each step is one.
    assert_eq!(lane(&scene, 0), "##||||||||:::::##T");
    assert_eq!(lane(&scene, 1), " |##||||||###T");
    assert_eq!(lane(&scene, 2), " |||#####T");
    assert_eq!(arrows(&scene), ["Start 0@1 1@1", "Start 0@1 2@1", "End 1@13 0@15"]);
}

#[test]
fn messages_and_locks_are_paired_by_what_they_are_and_not_by_when() {
    let steps = [(1, QueuePut), (1, QueuePut), (2, QueueGet), (1, Exit), (2, QueueGet), (2, Exit)];
    let mut tale = Tale::new(ObjectKind::Queue, 2, "cola").steps(&steps);
    // Two lines, so two rows.
    tale.run.trace.processes[1].events[2].place = None;
    let found = arrows(&tale.scene());
    assert_eq!(found, ["Start 0@1 1@1", "Start 0@1 2@1", "Message 1@3 2@7", "Message 1@5 2@11"]);
    let locks = [(2, LockAcquire), (2, LockRelease), (1, LockAcquire), (1, LockRelease)];
    let found = arrows(&Tale::new(ObjectKind::Lock, 2, "lock").steps(&locks).scene());
    assert_eq!(found[2..], ["Lock 2@5 1@7"]);
}

#[test]
fn who_waits_for_ever_waits_to_the_bottom_for_whoever_has_the_lock() {
    let tale = Tale::new(ObjectKind::Lock, 1, "lock").steps(&[(0, LockAcquire)]);
    let scene = tale.stuck(1, LockAcquire, 2, 0).stuck(0, Join, 2, 1).scene();
    assert_eq!(lane(&scene, 0), "####:::::");
    assert_eq!(lane(&scene, 1), " |||:::::");
    assert_eq!(scene.awaited, [(2, 1), (3, 0)]);
}

#[test]
fn who_was_killed_hands_its_lock_on_by_its_death() {
    let mut tale = Tale::new(ObjectKind::Lock, 2, "lock").steps(&[(1, LockAcquire), (2, LockAcquire)]);
    tale.run.killed = Some(1);
    let scene = tale.scene();
    assert_eq!(lane(&scene, 1), " |##x");
    assert_eq!(arrows(&scene)[2..], ["Lock 1@4 2@5"]);
    let words = Words::of(&tale.story(), &scene, None, Spanish);
    assert_eq!(words.heads[1].asides, [(2, "lo mató el evaluador")]);
}

/// Boxes of all texts: left, right, base line.
fn boxes(drawing: &Drawing) -> Vec<(i32, i32, i32, String)> {
    let text = |shape: &Shape| match shape {
        Shape::Text { x, y, side, pieces, .. } => {
            let wide = width(pieces);
            let begin = if *side == Side::Ends { x - wide } else { *x };
            let text = pieces.iter().map(|piece| piece.text.as_str()).collect::<String>();
            Some((begin, begin + wide, *y, text))
        }
        Shape::Box { .. } | Shape::Path { .. } => None,
    };
    drawing.shapes.iter().filter_map(text).collect()
}

/// Many processes that do many different things.
fn crowd(children: usize, rows: u32) -> Tale {
    let mut tale = Tale::new(ObjectKind::Queue, children, "un_nombre_bastante_largo");
    for row in 0..rows as usize {
        let (from, to) = (1 + row % children, 1 + (row * 7 + 3) % children);
        tale.step(from, QueuePut).label = Some("Variante".into());
        tale.step(to, QueueGet);
    }
    tale
}

#[test]
fn no_two_texts_meet_and_none_leaves_the_sheet() {
    for children in [1, 2, 3, 4, 6, 11] {
        crowd(children, 40).drawn(Some((3, 9)), |diagram| {
            let drawing = diagram.drawing(true);
            let texts = boxes(&drawing);
            for (index, (left, right, y, text)) in texts.iter().enumerate() {
                assert!(*left >= 0 && *right <= drawing.width, "{children}: {text} {left} {right}");
                assert!(*y > 0 && *y <= drawing.height, "{children}: {text}");
                for (other_left, other_right, other_y, other) in &texts[index + 1..] {
                    let apart = right <= other_left || other_right <= left || (y - other_y).abs() >= 11;
                    assert!(apart, "{children}: {text} and {other}");
                }
            }
        });
    }
}

#[test]
fn the_largest_diagram_is_a_small_file() {
    let tale = crowd(60, 400);
    let story = tale.story();
    let picture = picture(&tale.run, &story, Some((3, 9)));
    for language in [Spanish, English] {
        let drawn = svg(&picture, language);
        assert_eq!(story.rows.len(), MOST_ROWS);
        assert!(drawn.len() < MOST_BYTES, "{}", drawn.len());
        assert_eq!(drawn, svg(&picture, language));
    }
    let drawn = svg(&picture, Spanish);
    let told = drawn.lines().find(|line| line.contains("no se dibujan")).unwrap_or_default();
    assert!(told.contains("Otros 50 procesos no se dibujan."), "{told}");
}

#[test]
fn whatever_a_program_chose_is_text() {
    let evil = "</svg><script>alert(1)</script>&amp;\u{202e}\u{ffff}\u{1b}[31m{{rows}}\"'";
    let steps = [(1, ValueGet), (2, ValueSet)];
    let tale = Tale::new(ObjectKind::Value, 2, evil).steps(&steps);
    let story = tale.story();
    let args = [evil.to_owned()];
    let picture = Picture {
        exercise: evil,
        file: evil,
        scenario: (evil, &args),
        message: Some(evil),
        hint: Some(evil),
        killed: Some(evil),
        source: evil,
        replay: Some(evil),
        ..picture(&tale.run, &story, None)
    };
    let drawn = svg(&picture, Spanish);
    let parsed = roxmltree::Document::parse(&drawn).expect("it is XML");
    let known = ["svg", "title", "desc", "style", "rect", "path", "text", "tspan"];
    for node in parsed.descendants().filter(roxmltree::Node::is_element) {
        assert!(known.contains(&node.tag_name().name()), "{node:?}");
    }
    let written = page(&picture, Spanish);
    assert!(!written.contains("<script") && !written.contains('\u{202e}') && !written.contains('\u{1b}'));
    assert_eq!(written.matches("<tr>").count() + written.matches("<tr ").count(), 1 + story.rows.len());
}

#[test]
fn a_page_forbids_all_but_its_own_style() {
    let tale = Tale::new(ObjectKind::Value, 2, "suma").steps(&[(1, ValueGet), (2, ValueSet)]);
    let story = tale.story();
    let written = page(&picture(&tale.run, &story, Some((2, 3))), English);
    assert!(!written.contains("{{") && !written.contains("}}"), "{written}");
    assert!(written.contains("content=\"default-src 'none'; style-src 'sha256-"));
    assert_eq!((written.matches("<style>").count(), written.matches("style=").count()), (1, 0));
    let others = written.replace("http://www.w3.org/2000/svg", "");
    assert!(!others.contains("://") && !others.contains("url(") && !others.contains("@import"));
}

#[test]
fn every_class_has_its_look() {
    let tale = Tale::new(ObjectKind::Lock, 2, "lock").steps(&[(1, LockAcquire), (1, Exit)]);
    let drawn = tale.stuck(2, LockAcquire, 3, 0).drawn(Some((1, 2)), |diagram| diagram.drawing(true));
    let of_shape = |shape: &Shape| match shape {
        Shape::Box { class, .. } | Shape::Path { class, .. } => vec![*class],
        Shape::Text { .. } => Vec::new(),
    };
    let shapes = drawn.shapes.iter().flat_map(of_shape);
    for class in Font::ALL.iter().flat_map(|font| font.class().split(' ')).chain(shapes) {
        assert!(
            svg::STYLE.contains(&format!(".{class} ")) || svg::STYLE.contains(&format!(".{class},")),
            "{class}"
        );
    }
}

#[test]
fn a_long_sentence_takes_several_lines() {
    let mut drawing = Drawing { width: 300, ..Drawing::default() };
    let end = frame::paragraph(&mut drawing, 0, Font::Sentence, &"palabra ".repeat(20), "✘ ");
    let texts = boxes(&drawing);
    assert!(texts.len() > 3 && end > 60, "{texts:?}");
    assert!(texts.iter().all(|(_, right, ..)| *right <= 300) && texts[0].3.width() > 20);
}
