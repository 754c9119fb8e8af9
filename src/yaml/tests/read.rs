use serde_json::{Value, json};

use crate::yaml::read;

pub(super) fn values(text: &str) -> Vec<Value> {
    match read(text) {
        Ok(documents) => documents.into_iter().map(|document| document.value).collect(),
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// The expected values are what sigs.k8s.io/yaml v1.6 gives.
#[test]
fn scalars_mean_what_they_mean_to_kubectl() {
    let cases = [
        (
            "[y, Yes, ON, true, n, No, OFF, False, yEs]",
            json!([true, true, true, true, false, false, false, false, "yEs"]),
        ),
        ("[~, null, NULL, nil, '', \"null\"]", json!([null, null, null, "nil", "", "null"])),
        ("[012, 08, 0o17, 0x1f, -0X1F, 0b11, 1_000, +1]", json!([10, 8, 15, 31, -31, 3, 1000, 1])),
        ("[1e3, 1.0, 1.5, .5, 5., 1_0.5, -0.0]", json!([1000, 1, 1.5, 0.5, 5, 10.5, 0])),
        (
            "[12:30:45, 1:30, 2024-01-01, =, <<, 1e, 0x, 1e400]",
            json!(["12:30:45", "1:30", "2024-01-01", "=", "<<", "1e", "0x", "1e400"]),
        ),
        ("[18446744073709551615, -9223372036854775808]", json!([u64::MAX, i64::MIN])),
        ("[18446744073709551616, 1e20]", json!([18_446_744_073_709_551_616.0, 1e20])),
        (
            "[!!str 1, !!int '1', !!float 2, !!bool 'on', !!binary aGk=, !own 1]",
            json!(["1", 1, 2, true, "hi", "1"]),
        ),
        (
            "{8080: a, true: b, 1.5: c, 1e7: d, 0x10: e, 3.14159265358979: f}",
            json!({"8080": "a", "true": "b", "1.5": "c", "1e+07": "d", "16": "e",
                "3.1415927": "f"}),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(values(text), [expected], "{text}");
    }
}

#[test]
fn anchors_aliases_and_merge_keys() {
    let cases = [
        ("a: &x [1]\nb: *x\n", json!({"a": [1], "b": [1]})),
        ("&k a: 1\nb: {*k : *k}\n", json!({"a": 1, "b": {"a": "a"}})),
        (
            "b: &b {x: 1, w: 2}\na:\n  <<: *b\n  x: 9\n",
            json!({"b": {"x": 1, "w": 2}, "a": {"x": 9, "w": 2}}),
        ),
        (
            "b: &b {x: 1, w: 2}\na:\n  x: 9\n  <<: *b\n",
            json!({"b": {"x": 1, "w": 2}, "a": {"x": 1, "w": 2}}),
        ),
        ("<<: [{a: 1, b: 2}, {a: 3, c: 4}]\n", json!({"a": 1, "b": 2, "c": 4})),
        ("'<<': {a: 1}\n", json!({"<<": {"a": 1}})),
    ];
    for (text, expected) in cases {
        assert_eq!(values(text), [expected], "{text}");
    }
}

#[test]
fn documents_are_counted_without_the_empty_ones() {
    let text =
        "\u{feff}# remark\n---\n---\na: 1\n--- # next\n# nothing\n---\nnull\n---\n\n- b\n...\n";
    let documents = read(text).unwrap();
    let facts: Vec<_> = documents.iter().map(|d| (d.number, d.line, d.value.clone())).collect();
    assert_eq!(facts, [(1, 4, json!({"a": 1})), (2, 11, json!(["b"]))]);
    assert!(read("").unwrap().is_empty());
    assert_eq!(values("a: |\r\n  x\r\n  y\r\nb: 1\r\n"), [json!({"a": "x\ny\n", "b": 1})]);
    assert_eq!(values("a: [\n  1\n]\n"), [json!({"a": [1]})]);
}

#[test]
fn json_is_read_like_kubectl_prints_it() {
    let text = r#"{
	"a": "\ud83d\ude00\/",
	"b": [1, 1.0, 18671.504111111306]
}
{"c": null}
---
{"d": 1e3}
---
e: yes
"#;
    let documents = read(text).unwrap();
    let facts: Vec<_> = documents.iter().map(|d| (d.line, d.value.clone())).collect();
    let first = json!({"a": "😀/", "b": [1, 1, 18_671.504_111_111_306]});
    assert_eq!(
        facts,
        [(1, first), (5, json!({"c": null})), (7, json!({"d": 1000})), (9, json!({"e": true}))]
    );
    assert_eq!(documents[0].lines.line_of("/b/2"), Some(3));
    assert_eq!(documents[2].lines.line_of("/d"), Some(7));
    assert_eq!(values("{a: 012, b}"), [json!({"a": 10, "b": null})]);
}

#[test]
fn fields_know_their_lines() {
    let text = "\
x: &x
  deep: 1
---
meta:
  a/b~c: 1
items:
- name: one
  text: |
    a
    b
- name: two
base: &base
  port: 1
  more: {z: 2}
use:
  <<: *base
  own: *base
";
    let documents = read(text).unwrap();
    let lines = &documents[1].lines;
    let cases = [
        ("", 4),
        ("/meta", 4),
        ("/meta/a~1b~0c", 5),
        ("/items", 6),
        ("/items/0/name", 7),
        ("/items/0/text", 8),
        ("/items/1", 11),
        ("/items/1/name", 11),
        ("/use/port", 13),
        ("/use/more/z", 14),
        ("/use/own", 17),
        ("/use/own/more/z", 14),
    ];
    for (pointer, line) in cases {
        assert_eq!(lines.line_of(pointer), Some(line), "{pointer}");
    }
    assert_eq!(lines.line_of("/items/2"), None);
    assert_eq!(lines.nearest_line("/items/1/ports/0"), 11);
    assert_eq!(lines.nearest_line("/none"), 4);
}
