use serde_json::json;

use super::read::values;
use crate::yaml::{decode, read};

/// What kubectl reads so, too.
#[test]
fn a_byte_order_mark_before_a_document_is_skipped() {
    for text in [
        "a: 1\n---\n\u{feff}b: 2\n",
        "a: 1\n--- # next\r\n\u{feff}b: 2\n",
        "\u{feff}a: 1\n---\n\u{feff}\u{feff}b: 2\n",
        "\u{feff}\u{feff}a: 1\n---\n\u{feff}# remark\nb: 2\n",
        "a: 1\n---\n\u{feff}{\"b\": 2}\n",
        "{\"a\": 1}\n\u{feff}{\"b\": 2}\n",
        "{\"a\": 1}\n---\n\u{feff}{\"b\": 2}\n",
        "\u{feff}{\"a\": 1}\n---\n\u{feff}b: 2\n",
    ] {
        assert_eq!(values(text), [json!({"a": 1}), json!({"b": 2})], "{text:?}");
    }
    assert_eq!(values("a: \"x \u{feff}y\u{feff}\"\nb: \u{feff}\n").len(), 1, "marks inside a text");
}

#[test]
fn utf_16_with_a_byte_order_mark_is_read() {
    let text = "\u{feff}a: é😀\r\n---\r\nb: 2\r\n";
    let units: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for bytes in [little, big] {
        let text = decode(&bytes).unwrap();
        assert_eq!(values(&text), [json!({"a": "é😀"}), json!({"b": 2})]);
    }
}

#[test]
fn what_kubectl_refuses_or_passes_over_between_documents_is_refused() {
    let cases = [
        ("%YAML 1.1\n---\na: 1\n", 1, 1, "remove this line"),
        ("%YAML 1.2\n---\na: 1\n", 1, 1, "remove this line"),
        ("%YAML 2.0\n---\na: 1\n", 1, 1, "remove this line"),
        ("# x\n%TAG ! y:\n---\na: 1\n", 1, 2, "remove this line"),
        ("a: 1\n---\n%YAML 1.1\n---\nb: 1\n", 2, 3, "remove this line"),
        ("%OWN x\n", 1, 1, "remove this line"),
        ("--- {a: 1}\n", 1, 1, "on the next line"),
        ("a: 1\n--- !!map\nb: 1\n", 2, 2, "on the next line"),
        ("a: 1\n---b: 1\n", 2, 2, "on the next line"),
        ("{\"a\": 1}\n--- {\"b\": 1}\n", 2, 2, "on the next line"),
        ("a: 1\n...\nb: 1\n", 2, 3, "put '---' before this line"),
        ("a: 1\n... # end\n%YAML 1.1\n---\nb: 1\n", 2, 3, "put '---' before this line"),
        ("a: 1\n...\n\u{feff}---\nb: 2\n", 2, 3, "put '---' before this line"),
        ("a: 1\r---\rb: 1\r", 1, 1, "line feeds"),
        ("a: 1\nb: 1\n\u{feff}c: 1\n", 1, 3, "byte order mark"),
        ("a: 1\n\u{feff}---\nb: 1\n", 1, 2, "byte order mark"),
        ("a:\n\u{feff}  b: 1\n", 1, 2, "byte order mark"),
        ("a: 1\n---\n# x\n\u{feff}b: 1\n", 2, 4, "byte order mark"),
        ("a: 1\n---x\nb: 1\n", 1, 2, "on the next line"),
        ("a: b: c\n--- d\n", 1, 1, "':' is not allowed here"),
    ];
    for (text, document, line, message) in cases {
        let error = read(text).expect_err(text);
        assert_eq!((error.document, error.line), (document, line), "{error}\n{text:?}");
        assert!(error.message.contains(message), "{error}\n{text:?}");
    }
}

#[test]
fn other_ends_of_documents_and_lines_are_read() {
    let both = [json!({"a": 1}), json!({"b": 2})];
    for text in [
        "a: 1\n...\n---\nb: 2\n...\n",
        "a: 1\n... # end\n# remark\n\n---   # next\nb: 2\n",
        "a: 1\r\n---\r\nb: 2\r\n",
        "---\n---\na: 1\n---\n...\n---\nb: 2\n---\n",
    ] {
        assert_eq!(values(text), both, "{text:?}");
    }
    assert_eq!(values("a: 1\rb: 2\r"), [json!({"a": 1, "b": 2})]);
    assert_eq!(values("a: 50\n--x: 2\n.: 3\nb: |\n  %x\n  --- y\n").len(), 1);
}
