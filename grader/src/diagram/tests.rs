mod tale;

use procesos_trace::ObjectKind;
use procesos_trace::Op::{
    Exit, Join, LockAcquire, LockRelease, QueueGet, QueuePut, Terminate, ValueGet, ValueSet,
};
use unicode_width::UnicodeWidthStr;

use super::arrows::Arrow;
use super::drawing::{Font, Shape, width};
use super::scene::{Activity, End};
use super::words::Mark;
use super::*;
use crate::Language::{English, Spanish};
use tale::{Tale, picture};

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
            End::Cut => "x",
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
    assert_eq!(lane(&scene, 1), " |###x");
    assert_eq!(arrows(&scene)[2..], ["Lock 1@5 2@7"]);
    let words = Words::of(&tale.story(), &scene, None, Spanish);
    let (_, death) = words.steps().nth(2).expect("it has a row");
    assert_eq!((death.operation.as_str(), death.mark), ("✝ muere", Mark::Last));
    assert!(words.heads[1].asides.is_empty());
}

#[test]
fn who_was_ended_by_another_ends_there_and_waits_no_longer() {
    let mut tale = Tale::new(ObjectKind::Queue, 1, "cola").stuck(1, QueueGet, 1, 0);
    tale.step(0, Terminate).value = 1;
    tale.step(0, Join).value = 1;
    let scene = tale.scene();
    assert_eq!((lane(&scene, 0), lane(&scene, 1)), ("######|".to_owned(), " |:x".to_owned()));
    assert_eq!(arrows(&scene), ["Start 0@1 1@1", "End 0@3 1@3", "End 1@4 0@5"]);
    let words = Words::of(&tale.story(), &scene, None, Spanish);
    assert_eq!(words.heads[1].asides, [(1, "lo cortó terminate")]);
    assert!(words.steps().all(|(_, step)| step.note.is_empty()));
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
        came: Came::Wrong(evil),
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
