//! The pods of `helm test`.

use crate::helm::rendered;
use serde_json::{Value, json};

/// The first of a chart.
fn pod(chart: &str, values: &str) -> Value {
    pods(chart, values).swap_remove(0)
}

fn pods(chart: &str, values: &str) -> Vec<Value> {
    let mut objects = rendered(chart, values);
    objects.retain(|object| object["kind"] == "Pod");
    objects
}

#[test]
fn they_have_the_labels_and_annotations_of_all_objects() {
    for chart in ["crds", "operator", "bot"] {
        for pod in pods(chart, "{commonLabels: {a: b}, commonAnnotations: {a: b}}") {
            let metadata = &pod["metadata"];
            assert_eq!(
                (&metadata["labels"]["a"], &metadata["annotations"]["a"]),
                (&"b".into(), &"b".into())
            );
            assert_eq!(metadata["annotations"]["helm.sh/hook"], "test", "{chart}");
            let selects = metadata["labels"].get("eevee.bot/operator");
            assert_eq!(selects, None, "the Service would send it requests");
        }
    }
}

#[test]
fn only_those_that_ask_the_api_server_have_a_token_of_the_cluster() {
    for (chart, has) in
        [("crds", vec![true]), ("operator", vec![false, true]), ("bot", vec![false])]
    {
        let pods = pods(chart, "");
        let found: Vec<&Value> =
            pods.iter().map(|pod| &pod["spec"]["automountServiceAccountToken"]).collect();
        assert_eq!(found, has, "{chart}");
    }
}

/// The account of `check` is one of its own, which changes nothing and reads no Secret.
#[test]
fn that_of_check_may_only_look() {
    let objects = rendered("operator", "");
    let role = objects
        .iter()
        .find(|it| it["kind"] == "Role" && it["metadata"]["annotations"]["helm.sh/hook"] == "test");
    let rules = role.expect("its Role")["rules"].as_array().expect("rules").clone();
    for rule in &rules {
        let is_review = rule["resources"] == json!(["localsubjectaccessreviews"]);
        let verbs = rule["verbs"].as_array().expect("verbs");
        let reads = verbs.iter().all(|verb| verb == "get" || verb == "list");
        assert!(reads || is_review, "{rule}");
        assert!(!rule["resources"].to_string().contains("secrets"), "{rule}");
    }
    let without = rendered("operator", "{rbac: {create: false}}");
    assert_eq!(pods("operator", "{rbac: {create: false}}").len(), 1);
    assert!(!without.iter().any(|it| it["kind"] == "Role"));
}

fn token(values: &str) -> Value {
    let pod = pod("bot", values);
    let variables = pod["spec"]["containers"][0]["env"].as_array().expect("variables").iter();
    let mut token = variables.filter(|variable| variable["name"] == "EEVEE_OPERATOR_API_TOKEN");
    token.next().expect("the token")["valueFrom"]["secretKeyRef"].clone()
}

/// The pod starts without the Secret, and its log has the API's own answer.
#[test]
fn that_of_a_bot_takes_the_token_where_it_is() {
    let usual = json!({ "name": "eevee-operator-api-token", "key": "token", "optional": true });
    assert_eq!(token(""), usual);
    let given = json!({ "name": "vault", "key": "api", "optional": true });
    assert_eq!(token("test: {apiTokenSecret: vault, apiTokenSecretKey: api}"), given);
}

#[test]
fn that_of_a_bot_asks_for_no_module_of_size_0() {
    let values = "botModules: [{name: none, spec: {image: a, size: 0}}, {name: two, spec: {image: a, size: 2}}, {name: one, spec: {image: a, size: }}]";
    let pod = pod("bot", values);
    let arguments = pod["spec"]["containers"][0]["args"].as_array().expect("arguments").iter();
    let modules: Vec<&str> =
        arguments.filter_map(|it| it.as_str()?.strip_prefix("--module=")).collect();
    assert_eq!(modules, ["two", "one"]);
}
