//! What stands above and below a diagram: what it shows, what is wrong, what the signs mean.

use textwrap::{Options, WordSplitter};

use super::arrows::What;
use super::columns::MARGIN;
use super::drawing::{Drawing, Font, Side, plain};
use super::layout::diamond;
use super::lines::tip_at;
use super::scene::{Activity, Scene};
use super::words::Words;
use crate::Language;
use crate::text::diagram::{Sign, legend};
use unicode_width::UnicodeWidthStr;

/// From the base line of a line of text to that of the next.
const LINE: i32 = 19;
/// Width of a sign.
const SIGN: i32 = 26;

/// Writes a text in as many lines as it takes, from `y` downwards; where it ends.
pub(super) fn paragraph(drawing: &mut Drawing, y: i32, font: Font, text: &str, word: &str) -> i32 {
    let room = font.columns(drawing.width - 2 * MARGIN).max(20);
    let indent = " ".repeat(word.width());
    let options = Options::new(room).initial_indent(word).subsequent_indent(&indent).break_words(false);
    let options = options.word_splitter(WordSplitter::NoHyphenation);
    let mut base = y;
    for line in textwrap::wrap(text, options) {
        let body = line.trim_start();
        let margin = if line.starts_with(' ') { font.width(word.width()) } else { 0 };
        drawing.text(MARGIN + margin, base + 14, Side::Begins, plain(font, body));
        base += LINE;
    }
    base
}

/// The signs that a scene needs.
fn signs(scene: &Scene, words: &Words) -> Vec<Sign> {
    let does =
        |activity| scene.lanes.iter().any(|lane| lane.pieces.iter().any(|piece| piece.activity == activity));
    let goes = |what: &[What]| scene.arrows.iter().any(|arrow| what.contains(&arrow.what));
    let all = [
        (Sign::Runs, does(Activity::Runs)),
        (Sign::Ready, does(Activity::Ready)),
        (Sign::Waits, does(Activity::Waits)),
        (Sign::Birth, goes(&[What::Start, What::End])),
        (Sign::Message, goes(&[What::Message])),
        (Sign::Lock, goes(&[What::Lock])),
        (Sign::WaitsFor, !scene.awaited.is_empty()),
        (Sign::Critical, words.steps().any(|(_, step)| step.critical)),
    ];
    all.into_iter().filter(|(_, needed)| *needed).map(|(sign, _)| sign).collect()
}

/// Draws what the signs mean, from `y` downwards; where it ends.
pub(super) fn key(drawing: &mut Drawing, y: i32, scene: &Scene, words: &Words, language: Language) -> i32 {
    let (mut x, mut y) = (MARGIN, y);
    for sign in signs(scene, words) {
        let word = legend(language, sign);
        let wide = SIGN + 8 + Font::Dim.width(word.width());
        if x > MARGIN && x + wide > drawing.width - MARGIN {
            (x, y) = (MARGIN, y + LINE);
        }
        draw(drawing, x, y + 10, sign);
        drawing.text(x + SIGN + 8, y + 14, Side::Begins, plain(Font::Dim, word));
        x += wide + 20;
    }
    y + LINE
}

fn draw(drawing: &mut Drawing, x: i32, y: i32, sign: Sign) {
    let line = format!("M{x} {y}h{SIGN}");
    let mut arrow = |line: &'static str, head: &'static str| {
        drawing.path(format!("M{x} {y}h{}", SIGN - 6), line);
        drawing.path(tip_at(x + SIGN, y, true), head);
    };
    match sign {
        Sign::Runs => drawing.path(line, "runs"),
        Sign::Ready => drawing.path(line, "ready"),
        Sign::Waits => drawing.path(line, "waits"),
        Sign::Birth => arrow("birth", "birth-head"),
        Sign::Message => arrow("message", "message-head"),
        Sign::Lock => arrow("lock", "lock-head"),
        Sign::WaitsFor => arrow("waits-for", "exchange-head"),
        Sign::Critical => {
            drawing.rectangle([x, y - 9, SIGN, 18], 9, "pill");
            drawing.path(diamond(x + SIGN / 2, y), "hot");
        }
    }
}
