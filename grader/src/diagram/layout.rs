//! From the scene of an order to shapes on a sheet: lanes downward, arrows, the steps with their words.

use super::arrows::{Arrow, What};
use super::columns::{Columns, MARGIN, WORDS, is_bent, label};
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
const STEP: i32 = 4;

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

    fn y(&self, half_rows: usize) -> i32 {
        self.top + HEADS + i32::try_from(half_rows).unwrap_or(0) * ROW / 2
    }

    fn middle(&self, row: usize) -> i32 {
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
            End::Killed => drawing.path(cross(x, end), "cross"),
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

    fn row_of(&self, number: &str) -> Option<usize> {
        self.words.steps().find(|(_, step)| step.number == number).map(|(row, _)| row)
    }

    fn label(&self, step: &Step) -> Vec<Piece> {
        let head = self.columns.words.map(|_| self.words.heads[step.lane].whole());
        label(step, head)
    }

    fn end_of_words(&self, step: &Step) -> i32 {
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

    fn arrow(&self, drawing: &mut Drawing, arrow: &Arrow) {
        let Arrow { what, from, to } = arrow;
        let (line, head) = match what {
            What::Start | What::End => ("birth", "birth-head"),
            What::Message => ("message", "message-head"),
            What::Lock => ("lock", "lock-head"),
        };
        let to_right = from.lane < to.lane;
        let (begin, y) = (self.departure(arrow, to_right), self.y(from.height));
        let column = &self.columns.lanes[to.lane];
        if !is_bent(arrow) {
            let tip = column.x - 3;
            drawing.path(format!("M{begin} {y}H{}", tip - 6), line);
            return drawing.path(tip_at(tip, y, true), head);
        }
        let track = column.track(*to, to_right);
        let below = self.y(to.height);
        let tip = if to_right { column.x - STEP - 2 } else { column.x + STEP + 2 };
        let (turn, back) = if to_right { (track - 5, track + 5) } else { (track + 5, track - 5) };
        let end = if to_right { (tip - 6).max(back) } else { (tip + 6).min(back) };
        drawing.path(
            format!(
                "M{begin} {y}H{turn}Q{track} {y} {track} {}V{}Q{track} {below} {back} {below}H{end}",
                y + 5,
                below - 5
            ),
            line,
        );
        drawing.path(tip_at(tip, below, to_right), head);
    }

    /// Where an arrow begins: after the words of its step, where it goes over them.
    fn departure(&self, arrow: &Arrow, to_right: bool) -> i32 {
        let lane = arrow.from.lane;
        let x = self.columns.lanes[lane].x;
        if !to_right {
            return x - STEP - 4;
        }
        let row = arrow.from.height / 2;
        let step = self.words.steps().find(|(index, step)| *index == row && step.lane == lane);
        match step.filter(|_| self.columns.words.is_none()) {
            Some((_, step)) => self.end_of_words(step) + if step.critical { 10 } else { 6 },
            None => x + STEP + 4,
        }
    }

    /// That a process waits for ever, and for whom.
    fn awaited(&self, drawing: &mut Drawing, row: usize, lane: usize) {
        let Some((_, step)) = self.words.steps().find(|(index, _)| *index == row) else { return };
        let (y, x) = (self.middle(row), self.columns.lanes[lane].x);
        let own = self.columns.lanes[step.lane].x;
        let to_right = own < x;
        let begin = match (to_right, self.columns.words) {
            (true, None) => self.end_of_words(step) + 6,
            (true, Some(_)) => own + STEP + 5,
            (false, _) => own - STEP - 5,
        };
        let tip = if to_right { x - 4 } else { x + 4 };
        let end = if to_right { tip - 6 } else { tip + 6 };
        drawing.path(format!("M{begin} {y}H{end}"), "waits-for");
        drawing.path(tip_at(tip, y, to_right), "exchange-head");
    }

    /// The bracket that joins two steps which, exchanged, let it come out right.
    fn exchange(&self, drawing: &mut Drawing, first: usize, second: usize) {
        let row = |number: usize| self.row_of(&number.to_string());
        let (Some(first), Some(second)) = (row(first), row(second)) else { return };
        let (x, begin, end) = (MARGIN + 2, self.middle(first), self.middle(second));
        drawing.path(
            format!(
                "M{} {begin}H{}Q{x} {begin} {x} {}V{}Q{x} {end} {} {end}H{}",
                x + 6,
                x + 4,
                begin + 4,
                end - 4,
                x + 4,
                x + 6
            ),
            "exchange",
        );
        drawing.path(tip_at(x + 11, begin, true), "exchange-head");
        drawing.path(tip_at(x + 11, end, true), "exchange-head");
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

/// The head of an arrow that ends at `x`.
pub(super) fn tip_at(x: i32, y: i32, to_right: bool) -> String {
    if to_right { format!("M{x} {y}l-7-4v8z") } else { format!("M{x} {y}l7-4v8z") }
}
