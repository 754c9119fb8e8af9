//! What the charts make is accepted by a real API server, in a dry run with its strictest validation.

use crate::cluster::until;
use crate::helm::Helm;
use crate::place::{cluster, namespace};
use crate::switches::{Case, SWITCHES, WHOLES};
use crate::values::CHARTS;
use std::time::Duration;

/// Everything that the charts are tested with: defaults, switches, and much at once.
pub fn cases() -> impl Iterator<Item = Case> {
    let plain = CHARTS.map(|chart| Case { chart, name: "defaults", values: "", decides: "" });
    plain.into_iter().chain(SWITCHES).chain(WHOLES)
}

#[test]
fn by_the_api_server() {
    let cluster = namespace("bots");
    // The accounts of a namespace come a moment after it, and the test pods need them.
    let account = ["get", "serviceaccount", "default", "--namespace=bots"];
    let has_account = || cluster.kubectl(&account, None).status.success().then_some(());
    until(Duration::from_mins(1), has_account).expect("the account of namespace bots");
    // Nothing of a dry run is there for what comes after it.
    for account in ["someone", "eevee-test-check"] {
        let create = ["create", "serviceaccount", account, "--namespace=bots"];
        cluster.kubectl(&create, None).success();
    }
    let class = "{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: gvisor}, handler: runsc}";
    cluster.kubectl(&["create", "--filename=-"], Some(class)).success();
    for case in cases() {
        let manifests = Helm::on(cluster).template(case.chart, case.values, &[]).fine();
        let apply = [
            "apply",
            "--server-side",
            "--field-manager=test",
            "--force-conflicts",
            "--dry-run=server",
            "--validate=strict",
            "--namespace=bots",
            "--filename=-",
        ];
        let output = cluster.kubectl(&apply, Some(&manifests));
        assert!(output.status.success(), "{}, {}: {}", case.chart, case.name, output.stderr);
        assert!(!output.stderr.contains("Warning"), "{}: {}", case.name, output.stderr);
    }
}

/// A rule of the CRDs that no schema of values can hold.
#[test]
fn a_broken_rule_is_refused_by_the_api_server() {
    cluster();
    let values = "botModules: [{name: a, spec: {image: a, podLabels: {app: x}}}]";
    let refused = Helm::on(cluster()).install("rules", "bot", "bot", values).refused();
    assert!(refused.contains("podLabels"), "{refused}");
}
