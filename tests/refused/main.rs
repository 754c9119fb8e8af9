//! What the API server would refuse in the objects of a resource is named by render, with its field,
//! and its neighbour is not. That the server does refuse the one and takes the other is tested in
//! tests/api.

#[path = "../support/mod.rs"]
mod support;
mod table;

use eevee_operator::action::Verb;
use eevee_operator::manifest::{Input, load};
use eevee_operator::offline::{self, Format, Options, render_sources};
use eevee_operator::render::render;
use serde_json::{Value, json};
use table::{Case, cases};

/// A BotModule whose spec holds one field; one with a uid is older than what its schema refuses.
fn module(field: &str, value: &Value, is_older: bool) -> Input {
    let mut spec = json!({ "image": "echo:1", "metrics": true });
    spec[field] = value.clone();
    let mut module = support::module("echo", spec);
    if is_older {
        module["metadata"]["uid"] = "11111111-0000-4000-8000-000000000001".into();
    }
    let secret =
        |name: &str| json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name } });
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": [module, secret("a.b"), secret("A b")] });
    Input { name: "module.yaml".to_owned(), text: list.to_string() }
}

/// What the status says of a module that is there.
fn ready(source: Input) -> (String, String) {
    let loaded = load(&[source], support::defaults()).unwrap_or_else(|why| panic!("{why}"));
    assert!(loaded.faults.is_empty(), "{}", loaded.faults[0]);
    let actions = render(offline::admitted(loaded).snapshot());
    let status = actions.iter().find_map(|action| match &action.verb {
        Verb::Status { status, .. } => Some(status),
        _ => None,
    });
    let ready = &status.expect("a status")["conditions"][0];
    let text = |field: &str| ready[field].as_str().unwrap_or_default().to_owned();
    (text("reason"), text("message"))
}

fn faults(source: Input) -> Vec<String> {
    let options = Options { format: Format::Yaml, actions: false, show_secrets: false };
    render_sources(&[source], support::defaults(), &options)
        .unwrap_or_else(|why| panic!("{why}"))
        .faults
}

#[test]
fn an_older_module_with_a_value_that_is_refused_says_so() {
    for Case { field, bad, says, .. } in cases() {
        let (reason, message) = ready(module(field, &bad, true));
        assert_eq!(reason, "InvalidSpec", "{field}: {bad}: {message}");
        assert!(message.starts_with(says), "{field}: {bad}: {message}");
    }
}

#[test]
fn a_new_module_with_a_value_that_is_refused_is_no_output() {
    for Case { field, bad, .. } in cases() {
        let faults = faults(module(field, &bad, false));
        assert!(!faults.is_empty(), "{field}: {bad}");
        for fault in faults {
            assert!(fault.contains(&format!("spec.{field}")), "{field}: {bad}: {fault}");
        }
    }
}

#[test]
fn the_neighbour_of_a_refused_value_is_rendered() {
    for Case { field, good, .. } in cases() {
        for is_older in [false, true] {
            assert_eq!(faults(module(field, &good, is_older)), [""; 0], "{field}: {good}");
        }
    }
}

/// The same fields of a NATS server.
#[test]
fn a_nats_server_with_a_value_that_is_refused_says_so() {
    const FIELDS: [&str; 5] =
        ["resources", "nodeSelector", "tolerations", "affinity", "imagePullSecrets"];
    let server = |field: &str, value: &Value| {
        let metadata = json!({ "name": "main", "uid": "11111111-0000-4000-8000-000000000001" });
        let spec = json!({ "nats": { "managed": { field: value } } });
        let server = json!({ "apiVersion": "eevee.bot/v1", "kind": "IpcConfig", "metadata": metadata, "spec": spec });
        Input { name: "server.yaml".to_owned(), text: server.to_string() }
    };
    for Case { field, bad, good, says } in
        cases().into_iter().filter(|case| FIELDS.contains(&case.field))
    {
        let faults = faults(server(field, &bad));
        let says = says.replacen("spec.", "spec.nats.managed.", 1);
        assert!(faults.len() == 1 && faults[0].contains(&says), "{field}: {bad}: {faults:?}");
        assert_eq!(self::faults(server(field, &good)), [""; 0], "{field}: {good}");
    }
}

/// The kubelet takes none of these; the API server would.
#[test]
fn images_that_cannot_be_pulled_are_refused() {
    for image in ["https://ghcr.io/a", "a:", "a b", "ghcr.io/Echo", "a@sha256:00", "a:b:c"] {
        let (reason, message) = ready(module("image", &image.into(), true));
        assert_eq!(reason, "InvalidSpec", "{image}");
        assert!(message.starts_with("spec.image is "), "{message}");
        let faults = faults(module("image", &image.into(), false));
        assert!(faults[0].contains("spec.image"), "{faults:?}");
    }
}
