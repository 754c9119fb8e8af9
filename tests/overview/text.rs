//! The overview as a tree, for terminals of several widths and for a pipe.

use crate::{bot, cluster, golden, support};
use eevee_operator::overview::overview;
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

/// Letters of some scripts take two columns.
#[test]
fn wide_letters_are_counted_as_wide() {
    let message = "イメージを取得できません。".repeat(12);
    let module = format!(
        "apiVersion: eevee.bot/v1
kind: BotModule
metadata: {{name: echo}}
spec: {{image: \"echo:1\", ipcConfig: main}}
status: {{conditions: [{{type: Ready, status: \"False\", reason: Failed, message: {message}}}]}}
"
    );
    let text = tree(&overview(&cluster(&module)), &Look { width: Some(60), ..look() });
    assert!(text.contains("イメージ"), "{text}");
    let columns =
        |line: &str| line.chars().map(|one| 1 + usize::from(!one.is_ascii())).sum::<usize>();
    for line in text.lines() {
        assert!(columns(line) <= 60, "{line}");
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

/// All of a thousand modules are there, and the one that is not well is the first of them.
#[test]
fn of_a_thousand_modules_the_one_that_is_not_well_comes_first() {
    let module = |number: usize| {
        let (status, reason) =
            if number == 700 { ("False", "InvalidSpec") } else { ("True", "AvailableReplicas") };
        format!(
            "apiVersion: eevee.bot/v1
kind: BotModule
metadata: {{name: module-{number}}}
spec: {{image: \"echo:1\", ipcConfig: main}}
status: {{conditions: [{{type: Ready, status: \"{status}\", reason: {reason}, message: m}}]}}
"
        )
    };
    let modules: Vec<String> = (0..1000).map(module).collect();
    let text = tree(&overview(&cluster(&modules.join("---\n"))), &look());
    let named: Vec<&str> = text.lines().filter(|line| line.contains("bm/module-")).collect();
    assert_eq!(named.len(), 1000);
    assert!(named[0].contains("bm/module-700 "), "{}", named[0]);
    assert!(text.lines().count() < 1020, "{}", text.lines().count());
}

/// What the cluster says may be anything: it is shown on the lines that it has, and moves no cursor.
#[test]
fn texts_of_the_cluster_are_shown_without_what_a_terminal_obeys() {
    let hostile = "apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec: {image: \"echo:1\"}
status:
  conditions:
  - {type: Ready, status: 'False', reason: \"A\\e[2J\", message: \"one\\ntwo\\e]0;title\\a\"}
";
    let text = tree(&overview(&cluster(hostile)), &Look { width: Some(80), ..look() });
    assert!(!text.contains(['\x1b', '\x07']), "{text:?}");
    assert!(text.contains("one two ]0;title"), "{text}");
}
