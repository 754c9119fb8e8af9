use crate::yaml::check;

#[test]
fn what_a_strict_reader_refuses_is_named_with_its_place() {
    let cases = [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "'a' stands twice in this mapping, first on line 1"),
        ("x:\n  - {a: 1, b: 2, a: 3}\n", 2, 18, "'a' stands twice"),
        ("a: 1\n'a': 2\n", 2, 1, "'a' stands twice"),
        ("&k a: 1\n*k : 2\n", 2, 1, "'a' stands twice"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n  d: 2\n", 5, 3, "'d' stands twice"),
        ("a: 1\n---\nb: 2\n", 2, 1, "second document"),
        ("---\n---\na: 1\n", 2, 1, "second document"),
        ("a:\n\tb: c\n", 2, 1, "tab"),
        ("a:\n  \tb: c\n", 2, 3, "tab"),
        ("a: [1\nb: }\n", 2, 2, "':'"),
        ("a: 'x\n", 1, 4, "never closed"),
        ("a: b: c\n", 1, 5, "':' is not allowed here"),
        ("a: *b\n", 1, 4, "does not define"),
        ("a: {{ .x }}\nb: {{ .x }}: c\n", 2, 12, "template"),
        ("<<: 1\n", 1, 5, "merge key"),
        ("a: &x 1\nb: {<<: *x}\n", 2, 9, "merge key"),
        ("<<: [{a: 1}, 2]\n", 1, 14, "merge key"),
        ("a: !!int x\n", 1, 10, "tagged !!int"),
        ("a: b\u{0}c\n", 1, 5, "NUL"),
        ("a: b\u{7f}c\n", 1, 5, "U+007F"),
        ("%YAML 3.0\n---\na: 1\n", 1, 1, "version"),
    ];
    for (text, line, column, message) in cases {
        let error = check(text).expect_err(text);
        assert_eq!((error.line, error.column), (line, column), "{error}\n{text}");
        assert!(error.message.contains(message), "{error}");
    }
}

#[test]
fn what_usual_readers_take_is_taken() {
    for text in [
        "",
        "# nothing but a remark\n",
        "---\n",
        "---\na: 1\n...\n",
        "--- {a: 1}\n",
        "\u{feff}a: 1\n",
        "%YAML 1.1\n---\na: 1\n",
        "%TAG !y! tag:yaml.org,2002:\n---\na: !y!str 1\n",
        "just a text",
        "- 1\n- a: 1\n- a: 2\n",
        "a: &x {b: 1}\nc: {<<: *x, b: 2}\nd: {<<: [*x, {e: 1}], <<: *x}\ne: *x\n",
        "'<<': 1\n",
        "a: &a [*a]\n",
        "~: a\nyes: b\ntrue: c\n",
        "[a, b]: c\n? {d: e}\n: f\n",
        "a: .inf\nb: .nan\nc: 0o17\n",
        "a: !own {b: 1}\nb: !!set {c}\nc: !!binary gIGC\nd: !!float 1\n",
        "a: x\u{2028}y\u{85}z\n",
        "a: 1\rb: 2\r",
        "a: 1\r\nb: |\r\n  x\r\n",
        "{\n\t\"a\": [1, 2],\n\t\"b\": {\"a\": \"\\u00e9\"}\n}\n",
        "a: >-\n  folded\n  text\nb: |2\n    kept\n",
        "a:\n- 1\n- 2\nb: # remark\n  c: \"d\n    e\"\n",
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

#[test]
fn no_value_is_repeated_in_a_message() {
    for text in ["a: !!int hunter2\n", "a: 1\na: hunter2\n", "a: hunter2: b\n", "a: 'hunter2"] {
        let error = check(text).expect_err(text);
        assert!(!error.message.contains("hunter2"), "{error}");
    }
}

#[test]
fn aliases_that_stand_for_much_cost_nothing() {
    let level = |level: usize| {
        let aliases = vec![format!("*a{}", level.saturating_sub(1)); 9].join(", ");
        format!("a{level}: &a{level} [{aliases}]\n")
    };
    let laughs: String = (1..100).map(level).collect();
    assert_eq!(check(&format!("a0: &a0 [x]\n{laughs}")), Ok(()));
    for deep in ["[", "- ", "{a: ", "? "] {
        assert!(check(&deep.repeat(100_000)).is_err());
    }
}
