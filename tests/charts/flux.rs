//! What docs/flux.md says: its releases are what the charts take, and its expressions are right about every status that the
//! operator writes.

use crate::health::{Case, Health, cases};
use crate::helm::{Helm, rendered};
use crate::page::page;
use crate::support::documents;
use kube_cel::cel::{Context, Program, Value as Cel, to_value};
use serde_json::Value;
use std::collections::BTreeSet;

const PAGE: &str = "docs/flux.md";

fn manifests() -> Vec<Value> {
    page(PAGE).blocks("yaml").iter().flat_map(|block| documents(&block.text)).collect()
}

/// The name of a chart, of which a registry serves the address.
fn chart(release: &Value) -> String {
    let spec = &release["spec"];
    let named = spec["chart"]["spec"]["chart"].as_str().map(str::to_owned);
    named.unwrap_or_else(|| {
        let reference = &spec["chartRef"];
        let manifests = manifests();
        let mut sources = manifests.iter().filter(|it| it["kind"] == reference["kind"]);
        let source = sources.find(|it| it["metadata"]["name"] == reference["name"]);
        let url = source.expect("the source")["spec"]["url"].as_str().expect("an address");
        url.rsplit('/').next().expect("a name").to_owned()
    })
}

#[test]
fn its_releases_are_what_the_charts_take() {
    let manifests = manifests();
    let releases: Vec<&Value> = manifests.iter().filter(|it| it["kind"] == "HelmRelease").collect();
    let charts: Vec<String> = releases.iter().map(|release| chart(release)).collect();
    assert_eq!(charts, ["crds", "operator", "bot", "operator"]);
    for (release, chart) in releases.iter().zip(charts) {
        let values = &release["spec"]["values"];
        let values = if values.is_null() { String::new() } else { values.to_string() };
        assert!(!rendered(&chart, &values).is_empty());
    }
}

/// `targetPath` and what the Secret holds, as Flux hands them to Helm.
#[test]
fn its_references_to_values_are_what_the_charts_take() {
    let manifests = manifests();
    let references = manifests.iter().filter_map(|it| it["spec"]["valuesFrom"].as_array());
    let paths: Vec<&str> =
        references.flatten().filter_map(|it| it["targetPath"].as_str()).collect();
    assert_eq!(paths, ["operatorApiToken.token"]);
    let set = format!("--set={}=SomeToken123", paths[0]);
    let text = Helm::alone().template("operator", "", &[&set]).fine();
    let secret = documents(&text).into_iter().find(|object| object["kind"] == "Secret");
    assert_eq!(secret.expect("the Secret")["data"]["token"], "U29tZVRva2VuMTIz");
}

#[test]
fn its_expressions_are_right_about_every_status() {
    let manifests = manifests();
    let checks: Vec<&Value> = manifests
        .iter()
        .filter_map(|it| it["spec"]["healthCheckExprs"].as_array())
        .flatten()
        .collect();
    assert_eq!(checks.len(), 2);
    for check in checks {
        assert_eq!(check["apiVersion"], "eevee.bot/v1");
        let mut kinds = BTreeSet::new();
        for case in cases() {
            // Every served resource has one: the CRDs have a default.
            if case.object["status"].is_null() || case.name == "with an emptied condition" {
                continue;
            }
            let expected = match case.health() {
                // For Flux, who does not know the word, they are done.
                Health::Suspended if ready(&case) == "True" => Health::Healthy,
                Health::Suspended => Health::Degraded,
                other => other,
            };
            kinds.insert(expected);
            assert_eq!(judged(check, &case), Some(expected), "{}: {:#}", case.name, case.object);
        }
        assert_eq!(kinds.len(), 3, "only {kinds:?} come up");
    }
}

fn ready(case: &Case) -> &str {
    case.condition("Ready").and_then(|ready| ready["status"].as_str()).unwrap_or_default()
}

/// The first expression that holds decides.
fn judged(check: &Value, case: &Case) -> Option<Health> {
    let order = [
        ("inProgress", Health::Progressing),
        ("failed", Health::Degraded),
        ("current", Health::Healthy),
    ];
    let holds = |field: &str| holds(check[field].as_str().expect("an expression"), &case.object);
    order.into_iter().find(|(field, _)| holds(field)).map(|(_, health)| health)
}

/// The fields of a resource are the variables of an expression.
fn holds(expression: &str, object: &Value) -> bool {
    let program = Program::compile(expression).unwrap_or_else(|why| panic!("{expression}: {why}"));
    let mut context = Context::default();
    for (name, value) in object.as_object().expect("an object") {
        context.add_variable_from_value(name.as_str(), to_value(value).expect("a value"));
    }
    match program.execute(&context) {
        Ok(Cel::Bool(holds)) => holds,
        other => panic!("{expression} gives {other:?} for {object:#}"),
    }
}
