//! The charts' own pages.

use crate::cluster::Cluster;
use crate::operator::Operator;
use crate::reader::Reader;
use crate::walk::Walk;

const NEEDS_PODS: &str = "it needs pods that run: tests/e2e runs it";
const IS_PUBLISHED: &str = "it is about charts that are published";

#[test]
fn the_charts_are_installed_one_after_the_other() {
    let cluster = Cluster::fake_nodes();
    let reader = Reader::at(&cluster);

    let mut crds = Walk::through("helm/crds/README.md");
    crds.run(&reader, "helm install");
    crds.run(&reader, "helm upgrade --install");

    let mut operator = Walk::through("helm/operator/README.md");
    operator.run(&reader, "helm install");
    let _operator = Operator::of_the_chart(&reader);

    let mut bot = Walk::through("helm/bot/README.md");
    reader.copy("helm/bot/README.md", "name: my-bot", "my-bot.yaml");
    bot.run(&reader, "helm install");
    reader.waits_for_reason("bm/router", "AvailableReplicas");
    reader.waits_for_reason("bm/echo", "AvailableReplicas");
    bot.run(&reader, "kubectl explain ipcconfig.spec");
    bot.run(&reader, "kubectl explain botmodule.spec");
    bot.run(&reader, "kubectl explain botmodule.spec");
    bot.run(&reader, "kubectl explain s3store.spec");
    bot.run(&reader, "kubectl explain backupschedule.spec");

    for walk in [&mut crds, &mut operator, &mut bot] {
        walk.pass("helm test", NEEDS_PODS);
        walk.pass("helm repo add", IS_PUBLISHED);
    }
    // As controllers of a cluster do after a while. A kind that nobody has ever listed can take the API server five
    // minutes to delete.
    reader.run("kubectl get eevee --all-namespaces").fine();
    crds.run(&reader, "kubectl delete crd");
    let left = cluster.kubectl(&["get", "crd", "--output=name"], None).success();
    assert!(!left.contains("eevee.bot"), "{left}");
}

#[test]
fn operator_and_bot_are_installed_in_one_release() {
    let cluster = Cluster::fake_nodes();
    let reader = Reader::at(&cluster);
    let mut walk = Walk::through("helm/eevee/README.md");
    reader.copy("helm/eevee/README.md", "bot:", "my-values.yaml");
    walk.run(&reader, "helm install eevee-crds");
    walk.run(&reader, "helm install eevee ");
    let _operator = Operator::of_the_chart(&reader);
    reader.waits_for_reason("bm/echo", "AvailableReplicas");
    walk.pass("helm test", NEEDS_PODS);
}

#[test]
fn the_page_of_all_charts_installs_a_bot() {
    let cluster = Cluster::api();
    let reader = Reader::at(&cluster);
    let mut walk = Walk::through("helm/README.md");
    reader.copy("helm/bot/README.md", "name: my-bot", "my-bot.yaml");
    walk.run(&reader, "helm install eevee-crds");
    walk.run(&reader, "helm install eevee-operator");
    let shown = walk.run(&reader, "kubectl get deployment/eevee-operator");
    assert!(shown.contains("READY"), "{shown}");
    walk.run(&reader, "helm install my-bot");
    assert_eq!(reader.sees("bm/echo", ".spec.ipcConfig"), "eevee-bot");
    walk.pass("make charts", "tests/charts/packages.rs does it");
    walk.pass("helm test", NEEDS_PODS);
    walk.pass("docker build", "tests/e2e/images builds the Dockerfile");
    walk.pass("helm repo add", IS_PUBLISHED);
    walk.pass("cargo test", "it is a test itself");
}
