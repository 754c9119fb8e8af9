//! A release of the TypeScript operator's chart eevee becomes one of the present chart, as docs/upgrade.md says.

use crate::cluster::Cluster;
use crate::crds::take_over;
use crate::former_values::taken_over;
use crate::helm::Helm;
use crate::place::get;
use crate::support::path;
use serde_json::{Value, json};
use std::fs;

const NAMESPACE: &str = "eevee-bot";

/// What has to be the same afterwards.
const KEPT: [&str; 6] = [
    "crd/botmodules.eevee.bot",
    "crd/ipcconfigs.eevee.bot",
    "ipcconfig/my-ipc",
    "botmodule/router",
    "secret/eevee-operator-api-token",
    "service/eevee-eevee-operator-service",
];

fn former(name: &str) -> String {
    path("tests/e2e/upgrade/former").join(name).display().to_string()
}

/// Somebody's values for both charts, with those for the operator made by this.
fn values(operators: impl Fn(&str) -> String) -> String {
    let read = |name: &str| fs::read_to_string(former(name)).expect("a file");
    let parse = |text: &str| serde_yaml::from_str::<Value>(text).expect("YAML");
    let operator = parse(&operators(&read("operator-values.yaml")));
    json!({ "operator": operator, "bot": parse(&read("my-bot.yaml")) }).to_string()
}

fn kept(cluster: &Cluster) -> [(Value, Value); 6] {
    KEPT.map(|object| {
        let object = get(cluster, NAMESPACE, object).expect(object);
        (object["metadata"]["uid"].clone(), object["data"].clone())
    })
}

#[test]
fn a_release_of_both_in_one_goes_the_same_way() {
    let cluster = Cluster::fake_nodes();
    let helm = Helm::on(&cluster);
    let crds = former("crds.yaml");
    cluster.kubectl(&["apply", "--filename", &crds], None).success();
    let established = ["wait", "--for=condition=Established", "--timeout=3m", "--filename", &crds];
    cluster.kubectl(&established, None).success();
    let (chart, before) = (former("eevee"), values(str::to_owned));
    helm.install_with(NAMESPACE, "eevee", &chart, &before, &["--server-side=false"]).fine();
    let was = kept(&cluster);

    let delete = ["delete", "deployment/eevee-operator", "--namespace=eevee-bot"];
    cluster.kubectl(&[&delete[..], &["--cascade=foreground"]].concat(), None).success();
    take_over(&cluster, "docs/upgrade.md");
    helm.install(NAMESPACE, "eevee", "eevee", &values(taken_over)).fine();

    assert!(kept(&cluster) == was, "something was made again, or the token changed");
    let deployment = get(&cluster, NAMESPACE, "deployment/eevee-operator").expect("the operator");
    let image = concat!("ghcr.io/eeveebot/operator:", env!("CARGO_PKG_VERSION"));
    assert_eq!(deployment["spec"]["template"]["spec"]["containers"][0]["image"], image);
    let module = get(&cluster, NAMESPACE, "botmodule/router").expect("the module");
    assert_eq!(module["kind"], "botmodule");
    assert_eq!(
        module["metadata"]["labels"]["helm.sh/chart"],
        concat!("bot-", env!("CARGO_PKG_VERSION"))
    );
    let role = get(&cluster, NAMESPACE, "clusterrole/eevee-operator-cluster-role");
    assert_eq!(role, None, "a right too many");
}
