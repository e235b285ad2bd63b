//! A drawing as SVG: one static file, with its own style, that asks for nothing else.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use unicode_width::UnicodeWidthChar;

use super::drawing::{Drawing, Piece, Shape, Side};
use crate::text::clean;

/// Colours and fonts, in light and dark.
pub(super) const STYLE: &str = include_str!("style.css");

/// What a drawing is called by who cannot see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) language: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
}

/// The drawing as an element, without so much of its margins; with its style, unless the page has that.
pub(super) fn element(drawing: &Drawing, names: Names<'_>, inset: i32, with_style: bool) -> String {
    let mut writer = Writer::new(Vec::new());
    // Writing to memory does not fail, and what is written is text.
    let _ = write(&mut writer, drawing, names, inset, with_style);
    String::from_utf8(writer.into_inner()).unwrap_or_default() + "\n"
}

type Out = Writer<Vec<u8>>;

fn write(out: &mut Out, drawing: &Drawing, names: Names<'_>, inset: i32, with_style: bool) -> io::Result<()> {
    let (width, height) = ((drawing.width - 2 * inset).to_string(), drawing.height.to_string());
    let view = format!("{inset} 0 {width} {height}");
    let root = out.create_element("svg").with_attributes([
        ("xmlns", "http://www.w3.org/2000/svg"),
        ("class", "order"),
        ("viewBox", view.as_str()),
        ("width", width.as_str()),
        ("height", height.as_str()),
        ("lang", names.language),
        ("role", "img"),
        ("aria-labelledby", "order-title order-description"),
    ]);
    root.write_inner_content(|out| {
        named(out, "title", "order-title", names.title)?;
        named(out, "desc", "order-description", names.description)?;
        if with_style {
            out.create_element("style").write_text_content(BytesText::new(STYLE))?;
        }
        drawing.shapes.iter().try_for_each(|one| {
            out.write_event(Event::Text(BytesText::new("\n")))?;
            shape(out, one)
        })?;
        out.write_event(Event::Text(BytesText::new("\n")))
    })?;
    Ok(())
}

fn named(out: &mut Out, name: &str, id: &str, text: &str) -> io::Result<()> {
    let element = out.create_element(name).with_attribute(("id", id));
    element.write_text_content(BytesText::new(&fit(text)))?;
    Ok(())
}

fn shape(out: &mut Out, shape: &Shape) -> io::Result<()> {
    match shape {
        Shape::Box { x, y, width, height, round, class } => {
            let numbers = [x, y, width, height, round].map(ToString::to_string);
            let names = ["x", "y", "width", "height", "rx"];
            let attributes = names.into_iter().zip(numbers.iter().map(String::as_str));
            let element = out.create_element("rect").with_attributes(attributes);
            element.with_attribute(("class", *class)).write_empty()?;
        }
        Shape::Path { commands, class } => {
            let element = out.create_element("path");
            element.with_attributes([("d", commands.as_str()), ("class", *class)]).write_empty()?;
        }
        Shape::Text { x, y, side, pieces, over_lines } => text(out, (*x, *y), *side, pieces, *over_lines)?,
    }
    Ok(())
}

fn text(out: &mut Out, (x, y): (i32, i32), side: Side, pieces: &[Piece], over_lines: bool) -> io::Result<()> {
    let (x, y) = (x.to_string(), y.to_string());
    let mut element = out.create_element("text").with_attributes([("x", x.as_str()), ("y", y.as_str())]);
    if side == Side::Ends {
        element = element.with_attribute(("text-anchor", "end"));
    }
    let over = if over_lines { "over " } else { "" };
    if let [only] = pieces {
        let class = format!("{over}{}", only.class.class());
        let element = element.with_attribute(("class", class.as_str()));
        element.write_text_content(BytesText::new(&fit(&only.text)))?;
        return Ok(());
    }
    if over_lines {
        element = element.with_attribute(("class", "over"));
    }
    element.write_inner_content(|out| {
        pieces.iter().filter(|piece| !piece.text.is_empty()).try_for_each(|piece| {
            let gap = piece.gap.to_string();
            let mut element = out.create_element("tspan").with_attribute(("class", piece.class.class()));
            if piece.gap != 0 {
                element = element.with_attribute(("dx", gap.as_str()));
            }
            element.write_text_content(BytesText::new(&fit(&piece.text))).map(drop)
        })
    })?;
    Ok(())
}

/// Without what acts on a reader, the few characters that no XML file may hold, and marks without width but one at a time.
fn fit(text: &str) -> String {
    let mut marks = 0;
    let clean = clean::block(text);
    let is_fit = |c: &char| {
        marks = if *c != '\n' && c.width() == Some(0) { marks + 1 } else { 0 };
        marks < 2 && !matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    clean.chars().filter(is_fit).collect()
}
