//! The pods of `helm test`.

use crate::helm::{one, rendered};
use serde_json::{Value, json};

fn pod(chart: &str, values: &str) -> Value {
    one(&rendered(chart, values), "Pod").clone()
}

#[test]
fn they_have_the_labels_and_annotations_of_all_objects() {
    for chart in ["crds", "operator", "bot"] {
        let pod = pod(chart, "{commonLabels: {a: b}, commonAnnotations: {a: b}}");
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

#[test]
fn only_the_one_that_asks_the_api_server_has_a_token_of_the_cluster() {
    for (chart, has) in [("crds", true), ("operator", false), ("bot", false)] {
        assert_eq!(pod(chart, "")["spec"]["automountServiceAccountToken"], has, "{chart}");
    }
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
