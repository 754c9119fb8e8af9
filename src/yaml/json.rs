//! JSON as `kubectl get -o json` gives it: objects may follow each other without `---`, and what is
//! JSON but not YAML (a raw control character U+007F, long keys) is understood.

use serde::de::IgnoredAny;

use super::compose::{Composer, NO_ANCHOR};
use super::error::{DocumentError, Position};
use super::scalar::Scalar;

/// The length of the JSON value that `text` begins with.
pub(super) fn measure(text: &str) -> Result<usize, serde_json::Error> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Err(error)) => Err(error),
        _ => Ok(values.byte_offset()),
    }
}

/// Feeds one JSON value to the composer. Its grammar has been checked by [`measure`].
pub(super) fn compose(
    text: &str,
    first_line: usize,
    composer: &mut Composer,
) -> Result<(), DocumentError> {
    let bytes = text.as_bytes();
    let (mut at, mut place) = (0, Position { line: first_line, column: 1 });
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' => composer.start_mapping(NO_ANCHOR, place)?,
            b'[' => composer.start_sequence(NO_ANCHOR, place)?,
            b'}' | b']' => composer.end_collection(place)?,
            b'"' => {
                at = string_end(bytes, at);
                let string: String = serde_json::from_str(&text[start..at]).map_err(|error| {
                    DocumentError::new(
                        place,
                        format!("this string is not JSON: {}", plain_words(&error)),
                    )
                })?;
                composer.scalar(Scalar::Text(string), NO_ANCHOR, place, false)?;
            }
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => {}
            _ => {
                at += bytes[at..]
                    .iter()
                    .take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
                    .count();
                composer.scalar(word(&text[start..at], place)?, NO_ANCHOR, place, false)?;
            }
        }
        place = match byte {
            b'\n' => Position { line: place.line + 1, column: 1 },
            _ => Position { column: place.column + text[start..at].chars().count(), ..place },
        };
    }
    Ok(())
}

/// The offset behind the closing quote.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// `serde_json` reads floats in a hurry, up to one unit in the last place off; the standard library
/// is exact.
fn word(text: &str, place: Position) -> Result<Scalar, DocumentError> {
    Ok(match text {
        "null" => Scalar::Null,
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        number => match (number.parse(), number.parse(), number.parse::<f64>()) {
            (Ok(whole), ..) => Scalar::Int(whole),
            (_, Ok(whole), _) => Scalar::Unsigned(whole),
            (.., Ok(float)) if float.is_finite() => Scalar::Float(float),
            _ => {
                return Err(DocumentError::new(place, format!("the number {number} is too large")));
            }
        },
    })
}

/// The message of `serde_json` without the position at its end.
pub(super) fn plain_words(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words).to_owned()
}
