//! The answers of S3: XML, of which a few elements count.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Elements within elements. No answer has more.
const DEEPEST: usize = 16;
/// Tags and texts altogether. A whole page of a list has 1,000 keys, whatever was asked for, with some 40 for each.
const MOST: usize = 60_000;

/// An element: its name without a prefix, its text, and what stands in it.
#[derive(Debug, Default)]
pub struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Reads a document. None where the text is no document, or holds what no answer of S3 holds.
    pub fn read(document: &[u8]) -> Option<Self> {
        let mut reader = Reader::from_reader(document);
        let mut open = vec![Self::default()];
        let mut left = MOST;
        loop {
            left = left.checked_sub(1)?;
            let here = open.last_mut()?;
            match reader.read_event().ok()? {
                Event::Start(tag) => open.push(Self::named(tag.local_name().as_ref())?),
                Event::Empty(tag) => here.children.push(Self::named(tag.local_name().as_ref())?),
                Event::End(_) => {
                    let ended = open.pop()?;
                    open.last_mut()?.children.push(ended);
                }
                Event::Text(text) => here.text.push_str(&text.decode().ok()?),
                Event::CData(text) => here.text.push_str(&text.decode().ok()?),
                Event::GeneralRef(reference) => {
                    let of_number = reference.resolve_char_ref().ok()?;
                    here.text.push(of_number.or_else(|| entity(&reference))?);
                }
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                // Whoever defines entities wants something else than to answer.
                Event::DocType(_) => return None,
                Event::Eof => break,
            }
            if open.len() > DEEPEST {
                return None;
            }
        }
        let mut root = open.pop()?.children.into_iter();
        let document = root.next()?;
        (open.is_empty() && root.next().is_none()).then_some(document)
    }

    fn named(name: &[u8]) -> Option<Self> {
        let name = std::str::from_utf8(name).ok()?.to_owned();
        Some(Self { name, ..Self::default() })
    }

    pub fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// All children of a name.
    pub fn all(&self, name: &'static str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of a name.
    pub fn text_of(&self, name: &'static str) -> Option<&str> {
        self.all(name).next().map(|child| child.text.as_str())
    }
}

/// The five that XML has by itself.
fn entity(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => None,
    }
}

/// A text as it may stand in an element.
pub fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_their_names() {
        let text = "<?xml version=\"1.0\"?><!-- a --><s3:List xmlns:s3='x'><Key> a&amp;b&#x20;<![CDATA[<c>]]></Key><Key/><Owner><ID>7</ID></Owner></s3:List>\n";
        let list = Element::read(text.as_bytes()).expect("it is one");
        assert!(list.is("List"));
        let keys: Vec<&str> = list.all("Key").map(|key| key.text.as_str()).collect();
        assert_eq!(keys, [" a&b <c>", ""]);
        assert_eq!(list.all("Owner").next().and_then(|owner| owner.text_of("ID")), Some("7"));
        assert_eq!(list.text_of("ID"), None);
    }

    #[test]
    fn what_is_no_answer_is_none() {
        let deep = "<a>".repeat(1000);
        let many = format!("<a>{}</a>", "<b/>".repeat(100_000));
        for text in [
            "",
            "busy",
            "<a>",
            "<a></b>",
            "</a>",
            "<a/><b/>",
            "<a>&lol;</a>",
            "<!DOCTYPE a [<!ENTITY lol 'lol'>]><a>&lol;</a>",
            "<a>&#0;</a>x<",
            deep.as_str(),
            many.as_str(),
        ] {
            let short = text.get(..40).unwrap_or(text);
            assert!(Element::read(text.as_bytes()).is_none(), "{short}");
        }
        assert!(Element::read(b"<a>\xff</a>").is_none());
        assert!(Element::read(b"\0\0\0").is_none());
    }

    #[test]
    fn what_is_escaped_is_read_as_it_was() {
        let text = "\"<&>'";
        let document = format!("<a><b>{}</b></a>", escaped(text));
        assert_eq!(Element::read(document.as_bytes()).expect("one").text_of("b"), Some(text));
    }
}
