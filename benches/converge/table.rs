//! What was measured, with the target beside it.

use std::fmt;

/// Rows, in the order in which they were measured.
#[derive(Default)]
pub struct Table(Vec<Row>);

struct Row {
    what: &'static str,
    measured: f64,
    target: f64,
    unit: &'static str,
}

impl Table {
    /// Adds a row, and shows it at once: the whole takes minutes.
    pub fn add(&mut self, what: &'static str, measured: f64, target: f64, unit: &'static str) {
        let row = Row { what, measured, target, unit };
        println!("  {row}");
        self.0.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | measured | target |\n|---|---|---|")?;
        self.0.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { what, measured, target, unit } = self;
        let missed = if measured > target { ", missed" } else { "" };
        write!(f, "| {what} | {measured:.2}{unit} | {target}{unit}{missed} |")
    }
}

/// The middle one of some numbers.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
