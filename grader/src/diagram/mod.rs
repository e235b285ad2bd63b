//! One order of a scenario as a space-time diagram: a lane for each process, time downward, an arrow for whatever one hands
//! on to another, and the steps that decide. Pure: the same order gives the same bytes, in either language.
//!
//! `scene` and `arrows` say what stands where, in rows; `words` what is written; `columns`, `layout`
//! and `lines` make shapes of it; `svg` and `page` write them. Whatever a program chose is cleaned and escaped on the way.

mod arrows;
mod columns;
mod drawing;
mod frame;
mod layout;
mod lines;
mod page;
mod scene;
mod svg;
mod words;

#[cfg(test)]
mod tests;

use columns::{Columns, MARGIN};
use drawing::{Drawing, Font, Side, plain};
use layout::Sheet;
use scene::Scene;
use words::{Line, Words};

use crate::Language;
use crate::report::{Came, Which};
use crate::run::Run;
use crate::story::Story;
use crate::text::{clean, diagram as text, phrase, screen};
pub use page::page;

/// Most rows of a diagram.
pub const MOST_ROWS: usize = 90;
/// Most bytes of a diagram.
pub const MOST_BYTES: usize = 60_000;
/// Most lanes of a diagram.
pub const MOST_LANES: usize = 12;

/// Narrowest sheet that has room for a sentence.
const NARROWEST: i32 = 640;
/// Widest arguments of a scenario.
const ARGUMENT_COLUMNS: usize = 60;

/// One order of a scenario, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// The exercise.
    pub exercise: &'a str,
    /// The student's file, for people.
    pub file: &'a str,
    /// The scenario and its arguments.
    pub scenario: (&'a str, &'a [String]),
    /// Which order it is.
    pub which: Which,
    /// What was seen.
    pub run: &'a Run,
    /// Its steps; at most [`MOST_ROWS`] rows of [`MOST_LANES`] processes.
    pub story: &'a Story,
    /// Two steps, by number: with the second one before the first it comes out right, which was tried.
    pub flip: Option<(usize, usize)>,
    /// What came out.
    pub came: Came<'a>,
    /// The next step, when something is wrong.
    pub hint: Option<&'a str>,
    /// Whom the grader killed, if it did.
    pub killed: Option<&'a str>,
    /// The text of the student's file.
    pub source: &'a str,
    /// The command that repeats it, when it fails.
    pub replay: Option<&'a str>,
}

/// The order as a file of SVG.
#[must_use]
pub fn svg(picture: &Picture<'_>, language: Language) -> String {
    Diagram::of(picture, language).element(true)
}

/// A diagram with its words.
struct Diagram<'a> {
    picture: &'a Picture<'a>,
    language: Language,
    scene: Scene,
    words: Words,
}

impl<'a> Diagram<'a> {
    fn of(picture: &'a Picture<'a>, language: Language) -> Self {
        let scene = Scene::of(picture.story, picture.run);
        let words = Words::of(picture.story, &scene, picture.flip, language);
        Self { picture, language, scene, words }
    }

    /// `dos-por-uno (contar 2 1)`.
    fn scenario(&self) -> String {
        let (id, args) = self.picture.scenario;
        clean::line(&format!("{id} ({})", args.join(" ")), ARGUMENT_COLUMNS)
    }

    /// The drawing as an element; alone it says what it shows and has its own style.
    fn element(&self, alone: bool) -> String {
        let title = text::title(self.language, self.picture.exercise);
        let description = self.description();
        let names = svg::Names { language: self.language.code(), title: &title, description: &description };
        svg::element(&self.drawing(alone), names, if alone { 0 } else { MARGIN }, alone)
    }

    fn drawing(&self, alone: bool) -> Drawing {
        let columns = Columns::of(&self.words, &self.scene, self.picture.flip.is_some());
        let mut drawing = Drawing { width: columns.width.max(NARROWEST), ..Drawing::default() };
        let top = if alone { self.above(&mut drawing) } else { 0 };
        let sheet = Sheet { scene: &self.scene, words: &self.words, columns: &columns, top };
        sheet.draw(&mut drawing, self.picture.flip);
        let mut y = sheet.bottom() + 4;
        if let Some((first, second)) = self.picture.flip {
            let told = text::exchanged(self.language, first, second);
            y = frame::paragraph(&mut drawing, y, Font::Caption, &told, "") + 4;
        }
        let left_out = self.left_out();
        if left_out > 0 {
            y = frame::paragraph(&mut drawing, y, Font::Dim, &text::not_drawn(self.language, left_out), "");
        }
        drawing.height = frame::key(&mut drawing, y, &self.scene, &self.words, self.language) + 12;
        let sheet = drawing::Shape::Box {
            x: 0,
            y: 0,
            width: drawing.width,
            height: drawing.height,
            round: 0,
            class: "sheet",
        };
        drawing.shapes.insert(0, sheet);
        drawing
    }

    /// What the diagram shows and what is wrong, where it stands alone; where that ends.
    fn above(&self, drawing: &mut Drawing) -> i32 {
        drawing.text(MARGIN, 30, Side::Begins, plain(Font::Title, self.picture.exercise));
        let right = drawing.width - MARGIN;
        drawing.text(right, 30, Side::Ends, plain(Font::Dim, self.scenario()));
        let (mark, said) = self.result();
        let mut y = frame::paragraph(drawing, 44, Font::Sentence, &said, mark);
        if let Some(killed) = self.picture.killed {
            y = frame::paragraph(drawing, y, Font::Sentence, killed, "");
        }
        y + 8
    }

    /// What came out of the order, after its mark.
    fn result(&self) -> (&'static str, String) {
        match self.picture.came {
            Came::Wrong(message) => ("✘ ", message.to_owned()),
            Came::Right => ("✔ ", screen::order_is_right(self.language).to_owned()),
            Came::Unseen => ("? ", screen::order_is_unseen(self.language).to_owned()),
        }
    }

    /// Processes that have no lane.
    fn left_out(&self) -> usize {
        let all = self.picture.run.trace.processes.iter().filter(|process| process.exists);
        all.count().saturating_sub(self.scene.lanes.len())
    }

    /// The diagram in words, for who does not see it.
    fn description(&self) -> String {
        let mut said = vec![self.result().1];
        said.extend(self.picture.killed.map(str::to_owned));
        for line in &self.words.lines {
            said.push(match line {
                Line::More(words) => words.clone(),
                Line::Step(step) => {
                    let head = &self.words.heads[step.lane];
                    let pieces =
                        [head.whole(), step.operation.clone(), step.place.clone(), step.note.clone()];
                    let pieces: Vec<String> = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
                    format!("{}. {}", step.number, pieces.join(" "))
                }
            });
        }
        if let Some((first, second)) = self.picture.flip {
            said.push(text::exchanged(self.language, first, second));
        }
        phrase::with_quotation_marks(&said.join("\n"), self.language)
    }
}
