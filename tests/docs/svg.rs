//! A terminal drawn as text, so that a change of the picture can be read.

const PROMPT: &str = "$ ";

const MARGIN: usize = 20;
const TITLE_BAR: usize = 32;
const LINE: usize = 22;

/// Hundredths of a pixel, as wide as letters of 14 pixels are in the widest of the fonts.
const LETTER: usize = 850;

/// Between a command and what the one before it prints.
const GAP: usize = 8;

/// Dark, or light where the reader's pages are.
const STYLE: &str = "\
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre; fill: #d1d7e0; }
  .window { fill: #151b23; stroke: #3d444d; }
  .button { fill: #3d444d; }
  .prompt { fill: #3fb950; }
  .command { fill: #f0f6fc; font-weight: bold; }
  .error { fill: #ff8f86; }
  .note { fill: #9198a1; }
  @media (prefers-color-scheme: light) {
    text { fill: #1f2328; }
    .window { fill: #f6f8fa; stroke: #d1d9e0; }
    .button { fill: #d1d9e0; }
    .prompt { fill: #1a7f37; }
    .command { fill: #010409; }
    .error { fill: #c21c2c; }
    .note { fill: #59636e; }
  }
";

/// A picture of these commands, each with what it prints.
pub fn terminal(session: &[(&str, String)]) -> String {
    let mut lines = Vec::new();
    let mut row = TITLE_BAR + LINE;
    for (typed, printed) in session {
        lines.push(command(row, typed));
        for line in printed.lines() {
            row += LINE;
            lines.push(output(row, line));
        }
        row += LINE + GAP;
    }
    window(width(session), row + MARGIN - LINE) + &lines.concat() + "</svg>\n"
}

fn width(session: &[(&str, String)]) -> usize {
    let typed = session.iter().map(|(typed, _)| typed.chars().count() + PROMPT.len());
    let printed = session.iter().flat_map(|(_, printed)| printed.lines());
    let columns = typed.chain(printed.map(|line| line.chars().count())).max().unwrap_or_default();
    2 * MARGIN + columns * LETTER / 100
}

/// All but the text.
fn window(width: usize, height: usize) -> String {
    let (right, bottom) = (width - 1, height - 1);
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\">\n\
         <title>A terminal</title>\n<style>\n{STYLE}</style>\n\
         <rect class=\"window\" x=\"0.5\" y=\"0.5\" width=\"{right}\" height=\"{bottom}\" rx=\"8\"/>\n"
    );
    for at in [20, 38, 56] {
        picture += &format!("<circle class=\"button\" cx=\"{at}\" cy=\"18\" r=\"5\"/>\n");
    }
    picture
}

fn command(row: usize, typed: &str) -> String {
    let typed = escaped(typed);
    format!(
        "<text x=\"{MARGIN}\" y=\"{row}\"><tspan class=\"prompt\">{PROMPT}</tspan>\
         <tspan class=\"command\">{typed}</tspan></text>\n"
    )
}

fn output(row: usize, line: &str) -> String {
    let class = match line.split_once(": ") {
        Some((word @ ("error" | "note"), _)) => format!(" class=\"{word}\""),
        _ => String::new(),
    };
    format!("<text x=\"{MARGIN}\" y=\"{row}\"{class}>{}</text>\n", escaped(line))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
