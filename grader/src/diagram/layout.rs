//! From the scene of an order to shapes on a sheet: lanes downward, arrows, the steps with their words.

use super::arrows::Arrow;
use super::columns::{Columns, MARGIN, WORDS, label};
use super::drawing::{Drawing, Font, Piece, Side, plain, width};
use super::scene::{Activity, End, Scene};
use super::words::{Line, Mark, Step, Words};

/// Height of a row.
const ROW: i32 = 28;
/// Height of the heads of the lanes.
const HEADS: i32 = 46;
/// From the middle of a row to the base line of its words.
const BASE: i32 = 4;
/// Radius of a step.
pub(super) const STEP: i32 = 4;

/// A scene with its words and where everything stands.
pub(super) struct Sheet<'a> {
    pub(super) scene: &'a Scene,
    pub(super) words: &'a Words,
    pub(super) columns: &'a Columns,
    /// Where the heads begin.
    pub(super) top: i32,
}

impl Sheet<'_> {
    /// Where everything ends.
    pub(super) fn bottom(&self) -> i32 {
        self.y(self.scene.height) + 6
    }

    pub(super) fn y(&self, half_rows: usize) -> i32 {
        self.top + HEADS + i32::try_from(half_rows).unwrap_or(0) * ROW / 2
    }

    pub(super) fn middle(&self, row: usize) -> i32 {
        self.y(2 * row + 1)
    }

    /// Draws all but what stands above and below.
    pub(super) fn draw(&self, drawing: &mut Drawing, flip: Option<(usize, usize)>) {
        self.watched(drawing);
        self.heads(drawing);
        for (_, step) in self.words.steps().filter(|(_, step)| step.critical) {
            self.pill(drawing, step);
        }
        self.leaders(drawing);
        for lane in 0..self.scene.lanes.len() {
            self.lane(drawing, lane);
        }
        self.scene.arrows.iter().for_each(|arrow| self.arrow(drawing, arrow));
        self.scene.awaited.iter().for_each(|(row, lane)| self.awaited(drawing, *row, *lane));
        for (row, line) in self.words.lines.iter().enumerate() {
            match line {
                Line::Step(step) => self.step(drawing, row, step),
                Line::More(words) => self.more(drawing, row, words),
            }
        }
        self.asides(drawing);
        if let Some((first, second)) = flip {
            self.exchange(drawing, first, second);
        }
    }

    fn watched(&self, drawing: &mut Drawing) {
        let (Some((x, wide)), Some(name)) = (self.columns.watched, &self.words.watched) else { return };
        let top = self.top + 4;
        let bottom = self.y(2 * self.words.lines.len()) + 4;
        drawing.rectangle([x, top, wide, bottom - top], 8, "panel");
        drawing.text(x + 10, self.top + 22, Side::Begins, plain(Font::Head, name.clone()));
    }

    fn heads(&self, drawing: &mut Drawing) {
        for (head, (column, lane)) in
            self.words.heads.iter().zip(self.columns.lanes.iter().zip(&self.scene.lanes))
        {
            drawing.text(column.x - 5, self.top + 22, Side::Begins, plain(Font::Head, head.id.clone()));
            if self.columns.words.is_none() {
                drawing.text(column.x - 5, self.top + 38, Side::Begins, plain(Font::Dim, head.name.clone()));
            }
            let begin = lane.pieces.first().map_or(0, |piece| piece.from);
            if begin > 0 {
                drawing.path(vertical(column.x, self.y(0), self.y(begin)), "guide");
            }
        }
    }

    fn lane(&self, drawing: &mut Drawing, index: usize) {
        let (lane, x) = (&self.scene.lanes[index], self.columns.lanes[index].x);
        for piece in &lane.pieces {
            let class = match piece.activity {
                Activity::Runs => "runs",
                Activity::Ready => "ready",
                Activity::Waits => "waits",
            };
            drawing.path(vertical(x, self.y(piece.from), self.y(piece.to)), class);
        }
        let (Some(first), Some(last)) = (lane.pieces.first(), lane.pieces.last()) else { return };
        if first.from > 0 || lane.who.first {
            drawing.path(cap(x, self.y(first.from)), "cap");
        }
        let end = self.y(last.to);
        match lane.end {
            End::Ended => drawing.path(cap(x, end), "cap"),
            End::Cut => drawing.path(cross(x, end), "cross"),
            End::Open => {}
        }
    }

    fn pill(&self, drawing: &mut Drawing, step: &Step) {
        let Some(row) = self.row_of(&step.number) else { return };
        let (column, words) = (&self.columns.lanes[step.lane], self.columns.label_of(step.lane));
        // Around the step and its words, unless other lines pass between them.
        let together = self.columns.words.is_none() && words - column.x <= WORDS;
        let begin = if together { column.x - 11 } else { words - 8 };
        let end = self.end_of_words(step) + 8;
        drawing.rectangle([begin, self.middle(row) - 12, end - begin, 24], 12, "pill");
    }

    /// Lines that lead from every step to its words, where these stand apart.
    fn leaders(&self, drawing: &mut Drawing) {
        let Some(end) = self.columns.words else { return };
        let leader = |(row, step): (usize, &Step)| {
            format!("M{} {}H{}", self.columns.lanes[step.lane].x, self.middle(row), end - 10)
        };
        drawing.path(self.words.steps().map(leader).collect::<String>(), "guide");
    }

    pub(super) fn row_of(&self, number: &str) -> Option<usize> {
        self.words.steps().find(|(_, step)| step.number == number).map(|(row, _)| row)
    }

    fn label(&self, step: &Step) -> Vec<Piece> {
        let head = self.columns.words.map(|_| self.words.heads[step.lane].whole());
        label(step, head)
    }

    pub(super) fn end_of_words(&self, step: &Step) -> i32 {
        self.columns.label_of(step.lane) + width(&self.label(step))
    }

    fn step(&self, drawing: &mut Drawing, row: usize, step: &Step) {
        let (x, y) = (self.columns.lanes[step.lane].x, self.middle(row));
        match step.mark {
            Mark::Last => {}
            Mark::Failed => drawing.path(cross(x, y), "cross"),
            Mark::Stuck => drawing.path(circle(x, y, STEP + 1), "stuck"),
            Mark::Done if step.critical => drawing.path(diamond(x, y), "hot"),
            Mark::Done => drawing.path(circle(x, y, STEP), "step"),
        }
        let number = if step.critical { Font::Note } else { Font::Small };
        drawing.text(self.columns.number, y + BASE, Side::Ends, plain(number, step.number.clone()));
        let (begin, label) = (self.columns.label_of(step.lane), self.label(step));
        if step.critical {
            drawing.text(begin, y + BASE, Side::Begins, label);
        } else {
            drawing.text_over_lines(begin, y + BASE, label);
        }
        if let Some((x, _)) = self.columns.watched {
            let font = if step.is_new { Font::Code } else { Font::Same };
            drawing.text(x + 10, y + BASE, Side::Begins, plain(font, step.after.clone()));
        }
        drawing.text(self.columns.note, y + BASE, Side::Begins, plain(Font::Note, step.note.clone()));
    }

    fn more(&self, drawing: &mut Drawing, row: usize, words: &str) {
        let x = self.columns.words.or_else(|| self.columns.lanes.first().map(|lane| lane.words));
        let (x, y) = (x.unwrap_or(MARGIN), self.middle(row));
        drawing.path(format!("M{MARGIN} {y}H{}", self.columns.width - MARGIN), "guide");
        drawing.text_over_lines(x, y + BASE, plain(Font::Aside, words));
    }

    fn asides(&self, drawing: &mut Drawing) {
        if self.columns.words.is_some() {
            return;
        }
        for (lane, (head, column)) in self.words.heads.iter().zip(&self.columns.lanes).enumerate() {
            for (row, word) in &head.asides {
                // Below the line that passes there.
                let lower = if self.is_crossed(*row, lane) { ROW / 2 - 2 } else { 0 };
                let y = self.middle(*row) + BASE + lower;
                drawing.text_over_lines(column.words, y, plain(Font::Aside, *word));
            }
        }
    }

    /// Whether a line passes from left to right where a lane has its words, in the row of another one.
    fn is_crossed(&self, row: usize, lane: usize) -> bool {
        let passes = |from: usize, to: usize| (from < lane && lane < to) || (to <= lane && lane < from);
        let begins = |arrow: &&Arrow| arrow.from.height == 2 * row + 1;
        let mut arrows =
            self.scene.arrows.iter().filter(begins).map(|arrow| (arrow.from.lane, arrow.to.lane));
        let waiting = self.words.steps().find(|(index, _)| *index == row).map(|(_, step)| step.lane);
        let mut awaited = self.scene.awaited.iter().filter(|(index, _)| *index == row);
        arrows.any(|(from, to)| passes(from, to))
            || awaited.any(|(_, to)| waiting.is_some_and(|from| passes(from, *to)))
    }
}

fn vertical(x: i32, from: i32, to: i32) -> String {
    format!("M{x} {from}V{to}")
}

/// Where a lane begins or ends.
fn cap(x: i32, y: i32) -> String {
    format!("M{} {y}H{}", x - 6, x + 6)
}

pub(super) fn cross(x: i32, y: i32) -> String {
    format!("M{} {}l10 10m0-10l-10 10", x - 5, y - 5)
}

fn circle(x: i32, y: i32, radius: i32) -> String {
    let across = 2 * radius;
    format!("M{} {y}a{radius} {radius} 0 1 0 {across} 0a{radius} {radius} 0 1 0-{across} 0z", x - radius)
}

pub(super) fn diamond(x: i32, y: i32) -> String {
    format!("M{x} {}l6 6l-6 6l-6-6z", y - 6)
}
