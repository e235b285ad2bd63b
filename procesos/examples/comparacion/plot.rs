//! The figures as a picture: one static SVG, in light and dark, whose texts say all of it to who cannot see it.
//!
//! Times on one logarithmic axis for all three panels, so that bars can be compared across them.

use std::fmt::Write;

use super::measure::{Figures, Way, What};
use super::numbers;
use super::words::Words;

const STYLE: &str = include_str!("style.css");

const WIDTH: f64 = 760.0;
const MARGIN: f64 = 24.0;
/// Where bars begin: right of the names.
const BARS: f64 = 178.0;
/// Where the axis ends: what a bar says stands right of it.
const END: f64 = 570.0;
const TOP: f64 = 92.0;
const HEAD: f64 = 28.0;
const STEP: f64 = 26.0;
const BAR: f64 = 16.0;
const GAP: f64 = 22.0;
/// Of the labels of an axis.
const LABELS: f64 = 22.0;

/// The axis: from a power of ten below every time to one at or above every time.
struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    fn of(figures: &Figures) -> Self {
        let exponents: Vec<f64> = figures.times().map(f64::log10).collect();
        let low = exponents.iter().copied().fold(f64::INFINITY, f64::min).floor();
        let high = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max).ceil();
        // A time that is a power of ten would have no bar.
        let low = if exponents.contains(&low) { low - 1.0 } else { low };
        Self { low, high: high.max(low + 1.0) }
    }

    fn x(&self, seconds: f64) -> f64 {
        BARS + (END - BARS) * (seconds.log10() - self.low) / (self.high - self.low)
    }

    /// The powers of ten on it, in seconds.
    fn lines(&self) -> impl Iterator<Item = f64> {
        let next = |exponent: &f64| Some(exponent + 1.0).filter(|next| *next <= self.high);
        std::iter::successors(Some(self.low), next).map(|exponent| 10f64.powf(exponent))
    }
}

/// The picture as the text of a file.
pub(crate) fn svg(words: &Words, figures: &Figures) -> String {
    let axis = Axis::of(figures);
    let (mut body, mut y) = (String::new(), TOP);
    for what in What::ALL {
        y = panel(&mut body, words, what, figures, &axis, y) + GAP;
    }
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="comparison" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" lang="{}" role="img" aria-labelledby="comparison-title comparison-description">"#,
        words.language.code(),
    );
    out += &format!("\n<title id=\"comparison-title\">{}</title>\n", escape(words.title()));
    out += &format!("<desc id=\"comparison-description\">{}</desc>\n", escape(&description(words, figures)));
    out += &format!("<style>\n{STYLE}</style>\n<rect class=\"sheet\" width=\"{WIDTH}\" height=\"{y}\"/>\n");
    text(&mut out, (MARGIN, 34.0), "title", "start", words.title());
    text(&mut out, (MARGIN, 56.0), "dim", "start", words.axis());
    text(
        &mut out,
        (MARGIN, 74.0),
        "dim",
        "start",
        &format!("{} · {}", words.rounds(figures.rounds), words.fastest()),
    );
    out + &body + "</svg>\n"
}

/// One panel from `top` down; returns where it ends.
fn panel(out: &mut String, words: &Words, what: What, figures: &Figures, axis: &Axis, top: f64) -> f64 {
    let rows: Vec<(Way, f64)> =
        Way::ALL.into_iter().filter_map(|way| Some((way, figures.seconds(way, what)?))).collect();
    text(out, (MARGIN, top + 18.0), "head", "start", words.panel(what));
    let first = top + HEAD;
    let bottom = rows.iter().fold(first, |y, _| y + STEP);
    for line in axis.lines() {
        let x = axis.x(line);
        put(out, format_args!(r#"<path class="guide" d="M{x:.1} {first:.1}V{bottom:.1}"/>"#));
        text(out, (x, bottom + 15.0), "small", "middle", &numbers::power(words.language, line));
    }
    let mut y = first;
    for (way, seconds) in rows {
        let (middle, width) = (y + STEP / 2.0, axis.x(seconds) - BARS);
        let bar = y + (STEP - BAR) / 2.0;
        text(out, (BARS - 10.0, middle + 4.5), "name", "end", words.way(way));
        put(
            out,
            format_args!(
                r#"<rect class="bar {}" x="{BARS}" y="{bar:.1}" width="{width:.1}" height="{BAR}"/>"#,
                class(way),
            ),
        );
        let says = says(words, way, what, figures);
        text(out, (BARS + width + 8.0, middle + 4.5), "value over", "start", &says);
        y += STEP;
    }
    bottom + LABELS
}

/// What a bar says: its time, its ratio, and how many bytes a second that is.
fn says(words: &Words, way: Way, what: What, figures: &Figures) -> String {
    let language = words.language;
    let parts = [
        figures.seconds(way, what).map(|seconds| numbers::time(language, seconds)),
        figures.ratio(way, what).map(|ratio| numbers::ratio(language, ratio)),
        figures.rate(way, what).map(|rate| numbers::rate(language, rate)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The whole picture in words.
fn description(words: &Words, figures: &Figures) -> String {
    let mut lines = vec![words.rounds(figures.rounds)];
    for what in What::ALL {
        lines.push(format!("{}.", words.panel(what)));
        let ways = Way::ALL.into_iter().filter(|way| figures.seconds(*way, what).is_some());
        lines.extend(ways.map(|way| format!("{}: {}", words.way(way), says(words, way, what, figures))));
    }
    lines.join("\n")
}

fn class(way: Way) -> &'static str {
    match way {
        Way::Queue => "queue",
        Way::Pipe => "pipe",
        Way::Shared => "shared",
        Way::Event => "event",
        Way::Manager => "manager",
    }
}

fn text(out: &mut String, (x, y): (f64, f64), class: &str, anchor: &str, says: &str) {
    let says = escape(says);
    put(
        out,
        format_args!(r#"<text x="{x:.1}" y="{y:.1}" class="{class}" text-anchor="{anchor}">{says}</text>"#),
    );
}

fn put(out: &mut String, element: std::fmt::Arguments<'_>) {
    // Writing to memory does not fail.
    let _ = writeln!(out, "{element}");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
