//! The API token: given, of an existing Secret, or generated once.

use crate::cluster::Cluster;
use crate::helm::Helm;
use crate::place::{get, namespace};
use serde_json::Value;

const SECRET: &str = "secret/eevee-operator-api-token";
const RELEASE: &str = "eevee-operator";

fn install(cluster: &Cluster, namespace: &str, values: &str) -> String {
    Helm::on(cluster).install(namespace, RELEASE, "operator", values).fine()
}

/// The token, base64.
fn token(cluster: &Cluster, namespace: &str) -> Option<String> {
    let secret = get(cluster, namespace, SECRET)?;
    secret["data"]["token"].as_str().map(str::to_owned)
}

fn pod(cluster: &Cluster, namespace: &str) -> Value {
    let deployment = get(cluster, namespace, "deployment/eevee-operator").expect("the Deployment");
    deployment["spec"]["template"].clone()
}

fn reference(cluster: &Cluster, namespace: &str) -> Value {
    let pod = pod(cluster, namespace);
    let env = pod["spec"]["containers"][0]["env"].as_array().expect("variables").clone();
    let token = env.into_iter().find(|it| it["name"] == "EEVEE_OPERATOR_API_TOKEN");
    token.expect("the token")["valueFrom"]["secretKeyRef"].clone()
}

fn make(cluster: &Cluster, namespace: &str, secret: &str, key: &str) {
    let namespace = format!("--namespace={namespace}");
    let literal = format!("--from-literal={key}=somebodys");
    cluster.kubectl(&["create", "secret", "generic", secret, &namespace, &literal], None).success();
}

#[test]
fn generated_once_and_kept_over_upgrades_and_releases() {
    let cluster = namespace("generated");
    install(cluster, "generated", "");
    let first = token(cluster, "generated").expect("a token");
    assert!(first.len() >= 40, "{} characters", first.len());
    let pod_before = pod(cluster, "generated");
    install(cluster, "generated", "");
    assert_eq!(token(cluster, "generated").as_ref(), Some(&first));
    assert_eq!(pod(cluster, "generated"), pod_before, "the pods are replaced for nothing");
    Helm::on(cluster).uninstall("generated", RELEASE);
    assert_eq!(token(cluster, "generated").as_ref(), Some(&first), "the token is lost");
    install(cluster, "generated", "");
    assert_eq!(token(cluster, "generated").as_ref(), Some(&first));
}

#[test]
fn generated_in_a_namespace_that_helm_makes() {
    let cluster = crate::place::cluster();
    install(cluster, "made-by-helm", "");
    assert!(token(cluster, "made-by-helm").is_some());
}

#[test]
fn each_release_generates_another() {
    let cluster = namespace("another");
    namespace("yet-another");
    install(cluster, "another", "");
    install(cluster, "yet-another", "");
    assert_ne!(token(cluster, "another"), token(cluster, "yet-another"));
}

#[test]
fn given_and_changed_and_no_longer_given() {
    let cluster = namespace("given");
    let template = |token: &str| {
        install(cluster, "given", &format!("operatorApiToken: {{token: {token}}}"));
        pod(cluster, "given")
    };
    let first = template("one");
    assert_eq!(token(cluster, "given").as_deref(), Some("b25l"));
    assert_eq!(template("one"), first, "the pods are replaced for nothing");
    let second = template("two");
    assert_eq!(token(cluster, "given").as_deref(), Some("dHdv"));
    assert_ne!(second, first, "the pods go on with the old token");
    assert_eq!(template("two"), second, "the pods are replaced for nothing");
    install(cluster, "given", "");
    assert_eq!(token(cluster, "given").as_deref(), Some("dHdv"));
    assert_eq!(pod(cluster, "given"), second, "the pods are replaced for nothing");
}

#[test]
fn of_a_secret_that_somebody_keeps() {
    let cluster = namespace("existing");
    make(cluster, "existing", "vault", "api");
    let values = "operatorApiToken: {existingSecret: vault, existingSecretKey: api}";
    install(cluster, "existing", values);
    let expected = serde_json::json!({ "name": "vault", "key": "api" });
    assert_eq!(reference(cluster, "existing"), expected);
    assert_eq!(token(cluster, "existing"), None, "that one is the operator's to make");
}

#[test]
fn of_a_secret_of_the_usual_name_that_somebody_made() {
    let cluster = namespace("foreign");
    make(cluster, "foreign", "eevee-operator-api-token", "token");
    let before = get(cluster, "foreign", SECRET);
    install(cluster, "foreign", "");
    assert_eq!(get(cluster, "foreign", SECRET), before, "it is somebody else's");
    let expected = serde_json::json!({ "name": "eevee-operator-api-token", "key": "token" });
    assert_eq!(reference(cluster, "foreign"), expected);
    Helm::on(cluster).uninstall("foreign", RELEASE);
    assert_eq!(get(cluster, "foreign", SECRET), before, "it is somebody else's");
}

/// Modules would go on with the Secret that the chart made before.
#[test]
fn a_token_that_is_left_over_is_pointed_out() {
    let cluster = namespace("left-over");
    install(cluster, "left-over", "");
    make(cluster, "left-over", "vault", "token");
    let values = "operatorApiToken: {existingSecret: vault}";
    let helm = Helm::on(cluster);
    let refused = helm.install("left-over", RELEASE, "operator", values).refused();
    let command = "kubectl delete secret eevee-operator-api-token --namespace left-over";
    assert!(refused.contains(command), "{refused}");
    let delete = ["delete", SECRET, "--namespace=left-over"];
    cluster.kubectl(&delete, None).success();
    install(cluster, "left-over", values);
}

/// As the operator makes it for its modules.
fn make_copy(cluster: &Cluster, namespace: &str) {
    make(cluster, namespace, "eevee-operator-api-token", "token");
    let namespace = format!("--namespace={namespace}");
    let annotate = ["annotate", SECRET, &namespace, "eevee.bot/generated-by=eevee-operator"];
    cluster.kubectl(&annotate, None).success();
}

/// The operator deletes its copy when no module needs it: nothing can rely on that.
#[test]
fn the_copy_that_the_operator_makes_is_not_taken_for_the_token() {
    let cluster = namespace("copied");
    make(cluster, "copied", "vault", "token");
    make_copy(cluster, "copied");
    install(cluster, "copied", "operatorApiToken: {existingSecret: vault}");
    let helm = Helm::on(cluster);
    // Without any values Helm would go on with those of before.
    let neither = "operatorApiToken: {existingSecret: ''}";
    for values in [
        neither,
        "operatorApiToken: {token: a-token}",
        "operatorApiToken: {existingSecret: eevee-operator-api-token}",
    ] {
        let refused = helm.install("copied", RELEASE, "operator", values).refused();
        for command in [
            "kubectl delete deployment eevee-operator --namespace copied --cascade=foreground",
            "kubectl delete secret eevee-operator-api-token --namespace copied",
        ] {
            assert!(refused.contains(command), "{values}: {refused}");
        }
    }
    cluster.kubectl(&["delete", SECRET, "--namespace=copied"], None).success();
    install(cluster, "copied", neither);
    assert!(token(cluster, "copied").is_some(), "this release has to make one");
}

/// From release `eevee-operator` to the chart that holds operator and bot.
#[test]
fn another_release_goes_on_with_the_token_that_is_there() {
    let cluster = namespace("moved");
    install(cluster, "moved", "operatorApiToken: {token: somebodys}");
    let helm = Helm::on(cluster);
    helm.uninstall("moved", RELEASE);
    let given = |token: &str| {
        let values = format!("operator: {{operatorApiToken: {{token: {token}}}}}");
        helm.install("moved", "eevee", "eevee", &values)
    };
    let refused = given("anothers").refused();
    for words in ["operatorApiToken.token", "kubectl delete secret eevee-operator-api-token"] {
        assert!(refused.contains(words), "{refused}");
    }
    given("somebodys").fine();
    assert_eq!(token(cluster, "moved").as_deref(), Some("c29tZWJvZHlz"));
    cluster.kubectl(&["delete", SECRET, "--namespace=moved"], None).success();
    given("anothers").fine();
    assert_eq!(token(cluster, "moved").as_deref(), Some("YW5vdGhlcnM="));
}

#[test]
fn no_token_is_ever_shown() {
    let cluster = namespace("shown");
    let said = install(cluster, "shown", "operatorApiToken: {token: a-secret-token}");
    assert!(said.contains("helm install my-bot eevee/bot"), "the notes lack the next step: {said}");
    assert!(!said.contains("a-secret-token") && !said.contains("YS1zZWNyZXQtdG9rZW4"), "{said}");
}
