//! Where everything stands from left to right: numbers, lanes with their words, the watched object, notes.
//!
//! Every lane has room for words beside it where all of that fits on a page; else lanes are narrow, and all words stand
//! in one column to their right.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use super::arrows::{Arrow, Point};
use super::drawing::{Font, Piece, width};
use super::scene::Scene;
use super::words::{Step, Words};

/// Left and right of everything.
pub(super) const MARGIN: i32 = 16;
/// Between two lines that lead to the same lane.
const TRACK: i32 = 7;
/// Between a lane and the nearest line that leads to it.
const NEAREST: i32 = 12;
/// Most lines beside one another that lead to the same lane; more share the last one.
const MOST_TRACKS: usize = 5;
/// Between a lane and its words, where nothing is in between.
pub(super) const WORDS: i32 = 14;
/// Between two columns.
const GAP: i32 = 18;
/// Widest sheet on which lanes have room for words.
const WIDEST: i32 = 960;
/// Between the word and its place.
const PLACE_GAP: i32 = 8;
/// For the mark that joins two steps, left of their numbers.
const BRACKET: i32 = 20;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    /// Where numbers end.
    pub(super) number: i32,
    pub(super) lanes: Vec<Column>,
    /// Where the words of every step begin, where lanes have no room for them.
    pub(super) words: Option<i32>,
    /// Where the watched object's column begins, and how wide it is.
    pub(super) watched: Option<(i32, i32)>,
    pub(super) note: i32,
    pub(super) width: i32,
}

/// A lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) x: i32,
    /// Where its words begin.
    pub(super) words: i32,
    /// Where the vertical part of a line that leads to a height of this lane is.
    pub(super) tracks: BTreeMap<(usize, bool), i32>,
}

/// The words of a step.
pub(super) fn label(step: &Step, head: Option<String>) -> Vec<Piece> {
    let font = if step.critical { Font::Critical } else { Font::Code };
    let mut pieces: Vec<Piece> =
        head.into_iter().map(|text| Piece { text: text + " ", class: Font::Small, gap: 0 }).collect();
    pieces.push(Piece {
        text: step.operation.clone(),
        class: font,
        gap: if pieces.is_empty() { 0 } else { PLACE_GAP },
    });
    pieces.push(Piece { text: step.place.clone(), class: Font::Small, gap: PLACE_GAP });
    pieces
}

impl Columns {
    pub(super) fn of(words: &Words, scene: &Scene, has_bracket: bool) -> Self {
        let wide = Self::with(words, scene, has_bracket, true);
        if wide.width <= WIDEST { wide } else { Self::with(words, scene, has_bracket, false) }
    }

    fn with(words: &Words, scene: &Scene, has_bracket: bool, wide: bool) -> Self {
        let last = words.steps().last().map_or(1, |(_, step)| step.number.width());
        let number = MARGIN + if has_bracket { BRACKET } else { 0 } + Font::Small.width(last.max(2));
        let mut x = number + 4;
        let mut lanes = Vec::new();
        for index in 0..scene.lanes.len() {
            let tracks = Tracks::to(index, &scene.arrows);
            let lane = x + tracks.room(true).max(if wide { 10 } else { 14 });
            let beside = lane + tracks.room(false).max(if wide { WORDS } else { 8 });
            let head = &words.heads[index];
            let widest =
                if wide { widest(words, index) } else { Font::Head.width(head.id.width()) - (beside - lane) };
            x = beside + widest + if wide { GAP } else { 6 };
            let tracks = tracks.placed(lane);
            lanes.push(Column { x: lane, words: beside, tracks });
        }
        let common = (!wide).then_some(x + GAP);
        if let Some(begin) = common {
            let labels =
                words.steps().map(|(_, step)| width(&label(step, Some(words.heads[step.lane].whole()))));
            x = begin + labels.max().unwrap_or(0) + GAP;
        }
        let watched = words.watched.as_ref().map(|name| {
            let values = words.steps().map(|(_, step)| step.after.width()).max().unwrap_or(0);
            let wide = Font::Code.width(values).max(Font::Head.width(name.width())) + 22;
            (x, wide)
        });
        let note = watched.map_or(x, |(begin, wide)| begin + wide + 12);
        let notes = words.steps().map(|(_, step)| Font::Note.width(step.note.width())).max().unwrap_or(0);
        Self { number, lanes, words: common, watched, note, width: note + notes + MARGIN }
    }

    /// Where the words of a step begin.
    pub(super) fn label_of(&self, lane: usize) -> i32 {
        self.words.unwrap_or(self.lanes[lane].words)
    }
}

/// The widest word in a lane.
fn widest(words: &Words, lane: usize) -> i32 {
    let head = &words.heads[lane];
    let labels =
        words.steps().filter(|(_, step)| step.lane == lane).map(|(_, step)| width(&label(step, None)));
    let asides = head.asides.iter().map(|(_, word)| Font::Aside.width(word.width()));
    let heads = [Font::Head.width(head.id.width()), Font::Dim.width(head.name.width())];
    labels.chain(asides).chain(heads).max().unwrap_or(0)
}

/// The lines that lead to a lane: from the left and from the right, each with where it begins and ends.
struct Tracks {
    /// By where they end and whether they come from the left: the number of the track.
    found: BTreeMap<(usize, bool), usize>,
}

impl Tracks {
    fn to(lane: usize, arrows: &[Arrow]) -> Self {
        let mut spans: BTreeMap<(usize, bool), usize> = BTreeMap::new();
        for Arrow { from, to, .. } in arrows.iter().filter(|arrow| arrow.to.lane == lane && is_bent(arrow)) {
            let begin = spans.entry((to.height, from.lane < lane)).or_insert(from.height);
            *begin = (*begin).min(from.height);
        }
        let mut found = BTreeMap::new();
        for from_left in [true, false] {
            let mut free: Vec<usize> = Vec::new();
            for ((end, side), begin) in spans.iter().filter(|((_, side), _)| *side == from_left) {
                let track = free.iter().position(|until| until <= begin).unwrap_or(free.len());
                let track = track.min(MOST_TRACKS - 1);
                free.resize(free.len().max(track + 1), 0);
                free[track] = *end;
                found.insert((*end, *side), track);
            }
        }
        Self { found }
    }

    /// Pixels that the tracks of a side take.
    fn room(&self, from_left: bool) -> i32 {
        let tracks = self.found.iter().filter(|((_, side), _)| *side == from_left).map(|(_, track)| *track);
        tracks.max().map_or(0, |last| offset(last) + 10)
    }

    fn placed(self, x: i32) -> BTreeMap<(usize, bool), i32> {
        let place = |((height, left), track): ((usize, bool), usize)| {
            ((height, left), if left { x - offset(track) } else { x + offset(track) })
        };
        self.found.into_iter().map(place).collect()
    }
}

fn offset(track: usize) -> i32 {
    NEAREST + TRACK * i32::try_from(track).unwrap_or(0)
}

/// Whether a line goes down: one to the same height is straight.
pub(super) fn is_bent(arrow: &Arrow) -> bool {
    arrow.from.height != arrow.to.height
}

impl Column {
    /// Where the line that leads to a point of this lane from another one goes down.
    pub(super) fn track(&self, to: Point, from_left: bool) -> i32 {
        self.tracks.get(&(to.height, from_left)).copied().unwrap_or(self.x)
    }
}
