//! Keys in URLs.

use std::fmt::Write;

/// A key as it stands in a path.
pub fn path(key: &str) -> String {
    encoded(key, |byte| byte == b'/')
}

/// A value as it stands in a query.
pub fn value(text: &str) -> String {
    encoded(text, |_| false)
}

fn encoded(text: &str, is_plain: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || is_plain(byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// What an encoded text meant. None where it is no encoding of a text.
pub fn decoded(text: &str, is_plus_a_blank: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            b'+' if is_plus_a_blank => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_the_way() {
        for key in ["/a//b", "a b+c%d", "ä/€?&=#", "~._-", ""] {
            assert_eq!(decoded(&path(key), true).as_deref(), Some(key));
            assert_eq!(decoded(&value(key), false).as_deref(), Some(key));
        }
        assert_eq!(path("/a b/"), "/a%20b/");
        assert_eq!(value("/a+"), "%2Fa%2B");
        assert_eq!(decoded("a+b", true).as_deref(), Some("a b"));
        assert_eq!(decoded("a+b", false).as_deref(), Some("a+b"));
        for wrong in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(decoded(wrong, true), None, "{wrong}");
        }
    }
}
