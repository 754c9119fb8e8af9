//! What becomes of the bot.

use crate::cluster::{Cluster, until};
use crate::operator::Operator;
use crate::{NAMESPACE, say};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const READY: Duration = Duration::from_mins(3);

/// Stands for a condition that is not there yet.
const UNSAID: &str = "-";

/// Condition Ready of each resource: status and reason.
type States = BTreeMap<String, (String, String)>;

/// Prints every change until all resources of the bot are Ready.
pub fn follow(cluster: &Cluster, operator: &mut Operator) {
    let start = Instant::now();
    let mut shown = States::new();
    let ready = until(READY, || {
        operator.assert_running();
        let states = states(cluster)?;
        for (name, state) in &states {
            let (status, reason) = state;
            if shown.get(name) != Some(state) && status != UNSAID {
                let seconds = start.elapsed().as_secs_f64();
                println!("{seconds:7.1} s  {name:<24} {status:<8} {reason}");
            }
        }
        shown = states;
        let all = shown.values().all(|(status, _)| status == "True");
        (all && !shown.is_empty()).then_some(())
    });
    assert!(ready.is_some(), "not Ready after {READY:?}.{}", operator.last_words());
    say(&format!("all {} resources are Ready", shown.len()));
}

/// None when the cluster did not answer.
fn states(cluster: &Cluster) -> Option<States> {
    let get = ["get", "botmodules,ipcconfigs", "--namespace", NAMESPACE, "--output=json"];
    let output = cluster.kubectl(&get, None);
    let list: Value = serde_json::from_str(&output.stdout).ok()?;
    Some(list["items"].as_array()?.iter().map(state).collect())
}

fn state(object: &Value) -> (String, (String, String)) {
    let kind = object["kind"].as_str().unwrap_or_default().to_lowercase();
    let name = format!("{kind}/{}", object["metadata"]["name"].as_str().unwrap_or_default());
    let conditions = object.pointer("/status/conditions").and_then(Value::as_array);
    let ready = conditions.and_then(|all| all.iter().find(|one| one["type"] == "Ready"));
    let text = |key: &str| ready.and_then(|one| one[key].as_str()).unwrap_or(UNSAID).to_owned();
    (name, (text("status"), text("reason")))
}
