//! What a parser meets in a text, for whoever makes something of it.

use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, StructureStyle, Tag};
use std::borrow::Cow;

use super::compose::DEEPEST;
use super::error::{DocumentError, Position};
use super::explain::{STRAY_MARK, explain};
use super::source::{BYTE_ORDER_MARK, refuse_tab};

/// A scalar as it is written.
pub(super) struct RawScalar<'a> {
    pub text: Cow<'a, str>,
    pub style: ScalarStyle,
    pub tag: Option<Cow<'a, Tag>>,
}

impl RawScalar<'_> {
    pub(super) fn is_merge_key(&self) -> bool {
        self.style == ScalarStyle::Plain && self.text == "<<" && self.tag.is_none()
    }
}

/// Takes the parts of documents in the order of the text. Each may be refused.
pub(super) trait Sink {
    fn start_document(&mut self, place: Position) -> Result<(), DocumentError>;
    fn scalar(
        &mut self,
        scalar: RawScalar<'_>,
        anchor: usize,
        place: Position,
    ) -> Result<(), DocumentError>;
    fn start_sequence(&mut self, anchor: usize, place: Position) -> Result<(), DocumentError>;
    fn start_mapping(&mut self, anchor: usize, place: Position) -> Result<(), DocumentError>;
    fn end_collection(&mut self, place: Position) -> Result<(), DocumentError>;
    fn alias(&mut self, anchor: usize, place: Position) -> Result<(), DocumentError>;
    fn end_document(&mut self, place: Position);
}

/// Parses a text whose first line has the number `first_line`.
pub(super) fn parse(
    text: &str,
    first_line: usize,
    sink: &mut impl Sink,
) -> Result<(), DocumentError> {
    let down = first_line - 1;
    let mut open_flows: usize = 0;
    let mut parser = Parser::new_from_str_with_options(text, options());
    while let Some(event) = parser.next_event() {
        let (event, span) = event
            .map_err(|error| explain(text, place_of(error.marker()), &error).lines_down(down))?;
        if event.is_node() && open_flows == 0 {
            refuse_tab(text, &span.start).map_err(|fault| fault.lines_down(down))?;
        }
        let place = place_of(&span.start).lines_down(down);
        match event {
            Event::DocumentStart(..) => sink.start_document(place)?,
            Event::Scalar(text, style, anchor, tag) => {
                let scalar = RawScalar { text, style, tag };
                refuse_stray_mark(&scalar, place)?;
                sink.scalar(scalar, anchor, place)?;
            }
            Event::SequenceStart(style, anchor, _) => {
                open_flows += usize::from(open_flows > 0 || style == StructureStyle::Flow);
                sink.start_sequence(anchor, place)?;
            }
            Event::MappingStart(style, anchor, _) => {
                open_flows += usize::from(open_flows > 0 || style == StructureStyle::Flow);
                sink.start_mapping(anchor, place)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open_flows = open_flows.saturating_sub(1);
                sink.end_collection(place)?;
            }
            Event::Alias(anchor) => sink.alias(anchor, place)?,
            Event::DocumentEnd => sink.end_document(place),
            // The stream's ends; the other events would have to be asked for in the options.
            _ => {}
        }
    }
    Ok(())
}

/// At the beginning of a line a byte order mark comes from files that were joined, and would make
/// another key of the first one.
fn refuse_stray_mark(scalar: &RawScalar<'_>, place: Position) -> Result<(), DocumentError> {
    let begins = scalar.style == ScalarStyle::Plain && scalar.text.starts_with(BYTE_ORDER_MARK);
    if begins && place.column == 1 { Err(DocumentError::new(place, STRAY_MARK)) } else { Ok(()) }
}

fn options() -> Options {
    let mut options = Options::default();
    options.flow_nesting_limit = DEEPEST;
    options.block_nesting_limit = DEEPEST;
    options.bom_inside_document_as_content = true;
    options
}

fn place_of(marker: &Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}
