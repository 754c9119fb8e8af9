//! Which columns there are, and how wide each is.

use super::rows::{Cells, TreeLine};
use super::style::Style;
use super::{Look, wrap};

/// A column beside the name.
struct Column {
    head: &'static str,
    cell: fn(&Cells) -> &str,
}

const STATUS: Column = Column { head: "STATUS", cell: |cells| &cells.status };
const READY: Column = Column { head: "READY", cell: |cells| &cells.ready };
const TAG: Column = Column { head: "TAG", cell: |cells| &cells.tag };
const RESTARTS: Column = Column { head: "RESTARTS", cell: |cells| &cells.restarts };
const BACKUP: Column = Column { head: "BACKUP", cell: |cells| &cells.backup };
const AGE: Column = Column { head: "AGE", cell: |cells| &cells.age };
const CONFIG: Column = Column { head: "CONFIG", cell: |cells| &cells.config };
const CLAIM: Column = Column { head: "CLAIM", cell: |cells| &cells.claim };
const DRILL: Column = Column { head: "DRILL", cell: |cells| &cells.drill };
const SINCE: Column = Column { head: "SINCE", cell: |cells| &cells.since };
const IMAGE: Column = Column { head: "IMAGE", cell: |cells| &cells.image };

/// What is shown, the last of it first to go where there is no room.
const NORMAL: [Column; 8] = [STATUS, READY, AGE, TAG, RESTARTS, BACKUP, CONFIG, CLAIM];
const WIDE: [Column; 10] =
    [STATUS, READY, AGE, SINCE, RESTARTS, CONFIG, CLAIM, BACKUP, DRILL, IMAGE];

/// Between two columns.
const GAP: usize = 2;
/// The name keeps this much, whatever else there is to show.
const SHORTEST_NAME: usize = 12;

/// The columns of a namespace, with their widths.
pub struct Columns {
    name: usize,
    others: Vec<(Column, usize)>,
}

impl Columns {
    /// All that fit. What is wide is not cut, because somebody has asked for it.
    pub fn fitting(rows: &[TreeLine], look: &Look) -> Self {
        let all: Vec<Column> =
            if look.wide { WIDE.into_iter().collect() } else { NORMAL.into_iter().collect() };
        let widest = |column: &Column| {
            let cells = rows.iter().map(|row| wrap::width((column.cell)(&row.cells)));
            cells.max().unwrap_or(0).max(column.head.len())
        };
        let style = Style::of(look);
        let names = rows.iter().map(|row| wrap::width(&named(row, style)));
        let mut columns = Self {
            name: names.max().unwrap_or(0).max("NAME".len()),
            others: all
                .into_iter()
                .map(|column| {
                    let width = widest(&column);
                    (column, width)
                })
                .collect(),
        };
        if let Some(width) = look.width.filter(|_| !look.wide) {
            columns.narrow(width);
        }
        columns
    }

    /// Leaves out the last columns, then cuts names, then the status.
    fn narrow(&mut self, width: usize) {
        // A status is worth more than what stands behind it, and the name as much as the status.
        while self.name + self.rest() > width && self.others.len() > 2 {
            self.others.pop();
        }
        let rest = self.rest();
        self.name = self.name.min(width.saturating_sub(rest).max(SHORTEST_NAME));
        let excess = (self.name + rest).saturating_sub(width);
        if let Some((_, status)) = self.others.first_mut() {
            *status = status.saturating_sub(excess).max(1);
        }
    }

    fn rest(&self) -> usize {
        self.others.iter().map(|(_, width)| GAP + width).sum()
    }

    /// The line above all.
    pub fn head(&self, style: Style) -> String {
        let mut line = pad("NAME", self.name);
        for (column, width) in &self.others {
            line += &" ".repeat(GAP);
            line += &pad(column.head, *width);
        }
        style.faint(line.trim_end()) + "\n"
    }

    /// The line of a resource.
    pub fn line(&self, row: &TreeLine, style: Style) -> String {
        let shown = wrap::cut(&named(row, style), self.name, style.ellipsis());
        let room = self.name.saturating_sub(wrap::width(&shown));
        let mut line = shown;
        let mut filling = room;
        for (index, (column, width)) in self.others.iter().enumerate() {
            let cell = wrap::cut((column.cell)(&row.cells), *width, style.ellipsis());
            if cell.is_empty() {
                filling += GAP + width;
                continue;
            }
            line += &" ".repeat(filling + GAP);
            filling = width.saturating_sub(wrap::width(&cell));
            line += &if index == 0 { style.level(row.level, &cell) } else { cell };
        }
        line + "\n"
    }
}

fn named(row: &TreeLine, style: Style) -> String {
    format!("{}{}{}", row.branch, style.mark(row.level), row.name)
}

fn pad(text: &str, width: usize) -> String {
    format!("{text:width$}")
}
