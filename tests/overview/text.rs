//! The overview as a tree, for terminals of several widths and for a pipe.

use crate::{bot, golden, support};
use eevee_operator::overview::text::{Look, tree};

fn look() -> Look {
    let now = support::defaults().now;
    Look { width: None, color: false, symbols: false, wide: false, now }
}

#[test]
fn a_pipe_gets_whole_lines_in_ascii() {
    let text = tree(&bot(), &look());
    assert!(text.is_ascii(), "{text}");
    assert!(!text.contains('\x1b'), "{text}");
    golden("a_bot_in_a_pipe", &text);
}

#[test]
fn a_terminal_gets_lines_that_fit() {
    for width in [60, 80, 200] {
        let text = tree(&bot(), &Look { width: Some(width), symbols: true, ..look() });
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line:?}");
        }
        golden(&format!("a_bot_on_{width}_columns"), &text);
    }
}

/// A window that is dragged smaller than anything fits breaks nothing.
#[test]
fn no_width_is_too_small() {
    for width in 0..60 {
        tree(&bot(), &Look { width: Some(width), ..look() });
    }
}

#[test]
fn wide_has_every_column() {
    golden("a_bot_wide", &tree(&bot(), &Look { wide: true, ..look() }));
}

#[test]
fn colors_change_no_text() {
    let plain = tree(&bot(), &Look { width: Some(80), symbols: true, ..look() });
    let colored = tree(&bot(), &Look { width: Some(80), symbols: true, color: true, ..look() });
    let codes = regex::Regex::new("\x1b\\[[0-9]+m").expect("a pattern");
    assert_ne!(plain, colored);
    assert_eq!(codes.replace_all(&colored, ""), plain);
}
