//! The table and the advice as text, in 80 columns. Decides how they look, from figures that are given.

use super::measure::{Figures, Way, What};
use super::numbers;
use super::words::Words;

/// What fits in every terminal.
const WIDTH: usize = 80;
/// The name of a way, and the gap after it.
const NAME: usize = 20;
/// A figure and its ratio.
const FIGURE: usize = 13;
const RATIO: usize = 7;
/// How easy a way is, and the gap after it.
const EASE: usize = 11;
/// The name of what is measured, and the gap after it.
const WHAT: usize = 9;

/// Everything that is printed: the figures, what they are, when to use what.
pub(crate) fn text(words: &Words, figures: &Figures) -> String {
    let mut lines = vec![words.title().to_owned(), words.rounds(figures.rounds), String::new()];
    lines.push(heads(words));
    lines.push("─".repeat(WIDTH));
    lines.extend(Way::ALL.map(|way| row(words, way, figures)));
    lines.push(String::new());
    lines.extend(words.ratios().iter().flat_map(|sentence| beside("", sentence)));
    lines.extend([String::new(), words.measured().to_owned()]);
    for (what, how) in words.how() {
        lines.extend(beside(&format!("  {what:<WHAT$}"), how));
    }
    lines.extend([String::new(), words.when().to_owned()]);
    for way in Way::ALL {
        let head = format!("  {:<NAME$}{:<EASE$}", words.way(way), words.ease(way));
        lines.push(String::new());
        lines.extend(beside(&head, words.use_it(way)));
    }
    lines.join("\n") + "\n"
}

fn heads(words: &Words) -> String {
    What::ALL
        .iter()
        .fold(" ".repeat(NAME), |line, what| line + &format!("{:>1$}", words.what(*what), FIGURE + RATIO))
}

fn row(words: &Words, way: Way, figures: &Figures) -> String {
    let line = What::ALL.iter().fold(format!("{:<NAME$}", words.way(way)), |line, what| {
        let (figure, ratio) = cell(words, way, *what, figures).unwrap_or_else(|| ("–".into(), String::new()));
        line + &format!("{figure:>FIGURE$}{ratio:>RATIO$}")
    });
    line.trim_end().to_owned()
}

/// A figure and how it compares. For messages the figure is how many bytes a second.
fn cell(words: &Words, way: Way, what: What, figures: &Figures) -> Option<(String, String)> {
    let figure = match figures.rate(way, what) {
        Some(rate) => numbers::rate(words.language, rate),
        None => numbers::time(words.language, figures.seconds(way, what)?),
    };
    Some((figure, numbers::ratio(words.language, figures.ratio(way, what)?)))
}

/// A text beside its head, in as many lines as it takes, none under the head.
fn beside(head: &str, text: &str) -> Vec<String> {
    let indent = head.chars().count();
    let mut lines = vec![head.to_owned()];
    let mut length = indent;
    for word in text.split_whitespace() {
        let room = word.chars().count() + usize::from(length > indent);
        if length + room > WIDTH {
            lines.push(" ".repeat(indent));
            length = indent;
        }
        if let Some(line) = lines.last_mut() {
            let gap = if length > indent { " " } else { "" };
            line.push_str(gap);
            line.push_str(word);
            length += word.chars().count() + gap.len();
        }
    }
    lines
}
