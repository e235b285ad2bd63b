//! Takes out of a text whatever could act on a terminal. Everything that a program chose passes here before people see it.

use unicode_width::UnicodeWidthChar;

/// One line without escape codes, of at most so many columns; what is cut ends in `…`.
pub(crate) fn line(text: &str, columns: usize) -> String {
    let clean = block(text).split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&clean, columns)
}

/// Lines without escape codes and control characters.
pub(crate) fn block(text: &str) -> String {
    let stripped = anstream::adapter::strip_str(text).to_string();
    stripped.chars().flat_map(visible).collect()
}

/// Lines in which escape codes for colour are left, and no others.
pub(crate) fn coloured(text: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while let Some((before, code)) = rest.split_once("\u{1b}[") {
        clean += &block(before);
        let end = code.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(code.len());
        let (parameters, after) = code.split_at(end);
        rest = after.strip_prefix(|c: char| c.is_ascii_alphabetic()).unwrap_or(after);
        if after.starts_with('m') {
            clean += &format!("\u{1b}[{parameters}m");
        }
    }
    clean + &block(rest)
}

/// The beginning of a line, of at most so many columns; what is cut ends in `…`.
pub(crate) fn cut(line: &str, columns: usize) -> String {
    let width = |c: char| c.width().unwrap_or(0);
    if line.chars().map(width).sum::<usize>() <= columns {
        return line.to_owned();
    }
    let mut used = 1;
    let kept = line.chars().take_while(|c| {
        used += width(*c);
        used <= columns
    });
    kept.collect::<String>().trim_end().to_owned() + "…"
}

/// What people see of a character: nothing of those that control the terminal or reorder the text around them.
fn visible(c: char) -> impl Iterator<Item = char> {
    let (shown, times) = match c {
        '\n' => ('\n', 1),
        '\t' => (' ', 4),
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{61c}'
        | '\u{feff}' => (' ', 0),
        other if other.is_control() => (' ', 0),
        other => (other, 1),
    };
    std::iter::repeat_n(shown, times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_on_a_terminal_is_left() {
        let evil = "\u{1b}[2J\u{1b}]0;título\u{7}hola\u{8}\r \u{202e}mundo\u{9b}31m\n\tfin\u{0}";
        assert_eq!(line(evil, 80), "hola mundo31m fin");
        assert_eq!(block("a\u{1b}[31mb\u{1b}[0m\n\tc"), "ab\n    c");
    }

    #[test]
    fn colours_may_stay_and_nothing_else() {
        let text = "\u{1b}[1;31merror\u{1b}[0m\u{1b}[2J\u{1b}[10;10H\u{1b}]8;;x\u{7}:\u{1b}[";
        assert_eq!(coloured(text), "\u{1b}[1;31merror\u{1b}[0m:");
    }

    #[test]
    fn a_long_line_is_cut_by_columns() {
        assert_eq!(line("ñandú", 5), "ñandú");
        assert_eq!(line("ñandúes", 5), "ñand…");
        assert_eq!(line("日本語", 5), "日本…");
        assert_eq!(line("ab cd", 4), "ab…");
    }
}
