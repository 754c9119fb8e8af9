//! What is said below a line that is not well.

use super::rows::TreeLine;
use super::style::Style;
use super::{Look, clean, wrap};
use crate::overview::Problem;
use std::collections::HashSet;

/// Lines of a message on a terminal. JSON and YAML have all of it.
const LINES: usize = 6;
/// A terminal that is narrower is written to as if it were so wide.
const NARROWEST: usize = 20;

/// What is said of one namespace: the same only once.
pub struct Details {
    width: Option<usize>,
    style: Style,
    said: HashSet<(String, String)>,
}

impl Details {
    pub fn new(look: &Look, style: Style) -> Self {
        Self { width: look.width, style, said: HashSet::new() }
    }

    /// The messages of a line, and what to do about each.
    pub fn of(&mut self, row: &TreeLine) -> String {
        let mut text = String::new();
        for problem in &row.problems {
            let message = said(problem);
            if self.said.insert((message.clone(), problem.advice.clone())) {
                text += &self.problem(&row.below, &message, &clean::line(&problem.advice));
            }
        }
        text
    }

    fn problem(&self, below: &str, message: &str, advice: &str) -> String {
        let arrow = self.style.arrow();
        let taken = wrap::width(below) + wrap::width(arrow);
        let room = self.width.map(|width| width.saturating_sub(taken).max(NARROWEST));
        let indent = " ".repeat(wrap::width(arrow));
        let mut lines = wrap::wrapped(message, room);
        if lines.len() > LINES {
            lines.truncate(LINES);
            if let (Some(last), Some(room)) = (lines.last_mut(), room) {
                let ellipsis = self.style.ellipsis();
                let kept = room.saturating_sub(wrap::width(ellipsis));
                *last = wrap::cut(last, kept, "") + ellipsis;
            }
        }
        let mut text = String::new();
        for line in lines {
            text += &format!("{below}{indent}{}\n", self.style.faint(&line));
        }
        for (index, line) in wrap::wrapped(advice, room).iter().enumerate() {
            let before = if index == 0 { arrow } else { &indent };
            text += &format!("{below}{before}{}\n", self.style.strong(line));
        }
        text
    }
}

fn said(problem: &Problem) -> String {
    clean::line(&format!("{}: {}", problem.reason, problem.message))
}
