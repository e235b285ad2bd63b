//! The lines of a diagram that lead from one lane to another, and the mark that joins two steps.

use super::arrows::{Arrow, What};
use super::columns::{MARGIN, is_bent};
use super::drawing::Drawing;
use super::layout::{STEP, Sheet};

impl Sheet<'_> {
    pub(super) fn arrow(&self, drawing: &mut Drawing, arrow: &Arrow) {
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
            let (tip, end) =
                if to_right { (column.x - 3, column.x - 9) } else { (column.x + 3, column.x + 9) };
            drawing.path(format!("M{begin} {y}H{end}"), line);
            return drawing.path(tip_at(tip, y, to_right), head);
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
    pub(super) fn awaited(&self, drawing: &mut Drawing, row: usize, lane: usize) {
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
    pub(super) fn exchange(&self, drawing: &mut Drawing, first: usize, second: usize) {
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

/// The head of an arrow that ends at `x`.
pub(super) fn tip_at(x: i32, y: i32, to_right: bool) -> String {
    if to_right { format!("M{x} {y}l-7-4v8z") } else { format!("M{x} {y}l7-4v8z") }
}
