use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, StructureStyle};
use serde_json::Value;

use super::compose::{Composer, DEEPEST};
use super::error::{Fault, Place, SyntaxError, explain};
use super::json;
use super::lines::Lines;
use super::scalar;
use super::source::{end_of, newlines, refuse_tab, refuse_unprintable};

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
/// than 64 MiB, control characters outside JSON.
pub fn read(text: &str) -> Result<Vec<Document>, SyntaxError> {
    let mut documents = Vec::new();
    let result = read_into(&mut documents, text.strip_prefix('\u{feff}').unwrap_or(text));
    match result {
        Ok(()) => Ok(documents),
        Err(fault) => Err(fault.hint_at_template(text).in_document(documents.len() + 1)),
    }
}

fn read_into(documents: &mut Vec<Document>, text: &str) -> Result<(), Fault> {
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
                Fault::new(place, "something follows the JSON object on its line")
            }
            Err(error) => {
                let place =
                    Place { line: first_line + error.line() - 1, column: error.column().max(1) };
                Fault::new(place, format!("this is not valid JSON: {}", json::plain_words(&error)))
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
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
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
    let next = rest.trim_start();
    let separated = rest[..rest.len() - next.len()].contains('\n');
    next.is_empty() || next.starts_with('{') || (separated && next.starts_with("---"))
}

fn read_yaml(documents: &mut Vec<Document>, text: &str, first_line: usize) -> Result<(), Fault> {
    let shift = |mut fault: Fault| {
        fault.place.line += first_line - 1;
        fault
    };
    refuse_unprintable(text).map_err(shift)?;
    let mut composer = Composer::default();
    let (mut content_line, mut open_flows) = (None, 0);
    let mut parser = Parser::new_from_str_with_options(text, options());
    while let Some(event) = parser.next_event() {
        let (event, span) =
            event.map_err(|error| shift(explain(text, place_of(error.marker()), &error)))?;
        if open_flows == 0 && event.is_node() {
            refuse_tab(text, &span.start).map_err(shift)?;
        }
        let place = place_of(&span.start);
        let place = Place { line: place.line + first_line - 1, ..place };
        if event.is_node() {
            content_line.get_or_insert(place.line);
        }
        match event {
            Event::DocumentStart(..) => content_line = None,
            Event::Scalar(text, style, anchor, tag) => {
                let merge = style == ScalarStyle::Plain && text == "<<" && tag.is_none();
                let scalar = scalar::resolve(text, style, tag.as_deref())
                    .map_err(|words| Fault::new(place, words))?;
                composer.scalar(scalar, anchor, place, merge)?;
            }
            Event::SequenceStart(style, anchor, _) => {
                open_flows += usize::from(open_flows > 0 || style == StructureStyle::Flow);
                composer.start_sequence(anchor, place)?;
            }
            Event::MappingStart(style, anchor, _) => {
                open_flows += usize::from(open_flows > 0 || style == StructureStyle::Flow);
                composer.start_mapping(anchor, place)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open_flows = open_flows.saturating_sub(1);
                composer.end_collection(place)?;
            }
            Event::Alias(anchor) => composer.alias(anchor, place)?,
            Event::DocumentEnd => {
                keep(documents, std::mem::take(&mut composer), content_line.unwrap_or(place.line));
            }
            // The stream's ends; the other events would have to be asked for in the options.
            _ => {}
        }
    }
    Ok(())
}

fn options() -> Options {
    let mut options = Options::default();
    options.flow_nesting_limit = DEEPEST;
    options.block_nesting_limit = DEEPEST;
    options.bom_inside_document_as_content = true;
    options
}

fn keep(documents: &mut Vec<Document>, composer: Composer, line: usize) {
    let (value, lines) = composer.finish();
    if !value.is_null() {
        documents.push(Document { number: documents.len() + 1, line, value, lines });
    }
}

fn place_of(marker: &Marker) -> Place {
    Place { line: marker.line(), column: marker.col() + 1 }
}
