//! What Prometheus Operator makes of the chart's monitors: the Services and pods that they select, with the ports that
//! they name.

use crate::place::Place;
use serde_json::{Value, json};

/// Prometheus' own configuration for every monitor among the objects of a chart that is installed in a place. The job of
/// each is called by the monitor's kind and name.
pub fn scrape_configs(place: Place, objects: &[Value]) -> Vec<Value> {
    let monitors = objects.iter().filter_map(|monitor| {
        let (list, endpoints, targets): (_, _, fn(&Value, &str) -> Vec<String>) =
            match monitor["kind"].as_str()? {
                "ServiceMonitor" => ("services", "endpoints", of_service),
                "PodMonitor" => ("pods", "podMetricsEndpoints", of_pod),
                _ => return None,
            };
        let endpoint = &monitor["spec"][endpoints][0];
        let port = endpoint["port"].as_str().expect("the name of a port");
        let selected = selected(place, list, &monitor["spec"]["selector"]);
        let targets: Vec<String> = selected.iter().flat_map(|it| targets(it, port)).collect();
        Some(scrape_config(place, monitor, endpoint, &targets))
    });
    monitors.collect()
}

fn scrape_config(place: Place, monitor: &Value, endpoint: &Value, targets: &[String]) -> Value {
    let (kind, name) = (&monitor["kind"], &monitor["metadata"]["name"]);
    assert!(!targets.is_empty(), "{kind} {name} selects nothing");
    json!({
        "job_name": job(kind.as_str().expect("a kind"), name.as_str().expect("a name")),
        "honor_labels": endpoint["honorLabels"],
        "metrics_path": endpoint["path"],
        "static_configs": [{ "targets": targets, "labels": { "namespace": place.0 } }],
    })
}

pub fn job(kind: &str, name: &str) -> String {
    format!("{kind}/{name}")
}

fn selected(place: Place, list: &str, selector: &Value) -> Vec<Value> {
    let equal = selector["matchLabels"].as_object().into_iter().flatten();
    let equal = equal.map(|(label, value)| format!("{label}={}", value.as_str().expect("a text")));
    let exist = selector["matchExpressions"].as_array().into_iter().flatten().map(|wanted| {
        assert_eq!(wanted["operator"], "Exists");
        wanted["key"].as_str().expect("a label").to_owned()
    });
    let selector = equal.chain(exist).collect::<Vec<_>>().join(",");
    let found = place.kubectl(&["get", list, "--selector", &selector, "--output=json"]).success();
    let found: Value = serde_json::from_str(&found).expect("JSON");
    found["items"].as_array().expect("items").clone()
}

fn of_service(service: &Value, port: &str) -> Vec<String> {
    addresses(&service["spec"]["clusterIP"], &service["spec"]["ports"], port, "port")
}

/// None of a pod that is being deleted, or that has no such port.
fn of_pod(pod: &Value, port: &str) -> Vec<String> {
    if !pod["metadata"]["deletionTimestamp"].is_null() {
        return Vec::new();
    }
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    let address = &pod["status"]["podIP"];
    containers.flat_map(|it| addresses(address, &it["ports"], port, "containerPort")).collect()
}

fn addresses(host: &Value, ports: &Value, name: &str, number: &str) -> Vec<String> {
    let ports = ports.as_array().into_iter().flatten().filter(|port| port["name"] == name);
    let host = host.as_str().unwrap_or_default();
    ports.map(|port| format!("{host}:{}", port[number])).collect()
}
