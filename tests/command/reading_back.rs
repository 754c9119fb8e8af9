//! What is printed is read back as it was meant, by readers of YAML 1.1 and 1.2.

use crate::documents::{ECHO, find, items, read};
use crate::fixtures;
use crate::program::render;
use eevee_operator::yaml;
use serde_json::{Value, json};

/// Texts that some reader takes for something else where they are not quoted.
const HOSTILE: [&str; 44] = [
    "on",
    "no",
    "y",
    "Yes",
    "TRUE",
    "null",
    "~",
    "",
    "=",
    "<<",
    "012",
    "0o14",
    "0x1f",
    "0b1",
    "1e3",
    "1.",
    ".5",
    "1_000",
    "-0",
    "+1",
    ".inf",
    ".NaN",
    "12:30:45",
    "2001-12-14",
    "190:20:30",
    "- a",
    "a: b",
    "a #b",
    "#b",
    "a\t",
    "\ta",
    " a",
    "a ",
    "a\n",
    "\n",
    "a\r\nb\r\n",
    "a\n\n\n",
    "'",
    "\"",
    "\\",
    "🎉",
    "\u{85}",
    "\u{feff}",
    "***",
];

fn as_the_program_reads(text: &str) -> Vec<Value> {
    yaml::read(text).expect("YAML").into_iter().map(|document| document.value).collect()
}

#[test]
fn every_fixture_is_read_back_the_same() {
    let mut objects = 0;
    for printed in fixtures::all() {
        for (text, json) in
            [(&printed.shown, &printed.shown_json), (&printed.masked, &printed.masked_json)]
        {
            let meant = items(json);
            assert_eq!(read(text), meant, "{}", printed.name);
            assert_eq!(as_the_program_reads(text), meant, "{}", printed.name);
            objects += meant.len();
        }
    }
    assert!(objects > 1000, "only {objects} objects were printed");
}

#[test]
fn hostile_texts_are_read_back_the_same_from_yaml() {
    let variables: Vec<Value> = HOSTILE
        .iter()
        .enumerate()
        .map(|(number, text)| json!({ "name": format!("HOSTILE_{number}"), "value": text }))
        .collect();
    let mut module = read(ECHO).remove(0);
    module["spec"]["extraEnv"] = variables.clone().into();
    let text = render(&[("bot.json", &module.to_string())], &["-f", "bot.json"]).fine();
    for objects in [read(&text), as_the_program_reads(&text)] {
        let deployment = find(&objects, "Deployment", "eevee-echo-module");
        let env = &deployment["spec"]["template"]["spec"]["containers"][0]["env"];
        let env = env.as_array().expect("variables");
        // A variable whose value is empty may stand without one.
        let hostile = env.iter().filter(|one| one["name"].as_str().unwrap().starts_with("HOSTILE"));
        let values: Vec<&str> = hostile.map(|one| one["value"].as_str().unwrap_or("")).collect();
        assert_eq!(values, HOSTILE);
    }
}

#[test]
fn a_megabyte_of_configuration_is_read_back_the_same() {
    let lines: String = (0..45_000).map(|line| format!("key{line}: '🎉  '\n")).collect();
    assert!(lines.len() > 700_000);
    for config in [lines.replace('\n', "\r\n"), lines] {
        let mut module = read(ECHO).remove(0);
        module["spec"]["moduleConfig"] = config.clone().into();
        let text = render(&[("bot.json", &module.to_string())], &["-f", "bot.json"]).fine();
        let objects = read(&text);
        let map = find(&objects, "ConfigMap", "eevee-echo-module-config");
        let values = map["data"].as_object().expect("data").values();
        assert!(values.eq([&Value::from(config)]), "other bytes than were given");
    }
}
