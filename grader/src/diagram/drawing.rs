//! A drawing: shapes with classes, whose colours and fonts are in `style.css`. It knows nothing of processes.

/// Shapes on a sheet, the first ones below the others. Lengths are in pixels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Drawing {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) shapes: Vec<Shape>,
}

/// See [`Drawing`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// A rectangle with round corners.
    Box { x: i32, y: i32, width: i32, height: i32, round: i32, class: &'static str },
    /// A line, in the commands of an SVG path.
    Path { commands: String, class: &'static str },
    /// A text that begins or ends at `x`; `y` is its base line. Where lines may pass below it, they keep a distance.
    Text { x: i32, y: i32, side: Side, pieces: Vec<Piece>, over_lines: bool },
}

/// Where the position of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Begins,
    Ends,
}

/// A part of a text, and how far it is from the part before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) class: Font,
    pub(super) gap: i32,
}

/// How a text looks, and so how wide it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Font {
    /// The name of an exercise.
    Title,
    /// A sentence.
    Sentence,
    /// What is beside the point.
    Dim,
    /// The head of a lane.
    Head,
    /// What a process does.
    Code,
    /// The same where it matters most.
    Critical,
    /// A place, or a number.
    Small,
    /// What was in an object before, too.
    Same,
    /// A word in a lane on why nothing happens there.
    Aside,
    /// What is remarkable about a step.
    Note,
    /// What exchanging two steps does.
    Caption,
}

impl Font {
    /// All of them.
    #[cfg(test)]
    pub(super) const ALL: [Self; 11] = [
        Self::Title,
        Self::Sentence,
        Self::Dim,
        Self::Head,
        Self::Code,
        Self::Critical,
        Self::Small,
        Self::Same,
        Self::Aside,
        Self::Note,
        Self::Caption,
    ];

    /// Its class in the style.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Sentence => "sentence",
            Self::Dim => "dim",
            Self::Head => "head",
            Self::Code => "code",
            Self::Critical => "code critical",
            Self::Small => "small",
            Self::Same => "code same",
            Self::Aside => "aside",
            Self::Note => "note",
            Self::Caption => "caption",
        }
    }

    /// Thousandths of a pixel that a column takes: exactly in fonts of one width, else what most texts stay below.
    fn column(self) -> usize {
        match self {
            Self::Title => 9_400,
            Self::Sentence => 7_300,
            Self::Caption => 8_200,
            Self::Dim => 6_500,
            Self::Head => 8_200,
            Self::Code | Self::Critical | Self::Same => 7_850,
            Self::Small => 6_650,
            Self::Aside => 6_300,
            Self::Note => 6_700,
        }
    }

    /// Pixels that so many columns take.
    pub(super) fn width(self, columns: usize) -> i32 {
        i32::try_from((columns * self.column()).div_ceil(1_000)).unwrap_or(i32::MAX / 8)
    }

    /// Columns that so many pixels have room for.
    pub(super) fn columns(self, pixels: i32) -> usize {
        usize::try_from(pixels).unwrap_or(0) * 1_000 / self.column()
    }
}

/// Pixels that a text takes.
pub(super) fn width(pieces: &[Piece]) -> i32 {
    use unicode_width::UnicodeWidthStr;
    pieces.iter().map(|piece| piece.gap + piece.class.width(piece.text.width())).sum()
}

/// A text in one look.
pub(super) fn plain(class: Font, text: impl Into<String>) -> Vec<Piece> {
    vec![Piece { text: text.into(), class, gap: 0 }]
}

impl Drawing {
    pub(super) fn rectangle(&mut self, [x, y, width, height]: [i32; 4], round: i32, class: &'static str) {
        self.shapes.push(Shape::Box { x, y, width, height, round, class });
    }

    pub(super) fn path(&mut self, commands: impl Into<String>, class: &'static str) {
        self.shapes.push(Shape::Path { commands: commands.into(), class });
    }

    pub(super) fn text(&mut self, x: i32, y: i32, side: Side, pieces: Vec<Piece>) {
        if pieces.iter().any(|piece| !piece.text.is_empty()) {
            self.shapes.push(Shape::Text { x, y, side, pieces, over_lines: false });
        }
    }

    /// A text below which lines may pass.
    pub(super) fn text_over_lines(&mut self, x: i32, y: i32, pieces: Vec<Piece>) {
        if pieces.iter().any(|piece| !piece.text.is_empty()) {
            self.shapes.push(Shape::Text { x, y, side: Side::Begins, pieces, over_lines: true });
        }
    }
}
