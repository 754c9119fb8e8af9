//! A registry and its Secrets, given once for all charts.

use crate::helm::{Helm, each, one, rendered};
use crate::switches::MIRRORED;
use eevee_operator::snapshot::Settings;
use serde_json::{Value, json};

const MIRROR: &str = "registry.example.org:5000/mirror";
const OWN: &str = concat!("eeveebot/operator:", env!("CARGO_PKG_VERSION"));

/// Values of a chart beside those of [`MIRRORED`].
fn mirrored(chart: &str, values: &str) -> Vec<Value> {
    rendered(chart, &format!("{MIRRORED}\n{values}"))
}

fn globals(globals: &str) -> String {
    format!("global: {{{globals}}}")
}

fn container(pod: &Value) -> &Value {
    &pod["spec"]["containers"][0]
}

/// A variable of the operator.
fn variable(objects: &[Value], name: &str) -> Option<String> {
    let template = &one(objects, "Deployment")["spec"]["template"];
    let variables = container(template)["env"].as_array().expect("variables");
    let found = variables.iter().find(|variable| variable["name"] == name)?;
    found["value"].as_str().map(str::to_owned)
}

/// A default of the operator's, without its registry.
fn path(image: &str) -> &str {
    image.split_once('/').expect("a registry").1
}

#[test]
fn every_image_that_a_chart_names_comes_from_the_registry() {
    let own = format!("{MIRROR}/{OWN}");
    let operator = mirrored("operator", "");
    let template = &one(&operator, "Deployment")["spec"]["template"];
    assert_eq!(container(template)["image"], own);
    assert_eq!(variable(&operator, "EEVEE_OPERATOR_IMAGE").as_deref(), Some(own.as_str()));
    for chart in ["operator", "bot", "crds"] {
        for pod in each(&mirrored(chart, ""), "Pod") {
            assert_eq!(container(pod)["image"], own, "{chart}");
        }
    }
    for object in mirrored("eevee", "").iter().filter(|object| object["kind"] == "Pod") {
        assert_eq!(container(object)["image"], own);
    }
}

/// The chart has to name them, and what it names are the program's.
#[test]
fn images_of_nats_are_the_operators_own_from_the_registry() {
    let defaults = Settings::default().nats_images;
    let objects = mirrored("operator", "");
    for (name, image) in
        [("NATS_IMAGE", defaults.server), ("NATS_EXPORTER_IMAGE", defaults.exporter)]
    {
        let expected = format!("{MIRROR}/{}", path(&image));
        assert_eq!(variable(&objects, name), Some(expected));
        assert_eq!(variable(&rendered("operator", ""), name), None, "the program knows it");
    }
}

#[test]
fn an_image_of_nats_that_is_given_stays_as_it_is() {
    let values = "operator: {operator: {env: {natsImage: 'elsewhere/nats:2'}}}";
    let given = variable(&mirrored("operator", values), "NATS_IMAGE");
    assert_eq!(given.as_deref(), Some("elsewhere/nats:2"));
}

/// What stands before the first slash is a registry where it has a dot or a port, or is localhost.
#[test]
fn only_a_registry_is_replaced() {
    for (repository, path) in [
        ("ghcr.io/eeveebot/operator", "eeveebot/operator"),
        ("localhost/operator", "operator"),
        ("mirror:5000/a/b", "a/b"),
        ("eeveebot/operator", "eeveebot/operator"),
        ("operator", "operator"),
    ] {
        let values =
            format!("operator: {{operator: {{image: {{repository: '{repository}', tag: a}}}}}}");
        let objects = mirrored("operator", &values);
        let template = &one(&objects, "Deployment")["spec"]["template"];
        assert_eq!(container(template)["image"], format!("{MIRROR}/{path}:a"));
    }
}

#[test]
fn a_digest_stays() {
    let digest = format!("sha256:{}", "0".repeat(64));
    let values = format!("operator: {{operator: {{image: {{digest: '{digest}'}}}}}}");
    let objects = mirrored("operator", &values);
    let template = &one(&objects, "Deployment")["spec"]["template"];
    assert_eq!(container(template)["image"], format!("{MIRROR}/eeveebot/operator@{digest}"));
}

#[test]
fn secrets_reach_the_pods_of_every_chart_once_each() {
    let expected = json!([{ "name": "registry" }, { "name": "another" }]);
    for chart in ["operator", "bot", "crds"] {
        for pod in each(&mirrored(chart, ""), "Pod") {
            assert_eq!(pod["spec"]["imagePullSecrets"], expected, "{chart}");
        }
    }
    let objects =
        mirrored("operator", "operator: {imagePullSecrets: [{name: own}, {name: another}]}");
    let expected = json!([{ "name": "own" }, { "name": "another" }, { "name": "registry" }]);
    let template = &one(&objects, "Deployment")["spec"]["template"];
    assert_eq!(template["spec"]["imagePullSecrets"], expected);
}

#[test]
fn modules_and_nats_have_them_where_they_name_none() {
    let values = "
ipcConfig: {spec: {nats: {managed: }}}
botModules:
- {name: default, spec: {image: a}}
- {name: emptied, spec: {image: a, imagePullSecrets: }}
- {name: own, spec: {image: a, imagePullSecrets: [{name: own}]}}
- {name: none, spec: {image: a, imagePullSecrets: []}}
";
    let globals = json!([{ "name": "registry" }, { "name": "another" }]);
    let objects = mirrored("bot", values);
    let secrets = |name: &str| {
        let module = objects.iter().find(|object| object["metadata"]["name"] == name);
        module.expect("a module")["spec"]["imagePullSecrets"].clone()
    };
    assert_eq!(secrets("default"), globals);
    assert_eq!(secrets("emptied"), globals);
    assert_eq!(secrets("own"), json!([{ "name": "own" }]));
    assert_eq!(secrets("none"), json!([]));
    let managed = &one(&objects, "IpcConfig")["spec"]["nats"]["managed"];
    assert_eq!(*managed, json!({ "imagePullSecrets": globals }));
}

#[test]
fn nats_that_others_run_has_none() {
    let objects = mirrored("bot", "ipcConfig: {spec: {nats: {managed: {enabled: false}}}}");
    let managed = &one(&objects, "IpcConfig")["spec"]["nats"]["managed"];
    assert_eq!(*managed, json!({ "enabled": false }));
}

#[test]
fn wrong_globals_are_refused_with_their_path() {
    for chart in ["crds", "operator", "bot", "eevee"] {
        for (values, words) in [
            ("imageRegistry: 5000", ["/global/imageRegistry", "want string"]),
            ("imageRegistry: 'https://registry.example.org'", ["/global/imageRegistry", "pattern"]),
            ("imageRegistry: 'registry.example.org/'", ["/global/imageRegistry", "pattern"]),
            ("imagePullSecrets: registry", ["/global/imagePullSecrets", "want array"]),
            ("imagePullSecrets: [5]", ["/global/imagePullSecrets/0", "want string or object"]),
            ("imagePullSecrets: [{nam: a}]", ["/global/imagePullSecrets/0", "'nam' not allowed"]),
        ] {
            let message = Helm::alone().template(chart, &globals(values), &[]).refused();
            for word in words {
                assert!(
                    message.contains(word),
                    "{chart}, {values}: {word:?} is not in:\n{message}"
                );
            }
        }
    }
}

#[test]
fn without_globals_nothing_changes() {
    for chart in ["crds", "operator", "bot", "eevee"] {
        let template = |values: &str| Helm::alone().template(chart, values, &[]).fine();
        let plain = template("");
        for emptied in ["global: ", "global: {}", "global: {imageRegistry: , imagePullSecrets: }"] {
            assert_eq!(template(emptied), plain, "{chart}: {emptied}");
        }
    }
}
