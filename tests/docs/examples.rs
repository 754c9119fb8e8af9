//! Every resource in the pages is one that the operator renders.

use crate::page::{Page, pages};
use crate::support;
use eevee_operator::manifest::Defaults;
use eevee_operator::manifest::Input;
use eevee_operator::offline::{Format, Options, render_sources};
use serde_json::{Value, json};

const OPTIONS: Options = Options { format: Format::Yaml, actions: false, show_secrets: false };

#[test]
fn the_resources_of_each_page_render() {
    let mut resources = 0;
    for page in pages() {
        let sources = sources(&page);
        resources += sources.len();
        if !sources.is_empty() {
            let made = render_sources(&sources, defaults(), &OPTIONS)
                .unwrap_or_else(|why| panic!("{}: {why}", page.name));
            assert!(made.faults.is_empty(), "{}: {:#?}", page.name, made.faults);
            let makes = |kind: &str| made.text.contains(&format!("kind: {kind}\n"));
            assert!(makes("Deployment") || makes("CronJob"), "{} makes nothing", page.name);
        }
    }
    assert!(resources > 3, "only {resources} examples were found");
}

/// The operator knows its own image, as by the chart.
fn defaults() -> Defaults {
    let mut defaults = support::defaults();
    defaults.settings.operator_image = Some("ghcr.io/eeveebot/operator:3".to_owned());
    defaults
}

/// A page is one cluster: what one block names, another may hold.
fn sources(page: &Page) -> Vec<Input> {
    let mut sources = Vec::new();
    for block in page.blocks("yaml") {
        let name = format!("{}, line {}", page.name, block.line);
        let documents = support::documents(&block.text);
        if documents.iter().any(|document| document["apiVersion"] == "eevee.bot/v1") {
            sources.push(Input { name, text: block.text });
        } else if let Some(text) = documents.iter().find_map(bot) {
            sources.push(Input { name, text });
        }
    }
    sources
}

/// What chart bot makes of a values file, which chart eevee has under `bot`.
fn bot(values: &Value) -> Option<String> {
    let values = if values["bot"].is_object() { &values["bot"] } else { values };
    let modules = values["botModules"].as_array()?;
    let ipc_config = values["ipcConfig"]["name"].as_str().unwrap_or("eevee-bot");
    let mut resources =
        vec![resource("IpcConfig", &ipc_config.into(), &values["ipcConfig"]["spec"])];
    let module = |module: &Value| resource("BotModule", &module["name"], &module["spec"]);
    resources.extend(modules.iter().map(module));
    Some(json!({ "apiVersion": "v1", "kind": "List", "items": resources }).to_string())
}

fn resource(kind: &str, name: &Value, spec: &Value) -> Value {
    let spec = if spec.is_null() { &json!({}) } else { spec };
    json!({
        "apiVersion": "eevee.bot/v1", "kind": kind, "metadata": { "name": name }, "spec": spec,
    })
}
