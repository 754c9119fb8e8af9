use serde_json::Value;

use super::compose::Composer;
use super::error::{DocumentError, Position, SyntaxError};
use super::events::{self, RawScalar, Sink};
use super::json;
use super::lines::Lines;
use super::source::{BLANK, end_of, newlines, refuse_unprintable, without_byte_order_marks};
use super::{framing, scalar};

/// One document of a text.
#[derive(Debug, Clone)]
pub struct Document {
    /// 1-based, counted among the documents of the text that are not empty.
    pub number: usize,
    /// The 1-based line on which its content begins.
    pub line: usize,
    pub value: Value,
    /// Where its fields stand in the text.
    pub lines: Lines,
}

/// Reads all documents of a YAML or JSON text as kubectl understands them. Empty documents
/// (nothing, comments, null) are skipped and not counted.
///
/// The first mistake makes the whole text unreadable: wrong syntax, a duplicate key, a key that is
/// null or a collection, a number that JSON has not, more than 127 levels, aliases that copy more
/// than 64 MiB, control characters outside JSON, and what kubectl refuses or passes over between
/// documents: directives, content behind `---` or `...`.
pub fn read(text: &str) -> Result<Vec<Document>, SyntaxError> {
    let text = without_byte_order_marks(text);
    let mut documents = Vec::new();
    match read_into(&mut documents, &text) {
        Ok(()) => Ok(documents),
        Err(fault) => Err(fault.hint_at_template(&text).in_document(documents.len() + 1)),
    }
}

fn read_into(documents: &mut Vec<Document>, text: &str) -> Result<(), DocumentError> {
    let (mut rest, mut line) = (text, 1);
    while let Some(start) = json_start(rest) {
        let first_line = line + newlines(&rest[..start]);
        let failed = match json::measure(&rest[start..]) {
            Ok(length) if ends_cleanly(&rest[start + length..]) => {
                let mut composer = Composer::default();
                json::compose(&rest[start..start + length], first_line, &mut composer)?;
                keep(documents, composer, first_line);
                line = first_line + newlines(&rest[start..start + length]);
                rest = &rest[start + length..];
                continue;
            }
            Ok(length) => {
                let place = end_of(&rest[..start + length], line);
                DocumentError::new(place, "something follows the JSON object on its line")
            }
            Err(error) => {
                let place =
                    Position { line: first_line + error.line() - 1, column: error.column().max(1) };
                DocumentError::new(
                    place,
                    format!("this is not valid JSON: {}", json::plain_words(&error)),
                )
            }
        };
        let json_like = rest[start + 1..].trim_start().starts_with(['"', '}']);
        let before = documents.len();
        return read_yaml(documents, rest, line).map_err(|fault| {
            if json_like {
                documents.truncate(before);
                return failed;
            }
            fault
        });
    }
    read_yaml(documents, rest, line)
}

/// The offset of a `{` that only blank lines and `---` precede.
fn json_start(text: &str) -> Option<usize> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(BLANK);
        if rest.starts_with('{') {
            return Some(text.len() - rest.len());
        }
        let behind_marker = rest.strip_prefix("---")?;
        let (line, next) = behind_marker.split_once('\n')?;
        if !line.trim().is_empty() {
            return None;
        }
        rest = next;
    }
}

/// Whether what follows a JSON object leaves it a document of its own.
fn ends_cleanly(rest: &str) -> bool {
    let next = rest.trim_start_matches(BLANK);
    let separated = rest[..rest.len() - next.len()].contains('\n');
    next.is_empty() || next.starts_with('{') || (separated && next.starts_with("---"))
}

fn read_yaml(
    documents: &mut Vec<Document>,
    text: &str,
    first_line: usize,
) -> Result<(), DocumentError> {
    refuse_unprintable(text).map_err(|fault| fault.lines_down(first_line - 1))?;
    let mut reader = Reader { documents, composer: Composer::default(), content_line: None };
    let parsed = events::parse(text, first_line, &mut reader);
    let framed = framing::check(text).map_err(|fault| fault.lines_down(first_line - 1));
    match (framed, parsed) {
        (Err(framing), Err(error)) if error.place.line < framing.place.line => Err(error),
        (Err(framing), _) => {
            documents.retain(|document| document.line < framing.place.line);
            Err(framing)
        }
        (Ok(()), parsed) => parsed,
    }
}

/// Makes documents of what a parser meets.
struct Reader<'a> {
    documents: &'a mut Vec<Document>,
    composer: Composer,
    content_line: Option<usize>,
}

impl Sink for Reader<'_> {
    fn start_document(&mut self, _place: Position) -> Result<(), DocumentError> {
        self.content_line = None;
        Ok(())
    }

    fn scalar(
        &mut self,
        scalar: RawScalar<'_>,
        anchor: usize,
        place: Position,
    ) -> Result<(), DocumentError> {
        self.content_line.get_or_insert(place.line);
        let merge = scalar.is_merge_key();
        let RawScalar { text, style, tag } = scalar;
        let scalar = scalar::resolve(text, style, tag.as_deref())
            .map_err(|words| DocumentError::new(place, words))?;
        self.composer.scalar(scalar, anchor, place, merge)
    }

    fn start_sequence(&mut self, anchor: usize, place: Position) -> Result<(), DocumentError> {
        self.content_line.get_or_insert(place.line);
        self.composer.start_sequence(anchor, place)
    }

    fn start_mapping(&mut self, anchor: usize, place: Position) -> Result<(), DocumentError> {
        self.content_line.get_or_insert(place.line);
        self.composer.start_mapping(anchor, place)
    }

    fn end_collection(&mut self, place: Position) -> Result<(), DocumentError> {
        self.composer.end_collection(place)
    }

    fn alias(&mut self, anchor: usize, place: Position) -> Result<(), DocumentError> {
        self.content_line.get_or_insert(place.line);
        self.composer.alias(anchor, place)
    }

    fn end_document(&mut self, place: Position) {
        let line = self.content_line.unwrap_or(place.line);
        keep(self.documents, std::mem::take(&mut self.composer), line);
    }
}

fn keep(documents: &mut Vec<Document>, composer: Composer, line: usize) {
    let (value, lines) = composer.finish();
    if !value.is_null() {
        documents.push(Document { number: documents.len() + 1, line, value, lines });
    }
}
