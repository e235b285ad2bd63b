//! One order of a scenario as a page of its own: the diagram, the same steps as a table, the student's lines, what is wrong
//! and how to repeat it. It asks for nothing else and runs nothing: its policy forbids both.

use std::collections::BTreeSet;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;
use sha2::{Digest, Sha256};

use super::words::{Line, Step};
use super::{Diagram, Picture, svg};
use crate::Language;
use crate::report::Came;
use crate::text::finding::story_table;
use crate::text::{clean, diagram as text, screen};

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// Lines quoted around one of which a step tells.
const AROUND: usize = 2;
/// Most lines that are quoted.
const MOST_LINES: usize = 120;
/// Widest line that is quoted.
const LINE_COLUMNS: usize = 160;

/// The order as a page.
#[must_use]
pub fn page(picture: &Picture<'_>, language: Language) -> String {
    let diagram = Diagram::of(picture, language);
    let style = format!("{STYLE}{}", svg::STYLE);
    let hash = format!("sha256-{}", STANDARD.encode(Sha256::digest(&style)));
    let (mark, said) = diagram.result();
    filled(&|name| match name {
        "language" => language.code().to_owned(),
        "title" => escaped(&text::title(language, picture.exercise)),
        "style-hash" => hash.clone(),
        "style" => style.clone(),
        "exercise" => escaped(picture.exercise),
        "scenario" => escaped(&diagram.scenario()),
        "file" => escaped(&clean::line(picture.file, usize::MAX)),
        "result-class" => class(picture.came).to_owned(),
        "result" => format!("{mark}{}", with_code(&said)),
        "killed" => paragraph("", picture.killed),
        "hint" => paragraph(&format!("<b>{}</b> ", escaped(screen::try_word(language))), picture.hint),
        "which" => escaped(screen::which_order(language, picture.which).trim_end_matches(':')),
        "diagram-heading" => escaped(text::diagram_heading(language)),
        "diagram" => diagram.element(false),
        "steps-heading" => escaped(text::steps_heading(language)),
        "columns" => diagram.columns(),
        "rows" => diagram.rows(),
        "source" => diagram.source(),
        "replay" => replay(picture, language),
        _ => String::new(),
    })
}

/// How what came out looks.
fn class(came: Came<'_>) -> &'static str {
    match came {
        Came::Wrong(_) => "wrong",
        Came::Right => "right",
        Came::Unseen => "unseen",
    }
}

/// The template with what stands for each name in it. What is put in is not looked at again.
fn filled(value: &dyn Fn(&str) -> String) -> String {
    let mut pieces = TEMPLATE.split("{{");
    let mut page = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or((piece, ""));
        page += &value(name);
        page += rest;
    }
    page
}

/// A text in which nothing is markup.
fn escaped(text: &str) -> String {
    escape(clean::block(text)).into_owned()
}

/// A sentence, with what stands between backquotes as code.
fn with_code(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    let last = pieces.len() - 1;
    let piece = |(index, piece): (usize, &&str)| match index {
        // One without a partner is a character like any other.
        _ if index == last && index % 2 == 1 => format!("`{}", escaped(piece)),
        _ if index % 2 == 1 => format!("<code>{}</code>", escaped(piece)),
        _ => escaped(piece),
    };
    pieces.iter().enumerate().map(piece).collect()
}

fn paragraph(before: &str, text: Option<&str>) -> String {
    text.map(|text| format!("<p>{before}{}</p>\n", with_code(text))).unwrap_or_default()
}

fn replay(picture: &Picture<'_>, language: Language) -> String {
    let section = |command| {
        let heading = escaped(text::replay_heading(language));
        format!("<section>\n<h2>{heading}</h2>\n<pre><code>{}</code></pre>\n</section>\n", escaped(command))
    };
    picture.replay.map(section).unwrap_or_default()
}

impl Diagram<'_> {
    /// The head of the table.
    fn columns(&self) -> String {
        let [step, who, what, place, _] = story_table::words(self.language);
        let watched = self.words.watched.as_deref();
        let names =
            [step, who, what, place].into_iter().chain(watched).chain([text::note_heading(self.language)]);
        let cells = names.map(|name| format!("<th scope=\"col\">{}</th>", escaped(name)));
        format!("<tr>{}</tr>", cells.collect::<String>())
    }

    /// The rows of the table.
    fn rows(&self) -> String {
        let columns = 5 + usize::from(self.words.watched.is_some());
        let row = |line: &Line| match line {
            Line::More(words) => {
                format!("<tr><td class=\"more\" colspan=\"{columns}\">{}</td></tr>\n", escaped(words))
            }
            Line::Step(step) => self.row(step),
        };
        self.words.lines.iter().map(row).collect()
    }

    fn row(&self, step: &Step) -> String {
        let class = if step.critical { " class=\"critical\"" } else { "" };
        let quoted = self.quoted();
        let place = match step.line.filter(|line| quoted.contains(line)) {
            Some(line) => format!("<a href=\"#L{line}\">{}</a>", escaped(&step.place)),
            None => escaped(&step.place),
        };
        let mut row = format!("<tr{class}><td>{}</td>", escaped(&step.number));
        let who = escaped(&self.words.heads[step.lane].whole());
        let what = escaped(&step.operation);
        // Writing to a string does not fail.
        let _ = write!(row, "<td>{who}</td><td class=\"code\">{what}</td><td class=\"code\">{place}</td>");
        if self.words.watched.is_some() {
            let _ = write!(row, "<td class=\"code\">{}</td>", escaped(&step.after));
        }
        let _ = writeln!(row, "<td class=\"note\">{}</td></tr>", escaped(&step.note));
        row
    }

    /// The lines of the student's file of which a step tells.
    fn used(&self) -> BTreeSet<u32> {
        self.words.steps().filter_map(|(_, step)| step.line).collect()
    }

    /// The lines that are quoted.
    fn quoted(&self) -> BTreeSet<u32> {
        let all = 1..=u32::try_from(self.picture.source.lines().count()).unwrap_or(u32::MAX);
        let used = self.used();
        let is_near = |line: &u32| used.iter().any(|used| line.abs_diff(*used) as usize <= AROUND);
        all.filter(is_near).take(MOST_LINES).collect()
    }

    /// The student's lines, each with its number.
    fn source(&self) -> String {
        let (quoted, used) = (self.quoted(), self.used());
        if quoted.is_empty() {
            return String::new();
        }
        let decides: BTreeSet<u32> =
            self.words.steps().filter(|(_, step)| step.critical).filter_map(|(_, step)| step.line).collect();
        let digits = quoted.last().map_or(1, |line| line.to_string().len());
        let lines: Vec<&str> = self.picture.source.lines().collect();
        let heading = escaped(text::source_heading(self.language));
        let mut source = format!("<section>\n<h2>{heading}</h2>\n<pre><code>");
        let mut before = None;
        for line in quoted {
            if before.is_some_and(|before| before + 1 != line) {
                let _ = writeln!(source, "<span class=\"number\">{:>digits$}</span>", "⋮");
            }
            before = Some(line);
            let class = match (decides.contains(&line), used.contains(&line)) {
                (true, _) => " class=\"used decides\"",
                (false, true) => " class=\"used\"",
                (false, false) => "",
            };
            let text = lines.get(line as usize - 1).copied().unwrap_or_default();
            let text = escaped(&clean::cut(clean::block(text).trim_end(), LINE_COLUMNS));
            let number = format!("<span class=\"number\">{line:>digits$}</span>");
            let _ = writeln!(source, "{number} <span id=\"L{line}\"{class}>{text}</span>");
        }
        source + "</code></pre>\n</section>\n"
    }
}
