//! What may stand between documents. kubectl cuts a text at the lines that begin with `---`, whatever
//! they are in, before it parses the pieces: it refuses directives and content behind `---`, and
//! passes over what follows `...`.

use super::error::{DocumentError, Position};

const DIRECTIVE: &str = "kubectl does not read directives such as %YAML and %TAG: remove this line";
const BEHIND_MARKER: &str =
    "kubectl reads nothing behind '---': put what stands there on the next line";
const BEHIND_END: &str =
    "kubectl passes over what stands between '...' and the next '---': put '---' before this line";
const CARRIAGE_RETURN: &str =
    "kubectl finds no '---' behind a carriage return alone: save the text with line feeds";

/// Where the next line stands.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// Before the content of a document.
    Prefix,
    Content,
    /// Behind `...`.
    Ended,
}

/// Refuses what kubectl would refuse or pass over.
pub(super) fn check(text: &str) -> Result<(), DocumentError> {
    let mut part = Part::Prefix;
    for (line, number) in text.split('\n').zip(1..) {
        let fault =
            |column, message| Err(DocumentError::new(Position { line: number, column }, message));
        if line.contains("\r---") {
            return fault(1, CARRIAGE_RETURN);
        }
        if let Some(behind) = line.strip_prefix("---") {
            if !says_nothing(behind) {
                return fault(4, BEHIND_MARKER);
            }
            part = Part::Prefix;
        } else if line.strip_prefix("...").is_some_and(says_nothing) {
            part = Part::Ended;
        } else if !says_nothing(line) {
            match part {
                Part::Prefix if line.starts_with('%') => return fault(1, DIRECTIVE),
                Part::Ended => return fault(1, BEHIND_END),
                Part::Prefix | Part::Content => part = Part::Content,
            }
        }
    }
    Ok(())
}

/// Blanks and a comment.
fn says_nothing(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}
