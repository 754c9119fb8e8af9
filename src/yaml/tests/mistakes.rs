use proptest::prelude::*;

use super::read::values;
use crate::yaml::{SyntaxError, check, decode, read};

fn refused(text: &str) -> SyntaxError {
    read(text).expect_err(text)
}

#[test]
fn mistakes_are_named_with_their_place() {
    let cases = [
        ("a:\n\tb: c\n", 1, 2, 1, "tab"),
        ("a: b\n\tc: d\n", 1, 2, 1, "tab"),
        ("a:\n  \tb: c\n", 1, 2, 3, "tab"),
        (
            "a: 1\nb: 2\na: 3\n",
            1,
            3,
            1,
            "the key 'a' stands twice in this mapping, first on line 1",
        ),
        ("1: a\n'1': b\n", 1, 2, 1, "'1' stands twice"),
        ("{\"a\": 1,\n \"a\": 2}", 1, 2, 2, "'a' stands twice"),
        ("a: 1\n---\nb: c: d\n", 2, 3, 5, "':' is not allowed here"),
        ("a: 1\n---\n# empty\n---\nb: [\n", 2, 5, 4, "never closed"),
        ("a: 'x\n", 1, 1, 4, "never closed"),
        ("a: *b\n", 1, 1, 4, "does not define"),
        ("a: &a 1\n---\nb: *a\n", 2, 3, 4, "does not define"),
        ("a: &a [*a]\n", 1, 1, 8, "inside the very value"),
        ("a: {{ .x }}\n", 1, 1, 5, "template"),
        ("~: a\n", 1, 1, 1, "null"),
        ("[a]: b\n", 1, 1, 1, "single value"),
        ("a: -.inf\n", 1, 1, 4, "JSON"),
        ("a: !!int x\n", 1, 1, 10, "whole number"),
        ("&k a: 1\n*k : 2\n", 1, 2, 1, "'a' stands twice"),
        ("<<: 1\n", 1, 1, 1, "merge key"),
        ("a: b\u{0}c\n", 1, 1, 5, "NUL"),
        ("a: é\u{1}\n", 1, 1, 5, "U+0001"),
        ("a: b\u{2028}c\n", 1, 1, 5, "\\u2028"),
        ("{\"a\": 1,}\n{\"b\": 1}\n", 1, 1, 9, "not valid JSON"),
        ("{\"a\": \"\\ud800\"}\n", 1, 1, 7, "not JSON"),
        ("{\"a\": 1e999}\n", 1, 1, 7, "too large"),
    ];
    for (text, document, line, column, message) in cases {
        let error = refused(text);
        assert_eq!(
            (error.document, error.line, error.column),
            (document, line, column),
            "{error}\n{text}"
        );
        assert!(error.message.contains(message), "{error}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_refused() {
    assert_eq!(decode("\u{feff}a: é".as_bytes()).unwrap(), "\u{feff}a: é");
    for (bytes, message) in [
        (&b"a\0:\0"[..], "UTF-16 without a byte order mark"),
        (b"\0a\0:", "UTF-16 without a byte order mark"),
        (b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
        (b"\0\0\xfe\xff\0\0\0a", "UTF-32"),
        (b"\xff\xfea\0x", "UTF-16 is broken"),
        (b"\xfe\xff\0a\xd8\0\0b", "UTF-16 is broken"),
    ] {
        let error = decode(bytes).unwrap_err();
        assert!(error.message.contains(message), "{error}");
        assert!(error.message.contains("as UTF-8"), "{error}");
    }
    let error = decode(b"a: b\nc: \xc3\xa9\xff\n").unwrap_err();
    assert_eq!((error.line, error.column), (2, 5));
}

#[test]
fn hostile_texts_cost_little() {
    let deep = ["[", "- ", "{a: ", "? ", "{\"a\":["].map(|piece| piece.repeat(100_000));
    let closed = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let level = |level: usize, open: &str, alias_count: usize, close: &str| {
        let aliases = vec![format!("*a{}", level.saturating_sub(1)); alias_count].join(", ");
        format!("a{level}: &a{level} {open}{aliases}{close}\n")
    };
    let (open, close) = ("[".repeat(100), "]".repeat(100));
    let bomb = (1..100).map(|number| level(number, "[", 9, "]")).collect::<Vec<_>>();
    let bomb = format!("a0: &a0 [x, x, x, x, x, x, x, x, x]\n{}", bomb.concat());
    let tower = (1..100).map(|number| level(number, &open, 1, &close)).collect::<Vec<_>>();
    let tower = format!("a0: &a0 {open}{close}\n{}", tower.concat());
    for text in deep.iter().chain([&closed, &tower]) {
        assert!(read(text).is_err());
    }
    assert!(refused(&closed).message.contains("nested"));
    assert!(refused(&tower).message.contains("nested"));
    assert!(refused(&bomb).message.contains("64 MiB"));
    let adjacent = "{}".repeat(100_000);
    assert_eq!(values(&adjacent).len(), 100_000);
    let fits = format!("{}1{}", "[".repeat(126), "]".repeat(126));
    assert_eq!(values(&format!("a: {fits}")).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = (read(&text), check(&text));
    }

    #[test]
    fn no_bytes_make_it_panic(mark in 0..3_usize, bytes in any::<Vec<u8>>()) {
        let mark: &[u8] = [&b""[..], b"\xff\xfe", b"\xfe\xff"][mark];
        let _ = decode(&[mark, &bytes].concat()).map(|text| read(&text).is_ok());
    }

    #[test]
    fn no_mixture_of_yaml_makes_it_panic(
        pieces in prop::collection::vec(proptest::sample::select(&[
            "a", "b: ", "- ", "\n", "\n  ", "\t", "\r", " ", "\"", "'", "[", "]", "{", "}", ",",
            ":", "#c\n", "|\n", ">2-\n", "&a ", "*a", "<<: ", "? ", "---\n", "...\n", "!!int ", "---", "%",
            "!<x> ", "%TAG ! y\n", "\u{feff}", "\u{85}", "é", "\\u", "1e9", "~", "{\"a\":1}\n",
            "\0",
        ][..]), 0..40)
    ) {
        let text = pieces.concat();
        for error in [read(&text).err(), check(&text).err()].into_iter().flatten() {
            prop_assert!(error.line.min(error.column).min(error.document) >= 1, "{error:?}");
        }
    }
}
