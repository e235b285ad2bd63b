//! Columns of text that stand below one another.

use unicode_width::UnicodeWidthStr;

/// Rows of cells, each column as wide as its widest cell.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

/// On which side the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Table {
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines, columns `gap` apart; columns beyond `sides` stand left.
    pub(super) fn lines(&self, sides: &[Side], gap: usize) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
                let blanks = " ".repeat(width - cell.width());
                match sides.get(column) {
                    Some(Side::Right) => blanks + cell,
                    Some(Side::Left) | None => cell.clone() + &blanks,
                }
            });
            cells.collect::<Vec<_>>().join(&" ".repeat(gap)).trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_one_another() {
        let mut table = Table::default();
        table.row(["a".to_owned(), "ñandú".to_owned(), "1".to_owned()]);
        table.row(["bbb".to_owned(), "c".to_owned(), "10".to_owned()]);
        assert_eq!(
            table.lines(&[Side::Left, Side::Left, Side::Right], 2),
            ["a    ñandú   1", "bbb  c      10"]
        );
    }
}
