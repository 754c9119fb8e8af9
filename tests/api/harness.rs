//! The ground that the other tests stand on.

use crate::cluster::{Cluster, NatsServer, shared};
use serde_json::json;

const CONFIG_MAP: &str =
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: kept}, data: {key: value}}";

#[test]
fn the_shared_cluster_serves_its_administrator() {
    let cluster = shared();
    cluster.kubectl(&["create", "namespace", "harness"], None).success();
    cluster.kubectl(&["apply", "--namespace=harness", "--filename=-"], Some(CONFIG_MAP)).success();
    let value = cluster.kubectl(
        &["get", "configmap", "kept", "--namespace=harness", "--output=jsonpath={.data.key}"],
        None,
    );
    assert_eq!(value.success(), "value");
}

#[test]
fn a_cluster_keeps_its_objects_over_an_outage() {
    let cluster = Cluster::api();
    cluster.kubectl(&["create", "--filename=-"], Some(CONFIG_MAP)).success();
    cluster.stop_api();
    let complaint = cluster.kubectl(&["get", "configmaps"], None).failure();
    assert!(complaint.contains("refused"), "{complaint}");
    cluster.start_api();
    cluster.kubectl(&["get", "configmap", "kept"], None).success();
}

#[test]
fn nats_lets_in_who_has_the_token() {
    let config = "port: 4222\nhttp_port: 8222\nauthorization { token: $NATS_TOKEN }\n";
    let server = NatsServer::start(config, &[("NATS_TOKEN", "secret")])
        .unwrap_or_else(|refused| panic!("{refused}"));
    assert_eq!(server.login("secret"), Ok(()));
    assert_eq!(server.login("wrong"), Err("Authorization Violation".into()));
    assert_eq!(server.connect(&json!({})), Err("Authorization Violation".into()));
}

#[test]
fn nats_refuses_a_configuration_whose_variable_is_missing() {
    let config = "authorization { token: $NATS_TOKEN }";
    let refused = NatsServer::start(config, &[]).err().expect("started without a token");
    assert!(refused.output.contains("NATS_TOKEN"), "{refused}");
    let refused = NatsServer::check(config, &[]).expect_err("accepted without a token");
    assert!(refused.output.contains("NATS_TOKEN"), "{refused}");
}
